from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from tests.support.memory_office import OWNER, Office
from workflows import commands as c
from workflows import pairing

if TYPE_CHECKING:
    from workflows.pairing import View

POOL = ("S1-12", "S1-14", "S1-15", "S1-17")


def _office() -> Office:
    office = Office()
    office.file(3, area_assessed=False, energy_review=True, heritage_zone=True)
    office.give(c.FileStage(stage=1))
    return office


def _view(office: Office, stage: int = 1) -> View:
    return pairing.view(office.project, office.run(stage), office.facts(OWNER))


class TestView:
    def test_pools_pairable_items_that_are_not_pulled_in(self) -> None:
        assert _view(_office()).pool == POOL

    def test_sees_who_holds_a_slot(self) -> None:
        office = _office()
        office.give(c.ProposePair(first="S1-12", second="S1-14"))
        office.give(c.StartPair(pair="P1"))

        assert _view(office).holders == ("S1-12", "S1-14")


class TestCandidates:
    def test_are_wanted_and_in_no_proposed_pair(self) -> None:
        office = _office()
        office.give(c.FileItem(item="S1-12"))
        office.give(c.ProposePair(first="S1-14", second="S1-15"))

        assert pairing.candidates(_view(office)) == ("S1-17",)

    def test_may_come_from_a_started_pair_once_refused(self) -> None:
        office = _office()
        office.give(c.ProposePair(first="S1-12", second="S1-14"))
        office.give(c.StartPair(pair="P1"))
        office.until("S1-12", "decide")
        office.do("S1-12", "refused")

        assert "S1-12" in pairing.candidates(_view(office))


class TestLegalPairs:
    def test_are_all_pairs_of_unrelated_candidates(self) -> None:
        pairs = pairing.legal_pairs(_view(_office()))

        assert len(pairs) == 6
        assert list(pairs) == sorted(pairs)

    def test_are_ready_when_both_members_are(self) -> None:
        office = Office()
        office.file(3, staged_permit=True)
        for stage in (1, 2):
            office.pass_stage(stage)
        office.give(c.FileStage(stage=3))
        view = _view(office, 3)

        ready = pairing.legal_pairs(view, ready=True)

        assert pairing.missing(view, "S3-13") == ("D39",)
        assert not any("S3-13" in pair for pair in ready)
        assert any("S3-13" in pair for pair in pairing.legal_pairs(view))

    def test_name_the_partners_of_each(self) -> None:
        assert pairing.ready_partners(_view(_office()), "S1-14") == ("S1-12", "S1-15", "S1-17")


class TestDaysSaved:
    @pytest.mark.parametrize(
        ("first", "second", "days"),
        [("S1-12", "S1-14", 7), ("S1-14", "S1-12", 7), ("S4-12", "S4-10", 0)],
    )
    def test_is_the_shorter_limit(self, first: str, second: str, days: int) -> None:
        assert pairing.days_saved(Office().catalogue, first, second) == days


class TestDraw:
    def test_sorts_the_tickets(self) -> None:
        drawn = pairing.draw(_view(_office()), "seed")

        assert drawn is not None
        digests = [digest for _, _, digest in drawn.candidates]
        assert digests == sorted(digests)

    def test_makes_a_ticket_of_seed_run_round_and_pair(self) -> None:
        expected = sha256(b"seed|run|3|a|b").hexdigest()

        assert pairing.ticket("seed", "run", 3, ("a", "b")) == expected

    def test_is_nothing_without_a_pair(self) -> None:
        office = _office()
        for code in POOL[1:]:
            office.give(c.FileItem(item=code))

        assert pairing.draw(_view(office), "seed") is None
