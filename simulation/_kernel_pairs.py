"""How the kernel starts pairable items: two together, or one by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation._kernel_state import entry_at, part_at, row_at, run_at, run_of, slot_at
from simulation._kernel_steps import file
from simulation._words import first_bit
from simulation.compiled import inlined
from simulation.draws import Purpose, word_of
from simulation.scenario import Policy
from simulation.tables import NONE, Case, Head, Log, Made, Part, Row, Slot, StageRun

if TYPE_CHECKING:
    from simulation._kernel_state import State, Tables

_DRAWN = tuple(Policy).index(Policy.DRAWN)
_SINGLE = tuple(Policy).index(Policy.SINGLE)
_ONE = np.int64(1)


@inlined
def start_pairables(t: Tables, s: State, stream: np.uint64, here: int) -> None:
    """Start what the slots of a case allow, in every stage in which anything came free."""
    touched = s[here + Case.TOUCHED]
    while touched:
        stage = first_bit(touched)
        touched &= touched - 1
        while s[run_at(here, stage) + StageRun.READY] and _start_next(t, s, stream, here, stage):
            pass  # what gives its slot back at once is of the same stage
    s[here + Case.TOUCHED] = 0


@inlined
def _start_next(t: Tables, s: State, stream: np.uint64, here: int, stage: int) -> bool:
    """Start two items or one; False where nothing may start."""
    run, part = run_at(here, stage), part_at(s, here, stage)
    held = s[run + StageRun.HELD]
    free = t[Head.SLOTS] - held
    if free <= 0 or (held and not t[Head.ROLLING]):
        return False
    ready = _beside_holders(t, s, here, stage)
    if ready == 0:
        return False
    word = word_of(stream, s[here + Case.NUMBER], stage, s[run + StageRun.STARTS], Purpose.LOT)
    s[run + StageRun.STARTS] += 1
    place = np.int64(NONE)
    if free > 1 and t[Head.POLICY] != _SINGLE:
        place = _pair(t, part, ready, word)
    if place == NONE:
        slot = slot_at(t, here, t[t[part + Part.POOL_AT] + _single(t, part, ready, word)])
        _hold(t, s, slot)
        file(t, s, stream, slot, Made.SINGLE)
        return True
    first = slot_at(t, here, t[t[part + Part.POOL_AT] + t[place]])
    second = slot_at(t, here, t[t[part + Part.POOL_AT] + t[place + 1]])
    _hold(t, s, first)
    _hold(t, s, second)
    file(t, s, stream, first, Made.PAIRED)
    s[entry_at(s, first) + Log.PARTNER] = t[s[second + Slot.ROW_AT] + Row.NUMBER]
    file(t, s, stream, second, Made.PAIRED)
    s[entry_at(s, second) + Log.PARTNER] = t[s[first + Slot.ROW_AT] + Row.NUMBER]
    return True


@inlined
def _beside_holders(t: Tables, s: State, here: int, stage: int) -> int:
    """Return the ready items without those that may not run beside a holder."""
    run, part = run_at(here, stage), part_at(s, here, stage)
    ready, holders = s[run + StageRun.READY], s[run + StageRun.HOLDERS]
    if holders:
        for bit in range(t[part + Part.POOL]):
            row = row_at(t, s, here, t[t[part + Part.POOL_AT] + bit])
            if t[row + Row.BESIDE] & holders:
                ready &= ~(_ONE << bit)
    return ready


@inlined
def _pair(t: Tables, part: int, ready: int, word: np.uint64) -> int:
    """Return where the pair that starts stands in the tables, or NONE when no two may."""
    first, last = t[part + Part.PAIRS_AT], t[part + Part.PAIRS_END]
    if t[part + Part.PLAN_AT] != NONE:
        planned = t[t[part + Part.PLAN_AT] + ready]
        return first + 2 * planned if planned >= 0 else np.int64(NONE)
    wanted = np.int64(0)
    if t[Head.POLICY] == _DRAWN:
        legal = np.uint64(0)
        for place in range(first, last, 2):
            legal += np.uint64((ready >> t[place]) & (ready >> t[place + 1]) & _ONE)
        if legal:
            wanted = np.int64(word % legal)
    for place in range(first, last, 2):
        if (ready >> t[place]) & (ready >> t[place + 1]) & _ONE:
            if wanted == 0:
                return place
            wanted -= 1
    return np.int64(NONE)


@inlined
def _single(t: Tables, part: int, ready: int, word: np.uint64) -> int:
    """Return the bit of the item that starts by itself: the longest, or one by lot."""
    size, singles = t[part + Part.POOL], t[part + Part.SINGLE_AT]
    wanted = np.int64(0)
    if t[Head.POLICY] == _DRAWN:
        count = np.uint64(0)
        for bit in range(size):
            count += np.uint64((ready >> bit) & _ONE)
        wanted = np.int64(word % count)
    for place in range(singles, singles + size):
        if (ready >> t[place]) & _ONE:
            if wanted == 0:
                return t[place]
            wanted -= 1
    return np.int64(0)


@inlined
def _hold(t: Tables, s: State, slot: int) -> None:
    """Give an item a slot of its stage run."""
    run, bit = run_of(t, s, slot), _ONE << t[s[slot + Slot.ROW_AT] + Row.BIT]
    s[run + StageRun.READY] &= ~bit
    s[run + StageRun.HOLDERS] |= bit
    s[run + StageRun.HELD] += 1
