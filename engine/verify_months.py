"""Compares the figures of the months, as they are kept, with the facts they were counted from."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from math import isclose
from typing import TYPE_CHECKING, Any

from engine import streams
from engine.store import derived, facts
from engine.verify import Deviation
from workflows.moments import local_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from analysis.columns import Columns
    from engine.facts import FactBook
    from engine.store.facts import MonthFigure
    from engine.unit_of_work import UnitOfWork

# Events after which an attempt that ended long ago may have ended otherwise.
REACHING_BACK = frozenset(
    {
        "TimeCorrected",
        "PauseCorrected",
        "MomentMoved",
        "CorrectionFollowed",
        "StepReverted",
        "ItemRevoked",
    }
)
_UNDER_WAY = timedelta(minutes=1)  # most between the instant of an event and its commit
_EXACT = 1e-9  # relative: another machine's arithmetic may differ in the last digit

Key = tuple[str, str, str]


def months_differ(new_uow: Callable[[], UnitOfWork], book: FactBook) -> Iterator[Deviation]:
    """Yield the kept figures that are not what the facts add up to, by month, dimension and key.

    Months that something has happened to since are left out: they wait for the daily job.
    """
    with new_uow() as uow:
        stored = facts.all_months(uow.connection)
    if not stored:
        return
    columns = book.columns()
    with new_uow() as uow:  # after the facts: whatever came into them is among the news
        derived.steady(uow.connection)
        made_at = min(each.made_at for each in stored)
        news = facts.news_since(uow.connection, made_at - _UNDER_WAY)
    if streams.CALENDAR in news.streams or news.kinds & REACHING_BACK:
        return
    touched = {f"{local_date(at):%Y-%m}" for at in news.ends}
    kept = _by_key(each for each in stored if each.month not in touched)
    made = _by_key(_made(columns, stored[0].made_at, touched))
    for key in sorted(kept.keys() | made.keys()):
        if not _same(kept.get(key), made.get(key)):
            how = "different" if key in kept and key in made else _how(key in made)
            name = "/".join(key)
            yield Deviation(project="", where="month_figure", key=name, how=how)


def _made(columns: Columns, at: datetime, without: set[str]) -> Iterator[MonthFigure]:
    # The compiler of the loops takes a while to load, so it is loaded when there is work for it.
    from engine.month_figures import month_figures, months_of  # noqa: PLC0415

    for month in months_of(columns):
        if month not in without:
            yield from month_figures(columns, month, at)


def _by_key(figures: Iterable[MonthFigure]) -> dict[Key, MonthFigure]:
    return {(each.month, each.dimension, each.key): each for each in figures}


def _how(made: bool) -> str:  # noqa: FBT001 - an answer
    return "missing" if made else "surplus"


def _same(one: MonthFigure | None, other: MonthFigure | None) -> bool:
    if one is None or other is None:
        return False
    left, right = asdict(one), asdict(other)
    return all(_close(left[name], right[name]) for name in left if name != "made_at")


def _close(one: Any, other: Any) -> bool:  # noqa: ANN401 - the cells of a row
    if isinstance(one, float) and isinstance(other, float):
        return isclose(one, other, rel_tol=_EXACT)
    return bool(one == other)
