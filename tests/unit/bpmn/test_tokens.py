from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bpmn import tokens
from bpmn.conditions import parse
from bpmn.diagram import Diagram, Element, Kind, Performer, Result, Step
from bpmn.errors import (
    NeedsMissingError,
    NotHereError,
    NoWayError,
    SecondTokenError,
    SlotsTakenError,
    UnknownNodeError,
    UnknownOutcomeError,
)
from bpmn.library import shipped
from bpmn.net import link
from tests.support.game import Game
from tests.support.small_stage import diagrams

if TYPE_CHECKING:
    from bpmn.net import Block

GRANTED, REFUSED = Result.GRANTED, Result.REFUSED


def _process(*elements: Element) -> Diagram:
    return Diagram(id="p", name="", elements=tuple(sorted(elements, key=lambda each: each.id)))


def _node(name: str, kind: Kind, *targets: str) -> Element:
    step = Step(status=8, performer=Performer.WINDOW, outcomes=("yes", "no"))
    return Element(
        id=name, kind=kind, name="", targets=targets, step=step if kind is Kind.TASK else None
    )


def _merge(name: str, target: str) -> Element:
    return Element(id=name, kind=Kind.EXCLUSIVE, name="", targets=(target,), default=target)


class TestComplete:
    def test_moves_the_token_to_the_next_task(self) -> None:
        net = link(
            _process(
                _node("s", Kind.START, "a"),
                _node("a", Kind.TASK, "b"),
                _node("b", Kind.TASK, "e"),
                _node("e", Kind.END),
            )
        )
        game = Game.begun(net)

        assert net.paths(game.marking) == ("p/a",)
        assert net.paths(game.complete("p/a", "yes").marking) == ("p/b",)
        assert net.paths(game.complete("p/b", "yes").marking) == ("p:ended",)

    def test_refuses_a_task_that_is_not_open(self) -> None:
        game = Game.filed()

        with pytest.raises(NotHereError, match="stage/intake"):
            game.complete("stage/intake", "filed")

    def test_refuses_an_outcome_that_the_step_does_not_know(self) -> None:
        game = Game.filed().open("S-1")

        with pytest.raises(UnknownOutcomeError) as caught:
            game.do("S-1", "accept", "perhaps")

        assert caught.value.params["outcomes"] == ("accepted", "refused")

    def test_refuses_a_node_that_is_unknown(self) -> None:
        with pytest.raises(UnknownNodeError):
            Game.filed().complete("stage/nowhere", "filed")

    def test_refuses_a_boundary_event(self) -> None:
        game = Game.filed().open("S-1")

        with pytest.raises(NotHereError):
            game.do("S-1", "deemed", "accepted")


class TestParallelGateway:
    def test_waits_for_every_branch_once(self) -> None:
        game = Game.filed().open("S-1").do("S-1", "accept", "accepted")

        game.do("S-1", "inspect", "inspected")
        assert game.bits("S-1") == {"both<inspect", "review", "reminder"}
        game.do("S-1", "review", "reviewed")
        assert game.bits("S-1") == {"decide"}

    def test_takes_the_branches_in_any_order(self) -> None:
        game = Game.filed().open("S-1").do("S-1", "accept", "accepted")

        game.do("S-1", "review", "reviewed").do("S-1", "inspect", "inspected")

        assert game.bits("S-1") == {"decide"}

    def test_refuses_a_second_token_from_one_branch(self) -> None:
        net = link(
            _process(
                _node("s", Kind.START, "fork"),
                _node("fork", Kind.PARALLEL, "a", "b", "c"),
                _node("a", Kind.TASK, "merge"),
                _node("b", Kind.TASK, "merge"),
                _merge("merge", "join"),
                _node("c", Kind.TASK, "join"),
                _node("join", Kind.PARALLEL, "e"),
                _node("e", Kind.END),
            )
        )
        game = Game.begun(net).complete("p/a", "yes")

        with pytest.raises(SecondTokenError, match="p/join"):
            game.complete("p/b", "yes")


class TestSecondToken:
    def test_is_refused_on_a_task(self) -> None:
        net = link(
            _process(
                _node("s", Kind.START, "fork"),
                _node("fork", Kind.PARALLEL, "a", "b"),
                _node("a", Kind.TASK, "t"),
                _node("b", Kind.TASK, "t"),
                _node("t", Kind.TASK, "e"),
                _node("e", Kind.END),
            )
        )
        game = Game.begun(net).complete("p/a", "yes")

        with pytest.raises(SecondTokenError, match="p/t"):
            game.complete("p/b", "yes")

    def test_is_refused_at_an_item_asked_for_twice(self) -> None:
        with pytest.raises(SecondTokenError):
            Game.filed().open("S-1", "S-1")

    def test_is_refused_at_a_door_and_at_a_block(self) -> None:
        game = Game.filed()
        again = game.marking | game.net.bits["stage/intake"]

        with pytest.raises(SecondTokenError):
            tokens.complete(game.net, again, "stage/intake", game.case, "filed")


class TestExclusiveGateway:
    def test_goes_the_way_whose_condition_is_true(self) -> None:
        game = Game.filed().open("S-1").do("S-1", "accept", "refused")

        assert game.ended == (("S-1", REFUSED),)

    def test_goes_the_default_way_otherwise(self) -> None:
        game = Game.filed().open("S-1").do("S-1", "accept", "accepted")

        assert game.bits("S-1") == {"inspect", "review", "reminder"}

    def test_refuses_to_stand_where_no_way_leads_on(self) -> None:
        gate = Element(
            id="g",
            kind=Kind.EXCLUSIVE,
            name="",
            targets=("e",),
            conditions=(("e", parse("outcome == 'yes'")),),
        )
        net = link(
            _process(
                _node("s", Kind.START, "a"), _node("a", Kind.TASK, "g"), gate, _node("e", Kind.END)
            )
        )

        with pytest.raises(NoWayError, match="p/g"):
            Game.begun(net).complete("p/a", "no")

    @pytest.mark.parametrize(("code", "way"), [("S1-02", {"inspect"}), ("S1-01", {"review"})])
    def test_reads_what_is_bound_for_the_item(self, code: str, way: set[str]) -> None:
        net = link(shipped()["stage_1"], shipped())
        game = Game.begun(net, flow=1, land_supply="allocated").complete(
            "stage_1/intake_1", "filed"
        )

        game.open(code).do(code, "receive", "received").do(code, "accept", "accepted")

        assert game.bits(code) == way


class TestItem:
    def test_waits_at_its_door_until_it_is_opened(self) -> None:
        game = Game.filed()

        assert game.bits("S-1") == {"wanted"}
        assert game.open("S-1").bits("S-1") == {"accept", "deemed"}

    def test_lets_its_token_on_when_it_is_granted(self) -> None:
        game = Game.filed().grant("S-1")

        assert game.ended == (("S-1", GRANTED),)
        assert game.bits("S-1") == {"granted"}
        assert game.bits("S-2") == {"wanted"}

    def test_returns_to_its_door_when_the_attempt_is_refused(self) -> None:
        game = Game.filed().open("S-1").decide("S-1", "refused")

        assert game.ended == (("S-1", REFUSED),)
        assert game.bits("S-1") == {"wanted"}
        assert game.bits("S-2") == set()

    def test_can_be_granted_after_a_refusal(self) -> None:
        game = Game.filed().open("S-1").decide("S-1", "refused").grant("S-1")

        assert game.bits("S-1") == {"granted"}

    def test_is_passed_over_when_it_does_not_apply(self) -> None:
        game = Game.filed(flow=3)

        assert game.bits("S-1") == {"left_out"}
        assert game.bits("S-2") == {"wanted"}

    def test_is_passed_over_when_it_was_declined(self) -> None:
        game = Game.filed(declined={"S-1"})

        assert game.bits("S-1") == {"left_out"}
        assert game.bits("S-2") == {"wanted"}

    def test_is_wanted_when_nobody_knows_whether_it_applies(self) -> None:
        found = diagrams()
        game = Game(link(found["stage"], found), tokens.Case({"dug": True}))
        game.take(tokens.start(game.net, game.case)).complete("stage/intake", "filed")

        assert game.bits("S-1") == {"wanted"}

    def test_is_held_by_its_hard_documents(self) -> None:
        game = Game.filed()

        with pytest.raises(NeedsMissingError) as caught:
            game.open("S-3", have={"D1"})

        assert caught.value.params == {"item": "S-3", "documents": ("D2",)}
        assert game.open("S-3", have={"D2"}).bits("S-3") == {"accept", "deemed"}

    def test_cannot_be_opened_before_its_token_comes(self) -> None:
        with pytest.raises(NotHereError, match="stage/S_2"):
            Game.filed().open("S-2")

    def test_cannot_be_opened_twice(self) -> None:
        with pytest.raises(NotHereError):
            Game.filed().open("S-1").open("S-1")

    def test_waits_for_every_token_inside_before_it_ends(self) -> None:
        game = Game.filed().open("S-1").do("S-1", "accept", "accepted")
        game.fire("stage/S_1/reminder")

        game.do("S-1", "inspect", "inspected").do("S-1", "review", "reviewed")
        game.do("S-1", "decide", "granted")
        assert game.bits("S-1") == {"remind"}
        game.do("S-1", "remind", "reminded")
        assert game.ended == (("S-1", GRANTED),)


class TestBlock:
    def test_wants_all_its_items_at_once(self) -> None:
        game = Game.filed()

        assert [game.bits(code) for code in ("S-4", "S-5", "S-6", "S-7")] == [
            {"wanted"},
            {"wanted"},
            {"left_out"},
            {"wanted"},
        ]

    def test_closes_when_nothing_is_wanted_or_running(self) -> None:
        game = Game.filed().grant("S-4", "S-5", "S-7")
        assert game.has("stage/pairs")

        game.grant("S-8")

        assert not game.has("stage/pairs")
        assert game.has("stage/join<pairs")

    def test_stays_open_for_a_refused_item(self) -> None:
        game = Game.filed().grant("S-9").open("S-10").decide("S-10", "refused")

        assert game.has("stage/others")

    def test_is_passed_when_every_item_is_left_out(self) -> None:
        game = Game.filed(declined={"S-9", "S-10"})

        assert not game.has("stage/others")
        assert game.has("stage/join<others")

    def test_ends_the_stage_with_the_last_branch(self) -> None:
        game = Game.filed().grant("S-1", "S-2", "S-3", "S-4", "S-5", "S-7", "S-8", "S-9")
        assert not game.has("stage:ended")

        game.grant("S-10")

        assert game.has("stage:ended")
        assert not game.marking & game.net.live


class TestSlots:
    def test_are_held_from_start_to_end(self) -> None:
        game = Game.filed().open("S-4", "S-5", slots=True)

        assert tokens.holders(game.net, game.marking, _pairs(game)) == ("S-4", "S-5")
        game.decide("S-4", "refused")
        assert tokens.holders(game.net, game.marking, _pairs(game)) == ("S-5",)

    def test_are_not_needed_to_run_alone(self) -> None:
        game = Game.filed().open("S-4", "S-5", slots=True).open("S-7")

        assert game.bits("S-7") == {"accept", "deemed"}

    def test_refuse_a_newcomer_while_a_round_runs(self) -> None:
        game = Game.filed("rounds").open("S-4", slots=True)

        with pytest.raises(SlotsTakenError) as caught:
            game.open("S-5", slots=True)

        assert caught.value.params == {"reason": "round_running", "holders": ("S-4",)}

    def test_let_a_newcomer_join_when_rolling(self) -> None:
        game = Game.filed("rolling").open("S-4", "S-5", slots=True).decide("S-4", "granted")

        game.open("S-7", slots=True)

        assert tokens.holders(game.net, game.marking, _pairs(game)) == ("S-5", "S-7")

    @pytest.mark.parametrize("mode", ["rounds", "rolling"])
    def test_are_never_more_than_the_block_has(self, mode: str) -> None:
        with pytest.raises(SlotsTakenError, match="no_slot_free"):
            Game.filed(mode).open("S-4", "S-5", "S-7", slots=True)

    def test_refuse_a_third_when_rolling(self) -> None:
        game = Game.filed("rolling").open("S-4", "S-5", slots=True)

        with pytest.raises(SlotsTakenError, match="no_slot_free"):
            game.open("S-7", slots=True)

    def test_take_as_many_as_the_definition_says(self) -> None:
        game = Game.filed(slots=3).open("S-4", "S-5", "S-7", slots=True)

        assert len(tokens.holders(game.net, game.marking, _pairs(game))) == 3

    @pytest.mark.parametrize("code", ["S-1", "S-10"])
    def test_are_only_in_the_block_that_has_them(self, code: str) -> None:
        with pytest.raises(SlotsTakenError, match="no_slots_here"):
            Game.filed().open(code, slots=True)

    def test_are_given_back_by_parking_while_the_attempt_goes_on(self) -> None:
        game = Game.filed().open("S-4", "S-5", slots=True)

        game.take(tokens.park(game.net, game.marking, "S-4"))

        assert game.bits("S-4") == {"accept", "deemed"}
        assert tokens.holders(game.net, game.marking, _pairs(game)) == ("S-5",)


class TestCancel:
    def test_ends_the_attempt_wherever_it_stands(self) -> None:
        game = Game.filed().open("S-4", slots=True).do("S-4", "accept", "accepted")
        before = game.bits("S-5")

        game.take(tokens.cancel(game.net, game.marking, "S-4"))

        assert game.ended == (("S-4", Result.WITHDRAWN),)
        assert game.bits("S-4") == {"wanted"}
        assert game.bits("S-5") == before

    def test_refuses_an_item_that_is_not_running(self) -> None:
        game = Game.filed()

        with pytest.raises(NotHereError):
            tokens.cancel(game.net, game.marking, "S-4")


class TestDecline:
    def test_leaves_an_item_of_a_block_out(self) -> None:
        game = Game.filed().grant("S-10")

        game.take(tokens.decline(game.net, game.marking, "S-9", game.case))

        assert game.bits("S-9") == {"left_out"}
        assert not game.has("stage/others")

    def test_lets_the_token_of_an_ordered_item_on(self) -> None:
        game = Game.filed()

        game.take(tokens.decline(game.net, game.marking, "S-1", game.case))

        assert game.bits("S-2") == {"wanted"}

    def test_refuses_an_item_that_runs(self) -> None:
        game = Game.filed().open("S-4")

        with pytest.raises(NotHereError):
            tokens.decline(game.net, game.marking, "S-4", game.case)


class TestReconsider:
    def test_wants_a_left_out_item_again_in_its_open_block(self) -> None:
        game = _now(Game.filed(), dug=False)

        assert game.bits("S-6") == {"wanted"}
        assert game.has("stage/pairs")

    def test_closes_the_block_only_behind_the_new_item(self) -> None:
        game = _now(Game.filed(), dug=False).grant("S-4", "S-5", "S-8")
        assert game.has("stage/pairs")

        game.grant("S-6")

        assert not game.has("stage/pairs")

    def test_wants_it_beside_once_its_block_has_closed(self) -> None:
        game = Game.filed().grant("S-4", "S-5", "S-7", "S-8")

        _now(game, dug=False)
        assert game.bits("S-6") == {"wanted", "beside"}
        game.grant("S-6")
        assert game.bits("S-6") == {"granted"}

    def test_moves_no_token_twice_for_an_ordered_item_beside(self) -> None:
        game = _now(Game.filed(flow=3).grant("S-2"), flow=1)

        assert game.bits("S-1") == {"wanted", "beside"}
        game.grant("S-1")
        assert game.bits("S-2") == {"granted"}

    def test_opens_an_ended_stage_again_until_the_item_is_granted(self) -> None:
        codes = ("S-1", "S-2", "S-3", "S-4", "S-5", "S-7", "S-8", "S-9", "S-10")
        game = Game.filed().grant(*codes)

        _now(game, dug=False)
        assert not game.has("stage:ended")
        game.grant("S-6")
        assert game.has("stage:ended")

    def test_leaves_a_wanted_item_out_that_no_longer_applies(self) -> None:
        game = _now(Game.filed(), flow=3)

        assert game.bits("S-1") == {"left_out"}
        assert game.bits("S-2") == {"wanted"}

    def test_lets_what_runs_or_is_granted_be(self) -> None:
        game = Game.filed().grant("S-1").open("S-7")
        before = game.bits("S-1"), game.bits("S-7")

        _now(game, flow=3, dug=False)

        assert (game.bits("S-1"), game.bits("S-7")) == before


class TestMove:
    def test_puts_the_attempt_on_one_task_alone(self) -> None:
        game = Game.filed().open("S-1").do("S-1", "accept", "accepted")

        game.take(tokens.move(game.net, game.marking, "S-1", "stage/S_1/accept"))

        assert game.bits("S-1") == {"accept", "deemed"}

    @pytest.mark.parametrize("path", ["stage/S_2/accept", "stage/S_1/split", "stage/S_1/deemed"])
    def test_refuses_what_is_no_task_of_the_item(self, path: str) -> None:
        game = Game.filed().open("S-1")

        with pytest.raises(NotHereError):
            tokens.move(game.net, game.marking, "S-1", path)

    def test_refuses_an_item_that_is_not_running(self) -> None:
        game = Game.filed()

        with pytest.raises(NotHereError):
            tokens.move(game.net, game.marking, "S-1", "stage/S_1/accept")


class TestFire:
    def test_interrupts_the_task_it_is_attached_to(self) -> None:
        game = Game.filed().open("S-1").fire("stage/S_1/deemed")

        assert game.bits("S-1") == {"inspect", "review", "reminder"}

    def test_leaves_the_task_open_when_it_does_not_interrupt(self) -> None:
        game = Game.filed().open("S-1").do("S-1", "accept", "accepted")

        game.fire("stage/S_1/reminder")

        assert game.bits("S-1") == {"inspect", "review", "remind"}

    def test_happens_once(self) -> None:
        game = Game.filed().open("S-1").fire("stage/S_1/deemed")

        with pytest.raises(NotHereError, match="deemed"):
            game.fire("stage/S_1/deemed")

    def test_is_over_when_the_task_is_done(self) -> None:
        game = Game.filed().open("S-1").do("S-1", "accept", "accepted")

        with pytest.raises(NotHereError, match="deemed"):
            game.fire("stage/S_1/deemed")

    def test_refuses_a_task(self) -> None:
        with pytest.raises(NotHereError):
            Game.filed().open("S-1").fire("stage/S_1/accept")

    def test_opens_the_next_stage_beside_the_running_one(self) -> None:
        net = link(shipped()["lifecycle"])
        game = Game.begun(net)

        game.fire("lifecycle/milestone_1")

        assert set(net.paths(game.marking & net.tasks)) == {
            "lifecycle/stage_1",
            "lifecycle/stage_2",
            "lifecycle/stage_5",
        }

    def test_lets_the_lifecycle_end_when_all_stages_have(self) -> None:
        net = link(shipped()["lifecycle"])
        game = Game.begun(net)
        for stage in (1, 2, 3):
            game.fire(f"lifecycle/milestone_{stage}")

        for stage in (1, 2, 3, 4, 5):
            assert not game.has("lifecycle:ended")
            game.complete(f"lifecycle/stage_{stage}")

        assert game.has("lifecycle:ended")


class TestMilestone:
    def test_waits_for_all_its_items(self) -> None:
        game = Game.filed().grant("S-1", "S-2")
        assert not game.has("stage:milestone")

        assert game.grant("S-8").has("stage:milestone")

    def test_counts_left_out_items_as_settled(self) -> None:
        game = Game.filed(flow=3).grant("S-2")
        assert not game.has("stage:milestone")

        game.take(tokens.decline(game.net, game.marking, "S-8", game.case))

        assert game.has("stage:milestone")

    def test_is_not_reached_by_leaving_out_before_the_filing(self) -> None:
        found = diagrams()
        net = link(found["stage"], found)

        assert not Game.begun(net, {"S-1", "S-2", "S-8"}).has("stage:milestone")

    def test_takes_any_one_item_when_the_stage_says_so(self) -> None:
        assert _any().grant("S-8").has("stage:milestone")

    def test_takes_all_left_out_where_any_would_do(self) -> None:
        game = _any(declined=("S-1", "S-2"))
        assert not game.has("stage:milestone")

        game.take(tokens.decline(game.net, game.marking, "S-8", game.case))

        assert game.has("stage:milestone")


def _pairs(game: Game) -> Block:
    return next(block for block in game.net.blocks.values() if block.pairing.slots)


def _now(game: Game, **values: bool | int) -> Game:
    """Change the facts and judge again."""
    game.case = tokens.Case({**game.case.values, **values}, game.case.declined)
    return game.take(tokens.reconsider(game.net, game.marking, game.case))


def _any(declined: tuple[str, ...] = ()) -> Game:
    found = diagrams()
    stage = found["stage"]
    bent = Diagram(id=stage.id, name="", elements=stage.elements, join="any")
    return Game.begun(link(bent, found), declined).complete("stage/intake", "filed")
