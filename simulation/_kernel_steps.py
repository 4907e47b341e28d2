"""What the kernel does with one attempt and one stage; `now` is in the state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.worktime import DAY
from simulation._kernel_state import (
    case_at,
    join,
    kind_at,
    part_at,
    run_at,
    schedule,
    slot_at,
    touch_case,
    touch_department,
)
from simulation._rows import How
from simulation.compiled import inner
from simulation.draws import Purpose, strikes, word_of
from simulation.quantiles import minutes_of
from simulation.tables import (
    ALONGSIDE,
    FOREVER,
    NONE,
    Case,
    Counter,
    Department,
    Head,
    Kind,
    Log,
    Made,
    Office,
    Part,
    Phase,
    Row,
    Slot,
    StageRun,
)

if TYPE_CHECKING:
    from simulation._kernel_state import State, Tables

_ONE = np.int64(1)


@inner
def drawn(t: Tables, s: State, time: int, word: np.uint64) -> int:
    """Return the minutes of one of the times in the head."""
    return minutes_of(s, t[Head.QUANTILES_AT], t[time], t[time + 1], word)


@inner
def file(t: Tables, s: State, stream: np.uint64, slot: int, made: int) -> None:
    """Begin an attempt now: committed, short of something, or accepted."""
    now = s[Counter.NOW]
    case, r = s[slot + Slot.CASE], s[slot + Slot.ROW_AT]
    s[slot + Slot.ATTEMPT] += 1
    s[slot + Slot.ENTRY] += Log.WORDS
    attempt, item = s[slot + Slot.ATTEMPT], t[r + Row.ITEM]
    entry = s[slot + Slot.ENTRY]
    s[entry + Log.FILED] = now
    s[entry + Log.READY] = s[slot + Slot.READY_AT]
    s[entry + Log.BY] = s[slot + Slot.READY_BY]
    s[entry + Log.MADE] = made
    chance = t[r + Row.COMMITMENT]
    if chance and strikes(word_of(stream, case, item, attempt, Purpose.COMMITMENT), chance):
        s[entry + Log.MADE] = made + Made.COMMITTED
        accept(t, s, stream, slot)
        return
    chance = t[r + Row.SUPPLEMENT]
    if chance and t[Head.PRECHECK]:
        word = word_of(stream, case, item, attempt, Purpose.PRECHECK)
        if strikes(word, t[Head.PRECHECK]):
            chance = t[r + Row.CHECKED]
    if chance and strikes(word_of(stream, case, item, attempt, Purpose.SUPPLEMENT), chance):
        pause = drawn(t, s, Head.ANSWER, word_of(stream, case, item, attempt, Purpose.ANSWER))
        if pause:
            s[slot + Slot.PHASE] = Phase.SUPPLEMENT
            stand_still(t, s, slot, pause)
            return
    accept(t, s, stream, slot)


@inner
def stand_still(t: Tables, s: State, slot: int, pause: int) -> None:
    """Stop an attempt's clock; one that will stand long gives its pair slot back."""
    now = s[Counter.NOW]
    schedule(t, s, slot, now + pause)
    days = (now + pause) // DAY - now // DAY
    if s[slot + Slot.HOLDS] and days > t[Head.PARK_AFTER]:
        release_slot(t, s, slot)


@inner
def accept(t: Tables, s: State, stream: np.uint64, slot: int) -> None:
    """Accept an attempt: its clock begins, and a special procedure may stop it at once."""
    case, r = s[slot + Slot.CASE], s[slot + Slot.ROW_AT]
    entry = s[slot + Slot.ENTRY]
    s[entry + Log.ACCEPTED] = s[Counter.NOW]
    chance = t[r + Row.PROCEDURE]
    if chance and not s[entry + Log.MADE] & Made.COMMITTED:
        attempt, item = s[slot + Slot.ATTEMPT], t[r + Row.ITEM]
        if strikes(word_of(stream, case, item, attempt, Purpose.PROCEDURE), chance):
            word = word_of(stream, case, item, attempt, Purpose.PROCEDURE_TIME)
            pause = drawn(t, s, Head.PROCEDURE, word)
            if pause:
                s[slot + Slot.PHASE] = Phase.PROCEDURE
                stand_still(t, s, slot, pause)
                return
    queue_up(t, s, stream, slot)


@inner
def queue_up(t: Tables, s: State, stream: np.uint64, slot: int) -> None:
    """Join the department's queue; where nobody waits, begin."""
    department = t[s[slot + Slot.ROW_AT] + Row.DEPARTMENT]
    if not limited(t, department):
        begin(t, s, stream, slot)
        return
    s[slot + Slot.PHASE] = Phase.QUEUED
    join(t, s, department, t[s[slot + Slot.ROW_AT] + Row.PRIORITY], slot)
    touch_department(t, s, department)


@inner
def limited(t: Tables, department: int) -> bool:
    """Tell whether a department has so many reviewers and no more."""
    here = t[Head.DEPARTMENT_AT] + department * Department.WORDS
    return t[here + Department.REVIEWERS] != FOREVER


@inner
def begin(t: Tables, s: State, stream: np.uint64, slot: int) -> None:
    """Have a reviewer work on an attempt, on the days of its department."""
    case, r = s[slot + Slot.CASE], s[slot + Slot.ROW_AT]
    entry = s[slot + Slot.ENTRY]
    word = word_of(stream, case, t[r + Row.ITEM], s[slot + Slot.ATTEMPT], Purpose.SERVICE)
    if s[entry + Log.MADE] & Made.COMMITTED:
        work = drawn(t, s, Head.ON_COMMITMENT, word)
    else:
        work = minutes_of(s, t[Head.QUANTILES_AT], t[r + Row.SHAPE], t[r + Row.MEAN], word)
    work = max(work, 1)
    begun, ended = _worked(t, t[r + Row.DEPARTMENT], s[Counter.NOW], work)
    s[entry + Log.BEGUN] = begun
    s[slot + Slot.PHASE] = Phase.SERVED
    schedule(t, s, slot, ended)


@inner
def _worked(t: Tables, department: int, now: int, work: int) -> tuple[int, int]:
    """Return when work that could begin now begins and ends, by the days of a department."""
    here = t[Head.DEPARTMENT_AT] + department * Department.WORDS
    before = t[here + Department.BEFORE_AT]
    if before == NONE:
        return now, now + work
    own = t[before + now // DAY]
    day = t[t[here + Department.DAY_AT] + own]
    begun = max(now, day * DAY)
    whole = begun - day * DAY + work
    days = (whole - 1) // DAY  # what fills a day ends on it
    last = t[t[here + Department.DAY_AT] + own + days]
    return begun, last * DAY + whole - days * DAY


@inner
def release_slot(t: Tables, s: State, slot: int) -> None:
    """Give a pair slot back."""
    case, r = s[slot + Slot.CASE], s[slot + Slot.ROW_AT]
    run = run_at(t, case, t[r + Row.STAGE])
    s[slot + Slot.HOLDS] = 0
    s[run + StageRun.HELD] -= 1
    s[run + StageRun.HOLDERS] &= ~(_ONE << t[r + Row.BIT])
    touch_case(t, s, case)


@inner
def come_ready(t: Tables, s: State, stream: np.uint64, slot: int) -> None:
    """Do what an item does once its stage is filed and its documents are there."""
    case, r = s[slot + Slot.CASE], s[slot + Slot.ROW_AT]
    how = t[r + Row.HOW]
    if how == How.LISTED:
        file(t, s, stream, slot, Made.LISTED)
    elif how == How.PAIRABLE:
        s[run_at(t, case, t[r + Row.STAGE]) + StageRun.READY] |= _ONE << t[r + Row.BIT]
        touch_case(t, s, case)
    else:
        word = word_of(stream, case, t[r + Row.ITEM], 0, Purpose.FREE)
        leave(t, s, stream, slot, drawn(t, s, Head.FREE, word))


@inner
def leave(t: Tables, s: State, stream: np.uint64, slot: int, delay: int) -> None:
    """Leave an item to its owner, who files it after a while."""
    if delay == 0:
        made = Made.AGAIN if s[slot + Slot.ATTEMPT] else Made.FREE
        file(t, s, stream, slot, made)
        return
    s[slot + Slot.PHASE] = Phase.LEFT
    schedule(t, s, slot, s[Counter.NOW] + delay)


@inner
def open_stage(t: Tables, s: State, stream: np.uint64, case: int, stage: int) -> None:
    """Open a stage, to be filed when its papers are prepared; those that need no time follow."""
    now = s[Counter.NOW]
    reached = True
    while reached and stage < ALONGSIDE:
        run = run_at(t, case, stage)
        s[run + StageRun.OPENED] = now
        word = word_of(stream, case, stage, 0, Purpose.PREPARATION)
        delay = drawn(t, s, Head.PREPARATION, word)
        if delay:
            schedule(t, s, run, now + delay)
            return
        reached = enter_stage(t, s, stream, case, stage)
        stage += 1


@inner
def file_stage(t: Tables, s: State, stream: np.uint64, case: int, stage: int) -> None:
    """Take the joint application, whose milestone may be reached at once."""
    if enter_stage(t, s, stream, case, stage):
        open_stage(t, s, stream, case, stage + 1)


@inner
def enter_stage(t: Tables, s: State, stream: np.uint64, case: int, stage: int) -> bool:
    """File what can be filed, the others wait; tell whether there is nothing to grant first."""
    now = s[Counter.NOW]
    run, part = run_at(t, case, stage), part_at(t, s, case, stage)
    s[run + StageRun.FILED] = now
    for row in range(t[part + Part.FIRST], t[part + Part.END]):
        slot = slot_at(t, case, row)
        if s[slot + Slot.PENDING] == 0:
            come_ready(t, s, stream, slot)
    if s[run + StageRun.OPEN] == 0:
        s[run + StageRun.CLOSED] = now
    if s[run + StageRun.TO_REACH] != 0:
        return False
    s[run + StageRun.REACHED] = now
    s[run + StageRun.TO_REACH] = NONE
    return True


@inner
def issue(t: Tables, s: State, stream: np.uint64, slot: int) -> None:
    """Issue an item's documents; what waited for them alone comes ready, in the order of rows."""
    now, case, r = s[Counter.NOW], s[slot + Slot.CASE], s[slot + Slot.ROW_AT]
    row, start = s[slot + Slot.ROW], slot - s[slot + Slot.ROW] * Slot.WORDS
    waits_at = t[kind_at(t, s, case) + Kind.WAITS_AT]
    issued_at = t[Head.ISSUED_AT] + case * t[Head.DOCUMENTS]
    first, last = t[Head.WIDTH], np.int64(NONE)
    for place in range(t[r + Row.MADE_AT], t[r + Row.MADE_END]):
        document = t[place]
        if s[issued_at + document]:
            continue
        s[issued_at + document] = 1
        for waiting in range(t[waits_at + document], t[waits_at + document + 1]):
            other = start + t[waiting] * Slot.WORDS
            s[other + Slot.PENDING] -= 1
            if s[other + Slot.PENDING] == 0:
                s[other + Slot.READY_AT] = now
                s[other + Slot.READY_BY] = row
                first, last = min(first, t[waiting]), max(last, t[waiting])
    for number in range(first, last + 1):
        other = start + number * Slot.WORDS
        mine = s[other + Slot.READY_AT] == now and s[other + Slot.READY_BY] == row
        if mine and s[other + Slot.PENDING] == 0 and s[other + Slot.ATTEMPT] == 0:
            run = run_at(t, case, t[s[other + Slot.ROW_AT] + Row.STAGE])
            if s[run + StageRun.FILED] != NONE:
                come_ready(t, s, stream, other)


@inner
def finish(t: Tables, s: State, stream: np.uint64, slot: int) -> None:
    """End an attempt: refused and wanted again, or granted, with all that hangs on it."""
    case, r = s[slot + Slot.CASE], s[slot + Slot.ROW_AT]
    attempt, entry = s[slot + Slot.ATTEMPT], s[slot + Slot.ENTRY]
    s[entry + Log.ENDED] = s[Counter.NOW]
    department = t[r + Row.DEPARTMENT]
    if limited(t, department):
        s[t[Head.OFFICE_AT] + department * Office.WORDS + Office.FREE] += 1
        touch_department(t, s, department)
    if s[slot + Slot.HOLDS]:
        release_slot(t, s, slot)
    if attempt < t[Head.TRIES] and strikes(
        word_of(stream, case, t[r + Row.ITEM], attempt, Purpose.REFUSAL), t[Head.REFUSED]
    ):
        s[entry + Log.MADE] += Made.REFUSED
        s[slot + Slot.PHASE] = Phase.WAITING
        if t[r + Row.HOW] == How.PAIRABLE:
            come_ready(t, s, stream, slot)
            return
        word = word_of(stream, case, t[r + Row.ITEM], attempt, Purpose.AGAIN)
        leave(t, s, stream, slot, drawn(t, s, Head.AGAIN, word))
        return
    s[entry + Log.MADE] += Made.GRANTED
    s[slot + Slot.PHASE] = Phase.GRANTED
    _granted(t, s, stream, slot)


@inner
def _granted(t: Tables, s: State, stream: np.uint64, slot: int) -> None:
    """Count a grant: documents, the stage, its milestone."""
    case, r, now = s[slot + Slot.CASE], s[slot + Slot.ROW_AT], s[Counter.NOW]
    stage = t[r + Row.STAGE]
    run = run_at(t, case, stage)
    s[case_at(t, case) + Case.LEFT] -= 1
    s[run + StageRun.OPEN] -= 1
    if s[run + StageRun.OPEN] == 0:
        s[run + StageRun.CLOSED] = now
    issue(t, s, stream, slot)
    if t[r + Row.MILESTONE] and s[run + StageRun.TO_REACH] > 0:
        s[run + StageRun.TO_REACH] -= 1
        if s[run + StageRun.TO_REACH] == 0:
            s[run + StageRun.REACHED] = now
            s[run + StageRun.TO_REACH] = NONE
            open_stage(t, s, stream, case, stage + 1)
