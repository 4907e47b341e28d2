"""The clocks of a project and its stages, on dates of March 2026 (the 2nd is a Monday)."""

from __future__ import annotations

from dataclasses import replace

from tests.support.attempts import attempt, blank_project, noon, stop
from tests.support.catalogues import shipped as catalogue
from tests.support.law_office import CALENDAR, march
from workflows.project import Attempt, ItemState, Project, Round, StageRun
from workflows.reported import reported
from workflows.stage_clock import Part, project_clock


def run(stage: int) -> StageRun:
    return StageRun(
        stage=stage,
        unit=0,
        net="net",
        slots=2,
        mode="rounds",
        tokens=frozenset(),
        opened_at=noon(march(2)),
        filed_at=noon(march(2)),
        round=Round(number=1, opened_by=1),
    )


def project(**attempts: Attempt) -> Project:
    """Return a project with one attempt of the first item of each stage: s2=…, s5=…."""
    stages = {int(name.removeprefix("s")): one for name, one in attempts.items()}
    items = {
        f"0/S{stage}-01": ItemState(unit=0, stage=stage, item=f"S{stage}-01", attempts=(one,))
        for stage, one in stages.items()
    }
    return blank_project(march(2), {f"{stage}/0": run(stage) for stage in stages}, items)


class TestStageFive:
    """并行推进: utilities run alongside, and are counted apart."""

    def test_is_no_time_of_the_projects_own(self) -> None:
        seen = project_clock(
            project(s2=attempt(march(2), decided=march(4)), s5=attempt(march(2))),
            catalogue(),
            CALENDAR,
            march(13),
        )

        assert (seen.used, seen.parallel) == (2, 9)
        assert seen.parts[Part.APPROVAL] == 2

    def test_keeps_no_project_from_waiting(self) -> None:
        seen = project_clock(project(s5=attempt(march(2))), catalogue(), CALENDAR, march(6))

        assert seen.parts == {Part.WAITING: 4}


class TestASupplementBegunAfterTheDecision:
    """As an old log may hold: what is decided and not handed over is nobody's but the office's."""

    def test_leaves_the_days_to_the_delivery(self) -> None:
        late = attempt(march(2), decided=march(4), pauses=[stop(march(5), march(10))])

        seen = project_clock(project(s2=late), catalogue(), CALENDAR, march(13))

        assert seen.parts == {Part.APPROVAL: 2, Part.DELIVERY: 7}


class TestTheNationalReport:
    """阶段用时 runs from the end of the stage before; stage 4 has a start of its own."""

    @staticmethod
    def days(before: int, stage: int) -> int:
        done = attempt(march(2), decided=march(4), ended=march(4))
        found = project(**{f"s{before}": done, f"s{stage}": attempt(march(10), filed=march(9))})
        runs = dict(found.runs)
        runs[f"{before}/0"] = replace(runs[f"{before}/0"], milestone_at=noon(march(4)))
        seen = reported(replace(found, runs=runs), catalogue(), CALENDAR, march(13))
        return next(each.stage_days for each in seen.stages if each.stage == stage)

    def test_begins_stage_three_with_the_end_of_the_second(self) -> None:
        assert self.days(2, 3) == 7

    def test_begins_stage_four_with_its_own_filing(self) -> None:
        assert self.days(3, 4) == 4


class TestBeyondTheCalendar:
    def test_the_whole_is_told_as_of_its_last_day(self) -> None:
        last = CALENDAR.last
        old = replace(attempt(march(2)), committed=None)

        seen = project_clock(project(s2=old), catalogue(), CALENDAR, last.replace(year=2040))

        assert seen.reading.beyond
        assert sum(seen.parts.values()) == seen.elapsed
        assert seen.used == project_clock(project(s2=old), catalogue(), CALENDAR, last).used
        assert seen.stages[0].reading is not None
        assert (seen.stages[0].reading.beyond, seen.stages[0].reading.overdue) == (True, True)
