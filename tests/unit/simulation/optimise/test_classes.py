"""Moves between classes on the shipped catalogue, whose figures DOMAIN tables state."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest

from simulation.optimise.classes import Board, board
from simulation.optimise.moves import MoveRefusedError, check_moves, move_of, why_not_move
from simulation.optimise.planner import Planner, Question, all_items
from simulation.optimise.stage_plan import stage_plan
from simulation.optimise.stage_work import StageWork, stage_work
from simulation.scenario import Mode
from tests.support.catalogues import shipped
from workflows.catalogue.values import Catalogue, Coupling
from workflows.texts import LOCALES, text


def asked(flow: int, stage: int, *made: str, mode: Mode = Mode.ROUNDS) -> Question:
    catalogue = shipped()
    return Question(
        catalogue=catalogue,
        applicable=all_items(catalogue, flow),
        flow=flow,
        stage=stage,
        mode=mode,
        made=tuple(map(move_of, made)),
    )


def shown(flow: int, stage: int, *made: str, mode: Mode = Mode.ROUNDS) -> Board:
    return board(asked(flow, stage, *made, mode=mode))


def work_of(**days: int) -> StageWork:
    return StageWork(days=days, before={}, slotted=frozenset(days), barred=frozenset())


class TestStagePlan:
    @pytest.mark.parametrize(("stage", "days"), [(1, 32), (2, 40), (3, 24)])
    def test_takes_the_best_pairs_of_the_stage(self, stage: int, days: int) -> None:
        found = shown(1, stage)

        assert (found.plan.total, found.plan.proved) == (days, True)

    def test_rolls_two_at_a_time(self) -> None:
        plan = stage_plan(work_of(a=2, b=2, c=2), Mode.ROLLING)

        assert (plan.total, plan.proved) == (4, True)

    def test_tells_the_gap_when_the_effort_runs_out(self) -> None:
        plan = stage_plan(work_of(a=3, b=2), effort=0.0)

        assert plan.bound <= 3 <= plan.total
        assert plan.proved == (plan.gap == 0.0)

    def test_has_nothing_to_plan_without_items(self) -> None:
        assert stage_plan(work_of()).total == 0


class TestStageWork:
    def test_gives_no_slot_to_what_a_mandated_item_pulls_in(self) -> None:
        catalogue = shipped()

        work = stage_work(catalogue, all_items(catalogue, 1), 1)

        assert catalogue.items["S1-06"].coupling is Coupling.PAIRABLE
        assert "S1-06" not in work.slotted

    def test_names_the_documents_behind_each_order(self) -> None:
        catalogue = shipped()

        work = stage_work(catalogue, all_items(catalogue, 1), 1)

        assert work.before["S1-02", "S1-03"] == {"D02"}
        assert work.chain() == 30  # S1-02, S1-03, S1-09


class TestBoard:
    def test_frees_three_and_the_limit_is_met(self) -> None:
        fewest = shown(1, 2).fewest

        assert fewest is not None
        assert {each.move.name for each in fewest.moves} == {
            "S2-07:free",
            "S2-08:free",
            "S2-10:free",
        }
        assert (fewest.days <= 20, fewest.least, fewest.proved) == (True, 3, True)

    def test_needs_every_move_of_the_fewest(self) -> None:
        found = shown(1, 2)

        assert found.fewest is not None
        assert found.limit is not None
        assert all(each.without > found.limit for each in found.fewest.moves)

    def test_knows_no_smaller_set_by_the_rules_themselves(self) -> None:
        """Every two of the allowed moves, planned from the changed catalogue."""
        question = asked(4, 1)
        planner = Planner(question)
        allowed = [each.move for each in board(question).effects if each.why_not is None]

        fewest = board(question).fewest

        assert fewest is not None
        assert (len(fewest.moves), fewest.proved) == (3, True)
        for two in combinations(allowed, 2):
            assert planner.plan(two).total > 15

    def test_softens_a_need_where_no_class_helps(self) -> None:
        fewest = shown(1, 4).fewest

        assert fewest is not None
        assert [each.move.name for each in fewest.moves] == ["S4-14:D76"]

    def test_says_that_no_moves_meet_a_limit_shorter_than_an_item(self) -> None:
        fewest = shown(6, 1).fewest

        assert fewest is not None
        assert (fewest.met, fewest.days, fewest.least, fewest.proved) == (False, 20, 20, True)

    def test_asks_for_nothing_where_the_limit_is_met(self) -> None:
        fewest = shown(1, 3).fewest

        assert fewest is not None
        assert (fewest.moves, fewest.met, fewest.proved) == ((), True, True)

    def test_tells_the_same_days_of_a_move_before_and_after_it_is_made(self) -> None:
        for effect in shown(1, 2).ranked[:2]:
            assert shown(1, 2, effect.move.name).plan.total == effect.days

    def test_ranks_by_days_saved(self) -> None:
        saved = [each.saved or 0 for each in shown(1, 2).ranked]

        assert saved == sorted(saved, reverse=True)
        assert saved[0] == 10

    def test_is_longer_after_a_free_item_becomes_pairable(self) -> None:
        found = shown(1, 2, "S2-11:pairable")

        assert found.plan.total > found.today.total

    def test_takes_the_last_class_that_an_item_was_given(self) -> None:
        found = shown(1, 2, "S2-10:free", "S2-10:pairable")

        assert found.plan.total == found.today.total

    def test_is_shorter_when_pairs_roll(self) -> None:
        assert shown(1, 2, mode=Mode.ROLLING).plan.total == 35

    def test_clears_more_by_mandating_what_needs_others(self) -> None:
        """S3-15 is made to need what S3-14 makes; both are pairable."""
        catalogue = shipped()
        needy = replace(
            catalogue.items["S3-15"],
            needs=(replace(catalogue.items["S3-13"].needs[0], document="D52", hard=True),),
        )
        changed = with_item(catalogue, needy)

        work = stage_work(changed, all_items(changed, 1), 3)
        question = replace(asked(1, 3, "S3-15:mandated"), catalogue=changed)

        assert {"S3-14", "S3-15"} <= work.slotted
        assert work.slotted - board(question).work.slotted == {"S3-14", "S3-15"}


def with_item(catalogue: Catalogue, item: object) -> Catalogue:
    """Return the catalogue with another item under its code, under a hash of its own."""
    code = getattr(item, "code")  # noqa: B009 - Item is typed where it is made
    return replace(catalogue, hash="f" * 64, items={**catalogue.items, code: item})  # type: ignore[dict-item]


class TestWhyNotMove:
    @pytest.mark.parametrize(
        ("stage", "move", "rule"),
        [
            (1, "S2-10:free", "not_in_stage"),
            (1, "S9-99:free", "not_in_stage"),
            (2, "S2-10:pairable", "same_class"),
            (5, "S5-01:mandated", "alongside"),
            (2, "S2-02:pairable", "national"),
            (2, "S2-10:serial", "no_predecessor"),
            (2, "S2-10:mandated", "beyond_stage"),
            (2, "S2-10:D01", "no_need"),
            (2, "S2-07:D20", "soft_already"),
            (2, "S2-02:D20", "law"),
            (4, "S4-01:D50", "no_leave"),
        ],
    )
    def test_names_the_rule_in_both_languages(self, stage: int, move: str, rule: str) -> None:
        catalogue = shipped()

        why = why_not_move(catalogue, all_items(catalogue, 1), stage, move_of(move))

        assert why is not None
        assert why.rule == rule
        assert all(text(f"move.rule.{rule}", locale, **why.params) for locale in LOCALES)

    def test_keeps_a_milestone_that_the_nation_does_not_name(self) -> None:
        catalogue = shipped()
        item = replace(catalogue.items["S2-02"], national_coupling="可并联")

        why = why_not_move(
            with_item(catalogue, item), all_items(catalogue, 1), 2, move_of("S2-02:free")
        )

        assert why is not None
        assert why.rule == "milestone"

    def test_knows_a_need_that_nothing_makes(self) -> None:
        catalogue = shipped()
        applicable = tuple(code for code in all_items(catalogue, 1) if code != "S4-13")

        why = why_not_move(catalogue, applicable, 4, move_of("S4-14:D76"))

        assert why is not None
        assert why.rule == "vacuous"

    @pytest.mark.parametrize("move", ["S2-10:free", "S2-10:mandated"])
    def test_lets_a_pairable_item_off_its_slot(self, move: str) -> None:
        catalogue = shipped()
        item = replace(catalogue.items["S2-10"], committed_limit=None)

        assert (
            why_not_move(with_item(catalogue, item), all_items(catalogue, 1), 2, move_of(move))
            is None
        )


class TestCheckMoves:
    def test_judges_each_after_those_before_it(self) -> None:
        catalogue = shipped()
        moves = tuple(map(move_of, ["S2-10:free", "S2-10:free"]))

        with pytest.raises(MoveRefusedError) as caught:
            check_moves(catalogue, all_items(catalogue, 1), 2, moves)

        assert caught.value.code == "move.rule.same_class"

    @pytest.mark.parametrize("said", ["", "S2-10", ":free", "S2-10:"])
    def test_refuses_what_is_no_move(self, said: str) -> None:
        with pytest.raises(MoveRefusedError) as caught:
            move_of(said)

        assert caught.value.code == "move.rule.unreadable"
