"""The calendar of a run: what is to come, a list for each minute, linked through the events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation._kernel_state import run_at, slot_at
from simulation._words import first_bit
from simulation.compiled import inlined, inner
from simulation.tables import (
    BITS,
    BITS_AT,
    CASE_BIT,
    EVENT_BIT,
    ITEM_BIT,
    NONE,
    RING,
    RING_AT,
    STAGE_BIT,
    Counter,
    Phase,
    Row,
    Slot,
    StageRun,
)

if TYPE_CHECKING:
    from simulation._kernel_state import State, Tables

HALF = RING >> 1
OPENING = Phase.OPENING >> 2
_FEW = 24
_ONE, _WORD = np.int64(1), (1 << BITS) - 1
_NEVER = 1 << 30  # beyond any calendar; words are of 32 bits
_NUMBERS, _CASES = (1 << CASE_BIT) - 1, (1 << ITEM_BIT - CASE_BIT) - 1


@inlined
def schedule(s: State, event: int, at: int) -> None:
    """Put an event (where a slot or a stage run begins) into the calendar."""
    s[Counter.EVENTS] += 1
    if at - s[Counter.NOW] < HALF:
        minute = at & (RING - 1)
        s[event + Slot.NEXT] = s[RING_AT + minute]
        s[RING_AT + minute] = event
        s[BITS_AT + minute // BITS] |= _ONE << minute % BITS
    else:
        s[event + Slot.DUE] = min(at, _NEVER)
        s[event + Slot.NEXT] = s[Counter.FAR]
        s[Counter.FAR] = event


@inlined
def bring_near(s: State) -> None:
    """Move what has come within the ring there; to be done every HALF minutes."""
    event = s[Counter.FAR]
    s[Counter.FAR] = NONE
    while event != NONE:
        following = s[event + Slot.NEXT]
        s[Counter.EVENTS] -= 1
        schedule(s, event, s[event + Slot.DUE])
        event = following


@inlined
def next_minute(s: State, now: int, arrival: int) -> int:
    """Return the first minute from *now* on at which something happens, or the calendar turns."""
    while now < arrival and now & (HALF - 1):
        minute = now & (RING - 1)
        to_come = (s[BITS_AT + minute // BITS] & _WORD) >> minute % BITS
        if to_come:
            return min(now + first_bit(to_come), arrival)
        now = min((now | (BITS - 1)) + 1, arrival)
    return now


@inlined
def gathered(t: Tables, s: State, events: Tables, now: int) -> int:
    """Take this minute's events out of the calendar, in the order of the rules; return how many."""
    minute = now & (RING - 1)
    event = s[RING_AT + minute]
    if event == NONE:
        return 0
    s[RING_AT + minute] = NONE
    s[BITS_AT + minute // BITS] &= ~(_ONE << minute % BITS)
    s[Counter.EVENTS] -= 1
    if s[event + Slot.NEXT] == NONE:  # most have their minute for themselves
        events[0] = event
        return 1
    return _several(t, s, events, event)


@inner
def _several(t: Tables, s: State, events: Tables, event: int) -> int:
    """Put the events of a list in order; return how many."""
    second = s[event + Slot.NEXT]
    if s[second + Slot.NEXT] == NONE:
        s[Counter.EVENTS] -= 1
        turned = _key(t, s, second) < _key(t, s, event)
        events[0] = second if turned else event
        events[1] = event if turned else second
        return 2
    count = 0
    while event != NONE:
        events[count] = _key(t, s, event)
        count += 1
        event = s[event + Slot.NEXT]
    s[Counter.EVENTS] -= count - 1
    _sort(events, count)
    for place in range(count):
        key = events[place]
        here, number = (key >> CASE_BIT) & _CASES, key & _NUMBERS
        opening = (key >> EVENT_BIT) == OPENING
        events[place] = run_at(here, number) if opening else slot_at(t, here, number)
    return count


@inlined
def _key(t: Tables, s: State, event: int) -> int:
    """Return an event as a number that sorts by the rules and names case and row, or stage."""
    here, kind = s[event + Slot.CASE_AT], s[event + Slot.PHASE] >> 2
    if kind == OPENING:
        stage = s[event + StageRun.STAGE]
        place = stage << STAGE_BIT | stage
    else:
        place = t[s[event + Slot.ROW_AT] + Row.ORDER]
    return int(kind << EVENT_BIT | here << CASE_BIT | place)


@inlined
def _sort(keys: Tables, count: int) -> None:
    """Put keys in order: Shell's way, which is plain insertion for a handful."""
    gap = 1
    while gap < count // _FEW:
        gap = 3 * gap + 1
    while gap:
        for place in range(gap, count):
            key, before = keys[place], place - gap
            while before >= 0 and keys[before] > key:
                keys[before + gap] = keys[before]
                before -= gap
            keys[before + gap] = key
        gap //= 3
