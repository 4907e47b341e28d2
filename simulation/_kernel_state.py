"""The state of a run: its first words, and the calendar and the queues that link them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.compiled import inlined
from simulation.tables import (
    BITS,
    BITS_AT,
    KIND_WORDS,
    LEVELS,
    LINE,
    NONE,
    RING,
    RING_AT,
    RUNS,
    SLOTS,
    STAGES,
    Case,
    Counter,
    Department,
    Head,
    Kind,
    Log,
    Office,
    Part,
    Phase,
    Queue,
    Row,
    Slot,
    StageRun,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Tables = NDArray[np.int64]
    State = NDArray[np.int32]

_ONE = np.int64(1)


@inlined
def clear(t: Tables, s: State) -> None:
    """Make the state what it is before anything has come; cases are made when they come."""
    for word in range(Counter.WORDS):
        s[word] = 0
    s[Counter.CASES_LEFT] = t[Head.CASES]
    s[Counter.FAR] = NONE
    for word in range(RING_AT, BITS_AT):
        s[word] = NONE
    for word in range(BITS_AT, BITS_AT + RING // BITS):
        s[word] = 0
    for word in range(t[Head.QUEUE_AT], t[Head.OFFICE_AT]):
        s[word] = NONE
    for department in range(t[Head.DEPARTMENTS]):
        reviewers = t[t[Head.DEPARTMENT_AT] + department * Department.WORDS + Department.REVIEWERS]
        office = t[Head.OFFICE_AT] + department * Office.WORDS
        s[office + Office.FREE] = reviewers
        s[office + Office.TOUCHED] = 0


@inlined
def make_case(t: Tables, s: State, case: int) -> None:
    """Make the records of a case of which only the kind and the arrival are known."""
    here = case_at(t, case)
    kind = t[Head.KIND_AT] + s[here + Case.KIND] * KIND_WORDS
    rows = t[kind + Kind.ROWS]
    s[here + Case.NUMBER] = case
    s[here + Case.KIND_AT] = kind
    s[here + Case.LEFT] = rows
    s[here + Case.DONE] = NONE
    s[here + Case.TOUCHED] = 0
    for stage in range(STAGES):
        _make_run(t, s, here, stage)
    for row in range(rows):
        _make_slot(t, s, here, row)
    for row in range(rows, t[Head.WIDTH]):
        _no_attempts(t, s, slot_at(t, here, row))
    for document in range(t[Head.DOCUMENTS]):
        s[here + t[Head.ISSUED] + document] = 0


@inlined
def _make_run(t: Tables, s: State, here: int, stage: int) -> None:
    run, part = run_at(here, stage), part_at(s, here, stage)
    s[run + StageRun.PHASE] = Phase.OPENING
    s[run + StageRun.CASE_AT] = here
    s[run + StageRun.STAGE] = stage
    for word in (StageRun.OPENED, StageRun.FILED, StageRun.REACHED, StageRun.CLOSED):
        s[run + word] = NONE
    s[run + StageRun.TO_REACH] = t[part + Part.MILESTONES]
    s[run + StageRun.OPEN] = t[part + Part.END] - t[part + Part.FIRST]
    for word in (StageRun.HELD, StageRun.STARTS, StageRun.HOLDERS, StageRun.READY):
        s[run + word] = 0


@inlined
def _make_slot(t: Tables, s: State, here: int, row: int) -> None:
    slot, r = slot_at(t, here, row), row_at(t, s, here, row)
    s[slot + Slot.PHASE] = Phase.WAITING
    s[slot + Slot.CASE_AT] = here
    s[slot + Slot.ROW_AT] = r
    s[slot + Slot.ATTEMPT] = 0
    s[here + t[Head.PENDING] + row] = t[r + Row.NEEDS]
    _no_attempts(t, s, slot)


@inlined
def _no_attempts(t: Tables, s: State, slot: int) -> None:
    """Clear what is to be told of attempts, a line at a time: the compiler likes fixed lengths."""
    for word in range(Slot.WORDS, LINE):
        s[slot + word] = NONE
    for line in range(slot + LINE, slot + t[Head.SLOT_WORDS], LINE):
        for word in range(LINE):
            s[line + word] = NONE


@inlined
def case_at(t: Tables, case: int) -> int:
    """Return where a case begins in the state: *here* to all that follows."""
    return t[Head.CASE_AT] + case * t[Head.CASE_WORDS]


@inlined
def part_at(s: State, here: int, stage: int) -> int:
    """Return where a stage of a case's kind begins in the tables."""
    return s[here + Case.KIND_AT] + Kind.PARTS + stage * Part.WORDS


@inlined
def row_at(t: Tables, s: State, here: int, row: int) -> int:
    """Return where a row of a case's kind begins in the tables."""
    return t[s[here + Case.KIND_AT] + Kind.ROWS_AT] + row * Row.WORDS


@inlined
def run_at(here: int, stage: int) -> int:
    """Return where a stage of a case begins in the state."""
    return here + RUNS + stage * StageRun.WORDS


@inlined
def run_of(t: Tables, s: State, slot: int) -> int:
    """Return where the stage of a row of a case begins in the state."""
    return s[slot + Slot.CASE_AT] + t[s[slot + Slot.ROW_AT] + Row.RUN]


@inlined
def slot_at(t: Tables, here: int, row: int) -> int:
    """Return where a row of a case begins in the state."""
    return here + SLOTS + row * t[Head.SLOT_WORDS]


@inlined
def entry_at(s: State, slot: int) -> int:
    """Return where the last attempt of a row of a case begins."""
    return slot + Slot.WORDS + (s[slot + Slot.ATTEMPT] - 1) * Log.WORDS


@inlined
def holds(t: Tables, s: State, slot: int) -> bool:
    """Tell whether a row of a case holds a pair slot."""
    bit = t[s[slot + Slot.ROW_AT] + Row.BIT]
    return bit != NONE and (s[run_of(t, s, slot) + StageRun.HOLDERS] >> bit) & 1 == 1


@inlined
def office_at(t: Tables, department: int) -> int:
    """Return where what changes of a department begins in the state."""
    return t[Head.OFFICE_AT] + department * Office.WORDS


@inlined
def waits(t: Tables, s: State, department: int, level: int) -> bool:
    """Tell whether anybody stands in a queue of a department."""
    queue = t[Head.QUEUE_AT] + (department * LEVELS + level) * Queue.WORDS
    return s[queue + Queue.FIRST] != NONE


@inlined
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


@inlined
def first_in(t: Tables, s: State, department: int, level: int) -> int:
    """Take the first slot out of a queue; NONE when it holds none."""
    queue = t[Head.QUEUE_AT] + (department * LEVELS + level) * Queue.WORDS
    slot = s[queue + Queue.FIRST]
    if slot != NONE:
        s[queue + Queue.FIRST] = s[slot + Slot.NEXT]
        if s[slot + Slot.NEXT] == NONE:
            s[queue + Queue.LAST] = NONE
    return slot


@inlined
def touch_department(t: Tables, s: State, department: int) -> None:
    """Remember that reviewers or work came to a department in this minute."""
    office = t[Head.OFFICE_AT] + department * Office.WORDS
    if not s[office + Office.TOUCHED]:
        s[office + Office.TOUCHED] = 1
        s[t[Head.TOUCHED_AT] + s[Counter.DEPARTMENTS]] = department
        s[Counter.DEPARTMENTS] += 1


@inlined
def touch_case(t: Tables, s: State, run: int) -> None:
    """Remember that pairable items or slots of a stage of a case came free in this minute."""
    here = s[run + StageRun.CASE_AT]
    touched = s[here + Case.TOUCHED]
    if touched == 0:
        s[t[Head.TOUCHED_AT] + t[Head.DEPARTMENTS] + s[Counter.CASES]] = here
        s[Counter.CASES] += 1
    s[here + Case.TOUCHED] = touched | (_ONE << s[run + StageRun.STAGE])
