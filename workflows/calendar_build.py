"""Makes workflows/calendar_data.json from the `holidays` library; run when a new notice is out."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import TYPE_CHECKING

import holidays

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

FIRST_YEAR = 2004
LAST_YEAR = 2035
SATURDAY = 5


def build(first_year: int = FIRST_YEAR, last_year: int = LAST_YEAR) -> str:
    """Return the table of the years as JSON text, one line a year.

    A year is provisional when the library knows no worked weekend day in it: every notice since
    2004 names some, and without a notice only the holidays fixed by law are known.
    """
    # The neighbours are asked too: a notice may move days across New Year.
    china = holidays.country_holidays("CN", years=range(first_year - 1, last_year + 2))
    worked_weekends = sorted(china.weekend_workdays)
    lines = []
    for year in range(first_year, last_year + 1):
        worked = [day for day in worked_weekends if day.year == year]
        off = sorted(day for day in china if day.year == year and day.weekday() < SATURDAY)
        entry = {"off": _texts(off), "worked": _texts(worked), "provisional": not worked}
        lines.append(f'"{year}": {json.dumps(entry)}')
    source = json.dumps(f"holidays {version('holidays')}, CN")
    return f'{{"source": {source}, "years": {{\n' + ",\n".join(lines) + "\n}}\n"


def _texts(days: Iterable[date]) -> list[str]:
    return [f"{day:%m-%d}" for day in days]
