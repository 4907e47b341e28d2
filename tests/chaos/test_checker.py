from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from engine.envelope import digest
from tests.chaos import by_chain, by_history, checker, specimen
from tests.chaos.evidence import Call, Evidence, Outcome
from tests.chaos.tamperings import TAMPERINGS

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    folder: Path = tmp_path_factory.mktemp("specimen")
    return specimen.record(folder)


def _call(**told: object) -> Call:
    plain: dict[str, object] = {
        "invoked": 1.0,
        "returned": 2.0,
        "client": 1,
        "project": "P",
        "op": "read",
        "actor": "a",
        "key": "",
        "outcome": Outcome.OK,
    }
    return Call(**(plain | told))  # type: ignore[arg-type]


class TestTheChecker:
    def test_finds_nothing_wrong_with_a_run_where_nothing_was(self, evidence: Evidence) -> None:
        assert checker.check(evidence) == ()

    def test_looks_at_a_run_in_which_everything_happens(self, evidence: Evidence) -> None:
        (ledger,) = evidence.ledgers.values()

        kinds = {type(event.body).__name__ for event in ledger.events}

        assert kinds >= {
            "ItemDeclined",
            "ItemEnded",
            "ItemFiled",
            "ItemWithdrawn",
            "MilestoneReached",
            "PairDissolved",
            "PairEnded",
            "PairStarted",
            "StageFiled",
            "StepCompleted",
            "TimerFired",
        }

    @pytest.mark.parametrize("name", TAMPERINGS)
    def test_sees_that_evidence_was_tampered_with(self, name: str, evidence: Evidence) -> None:
        rule, tamper = TAMPERINGS[name]

        found = checker.by_rule(checker.check(tamper(evidence)))

        assert rule in found

    def test_is_tried_with_a_tampering_of_every_rule(self) -> None:
        tried = {rule for rule, _ in TAMPERINGS.values()}

        assert tried == {f"I{number}" for number in range(1, 21)}


class TestTheDigest:
    def test_is_worked_out_as_the_office_does_it(self, evidence: Evidence) -> None:
        (ledger,) = evidence.ledgers.values()

        ours = [by_chain.digest(envelope) for envelope in ledger.envelopes]

        assert ours == [digest(envelope) for envelope in ledger.envelopes]

    def test_covers_names_beyond_ascii_and_fractions_of_a_second(self, evidence: Evidence) -> None:
        (ledger,) = evidence.ledgers.values()
        first = ledger.envelopes[0]
        odd = replace(first, actor="王", happened_at=first.happened_at.replace(microsecond=120_000))

        assert by_chain.digest(odd) == digest(odd)


class TestRealTime:
    def test_lets_calls_that_overlap_be_in_any_order(self, evidence: Evidence) -> None:
        first = _call(op="drawPair", key="a", invoked=1.0, returned=3.0, first=5, last=6)
        second = _call(op="drawPair", key="b", invoked=2.0, returned=4.0, first=3, last=4)
        run = replace(evidence, history=(first, second))

        assert not list(by_history.order_is_real_time(run))

    def test_lets_a_read_that_began_before_an_answer_be_old(self, evidence: Evidence) -> None:
        order = _call(op="drawPair", key="a", invoked=1.0, returned=3.0, first=5, last=6)
        read = _call(invoked=2.0, returned=4.0, last=4)
        run = replace(evidence, history=(order, read))

        assert not list(by_history.own_acknowledgement_is_read(run))
