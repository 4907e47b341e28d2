from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.adjusted import adjusted
from tests.support.catalogues import entry
from tests.support.memory_office import NOTE, Office, bodies
from workflows import commands as c
from workflows import events as e
from workflows.catalogue.load import load
from workflows.errors import IllegalPairError, PairStateError
from workflows.wiring import documents_at_hand

if TYPE_CHECKING:
    from typing import Any

    from workflows.catalogue.values import Catalogue


def _needy() -> Catalogue:
    """Return a catalogue whose mandated S3-01 needs the energy review that S1-12 produces."""

    def need(tree: dict[str, Any]) -> None:
        entry(tree, "items", "S3-01")["needs"].append(
            {"document": "D11", "kind": "hard", "source": "A"}
        )

    return load(adjusted(need))


def _declined(*, after_filing: bool) -> Office:
    office = Office()
    office.file(3, energy_review=True)
    if after_filing:
        office.give(c.FileStage(stage=1))
    office.give(c.DeclineItem(item="S1-12", reason=NOTE))
    office.catalogue = _needy()
    return office


class TestItemPulledInWhileItWasProposed:
    def test_is_filed_by_itself_and_its_pair_is_dissolved(self) -> None:
        office = Office()
        office.file(3, energy_review=True, area_assessed=False, heritage_zone=True)
        office.give(c.FileStage(stage=1))
        office.give(c.ProposePair(first="S1-12", second="S1-14"))
        office.catalogue = _needy()

        told = office.give(c.DeclineItem(item="S1-17", reason=NOTE))

        ((dissolved,),) = (bodies(told, e.PairDissolved),)
        assert dissolved.cause == "pulled_in"
        assert "S1-12" in {filed.filing.item for filed in bodies(told, e.ItemFiled)}
        with pytest.raises(PairStateError):
            office.give(c.StartPair(pair="P1"))
        office.give(c.ProposePair(first="S1-14", second="S1-15"))

    def test_is_not_started_as_a_pair(self) -> None:
        office = Office()
        office.file(3, energy_review=True, area_assessed=False)
        office.give(c.FileStage(stage=1))
        office.give(c.ProposePair(first="S1-12", second="S1-14"))
        office.catalogue = _needy()

        with pytest.raises(IllegalPairError) as refused:
            office.give(c.StartPair(pair="P1"))

        assert refused.value.params["rule"] == "pulled_in"


class TestItemPulledInAfterItWasDeclined:
    def test_is_not_done_without(self) -> None:
        office = _declined(after_filing=True)

        assert "D11" not in documents_at_hand(office.project, 0, office.catalogue)

    def test_is_filed_with_its_stage(self) -> None:
        office = _declined(after_filing=False)

        ((filed,),) = (bodies(office.give(c.FileStage(stage=1)), e.StageFiled),)

        assert "S1-12" in filed.mandated
        assert "S1-12" in {filing.item for filing in filed.filings}
        assert not office.item("S1-12").declined

    def test_can_be_filed_once_its_stage_was(self) -> None:
        office = _declined(after_filing=True)

        ((filed,),) = (bodies(office.give(c.FileItem(item="S1-12")), e.ItemFiled),)

        assert filed.filing.how is e.How.PULLED
        assert not filed.filing.slot
        assert not office.item("S1-12").declined
