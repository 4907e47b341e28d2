"""What the kernel does with one attempt and one stage; `now` is in the state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.worktime import DAY
from simulation._kernel_calendar import schedule
from simulation._kernel_luck import drawn, foretell_again
from simulation._kernel_state import (
    entry_at,
    holds,
    join,
    office_at,
    part_at,
    run_at,
    run_of,
    slot_at,
    touch_case,
    touch_department,
    waits,
)
from simulation._rows import How
from simulation.compiled import inlined, inner
from simulation.draws import Purpose, word_of
from simulation.tables import (
    ALONGSIDE,
    CAME,
    FOREVER,
    NONE,
    Case,
    Counter,
    Department,
    Fate,
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
def file(t: Tables, s: State, stream: np.uint64, slot: int, made: int) -> None:
    """Begin an attempt now: short of something, or accepted."""
    now = s[Counter.NOW]
    here, r = s[slot + Slot.CASE_AT], s[slot + Slot.ROW_AT]
    s[slot + Slot.ATTEMPT] += 1
    attempt = s[slot + Slot.ATTEMPT]
    entry = entry_at(s, slot)
    s[entry + Log.FILED] = now
    if attempt > 1:  # documents come once
        s[entry + Log.READY] = s[slot + Slot.WORDS + Log.READY]
        s[entry + Log.BY] = s[slot + Slot.WORDS + Log.BY]
        foretell_again(t, s, stream, slot, attempt)
    fate = s[entry + Log.MADE]
    s[entry + Log.MADE] = fate + made
    if fate & Fate.SUPPLEMENT:
        word = word_of(stream, s[here + Case.NUMBER], t[r + Row.ITEM], attempt, Purpose.ANSWER)
        pause = drawn(t, s, Head.ANSWER, word)
        if pause:
            s[slot + Slot.PHASE] = Phase.SUPPLEMENT
            stand_still(t, s, slot, pause)
            return
    accept(t, s, stream, slot)


@inlined
def stand_still(t: Tables, s: State, slot: int, pause: int) -> None:
    """Stop an attempt's clock; one that will stand long gives its pair slot back."""
    now = s[Counter.NOW]
    schedule(s, slot, now + pause)
    days = (now + pause) // DAY - now // DAY
    if days > t[Head.PARK_AFTER] and holds(t, s, slot):
        release_slot(t, s, slot)


@inner
def accept(t: Tables, s: State, stream: np.uint64, slot: int) -> None:
    """Accept an attempt: its clock begins, and a special procedure may stop it at once."""
    here, r = s[slot + Slot.CASE_AT], s[slot + Slot.ROW_AT]
    entry = entry_at(s, slot)
    s[entry + Log.ACCEPTED] = s[Counter.NOW]
    if s[entry + Log.MADE] & Fate.PROCEDURE:
        attempt, item = s[slot + Slot.ATTEMPT], t[r + Row.ITEM]
        word = word_of(stream, s[here + Case.NUMBER], item, attempt, Purpose.PROCEDURE_TIME)
        pause = drawn(t, s, Head.PROCEDURE, word)
        if pause:
            s[slot + Slot.PHASE] = Phase.PROCEDURE
            stand_still(t, s, slot, pause)
            return
    queue_up(t, s, slot)


@inner
def queue_up(t: Tables, s: State, slot: int) -> None:
    """Join the department's queue; begin where nobody waits, or nobody could come before."""
    r = s[slot + Slot.ROW_AT]
    department, level = t[r + Row.DEPARTMENT], t[r + Row.PRIORITY]
    if not limited(t, department):
        begin(t, s, slot)
        return
    office = office_at(t, department)
    if level == 0 and s[office + Office.FREE] > 0 and not waits(t, s, department, 0):
        s[office + Office.FREE] -= 1
        begin(t, s, slot)
        return
    s[slot + Slot.PHASE] = Phase.QUEUED
    join(t, s, department, level, slot)
    touch_department(t, s, department)


@inlined
def limited(t: Tables, department: int) -> bool:
    """Tell whether a department has so many reviewers and no more."""
    here = t[Head.DEPARTMENT_AT] + department * Department.WORDS
    return t[here + Department.REVIEWERS] != FOREVER


@inner
def begin(t: Tables, s: State, slot: int) -> None:
    """Have a reviewer work on an attempt, on the days of its department."""
    entry = entry_at(s, slot)
    department = t[s[slot + Slot.ROW_AT] + Row.DEPARTMENT]
    begun, ended = _worked(t, department, s[Counter.NOW], s[entry + Log.BEGUN])
    s[entry + Log.BEGUN] = begun
    s[Counter.ACTIVITIES] += 1
    s[slot + Slot.PHASE] = Phase.SERVED
    schedule(s, slot, ended)


@inlined
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
    own = min(own + days, t[Head.HORIZON] // DAY)
    last = t[t[here + Department.DAY_AT] + own]
    return begun, last * DAY + whole - days * DAY


@inlined
def release_slot(t: Tables, s: State, slot: int) -> None:
    """Give a pair slot back."""
    run = run_of(t, s, slot)
    s[run + StageRun.HELD] -= 1
    s[run + StageRun.HOLDERS] &= ~(_ONE << t[s[slot + Slot.ROW_AT] + Row.BIT])
    touch_case(t, s, run)


@inner
def come_ready(t: Tables, s: State, stream: np.uint64, slot: int) -> None:
    """Do what an item does once its stage is filed and its documents are there."""
    here, r = s[slot + Slot.CASE_AT], s[slot + Slot.ROW_AT]
    how = t[r + Row.HOW]
    if how == How.LISTED:
        file(t, s, stream, slot, Made.LISTED)
    elif how == How.PAIRABLE:
        run = run_of(t, s, slot)
        s[run + StageRun.READY] |= _ONE << t[r + Row.BIT]
        touch_case(t, s, run)
    else:
        word = word_of(stream, s[here + Case.NUMBER], t[r + Row.ITEM], 0, Purpose.FREE)
        leave(t, s, stream, slot, drawn(t, s, Head.FREE, word))


@inner
def leave(t: Tables, s: State, stream: np.uint64, slot: int, delay: int) -> None:
    """Leave an item to its owner, who files it after a while."""
    if delay == 0:
        made = Made.AGAIN if s[slot + Slot.ATTEMPT] else Made.FREE
        file(t, s, stream, slot, made)
        return
    s[slot + Slot.PHASE] = Phase.LEFT
    schedule(s, slot, s[Counter.NOW] + delay)


@inner
def open_stage(t: Tables, s: State, stream: np.uint64, here: int, stage: int) -> None:
    """Open a stage, to be filed when its papers are prepared; those that need no time follow."""
    now = s[Counter.NOW]
    reached = True
    while reached and stage < ALONGSIDE:
        run = run_at(here, stage)
        s[run + StageRun.OPENED] = now
        word = word_of(stream, s[here + Case.NUMBER], stage, 0, Purpose.PREPARATION)
        delay = drawn(t, s, Head.PREPARATION, word)
        if delay:
            schedule(s, run, now + delay)
            return
        reached = enter_stage(t, s, stream, here, stage)
        stage += 1


@inner
def file_stage(t: Tables, s: State, stream: np.uint64, here: int, stage: int) -> None:
    """Take the joint application, whose milestone may be reached at once."""
    if enter_stage(t, s, stream, here, stage):
        open_stage(t, s, stream, here, stage + 1)


@inner
def enter_stage(t: Tables, s: State, stream: np.uint64, here: int, stage: int) -> bool:
    """File what can be filed, the others wait; tell whether there is nothing to grant first."""
    now = s[Counter.NOW]
    run, part = run_at(here, stage), part_at(s, here, stage)
    s[run + StageRun.FILED] = now
    pending_at = here + t[Head.PENDING]
    for row in range(t[part + Part.FIRST], t[part + Part.END]):
        if s[pending_at + row] == 0:
            come_ready(t, s, stream, slot_at(t, here, row))
    if s[run + StageRun.OPEN] == 0:
        s[run + StageRun.CLOSED] = now
    if s[run + StageRun.TO_REACH] != 0:
        return False
    s[run + StageRun.REACHED] = now
    s[run + StageRun.TO_REACH] = NONE
    return True


@inlined
def issue(t: Tables, s: State, stream: np.uint64, slot: int) -> None:
    """Issue an item's documents; what waited for them alone comes ready, in the order of rows."""
    here, r = s[slot + Slot.CASE_AT], s[slot + Slot.ROW_AT]
    if t[r + Row.MADE_AT] != t[r + Row.MADE_END]:
        _issue_shared(t, s, stream, slot)
        return
    pending_at = here + t[Head.PENDING]
    for place in range(t[r + Row.FREES_AT], t[r + Row.FREES_END]):
        pending = pending_at + t[place]
        s[pending] -= 1
        if s[pending] == 0:
            _released(t, s, stream, slot_at(t, here, t[place]), t[r + Row.NUMBER])


@inner
def _issue_shared(t: Tables, s: State, stream: np.uint64, slot: int) -> None:
    """Do so where others make some of the documents too: what comes is marked, then gone after."""
    here, r = s[slot + Slot.CASE_AT], s[slot + Slot.ROW_AT]
    pending_at = here + t[Head.PENDING]
    first, last = t[Head.WIDTH], NONE
    for place in range(t[r + Row.FREES_AT], t[r + Row.FREES_END]):
        row = t[place]
        if _comes(s, pending_at + row):
            first, last = min(first, row), max(last, row)
    for place in range(t[r + Row.MADE_AT], t[r + Row.MADE_END]):
        waits_at = t[s[here + Case.KIND_AT] + Kind.WAITS_AT] + t[place]
        issued = here + t[Head.ISSUED] + t[place]
        if s[issued]:
            continue
        s[issued] = 1
        for waiting in range(t[waits_at], t[waits_at + 1]):
            row = t[waiting]
            if _comes(s, pending_at + row):
                first, last = min(first, row), max(last, row)
    for row in range(first, last + 1):
        if s[pending_at + row] == CAME:
            s[pending_at + row] = 0
            _released(t, s, stream, slot_at(t, here, row), t[r + Row.NUMBER])


@inlined
def _comes(s: State, pending: int) -> bool:
    """Count a document that came; tell whether it is the last that held a row."""
    left = s[pending] - 1
    s[pending] = left or CAME
    return left == 0


@inlined
def _released(t: Tables, s: State, stream: np.uint64, slot: int, by: int) -> None:
    """Go on with an item whose last document has just come, if its stage is filed."""
    s[slot + Slot.WORDS + Log.READY] = s[Counter.NOW]
    s[slot + Slot.WORDS + Log.BY] = by
    if s[run_of(t, s, slot) + StageRun.FILED] != NONE:
        come_ready(t, s, stream, slot)


@inlined
def finish(t: Tables, s: State, stream: np.uint64, slot: int) -> None:
    """End an attempt: refused and wanted again, or granted, with all that hangs on it."""
    here, r = s[slot + Slot.CASE_AT], s[slot + Slot.ROW_AT]
    attempt, entry = s[slot + Slot.ATTEMPT], entry_at(s, slot)
    s[entry + Log.ENDED] = s[Counter.NOW]
    department = t[r + Row.DEPARTMENT]
    if limited(t, department):
        s[office_at(t, department) + Office.FREE] += 1
        if waits(t, s, department, 0) or waits(t, s, department, 1):
            touch_department(t, s, department)
    if holds(t, s, slot):
        release_slot(t, s, slot)
    made = s[entry + Log.MADE] & (Fate.SUPPLEMENT - 1)
    if made & Made.REFUSED:
        s[entry + Log.MADE] = made
        s[slot + Slot.PHASE] = Phase.WAITING
        if t[r + Row.HOW] == How.PAIRABLE:
            come_ready(t, s, stream, slot)
            return
        word = word_of(stream, s[here + Case.NUMBER], t[r + Row.ITEM], attempt, Purpose.AGAIN)
        leave(t, s, stream, slot, drawn(t, s, Head.AGAIN, word))
        return
    s[entry + Log.MADE] = made + Made.GRANTED
    s[slot + Slot.PHASE] = Phase.GRANTED
    _granted(t, s, stream, slot)


@inlined
def _granted(t: Tables, s: State, stream: np.uint64, slot: int) -> None:
    """Count a grant: documents, the stage, its milestone."""
    here, r, now = s[slot + Slot.CASE_AT], s[slot + Slot.ROW_AT], s[Counter.NOW]
    run = run_of(t, s, slot)
    s[here + Case.LEFT] -= 1
    s[run + StageRun.OPEN] -= 1
    if s[run + StageRun.OPEN] == 0:
        s[run + StageRun.CLOSED] = now
    issue(t, s, stream, slot)
    if t[r + Row.MILESTONE] and s[run + StageRun.TO_REACH] > 0:
        s[run + StageRun.TO_REACH] -= 1
        if s[run + StageRun.TO_REACH] == 0:
            s[run + StageRun.REACHED] = now
            s[run + StageRun.TO_REACH] = NONE
            open_stage(t, s, stream, here, s[run + StageRun.STAGE] + 1)
