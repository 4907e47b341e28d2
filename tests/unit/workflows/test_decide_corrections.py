"""Wrong entries set right: what follows a corrected moment, and what is taken once closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import get_args

import pytest

from tests.support.law_office import CALENDAR, LawOffice, filed, march, morning
from tests.support.memory_office import HOUR, NOTE, OWNER, STAGE_LEAD, SYSTEM, WINDOW
from workflows import commands as c
from workflows import decide
from workflows import events as e
from workflows.facts import Role
from workflows.moments import end_of, local_date
from workflows.progress import ItemStanding, progress
from workflows.project import ProjectStatus
from workflows.stage_clock import project_clock
from workflows.wiring import documents_at_hand

ITEM = "S1-04"  # 核准: ten working days; entrusted assessment may stop its clock


def correction(event: int, at: datetime) -> c.CorrectTime:
    return c.CorrectTime(event=event, happened_at=at, reason=NOTE)


def last_end(office: LawOffice, stage: int) -> e.Event:
    """Return the end that brought the milestone of a stage about."""
    (reached,) = [
        event
        for event in office.log
        if isinstance(event.body, e.MilestoneReached) and event.body.stage == stage
    ]
    return next(
        event
        for event in reversed(office.log[: reached.number])
        if isinstance(event.body, e.ItemEnded)
    )


@cache
def completed() -> LawOffice:
    """Return an office whose project has gone all the way."""
    office = filed(5)
    while office.project.status is ProjectStatus.RUNNING:
        _anything(office)
    return office


def _anything(office: LawOffice) -> None:
    for run in office.project.runs.values():
        if run.filed_at is None:
            office.give(c.FileStage(stage=run.stage))
            return
        for task in run.tasks.values():
            office.grant(task.task.item or "")
            return
        for path in sorted(run.tokens):
            if path.endswith(":wanted"):
                code = path.rpartition("/")[2].removesuffix(":wanted").replace("_", "-")
                facts = documents_at_hand(office.project, 0, office.catalogue)
                if facts.issuperset(office.nets.by_hash[run.net].items[code].mark.needs):
                    office.give(c.FileItem(item=code))
                    return
    raise AssertionError("stuck")


class TestTheEndOfTheLastMilestoneItem:
    @pytest.fixture
    def passed(self) -> LawOffice:
        office = filed(3, approval_catalogue=True)
        office.pass_stage(1)
        return office

    @pytest.mark.parametrize("hours", [-1, 3])
    def test_moves_the_milestone_and_the_next_stage(self, passed: LawOffice, hours: int) -> None:
        passed.on(march(20))
        entry = last_end(passed, 1)
        was = passed.run(1).milestone_at
        assert was is not None
        others = [
            state.attempts[-1].ended_at
            for state in passed.project.items.values()
            if state.item != getattr(entry.body, "item", "")
        ]

        passed.give(correction(entry.number, entry.happened_at + hours * HOUR / 2), STAGE_LEAD)

        now = passed.run(1).milestone_at
        assert now == max(
            filter(None, [entry.happened_at + hours * HOUR / 2, *_until(others, was)])
        )
        assert now != was
        assert passed.run(2).opened_at == now
        assert passed.replayed() == passed.project

    def test_leaves_what_was_filed_since_where_it_was(self, passed: LawOffice) -> None:
        passed.on(march(12)).give(c.FileStage(stage=2))
        filed_at = {key: state.attempts[-1].filed_at for key, state in passed.project.items.items()}
        run = passed.run(2)
        entry = last_end(passed, 1)

        passed.on(march(20)).give(correction(entry.number, morning(march(16))), STAGE_LEAD)

        assert passed.run(1).milestone_at == morning(march(16))
        assert run.filed_at == passed.run(2).filed_at == passed.run(2).opened_at
        assert filed_at == {
            key: state.attempts[-1].filed_at for key, state in passed.project.items.items()
        }

    def test_before_others_is_not_when_the_milestone_was(self, passed: LawOffice) -> None:
        reached = passed.run(1).milestone_at
        entry = next(event for event in passed.log if isinstance(event.body, e.ItemEnded))

        passed.on(march(20)).give(
            correction(entry.number, entry.happened_at + timedelta(minutes=1)), STAGE_LEAD
        )

        assert passed.run(1).milestone_at == reached


def _until(others: list[datetime | None], was: datetime) -> list[datetime]:
    return [other for other in others if other is not None and other <= was]


class TestACorrectedPause:
    @pytest.fixture
    def assessed(self, accepted: LawOffice) -> LawOffice:
        accepted.on(march(4)).begin(ITEM, "entrusted_assessment", march(20))
        accepted.on(march(18)).over(ITEM, "entrusted_assessment")
        return accepted

    def test_moves_the_due_date_of_its_item(self, assessed: LawOffice) -> None:
        before = assessed.clock(ITEM).committed
        entry = assessed.entry(e.ItemResumed)

        assessed.give(correction(entry, morning(march(10))), STAGE_LEAD)

        after = assessed.clock(ITEM).committed
        assert before is not None
        assert after is not None
        assert (before.due, after.due) == (date(2026, 3, 30), march(20))
        assert assessed.replayed() == assessed.project

    def test_may_have_begun_later(self, assessed: LawOffice) -> None:
        entry = assessed.entry(e.ItemPaused)

        assessed.give(correction(entry, morning(march(6))), STAGE_LEAD)

        assert assessed.clock(ITEM).used == 4

    @pytest.mark.parametrize(("kind", "day"), [(e.ItemResumed, 3), (e.ItemPaused, 19)])
    def test_never_ends_before_it_begins(
        self, assessed: LawOffice, kind: type[e.Body], day: int
    ) -> None:
        order = correction(assessed.entry(kind), morning(march(day)))

        assert assessed.on(march(20)).refusal(order, STAGE_LEAD) == "correction.impossible"

    def test_sets_the_days_of_silence_anew(self, office: LawOffice) -> None:
        office.ask(ITEM)
        office.on(march(9)).answer(ITEM)
        assert office.due_at(ITEM) == end_of(march(16))

        office.on(march(10)).give(
            correction(office.entry(e.ItemResumed), morning(march(5))), STAGE_LEAD
        )

        assert office.due_at(ITEM) == end_of(march(12))


class TestOrder:
    def test_lets_silence_that_is_over_by_then_speak_after_what_was_done(
        self, office: LawOffice
    ) -> None:
        """The five days ended on the 11th, but the window noted the receipt on the 20th."""
        office.on(march(3)).ask(ITEM)
        office.on(march(19)).answer(ITEM)
        office.on(march(20)).do(ITEM)
        received = office.now
        entry = office.entry(e.ItemResumed)
        office.give(correction(entry, morning(march(4))), STAGE_LEAD)

        (fired, *_) = office.fire(ITEM)

        assert isinstance(fired.body, e.TimerFired)
        assert fired.body.due_at == end_of(march(11))
        assert fired.happened_at == received

    def test_lets_no_decision_lie_inside_a_pause(self, accepted: LawOffice) -> None:
        accepted.on(march(4)).begin(ITEM, "entrusted_assessment", march(20))
        accepted.on(march(18)).over(ITEM, "entrusted_assessment")
        accepted.until(ITEM, "deliver")
        entry = accepted.entry(e.StepCompleted, item=ITEM, step="decide")

        order = correction(entry, morning(march(10)))

        assert accepted.refusal(order, STAGE_LEAD) == "correction.impossible"

    def test_lets_no_procedure_begin_before_acceptance(self, accepted: LawOffice) -> None:
        accepted.on(march(4)).begin(ITEM, "entrusted_assessment", march(20))
        entry = accepted.entry(e.StepCompleted, item=ITEM, step="accept")

        order = correction(entry, morning(march(5)))

        assert accepted.on(march(6)).refusal(order, STAGE_LEAD) == "correction.impossible"

    def test_lets_no_two_attempts_overlap(self, office: LawOffice) -> None:
        office.until(ITEM, "accept")
        office.do(ITEM, "refused")
        office.on(march(4)).give(c.FileItem(item=ITEM))
        entry = office.entry(e.ItemEnded, item=ITEM)

        order = correction(entry, morning(march(11)))

        assert office.on(march(12)).refusal(order, STAGE_LEAD) == "correction.impossible"

    def test_holds_for_what_is_entered_after_a_correction(self, accepted: LawOffice) -> None:
        entry = accepted.entry(e.StepCompleted, item=ITEM, step="accept")
        accepted.on(march(10)).give(correction(entry, morning(march(9))), STAGE_LEAD)
        ((step, task),) = accepted.tasks(ITEM).items()

        late = c.CompleteStep(
            item=ITEM,
            attempt=task.attempt,
            step=step,
            outcome=task.outcomes[0],
            happened_at=morning(march(4)),
            reason=NOTE,
        )

        assert accepted.refusal(late, accepted.examiner(ITEM)) == "time.before_last"

    def test_lets_what_truly_happened_since_be_entered(self, office: LawOffice) -> None:
        office.on(march(9)).accept(ITEM)
        entry = office.entry(e.StepCompleted, item=ITEM, step="accept")
        office.give(correction(entry, morning(march(3))), STAGE_LEAD)

        office.do(ITEM, at=morning(march(6)))

        assert office.attempt(ITEM).last_at == morning(march(6))

    def test_knows_no_entry_that_was_taken_back(self, accepted: LawOffice) -> None:
        entry = accepted.entry(e.StepCompleted, item=ITEM, step="accept")
        accepted.give(c.RevertStep(event=entry, reason=NOTE), STAGE_LEAD)
        accepted.on(march(5)).accept(ITEM)

        order = correction(entry, morning(march(3)))

        assert accepted.refusal(order, STAGE_LEAD) == "correction.impossible"

    def test_lets_a_step_taken_back_be_entered_when_it_was_done(self, accepted: LawOffice) -> None:
        entry = accepted.entry(e.StepCompleted, item=ITEM, step="accept")
        accepted.on(march(5)).give(c.RevertStep(event=entry, reason=NOTE), STAGE_LEAD)

        accepted.do(ITEM, at=morning(march(3)))

        assert accepted.attempt(ITEM).accepted_at == morning(march(3))


class TestAClosedProject:
    @pytest.fixture
    def done(self) -> LawOffice:
        office = completed()
        return replace(office, log=list(office.log))

    def granted(self, office: LawOffice) -> str:
        return next(s.item for s in office.project.items.values() if s.granted and s.stage == 3)

    def test_still_takes_a_revocation_and_stays_closed(self, done: LawOffice) -> None:
        item = self.granted(done)
        ended, runs = done.project.ended_at, done.project.runs

        (event,) = done.give(c.RevokeItem(item=item, reason=NOTE), done.head(item))

        assert isinstance(event.body, e.ItemRevoked)
        assert event.body.reason == NOTE
        assert done.project.status is ProjectStatus.COMPLETED
        assert (done.project.ended_at, done.project.runs) == (ended, runs)
        for kind in event.body.documents:
            assert done.project.documents[f"0/{kind}"].revoked_at == event.happened_at
        seen = progress(done.project, done.catalogue, CALENDAR, done.now)
        (shown,) = (each for each in seen.items if each.item == item)
        assert shown.state is ItemStanding.REVOKED
        assert shown.revocation is not None
        assert done.replayed() == done.project

    def test_moves_its_end_with_the_last_entry(self, done: LawOffice) -> None:
        ended = done.project.ended_at
        assert ended is not None
        entry = next(event for event in reversed(done.log) if isinstance(event.body, e.ItemEnded))
        done.now += 9 * HOUR
        later = ended + HOUR

        done.give(correction(entry.number, later), STAGE_LEAD)

        assert done.project.ended_at == later
        run = done.project.runs[f"{entry.body.stage}/{entry.body.unit}"]  # type: ignore[union-attr]
        assert run.ended_at == later
        seen = project_clock(done.project, done.catalogue, CALENDAR, local_date(done.now))
        assert sum(seen.parts.values()) == seen.elapsed
        assert done.replayed() == done.project

    def test_takes_it_only_from_those_who_may(self, done: LawOffice) -> None:
        order = c.RevokeItem(item=self.granted(done), reason=NOTE)

        assert done.refusal(order, OWNER) == "access.not_allowed"

    @pytest.mark.parametrize(
        "command",
        [
            c.FileItem(item="S1-04"),
            c.RevertStep(event=3, reason=NOTE),
            c.SuspendProject(reason=NOTE),
            c.ChangeFacts(facts={}, reason=NOTE),
        ],
    )
    def test_takes_nothing_else(self, done: LawOffice, command: c.Command) -> None:
        assert done.refusal(command, STAGE_LEAD) == "project.closed"

    def test_that_was_withdrawn_takes_both_too(self, office: LawOffice) -> None:
        office.grant(ITEM)
        entry = office.entry(e.ItemEnded, item=ITEM)
        office.give(c.WithdrawProject(reason=NOTE))

        office.give(correction(entry, office.log[entry - 1].happened_at + HOUR / 2), STAGE_LEAD)
        office.give(c.RevokeItem(item=ITEM, reason=NOTE), office.head(ITEM))

        assert office.project.status is ProjectStatus.WITHDRAWN
        assert office.attempt(ITEM).result == "revoked"


class TestSilence:
    """行政许可法 art. 32: it has spoken on its day, whoever recorded it, and whenever."""

    @pytest.mark.parametrize("received", [True, False])
    @pytest.mark.parametrize("outcome", ["accepted", "refused"])
    def test_leaves_nothing_to_accept_or_refuse(
        self, office: LawOffice, outcome: str, *, received: bool
    ) -> None:
        if received:
            office.do(ITEM)
        step = "accept" if received else "receive"
        late = c.CompleteStep(
            item=ITEM, attempt=1, step=step, outcome=outcome if received else "received"
        )

        assert office.on(march(20)).refusal(late, WINDOW) == "task.not_open"

    def test_says_the_same_recorded_in_time_or_by_the_next_who_comes(self) -> None:
        found = []
        for worker in (True, False):
            office = filed(3, approval_catalogue=True)
            if worker:
                office.now = end_of(march(9))
                office.fire(ITEM)
            office.on(march(20))
            office.give(c.WithdrawItem(item=ITEM, reason=NOTE))
            (fired,) = [v for v in office.log if isinstance(v.body, e.TimerFired)]
            found.append((office.attempt(ITEM), fired.body, fired.happened_at, fired.actor))

        assert found[0] == found[1]
        assert found[0][3] == SYSTEM.id


def test_every_command_has_its_rule() -> None:
    known = set(get_args(c.Command)) - {c.FileProject}

    assert set(decide._TAKES) == known  # noqa: SLF001 - the table is what is tested


class TestWhoseStepWasTakenBack:
    """三分离: a step that never was is nobody's duty."""

    def test_may_do_another_duty(self, accepted: LawOffice) -> None:
        ((step, task),) = accepted.tasks(ITEM).items()
        examiner = accepted.examiner(ITEM)
        both = replace(examiner, roles=examiner.roles | {Role.WINDOW})
        done = c.CompleteStep(item=ITEM, attempt=task.attempt, step=step, outcome=task.outcomes[0])
        (event,) = accepted.give(done, both)
        before = dict(accepted.attempt(ITEM).duties)

        accepted.give(c.RevertStep(event=event.number, reason=NOTE), STAGE_LEAD)

        assert both.id in before
        assert both.id not in accepted.attempt(ITEM).duties
        assert WINDOW.id in accepted.attempt(ITEM).duties

    def test_keeps_the_duty_of_what_else_stands(self, office: LawOffice) -> None:
        office.until(ITEM, "accept")
        office.do(ITEM)
        event = office.entry(e.StepCompleted, item=ITEM, step="accept")

        office.give(c.RevertStep(event=event, reason=NOTE), STAGE_LEAD)

        assert WINDOW.id in office.attempt(ITEM).duties
