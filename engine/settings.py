"""What may be set from outside, read from the environment once, at the entry point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import BadSettingError

if TYPE_CHECKING:
    from collections.abc import Mapping

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"", "0", "false", "no", "off"})
LARGEST_PORT = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting with its default.

    Attributes:
        database: ABREAST_DATABASE: `sqlite:///PATH` or `postgresql://USER@HOST/NAME`.
        host: ABREAST_HOST: address to listen on.
        port: ABREAST_PORT: TCP port to listen on; 0 = any free one.
        demo: ABREAST_DEMO: demonstration district, with the persona header on loopback only.
        threads: ABREAST_THREADS: requests served at a time.
        connections: ABREAST_CONNECTIONS: most connections to PostgreSQL held by one process.
        busy_seconds: ABREAST_BUSY_SECONDS: longest wait for the database's lock, in seconds.
    """

    database: str = "sqlite:///var/abreast.db"
    host: str = "127.0.0.1"
    port: int = 8080
    demo: bool = False
    threads: int = 8
    connections: int = 16
    busy_seconds: int = 30


def from_environment(environ: Mapping[str, str]) -> Settings:
    """Return the settings that *environ* gives; what it does not name keeps its default.

    Raises:
        BadSettingError: If a value cannot be used; it names the variable.
    """
    default = Settings()
    return Settings(
        database=environ.get("ABREAST_DATABASE", default.database),
        host=environ.get("ABREAST_HOST", default.host),
        port=_number(environ, "ABREAST_PORT", default.port, range(LARGEST_PORT + 1)),
        demo=_truth(environ, "ABREAST_DEMO"),
        threads=_number(environ, "ABREAST_THREADS", default.threads, range(1, 257)),
        connections=_number(environ, "ABREAST_CONNECTIONS", default.connections, range(1, 257)),
        busy_seconds=_number(environ, "ABREAST_BUSY_SECONDS", default.busy_seconds, range(1, 3601)),
    )


def _number(environ: Mapping[str, str], name: str, default: int, allowed: range) -> int:
    text = environ.get(name, str(default))
    if not text.isdecimal() or not text.isascii() or int(text) not in allowed:
        reason = f"{allowed.start}..{allowed.stop - 1}"
        raise BadSettingError(name=name, value=text, allowed=reason)
    return int(text)


def _truth(environ: Mapping[str, str], name: str) -> bool:
    text = environ.get(name, "").strip().lower()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise BadSettingError(name=name, value=text, allowed="1, true, yes, on / 0, false, no, off")
