"""The hard graph: circles, order, drawing, legal pairs, planned pairs."""

from itertools import combinations

import pytest

from tests.support.catalogues import changed, entry, shipped
from workflows.catalogue.values import Catalogue, Coupling
from workflows.graph import (
    CycleError,
    ancestors,
    cycles,
    drawn,
    edges,
    planned_pairs,
    reduced,
    related,
)

STAGE_3 = [item.code for item in shipped().items_of(3) if item.ordered]


def _with_circle() -> Catalogue:
    need = {"document": "D09", "kind": "hard", "source": "A"}
    return changed(lambda tree: entry(tree, "items", "S1-03")["needs"].append(need))


class TestEdges:
    def test_run_from_producer_to_needer(self) -> None:
        assert edges(shipped(), {"S1-04", "S1-05", "S1-08", "S1-10"}) == (
            ("S1-04", "S1-08"),
            ("S1-05", "S1-08"),
            ("S1-10", "S1-08"),
        )

    def test_leave_out_soft_needs(self) -> None:
        assert edges(shipped(), {"S1-01", "S1-02"}) == ()


class TestCycles:
    def test_are_none_in_the_shipped_catalogue(self) -> None:
        assert cycles(shipped()) == ()

    def test_are_named_from_the_smallest_code(self) -> None:
        assert cycles(_with_circle()) == (("S1-03", "S1-09"),)

    def test_stop_the_reduction(self) -> None:
        with pytest.raises(CycleError) as refusal:
            reduced(_with_circle(), {"S1-03", "S1-09"})

        assert refusal.value.cycle == ("S1-03", "S1-09")


class TestAncestors:
    def test_are_all_that_come_before(self) -> None:
        before = ancestors(shipped(), {"S3-01", "S3-02", "S3-10", "S3-12", "S3-15"})

        assert before["S3-12"] == {"S3-01", "S3-02", "S3-10"}
        assert before["S3-15"] == frozenset()


class TestRelated:
    def test_goes_both_ways(self) -> None:
        kin = related(shipped(), {"S3-01", "S3-02", "S3-10", "S3-15"})

        assert kin["S3-02"] == {"S3-01", "S3-10"}
        assert kin["S3-15"] == frozenset()

    def test_does_not_pass_through_what_does_not_apply(self) -> None:
        assert related(shipped(), {"S3-01", "S3-10"})["S3-10"] == frozenset()


class TestDrawn:
    def test_leaves_out_what_follows_from_other_edges(self) -> None:
        assert ("S1-02", "S1-07") in edges(shipped(), shipped().items)
        assert ("S1-02", "S1-07") not in drawn(shipped(), ["S1-02", "S1-03", "S1-07"])

    def test_does_not_let_a_passed_over_item_hand_on_its_wait(self) -> None:
        # In flow 4 the drawings are not reviewed (S3-02), so quality supervision (S3-10) must
        # not wait for the survey review (S3-01): 10 days instead of 5, against a limit of 7.
        assert ("S3-01", "S3-02") in reduced(shipped(), STAGE_3)
        assert ("S3-01", "S3-02") not in drawn(shipped(), STAGE_3)
        assert ("S3-02", "S3-10") in drawn(shipped(), STAGE_3)

    def test_leaves_out_items_that_never_meet(self) -> None:
        assert ("S1-02", "S1-04") in edges(shipped(), shipped().items)
        assert ("S1-02", "S1-04") not in drawn(shipped(), ["S1-02", "S1-04"])

    def test_refuses_a_circle(self) -> None:
        with pytest.raises(CycleError):
            drawn(_with_circle(), {"S1-03", "S1-09"})


class TestPlannedPairs:
    def test_is_empty_without_a_saving(self) -> None:
        assert planned_pairs({}, []) == ()
        assert planned_pairs({"a": 5}, []) == ()
        assert planned_pairs({"a": 5, "b": 0}, []) == ()

    def test_breaks_ties_by_the_first_pairs(self) -> None:
        days = dict.fromkeys("fedcba", 5)

        assert planned_pairs(days, []) == (("a", "b"), ("c", "d"), ("e", "f"))

    def test_does_not_make_illegal_pairs(self) -> None:
        barred = [frozenset(pair) for pair in combinations("abc", 2)]

        assert planned_pairs({"a": 5, "b": 5, "c": 5}, barred) == ()

    @pytest.mark.parametrize(
        ("flow", "expected"),
        [
            (1, [(57, 32), (70, 40), (38, 24), (25, 15)]),
            (2, [(57, 32), (46, 26), (27, 18), (8, 5)]),
            (3, [(52, 32), (65, 35), (38, 24), (25, 15)]),
            (4, [(52, 32), (62, 35), (29, 20), (20, 12)]),
            (5, [(0, 0), (5, 5), (27, 18), (3, 3)]),
            (6, [(52, 32), (56, 31), (35, 21), (20, 12)]),
        ],
    )
    def test_gives_the_figures_of_the_domain_table(
        self, flow: int, expected: list[tuple[int, int]]
    ) -> None:
        """One by one and best pairs; rules for planning (S1-06) are pulled in and need no slot."""
        found = []
        for stage in (1, 2, 3, 4):
            days = _pairable_days(flow, stage)
            pairs = planned_pairs(days, _illegal(flow, days))
            total = sum(days.values())
            found.append((total, total - sum(min(days[a], days[b]) for a, b in pairs)))

        assert found == expected


def _pairable_days(flow: int, stage: int) -> dict[str, int]:
    return {
        item.code: item.committed_limit.days
        for item in shipped().items_of(stage)
        if flow in item.flows
        and item.coupling is Coupling.PAIRABLE
        and item.committed_limit is not None
        and not (item.code == "S1-06" and flow in shipped().item("S2-01").flows)
    }


def _illegal(flow: int, days: dict[str, int]) -> list[frozenset[str]]:
    codes = [item.code for item in shipped().items.values() if flow in item.flows]
    kin = related(shipped(), codes)
    return [frozenset((a, b)) for a in days for b in kin[a] if b in days]
