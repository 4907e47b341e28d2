"""Column types of the house."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import DateTime, String
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine

TEXT_LENGTH = 32


class NaiveInstantError(ValueError):
    """An instant without a time zone was about to be stored."""


def as_text(instant: datetime) -> str:
    """Return *instant* in UTC with six decimals: texts of one length sort like instants.

    >>> as_text(datetime(2026, 3, 2, 9, tzinfo=UTC))
    '2026-03-02T09:00:00.000000+00:00'

    Raises:
        NaiveInstantError: If it has no time zone.
    """
    return _aware(instant).isoformat(timespec="microseconds")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, always UTC: `timestamptz`, or a text where the database has no such type.

    SQLite would drop the zone silently; a naive value is refused instead of guessed.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime] | TypeEngine[str]:
        """Return how *dialect* stores it."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(TEXT_LENGTH))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        """Refuse naive values, turn others to UTC."""
        if value is None:
            return None
        return as_text(value) if dialect.name == "sqlite" else _aware(value)

    def process_result_value(
        self,
        value: datetime | str | None,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy's signature
    ) -> datetime | None:
        """Return the instant in UTC."""
        if value is None:
            return None
        instant = datetime.fromisoformat(value) if isinstance(value, str) else value
        return _aware(instant)


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise NaiveInstantError(f"{instant} has no time zone")
    return instant.astimezone(UTC)
