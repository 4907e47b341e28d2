"""What happened in a run, attempt by attempt, in words that every executor can say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulation.tables import NONE, STAGES, Case, Log, Made, StageRun

if TYPE_CHECKING:
    from simulation.kernel import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt of an item. Times are minutes of the run; None where they did not come.

    Attributes:
        answered: End of the supplement, which began with the filing.
        resumed: End of the special procedure, which began with the acceptance.
        partner: Item filed with it as a pair.   slot: It was filed with a pair slot.
    """

    case: int
    item: str
    number: int
    filed: int
    answered: int | None
    accepted: int
    resumed: int | None
    begun: int
    ended: int
    partner: str | None
    slot: bool
    granted: bool
    committed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Everything that a run decided.

    Attributes:
        attempts: By case, item and number.
        milestones: (case, stage) -> minute.   done: By case.
    """

    attempts: tuple[Attempt, ...]
    milestones: tuple[tuple[int, int, int], ...]
    done: tuple[int, ...]


def trace_of(run: Run) -> Trace:
    """Return what the kernel did."""
    cases, _, tries, _ = run.log.shape
    attempts = []
    for case in range(cases):
        rows = run.model.kinds[run.cases[case, Case.KIND]]
        for place, row in enumerate(rows):
            for number in range(tries):
                words = [int(word) for word in run.log[case, place, number]]
                if words[Log.FILED] != NONE:
                    names = [each.code for each in rows]
                    attempts.append(_attempt(case, row.code, number + 1, words, names))
    reached = run.stages[..., StageRun.REACHED]
    milestones = tuple(
        (case, stage + 1, int(reached[case, stage]))
        for case in range(cases)
        for stage in range(STAGES)
        if reached[case, stage] != NONE
    )
    return Trace(
        attempts=ordered(attempts),
        milestones=milestones,
        done=tuple(int(minute) for minute in np.asarray(run.cases[:, Case.DONE])),
    )


def ordered(attempts: list[Attempt]) -> tuple[Attempt, ...]:
    """Return attempts by case, item and number."""
    return tuple(sorted(attempts, key=lambda each: (each.case, each.item, each.number)))


def _attempt(case: int, item: str, number: int, words: list[int], names: list[str]) -> Attempt:
    made = words[Log.MADE]
    partner = words[Log.PARTNER]
    return Attempt(
        case=case,
        item=item,
        number=number,
        filed=words[Log.FILED],
        answered=_minute(words[Log.ANSWERED]),
        accepted=words[Log.ACCEPTED],
        resumed=_minute(words[Log.RESUMED]),
        begun=words[Log.BEGUN],
        ended=words[Log.ENDED],
        partner=None if partner == NONE else names[partner],
        slot=made & (Made.GRANTED - 1) in {Made.PAIRED, Made.SINGLE},
        granted=bool(made & Made.GRANTED),
        committed=bool(made & Made.COMMITTED),
    )


def _minute(word: int) -> int | None:
    return None if word == NONE else word
