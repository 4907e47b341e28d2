from __future__ import annotations

from functools import cache
from hashlib import sha256
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.catalogues import changed, entry
from tests.support.memory_office import (
    AGENT,
    NOTE,
    OWNER,
    STAGE_LEAD,
    Office,
    bodies,
    nets,
    reviewer,
)
from workflows import commands as c
from workflows import events as e
from workflows.project import PairStatus

if TYPE_CHECKING:
    from workflows.catalogue.values import Catalogue

POOL = ("S1-12", "S1-14", "S1-15", "S1-17")  # S1-06 is pairable too, but pulled in


def _at_work(mode: str = "rounds", slots: int = 2) -> Office:
    """Return an office whose project has four pairable items at their doors in stage 1."""
    office = Office(nets=nets(mode, slots))
    office.file(3, area_assessed=False, energy_review=True, heritage_zone=True)
    office.give(c.FileStage(stage=1))
    return office


@cache
def _chained() -> Catalogue:
    """Return a catalogue in which S1-15 needs the document of S1-14."""

    def chain(tree: dict[str, Any]) -> None:
        need = {"document": "D13", "kind": "hard", "source": "A"}
        entry(tree, "items", "S1-15").setdefault("needs", []).append(need)

    return changed(chain)


def _propose(first: str, second: str, **more: object) -> c.ProposePair:
    return c.ProposePair(first=first, second=second, **more)  # type: ignore[arg-type]


def _start(office: Office, first: str, second: str) -> str:
    """Propose a pair and start it; return its id."""
    office.give(_propose(first, second))
    pair = next(reversed(office.project.pairs))
    office.give(c.StartPair(pair=pair))
    return pair


class TestPropose:
    def test_records_who_why_and_what_it_saves(self) -> None:
        office = _at_work()

        ((pair,),) = (bodies(office.give(_propose("S1-15", "S1-12", reason=NOTE)), e.PairProposed),)

        assert (pair.first, pair.second) == ("S1-12", "S1-15")
        assert (pair.policy, pair.reason) == (e.Policy.CHOSEN, NOTE)
        assert (pair.days_saved, pair.baseline) == (7, "one_by_one")
        assert office.project.pairs[pair.pair].proposer == OWNER.id

    @pytest.mark.parametrize("policy", ["drawn", "guessed"])
    def test_refuses_a_policy_that_is_not_a_persons(self, policy: str) -> None:
        office = _at_work()

        refusal = office.refused(_propose("S1-12", "S1-14", policy=policy))

        assert refusal.code == "pair.unknown_policy"

    def test_refuses_who_may_not_pair(self) -> None:
        office = _at_work()

        refusal = office.refused(_propose("S1-12", "S1-14"), reviewer("housing"))

        assert refusal.code == "access.not_allowed"

    @pytest.mark.parametrize(
        ("first", "second", "rule"),
        [
            ("S1-12", "S1-12", "same_item"),
            ("S1-12", "S2-10", "not_in_stage"),
            ("S1-12", "S1-05", "not_pairable"),
            ("S1-12", "S1-06", "pulled_in"),
            ("S1-12", "S1-17", "not_wanted"),
            ("S1-12", "S1-15", "in_pair"),
        ],
    )
    def test_refuses_an_illegal_pair_by_its_rule(self, first: str, second: str, rule: str) -> None:
        office = _at_work()
        office.give(c.FileItem(item="S1-17"))
        office.give(_propose("S1-14", "S1-15"))

        refusal = office.refused(_propose(first, second))

        assert refusal.code == "pair.illegal"
        assert refusal.params["rule"] == rule

    def test_refuses_two_items_with_a_document_path(self) -> None:
        office = Office(catalogue=_chained(), nets=nets(needs=(("S1-15", "D13"),)))
        office.file(3, area_assessed=False)
        office.give(c.FileStage(stage=1))

        refusal = office.refused(_propose("S1-14", "S1-15"))

        assert refusal.params["rule"] == "document_path"
        assert refusal.params["document"] == "D13"

    @pytest.mark.parametrize("item", ["S9-99", "S1-01"])
    def test_refuses_an_item_that_does_not_apply(self, item: str) -> None:
        refusal = _at_work().refused(_propose("S1-12", item))

        assert refusal.code in {"item.unknown", "item.not_wanted"}

    def test_waits_for_the_joint_application(self) -> None:
        office = Office()
        office.file(3, area_assessed=False)

        assert office.refused(_propose("S1-14", "S1-15")).code == "stage.not_filed"


class TestStart:
    def test_files_both_at_the_same_instant_with_a_slot_each(self) -> None:
        office = _at_work()

        _start(office, "S1-12", "S1-14")

        first, second = (office.item(code).attempts[0] for code in ("S1-12", "S1-14"))
        assert first.filed_at == second.filed_at == office.now
        assert (first.how, second.how) == (e.How.PAIR, e.How.PAIR)
        assert office.run(1).held_slots == 2

    def test_ends_when_the_second_of_its_members_has(self) -> None:
        office = _at_work()
        pair = _start(office, "S1-12", "S1-14")

        office.grant("S1-12")
        assert office.project.pairs[pair].status is PairStatus.STARTED
        office.give(c.WithdrawItem(item="S1-14", reason=NOTE))

        assert office.project.pairs[pair].status is PairStatus.ENDED
        assert office.run(1).held_slots == 0

    def test_lets_a_refused_member_find_another_partner(self) -> None:
        office = _at_work()
        _start(office, "S1-12", "S1-14")
        office.until("S1-12", "decide")
        office.do("S1-12", "refused")
        office.grant("S1-14")

        _start(office, "S1-12", "S1-15")

        assert [a.number for a in office.item("S1-12").attempts] == [1, 2]

    def test_refuses_an_unknown_pair(self) -> None:
        assert _at_work().refused(c.StartPair(pair="P9")).code == "pair.unknown"

    def test_refuses_a_pair_that_has_started(self) -> None:
        office = _at_work()
        pair = _start(office, "S1-12", "S1-14")

        refusal = office.refused(c.StartPair(pair=pair))

        assert refusal.code == "pair.state"
        assert refusal.params["status"] == "started"

    def test_refuses_a_second_pair_while_the_round_runs(self) -> None:
        office = _at_work()
        _start(office, "S1-12", "S1-14")
        office.grant("S1-12")
        office.give(_propose("S1-15", "S1-17"))

        assert office.refused(c.StartPair(pair="P2")).code == "pair.no_slot"

    def test_refuses_a_second_pair_when_too_few_slots_are_free(self) -> None:
        office = _at_work("rolling")
        _start(office, "S1-12", "S1-14")
        office.grant("S1-12")
        office.give(_propose("S1-15", "S1-17"))

        assert office.refused(c.StartPair(pair="P2")).code == "pair.no_slot"

    def test_takes_as_many_slots_as_there_are(self) -> None:
        office = _at_work("rolling", 4)
        _start(office, "S1-12", "S1-14")

        _start(office, "S1-15", "S1-17")

        assert office.run(1).held_slots == 4

    def test_waits_for_the_hard_documents_of_both(self) -> None:
        office = Office()
        office.file(3, staged_permit=True)
        for stage in (1, 2):
            office.pass_stage(stage)
        office.give(c.FileStage(stage=3))
        office.give(_propose("S3-13", "S3-14"))

        refusal = office.refused(c.StartPair(pair="P1"))
        assert refusal.code == "pair.not_ready"
        assert refusal.params["documents"] == ["D39"]
        office.grant("S3-01")
        office.give(c.StartPair(pair="P1"))

    def test_refuses_a_member_that_waits_for_a_holder(self) -> None:
        # The net does not hold S1-15 back here: the catalogue alone knows of the path.
        office = Office(catalogue=_chained(), nets=nets("rolling", 4))
        office.file(3, area_assessed=False, energy_review=True, heritage_zone=True)
        office.give(c.FileStage(stage=1))
        office.give(_propose("S1-15", "S1-17"))
        _start(office, "S1-12", "S1-14")

        refusal = office.refused(c.StartPair(pair="P1"))

        assert refusal.code == "pair.illegal"
        assert (refusal.params["first"], refusal.params["second"]) == ("S1-15", "S1-14")


class TestDissolve:
    def test_sets_both_members_free(self) -> None:
        office = _at_work()
        office.give(_propose("S1-12", "S1-14"))

        office.give(c.DissolvePair(pair="P1", reason=NOTE), AGENT)

        assert office.project.pairs["P1"].status is PairStatus.DISSOLVED
        office.give(_propose("S1-12", "S1-14"))

    def test_never_ends_a_started_pair(self) -> None:
        office = _at_work()
        pair = _start(office, "S1-12", "S1-14")

        assert office.refused(c.DissolvePair(pair=pair)).code == "pair.state"

    @pytest.mark.parametrize(
        ("command", "cause"),
        [
            (c.FileItem(item="S1-12"), "filed_alone"),
            (c.DeclineItem(item="S1-12", reason=NOTE), "declined"),
        ],
        ids=["filed alone", "declined"],
    )
    def test_follows_when_a_member_goes_its_own_way(self, command: c.Command, cause: str) -> None:
        office = _at_work()
        office.give(_propose("S1-12", "S1-14"))

        ((dissolved,),) = (bodies(office.give(command), e.PairDissolved),)

        assert (dissolved.pair, dissolved.cause) == ("P1", cause)


class TestAlone:
    def test_needs_neither_slot_nor_reason(self) -> None:
        office = _at_work()
        _start(office, "S1-14", "S1-15")

        office.give(c.FileItem(item="S1-12"))

        assert office.item("S1-12").attempts[0].how is e.How.ALONE
        assert office.run(1).held_slots == 2

    def test_may_be_filed_again_after_a_refusal(self) -> None:
        office = _at_work()
        office.give(c.FileItem(item="S1-15"))
        office.until("S1-15", "decide")
        office.do("S1-15", "refused")

        office.give(c.FileItem(item="S1-15"))

        assert [a.how for a in office.item("S1-15").attempts] == [e.How.ALONE, e.How.ALONE]


class TestSingle:
    def test_needs_a_reason_while_a_partner_exists(self) -> None:
        office = _at_work()

        refusal = office.refused(c.FileItem(item="S1-12", single=True))

        assert refusal.code == "pair.partner_exists"
        assert refusal.params["partners"] == ["S1-14", "S1-15", "S1-17"]

    def test_takes_a_slot_when_it_has_a_reason(self) -> None:
        office = _at_work()

        office.give(c.FileItem(item="S1-12", single=True, reason=NOTE))

        assert office.item("S1-12").attempts[0].how is e.How.SINGLE
        assert office.run(1).held_slots == 1

    def test_needs_no_reason_when_it_is_the_odd_one_out(self) -> None:
        office = _at_work()
        for code in ("S1-14", "S1-15", "S1-17"):
            office.give(c.FileItem(item=code))

        office.give(c.FileItem(item="S1-12", single=True))

        assert office.run(1).held_slots == 1

    def test_finds_no_slot_while_a_round_runs(self) -> None:
        office = _at_work("rounds")
        _start(office, "S1-14", "S1-15")
        office.grant("S1-14")

        refusal = office.refused(c.FileItem(item="S1-12", single=True, reason=NOTE))

        assert refusal.code == "pair.no_slot"

    def test_joins_a_holder_without_a_reason_when_rolling(self) -> None:
        office = _at_work("rolling")
        _start(office, "S1-14", "S1-15")
        office.grant("S1-14")

        office.give(c.FileItem(item="S1-12", single=True))

        assert office.run(1).held_slots == 2

    def test_never_makes_more_holders_than_slots(self) -> None:
        office = _at_work("rolling")
        _start(office, "S1-14", "S1-15")

        refusal = office.refused(c.FileItem(item="S1-12", single=True, reason=NOTE))

        assert refusal.code == "pair.no_slot"

    def test_refuses_to_join_a_holder_that_it_waits_for(self) -> None:
        office = Office(catalogue=_chained(), nets=nets("rolling"))
        office.file(3, area_assessed=False)
        office.give(c.FileStage(stage=1))
        office.give(c.FileItem(item="S1-15", single=True, reason=NOTE))

        refusal = office.refused(c.FileItem(item="S1-14", single=True, reason=NOTE))

        assert refusal.code == "pair.illegal"
        assert refusal.params["rule"] == "document_path"


class TestDraw:
    def test_can_be_repeated_by_hand(self) -> None:
        office = _at_work()

        ((pair,),) = (bodies(office.give(c.DrawPair(stage=1), STAGE_LEAD), e.PairProposed),)

        run = "2026-120118-47-03-000001/1/0"
        tickets = sorted(
            (sha256(f"seed|{run}|1|{a}|{b}".encode()).hexdigest(), a, b)
            for a, b in combinations(POOL, 2)
        )
        assert pair.draw is not None
        assert pair.draw.candidates == tuple((a, b, digest) for digest, a, b in tickets)
        assert (pair.first, pair.second) == tickets[0][1:]
        assert pair.policy is e.Policy.DRAWN

    def test_hangs_on_the_seed(self) -> None:
        drawn = set()
        for seed in range(12):
            office = _at_work()
            office.entropy = str(seed)
            ((pair,),) = (bodies(office.give(c.DrawPair(stage=1)), e.PairProposed),)
            drawn.add((pair.first, pair.second))

        assert len(drawn) > 2

    def test_is_not_steered_by_proposing(self) -> None:
        honest, steered = _at_work(), _at_work()
        ((plain,),) = (bodies(honest.give(c.DrawPair(stage=1)), e.PairProposed),)
        steered.give(c.ProposePair(first=plain.first, second=plain.second))

        made = steered.give(c.DrawPair(stage=1))

        ((dissolved,), (drawn,)) = (bodies(made, e.PairDissolved), bodies(made, e.PairProposed))
        assert (drawn.first, drawn.second) == (plain.first, plain.second)
        assert (dissolved.pair, dissolved.cause) == ("P1", "drawn")

    def test_waits_for_the_round_that_runs(self) -> None:
        office = _at_work()
        office.give(c.ProposePair(first=POOL[0], second=POOL[1]))
        office.give(c.StartPair(pair="P1"))

        assert office.refused(c.DrawPair(stage=1)).code == "pair.no_slot"

    def test_is_made_once_a_round(self) -> None:
        office = _at_work()
        office.give(c.DrawPair(stage=1))

        refusal = office.refused(c.DrawPair(stage=1))

        assert refusal.code == "pair.drawn_already"
        assert refusal.params["round"] == 1

    def test_excludes_a_dissolved_pair_until_the_next_round(self) -> None:
        office = _at_work()
        ((drawn,),) = (bodies(office.give(c.DrawPair(stage=1)), e.PairProposed),)
        first, second = drawn.first, drawn.second
        office.give(c.DissolvePair(pair=drawn.pair))

        refusal = office.refused(_propose(first, second))
        assert refusal.params["rule"] == "excluded_this_round"

        others = [code for code in POOL if code not in (first, second)]
        _start(office, *others)
        office.grant(*others)
        assert office.run(1).round.number == 2
        office.give(_propose(first, second))

    def test_may_be_made_again_in_the_next_round(self) -> None:
        office = _at_work()
        ((drawn,),) = (bodies(office.give(c.DrawPair(stage=1)), e.PairProposed),)
        office.give(c.StartPair(pair=drawn.pair))
        office.grant(drawn.first, drawn.second)

        ((again,),) = (bodies(office.give(c.DrawPair(stage=1)), e.PairProposed),)

        assert again.draw is not None
        assert again.draw.round == 2
        assert len(again.draw.candidates) == 1

    def test_finds_nothing_when_all_are_bound(self) -> None:
        office = _at_work()
        for code in POOL[1:]:
            office.give(c.FileItem(item=code))

        assert office.refused(c.DrawPair(stage=1)).code == "pair.nothing_to_draw"

    def test_leaves_out_what_is_not_ready(self) -> None:
        office = Office()
        office.file(3, staged_permit=True)
        for stage in (1, 2):
            office.pass_stage(stage)
        office.give(c.FileStage(stage=3))

        ((pair,),) = (bodies(office.give(c.DrawPair(stage=3)), e.PairProposed),)

        assert pair.draw is not None
        drawn = {code for first, second, _ in pair.draw.candidates for code in (first, second)}
        assert "S3-13" not in drawn
        assert "S3-06" not in drawn
        assert "S3-14" in drawn

    def test_waits_for_the_joint_application(self) -> None:
        office = Office()
        office.file(3)

        assert office.refused(c.DrawPair(stage=1)).code == "stage.not_filed"


class TestRound:
    def test_ends_in_rounds_when_the_last_slot_is_free(self) -> None:
        office = _at_work("rounds")
        _start(office, "S1-12", "S1-14")

        office.grant("S1-12")
        assert office.run(1).round.number == 1
        office.grant("S1-14")
        assert office.run(1).round.number == 2

    def test_ends_with_each_free_slot_when_rolling(self) -> None:
        office = _at_work("rolling")
        _start(office, "S1-12", "S1-14")

        office.grant("S1-12")
        assert office.run(1).round.number == 2
        office.grant("S1-14")
        assert office.run(1).round.number == 3

    def test_is_not_ended_by_an_item_without_a_slot(self) -> None:
        office = _at_work("rolling")
        office.give(c.FileItem(item="S1-12"))

        office.grant("S1-12")

        assert office.run(1).round.number == 1

    def test_remembers_the_event_that_opened_it(self) -> None:
        office = _at_work()
        _start(office, "S1-12", "S1-14")
        office.grant("S1-12")
        office.until("S1-14", "deliver")

        (step, *_) = office.do("S1-14")

        assert office.run(1).round.opened_by == step.number
