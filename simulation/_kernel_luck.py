"""What luck has in store for an attempt, drawn before anybody asks.

Draws of one loop overlap in the machine; where a decision waits for one, all that follows it waits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation._kernel_state import slot_at
from simulation.compiled import inlined, inner
from simulation.draws import Purpose, strikes, word_of
from simulation.quantiles import minutes_of
from simulation.tables import Case, Fate, Head, Kind, Log, Made, Row, Slot

if TYPE_CHECKING:
    from simulation._kernel_state import State, Tables

_NOTHING = np.int64(0)
_SUPPLEMENT, _PROCEDURE = np.int64(Fate.SUPPLEMENT), np.int64(Fate.PROCEDURE)
_REFUSED, _COMMITTED = np.int64(Made.REFUSED), np.int64(Made.COMMITTED)


@inlined
def drawn(t: Tables, s: State, time: int, word: np.uint64) -> int:
    """Return the minutes of one of the times in the head."""
    return minutes_of(s, t[Head.QUANTILES_AT], t[time], t[time + 1], word)


@inlined
def foretell(t: Tables, s: State, stream: np.uint64, here: int) -> None:
    """Draw the luck of all first attempts of a case."""
    for row in range(t[s[here + Case.KIND_AT] + Kind.ROWS]):
        _foretell(t, s, stream, slot_at(t, here, row), 1)


@inner
def foretell_again(t: Tables, s: State, stream: np.uint64, slot: int, attempt: int) -> None:
    """Draw the luck of a later attempt."""
    _foretell(t, s, stream, slot, attempt)


@inlined
def _foretell(t: Tables, s: State, stream: np.uint64, slot: int, attempt: int) -> None:
    """Write down how long the work takes, and what becomes of the attempt."""
    case, r = s[s[slot + Slot.CASE_AT] + Case.NUMBER], s[slot + Slot.ROW_AT]
    item, entry = t[r + Row.ITEM], slot + Slot.WORDS + (attempt - 1) * Log.WORDS
    fate = _fate(t, stream, case, r, attempt)
    word = word_of(stream, case, item, attempt, Purpose.SERVICE)
    work = minutes_of(s, t[Head.QUANTILES_AT], t[r + Row.SHAPE], t[r + Row.MEAN], word)
    if t[Head.COMMITMENTS]:
        chance = word_of(stream, case, item, attempt, Purpose.COMMITMENT)
        if strikes(chance, t[r + Row.COMMITMENT]):
            fate = _COMMITTED
            work = drawn(t, s, Head.ON_COMMITMENT, word)
    if attempt < t[Head.TRIES]:
        word = word_of(stream, case, item, attempt, Purpose.REFUSAL)
        fate += _REFUSED * strikes(word, t[Head.REFUSED])
    s[entry + Log.BEGUN] = max(work, 1)
    s[entry + Log.MADE] = fate


@inlined
def _fate(t: Tables, stream: np.uint64, case: int, r: int, attempt: int) -> np.int64:
    """Return what stops the clock of an attempt without commitment."""
    item, fate = t[r + Row.ITEM], _NOTHING
    if t[Head.SUPPLEMENTS]:
        chance = t[r + Row.SUPPLEMENT]
        if t[Head.PRECHECK]:
            word = word_of(stream, case, item, attempt, Purpose.PRECHECK)
            chance = t[r + Row.CHECKED] if strikes(word, t[Head.PRECHECK]) else chance
        word = word_of(stream, case, item, attempt, Purpose.SUPPLEMENT)
        fate += _SUPPLEMENT * strikes(word, chance)
    if t[Head.PROCEDURES]:
        word = word_of(stream, case, item, attempt, Purpose.PROCEDURE)
        fate += _PROCEDURE * strikes(word, t[r + Row.PROCEDURE])
    return fate
