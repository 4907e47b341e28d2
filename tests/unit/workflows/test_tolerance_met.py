"""A tolerance (容缺) is met when the last of what it lets do without was there, not when noted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.support.law_office import LawOffice, filed, march, morning
from tests.support.memory_office import NOTE, STAGE_LEAD, SYSTEM, bodies
from tests.support.paper_work import checklist, supply, tolerate
from workflows import commands as c
from workflows import events as e
from workflows.deadlines import deadlines
from workflows.project import item_key

if TYPE_CHECKING:
    from workflows.materials import Grace

PAPERS = "S1-08"  # 用地规划许可: asks for M018, the document of S1-10
MAKER = "S1-10"
DUE = date(2026, 3, 10)


def grace(office: LawOffice) -> Grace:
    (found,) = checklist(office, PAPERS).graces
    return found


@pytest.fixture
def awaited() -> LawOffice:
    """Return an office that enters on 20 March what was delivered on 9 March."""
    office = filed(3)
    tolerate(office, PAPERS, "M018", due=DUE)
    office.until(MAKER, "deliver")
    office.on(march(20)).do(MAKER, at=morning(march(9)))
    return office


class TestADocumentThatWasEnteredLate:
    def test_met_it_on_the_day_on_which_it_was_issued(self, awaited: LawOffice) -> None:
        assert (grace(awaited).met, grace(awaited).overdue) == (march(9), False)

    def test_moves_with_its_corrected_day(self, awaited: LawOffice) -> None:
        entry = awaited.entry(e.ItemEnded, item=MAKER)
        for day, overdue in ((6, False), (12, True)):
            order = c.CorrectTime(event=entry, happened_at=morning(march(day)), reason=NOTE)
            awaited.give(order, STAGE_LEAD)

            assert (grace(awaited).met, grace(awaited).overdue) == (march(day), overdue)
        assert awaited.replayed() == awaited.project


class TestALogFromBeforeItWasNoted:
    @pytest.fixture
    def old(self) -> LawOffice:
        """Return an office that took the last material in on 4 March and did not note it."""
        office = filed(3, approval_catalogue=True)
        tolerate(office, PAPERS, "M015", due=DUE)
        office.on(march(4))
        supply(office, "M015")
        key, state = item_key(0, PAPERS), office.item(PAPERS)
        unnoted = tuple(replace(each, met_at=None) for each in state.tolerances)
        items = {**office.project.items, key: replace(state, tolerances=unnoted)}
        office.standing = replace(office.project, items=items)
        return office

    def test_is_noted_for_the_day_on_which_it_came(self, old: LawOffice) -> None:
        old.on(march(20))
        found = supply(old, "M005")

        assert [body.item for body in bodies(found, e.ToleranceMet)] == [PAPERS]
        assert (grace(old).met, grace(old).overdue) == (march(4), False)

    def test_is_noted_instead_of_a_reminder(self, old: LawOffice) -> None:
        (row,) = deadlines(old.project, old.item(PAPERS))
        order = c.RemindDeadline(item=PAPERS, attempt=1, kind=row.kind, due=row.due or "")
        found = old.on(march(11)).give(order, SYSTEM)

        assert [type(event.body) for event in found] == [e.ToleranceMet]
        assert deadlines(old.project, old.item(PAPERS)) == ()
