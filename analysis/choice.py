"""Which attempts a report is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.columns import NONE
from analysis.worktime import number_of

if TYPE_CHECKING:
    from datetime import date

    from analysis.columns import Columns, Truths


def chosen(
    columns: Columns,
    since: date | None = None,
    until: date | None = None,
    township: str | None = None,
    project: str | None = None,
) -> Columns:
    """Return the attempts that ended from *since* to *until*, of one township or project.

    Without dates the open ones are among them.
    """
    which: Truths = np.full(len(columns), fill_value=True)
    if since is not None:
        which &= columns.ended_day >= number_of(since)
    if until is not None:
        which &= (columns.ended_day <= number_of(until)) & (columns.ended_day != NONE)
    if township is not None:
        which &= columns.township == _code(columns.names.townships, township)
    if project is not None:
        which &= columns.project == _code(columns.names.projects, project)
    return columns if bool(which.all()) else columns.chosen(which)


def _code(words: tuple[str, ...], word: str) -> int:
    return words.index(word) if word in words else NONE - 1
