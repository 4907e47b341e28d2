"""The last days that the law leaves a procedure, once a correction has moved one of its runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from workflows import events as e
from workflows.catalogue.values import DayUnit
from workflows.moments import local_date

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from workflows.decide.draft import Draft
    from workflows.project import Attempt, Pause


def moved_bound(draft: Draft, pause: Pause, since: datetime) -> str | None:
    """Return the bound of a procedure that began at *since*: as many days after it as before."""
    if pause.bound is None:
        return None
    unit, days = _unit(draft, pause), _allowed(draft, pause)
    return draft.facts.calendar.add(local_date(since), days, unit).isoformat()


def record_bounds(draft: Draft, corrected: e.PauseCorrected) -> None:
    """Record the bounds of the procedure's later runs: they have the rest, which is another now."""
    attempt = draft.state(corrected.item, corrected.unit).attempts[corrected.attempt - 1]
    moved = attempt.pauses[corrected.pause - 1]
    for run, bound in tuple(_anew(draft, attempt, moved)):
        body = replace(
            corrected,
            event=_entry(draft, corrected, run.number),
            pause=run.number,
            moment="paused",
            was=run.since,
            now=run.since,
            bound=bound,
        )
        draft.record(body)


def _anew(draft: Draft, attempt: Attempt, moved: Pause) -> Iterator[tuple[Pause, str]]:
    """Yield the later runs of *moved*'s procedure, each with its bound where it is another now.

    All runs share the days of one: what an earlier run has taken, a later one has no more.
    """
    runs = [p for p in attempt.pauses if p.procedure == moved.procedure and p.bound is not None]
    if moved.procedure is None or not runs:
        return
    calendar, unit = draft.facts.calendar, _unit(draft, moved)
    # A joint visit may have left the first run less than the item has by itself.
    known = draft.facts.catalogue.procedures.get(moved.procedure)
    allowed = max(_allowed(draft, runs[0]), 0 if known is None else known.max_days or 0)
    taken = 0
    for run in runs:
        begun = local_date(run.since)
        bound = calendar.add(begun, max(0, allowed - taken), unit).isoformat()
        if run.number > moved.number and run.bound != bound:
            yield run, bound
        if run.until is not None:
            taken += calendar.count(begun, local_date(run.until), unit)


def _entry(draft: Draft, of: e.PauseCorrected, pause: int) -> int:
    """Return the number of the event by which another pause of the attempt began."""
    return next(
        event.number
        for event in draft.facts.history
        if isinstance(event.body, e.ItemPaused) and event.body.unit == of.unit
        for one in event.body.paused
        if (one.item, one.attempt, one.pause) == (of.item, of.attempt, pause)
    )


def _allowed(draft: Draft, pause: Pause) -> int:
    """Return the days that a run's bound leaves it, in the procedure's unit."""
    if pause.bound is None:
        return 0
    last = date.fromisoformat(pause.bound)
    return draft.facts.calendar.count(local_date(pause.since), last, _unit(draft, pause))


def _unit(draft: Draft, pause: Pause) -> DayUnit:
    procedure = draft.facts.catalogue.procedures.get(pause.procedure or "")
    return DayUnit.WORKING_DAY if procedure is None else procedure.unit or DayUnit.WORKING_DAY
