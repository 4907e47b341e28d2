"""The checklist of an item: what is at hand, from where, for which unit."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.support.law_office import LawOffice, filed
from tests.support.memory_office import NOTE
from tests.support.paper_work import checklist, supply, tolerate
from workflows import commands as c
from workflows.materials import Shelf, Standing, askers, worst
from workflows.moments import local_date

LATER = date(2027, 12, 1)


@pytest.fixture
def office() -> LawOffice:
    return filed(3)


def state(office: LawOffice, item: str, material: str, unit: int = 0) -> Standing:
    lines = checklist(office, item, unit).lines
    return next(line.state for line in lines if line.material == material)


def wanted(office: LawOffice, material: str) -> Standing:
    shelf = Shelf(office.project, office.catalogue, 0, local_date(office.now))
    return shelf.wanted(office.catalogue.materials[material])


class TestStanding:
    def test_of_several_items_is_the_one_that_still_needs_something(self) -> None:
        assert worst(Standing.MISSING, Standing.SUPPLIED) is Standing.MISSING
        assert worst(Standing.NOT_NEEDED, Standing.AWAITED) is Standing.AWAITED
        assert worst(Standing.DOCUMENT) is Standing.DOCUMENT

    def test_begins_with_everything_missing_or_awaited(self, office: LawOffice) -> None:
        found = checklist(office, "S1-08")

        assert [line.state.value for line in found.lines] == [
            "missing",
            "missing",
            "awaited",
            "missing",
        ]
        assert not found.complete
        assert not found.satisfied

    def test_of_a_result_is_the_document(self, office: LawOffice) -> None:
        office.grant("S1-10")

        assert state(office, "S1-08", "M018") is Standing.DOCUMENT

    def test_of_a_revoked_result_is_awaited_again(self, office: LawOffice) -> None:
        office.grant("S1-10")
        office.give(c.RevokeItem(item="S1-10", reason=NOTE), office.head("S1-10"))

        assert state(office, "S1-08", "M018") is Standing.AWAITED

    def test_of_a_result_that_nobody_produces_is_not_needed(self, office: LawOffice) -> None:
        """S3-09 asks for the award notice; no item of this project's flow awards."""
        assert state(office, "S3-09", "M078") is Standing.NOT_NEEDED

    def test_of_a_result_out_of_date_is_awaited(self) -> None:
        """S2-05 asks for the approved feasibility study D03, which holds for two years."""
        office = filed(1)
        office.pass_stage(1)
        until = office.project.documents["0/D03"].valid_until
        assert until is not None

        def on(day: date) -> Standing:
            lines = checklist(office, "S2-05", on=day).lines
            return next(line.state for line in lines if line.material == "M020")

        assert on(date.fromisoformat(until)) is Standing.DOCUMENT
        assert on(date.fromisoformat(until) + timedelta(days=1)) is Standing.AWAITED

    def test_is_the_same_for_every_item_that_asks(self, office: LawOffice) -> None:
        supply(office, "M017")

        assert state(office, "S1-08", "M017") is Standing.SUPPLIED
        assert state(office, "S2-02", "M017") is Standing.SUPPLIED


class TestWanted:
    """Of a list of the whole project; M011 is for stage 1, M039 for stage 2, M017 for both."""

    def test_is_missing_once_its_stage_is_open(self, office: LawOffice) -> None:
        assert wanted(office, "M011") is Standing.MISSING
        assert wanted(office, "M017") is Standing.MISSING

    def test_is_not_due_before_its_stage_opens(self, office: LawOffice) -> None:
        assert wanted(office, "M039") is Standing.NOT_DUE

        office.pass_stage(1)

        assert wanted(office, "M039") is Standing.MISSING

    def test_is_not_needed_once_nobody_asks(self, office: LawOffice) -> None:
        office.grant("S1-05")

        assert wanted(office, "M011") is Standing.NOT_NEEDED

    def test_is_at_hand_however_early_it_came(self, office: LawOffice) -> None:
        supply(office, "M039")

        assert wanted(office, "M039") is Standing.SUPPLIED

    def test_is_missing_again_once_it_was_found_wanting(self, office: LawOffice) -> None:
        supply(office, "M011")

        office.ask("S1-05")

        assert wanted(office, "M011") is Standing.MISSING


class TestUnits:
    @pytest.fixture
    def divided(self, office: LawOffice) -> LawOffice:
        office.give(c.AddUnit(unit=1, stage=2, name=NOTE))
        office.give(c.AddUnit(unit=2, stage=2, name=NOTE))
        return office

    def test_have_what_the_whole_project_has(self, divided: LawOffice) -> None:
        supply(divided, "M039")

        assert state(divided, "S2-02", "M039", unit=1) is Standing.SUPPLIED
        assert state(divided, "S2-02", "M039", unit=2) is Standing.SUPPLIED

    def test_keep_their_own_to_themselves(self, divided: LawOffice) -> None:
        supply(divided, "M039", unit=1)

        assert state(divided, "S2-02", "M039", unit=1) is Standing.SUPPLIED
        assert state(divided, "S2-02", "M039", unit=2) is Standing.MISSING
        assert state(divided, "S2-02", "M039", unit=0) is Standing.MISSING

    def test_prefer_their_own(self, divided: LawOffice) -> None:
        supply(divided, "M039")
        supply(divided, "M039", unit=1)

        shelf = Shelf(divided.project, divided.catalogue, 1, LATER)

        found = shelf.supplied("M039")
        assert found is not None
        assert found.unit == 1

    def test_have_the_results_of_the_stages_that_the_whole_project_runs(
        self, divided: LawOffice
    ) -> None:
        divided.grant("S1-06")

        assert state(divided, "S2-01", "M038", unit=1) is Standing.DOCUMENT


class TestTolerated:
    def test_is_neither_missing_nor_complete(self, office: LawOffice) -> None:
        tolerate(office, "S1-08", "M015", "M005", due=date(2026, 3, 16))

        found = checklist(office, "S1-08")

        assert found.tolerated == ("M015", "M005")
        assert found.missing == ("M018", "M017")
        assert [line.tolerated_until for line in found.lines] == [
            "2026-03-16",
            "2026-03-16",
            None,
            None,
        ]

    def test_is_satisfied_with_what_is_left(self, office: LawOffice) -> None:
        office.grant("S1-10")
        supply(office, "M017")
        tolerate(office, "S1-08", "M015", "M005", due=date(2026, 3, 16))

        found = checklist(office, "S1-08")

        assert found.satisfied
        assert not found.complete


class TestAskers:
    def test_are_the_applicable_items_in_catalogue_order(self, office: LawOffice) -> None:
        assert askers(office.project, office.catalogue, "M017") == ("S1-08", "S2-02")
        assert askers(office.project, office.catalogue, "M001") == ()
