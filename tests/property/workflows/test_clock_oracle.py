"""The clocks against sets of dates: every figure counted again, date by date."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from tests.support.catalogues import shipped as catalogue
from tests.support.drawn_lives import FIRST, attempts, projects
from workflows.calendar import shipped
from workflows.clock import clock
from workflows.events import PauseKind
from workflows.moments import local_date
from workflows.reported import TIMELESS, reported, reported_item
from workflows.stage_clock import project_clock

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from workflows.project import Attempt, Pause, Project, StageRun

CALENDAR = shipped()
DAY = timedelta(days=1)

later = st.integers(0, 60).map(lambda number: FIRST + (300 + number) * DAY)


def between(begin: date, end: date) -> set[date]:
    """Return the dates d with begin < d <= end."""
    return {begin + DAY * at for at in range(1, (end - begin).days + 1)}


def worked(dates: Iterable[date]) -> int:
    return sum(CALENDAR.is_working(day) for day in dates)


def until(at: datetime | None, on: date) -> date:
    return on if at is None else local_date(at)


def life(one: Attempt, on: date) -> set[date]:
    return between(local_date(one.filed_at), until(one.ended_at, on))


def stopped(one: Attempt, pauses: Iterable[Pause], on: date) -> set[date]:
    """Return the dates of *pauses* within the attempt's life."""
    found: set[date] = set()
    for pause in pauses:
        if not pause.counted:
            found |= between(local_date(pause.since), until(pause.until, on))
    return found & life(one, on)


def ran(one: Attempt, on: date) -> set[date]:
    """Return the dates on which it was accepted, undecided and not stopped."""
    if one.accepted_at is None:
        return set()
    begin, end = local_date(one.accepted_at), until(one.decided_at or one.ended_at, on)
    return between(begin, end) - stopped(one, one.pauses, on)


def national(one: Attempt) -> list[Pause]:
    """Return the pauses that the national report knows."""
    return [
        pause
        for pause in one.pauses
        if pause.kind is not PauseKind.SUSPENSION
        and one.accepted_at is not None
        and pause.since >= one.accepted_at
        and (one.decided_at is None or pause.since <= one.decided_at)
    ]


def units_of(one: Attempt, dates: set[date]) -> int:
    """Return the dates in the unit of the attempt's committed limit."""
    assert one.committed is not None
    return len(dates) if one.committed.unit == "calendar_day" else worked(dates)


def spent(one: Attempt, on: date) -> int | None:
    """Return 审批用时 of one item: 受理 to 办结 less what stood still; None without one."""
    if one.accepted_at is None or one.status in TIMELESS:
        return None
    dates = between(local_date(one.accepted_at), until(one.ended_at, on))
    return units_of(one, dates - stopped(one, national(one), on))


def late(one: Attempt, on: date) -> bool:
    used = spent(one, on)
    assert one.committed is not None
    return used is not None and used > one.committed.days + one.extension


def of(project: Project, run: StageRun) -> list[Attempt]:
    return [
        one
        for state in project.items.values()
        if (state.stage, state.unit) == (run.stage, run.unit)
        for one in state.attempts
    ]


def approval(found: list[Attempt], on: date) -> int:
    lives = set().union(*(life(one, on) for one in found))
    stops = set().union(*(stopped(one, national(one), on) for one in found))
    return worked(lives - stops)


class TestAnItemsClock:
    @given(attempts(), later)
    def test_gives_the_owner_the_days_of_supplements_from_the_filing_on(
        self, one: Attempt, on: date
    ) -> None:
        """A date that a suspension covers as well is the suspension's."""
        filed = local_date(one.filed_at)
        ends = [local_date(at) for at in (one.decided_at, one.ended_at) if at is not None]
        seen = between(filed, min(ends, default=on))
        kinds = {
            kind: stopped(one, [p for p in one.pauses if p.kind is kind], on)
            for kind in (PauseKind.SUSPENSION, PauseKind.SUPPLEMENT)
        }
        owners = (kinds[PauseKind.SUPPLEMENT] - kinds[PauseKind.SUSPENSION]) & seen

        assert clock(one, CALENDAR, on).owner_days == units_of(one, owners)


class TestTheProjectClock:
    @given(projects(), later)
    def test_counts_every_date_of_stages_one_to_four_once(self, project: Project, on: date) -> None:
        seen = project_clock(project, catalogue(), CALENDAR, on)
        line: set[date] = set()
        aside: set[date] = set()
        for run in project.runs.values():
            for one in of(project, run):
                (line if run.stage < 5 else aside).update(ran(one, on))

        assert (seen.used, seen.parallel) == (worked(line), worked(aside))

    @given(projects(), later)
    def test_has_stages_that_end_with_the_last_of_their_items(
        self, project: Project, on: date
    ) -> None:
        seen = project_clock(project, catalogue(), CALENDAR, on)
        for each in seen.stages:
            run = project.runs[f"{each.stage}/{each.unit}"]
            found = of(project, run)
            if found and run.ended_at is not None:
                ends = [until(one.ended_at, on) for one in found]
                assert each.end == max([local_date(run.ended_at), *ends])


class TestTheNationalReport:
    @given(projects(), later)
    def test_adds_the_longest_unit_of_each_stage(self, project: Project, on: date) -> None:
        seen = reported(project, catalogue(), CALENDAR, on)
        longest: dict[int, int] = {}
        parallel = 0
        for run in project.runs.values():
            found = of(project, run)
            if run.stage < 5:
                longest[run.stage] = max(longest.get(run.stage, 0), approval(found, on))
            else:
                parallel += sum(spent(one, on) or 0 for one in found)

        assert (seen.approval, seen.parallel) == (sum(longest.values()), parallel)
        assert seen.total == seen.approval + seen.parallel

    @given(attempts(accepted=True), later)
    def test_holds_an_item_against_its_limit_and_extension(self, one: Attempt, on: date) -> None:
        seen = reported_item(one, CALENDAR, on)

        assert (seen.used, seen.overdue) == (spent(one, on), late(one, on))
        assert one.committed is not None
        assert seen.limit == one.committed.days + one.extension

    @given(projects(), later)
    def test_is_overdue_when_any_item_of_any_stage_is(self, project: Project, on: date) -> None:
        seen = reported(project, catalogue(), CALENDAR, on)
        everyone = [one for run in project.runs.values() for one in of(project, run)]

        assert seen.overdue == any(late(one, on) for one in everyone)

    @given(projects(), later)
    def test_begins_stages_two_and_three_where_the_stage_before_ended(
        self, project: Project, on: date
    ) -> None:
        for stage in reported(project, catalogue(), CALENDAR, on).stages:
            found = of(project, project.runs[f"{stage.stage}/{stage.unit}"])
            if not found:
                assert stage.stage_days == 0
                continue
            begin = min(local_date(one.filed_at) for one in found)
            before = project.runs.get(f"{stage.stage - 1}/{stage.unit}")
            if stage.stage in {2, 3} and before is not None and before.milestone_at is not None:
                begin = local_date(before.milestone_at)
            end = stage.end or on
            assert stage.stage_days == worked(between(begin, end))
            assert stage.owner == max(0, stage.stage_days - stage.special - stage.approval)
