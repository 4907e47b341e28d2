"""How long a session with PostgreSQL may keep silent, on either side."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import URL

CONNECT_SECONDS = 5
SILENCE_SECONDS = 10
IDLE_SECONDS = 60  # the shortest time after which a writer that stands still loses its lock


def arguments(address: URL, busy_seconds: float) -> dict[str, object]:
    """Return what a connection to *address* is made with, beside the address itself."""
    return {
        "connect_timeout": CONNECT_SECONDS,
        # A network that was cut answers nothing at all: give up before people do.
        "tcp_user_timeout": SILENCE_SECONDS * 1000,
        "keepalives_idle": SILENCE_SECONDS,
        "keepalives_interval": SILENCE_SECONDS // 2,
        "keepalives_count": 2,
        "options": _options(address, busy_seconds),
        "application_name": "abreast",
    }


def patience(busy_seconds: float) -> int:
    """Return after how many milliseconds without a byte the server is given up.

    It may keep silent while it waits for a lock, and then for its disk.
    """
    return int((busy_seconds + SILENCE_SECONDS) * 1000)


def _options(address: URL, busy_seconds: float) -> str:
    """Return the session's settings: a default, the address's own, and those that we rely on."""
    given = address.query.get("options", "")
    own = given if isinstance(given, str) else " ".join(given)
    idle = int(max(IDLE_SECONDS, 2 * busy_seconds) * 1000)
    busy = int(busy_seconds * 1000)
    default = f"-c idle_in_transaction_session_timeout={idle}"
    return " ".join(f"{default} {own} -c lock_timeout={busy} -c timezone=UTC".split())
