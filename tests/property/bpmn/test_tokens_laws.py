from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from bpmn import tokens
from bpmn.diagram import Result
from bpmn.errors import NeedsMissingError, SlotsTakenError
from tests.support.game import DOCUMENTS, Game
from tests.support.memory_office import TURNED_AWAY

if TYPE_CHECKING:
    from bpmn.net import Item

MOST_MOVES = 2_000
PATIENCE = 3
PAIRABLE = ("S-4", "S-5", "S-7", "S-8")
# A game is drawn by its seed, not move by move: a long game would take minutes to shrink.
SEEDS = st.integers(0, 2**32)


class _Player:
    """Plays random legal moves on the small stage and remembers what it saw."""

    def __init__(self, seed: int, game: Game) -> None:
        self.rng = Random(seed)
        self.game = game
        self.granted: list[str] = []
        self.tries: dict[str, int] = {}

    def play(self, most: int = MOST_MOVES, within: str = "") -> bool:
        """Move until nothing is left; tell whether that was so within *most* moves."""
        for _ in range(most):
            paths = [path for path in self.moves() if within in path]
            if not paths:
                return True
            self.move(self.rng.choice(paths))
            self.check()
        return False

    def moves(self) -> list[str]:
        net, marking = self.game.net, self.game.marking
        doors = [item.path for item in net.items.values() if marking & item.wanted]
        return [*net.paths(marking & (net.tasks | net.timers)), *doors]

    def move(self, path: str) -> None:
        game = self.game
        game.clear()
        node = game.net.node(path)
        if node.number in game.net.codes:
            self.door(game.net.codes[node.number])
        elif node.bit & game.net.timers:
            game.fire(path)
        else:
            self.step(path)
        self.granted += [code for code, result in game.ended if result is Result.GRANTED]

    def door(self, code: str) -> None:
        have = set(self.rng.sample(sorted(DOCUMENTS), self.rng.randint(0, 3)))
        slots = code in PAIRABLE and self.rng.random() < 0.5
        before = self.game.marking
        needs = self.game.net.item(code).mark.needs
        try:
            self.game.open(code, slots=slots, have=have)
        except NeedsMissingError:
            assert not have.issuperset(needs)
        except SlotsTakenError:
            assert slots
            assert self.game.marking == before
        else:
            assert have.issuperset(needs)
            self.tries[code] = self.tries.get(code, 0) + 1

    def step(self, path: str) -> None:
        game = self.game
        code = game.net.item_of(path)
        step = game.net.node(path).step
        assert step is not None
        patient = code is None or self.tries[code] < PATIENCE
        if code is not None and patient and self.rng.random() < 0.1:
            game.take(tokens.cancel(game.net, game.marking, code))
            return
        outcomes = [each for each in step.outcomes if patient or each not in TURNED_AWAY]
        game.complete(path, self.rng.choice(outcomes))

    def check(self) -> None:
        net, marking = self.game.net, self.game.marking
        for block in net.blocks.values():
            if block.pairing.slots:
                assert (marking & block.slots).bit_count() <= block.pairing.slots
            if marking & block.open:
                assert marking & net.nodes[block.number].bit, block.path
        for item in net.items.values():
            assert _places(item, marking) <= 1, item.path
            if marking & item.slot:
                assert marking & item.inside, item.path
        assert bool(marking & net.ended) == (not marking & net.live)
        assert net.marking(net.paths(marking)) == marking


def _places(item: Item, marking: int) -> int:
    places = (item.wanted, item.inside, item.granted, item.left_out)
    return sum(bool(marking & place) for place in places)


@given(
    SEEDS,
    st.sampled_from(["rounds", "rolling"]),
    st.integers(1, 3),
    st.sets(st.sampled_from(["S-4", "S-7", "S-9"])),
    st.booleans(),
)
def test_every_game_ends_with_each_item_granted_once_or_left_out(
    seed: int, mode: str, slots: int, declined: set[str], dug: bool
) -> None:
    player = _Player(seed, Game.filed(mode, slots, declined, dug=dug))

    assert player.play()

    game = player.game
    assert game.has("stage:ended")
    assert game.has("stage:milestone")
    assert len(player.granted) == len(set(player.granted))
    for code in game.net.items:
        settled = {"granted"} if code in player.granted else {"left_out"}
        assert game.bits(code) == settled, code
    assert declined.isdisjoint(player.granted)


@given(SEEDS, st.integers(0, 12), st.booleans())
def test_cancelling_takes_exactly_the_attempt_away(seed: int, steps: int, slots: bool) -> None:
    game = Game.filed("rolling").open("S-4", slots=slots).open("S-5", slots=slots)
    player = _Player(seed, game)
    player.tries = {"S-4": PATIENCE, "S-5": PATIENCE}
    player.play(steps, within="S_4/")
    item = game.net.item("S-4")
    if not tokens.running(item, game.marking):
        return
    others = game.marking & ~(item.inside | item.slot)

    game.take(tokens.cancel(game.net, game.marking, "S-4"))

    assert game.marking == others | item.wanted


@given(SEEDS, st.integers(0, 60), st.booleans())
def test_judging_unchanged_facts_again_changes_nothing(seed: int, steps: int, dug: bool) -> None:
    game = Game.filed(dug=dug)
    _Player(seed, game).play(steps)

    assert tokens.reconsider(game.net, game.marking, game.case).marking == game.marking


@given(SEEDS, st.integers(0, 60))
def test_changing_the_facts_and_back_loses_no_running_or_granted_item(
    seed: int, steps: int
) -> None:
    game = Game.filed(dug=True)
    _Player(seed, game).play(steps)
    kept = [
        bits
        for item in game.net.items.values()
        for bits in (item.inside & game.marking, item.granted & game.marking)
    ]

    for dug in (False, True):
        game.case = tokens.Case({**game.case.values, "dug": dug})
        game.take(tokens.reconsider(game.net, game.marking, game.case))

    assert all(bits & game.marking == bits for bits in kept)
