"""Supplements, special procedures, joint visits, suspensions: what stops a clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.support.law_office import DAY, LawOffice, filed, leader, march, morning
from tests.support.memory_office import NOTE, OWNER, STAGE_LEAD, SYSTEM, WINDOW
from workflows import commands as c
from workflows import events as e
from workflows.clock import Lamp
from workflows.facts import Rules
from workflows.moments import end_of, local_date
from workflows.status import Status

ITEM = "S1-04"  # 核准: ten working days, twenty by law, commissioned assessment not counted
ASSESSMENT = "entrusted_assessment"
START = date(2026, 3, 2)


class TestASupplement:
    def test_stops_the_clock_until_the_answer(self, accepted: LawOffice) -> None:
        accepted.on(march(4)).ask(ITEM)
        stopped = accepted.clock(ITEM, march(9))

        accepted.on(march(10)).answer(ITEM)

        assert (stopped.lamp, stopped.used) == (Lamp.PAUSED, 2)
        assert accepted.clock(ITEM, march(11)).used == 3
        assert accepted.clock(ITEM, march(11)).owner_days == 4

    def test_names_what_is_missing(self, office: LawOffice) -> None:
        body = office.ask(ITEM)[0].body

        assert isinstance(body, e.ItemPaused)
        assert body.missing == ("M010", "M008")
        assert office.attempt(ITEM).status == Status.SUPPLEMENT

    def test_is_told_once(self, office: LawOffice) -> None:
        office.ask(ITEM)
        office.answer(ITEM)

        again = c.AskSupplement(item=ITEM, attempt=1, missing=("M010",))

        assert office.refusal(again, WINDOW) == "item.supplement_told"

    def test_may_be_told_on_the_fifth_working_day(self, office: LawOffice) -> None:
        office.on(march(9)).ask(ITEM)

        assert office.attempt(ITEM).status == Status.SUPPLEMENT

    def test_is_too_late_on_the_sixth(self, office: LawOffice) -> None:
        ask = c.AskSupplement(item=ITEM, attempt=1, missing=("M010",))

        assert office.on(march(10)).refusal(ask, WINDOW) == "item.supplement_late"

    def test_names_each_of_them_once(self, office: LawOffice) -> None:
        ask = c.AskSupplement(item=ITEM, attempt=1, missing=("M010", "M008", "M010"))
        (event,) = office.give(ask, WINDOW)

        assert isinstance(event.body, e.ItemPaused)
        assert event.body.missing == ("M010", "M008")

    @pytest.mark.parametrize("missing", [("M999",), ("M010", "M001"), ()])
    def test_names_materials_of_the_item(self, office: LawOffice, missing: tuple[str, ...]) -> None:
        ask = c.AskSupplement(item=ITEM, attempt=1, missing=missing)

        assert office.refusal(ask, WINDOW) == "item.unknown_material"

    def test_lets_no_step_be_done(self, office: LawOffice) -> None:
        office.ask(ITEM)

        step = c.CompleteStep(item=ITEM, attempt=1, step="receive", outcome="received")

        assert office.refusal(step, WINDOW) == "item.stopped"

    def test_leaves_no_status_behind_when_the_receipt_follows(self, office: LawOffice) -> None:
        office.ask(ITEM)
        office.answer(ITEM)

        office.do(ITEM)

        assert office.attempt(ITEM).status == Status.SUPPLEMENTED
        assert office.attempt(ITEM).accepted_at is None

    def test_is_no_longer_open_when_it_is_answered_twice(self, office: LawOffice) -> None:
        office.ask(ITEM)
        office.answer(ITEM)

        again = c.AnswerSupplement(item=ITEM, attempt=1)

        assert office.refusal(again, OWNER) == "item.not_stopped"

    def test_is_not_answered_before_it_was_asked(self, office: LawOffice) -> None:
        office.on(march(4)).ask(ITEM)

        early = c.AnswerSupplement(item=ITEM, attempt=1, happened_at=morning(march(3)), reason=NOTE)

        assert office.refusal(early, OWNER) == "time.before_last"

    def test_is_not_answered_in_the_future(self, office: LawOffice) -> None:
        office.ask(ITEM)

        ahead = c.AnswerSupplement(item=ITEM, attempt=1, happened_at=office.now + 9 * DAY)

        assert office.refusal(ahead, OWNER) == "time.future"

    def test_recorded_later_needs_a_reason(self, office: LawOffice) -> None:
        office.ask(ITEM)
        happened = office.now + timedelta(minutes=5)

        late = c.AnswerSupplement(item=ITEM, attempt=1, happened_at=happened)

        assert office.on(march(4)).refusal(late, OWNER) == "time.backdated"

    def test_of_an_ended_attempt_is_none(self, accepted: LawOffice) -> None:
        accepted.grant(ITEM)

        ask = c.AskSupplement(item=ITEM, attempt=1, missing=("M010",))

        assert accepted.refusal(ask, WINDOW) == "item.not_open"

    def test_with_a_long_term_gives_the_slot_back(self) -> None:
        office = filed(3, rules=Rules(park_after=10), area_assessed=False)
        office.give(c.FileItem(item="S1-14", single=True, reason=NOTE))

        office.ask("S1-14", answer_by="2026-04-30")

        assert not office.attempt("S1-14").slot
        assert office.run(1).held_slots == 0

    @pytest.mark.parametrize(
        ("day", "refusal"), [(march(11), None), (march(12), "item.supplement_late")]
    )
    def test_has_its_five_days_beside_those_of_a_suspension(
        self, office: LawOffice, day: date, refusal: str | None
    ) -> None:
        """Filed on the 2nd and suspended from the 3rd to the 5th: the fifth day is the 11th."""
        office.on(march(3)).suspend()
        office.on(march(5)).resume()
        ask = c.AskSupplement(item=ITEM, attempt=1, missing=("M010",))

        office.on(day)

        if refusal is None:
            office.give(ask, WINDOW)
        else:
            assert office.refusal(ask, WINDOW) == refusal

    def test_has_no_term_in_the_past(self, office: LawOffice) -> None:
        ask = c.AskSupplement(item=ITEM, attempt=1, missing=("M010",), answer_by="2026-03-01")

        assert office.refusal(ask, WINDOW) == "time.bad_end"


class TestSilence:
    """Deemed acceptance (XKF32), with the days that a supplement or a suspension takes."""

    def test_of_five_days_accepts_on_the_day_of_filing(self, office: LawOffice) -> None:
        office.do(ITEM)
        assert office.due_at(ITEM) == end_of(march(9))

        office.now = end_of(march(9))
        office.fire(ITEM)

        assert local_date(office.attempt(ITEM).accepted_at or office.now) == START

    def test_is_not_over_a_moment_before(self, office: LawOffice) -> None:
        office.do(ITEM)

        office.now = end_of(march(9)) - timedelta(hours=2)

        assert office.refusal(office.firing(ITEM), SYSTEM) == "timer.not_due"

    def test_does_not_go_on_while_a_supplement_is_open(self, office: LawOffice) -> None:
        office.do(ITEM)
        office.ask(ITEM)

        assert office.due_at(ITEM) is None
        assert office.on(march(20)).refusal(office.firing(ITEM), SYSTEM) == "task.not_open"

    def test_has_its_days_anew_after_the_answer(self, office: LawOffice) -> None:
        office.do(ITEM)
        office.on(march(4)).ask(ITEM)

        office.on(march(12)).answer(ITEM)

        assert office.due_at(ITEM) == end_of(march(19))

    def test_after_the_answer_accepts_on_the_day_of_the_answer(self, office: LawOffice) -> None:
        office.do(ITEM)
        office.on(march(4)).ask(ITEM)
        office.on(march(12)).answer(ITEM)

        office.now = end_of(march(19))
        office.fire(ITEM)

        accepted = office.attempt(ITEM).accepted_at
        assert accepted is not None
        assert local_date(accepted) == march(12)
        assert office.clock(ITEM, march(19)).used == 5

    def test_leaves_out_the_days_of_a_suspension(self, office: LawOffice) -> None:
        office.do(ITEM)
        office.on(march(4)).suspend()

        office.on(march(11)).resume()

        assert office.due_at(ITEM) == end_of(march(16))

    def test_counts_from_the_answer_when_the_receipt_comes_last(self, office: LawOffice) -> None:
        office.on(march(4)).ask(ITEM)
        office.on(march(12)).answer(ITEM)

        office.on(march(13)).do(ITEM)

        assert office.due_at(ITEM) == end_of(march(19))


class TestASpecialProcedure:
    def test_stops_the_clock_and_ends(self, accepted: LawOffice) -> None:
        accepted.on(march(4)).begin(ITEM, ASSESSMENT, march(20))
        before = accepted.attempt(ITEM).status

        accepted.on(march(16)).over(ITEM, ASSESSMENT)

        assert (before, accepted.attempt(ITEM).status) == (9, 10)
        assert accepted.clock(ITEM, march(18)).used == 4
        seen = accepted.clock(ITEM, march(18)).committed
        assert seen is not None
        assert seen.due == march(26)

    def test_must_be_listed_for_the_item(self, accepted: LawOffice) -> None:
        for unknown in ("hearing", "witchcraft"):
            order = accepted.beginning(ITEM, unknown, march(20))

            assert accepted.refusal(order, accepted.examiner(ITEM)) == "item.unknown_procedure"

    def test_begins_after_acceptance(self, office: LawOffice) -> None:
        order = office.beginning(ITEM, ASSESSMENT, march(20))

        assert office.refusal(order, office.examiner(ITEM)) == "item.not_accepted"

    def test_needs_an_approval(self, accepted: LawOffice) -> None:
        order = accepted.beginning(ITEM, ASSESSMENT, march(20), approved_by="")

        assert accepted.refusal(order, accepted.examiner(ITEM)) == "approval.required"

    def test_may_end_on_the_day_on_which_it_begins(self, accepted: LawOffice) -> None:
        accepted.begin(ITEM, ASSESSMENT, START)

        assert accepted.attempt(ITEM).pauses[0].expected_end == START.isoformat()

    @pytest.mark.parametrize("end", ["2026-03-01", "soon", "2026-02-30", ""])
    def test_does_not_end_before_it_begins(self, accepted: LawOffice, end: str) -> None:
        order = accepted.beginning(ITEM, ASSESSMENT, end)

        assert accepted.refusal(order, accepted.examiner(ITEM)) == "time.bad_end"

    def test_does_not_last_longer_than_it_may(self) -> None:
        office = filed(1, military_zone=True)
        office.give(c.FileItem(item="S1-19"))
        office.accept("S1-19")
        longest = START + 60 * DAY

        for end, fits in ((longest + DAY, False), (longest, True)):
            order = office.beginning("S1-19", "military_survey", end)
            if fits:
                office.give(order, office.examiner("S1-19"))
            else:
                assert office.refusal(order, office.examiner("S1-19")) == "time.bad_end"

    def test_does_not_begin_twice(self, accepted: LawOffice) -> None:
        accepted.begin(ITEM, ASSESSMENT, march(20))

        again = accepted.beginning(ITEM, ASSESSMENT, march(20))

        assert accepted.refusal(again, accepted.examiner(ITEM)) == "item.stopped"

    def test_is_not_ended_by_another_name(self, accepted: LawOffice) -> None:
        accepted.begin(ITEM, ASSESSMENT, march(20))

        other = c.EndProcedure(item=ITEM, attempt=1, procedure="hearing")

        assert accepted.refusal(other, accepted.examiner(ITEM)) == "item.not_stopped"

    def test_of_an_ended_attempt_is_none(self, accepted: LawOffice) -> None:
        order = accepted.beginning(ITEM, ASSESSMENT, march(20))
        accepted.grant(ITEM)

        assert accepted.refusal(order, accepted.examiner(ITEM)) == "item.not_open"

    def test_ends_with_its_attempt(self, accepted: LawOffice) -> None:
        accepted.begin(ITEM, ASSESSMENT, march(20))

        accepted.give(c.WithdrawItem(item=ITEM, reason=NOTE))

        assert accepted.attempt(ITEM).open_pauses == ()
        assert accepted.attempt(ITEM).status == Status.WITHDRAWN

    @pytest.mark.parametrize(("end", "kept"), [(march(16), True), (march(17), False)])
    def test_declared_long_gives_the_pair_slot_back(self, end: date, *, kept: bool) -> None:
        office = filed(3, area_assessed=False)
        office.give(c.FileItem(item="S1-15", single=True, reason=NOTE))
        office.accept("S1-15")

        office.begin("S1-15", "expert_review", end)

        assert office.attempt("S1-15").slot is kept
        assert office.run(1).held_slots == kept
        assert (office.run(1).round.number == 1) is kept

    def test_that_the_law_counts_stops_nothing(self) -> None:
        office = filed(3, approval_catalogue=True)
        known = office.catalogue.procedures
        counted = {**known, ASSESSMENT: replace(known[ASSESSMENT], counted=True)}
        office.catalogue = replace(office.catalogue, procedures=counted)
        office.accept(ITEM)

        office.on(march(4)).begin(ITEM, ASSESSMENT, march(20))

        assert office.attempt(ITEM).status == Status.ACCEPTED
        assert office.clock(ITEM, march(6)).used == 4
        again = office.beginning(ITEM, ASSESSMENT, march(20))
        assert office.refusal(again, office.examiner(ITEM)) == "item.stopped"
        office.over(ITEM, ASSESSMENT)
        assert office.attempt(ITEM).status == Status.ACCEPTED
        office.grant(ITEM)


class TestAJointVisit:
    @pytest.fixture
    def site(self) -> LawOffice:
        office = filed(1, forest_land=True, area_assessed=False)
        office.give(c.FileItem(item="S1-18"))
        office.give(c.FileItem(item="S1-14"))
        for code in ("S1-02", "S1-18"):
            office.accept(code)
        return office

    @staticmethod
    def visit(*items: str, procedure: str = "site_inspection") -> c.StartJointVisit:
        return c.StartJointVisit(
            items=items, procedure=procedure, expected_end="2026-03-20", approved_by="head-1"
        )

    def test_is_one_event_for_all(self, site: LawOffice) -> None:
        events = site.give(self.visit("S1-02", "S1-18"), STAGE_LEAD)

        ended = site.on(march(5)).give(c.EndJointVisit(visit="V1"), STAGE_LEAD)

        assert (len(events), len(ended)) == (1, 1)
        for code in ("S1-02", "S1-18"):
            assert site.clock(code, march(6)).paused == {e.PauseKind.JOINT: 3}
            assert site.attempt(code).status == Status.SPECIAL_ENDED

    def test_may_be_entered_later_with_a_reason(self, site: LawOffice) -> None:
        """It is judged and counted by its own days."""
        begun = replace(self.visit("S1-02", "S1-18"), happened_at=morning(march(3)), reason=NOTE)
        ended = c.EndJointVisit(visit="V1", happened_at=morning(march(5)), reason=NOTE)
        site.on(march(10))
        unsaid = [site.refusal(replace(begun, reason=None), STAGE_LEAD)]
        site.give(begun, STAGE_LEAD)
        unsaid.append(site.refusal(replace(ended, reason=None), STAGE_LEAD))
        early = site.refusal(replace(ended, happened_at=morning(march(2))), STAGE_LEAD)
        site.give(ended, STAGE_LEAD)

        assert unsaid == ["time.backdated", "time.backdated"]
        assert early == "time.before_last"
        for code in ("S1-02", "S1-18"):
            assert site.clock(code, march(10)).paused == {e.PauseKind.JOINT: 2}

    def test_needs_an_accepted_attempt_of_each(self, site: LawOffice) -> None:
        order = self.visit("S1-02", "S1-14")

        assert site.refusal(order, STAGE_LEAD) == "item.not_accepted"

    @pytest.mark.parametrize("items", [(), ("S1-02",), ("S1-02", "S1-02")])
    def test_is_shared_by_different_items(self, site: LawOffice, items: tuple[str, ...]) -> None:
        assert site.refusal(self.visit(*items), STAGE_LEAD) == "visit.items"

    def test_takes_no_item_whose_clock_stands(self, site: LawOffice) -> None:
        site.begin("S1-18", "publicity", march(20))

        order = self.visit("S1-02", "S1-18")

        assert site.refusal(order, STAGE_LEAD) == "item.stopped"

    def test_must_be_listed_for_each(self, site: LawOffice) -> None:
        order = self.visit("S1-02", "S1-18", procedure="expert_review")

        assert site.refusal(order, STAGE_LEAD) == "item.unknown_procedure"

    def test_ends_for_those_that_still_run(self, site: LawOffice) -> None:
        site.give(self.visit("S1-02", "S1-18"), STAGE_LEAD)
        site.give(c.WithdrawItem(item="S1-18", reason=NOTE))

        (ended,) = site.give(c.EndJointVisit(visit="V1"), STAGE_LEAD)

        assert isinstance(ended.body, e.ItemResumed)
        assert [one.item for one in ended.body.resumed] == ["S1-02"]

    def test_declared_long_gives_back_the_slots_of_those_who_hold_one(self) -> None:
        office = filed(1, area_assessed=False)
        office.give(c.FileItem(item="S1-14", single=True, reason=NOTE))
        for code in ("S1-02", "S1-14"):
            office.accept(code)
        order = c.StartJointVisit(
            items=("S1-02", "S1-14"),
            procedure="site_inspection",
            expected_end="2026-04-30",
            approved_by="head-1",
        )

        office.give(order, STAGE_LEAD)
        office.give(c.EndJointVisit(visit="V1"), STAGE_LEAD)

        assert not office.attempt("S1-14").slot
        assert office.run(1).held_slots == 0
        office.grant("S1-02", "S1-14")

    def test_ends_once(self, site: LawOffice) -> None:
        site.give(self.visit("S1-02", "S1-18"), STAGE_LEAD)
        site.give(c.EndJointVisit(visit="V1"), STAGE_LEAD)

        assert site.refusal(c.EndJointVisit(visit="V1"), STAGE_LEAD) == "visit.unknown"

    def test_is_numbered_on(self, site: LawOffice) -> None:
        site.give(self.visit("S1-02", "S1-18"), STAGE_LEAD)
        site.give(c.EndJointVisit(visit="V1"), STAGE_LEAD)

        (second,) = site.give(self.visit("S1-02", "S1-18"), STAGE_LEAD)

        assert isinstance(second.body, e.ItemPaused)
        assert second.body.visit == "V2"


class TestASuspension:
    def test_stops_every_open_attempt(self, accepted: LawOffice) -> None:
        accepted.on(march(4)).suspend()

        accepted.on(march(11)).resume()

        assert accepted.clock(ITEM, march(12)).paused == {e.PauseKind.SUSPENSION: 5}
        assert accepted.clock(ITEM, march(12)).used == 3

    def test_lets_nothing_else_be_done(self, accepted: LawOffice) -> None:
        accepted.suspend()

        step = c.CompleteStep(item=ITEM, attempt=1, step="review", outcome="reviewed")

        assert accepted.refusal(step, accepted.examiner(ITEM)) == "project.suspended"
        assert accepted.refusal(c.SuspendProject(reason=NOTE), STAGE_LEAD) == "project.suspended"

    def test_is_ended_once(self, accepted: LawOffice) -> None:
        assert accepted.refusal(c.ResumeProject(), STAGE_LEAD) == "project.not_suspended"

    def test_keeps_the_status_of_each(self, accepted: LawOffice) -> None:
        before = accepted.attempt(ITEM).status

        accepted.suspend()
        during = accepted.attempt(ITEM).status
        accepted.resume()

        assert (before, during, accepted.attempt(ITEM).status) == (3, 3, 3)

    def test_covers_a_supplement_once(self, office: LawOffice) -> None:
        office.do(ITEM)
        office.ask(ITEM)
        office.on(march(4)).suspend()
        office.on(march(6)).resume()

        still = office.due_at(ITEM)
        office.on(march(10)).answer(ITEM)

        assert still is None
        assert office.due_at(ITEM) == end_of(march(17))

    def test_ends_with_the_project(self, accepted: LawOffice) -> None:
        accepted.suspend()

        accepted.give(c.WithdrawProject(reason=NOTE))

        assert not accepted.project.suspended
        assert accepted.attempt(ITEM).open_pauses == ()
        assert accepted.attempt(ITEM).status == Status.WITHDRAWN


class TestABackdatedEntry:
    def test_of_the_same_day_needs_no_reason(self, office: LawOffice) -> None:
        happened = office.now
        office.now += timedelta(hours=3)

        step = c.CompleteStep(
            item=ITEM, attempt=1, step="receive", outcome="received", happened_at=happened
        )
        (done,) = office.give(step, WINDOW)

        assert (done.happened_at, done.recorded_at - done.happened_at) == (
            happened,
            timedelta(hours=4),
        )

    def test_of_an_earlier_day_needs_one(self, office: LawOffice) -> None:
        happened = office.now
        office.on(march(4))
        step = c.CompleteStep(
            item=ITEM, attempt=1, step="receive", outcome="received", happened_at=happened
        )
        code = office.refusal(step, WINDOW)

        (done,) = office.do(ITEM, at=happened)

        assert code == "time.backdated"
        assert isinstance(done.body, e.StepCompleted)
        assert done.body.reason == NOTE


class TestWhoAttests:
    def test_an_owner_answers_now(self, office: LawOffice) -> None:
        office.ask(ITEM)
        order = c.AnswerSupplement(item=ITEM, attempt=1, happened_at=office.now, reason=NOTE)

        assert office.on(march(30)).refusal(order, OWNER) == "item.receipt"

    def test_the_window_may_have_received_it_earlier(self, office: LawOffice) -> None:
        office.ask(ITEM)
        at = morning(march(4))
        order = c.AnswerSupplement(item=ITEM, attempt=1, happened_at=at, reason=NOTE)

        office.on(march(5)).give(order, WINDOW)

        assert office.attempt(ITEM).pauses[0].until == at


class TestApproval:
    @pytest.mark.parametrize(
        ("approved_by", "code"),
        [
            ("", "approval.required"),
            ("张三13800000000", "approval.required"),
            ("own", "approval.own"),
            ("nobody-here", "approval.unknown"),
            ("window-1", "approval.unfit"),
            ("head-housing", "approval.unfit"),
        ],
    )
    def test_is_another_persons_by_id(self, office: LawOffice, approved_by: str, code: str) -> None:
        office.accept(ITEM)
        office.approvers |= {each.id: each for each in (WINDOW, leader("housing"))}
        who = office.examiner(ITEM)
        named = who.id if approved_by == "own" else approved_by

        order = office.beginning(ITEM, "entrusted_assessment", march(20), approved_by=named)

        assert office.refusal(order, who) == code

    def test_is_given_by_the_head_of_the_department(self, office: LawOffice) -> None:
        office.accept(ITEM)
        head = office.head(ITEM)
        office.approvers[head.id] = head

        order = office.beginning(ITEM, "entrusted_assessment", march(20), approved_by=head.id)

        office.give(order, office.examiner(ITEM))
        assert office.attempt(ITEM).pauses[0].approved_by == head.id

    def test_is_nobodys_own_of_a_leader_either(self, office: LawOffice) -> None:
        office.accept(ITEM)
        head = office.head(ITEM)
        office.approvers[head.id] = head

        order = c.ExtendLimit(item=ITEM, attempt=1, days=3, approved_by=head.id, reason=NOTE)

        assert office.refusal(order, head) == "approval.own"


class TestARepeatedProcedure:
    def test_has_what_its_bound_leaves(self) -> None:
        """军事设施保护法: sixty days more, however often the survey is begun."""
        office = filed(3, military_zone=True)
        code, procedure = "S1-19", "military_survey"
        office.give(c.FileItem(item=code))
        office.accept(code)
        office.begin(code, procedure, march(2) + timedelta(days=40))
        office.on(march(2) + timedelta(days=40)).over(code, procedure)
        again = march(2) + timedelta(days=41)

        late = office.beginning(code, procedure, again + timedelta(days=21))
        just = office.beginning(code, procedure, again + timedelta(days=20))

        assert office.on(again).refusal(late, office.examiner(code)) == "time.bad_end"
        office.give(just, office.examiner(code))


class TestAProcedureThatNobodyEnds:
    """军事设施保护法: its sixty days are over whether or not somebody says so."""

    @pytest.fixture
    def surveyed(self) -> LawOffice:
        office = filed(3, military_zone=True)
        office.give(c.FileItem(item="S1-19"))
        office.accept("S1-19")
        office.begin("S1-19", "military_survey", march(20))
        return office

    def test_stops_the_clock_up_to_its_bound(self, surveyed: LawOffice) -> None:
        last = march(2) + 60 * DAY
        seen = surveyed.clock("S1-19", last)
        after = surveyed.clock("S1-19", last + 10 * DAY)

        assert (seen.lamp, seen.used) == (Lamp.PAUSED, 0)
        assert after.lamp is not Lamp.PAUSED
        assert after.statutory is not None
        assert (after.statutory.used, after.statutory.due) == (10, last + 30 * DAY)

    def test_gives_nothing_away_when_it_is_ended_at_last(self, surveyed: LawOffice) -> None:
        last = march(2) + 60 * DAY
        surveyed.on(last + 20 * DAY).over("S1-19", "military_survey")

        seen = surveyed.clock("S1-19").statutory

        assert seen is not None
        assert (seen.used, seen.due) == (20, last + 30 * DAY)

    def test_has_its_bound_moved_with_its_beginning(self, surveyed: LawOffice) -> None:
        entry = next(v.number for v in surveyed.log if isinstance(v.body, e.ItemPaused))
        order = c.CorrectTime(event=entry, happened_at=morning(march(4)), reason=NOTE)

        surveyed.on(march(10)).give(order, STAGE_LEAD)

        assert surveyed.attempt("S1-19").pauses[0].bound == str(march(4) + 60 * DAY)
