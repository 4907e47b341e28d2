"""A procedure stops the clock up to its legal bound, and not a day longer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.support.law_office import CALENDAR, DAY, morning
from workflows.clock import Lamp, clock, stands
from workflows.events import How, Limit, PauseKind
from workflows.project import Attempt, Pause

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
