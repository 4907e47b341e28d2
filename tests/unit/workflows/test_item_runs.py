from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tests.support.memory_office import HOUR, NOTE, WINDOW, reviewer
from workflows import commands as c
from workflows.events import PauseKind
from workflows.item_runs import ItemRun, case_of

if TYPE_CHECKING:
    from tests.support.law_office import LawOffice

ITEM = "S1-04"


def run_of(office: LawOffice, code: str = ITEM) -> ItemRun:
    case = case_of(office.project, office.catalogue)
    return next(run for run in case.runs if run.item == code)


class TestItemRun:
    def test_knows_when_the_file_was_received(self, office: LawOffice) -> None:
        assert run_of(office).received_at is None

        office.do(ITEM)
        at = office.now
        office.do(ITEM)

        assert run_of(office).received_at == at
        assert run_of(office).accepted_at == at + HOUR

    def test_begins_when_somebody_takes_it_in_hand(self, office: LawOffice) -> None:
        office.accept(ITEM)
        examiner = reviewer(office.catalogue.items[ITEM].department)
        claim = c.ClaimTask(item=ITEM, attempt=1, step="review")
        assert run_of(office).begun_at is None

        office.give(claim, examiner)
        first = office.now
        office.give(c.ReleaseTask(item=ITEM, attempt=1, step="review"), examiner)
        office.give(claim, examiner)

        assert run_of(office).begun_at == first

    def test_does_not_begin_at_the_window(self, office: LawOffice) -> None:
        office.give(c.ClaimTask(item=ITEM, attempt=1, step="receive"), WINDOW)

        assert run_of(office).begun_at is None

    def test_keeps_its_pauses_apart(self, office: LawOffice) -> None:
        office.accept(ITEM)
        office.on(date(2026, 3, 4)).ask(ITEM)
        asked = office.now
        office.on(date(2026, 3, 10)).answer(ITEM)

        (pause,) = run_of(office).pauses

        assert (pause.kind, pause.since) == (PauseKind.SUPPLEMENT, asked)
        assert pause.until == office.now

    def test_waits_for_the_last_document(self, office: LawOffice) -> None:
        office.pass_stage(1)

        gate, producer = run_of(office, "S1-08"), run_of(office, "S1-10")

        assert gate.waited_for == producer.item
        assert gate.documents_at == producer.ended_at == gate.filed_at
        assert gate.wanted_at < gate.filed_at
        assert gate.milestone

    def test_waited_for_the_document_of_then_whatever_became_of_it(self, office: LawOffice) -> None:
        """Its grant is taken back, and another brings the document anew: that held nobody up."""
        office.pass_stage(1)
        before = run_of(office, "S1-08")
        assert before.waited_for is not None

        office.give(c.RevokeItem(item=before.waited_for, reason=NOTE), office.head("S1-10"))
        taken_back = run_of(office, "S1-08")
        office.give(c.FileItem(item=before.waited_for))
        office.grant(before.waited_for)

        assert taken_back.documents_at == before.documents_at
        assert run_of(office, "S1-08").documents_at == before.documents_at
        assert run_of(office, "S1-08").waited_for == before.waited_for
