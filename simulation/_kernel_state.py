"""The state of a run: its first words, and the calendar and the queues that link them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.compiled import compiled, inner
from simulation.tables import (
    KIND_WORDS,
    LEVELS,
    NONE,
    RING,
    STAGES,
    Case,
    Counter,
    Department,
    Head,
    Kind,
    Office,
    Part,
    Queue,
    Row,
    Slot,
    StageRun,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Tables = NDArray[np.int64]
    State = NDArray[np.int32]

HALF = RING >> 1


@compiled
def fresh(t: Tables, quantiles: State) -> State:
    """Return the state before anything has come."""
    s = np.zeros(t[Head.STATE_WORDS], dtype=np.int32)
    s[Counter.CASES_LEFT] = t[Head.CASES]
    s[Counter.FAR] = NONE
    s[t[Head.QUEUE_AT] : t[Head.OFFICE_AT]] = NONE
    s[t[Head.LOG_AT] : t[Head.QUANTILES_AT]] = NONE
    s[t[Head.QUANTILES_AT] :] = quantiles
    for department in range(t[Head.DEPARTMENTS]):
        reviewers = t[t[Head.DEPARTMENT_AT] + department * Department.WORDS + Department.REVIEWERS]
        s[t[Head.OFFICE_AT] + department * Office.WORDS + Office.FREE] = reviewers
    for case in range(t[Head.CASES]):
        s[case_at(t, case) + Case.DONE] = NONE
        for stage in range(STAGES):
            run = run_at(t, case, stage)
            for word in (StageRun.OPENED, StageRun.FILED, StageRun.REACHED, StageRun.CLOSED):
                s[run + word] = NONE
    return s


@inner
def kind_at(t: Tables, s: State, case: int) -> int:
    """Return where the record of a case's kind begins in the tables."""
    return t[Head.KIND_AT] + s[case_at(t, case) + Case.KIND] * KIND_WORDS


@inner
def part_at(t: Tables, s: State, case: int, stage: int) -> int:
    """Return where a stage of a case's kind begins in the tables."""
    return kind_at(t, s, case) + Kind.PARTS + stage * Part.WORDS


@inner
def row_at(t: Tables, s: State, case: int, row: int) -> int:
    """Return where a row of a case's kind begins in the tables."""
    return t[kind_at(t, s, case) + Kind.ROWS_AT] + row * Row.WORDS


@inner
def case_at(t: Tables, case: int) -> int:
    """Return where a case begins in the state."""
    return t[Head.CASE_AT] + case * Case.WORDS


@inner
def run_at(t: Tables, case: int, stage: int) -> int:
    """Return where a stage of a case begins in the state."""
    return t[Head.RUN_AT] + (case * STAGES + stage) * StageRun.WORDS


@inner
def slot_at(t: Tables, case: int, row: int) -> int:
    """Return where a row of a case begins in the state."""
    return t[Head.SLOT_AT] + (case * t[Head.WIDTH] + row) * Slot.WORDS


@inner
def schedule(t: Tables, s: State, event: int, at: int) -> None:
    """Put an event (where a slot or a stage run begins) into the calendar."""
    s[event + Slot.DUE] = at
    s[Counter.EVENTS] += 1
    if at - s[Counter.NOW] < HALF:
        place = t[Head.RING_AT] + (at & (RING - 1))
        s[event + Slot.NEXT] = s[place]
        s[place] = event
    else:
        s[event + Slot.NEXT] = s[Counter.FAR]
        s[Counter.FAR] = event


@inner
def bring_near(t: Tables, s: State) -> None:
    """Move what has come within the ring there; to be done every HALF minutes."""
    event = s[Counter.FAR]
    s[Counter.FAR] = NONE
    while event != NONE:
        following = s[event + Slot.NEXT]
        s[Counter.EVENTS] -= 1
        schedule(t, s, event, s[event + Slot.DUE])
        event = following


@inner
def join(t: Tables, s: State, department: int, level: int, slot: int) -> None:
    """Put a slot at the end of a department's queue."""
    queue = t[Head.QUEUE_AT] + (department * LEVELS + level) * Queue.WORDS
    s[slot + Slot.NEXT] = NONE
    last = s[queue + Queue.LAST]
    if last == NONE:
        s[queue + Queue.FIRST] = slot
    else:
        s[last + Slot.NEXT] = slot
    s[queue + Queue.LAST] = slot


@inner
def first_in(t: Tables, s: State, department: int, level: int) -> int:
    """Take the first slot out of a queue; NONE when it holds none."""
    queue = t[Head.QUEUE_AT] + (department * LEVELS + level) * Queue.WORDS
    slot = s[queue + Queue.FIRST]
    if slot != NONE:
        s[queue + Queue.FIRST] = s[slot + Slot.NEXT]
        if s[slot + Slot.NEXT] == NONE:
            s[queue + Queue.LAST] = NONE
    return slot


@inner
def touch_department(t: Tables, s: State, department: int) -> None:
    """Remember that reviewers or work came to a department in this minute."""
    office = t[Head.OFFICE_AT] + department * Office.WORDS
    if not s[office + Office.TOUCHED]:
        s[office + Office.TOUCHED] = 1
        s[t[Head.TOUCHED_AT] + s[Counter.DEPARTMENTS]] = department
        s[Counter.DEPARTMENTS] += 1


@inner
def touch_case(t: Tables, s: State, case: int) -> None:
    """Remember that pairable items or slots of a case came free in this minute."""
    here = case_at(t, case)
    if not s[here + Case.TOUCHED]:
        s[here + Case.TOUCHED] = 1
        s[t[Head.TOUCHED_AT] + t[Head.DEPARTMENTS] + s[Counter.CASES]] = case
        s[Counter.CASES] += 1
