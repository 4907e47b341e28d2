"""What may be set from outside, read from the environment once, at the entry point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import BadSettingError
from workflows.facts import Materials, Rules

if TYPE_CHECKING:
    from collections.abc import Mapping

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"", "0", "false", "no", "off"})
LARGEST_PORT = 65_535
_GIBIBYTE = 1024**3
_RULES = Rules()


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
        files: ABREAST_FILES: folder of the files that owners hand in.
        file_limit: ABREAST_FILE_LIMIT: largest file that is taken, in bytes.
        materials: ABREAST_MATERIALS: `shown`, or `required` to hold incomplete items.
        tolerance_days: ABREAST_TOLERANCE_DAYS: longest that a tolerated material may be missing,
            in working days.
        park_after: ABREAST_PARK_AFTER: working days of pause after which a pair slot is given back.
        outbox: ABREAST_OUTBOX: `none`, or `log`: a line of the program's log for each event.
        overdue_default: ABREAST_OVERDUE_DEFAULT: an overdue item counts as granted (超时默认).
    """

    database: str = "sqlite:///var/abreast.db"
    host: str = "127.0.0.1"
    port: int = 8000
    demo: bool = False
    threads: int = 8
    connections: int = 16
    busy_seconds: int = 30
    files: str = "var/files"
    file_limit: int = 50 * 1024 * 1024
    materials: str = Materials.SHOWN.value
    tolerance_days: int = _RULES.tolerance_days
    park_after: int = _RULES.park_after
    overdue_default: bool = _RULES.overdue_default
    outbox: str = "none"

    @property
    def rules(self) -> Rules:
        """Return the local rules among the settings."""
        return Rules(
            park_after=self.park_after,
            overdue_default=self.overdue_default,
            materials=Materials(self.materials),
            tolerance_days=self.tolerance_days,
        )


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
        files=environ.get("ABREAST_FILES", default.files),
        file_limit=_number(environ, "ABREAST_FILE_LIMIT", default.file_limit, range(1, _GIBIBYTE)),
        materials=_choice(environ, "ABREAST_MATERIALS", [each.value for each in Materials]),
        tolerance_days=_number(
            environ, "ABREAST_TOLERANCE_DAYS", default.tolerance_days, range(1, 251)
        ),
        park_after=_number(environ, "ABREAST_PARK_AFTER", default.park_after, range(251)),
        overdue_default=_truth(environ, "ABREAST_OVERDUE_DEFAULT"),
        outbox=_choice(environ, "ABREAST_OUTBOX", ["none", "log"]),
    )


def _number(environ: Mapping[str, str], name: str, default: int, allowed: range) -> int:
    text = environ.get(name, str(default))
    if not text.isdecimal() or not text.isascii() or int(text) not in allowed:
        reason = f"{allowed.start}..{allowed.stop - 1}"
        raise BadSettingError(name=name, value=text, allowed=reason)
    return int(text)


def _choice(environ: Mapping[str, str], name: str, choices: list[str]) -> str:
    """Return one of *choices*, the first of them by default."""
    text = environ.get(name, choices[0])
    if text not in choices:
        raise BadSettingError(name=name, value=text, allowed=", ".join(choices))
    return text


def _truth(environ: Mapping[str, str], name: str) -> bool:
    text = environ.get(name, "").strip().lower()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise BadSettingError(name=name, value=text, allowed="1, true, yes, on / 0, false, no, off")
