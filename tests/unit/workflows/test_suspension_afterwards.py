"""What really happened while a project was suspended is entered when it is over."""

from __future__ import annotations

from datetime import date

import pytest

from tests.support.law_office import LawOffice, filed, march, morning
from tests.support.memory_office import NOTE, STAGE_LEAD, WINDOW
from workflows import commands as c
from workflows import events as e
from workflows.events import PauseKind
from workflows.moments import end_of, local_date

ITEM = "S1-04"
ASSESSMENT = "entrusted_assessment"


@pytest.fixture
def assessed() -> LawOffice:
    """Return an office whose assessment is open while the project stands, from 5 to 11 March."""
    office = filed(3, approval_catalogue=True)
    office.accept(ITEM)
    office.on(march(3)).begin(ITEM, ASSESSMENT, march(9))
    office.on(march(5)).suspend()
    office.on(march(11)).resume()
    return office


@pytest.fixture
def asked() -> LawOffice:
    """Return an office that waits for an answer while the project stands, from 5 to 11 March."""
    office = filed(3, approval_catalogue=True)
    office.on(march(3)).ask(ITEM)
    office.on(march(5)).suspend()
    office.on(march(11)).resume()
    return office


def ending(day: date, reason: c.Note | None = NOTE) -> c.EndProcedure:
    return c.EndProcedure(
        item=ITEM, attempt=1, procedure=ASSESSMENT, happened_at=morning(day), reason=reason
    )


class TestTheEndOfAProcedure:
    def test_is_entered_for_the_day_on_which_it_was(self, assessed: LawOffice) -> None:
        assessed.on(march(13)).give(ending(march(9)), assessed.examiner(ITEM))

        pause = assessed.attempt(ITEM).pauses[0]
        assert pause.until == morning(march(9))
        assert assessed.clock(ITEM, march(13)).used == 3  # the 3rd, the 12th and the 13th
        assert assessed.clock(ITEM, march(13)).paused == {
            PauseKind.PROCEDURE: 2,
            PauseKind.SUSPENSION: 4,
        }

    def test_needs_a_reason_like_every_entry_for_an_earlier_day(self, assessed: LawOffice) -> None:
        order = ending(march(9), reason=None)

        assert assessed.on(march(13)).refusal(order, assessed.examiner(ITEM)) == "time.backdated"

    def test_does_not_lie_before_its_beginning(self, assessed: LawOffice) -> None:
        assert (
            assessed.on(march(13)).refusal(ending(march(2)), assessed.examiner(ITEM))
            == "time.before_last"
        )

    def test_that_was_entered_for_the_wrong_day_is_corrected_to_it(
        self, assessed: LawOffice
    ) -> None:
        assessed.on(march(13)).over(ITEM, ASSESSMENT)
        entry = assessed.entry(e.ItemResumed, kind=PauseKind.PROCEDURE)
        order = c.CorrectTime(event=entry, happened_at=morning(march(9)), reason=NOTE)

        assessed.give(order, STAGE_LEAD)

        assert assessed.clock(ITEM, march(13)).used == 3

    def test_leaves_the_suspension_to_be_corrected(self, assessed: LawOffice) -> None:
        """The procedure's end, which was entered later, lies inside and binds it by nothing."""
        assessed.on(march(13)).give(ending(march(9)), assessed.examiner(ITEM))
        entry = assessed.entry(e.ItemResumed, kind=PauseKind.SUSPENSION)
        order = c.CorrectTime(event=entry, happened_at=morning(march(12)), reason=NOTE)

        assessed.give(order, STAGE_LEAD)

        assert assessed.clock(ITEM, march(13)).used == 2


class TestAnAnswer:
    def test_is_entered_for_the_day_on_which_it_came(self, asked: LawOffice) -> None:
        order = c.AnswerSupplement(item=ITEM, attempt=1, happened_at=morning(march(9)), reason=NOTE)

        asked.on(march(12)).give(order, WINDOW)

        assert asked.attempt(ITEM).pauses[0].until == morning(march(9))

    def test_has_its_five_days_when_the_project_goes_on(self, asked: LawOffice) -> None:
        order = c.AnswerSupplement(item=ITEM, attempt=1, happened_at=morning(march(9)), reason=NOTE)

        asked.on(march(12)).give(order, WINDOW)

        assert asked.due_at(ITEM) == end_of(march(18))  # five working days after the 11th


class TestAStep:
    @pytest.fixture
    def stood(self) -> LawOffice:
        office = filed(3, approval_catalogue=True)
        office.accept(ITEM)
        office.on(march(5)).suspend()
        office.on(march(11)).resume()
        return office

    def test_is_not_said_to_have_been_done_meanwhile(self, stood: LawOffice) -> None:
        order = reviewed(march(9))

        assert stood.on(march(13)).refusal(order, stood.examiner(ITEM)) == "item.stopped"

    def test_of_before_is_entered_as_of_then(self, stood: LawOffice) -> None:
        stood.on(march(13)).give(reviewed(march(4)), stood.examiner(ITEM))

        last = stood.attempt(ITEM).last_at
        assert local_date(last) == march(4)

    def test_of_before_the_acceptance_is_not(self, stood: LawOffice) -> None:
        order = reviewed(date(2026, 2, 27))

        assert stood.on(march(13)).refusal(order, stood.examiner(ITEM)) == "time.before_last"

    def test_is_taken_back_though_the_project_stood_since(self, stood: LawOffice) -> None:
        entry = stood.entry(e.StepCompleted, step="accept")

        stood.on(march(13)).give(c.RevertStep(event=entry, reason=NOTE), STAGE_LEAD)

        assert stood.attempt(ITEM).accepted_at is None


class TestASupplement:
    def test_is_not_said_to_have_been_told_meanwhile(self) -> None:
        office = filed(3, approval_catalogue=True)
        office.accept(ITEM)
        office.on(march(5)).suspend()
        office.on(march(11)).resume()
        missing = office.catalogue.items[ITEM].materials[:1]
        order = c.AskSupplement(
            item=ITEM, attempt=1, missing=missing, happened_at=morning(march(9)), reason=NOTE
        )

        assert office.on(march(13)).refusal(order, WINDOW) == "item.stopped"


def reviewed(day: date) -> c.CompleteStep:
    return c.CompleteStep(
        item=ITEM,
        attempt=1,
        step="review",
        outcome="reviewed",
        happened_at=morning(day),
        reason=NOTE,
    )
