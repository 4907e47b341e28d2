from __future__ import annotations

from datetime import date

import pytest

from tests.support.law_office import LawOffice, filed
from tests.support.memory_office import NOTE, STAGE_LEAD
from workflows import commands as c
from workflows import events as e
from workflows.backdating_report import Report, Tally, report

ITEM, OTHER = "S1-04", "S1-06"


@pytest.fixture
def office() -> LawOffice:
    return filed(3, approval_catalogue=True)


def told(*offices: LawOffice) -> Report:
    return report((office.project, office.log) for office in offices)


class TestTheReport:
    def test_counts_late_entries_for_the_department_of_the_item(self, office: LawOffice) -> None:
        happened = office.now
        office.on(date(2026, 3, 4)).do(ITEM, at=happened)
        office.do(ITEM)
        office.do(OTHER)

        found = told(office)

        mine = office.catalogue.items[ITEM].department
        other = office.catalogue.items[OTHER].department
        assert mine != other
        assert found.departments == {
            mine: Tally(entries=2, late=1, longest=2),
            other: Tally(entries=1, late=0, longest=0),
        }
        assert found.whole == Tally(entries=3, late=1, longest=2)
        assert found.projects == {office.project.code: found.whole}

    def test_names_the_most_late_first(self, office: LawOffice) -> None:
        happened = office.now
        office.do(ITEM)
        office.on(date(2026, 3, 4)).do(OTHER, at=happened)

        assert next(iter(told(office).departments)) == office.catalogue.items[OTHER].department

    def test_counts_a_correction_as_late_even_on_the_same_day(self, office: LawOffice) -> None:
        office.on(date(2026, 3, 4)).accept(ITEM)
        entry = office.entry(e.StepCompleted, item=ITEM, step="accept")
        at = next(event.happened_at for event in office.log if event.number == entry)
        office.give(c.CorrectTime(event=entry, happened_at=at, reason=NOTE), STAGE_LEAD)

        assert told(office).whole == Tally(entries=3, late=1, longest=0)

    def test_counts_each_item_that_one_event_paused(self, office: LawOffice) -> None:
        office.suspend()
        office.on(date(2026, 3, 4)).resume()
        running = [state for state in office.project.items.values() if state.open is not None]

        assert len(running) > 1
        assert told(office).whole == Tally(entries=2 * len(running), late=0, longest=0)

    def test_lists_projects_without_any_entry(self, office: LawOffice) -> None:
        found = told(office)

        assert found.projects == {office.project.code: Tally()}
        assert found.whole.share is None

    def test_of_no_project_is_empty(self) -> None:
        assert report(()) == Report(whole=Tally(), departments={}, projects={})


class TestAShare:
    def test_is_the_late_ones_part(self) -> None:
        assert Tally(entries=8, late=2, longest=5).share == pytest.approx(0.25)
