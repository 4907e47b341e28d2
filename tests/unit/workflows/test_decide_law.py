"""Longer limits, lapses, revocations, default grants, new facts, corrections."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.law_office import CALENDAR, DAY, LawOffice, filed, march, morning
from tests.support.memory_office import NOTE, OWNER, STAGE_LEAD, SYSTEM, WINDOW, bodies
from workflows import backdating
from workflows import commands as c
from workflows import events as e
from workflows.catalogue.values import DayUnit
from workflows.facts import Rules
from workflows.moments import local_date
from workflows.progress import ItemStanding, progress
from workflows.project import ProjectStatus
from workflows.status import Status
from workflows.wiring import documents_at_hand

ITEM = "S1-04"  # 核准: ten working days, twenty by law; produces D04 and D05
FINAL = "S1-08"  # 用地规划许可: needs D05


def extension(days: int, approved_by: str = "head-1") -> c.ExtendLimit:
    return c.ExtendLimit(item=ITEM, attempt=1, days=days, approved_by=approved_by, reason=NOTE)


class TestAnExtension:
    def test_lengthens_both_limits(self, accepted: LawOffice) -> None:
        accepted.give(extension(10), accepted.head(ITEM))

        seen = accepted.clock(ITEM)
        assert seen.committed is not None
        assert seen.statutory is not None
        assert (seen.committed.limit, seen.statutory.limit) == (20, 30)
        assert seen.committed.extension == 10

    @pytest.mark.parametrize("days", [0, -1, 41])
    def test_is_no_longer_than_the_law_allows(self, accepted: LawOffice, days: int) -> None:
        assert accepted.refusal(extension(days), accepted.head(ITEM)) == "item.extension"

    def test_names_the_article_that_allows_it(self, accepted: LawOffice) -> None:
        (event,) = accepted.give(extension(40), accepted.head(ITEM))

        assert isinstance(event.body, e.LimitExtended)
        assert event.body.source == "HZTL10"

    def test_is_of_no_item_that_no_article_extends(self) -> None:
        office = filed(3)
        office.accept("S1-05")
        order = replace(extension(1), item="S1-05")

        assert office.refusal(order, office.head("S1-05")) == "item.not_extendable"

    def test_is_given_once(self, accepted: LawOffice) -> None:
        accepted.give(extension(3), accepted.head(ITEM))

        assert accepted.refusal(extension(3), accepted.head(ITEM)) == "item.extension"

    def test_needs_an_approval(self, accepted: LawOffice) -> None:
        order = extension(3, approved_by="")

        assert accepted.refusal(order, accepted.head(ITEM)) == "approval.required"

    def test_is_given_by_a_leader(self, accepted: LawOffice) -> None:
        assert accepted.refusal(extension(3), accepted.examiner(ITEM)) == "access.not_allowed"

    def test_comes_before_the_limit_is_over(self, accepted: LawOffice) -> None:
        accepted.on(march(17))

        assert accepted.refusal(extension(3), accepted.head(ITEM)) == "item.extension"

    def test_comes_after_acceptance(self, office: LawOffice) -> None:
        assert office.refusal(extension(3), office.head(ITEM)) == "item.extension"

    def test_counts_the_days_of_the_limit_that_it_lengthens(self, accepted: LawOffice) -> None:
        """A catalogue adopted since may count calendar days; the attempt keeps working days."""
        item = accepted.catalogue.items[ITEM]
        assert item.extension is not None
        other = replace(item.extension, unit=DayUnit.CALENDAR_DAY)
        items = {**accepted.catalogue.items, ITEM: replace(item, extension=other)}
        accepted.catalogue = replace(accepted.catalogue, items=items)

        assert accepted.refusal(extension(3), accepted.head(ITEM)) == "item.extension_unit"

    def test_comes_before_the_decision(self, accepted: LawOffice) -> None:
        accepted.until(ITEM, "deliver")

        assert accepted.refusal(extension(3), accepted.head(ITEM)) == "item.extension"


class TestALapse:
    def test_ends_the_attempt_and_the_item_is_wanted_again(self, office: LawOffice) -> None:
        office.ask(ITEM, answer_by="2026-03-10")
        office.on(march(11))

        office.give(c.LapseItem(item=ITEM, attempt=1, reason=NOTE), WINDOW)

        assert office.attempt(ITEM).result == "lapsed"
        assert office.state(ITEM) == {"wanted"}
        office.give(c.FileItem(item=ITEM))
        assert office.attempt(ITEM).number == 2

    def test_needs_an_open_supplement(self, office: LawOffice) -> None:
        order = c.LapseItem(item=ITEM, attempt=1, reason=NOTE)

        assert office.refusal(order, WINDOW) == "item.not_stopped"

    def test_needs_a_day_that_the_owner_was_told(self, office: LawOffice) -> None:
        office.ask(ITEM)
        order = c.LapseItem(item=ITEM, attempt=1, reason=NOTE)

        assert office.on(march(31)).refusal(order, WINDOW) == "item.no_answer_day"

    def test_waits_until_the_answer_is_due(self, office: LawOffice) -> None:
        office.ask(ITEM, answer_by="2026-03-10")
        order = c.LapseItem(item=ITEM, attempt=1, reason=NOTE)

        assert office.on(march(10)).refusal(order, WINDOW) == "item.answer_not_due"
        office.on(march(11)).give(order, WINDOW)
        assert office.attempt(ITEM).result == "lapsed"


class TestARevocation:
    @pytest.fixture
    def granted(self, office: LawOffice) -> LawOffice:
        office.pass_stage(1)
        return office

    def test_takes_the_documents_back(self, granted: LawOffice) -> None:
        granted.give(c.RevokeItem(item=ITEM, reason=NOTE), granted.head(ITEM))

        assert granted.attempt(ITEM).status == Status.REVOKED
        hand = documents_at_hand(granted.project, 0, granted.catalogue)
        assert not {"D04", "D05"} & hand

    def test_flags_what_rests_on_them_and_cancels_nothing(self, granted: LawOffice) -> None:
        before = granted.item(FINAL)

        (event, *_) = granted.give(c.RevokeItem(item=ITEM, reason=NOTE), granted.head(ITEM))

        assert isinstance(event.body, e.ItemRevoked)
        assert FINAL in event.body.resting
        assert granted.item(FINAL).attempts == before.attempts

    @pytest.mark.parametrize("asked", ["need", "material"])
    def test_flags_what_asks_for_them_as_a_soft_need_or_a_material(
        self, office: LawOffice, asked: str
    ) -> None:
        """S2-19 has D21, the result of S2-02, as a soft need and as a material (M065)."""
        taker = self.takes_d21(office, asked)

        (event, *_) = office.give(c.RevokeItem(item="S2-02", reason=NOTE), office.head("S2-02"))

        assert isinstance(event.body, e.ItemRevoked)
        assert taker in event.body.resting
        assert office.item(taker).flags

    def test_flags_nothing_that_was_filed_without_them(self, office: LawOffice) -> None:
        taker = self.takes_d21(office, "need", without=True)

        (event, *_) = office.give(c.RevokeItem(item="S2-02", reason=NOTE), office.head("S2-02"))

        assert isinstance(event.body, e.ItemRevoked)
        assert taker not in event.body.resting

    def takes_d21(self, office: LawOffice, asked: str, *, without: bool = False) -> str:
        """Grant S2-02 and file S2-19, which asks for its result in one way alone."""
        taker = office.catalogue.items["S2-19"]
        taker = replace(taker, materials=()) if asked == "need" else replace(taker, needs=())
        items = {**office.catalogue.items, taker.code: taker}
        office.catalogue = replace(office.catalogue, items=items)
        office.pass_stage(1)
        if office.run(2).filed_at is None:
            office.give(c.FileStage(stage=2))
        if without:
            office.give(c.FileItem(item=taker.code))
        while not (state := office.project.items.get("0/S2-02")) or not state.granted:
            for each in list(office.project.items.values()):
                if each.stage == 2 and each.open is not None and each.item != taker.code:
                    office.grant(each.item)
        if not without:
            office.give(c.FileItem(item=taker.code))
        return taker.code

    def test_holds_what_was_not_filed_yet(self, granted: LawOffice) -> None:
        granted.give(c.RevokeItem(item="S1-08", reason=NOTE), granted.head(FINAL))
        granted.give(c.RevokeItem(item=ITEM, reason=NOTE), granted.head(ITEM))

        assert granted.refusal(c.FileItem(item=FINAL)) == "item.documents_missing"

    def test_makes_the_item_wanted_and_its_stage_open_again(self, granted: LawOffice) -> None:
        self.finish(granted, 1)
        assert granted.run(1).ended_at is not None

        granted.give(c.RevokeItem(item=ITEM, reason=NOTE), granted.head(ITEM))

        assert "wanted" in granted.state(ITEM)
        assert granted.run(1).ended_at is None
        assert granted.run(1).milestone_at is not None

    def test_lets_a_later_grant_close_the_stage_again(self, granted: LawOffice) -> None:
        self.finish(granted, 1)
        granted.give(c.RevokeItem(item=ITEM, reason=NOTE), granted.head(ITEM))

        granted.give(c.FileItem(item=ITEM))
        granted.grant(ITEM)

        assert granted.run(1).ended_at is not None
        assert documents_at_hand(granted.project, 0, granted.catalogue) >= {"D04", "D05"}

    def test_shows_in_the_progress(self, granted: LawOffice) -> None:
        granted.give(c.RevokeItem(item=ITEM, reason=NOTE), granted.head(ITEM))

        facts = granted.facts(OWNER)
        seen = progress(granted.project, facts.catalogue, facts.calendar, granted.now)

        stage = seen.stage(1)
        assert stage is not None
        states = {item.item: item.state for item in stage.items}
        assert states[ITEM] is ItemStanding.REVOKED

    def test_needs_a_granted_result(self, office: LawOffice) -> None:
        order = c.RevokeItem(item=ITEM, reason=NOTE)

        assert office.refusal(order, office.head(ITEM)) == "item.not_granted"

    def test_happens_once(self, granted: LawOffice) -> None:
        order = c.RevokeItem(item=ITEM, reason=NOTE)
        granted.give(order, granted.head(ITEM))

        assert granted.refusal(order, granted.head(ITEM)) == "item.not_granted"

    @staticmethod
    def finish(office: LawOffice, stage: int) -> None:
        while office.run(stage).tasks:
            code = next(task.task.item for task in office.run(stage).tasks.values())
            assert code is not None
            office.grant(code)


class TestADefaultGrant:
    """超时默认: a local rule (Taizhou 2022), off unless the district says otherwise."""

    ORDER = c.GrantByDefault(item=ITEM, attempt=1)

    @pytest.fixture
    def strict(self) -> LawOffice:
        office = filed(3, rules=Rules(overdue_default=True), approval_catalogue=True)
        office.accept(ITEM)
        return office

    def test_is_off_by_default(self, accepted: LawOffice) -> None:
        assert accepted.on(march(31)).refusal(self.ORDER, SYSTEM) == "rule.off"

    def test_comes_after_the_limit(self, strict: LawOffice) -> None:
        assert strict.on(march(16)).refusal(self.ORDER, SYSTEM) == "item.not_overdue"

    def test_grants_and_sets_a_day_for_the_document(self, strict: LawOffice) -> None:
        (event, *_) = strict.on(march(17)).give(self.ORDER, SYSTEM)

        assert isinstance(event.body, e.GrantedByDefault)
        assert event.body.issue_by == "2026-03-18"
        assert strict.attempt(ITEM).by_default
        assert strict.item(ITEM).granted

    def test_sets_a_working_day_for_the_document(self, strict: LawOffice) -> None:
        """Given on a Friday, the document is due on the Monday after."""
        (event, *_) = strict.on(march(20)).give(self.ORDER, SYSTEM)

        assert isinstance(event.body, e.GrantedByDefault)
        assert event.body.issue_by == "2026-03-23"

    def test_does_not_touch_a_clock_that_stands_inside_its_limit(self, strict: LawOffice) -> None:
        strict.on(march(12)).begin(ITEM, "entrusted_assessment", march(31))

        assert strict.on(march(31)).refusal(self.ORDER, SYSTEM) == "item.not_overdue"


class TestNewFacts:
    def test_make_newly_applicable_items_wanted(self, office: LawOffice) -> None:
        (event, *_) = office.give(c.ChangeFacts(facts={"forest_land": True}, reason=NOTE))

        assert isinstance(event.body, e.FactsChanged)
        assert "S1-18" in event.body.wanted
        assert "wanted" in office.state("S1-18")
        office.give(c.FileItem(item="S1-18"))

    def test_flag_what_no_longer_applies_and_cancel_nothing(self, accepted: LawOffice) -> None:
        facts: dict[str, bool | str] = {"approval_catalogue": False}
        (event, *_) = accepted.give(c.ChangeFacts(facts=facts, reason=NOTE))

        assert isinstance(event.body, e.FactsChanged)
        assert event.body.flagged == (ITEM,)
        assert accepted.item(ITEM).open is not None
        seen = progress(accepted.project, accepted.catalogue, CALENDAR, accepted.now).stage(1)
        assert seen is not None
        states = {item.item: item.state for item in seen.items}
        assert states[ITEM] is ItemStanding.RUNNING

    def test_that_stay_flagged_can_still_be_finished(self, accepted: LawOffice) -> None:
        accepted.give(c.ChangeFacts(facts={"approval_catalogue": False}, reason=NOTE))

        accepted.grant(ITEM)

        assert accepted.item(ITEM).granted

    @pytest.mark.parametrize("ending", ["refused", "withdrawn", "lapsed", "revoked"])
    def test_let_a_flagged_item_end_for_good(self, accepted: LawOffice, ending: str) -> None:
        accepted.give(c.ChangeFacts(facts={"approval_catalogue": False}, reason=NOTE))

        match ending:
            case "refused":
                accepted.until(ITEM, "decide")
                accepted.do(ITEM, "refused")
            case "withdrawn":
                accepted.give(c.WithdrawItem(item=ITEM, reason=NOTE))
            case "lapsed":
                accepted.ask(ITEM, answer_by="2026-03-03")
                accepted.on(march(4))
                accepted.give(c.LapseItem(item=ITEM, attempt=1, reason=NOTE), WINDOW)
            case _:
                accepted.grant(ITEM)
                accepted.give(c.RevokeItem(item=ITEM, reason=NOTE), accepted.head(ITEM))

        assert accepted.state(ITEM) == {"left_out"}
        assert accepted.refusal(c.FileItem(item=ITEM)) == "item.not_wanted"

    def test_dissolve_a_proposed_pair_of_what_no_longer_applies(self) -> None:
        office = filed(3, area_assessed=False)
        office.give(c.ProposePair(first="S1-14", second="S1-15"))

        events = office.give(c.ChangeFacts(facts={"area_assessed": True}, reason=NOTE))

        assert [body.cause for body in bodies(events, e.PairDissolved)] == ["not_applicable"]
        assert office.refusal(c.StartPair(pair="P1")) == "pair.state"

    def test_take_an_unfiled_item_away(self, office: LawOffice) -> None:
        office.give(c.ChangeFacts(facts={"forest_land": True}, reason=NOTE))

        office.give(c.ChangeFacts(facts={"forest_land": False}, reason=NOTE))

        assert "left_out" in office.state("S1-18")

    def test_open_an_ended_stage_again(self, office: LawOffice) -> None:
        office.pass_stage(1)
        TestARevocation.finish(office, 1)
        assert office.run(1).ended_at is not None

        office.give(c.ChangeFacts(facts={"forest_land": True}, reason=NOTE))
        opened = office.run(1).ended_at is None
        office.give(c.FileItem(item="S1-18"))
        office.grant("S1-18")

        assert opened
        assert office.run(1).ended_at is not None

    def test_record_only_what_changed(self, office: LawOffice) -> None:
        same = {"approval_catalogue": True, "forest_land": True}

        (event, *_) = office.give(c.ChangeFacts(facts={**same}, reason=NOTE))

        assert isinstance(event.body, e.FactsChanged)
        assert event.body.facts == {"forest_land": True}

    @pytest.mark.parametrize(
        ("facts", "code"),
        [
            ({"moon": True}, "project.bad_facts"),
            ({"forest_land": "maybe"}, "project.bad_facts"),
            ({"land_supply": "allocated"}, "project.contradiction"),
        ],
    )
    def test_are_judged_like_those_of_a_filing(
        self, office: LawOffice, facts: dict[str, bool | str], code: str
    ) -> None:
        assert office.refusal(c.ChangeFacts(facts=facts, reason=NOTE)) == code


class TestACorrectedTime:
    def correction(self, event: int, at: datetime) -> c.CorrectTime:
        return c.CorrectTime(event=event, happened_at=at, reason=NOTE)

    def test_moves_the_acceptance(self, office: LawOffice) -> None:
        office.on(march(4)).accept(ITEM)
        entry = office.entry(e.StepCompleted, item=ITEM, step="accept")

        office.give(self.correction(entry, morning(march(3))), STAGE_LEAD)

        assert office.clock(ITEM, march(5)).used == 2

    def test_moves_the_decision_twice(self, accepted: LawOffice) -> None:
        accepted.on(march(6)).until(ITEM, "deliver")
        entry = accepted.entry(e.StepCompleted, item=ITEM, step="decide")

        for day in (5, 4):
            at = morning(march(day))
            (event, *_) = accepted.give(self.correction(entry, at), STAGE_LEAD)

        assert isinstance(event.body, e.TimeCorrected)
        assert local_date(event.body.was) == march(5)
        assert accepted.clock(ITEM).used == 2

    def test_moves_the_documents_of_an_end(self, accepted: LawOffice) -> None:
        accepted.on(march(6)).until(ITEM, "deliver")
        accepted.on(march(10)).grant(ITEM)
        entry = accepted.entry(e.ItemEnded, item=ITEM)

        accepted.give(self.correction(entry, morning(march(9))), STAGE_LEAD)

        document = accepted.project.documents["0/D04"]
        assert document.issued_at == morning(march(9))

    def test_is_no_future_one(self, accepted: LawOffice) -> None:
        entry = accepted.entry(e.StepCompleted, item=ITEM, step="accept")

        order = self.correction(entry, accepted.now + 9 * DAY)

        assert accepted.refusal(order, STAGE_LEAD) == "time.future"

    def test_keeps_the_order_of_moments(self, accepted: LawOffice) -> None:
        entry = accepted.entry(e.StepCompleted, item=ITEM, step="accept")

        order = self.correction(entry, datetime(2026, 3, 1, tzinfo=UTC))

        assert accepted.refusal(order, STAGE_LEAD) == "correction.impossible"

    @pytest.mark.parametrize("event", [0, 1, 2, 999])
    def test_names_an_entry_with_a_moment(self, accepted: LawOffice, event: int) -> None:
        order = self.correction(event, accepted.now)

        assert accepted.refusal(order, STAGE_LEAD) == "correction.impossible"

    def test_of_a_receipt_that_accepts_nothing_is_none(self, accepted: LawOffice) -> None:
        entry = accepted.entry(e.StepCompleted, item=ITEM, step="receive")

        order = self.correction(entry, accepted.now)

        assert accepted.refusal(order, STAGE_LEAD) == "correction.impossible"

    def test_is_no_owners_business(self, accepted: LawOffice) -> None:
        entry = accepted.entry(e.StepCompleted, item=ITEM, step="accept")

        order = self.correction(entry, accepted.now)

        assert accepted.refusal(order, OWNER) == "access.not_allowed"


class TestAStepTakenBack:
    def order(self, event: int) -> c.RevertStep:
        return c.RevertStep(event=event, reason=NOTE)

    def test_opens_its_task_again(self, accepted: LawOffice) -> None:
        accepted.until(ITEM, "decide")
        entry = accepted.entry(e.StepCompleted, item=ITEM, step="review")

        accepted.give(self.order(entry), STAGE_LEAD)

        assert set(accepted.tasks(ITEM)) == {"review"}
        assert accepted.attempt(ITEM).status == Status.ACCEPTED
        assert accepted.attempt(ITEM).accepted_at is not None

    def test_takes_the_decision_back(self, accepted: LawOffice) -> None:
        accepted.until(ITEM, "deliver")
        entry = accepted.entry(e.StepCompleted, item=ITEM, step="decide")

        accepted.give(self.order(entry), STAGE_LEAD)

        assert accepted.attempt(ITEM).decided_at is None
        assert accepted.attempt(ITEM).status == Status.IN_HAND

    def test_takes_the_acceptance_back_and_arms_its_timer(self, accepted: LawOffice) -> None:
        entry = accepted.entry(e.StepCompleted, item=ITEM, step="accept")

        accepted.give(self.order(entry), STAGE_LEAD)

        assert accepted.attempt(ITEM).accepted_at is None
        assert accepted.attempt(ITEM).status == Status.RECEIVED
        assert accepted.due_at(ITEM) is not None

    def test_stands_once_a_procedure_came_after_it(self, accepted: LawOffice) -> None:
        """Its tokens lie where it put them; what happened since rests on it all the same."""
        accepted.on(march(3)).begin(ITEM, "entrusted_assessment", march(5))
        accepted.on(march(5)).over(ITEM, "entrusted_assessment")
        entry = accepted.entry(e.StepCompleted, item=ITEM, step="accept")

        assert accepted.refusal(self.order(entry), STAGE_LEAD) == "correction.impossible"

    def test_must_be_the_last_one(self, accepted: LawOffice) -> None:
        accepted.until(ITEM, "decide")
        entry = accepted.entry(e.StepCompleted, item=ITEM, step="accept")

        assert accepted.refusal(self.order(entry), STAGE_LEAD) == "correction.impossible"

    def test_is_not_taken_back_twice(self, accepted: LawOffice) -> None:
        entry = accepted.entry(e.StepCompleted, item=ITEM, step="accept")
        accepted.give(self.order(entry), STAGE_LEAD)

        assert accepted.refusal(self.order(entry), STAGE_LEAD) == "correction.impossible"

    def test_waits_for_the_end_of_a_pause(self, accepted: LawOffice) -> None:
        entry = accepted.entry(e.StepCompleted, item=ITEM, step="accept")
        accepted.begin(ITEM, "entrusted_assessment", march(20))

        assert accepted.refusal(self.order(entry), STAGE_LEAD) == "item.stopped"

    def test_belongs_to_a_running_attempt(self, accepted: LawOffice) -> None:
        accepted.grant(ITEM)
        entry = accepted.entry(e.StepCompleted, item=ITEM, step="deliver")

        assert accepted.refusal(self.order(entry), STAGE_LEAD) == "item.not_open"

    def test_is_a_step(self, accepted: LawOffice) -> None:
        assert accepted.refusal(self.order(1), STAGE_LEAD) == "correction.impossible"


class TestTheReportOnBackdating:
    def test_lists_the_delay_of_each_step_and_why(self, office: LawOffice) -> None:
        happened = office.now
        office.on(march(4)).do(ITEM, at=happened)
        office.do(ITEM)

        late = backdating.late_entries(office.log)

        assert [(entry.what, entry.late, entry.reason) for entry in late] == [("receive", 2, NOTE)]
        assert len(backdating.entries(office.log)) == 2

    def test_lists_every_correction(self, office: LawOffice) -> None:
        office.on(march(4)).accept(ITEM)
        entry = office.entry(e.StepCompleted, item=ITEM, step="accept")
        order = c.CorrectTime(event=entry, happened_at=morning(march(3)), reason=NOTE)
        office.give(order, STAGE_LEAD)

        (found,) = backdating.late_entries(office.log)

        assert (found.kind, found.what, found.late) == ("TimeCorrected", "accepted", 1)

    def test_knows_pauses_too(self, office: LawOffice) -> None:
        office.ask(ITEM)
        office.answer(ITEM)

        kinds = [entry.kind for entry in backdating.entries(office.log)]

        assert kinds == ["ItemPaused", "ItemResumed"]


def test_a_revoked_stage_still_lets_the_project_complete() -> None:
    """The lifecycle passes a stage once; a second end of it must not move it again."""
    office = filed(5)
    for stage in (1, 2, 3):
        office.pass_stage(stage)
    TestARevocation.finish(office, 1)
    granted = next(s.item for s in office.project.items.values() if s.stage == 1 and s.granted)
    office.give(c.RevokeItem(item=granted, reason=NOTE), office.head(granted))
    office.give(c.FileItem(item=granted))
    office.grant(granted)
    while office.project.status is ProjectStatus.RUNNING:
        _anything(office)

    ended = [body.stage for body in bodies(office.log, e.StageEnded)]
    assert ended.count(1) == 2
    assert office.kinds().count("ProjectCompleted") == 1


def _anything(office: LawOffice) -> None:
    for run in office.project.runs.values():
        if run.filed_at is None:
            office.give(c.FileStage(stage=run.stage))
            return
        for task in run.tasks.values():
            assert task.task.item is not None
            office.grant(task.task.item)
            return
        for path in sorted(run.tokens):
            if path.endswith(":wanted"):
                code = path.rpartition("/")[2].removesuffix(":wanted").replace("_", "-")
                facts = documents_at_hand(office.project, 0, office.catalogue)
                if facts.issuperset(office.nets.by_hash[run.net].items[code].mark.needs):
                    office.give(c.FileItem(item=code))
                    return
    raise AssertionError(f"stuck at {office.now + timedelta()}")
