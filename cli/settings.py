"""What can be set, to what it is set, and what it means: for `abreast doctor --settings`."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from engine.settings import Settings
from workflows.texts import text, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

_PASSWORD = re.compile(r"(?<=://)([^:/@\s]*):[^@/\s]*@")
_HIDDEN = "***"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One setting.

    Attributes:
        name: Of the environment variable.
        value: As it is now; of a secret, only whether there is one.
        default: Whether that is what it is when nothing is said.
        meaning: What it is for.
    """

    name: str
    value: str
    default: bool
    meaning: str


def explained(settings: Settings, locale: str) -> Iterator[Explained]:
    """Yield every setting in the order of the class."""
    default = Settings()
    for field in fields(Settings):
        value = getattr(settings, field.name)
        yield Explained(
            name=f"ABREAST_{field.name.upper()}",
            value=_shown(value, secret=not field.repr),
            default=value == getattr(default, field.name),
            meaning=_meaning(field.name, locale),
        )


def without_password(address: str) -> str:
    """Return an address as it may be shown.

    >>> without_password("postgresql://office:secret@db.internal/abreast")
    'postgresql://office:***@db.internal/abreast'
    """
    return _PASSWORD.sub(rf"\1:{_HIDDEN}@", address)


def _shown(value: object, *, secret: bool) -> str:
    if secret:
        return _HIDDEN if value else "-"
    return without_password(str(value)) or "-"


def _meaning(name: str, locale: str) -> str:
    code = f"setting.{name}"
    return text(code, locale) if code in texts() else "-"
