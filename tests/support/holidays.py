"""The days that a notice on a year to come has to have off."""

from __future__ import annotations

from workflows.calendar import shipped
from workflows.notices import year_of


def holidays(year: int) -> list[str]:
    """Return the weekdays off by regulation in a provisional year of the shipped table, in ISO."""
    return [day.isoformat() for day in year_of(shipped(), year).off]
