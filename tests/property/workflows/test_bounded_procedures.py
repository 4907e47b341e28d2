"""A procedure stops the clock up to its legal bound, and not a day longer."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.law_office import CALENDAR, DAY, LawOffice, filed, morning
from tests.support.memory_office import NOTE, STAGE_LEAD
from workflows.clock import Lamp, clock, stands
from workflows.commands import CorrectTime, FileItem
from workflows.errors import FutureError, NotCorrectableError
from workflows.events import How, ItemPaused, ItemResumed, Limit, PauseKind
from workflows.project import Attempt, Pause
from workflows.spans import spans

ACCEPTED = date(2026, 3, 2)
UNITS = st.sampled_from(("working_day", "calendar_day"))


def attempt(since: date, until: date | None, bound: date | None, unit: str) -> Attempt:
    """Return an attempt that was accepted, and stopped by one procedure."""
    pause = Pause(
        number=1,
        kind=PauseKind.PROCEDURE,
        since=morning(since),
        until=None if until is None else morning(until),
        procedure="military_survey",
        bound=None if bound is None else bound.isoformat(),
    )
    return Attempt(
        number=1,
        how=How.FREE,
        department="housing",
        filed_at=morning(ACCEPTED),
        accepted_at=morning(ACCEPTED),
        last_at=morning(since),
        committed=Limit(days=20, unit=unit, source="A"),
        pauses=(pause,),
    )


@given(
    begun=st.integers(0, 15),
    bound=st.integers(0, 60),
    over=st.none() | st.integers(0, 60),
    later=st.integers(1, 60),
    unit=UNITS,
)
def test_it_counts_as_if_it_had_ended_on_its_bound(
    begun: int, bound: int, over: int | None, later: int, unit: str
) -> None:
    since = ACCEPTED + begun * DAY
    last = since + timedelta(days=bound)
    on = last + later * DAY
    until = None if over is None else min(on, last + over * DAY)

    late = clock(attempt(since, until, last, unit), CALENDAR, on)
    just = clock(attempt(since, last, None, unit), CALENDAR, on)

    assert late == just


@given(begun=st.integers(0, 15), bound=st.integers(0, 30), day=st.integers(0, 60), unit=UNITS)
def test_it_stands_still_up_to_its_bound(begun: int, bound: int, day: int, unit: str) -> None:
    since = ACCEPTED + begun * DAY
    last = since + bound * DAY
    on = since + day * DAY
    found = attempt(since, None, last, unit)

    seen = clock(found, CALENDAR, on)

    assert seen.committed is not None
    assert seen.committed.due is not None
    assert stands(found, on) == (on <= last)
    if on <= last:
        assert seen.used == clock(found, CALENDAR, since).used
        assert seen.lamp is Lamp.PAUSED or seen.committed.overdue


@given(begun=st.integers(0, 15), day=st.integers(1, 60), unit=UNITS)
def test_without_bound_nobody_knows_the_due_day(begun: int, day: int, unit: str) -> None:
    since = ACCEPTED + begun * DAY
    found = attempt(since, None, None, unit)

    seen = clock(replace(found, last_at=morning(since)), CALENDAR, since + day * DAY).committed

    assert seen is not None
    assert seen.due is None


@cache
def surveyed_twice() -> LawOffice:
    """Return an office whose item was surveyed from the 2nd to the 12th, and is so again."""
    office = filed(3, military_zone=True)
    office.give(FileItem(item="S1-19"))
    office.accept("S1-19")
    office.begin("S1-19", "military_survey", date(2026, 3, 20))
    office.on(date(2026, 3, 12)).over("S1-19", "military_survey")
    office.on(date(2026, 4, 20)).begin("S1-19", "military_survey", date(2026, 4, 30))
    office.on(date(2026, 6, 20))
    return office


@settings(max_examples=40)
@given(moves=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 110)), max_size=5))
def test_takes_no_more_than_its_days_whatever_is_corrected(moves: list[tuple[int, int]]) -> None:
    model = surveyed_twice()
    office = replace(model, log=list(model.log))
    entries = [v.number for v in office.log if isinstance(v.body, ItemPaused | ItemResumed)]

    for which, day in moves:
        at = morning(ACCEPTED + day * DAY)
        with suppress(NotCorrectableError, FutureError):
            office.give(CorrectTime(event=entries[which], happened_at=at, reason=NOTE), STAGE_LEAD)

    seen = clock(office.attempt("S1-19"), CALENDAR, ACCEPTED + 300 * DAY)
    stood = spans(office.attempt("S1-19").pauses, ACCEPTED, ACCEPTED + 300 * DAY)
    assert sum((end - begin).days for begin, end in stood) <= 60
    assert seen.used + sum(seen.paused.values()) == seen.elapsed
