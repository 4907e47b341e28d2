"""Defects that were read in real systems (DOMAIN.md section 4), each with what is right.

Every test computes the defective figure as well, where a figure is what went wrong, so that it is
seen to differ on the case: a rule that had the defect would fail.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from tests.support.attempts import attempt, blank_project, limit, noon, stop
from tests.support.catalogues import shipped as catalogue
from tests.support.law_office import filed, march
from tests.support.memory_office import NOTE
from workflows import calendar
from workflows import commands as c
from workflows.catalogue.values import DayUnit
from workflows.clock import Lamp, clock
from workflows.events import PauseKind
from workflows.project import Attempt, ItemState, Project, Round, StageRun
from workflows.reported import reported, reported_item, reported_stage
from workflows.stage_clock import Part, project_clock, stage_clock
from workflows.status import Status

CALENDAR = calendar.shipped()
WORKING = DayUnit.WORKING_DAY


def run(stage: int = 1, ended: date | None = None, milestone: date | None = None) -> StageRun:
    return StageRun(
        stage=stage,
        unit=0,
        net="net",
        slots=2,
        mode="rounds",
        tokens=frozenset(),
        opened_at=noon(march(2)),
        filed_at=noon(march(2)),
        milestone_at=None if milestone is None else noon(milestone),
        ended_at=None if ended is None else noon(ended),
        round=Round(number=1, opened_by=1),
    )


def project(*attempts: tuple[Attempt, ...], stage_run: StageRun | None = None) -> Project:
    """Return a project of flow 3 whose stage has one item for each tuple of attempts."""
    here = stage_run or run()
    items = {
        f"0/S{here.stage}-{place:02}": ItemState(
            unit=0, stage=here.stage, item=f"S{here.stage}-{place:02}", attempts=each
        )
        for place, each in enumerate(attempts, 1)
    }
    return blank_project(march(2), {here.key: here}, items)


class TestEpoint:
    def test_overlapping_supplement_and_procedure_are_taken_off_an_item_once(self) -> None:
        """Subtracted twice at item level but once at stage level."""
        pauses = [stop(march(3), march(6)), stop(march(4), march(10), "procedure")]
        one = attempt(march(2), pauses=pauses)
        each = [CALENDAR.count(march(3), march(6), WORKING)]
        each += [CALENDAR.count(march(4), march(10), WORKING)]
        whole = CALENDAR.count(march(2), march(13), WORKING)

        seen = clock(one, CALENDAR, march(13))

        assert (whole - sum(each), seen.used) == (2, 4)
        assert reported_item(one, CALENDAR, march(13)).used == 4

    def test_a_stage_and_its_only_item_agree_on_an_overlap(self) -> None:
        """The same two pauses gave two figures, by level."""
        pauses = [stop(march(3), march(6)), stop(march(4), march(10), "procedure")]
        one = attempt(march(2), pauses=pauses)
        office = project((one,))

        item = clock(one, CALENDAR, march(13)).used
        stage = stage_clock(office, office.runs["1/0"], catalogue(), CALENDAR, march(13)).used

        assert item == stage

    def test_starts_and_ends_belong_together_whatever_their_order(self) -> None:
        """Starts and ends were paired by list index: an open pause shifted every later end."""
        pauses = [stop(march(3), None, "procedure"), stop(march(4), march(6))]
        ends = [pause.until for pause in pauses if pause.until is not None]
        paired = list(zip((pause.since for pause in pauses), ends, strict=False))

        seen = clock(attempt(march(2), pauses=pauses), CALENDAR, march(13))

        assert paired == [(noon(march(3)), noon(march(6)))]  # the wrong pair, and one pause lost
        assert seen.used == 1
        assert sum(seen.paused.values()) == 8

    def test_events_in_one_hour_of_one_month_stay_apart(self) -> None:
        """DATE_FORMAT '%H:%m:%s' writes the month for the minute and merges events."""
        first = datetime.fromisoformat("2026-03-04T09:10:05+08:00")
        second = first + timedelta(minutes=20)
        office = filed(3, approval_catalogue=True)
        office.now = first - timedelta(hours=1)

        office.do("S1-04", at=first)
        office.now = second - timedelta(hours=1)
        office.do("S1-04", at=second)

        moments = [event.happened_at for event in office.log[-2:]]
        assert f"{first:%H:%m:%S}" == f"{second:%H:%m:%S}"
        assert moments == [first, second]
        assert office.replayed() == office.project

    def test_a_stage_of_one_item_keeps_its_supplement(self) -> None:
        """The branch for a single item dropped 补正 from the stage's special time."""
        one = attempt(march(2), pauses=[stop(march(4), march(9))])
        office = project((one,))
        here = office.runs["1/0"]

        ours = stage_clock(office, here, catalogue(), CALENDAR, march(13))
        national = reported_stage(office, here, catalogue(), CALENDAR, march(13))

        assert ours.parts[Part.SUPPLEMENT] == 3
        assert national.special == 3

    def test_a_stage_uses_at_least_what_its_items_use(self) -> None:
        """Union of items less union of pauses: a pause of one item hid the work of another."""
        paused = attempt(march(2), pauses=[stop(march(2), march(13), "procedure")])
        working = attempt(march(2))
        office = project((paused,), (working,))
        here = office.runs["1/0"]

        ours = stage_clock(office, here, catalogue(), CALENDAR, march(13)).used
        national = reported_stage(office, here, catalogue(), CALENDAR, march(13)).approval

        assert clock(working, CALENDAR, march(13)).used == 9
        assert (ours, national) == (9, 0)

    @pytest.mark.parametrize("status", [2, 4, 5, 13, 14, 15])
    def test_what_was_taken_back_is_never_overdue(self, status: int) -> None:
        """Withdrawn items kept counting and showed as overdue (滁州)."""
        gone = attempt(march(2), ended=march(6), committed=limit(5), status=status, pauses=[])

        seen = clock(gone, CALENDAR, date(2026, 6, 30))
        national = reported_item(gone, CALENDAR, date(2026, 6, 30))

        assert (seen.used, seen.lamp) == (4, Lamp.GREEN)
        assert (national.used, national.overdue) == (None, False)

    def test_an_item_withdrawn_in_the_office_stops_counting(self) -> None:
        """The same through the rules: the clock of the project does not go on, either."""
        office = filed(3, approval_catalogue=True)
        office.accept("S1-04")
        office.on(march(5)).give(c.WithdrawItem(item="S1-04", reason=NOTE))

        seen = office.clock("S1-04", date(2026, 6, 30))

        assert (seen.used, seen.lamp) == (3, Lamp.GREEN)

    def test_a_project_withdrawn_while_paused_stops_counting(self) -> None:
        """Its open pauses end with it: nothing is left standing."""
        office = filed(3, approval_catalogue=True)
        office.accept("S1-04")
        office.ask("S1-04")
        office.on(march(5)).give(c.WithdrawProject(reason=NOTE))

        seen = office.clock("S1-04", date(2026, 6, 30))

        assert (seen.paused, seen.used) == ({PauseKind.SUPPLEMENT: 3}, 0)
        assert office.attempt("S1-04").status == Status.WITHDRAWN

    def test_one_word_has_one_meaning_on_each_level(self) -> None:
        """Intervals of a stage ran 接件→办结, the item's clock from 受理: both called 用时."""
        slow = attempt(march(9), filed=march(2), decided=march(13), ended=march(20), status=11)
        office = project((slow,), stage_run=run(ended=march(20)))
        here = office.runs["1/0"]

        ours = stage_clock(office, here, catalogue(), CALENDAR, march(31))

        assert ours.used == clock(slow, CALENDAR, march(31)).used == 4
        assert ours.parts == {Part.APPROVAL: 4, Part.INTAKE: 5, Part.DELIVERY: 5}
        assert reported_stage(office, here, catalogue(), CALENDAR, march(31)).approval == 14


class TestAplan:
    @pytest.mark.parametrize("status", [Status.GRANTED, Status.GRANTED_TOLERANT])
    def test_a_tolerant_grant_is_a_grant_everywhere(self, status: Status) -> None:
        """12 容缺通过 closed an "any" milestone here and not there (blzt = 11 only)."""
        done = replace(
            attempt(march(2), decided=march(6), ended=march(6), status=status), result="granted"
        )
        state = ItemState(unit=0, stage=1, item="S1-04", attempts=(done,))

        assert state.granted
        assert reported_item(done, CALENDAR, march(31)).used == 4

    def test_the_time_of_a_stage_knows_pauses(self) -> None:
        """The stage's time ignored pauses ("以后需要调整")."""
        one = attempt(march(2), pauses=[stop(march(3), march(11), "procedure")])
        office = project((one,))

        seen = stage_clock(office, office.runs["1/0"], catalogue(), CALENDAR, march(13))

        assert CALENDAR.count(march(2), march(13), WORKING) == 9
        assert seen.used == 3
        assert seen.reading is not None
        assert seen.reading.left == 14

    def test_an_end_before_noon_is_no_half_day(self) -> None:
        """A precision of half a day (−0.5 before noon) gives two answers for one legal date."""
        morning = replace(attempt(march(2)), decided_at=noon(march(6)) - timedelta(hours=3))
        evening = replace(attempt(march(2)), decided_at=noon(march(6)) + timedelta(hours=6))

        used = {clock(each, CALENDAR, march(31)).used for each in (morning, evening)}

        assert used == {4}


class TestTianjinLandCentre:
    def test_an_empty_stage_is_not_in_progress(self) -> None:
        """An empty stage was shown as 进行中."""
        office = project()
        here = office.runs["1/0"]

        seen = stage_clock(office, here, catalogue(), CALENDAR, march(31))

        assert (seen.start, seen.used, seen.span, seen.lamp) == (None, 0, 0, Lamp.NONE)
        assert reported_stage(office, here, catalogue(), CALENDAR, march(31)).start is None

    def test_a_limit_of_no_days_divides_by_nothing(self) -> None:
        """A zero limit led to a division by zero in the warning."""
        none = attempt(march(2), committed=limit(0))

        today = clock(none, CALENDAR, march(2)).committed
        later = clock(none, CALENDAR, march(3)).committed

        assert today is not None
        assert later is not None
        assert (today.share, today.overdue) == (None, False)
        assert (later.share, later.overdue) == (None, True)

    def test_a_flow_without_limits_divides_by_nothing(self) -> None:
        flow = replace(catalogue().flows[3], limit_days=0, stage_limits=(0, 0, 0, 0))
        rules = replace(catalogue(), flows={3: flow})
        office = project((attempt(march(2)),))

        seen = project_clock(office, rules, CALENDAR, march(2))

        assert seen.reading.share is None
        assert seen.stages[0].reading is not None
        assert seen.stages[0].reading.share is None

    def test_a_project_without_filings_reports_nothing(self) -> None:
        seen = reported(project(), catalogue(), CALENDAR, march(31))

        assert (seen.total, seen.span, seen.overdue) == (0, 0, False)


class TestTheNationalFormula:
    """What the report says, where it differs from ours on purpose (workflows/reported.py)."""

    def test_ends_an_item_at_the_delivery(self) -> None:
        done = attempt(march(2), decided=march(6), ended=march(13), status=11)

        assert clock(done, CALENDAR, march(31)).used == 4
        assert reported_item(done, CALENDAR, march(31)).used == 9

    def test_knows_no_suspension(self) -> None:
        one = attempt(march(2), pauses=[stop(march(3), march(6), "suspension")])

        assert clock(one, CALENDAR, march(13)).used == 6
        assert reported_item(one, CALENDAR, march(13)).used == 9

    def test_takes_off_only_what_began_after_acceptance(self) -> None:
        one = attempt(march(4), filed=march(2), pauses=[stop(march(3), march(6))])

        assert clock(one, CALENDAR, march(13)).used == 5
        assert reported_item(one, CALENDAR, march(13)).used == 7

    def test_takes_nothing_off_for_what_began_after_the_decision(self) -> None:
        """An old log may hold such a pause: one deed of the window cleared a late delivery."""
        late = stop(march(7), march(30))
        done = attempt(
            march(2), decided=march(6), ended=march(31), pauses=[late], committed=limit(10),
            status=11,
        )  # fmt: skip

        seen = reported_item(done, CALENDAR, march(31))

        assert (seen.used, seen.overdue) == (21, True)

    def test_calls_a_stage_overdue_when_an_item_of_it_is(self) -> None:
        office = project((attempt(march(2), committed=limit(1)),))
        here = office.runs["1/0"]

        assert reported_stage(office, here, catalogue(), CALENDAR, march(6)).overdue
        ours = stage_clock(office, here, catalogue(), CALENDAR, march(6))
        assert ours.reading is not None
        assert not ours.reading.overdue

    def test_leaves_the_owner_what_is_neither_approval_nor_special(self) -> None:
        done = attempt(march(2), decided=march(6), ended=march(6), status=11)
        again = attempt(march(11), ended=march(13), status=11, number=2)
        office = project((done, again), stage_run=run(ended=march(13)))

        seen = reported_stage(office, office.runs["1/0"], catalogue(), CALENDAR, march(31))

        assert (seen.approval, seen.special, seen.stage_days, seen.owner) == (6, 0, 9, 3)

    def test_flags_what_was_returned_or_taken_back(self) -> None:
        office = project(
            (attempt(None, filed=march(2), ended=march(3), status=5),),
            (attempt(march(2), ended=march(3), status=14),),
        )

        seen = reported_stage(office, office.runs["1/0"], catalogue(), CALENDAR, march(31))

        assert (seen.returned, seen.otherwise) == (True, True)
