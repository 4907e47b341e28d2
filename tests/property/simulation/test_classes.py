"""Plans of a stage, and the fewest moves, beside trying everything on small random stages."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.optimise.problem import Problem
from simulation.optimise.stage_plan import Choices, fewest_days, fewest_moves, stage_plan
from simulation.optimise.stage_work import StageWork
from simulation.scenario import Mode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CODES = "abcde"
Round = tuple[str, ...]


@st.composite
def works(draw: st.DrawFn, most: int = 5, longest: int = 5) -> StageWork:
    """Draw a stage: each later item may wait for an earlier one, for one document or for two."""
    codes = CODES[: draw(st.integers(1, most))]
    pairs = list(combinations(codes, 2))
    kinds = draw(st.lists(st.sampled_from("---<W|"), min_size=len(pairs), max_size=len(pairs)))
    ruled = list(zip(pairs, kinds, strict=True))
    slotted = frozenset(codes) - draw(st.sets(st.sampled_from(codes), max_size=2))
    documents = {"<": frozenset({"D1"}), "W": frozenset({"D1", "D2"})}
    return StageWork(
        days={code: draw(st.integers(0, longest)) for code in codes},
        before={pair: documents[kind] for pair, kind in ruled if kind in documents},
        slotted=slotted,
        barred=frozenset(
            frozenset(pair) for pair, kind in ruled if kind == "|" and slotted.issuperset(pair)
        ),
    )


def apart(work: StageWork) -> frozenset[frozenset[str]]:
    """Return the pairs that may not share a round: barred, or one waits for the other."""
    order = Problem(days=work.days, before=frozenset(work.before))
    return work.barred | order.apart()


def orders(left: frozenset[str], barred: frozenset[frozenset[str]]) -> Iterator[tuple[Round, ...]]:
    """Yield every way to do the items in rounds, one after the other."""
    if not left:
        yield ()
    ways: list[Round] = [(code,) for code in sorted(left)]
    ways += [p for p in combinations(sorted(left), 2) if frozenset(p) not in barred]
    for way in ways:
        for rest in orders(left - set(way), barred):
            yield (way, *rest)


def took(work: StageWork, rounds: tuple[Round, ...]) -> int | None:
    """Return the days of one way, each item as early as can be; None where it waits in a circle."""
    starts = dict.fromkeys(work.days, 0)
    whole = sum(work.days.values())
    while True:
        before = dict(starts)
        for earlier, later in work.before:
            starts[later] = max(starts[later], starts[earlier] + work.days[earlier])
        free = 0
        for each in rounds:
            begin = max(free, *(starts[code] for code in each))
            starts |= dict.fromkeys(each, begin)
            free = begin + max(work.days[code] for code in each)
        if starts == before:
            return max((starts[code] + work.days[code] for code in starts), default=0)
        if max(starts.values()) > whole:
            return None


def shortest(work: StageWork) -> int:
    """Return the days of the best of all ways."""
    every = (took(work, rounds) for rounds in orders(work.slotted, apart(work)))
    return min(days for days in every if days is not None)


def breaks(work: StageWork, starts: Mapping[str, int]) -> list[str]:
    """Return what is wrong with a plan that rolls, day by day."""
    days = work.days
    wrong = [f"{a} before {b}" for a, b in work.before if starts[a] + days[a] > starts[b]]
    for day in range(sum(days.values())):
        run = [c for c in sorted(work.slotted) if starts[c] <= day < starts[c] + days[c]]
        wrong += [f"{run} on day {day}"] * (len(run) > 2)
        wrong += [f"{two} barred" for two in combinations(run, 2) if {*two} in work.barred]
    return wrong


def after(work: StageWork, choices: Choices, moves: frozenset[str]) -> StageWork:
    """Return the work once the moves are made."""
    cleared = frozenset[str]().union(*(choices.clears.get(name, frozenset()) for name in moves))
    soft = {choices.softens[name] for name in moves if name in choices.softens}
    left = {
        edge: frozenset(d for d in documents if (edge[1], d) not in soft)
        for edge, documents in work.before.items()
    }
    slotted = work.slotted - cleared
    return replace(
        work,
        slotted=slotted,
        before={edge: documents for edge, documents in left.items() if documents},
        barred=frozenset(pair for pair in work.barred if pair <= slotted),
    )


def choices_of(work: StageWork) -> Choices:
    """Return a move off its slot for each item, and one for each need."""
    return Choices(
        clears={f"{code}:free": frozenset({code}) for code in work.slotted},
        softens={
            f"{later}:{document}": (later, document)
            for (_, later), documents in work.before.items()
            for document in documents
        },
    )


def subsets(names: list[str]) -> Iterator[frozenset[str]]:
    for few in range(len(names) + 1):
        yield from map(frozenset, combinations(names, few))


class TestStagePlan:
    @settings(max_examples=60, deadline=None)
    @given(works())
    def test_in_rounds_is_as_short_as_trying_everything(self, work: StageWork) -> None:
        plan = stage_plan(work)

        assert plan.proved
        assert plan.total == shortest(work)
        assert not any(frozenset(pair) in apart(work) for pair in plan.pairs)
        assert all(plan.starts[a] == plan.starts[b] for a, b in plan.pairs)

    @settings(max_examples=60, deadline=None)
    @given(works(most=4, longest=2))
    def test_that_rolls_keeps_every_rule_and_none_ends_earlier(self, work: StageWork) -> None:
        plan = stage_plan(work, Mode.ROLLING)

        assert breaks(work, plan.starts) == []
        assert plan.proved
        sooner = [range(plan.total - days) for days in work.days.values()]
        for days in product(*sooner):
            assert breaks(work, dict(zip(work.days, days, strict=True))) != []

    @settings(max_examples=30, deadline=None)
    @given(works())
    def test_takes_no_longer_when_it_rolls(self, work: StageWork) -> None:
        assert work.chain() <= stage_plan(work, Mode.ROLLING).total <= stage_plan(work).total


class TestFewestMoves:
    @settings(max_examples=40, deadline=None)
    @given(works(most=4), st.integers(0, 10))
    def test_are_as_few_as_trying_every_set(self, work: StageWork, limit: int) -> None:
        choices = choices_of(work)
        names = sorted({*choices.clears, *choices.softens})
        sets = ((m, shortest(after(work, choices, m))) for m in subsets(names))
        meeting = next(((m, days) for m, days in sets if days <= limit), None)

        found = fewest_moves(work, choices, limit)

        if meeting is None:
            assert found is None
        else:
            assert found is not None
            assert len(found.moves) == found.least == len(meeting[0])
            assert shortest(after(work, choices, found.moves)) == found.days <= limit

    @settings(max_examples=30, deadline=None)
    @given(works(most=4))
    def test_that_bring_the_fewest_days_are_found_too(self, work: StageWork) -> None:
        choices = choices_of(work)
        everything = frozenset({*choices.clears, *choices.softens})

        found = fewest_days(work, choices)

        assert found is not None
        assert found.days == found.least == shortest(after(work, choices, everything))
        assert shortest(after(work, choices, found.moves)) == found.days
