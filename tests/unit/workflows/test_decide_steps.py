from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bpmn.library import shipped
from tests.support.memory_office import (
    AGENT,
    HOUR,
    NOTE,
    OWNER,
    SYSTEM,
    WINDOW,
    Office,
    bodies,
    inspector,
    person,
    reviewer,
)
from workflows import commands as c
from workflows import events as e
from workflows.catalogue.values import DayUnit, ItemKind
from workflows.facts import Actor, Role
from workflows.moments import SHANGHAI, end_of, local_date
from workflows.texts import texts

LAND = "natural_resources"


def _at_work(flow: int = 3, **chosen: bool | str) -> Office:
    """Return an office whose project has filed its first stage."""
    office = Office()
    office.file(flow, **chosen)
    office.give(c.FileStage(stage=1))
    return office


def _step(item: str, step: str, outcome: str, **more: object) -> c.CompleteStep:
    return c.CompleteStep(item=item, attempt=1, step=step, outcome=outcome, **more)  # type: ignore[arg-type]


class TestRefusing:
    """行政许可法 art. 32 (5) and 38 (2): whoever refuses says why, in writing."""

    @pytest.mark.parametrize("step", ["accept", "decide"])
    def test_needs_a_reason(self, step: str) -> None:
        office = _at_work()
        office.until("S1-05", step)
        actor = WINDOW if step == "accept" else reviewer(office.catalogue.items["S1-05"].department)

        bare = office.refused(_step("S1-05", step, "refused"), actor)
        office.give(_step("S1-05", step, "refused", reason=NOTE), actor)

        assert (bare.code, bare.params) == (
            "task.reason_required",
            {"item": "S1-05", "step": step},
        )
        assert office.item("S1-05").attempts[-1].result == "refused"


class TestWhatIsNotNeeded:
    """行政许可法 art. 32 (1): 不受理, for no permit is needed; (2) is another thing, 不予受理."""

    def test_ends_the_attempt_with_its_own_status(self) -> None:
        office = _at_work()
        office.until("S1-05", "accept")

        events = office.do("S1-05", "not_needed")

        (step,), (ended,) = bodies(events, e.StepCompleted), bodies(events, e.ItemEnded)
        assert (step.status, ended.status, ended.result) == (4, 4, "refused")
        assert (ended.issued, office.item("S1-05").attempts[-1].accepted_at) == ((), None)

    def test_needs_a_reason(self) -> None:
        office = _at_work()
        office.until("S1-05", "accept")

        refusal = office.refused(_step("S1-05", "accept", "not_needed"), WINDOW)

        assert refusal.code == "task.reason_required"

    def test_may_be_said_after_a_supplement(self) -> None:
        office = _at_work()
        office.until("S1-05", "accept")
        missing = office.catalogue.items["S1-05"].materials[:1]
        office.give(c.AskSupplement(item="S1-05", attempt=1, missing=missing), WINDOW)
        office.give(c.AnswerSupplement(item="S1-05", attempt=1))

        office.do("S1-05", "not_needed")

        assert office.item("S1-05").attempts[-1].status == 4

    def test_leaves_the_item_wanted_until_the_facts_are_set_right(self) -> None:
        office = _at_work()
        office.until("S1-05", "accept")

        office.do("S1-05", "not_needed")

        assert office.state("S1-05") == {"wanted"}

    @pytest.mark.parametrize("kind", [ItemKind.STANDARD, ItemKind.COMMITMENT])
    def test_is_offered_where_something_is_accepted(self, kind: ItemKind) -> None:
        office = _at_work()
        code = {ItemKind.STANDARD: "S1-06", ItemKind.COMMITMENT: "S1-05"}[kind]
        office.until(code, "accept")

        assert office.catalogue.items[code].kind is kind
        assert office.tasks(code)["accept"].outcomes == ("accepted", "refused", "not_needed")


@pytest.mark.parametrize(
    "outcome",
    sorted(
        {o for d in shipped().values() for el in d.elements if el.step for o in el.step.outcomes}
    ),
)
def test_every_outcome_has_words_on_the_page_of_a_link(outcome: str) -> None:
    assert set(texts()[f"page.outcome.{outcome}"]) == {"zh", "en"}


class TestCompleteStep:
    def test_goes_from_reception_to_delivery(self) -> None:
        office = _at_work()

        office.grant("S1-05")

        done = [(b.step, b.status) for b in bodies(office.log, e.StepCompleted)]
        assert done == [
            ("receive", 1),
            ("accept", 3),
            ("review", 8),
            ("decide", 8),
            ("deliver", 11),
        ]

    def test_issues_the_documents_of_a_granted_item(self) -> None:
        office = _at_work()

        office.grant("S1-05")

        assert office.project.documents["0/D05"].item == "S1-05"

    def test_issues_nothing_when_the_item_is_refused(self) -> None:
        office = _at_work()
        office.until("S1-05", "accept")

        ((ended,),) = (bodies(office.do("S1-05", "refused"), e.ItemEnded),)

        assert (ended.result, ended.status, ended.issued) == ("refused", 5, ())
        assert office.project.documents == {}

    def test_refuses_after_acceptance_with_another_status(self) -> None:
        office = _at_work()
        office.until("S1-05", "decide")

        ((ended,),) = (bodies(office.do("S1-05", "refused"), e.ItemEnded),)

        assert ended.status == 13

    def test_takes_the_inspection_where_the_catalogue_has_one(self) -> None:
        office = _at_work(1)

        office.until("S1-02", "inspect")

        assert office.tasks("S1-02")["inspect"].performer == "inspector"

    @pytest.mark.parametrize(
        ("item", "attempt", "step"),
        [("S1-05", 2, "receive"), ("S1-05", 1, "review"), ("S1-08", 1, "receive")],
    )
    def test_refuses_a_task_that_is_not_open(self, item: str, attempt: int, step: str) -> None:
        office = _at_work()
        command = c.CompleteStep(item=item, attempt=attempt, step=step, outcome="received")

        refusal = office.refused(command, WINDOW)

        assert refusal.code == "task.not_open"
        assert refusal.params["task"] == f"0/{item}/{attempt}/{step}"

    def test_refuses_a_task_of_an_earlier_attempt(self) -> None:
        office = _at_work()
        office.until("S1-05", "accept")
        office.do("S1-05", "refused")
        office.give(c.FileItem(item="S1-05"))

        assert office.refused(_step("S1-05", "receive", "received"), WINDOW).code == "task.not_open"

    def test_refuses_an_outcome_that_the_step_does_not_have(self) -> None:
        office = _at_work()

        refusal = office.refused(_step("S1-05", "receive", "granted"), WINDOW)

        assert refusal.code == "task.unknown_outcome"
        assert refusal.params["outcomes"] == ["received", "committed"]

    @pytest.mark.parametrize(
        "actor",
        [OWNER, AGENT, reviewer(LAND), person("w-9", Role.WINDOW, township="t2")],
        ids=lambda actor: actor.id,
    )
    def test_refuses_whom_the_definition_does_not_name(self, actor: Actor) -> None:
        office = _at_work()

        refusal = office.refused(_step("S1-05", "receive", "received"), actor)

        assert refusal.code == "access.not_allowed"

    def test_refuses_a_reviewer_of_another_department(self) -> None:
        office = _at_work()
        office.until("S1-05", "review")

        refusal = office.refused(_step("S1-05", "review", "reviewed"), reviewer(LAND))

        assert refusal.code == "access.not_allowed"


class TestTime:
    def test_is_taken_from_the_command(self) -> None:
        office = _at_work()
        at = office.now + timedelta(minutes=5)
        office.do("S1-05", at=at)

        assert office.item("S1-05").attempts[0].last_at == at
        assert office.log[-1].recorded_at == office.now

    def test_refuses_the_future(self) -> None:
        office = _at_work()
        later = office.now + 2 * HOUR

        refusal = office.refused(_step("S1-05", "receive", "received", happened_at=later), WINDOW)

        assert refusal.code == "time.future"

    def test_refuses_what_lies_before_the_last_transition(self) -> None:
        office = _at_work()
        earlier = office.now - timedelta(minutes=1)
        command = _step("S1-05", "receive", "received", happened_at=earlier, reason=NOTE)

        assert office.refused(command, WINDOW).code == "time.before_last"

    def test_refuses_an_earlier_day_without_a_reason(self) -> None:
        office = _at_work()
        filed = office.now
        office.now += timedelta(days=2)
        command = _step("S1-05", "receive", "received", happened_at=filed)

        assert office.refused(command, WINDOW).code == "time.backdated"

    @pytest.mark.parametrize(
        ("done", "entered", "asked_why"),
        [
            ((3, 23, 30), (4, 0, 30), True),  # one date in UTC, two in the office
            ((4, 7, 30), (4, 8, 30), False),  # two dates in UTC, one in the office
        ],
    )
    def test_asks_why_by_the_legal_date_in_shanghai(
        self, done: tuple[int, int, int], entered: tuple[int, int, int], *, asked_why: bool
    ) -> None:
        office = _at_work()
        at, office.now = (
            datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)
            for day, hour, minute in (done, entered)
        )
        office.now -= HOUR
        command = _step("S1-05", "receive", "received", happened_at=at)

        if asked_why:
            assert office.refused(command, WINDOW).code == "time.backdated"
        else:
            office.give(command, WINDOW)

    def test_files_what_a_late_entry_releases_when_it_is_entered(self) -> None:
        """Its office cannot know earlier: neither its five days nor its limit may run before."""
        office = _at_work()
        office.until("S1-10", "deliver")
        earlier = office.now
        office.now += timedelta(days=3)
        office.grant("S1-05")

        office.do("S1-10", at=earlier)

        assert office.project.documents["0/D08"].issued_at == earlier
        assert office.item("S1-08").attempts[0].filed_at == office.now
        (timer,) = (t for t in office.run(1).timers.values() if t.item == "S1-08")
        due = office.facts(WINDOW).calendar.add(local_date(office.now), 5, DayUnit.WORKING_DAY)
        assert timer.due_at == end_of(due)

    def test_sets_a_milestone_when_the_last_of_its_items_was_granted(self) -> None:
        office = Office()
        office.file(1)
        office.pass_stage(1)
        office.give(c.FileStage(stage=2))
        office.until("S2-05", "deliver")
        earlier = office.now
        office.now += timedelta(days=3)
        office.grant("S2-01", "S2-02")

        office.do("S2-05", at=earlier)

        assert office.item("S2-05").attempts[0].ended_at == earlier
        assert office.run(2).milestone_at == office.item("S2-02").attempts[0].ended_at
        assert office.run(3).opened_at == office.run(2).milestone_at


class TestDuties:
    def test_keep_receiving_and_examining_apart(self) -> None:
        office = _at_work()
        office.until("S1-05", "review")
        both = person("window-1", Role.REVIEWER, department="development_reform")

        refusal = office.refused(_step("S1-05", "review", "reviewed"), both)

        assert refusal.code == "access.same_person"
        assert refusal.params["other_duty"] == "window"

    def test_remember_everyone_who_shared_a_duty(self) -> None:
        office = _at_work()
        office.do("S1-05")
        second = person("window-2", Role.WINDOW, township="t1")
        office.give(_step("S1-05", "accept", "accepted"), second)

        for name in ("window-1", "window-2"):
            both = reviewer("development_reform", name)
            refusal = office.refused(_step("S1-05", "review", "reviewed"), both)
            assert refusal.code == "access.same_person"

    def test_keep_inspecting_and_examining_apart(self) -> None:
        office = _at_work(1)
        office.until("S1-02", "inspect")
        office.give(_step("S1-02", "inspect", "inspected"), inspector(LAND, "li"))

        refusal = office.refused(_step("S1-02", "review", "reviewed"), reviewer(LAND, "li"))

        assert refusal.code == "access.same_person"

    def test_let_one_person_review_and_decide(self) -> None:
        office = _at_work()
        office.until("S1-05", "review")
        wang = reviewer("development_reform", "wang")

        office.give(_step("S1-05", "review", "reviewed"), wang)
        office.give(_step("S1-05", "decide", "granted"), wang)

        assert set(office.tasks("S1-05")) == {"deliver"}

    def test_are_free_again_in_the_next_attempt(self) -> None:
        office = _at_work()
        office.until("S1-05", "accept")
        office.do("S1-05", "refused")
        office.give(c.FileItem(item="S1-05"))

        assert office.item("S1-05").attempts[1].duties == {}


class TestCommitment:
    def test_decides_on_the_spot(self) -> None:
        office = _at_work()

        office.do("S1-05", "committed")

        assert set(office.tasks("S1-05")) == {"decide_on_commitment"}

    def test_is_refused_to_an_owner_on_the_black_list(self) -> None:
        office = _at_work()
        office.credit["org-1"] = "black"

        refusal = office.refused(_step("S1-05", "receive", "committed"), WINDOW)

        assert refusal.code == "item.commitment_refused"
        assert refusal.params == {"item": "S1-05", "standing": "black"}

    def test_is_not_offered_for_a_standard_item(self) -> None:
        office = _at_work(1)

        refusal = office.refused(_step("S1-01", "receive", "committed"), WINDOW)

        assert refusal.code == "task.unknown_outcome"


class TestDeemedAcceptance:
    FIRE = c.FireTimer(item="S1-05", attempt=1, timer="deemed")

    def test_is_due_at_the_end_of_the_fifth_working_day(self) -> None:
        office = _at_work()
        office.do("S1-05")

        (timer,) = (t for t in office.run(1).timers.values() if t.path.endswith("/deemed"))

        assert timer.due_at == datetime(2026, 3, 9, 16, tzinfo=UTC)

    def test_does_not_come_a_moment_earlier(self) -> None:
        office = _at_work()
        office.do("S1-05")
        office.now = datetime(2026, 3, 9, 16, tzinfo=UTC) - HOUR - timedelta(seconds=1)

        assert office.refused(self.FIRE, SYSTEM).code == "timer.not_due"

    def test_counts_as_acceptance_on_the_filing_day(self) -> None:
        office = _at_work()
        office.do("S1-05")
        office.now = datetime(2026, 3, 9, 15, tzinfo=UTC)

        ((fired,),) = (bodies(office.give(self.FIRE, SYSTEM), e.TimerFired),)

        attempt = office.item("S1-05").attempts[0]
        assert fired.status == attempt.status == 3
        assert attempt.accepted_at is not None
        assert local_date(attempt.accepted_at) == local_date(attempt.filed_at)
        assert set(office.tasks("S1-05")) == {"review"}

    def test_happened_when_it_was_due_however_late_it_is_recorded(self) -> None:
        office = _at_work()
        office.do("S1-05")
        office.now = datetime(2026, 3, 20, 3, tzinfo=UTC)

        (event,) = office.give(self.FIRE, SYSTEM)

        assert event.happened_at == datetime(2026, 3, 9, 16, tzinfo=UTC)

    @pytest.mark.parametrize(
        "command",
        [
            c.FireTimer(item="S1-05", attempt=2, timer="deemed"),
            c.FireTimer(item="S1-05", attempt=1, timer="other"),
            c.FireTimer(item="S1-10", attempt=1, timer="deemed"),
        ],
    )
    def test_needs_a_timer_that_is_armed(self, command: c.FireTimer) -> None:
        office = _at_work()
        office.do("S1-05")

        assert office.refused(command, SYSTEM).code == "task.not_open"

    def test_is_over_once_the_window_has_spoken(self) -> None:
        office = _at_work()
        office.until("S1-05", "review")

        assert office.refused(self.FIRE, SYSTEM).code == "task.not_open"

    def test_is_the_clocks_affair_alone(self) -> None:
        office = _at_work()
        office.do("S1-05")

        assert office.refused(self.FIRE, OWNER).code == "access.not_allowed"


class TestWithdrawItem:
    @pytest.mark.parametrize(("step", "status"), [("receive", 2), ("review", 14)])
    def test_ends_the_attempt_and_wants_the_item_again(self, step: str, status: int) -> None:
        office = _at_work()
        office.until("S1-05", step)

        events = office.give(c.WithdrawItem(item="S1-05", reason=NOTE))

        ((ended,),) = (bodies(events, e.ItemEnded),)
        assert (ended.result, ended.status) == ("withdrawn", status)
        assert office.state("S1-05") == {"wanted"}
        assert office.tasks("S1-05") == {}

    def test_lets_it_be_filed_again(self) -> None:
        office = _at_work()
        office.give(c.WithdrawItem(item="S1-05", reason=NOTE))

        office.give(c.FileItem(item="S1-05"))
        office.grant("S1-05")

        assert [a.result for a in office.item("S1-05").attempts] == ["withdrawn", "granted"]

    @pytest.mark.parametrize("item", ["S1-08", "S1-06"])
    def test_refuses_an_item_that_is_not_running(self, item: str) -> None:
        office = _at_work()
        office.grant("S1-06")

        assert office.refused(c.WithdrawItem(item=item, reason=NOTE)).code == "item.not_open"


class TestDeclineItem:
    DECLINE = c.DeclineItem(item="S1-12", reason=NOTE)

    def test_leaves_a_wanted_item_out(self) -> None:
        office = _at_work(energy_review=True)

        office.give(self.DECLINE)

        assert office.state("S1-12") == {"left_out"}
        assert office.item("S1-12").declined

    def test_leaves_it_out_when_its_stage_is_filed_later(self) -> None:
        office = Office()
        office.file(3, energy_review=True)

        ((declined,),) = (bodies(office.give(self.DECLINE), e.ItemDeclined),)
        ((filed,),) = (bodies(office.give(c.FileStage(stage=1)), e.StageFiled),)

        assert declined.tokens is None
        assert "S1-12" in filed.left_out

    def test_reaches_ahead_to_a_stage_that_is_not_open(self) -> None:
        office = Office()
        office.file(3)

        office.give(c.DeclineItem(item="S3-18", reason=NOTE))

        assert office.item("S3-18").stage == 3

    def test_refuses_what_a_wanted_item_still_needs(self) -> None:
        office = _at_work(lightning_hazard=True)

        refusal = office.refused(c.DeclineItem(item="S3-05", reason=NOTE))

        assert refusal.code == "item.still_needed"
        assert refusal.params == {"item": "S3-05", "needed_by": "S4-08", "document": "D43"}

    def test_takes_it_once_nobody_needs_it(self) -> None:
        office = _at_work(lightning_hazard=True)
        office.give(c.DeclineItem(item="S4-08", reason=NOTE))

        office.give(c.DeclineItem(item="S3-05", reason=NOTE))

        assert office.item("S3-05").declined

    @pytest.mark.parametrize("item", ["S1-05", "S1-10"])
    def test_refuses_a_mandated_or_serial_item(self, item: str) -> None:
        assert _at_work().refused(c.DeclineItem(item=item, reason=NOTE)).code == "item.mandated"

    def test_refuses_a_pulled_in_item_and_says_for_whom(self) -> None:
        refusal = _at_work().refused(c.DeclineItem(item="S1-06", reason=NOTE))

        assert refusal.code == "item.mandated"
        assert (refusal.params["needed_by"], refusal.params["document"]) == ("S2-01", "D06")

    @pytest.mark.parametrize("state", ["declined", "running", "granted"])
    def test_refuses_an_item_that_is_settled_or_running(self, state: str) -> None:
        office = _at_work(energy_review=True)
        office.give(self.DECLINE if state == "declined" else c.FileItem(item="S1-12"))
        if state == "granted":
            office.grant("S1-12")

        refusal = office.refused(self.DECLINE)

        assert refusal.code == "item.not_wanted"
        assert refusal.params["state"] == state

    @pytest.mark.parametrize(
        ("unit", "code"), [(9, "unit.unknown"), (1, "stage.unknown")], ids=["unit", "stage"]
    )
    def test_refuses_a_unit_that_does_not_run_the_stage(self, unit: int, code: str) -> None:
        office = _at_work(energy_review=True)
        office.give(c.AddUnit(unit=1, stage=3, name=NOTE))

        refusal = office.refused(c.DeclineItem(item="S1-12", unit=unit, reason=NOTE))

        assert refusal.code == code

    def test_is_the_owners_choice(self) -> None:
        office = _at_work(energy_review=True)

        assert office.refused(self.DECLINE, WINDOW).code == "access.not_allowed"
