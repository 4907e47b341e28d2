from __future__ import annotations

import pytest

from analysis.pairing import pairs_report
from tests.support.item_facts import Told, case, columns
from workflows.events import How, Policy


def member(item: str, days: float, pair: str, partner: str, policy: Policy) -> Told:
    more = {"how": How.PAIR.value, "pair": pair, "partner": partner, "policy": policy.value}
    return Told(item=item, filed=1, end=1 + days, more=more)


def single(item: str, days: float) -> Told:
    return Told(item=item, filed=1, end=1 + days, more={"how": How.SINGLE.value, "single": True})


class TestAPair:
    def test_saves_its_shorter_member(self) -> None:
        runs = [
            member("A", 5, "p1", "B", Policy.CHOSEN),
            member("B", 8, "p1", "A", Policy.CHOSEN),
            member("C", 10, "p2", "D", Policy.DRAWN),
            member("D", 2, "p2", "C", Policy.DRAWN),
            single("E", 4),
        ]

        (found,) = pairs_report(columns([case(runs)], 50), {})

        assert (found.items, found.paired, found.single, found.used) == (5, 4, 1, 2)
        assert found.one_by_one == pytest.approx(29)
        assert found.saved == pytest.approx(7)
        assert found.policies == {Policy.CHOSEN: (1, 5.0), Policy.DRAWN: (1, 2.0)}

    def test_is_held_against_the_best_plan(self) -> None:
        """10 with 8 and 5 with 4 save 12; C and D are on one path, so 10 with 8 is barred."""
        runs = [single("A", 5), single("B", 4), single("C", 10), single("D", 8)]
        own = columns([case(runs)], 50)

        (free,) = pairs_report(own, {})
        (barred,) = pairs_report(own, {"C": frozenset("D"), "D": frozenset("C")})

        assert (free.possible, free.best, free.saved, free.reached) == (2, 12.0, 0.0, 0.0)
        assert (barred.possible, barred.best) == (2, 9.0)

    def test_counts_once_both_have_ended(self) -> None:
        runs = [
            member("A", 5, "p1", "B", Policy.CHOSEN),
            Told(item="B", filed=1, end=None, more={"how": How.PAIR.value, "pair": "p1"}),
        ]

        (found,) = pairs_report(columns([case(runs)], 50), {})

        assert (found.items, found.used, found.saved) == (1, 0, 0.0)
