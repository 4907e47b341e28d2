"""Laws of the clocks, for any attempts, pauses and dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from tests.support.attempts import limit
from tests.support.catalogues import shipped as catalogue
from tests.support.drawn_lives import FIRST, attempts, days, projects
from workflows.calendar import shipped
from workflows.catalogue.values import DayUnit
from workflows.clock import Lamp, Reading, clock
from workflows.clock_lines import COUNTING, lines
from workflows.moments import local_date
from workflows.reported import reported, reported_item
from workflows.spans import due, merged, spans, used
from workflows.stage_clock import Part, minus, project_clock, stage_clock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from workflows.project import Attempt, ItemState, Project, StageRun

CALENDAR = shipped()
DAY = timedelta(days=1)

later = st.integers(0, 60)  # days after all that happened


def after(number: int, *found: Attempt) -> date:
    """Return a date *number* days after the last thing that happened to any of *found*."""
    moments = [FIRST]
    for one in found:
        for at in (one.filed_at, one.accepted_at, one.decided_at, one.ended_at):
            moments += [] if at is None else [local_date(at)]
        moments += [local_date(pause.until or pause.since) for pause in one.pauses]
    return max(moments) + number * DAY


def all_of(project: Project) -> list[Attempt]:
    return [one for state in project.items.values() for one in state.attempts]


def belongs(state: ItemState, run: StageRun) -> bool:
    return (state.stage, state.unit) == (run.stage, run.unit)


def readings(one: Attempt, on: date) -> list[Reading]:
    seen = clock(one, CALENDAR, on)
    return [each for each in (seen.committed, seen.statutory) if each is not None]


class TestAnAttempt:
    @given(attempts(), later)
    def test_uses_no_more_days_than_its_span(self, one: Attempt, later_by: int) -> None:
        on = after(later_by, one)
        seen = clock(one, CALENDAR, on)

        assert 0 <= seen.used <= seen.elapsed <= seen.span

    @given(attempts(), later)
    def test_is_the_sum_of_its_parts(self, one: Attempt, later_by: int) -> None:
        on = after(later_by, one)
        seen = clock(one, CALENDAR, on)

        assert seen.used + sum(seen.paused.values()) == seen.elapsed

    @given(attempts(accepted=True), later, st.randoms(use_true_random=False))
    def test_does_not_ask_in_which_order_pauses_came(
        self, one: Attempt, later_by: int, rng: Random
    ) -> None:
        on = after(later_by, one)
        mixed = list(one.pauses)
        rng.shuffle(mixed)

        other = replace(one, pauses=tuple(mixed))

        assert clock(other, CALENDAR, on) == clock(one, CALENDAR, on)
        assert reported_item(other, CALENDAR, on) == reported_item(one, CALENDAR, on)

    @given(attempts(accepted=True), later)
    def test_has_used_its_limit_on_the_due_date(self, one: Attempt, later_by: int) -> None:
        """Held still at what is known on the date asked for: ended pauses, no new ones."""
        on = after(later_by, one)
        ended = tuple(p for p in one.pauses if p.until is not None)
        still = replace(one, pauses=ended, decided_at=None, ended_at=None)
        for reading in readings(still, on):
            assert reading.due is not None
            start = clock(still, CALENDAR, on).start
            assert start is not None
            stops = spans(ended, start, reading.due)
            assert used(start, reading.due, stops, CALENDAR, reading.unit) == reading.limit

    @given(attempts(accepted=True), later)
    def test_is_overdue_just_when_the_due_date_has_passed(
        self, one: Attempt, later_by: int
    ) -> None:
        """Whatever pauses came: in time on the last day, late only after it."""
        on = after(later_by, one)
        for reading in readings(one, on):
            seen = clock(one, CALENDAR, on)
            until = seen.end or on
            if reading.due is None or until < (seen.start or until):
                continue
            if until <= reading.due:
                assert not reading.overdue
            if reading.overdue:
                assert until > reading.due

    @given(attempts(accepted=True), later)
    def test_never_runs_backwards(self, one: Attempt, later_by: int) -> None:
        on = after(later_by, one)
        today, tomorrow = clock(one, CALENDAR, on), clock(one, CALENDAR, on + DAY)

        assert today.used <= tomorrow.used <= today.used + 1

    @given(attempts(accepted=True), later)
    def test_shows_the_arithmetic_that_it_counts_by(self, one: Attempt, later_by: int) -> None:
        on = after(later_by, one)
        for reading in readings(one, on):
            found = lines(one, reading, CALENDAR, catalogue(), on)

            past = [line for line in found if not line.ahead]
            assert sum(line.rule in COUNTING for line in past) == reading.used
            assert [line.day for line in found] == sorted({line.day for line in found})
            numbers = [line.number for line in found if line.number is not None]
            assert numbers == list(range(1, len(numbers) + 1))
            if reading.due == found[-1].day:
                assert (numbers[-1] if numbers else 0) == reading.limit
            assert any(line.late for line in past) == reading.overdue

    @given(attempts(accepted=True), later)
    def test_is_red_when_overdue_and_only_then(self, one: Attempt, later_by: int) -> None:
        on = after(later_by, one)
        seen = clock(one, CALENDAR, on)

        assert seen.committed is not None
        assert (seen.lamp is Lamp.RED) == seen.committed.overdue


class TestAStage:
    @given(projects(), later)
    def test_uses_at_least_what_each_item_uses(self, project: Project, later_by: int) -> None:
        """Each item counted in the stage's unit, working days."""
        on = after(later_by, *all_of(project))
        for run in project.runs.values():
            stage = stage_clock(project, run, catalogue(), CALENDAR, on)
            for state in project.items.values():
                for one in state.attempts if belongs(state, run) else ():
                    bare = replace(one, committed=limit(1))
                    assert stage.used >= clock(bare, CALENDAR, on).used

    @given(projects(), later)
    def test_is_the_sum_of_its_parts(self, project: Project, later_by: int) -> None:
        on = after(later_by, *all_of(project))
        for run in project.runs.values():
            stage = stage_clock(project, run, catalogue(), CALENDAR, on)

            assert sum(stage.parts.values()) == stage.elapsed <= stage.span
            assert stage.used == stage.parts.get(Part.APPROVAL, 0)

    @given(projects(), later)
    def test_uses_no_more_than_its_items_together(self, project: Project, later_by: int) -> None:
        on = after(later_by, *all_of(project))
        for run in project.runs.values():
            stage = stage_clock(project, run, catalogue(), CALENDAR, on)
            whole = sum(
                clock(replace(one, committed=limit(1)), CALENDAR, on).used
                for state in project.items.values()
                if belongs(state, run)
                for one in state.attempts
            )

            assert stage.used <= whole

    @given(projects(), later)
    def test_falls_due_when_its_limit_is_used(self, project: Project, later_by: int) -> None:
        on = after(later_by, *all_of(project))
        for run in project.runs.values():
            stage = stage_clock(project, run, catalogue(), CALENDAR, on)
            if stage.reading is not None and stage.reading.due is not None:
                assert stage.reading.overdue == (stage.reading.used > stage.reading.limit)
                if stage.reading.overdue:
                    assert stage.reading.due < on


class TestAProject:
    @given(projects(), later)
    def test_uses_at_least_what_each_stage_uses(self, project: Project, later_by: int) -> None:
        on = after(later_by, *all_of(project))
        seen = project_clock(project, catalogue(), CALENDAR, on)

        for stage in seen.stages:
            assert (seen.used if stage.stage < 5 else seen.parallel) >= stage.used

    @given(projects(), later)
    def test_is_the_sum_of_its_parts(self, project: Project, later_by: int) -> None:
        on = after(later_by, *all_of(project))
        seen = project_clock(project, catalogue(), CALENDAR, on)

        assert sum(seen.parts.values()) == seen.elapsed <= seen.span

    @given(projects(), later)
    def test_is_reported_without_a_negative_figure(self, project: Project, later_by: int) -> None:
        on = after(later_by, *all_of(project))
        seen = reported(project, catalogue(), CALENDAR, on)

        figures = [seen.approval, seen.parallel, seen.span]
        for stage in seen.stages:
            figures += [stage.approval, stage.special, stage.stage_days, stage.owner]
        assert min(figures) >= 0
        assert seen.total == seen.approval + seen.parallel


spans_ = st.lists(st.tuples(days, days), max_size=6)


class TestSpans:
    @given(spans_, spans_)
    def test_are_taken_off_each_other_date_by_date(
        self, ours: Sequence[tuple[date, date]], theirs: Sequence[tuple[date, date]]
    ) -> None:
        left = minus(merged(ours), merged(theirs))

        assert _dates(left) == _dates(ours) - _dates(theirs)
        assert list(left) == list(merged(left))

    @given(days, st.integers(0, 60), spans_, st.sampled_from(DayUnit))
    def test_in_any_order_give_one_due_date(
        self, start: date, number: int, stops: list[tuple[date, date]], unit: DayUnit
    ) -> None:
        found = {
            due(start, number, order, CALENDAR, unit)
            for order in (stops, stops[::-1], sorted(stops), list(merged(stops)))
        }

        assert len(found) == 1


def _dates(found: Sequence[tuple[date, date]]) -> set[date]:
    return {
        begin + number * DAY for begin, end in found for number in range(1, (end - begin).days + 1)
    }
