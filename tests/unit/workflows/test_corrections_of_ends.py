"""When ends and decisions are said to have been: what may be moved, and what nobody did before."""

from __future__ import annotations

from datetime import date

import pytest

from tests.support.law_office import LawOffice, filed, march, morning
from tests.support.memory_office import NOTE, STAGE_LEAD, SYSTEM, WINDOW
from workflows import commands as c
from workflows import events as e
from workflows.facts import Rules
from workflows.moments import local_date

ITEM = "S1-04"  # 核准: ten working days


def moving(event: int, day: date) -> c.CorrectTime:
    return c.CorrectTime(event=event, happened_at=morning(day), reason=NOTE)


def ended(office: LawOffice) -> int:
    return office.entry(e.ItemEnded, item=ITEM)


class TestADeedOfTheOffice:
    def test_that_was_a_default_grant_is_not_dated_back(self) -> None:
        office = filed(3, rules=Rules(overdue_default=True), approval_catalogue=True)
        office.accept(ITEM)
        grant = c.GrantByDefault(item=ITEM, attempt=1)
        office.on(date(2026, 4, 20)).give(grant, SYSTEM)
        order = moving(ended(office), march(5))

        assert office.refusal(order, STAGE_LEAD) == "correction.impossible"

    def test_that_was_a_lapse_is_not_dated_back(self) -> None:
        office = filed(3, approval_catalogue=True)
        office.ask(ITEM, "2026-03-10")
        lapse = c.LapseItem(item=ITEM, attempt=1, reason=NOTE)
        office.on(march(12)).give(lapse, WINDOW)

        for day in (5, 11):
            order = moving(ended(office), march(day))
            assert office.refusal(order, STAGE_LEAD) == "correction.impossible"


class TestADecisionWithItsDelivery:
    @pytest.fixture
    def delivered(self) -> LawOffice:
        """Return an office that decided on 4 March and delivered on 6 March, by its books."""
        office = filed(3, approval_catalogue=True)
        office.accept(ITEM)
        office.on(march(4)).until(ITEM, "deliver")
        office.on(march(6)).do(ITEM)
        return office.on(march(20))

    def test_moves_past_where_the_delivery_wrongly_was(self, delivered: LawOffice) -> None:
        decided = delivered.entry(e.StepCompleted, step="decide")
        delivered.give(moving(ended(delivered), march(12)), STAGE_LEAD)
        delivered.give(moving(decided, march(9)), STAGE_LEAD)

        attempt = delivered.attempt(ITEM)
        assert attempt.decided_at == morning(march(9))
        assert attempt.ended_at == morning(march(12))

    def test_does_not_move_before_the_delivery_does(self, delivered: LawOffice) -> None:
        decided = delivered.entry(e.StepCompleted, step="decide")

        assert delivered.refusal(moving(decided, march(9)), STAGE_LEAD) == "correction.impossible"

    def test_moves_back_first_and_its_delivery_after_it(self, delivered: LawOffice) -> None:
        decided = delivered.entry(e.StepCompleted, step="decide")
        delivered.give(moving(decided, march(4)), STAGE_LEAD)
        delivered.give(moving(ended(delivered), march(5)), STAGE_LEAD)

        assert delivered.attempt(ITEM).ended_at == morning(march(5))

    def test_does_not_move_past_the_corrected_delivery(self, delivered: LawOffice) -> None:
        decided = delivered.entry(e.StepCompleted, step="decide")
        delivered.give(moving(ended(delivered), march(12)), STAGE_LEAD)

        order = moving(decided, march(13))
        assert delivered.refusal(order, STAGE_LEAD) == "correction.impossible"


class TestAnAcceptance:
    def test_does_not_move_past_the_extension_that_rests_on_it(self) -> None:
        office = filed(3, approval_catalogue=True)
        office.accept(ITEM)
        extension = c.ExtendLimit(item=ITEM, attempt=1, days=4, approved_by="head-1", reason=NOTE)
        office.on(march(3)).give(extension, office.head(ITEM))
        accepted = office.entry(e.StepCompleted, step="accept", item=ITEM)
        office.on(march(20))

        assert office.refusal(moving(accepted, march(5)), STAGE_LEAD) == "correction.impossible"


class TestSilenceBeforeTheProjectsOwnCommands:
    """Accepted by silence on 9 March, whether or not a worker was there to say so."""

    @pytest.fixture
    def silent(self) -> LawOffice:
        return filed(3, approval_catalogue=True).on(march(12))

    def test_accepts_what_is_withdrawn_afterwards(self, silent: LawOffice) -> None:
        silent.give(c.WithdrawProject(reason=NOTE))

        attempt = silent.attempt(ITEM)
        assert (attempt.status, attempt.deemed) == (14, True)

    def test_accepts_what_is_terminated_afterwards(self, silent: LawOffice) -> None:
        silent.give(c.TerminateProject(reason=NOTE), STAGE_LEAD)

        assert silent.attempt(ITEM).accepted_at == silent.attempt(ITEM).filed_at

    def test_accepts_what_stands_still_afterwards(self, silent: LawOffice) -> None:
        silent.suspend()

        accepted = silent.attempt(ITEM).accepted_at
        assert accepted is not None
        assert local_date(accepted) == march(2)
