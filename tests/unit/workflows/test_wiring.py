from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.support.memory_office import NOTE, START, Office
from workflows import commands as c
from workflows.wiring import declined, documents_at_hand, home, wiring

if TYPE_CHECKING:
    from workflows.catalogue.values import Catalogue
    from workflows.project import Project


def _at_hand(office: Office, unit: int = 0) -> frozenset[str]:
    return documents_at_hand(office.project, unit, office.catalogue)


def _with_document(**changes: object) -> tuple[Project, Catalogue]:
    """Return a project whose document D05 has something changed."""
    office = Office()
    office.file(3)
    office.give(c.FileStage(stage=1))
    office.grant("S1-05")
    document = replace(office.project.documents["0/D05"], **changes)  # type: ignore[arg-type]
    return replace(office.project, documents={"0/D05": document}), office.catalogue


class TestWiring:
    def test_names_the_producers_that_apply(self) -> None:
        office = Office()
        office.file(3)

        wires = wiring(office.catalogue, office.project.applicable)

        assert wires.producers["D07"] == ("S1-08",)
        assert wires.producers["D03"] == ()
        assert "D03" in wires.vacuous

    def test_keeps_hard_needs_that_someone_can_meet(self) -> None:
        office = Office()
        office.file(3)

        wires = wiring(office.catalogue, office.project.applicable)

        assert wires.needs["S3-02"] == {"D39"}

    def test_says_for_whom_an_item_is_pulled_in(self) -> None:
        office = Office()
        office.file(3)

        pulled = wiring(office.catalogue, office.project.applicable).pulled

        assert pulled["S1-06"] == ("S2-01", "D06")

    def test_relates_items_by_paths_of_documents(self) -> None:
        office = Office()
        office.file(3)

        related = wiring(office.catalogue, office.project.applicable).related

        assert {"S1-05", "S1-10", "S2-02"} <= related["S1-08"]
        assert "S1-14" not in related["S1-08"]


class TestHome:
    @pytest.mark.parametrize(
        ("unit", "stage", "expected"),
        [(0, 1, 0), (0, 5, 0), (1, 2, 0), (1, 3, 1), (1, 4, 1), (1, 5, 0)],
    )
    def test_is_the_unit_from_its_first_stage_on(
        self, unit: int, stage: int, expected: int
    ) -> None:
        office = Office()
        office.file(3)
        office.give(c.AddUnit(unit=1, stage=3, name=NOTE))

        assert home(office.project, unit, stage) == expected


class TestDocumentsAtHand:
    def test_holds_what_nobody_produces(self) -> None:
        office = Office()
        office.file(3)

        assert "D03" in _at_hand(office)
        assert "D05" not in _at_hand(office)

    def test_holds_what_was_granted(self) -> None:
        office = Office()
        office.file(3)
        office.give(c.FileStage(stage=1))

        office.grant("S1-05")

        assert "D05" in _at_hand(office)

    @pytest.mark.parametrize(
        ("on", "held"), [(date(2026, 3, 31), True), (date(2026, 4, 1), False), (None, True)]
    )
    def test_holds_nothing_that_is_out_of_date(self, on: date | None, held: bool) -> None:
        project, catalogue = _with_document(valid_until="2026-03-31")

        assert ("D05" in documents_at_hand(project, 0, catalogue, on)) is held

    def test_holds_nothing_that_was_revoked(self) -> None:
        project, catalogue = _with_document(revoked_at=START)

        assert "D05" not in documents_at_hand(project, 0, catalogue)

    def test_holds_what_is_done_without(self) -> None:
        office = Office()
        office.file(3, energy_review=True)
        assert "D11" not in _at_hand(office)

        office.give(c.DeclineItem(item="S1-12", reason=NOTE))

        assert declined(office.project, 0) == {"S1-12"}
        assert "D11" in _at_hand(office)

    def test_keeps_the_units_apart(self) -> None:
        office = Office()
        office.file(3)
        for stage in (1, 2):
            office.pass_stage(stage)
        office.give(c.AddUnit(unit=1, stage=3, name=NOTE))
        office.give(c.FileStage(stage=3, unit=1))

        office.grant("S3-01", unit=1)

        assert "D39" in _at_hand(office, 1)
        assert "D39" not in _at_hand(office, 0)
        assert "D21" in _at_hand(office, 1)
