from __future__ import annotations

from graphlib import CycleError

import pytest

from bench.pairing import instances
from simulation.optimise.beside import LOTS, side_by_side
from simulation.optimise.pairs import best_pairs
from simulation.optimise.problem import Problem, problem_of
from simulation.optimise.rolling import best_rolling
from tests.support.catalogues import shipped


class TestBestPairs:
    def test_gives_up_the_best_matching_where_its_pairs_wait_for_each_other(self) -> None:
        """By days a goes with b and c with d; but a waits for c, and d for b."""
        problem = Problem(
            days={"a": 9, "b": 9, "c": 5, "d": 5}, before=frozenset({("c", "a"), ("b", "d")})
        )

        plan = best_pairs(problem)

        assert (plan.total, plan.proved, plan.gap) == (18, True, 0.0)
        assert plan.pairs == (("b", "c"), ("a", "d"))

    def test_tells_the_gap_when_the_effort_runs_out(self) -> None:
        problem = Problem(
            days={"a": 9, "b": 9, "c": 5, "d": 5}, before=frozenset({("c", "a"), ("b", "d")})
        )

        plan = best_pairs(problem, effort=0.0)

        assert plan.bound <= 18 <= plan.total
        assert plan.proved == (plan.gap == 0.0)

    @pytest.mark.parametrize(("number", "effort"), [(13, 0.0), (19, 0.05)])
    def test_claims_no_proof_where_the_effort_runs_out_before_one(
        self, number: int, effort: float
    ) -> None:
        plan, known = (best_pairs(instances()[number], each) for each in (effort, 2.0))

        assert known.proved
        assert plan.bound <= known.total <= plan.total
        assert plan.bound < plan.total
        assert (plan.proved, plan.gap > 0) == (False, True)

    def test_refuses_a_circle(self) -> None:
        circle = Problem(days={"a": 1, "b": 2}, before=frozenset({("a", "b"), ("b", "a")}))

        with pytest.raises(CycleError):
            best_pairs(circle)

    def test_has_nothing_to_plan_without_items(self) -> None:
        assert best_pairs(Problem(days={})).rounds == ()


class TestBestRolling:
    def test_starts_the_next_when_one_of_two_ends(self) -> None:
        plan = best_rolling(Problem(days={"a": 6, "b": 3, "c": 3}))

        assert (plan.total, plan.proved) == (6, True)

    def test_keeps_barred_items_apart_without_an_order(self) -> None:
        barred = frozenset({frozenset("ab")})

        assert best_rolling(Problem(days={"a": 4, "b": 4}, barred=barred)).total == 8


class TestSideBySide:
    def test_adds_all_lots_up_where_items_are_few(self) -> None:
        """Three first pairs are as likely: the one left over takes 1, 2 and 6 days."""
        found = side_by_side(Problem(days={"a": 6, "b": 2, "c": 1}))

        assert found.lots == 0
        assert found.by_lot == pytest.approx(((6 + 1) + (6 + 2) + (2 + 6)) / 3)
        assert (found.one_by_one, found.best.total, found.free) == (9, 7, 6)

    def test_says_how_many_lots_it_drew_where_items_are_many(self) -> None:
        found = side_by_side(Problem(days={f"i{n:02d}": n for n in range(1, 17)}))

        assert found.lots == LOTS
        assert found.best.total < found.by_lot < found.one_by_one


class TestProblemOf:
    def test_takes_the_pairable_items_of_the_stage_and_their_relations(self) -> None:
        catalogue = shipped()
        applicable = tuple(code for code, item in catalogue.items.items() if 3 in item.flows)

        problems = [problem_of(catalogue, applicable, stage) for stage in catalogue.stages]

        assert any(each.days for each in problems)
        for stage, each in zip(catalogue.stages, problems, strict=True):
            assert {catalogue.items[code].stage for code in each.days} <= {stage}
            assert {frozenset(edge) for edge in each.before} <= each.barred
