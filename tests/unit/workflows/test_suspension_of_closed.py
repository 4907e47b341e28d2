"""A project's suspension counts for an attempt that was closed while it lasted, once that is wrong.

What the books held as ended was not: the oracle is the project in which it never was.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.support.law_office import LawOffice, filed, march, morning
from tests.support.memory_office import NOTE, STAGE_LEAD, WINDOW
from workflows import commands as c
from workflows import events as e
from workflows.deadlines import answer_by
from workflows.events import PauseKind

ITEM = "S1-04"  # 核准: ten working days


def stood_still(office: LawOffice, since: date, until: date) -> None:
    office.on(since).suspend()
    office.on(until).resume()


def lapsed(office: LawOffice) -> int:
    """Let the supplement of an attempt lapse the day after its answer's; return the entry."""
    office.on(march(11)).give(c.LapseItem(item=ITEM, attempt=1, reason=NOTE), WINDOW)
    return office.entry(e.ItemLapsed)


def answered(office: LawOffice, day: date) -> None:
    order = c.AnswerSupplement(item=ITEM, attempt=1, happened_at=morning(day), reason=NOTE)
    office.give(order, WINDOW)


def lapsed_and_not(office: LawOffice, oracle: LawOffice) -> None:
    """Play one life in both, with a lapse in *office* that is taken back after a suspension."""
    for each in (office, oracle):
        each.accept(ITEM)
        each.ask(ITEM, "2026-03-10")
    entry = lapsed(office)
    for each in (office, oracle):
        stood_still(each, march(12), march(30))
    office.on(march(31)).give(c.RevertStep(event=entry, reason=NOTE), STAGE_LEAD)
    oracle.on(march(31))
    for each in (office, oracle):
        answered(each, march(9))


@pytest.fixture
def oracle() -> LawOffice:
    return filed(3, approval_catalogue=True)


class TestALapseTakenBack:
    def test_has_the_clock_of_the_attempt_that_never_lapsed(
        self, office: LawOffice, oracle: LawOffice
    ) -> None:
        lapsed_and_not(office, oracle)

        assert office.clock(ITEM, march(31)) == oracle.clock(ITEM, march(31))
        assert office.replayed() == office.project

    def test_is_accepted_by_silence_on_the_day_on_which_it_would_have_been(
        self, office: LawOffice, oracle: LawOffice
    ) -> None:
        for each in (office, oracle):
            each.ask(ITEM, "2026-03-10")
        entry = lapsed(office)
        for each in (office, oracle):
            stood_still(each, march(12), march(20))
        office.on(march(23)).give(c.RevertStep(event=entry, reason=NOTE), STAGE_LEAD)
        oracle.on(march(23))
        for each in (office, oracle):
            answered(each, march(9))

        assert office.due_at(ITEM) == oracle.due_at(ITEM) is not None

    def test_has_its_answer_day_moved_by_the_suspension(self, office: LawOffice) -> None:
        office.ask(ITEM, "2026-03-20")
        office.on(march(21)).give(c.LapseItem(item=ITEM, attempt=1, reason=NOTE), WINDOW)
        entry = office.entry(e.ItemLapsed)
        stood_still(office, march(23), march(30))
        office.on(march(31)).give(c.RevertStep(event=entry, reason=NOTE), STAGE_LEAD)

        attempt = office.attempt(ITEM)
        kinds = [pause.kind for pause in attempt.pauses]
        assert kinds == [PauseKind.SUPPLEMENT, PauseKind.SUSPENSION]
        assert answer_by(attempt, attempt.pauses[0]) == march(20)  # over before it stood

    def test_moves_with_the_suspension_that_is_corrected(
        self, office: LawOffice, oracle: LawOffice
    ) -> None:
        lapsed_and_not(office, oracle)
        for each in (office, oracle):
            end = each.entry(e.ItemResumed, kind=PauseKind.SUSPENSION)
            order = c.CorrectTime(event=end, happened_at=morning(march(26)), reason=NOTE)
            each.give(order, STAGE_LEAD)

        assert office.clock(ITEM, march(31)) == oracle.clock(ITEM, march(31))


class TestAnEndCorrectedAcrossASuspension:
    @pytest.fixture
    def refused(self, office: LawOffice) -> LawOffice:
        """Return an office that refused on 4 March, and stood still from 5 to 30 March."""
        office.accept(ITEM)
        office.on(march(4)).until(ITEM, "decide")
        office.do(ITEM, outcome="refused")
        stood_still(office, march(5), march(30))
        office.on(date(2026, 4, 2))
        return office

    def corrected(self, office: LawOffice, day: date) -> c.CorrectTime:
        entry = office.entry(e.ItemEnded, item=ITEM)
        return c.CorrectTime(event=entry, happened_at=morning(day), reason=NOTE)

    def test_leaves_the_suspended_days_out(self, refused: LawOffice, oracle: LawOffice) -> None:
        oracle.accept(ITEM)
        oracle.on(march(4)).until(ITEM, "decide")
        stood_still(oracle, march(5), march(30))
        oracle.on(date(2026, 4, 1)).do(ITEM, outcome="refused")

        refused.give(self.corrected(refused, date(2026, 4, 1)), STAGE_LEAD)
        decided = refused.entry(e.StepCompleted, step="decide")
        refused.give(
            c.CorrectTime(event=decided, happened_at=morning(date(2026, 4, 1)), reason=NOTE),
            STAGE_LEAD,
        )

        assert refused.clock(ITEM) == oracle.clock(ITEM)
        assert refused.clock(ITEM).paused == {PauseKind.SUSPENSION: 17}
        assert refused.replayed() == refused.project

    def test_does_not_lie_inside_it(self, refused: LawOffice) -> None:
        order = self.corrected(refused, march(10))

        assert refused.refusal(order, STAGE_LEAD) == "correction.impossible"

    def test_may_go_back_before_it_again(self, refused: LawOffice) -> None:
        before, was = refused.clock(ITEM), refused.attempt(ITEM).ended_at
        assert was is not None
        order = self.corrected(refused, date(2026, 4, 1))
        refused.give(order, STAGE_LEAD)
        refused.give(replace(order, happened_at=was), STAGE_LEAD)

        assert refused.clock(ITEM) == before
