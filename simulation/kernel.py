"""The kernel: many projects and all departments, minute by minute, compiled.

It knows what `FEATURES` names; `model_of` refuses what its arrays cannot hold. Ties are part of the
rules: what falls on one minute is done in the order (end before resumption, filing, opening,
arrival; stage; item; case). Then pairable items start, by case in the order in which cases were
touched; then departments take from their queues. Every work and every pause takes a minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulation._kernel_pairs import start_pairables
from simulation._kernel_state import (
    HALF,
    bring_near,
    case_at,
    first_in,
    fresh,
    kind_at,
    part_at,
    row_at,
    run_at,
    slot_at,
)
from simulation._kernel_steps import (
    accept,
    begin,
    drawn,
    file,
    file_stage,
    finish,
    open_stage,
    queue_up,
)
from simulation.compiled import compiled, inner
from simulation.draws import Draws, Purpose, word_of
from simulation.errors import StuckCasesError
from simulation.tables import (
    ALONGSIDE,
    KIND_WORDS,
    LEVELS,
    NONE,
    RING,
    STAGES,
    Case,
    Counter,
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
    from numpy.typing import NDArray

    from simulation._kernel_state import State, Tables
    from simulation.model import Model

FEATURES = (
    "kinds of projects, townships, arrivals",
    "hard documents, any one producer; the order of the nets",
    "milestones of all, any or no items; stages that run beside one another",
    "queues of departments with reviewers and two priorities; days on which one is closed",
    "preparation, supplements, special procedures, refusals and filing again, commitment",
    "agents' look before the filing",
    "pairs in rounds and rolling, any slots: single, chosen, drawn, planned; slots given back",
)
# Where the kind of event, stage, item and case stand in a key; the row stands last.
_EVENT, _STAGE, _ITEM, _CASE = 60, 56, 40, 14
_ROWS, _CASES = (1 << 14) - 1, (1 << 26) - 1
_OPENING = 3
_FEW = 24
_NEVER = 1 << 40


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Run:
    """One replication as it went, in minutes of the run; NONE where something never came.

    Attributes:
        log: int32, shape (cases, width, tries, Log.WORDS).
        stages: int32, shape (cases, STAGES, StageRun.WORDS).
        cases: int32, shape (cases, Case.WORDS).
    """

    model: Model
    draws: Draws
    log: NDArray[np.int32]
    stages: NDArray[np.int32]
    cases: NDArray[np.int32]

    @property
    def activities(self) -> int:
        """Return how many times a reviewer worked on something."""
        return int(np.count_nonzero(self.log[..., Log.BEGUN] != NONE))


def run(model: Model, replication: int = 0) -> Run:
    """Run one replication of a model until its last project is completed.

    The global lock is free meanwhile, so threads do several at a time.

    Raises:
        StuckCasesError: If projects wait for what never comes.
    """
    draws = Draws(model.scenario.seed, replication)
    t = model.tables
    s = _run(t, model.quantiles, np.uint64(draws.stream))
    if s[Counter.CASES_LEFT]:
        raise StuckCasesError(cases=int(s[Counter.CASES_LEFT]))
    cases = int(t[Head.CASES])

    def part(begin: int, end: int, *shape: int) -> NDArray[np.int32]:
        return s[t[begin] : t[end]].reshape(cases, *shape)

    return Run(
        model=model,
        draws=draws,
        log=part(Head.LOG_AT, Head.RING_AT, int(t[Head.WIDTH]), int(t[Head.TRIES]), Log.WORDS),
        stages=part(Head.RUN_AT, Head.SLOT_AT, STAGES, StageRun.WORDS),
        cases=part(Head.CASE_AT, Head.RUN_AT, Case.WORDS),
    )


@compiled
def _run(t: Tables, quantiles: State, stream: np.uint64) -> State:
    s = fresh(t, quantiles)
    keys = np.empty(t[Head.CASES] * (t[Head.WIDTH] + STAGES), dtype=np.int64)
    _arrivals(t, s, stream)
    cases = t[Head.CASES]
    came, now = 0, np.int64(0)
    while s[Counter.CASES_LEFT]:
        arrival = s[case_at(t, came) + Case.ARRIVED] if came < cases else np.int64(_NEVER)
        if s[Counter.EVENTS] == 0:
            if came == cases:
                break
            now = np.int64(arrival)
        now = _next_minute(t, s, now, arrival)
        s[Counter.NOW] = now
        if now & (HALF - 1) == 0:
            bring_near(t, s)
        if s[t[Head.RING_AT] + (now & (RING - 1))] != NONE:
            _events(t, s, keys, stream, now)
        while came < cases and s[case_at(t, came) + Case.ARRIVED] == now:
            _arrive(t, s, stream, came)
            came += 1
        _after(t, s, stream)
        now += 1
    return s


@inner
def _next_minute(t: Tables, s: State, now: int, arrival: int) -> int:
    """Return the first minute from *now* on at which something happens, or the calendar turns."""
    ring = t[Head.RING_AT]
    while now < arrival and now & (HALF - 1) and s[ring + (now & (RING - 1))] == NONE:
        now += 1
    return now


@inner
def _arrivals(t: Tables, s: State, stream: np.uint64) -> None:
    """Draw when each case comes, and of which kind it is."""
    at = 0
    for case in range(t[Head.CASES]):
        at += drawn(t, s, Head.BETWEEN, word_of(stream, case, 0, 0, Purpose.ARRIVAL))
        chance = np.int64(word_of(stream, case, 0, 0, Purpose.KIND) >> np.uint64(11))
        kind = 0
        while kind + 1 < t[Head.KINDS] and chance >= t[t[Head.KIND_AT] + kind * KIND_WORDS]:
            kind += 1
        s[case_at(t, case) + Case.ARRIVED] = at
        s[case_at(t, case) + Case.KIND] = kind


@inner
def _arrive(t: Tables, s: State, stream: np.uint64, case: int) -> None:
    """File a project: its first stage opens, and what runs alongside."""
    rows = t[kind_at(t, s, case) + Kind.ROWS]
    s[case_at(t, case) + Case.LEFT] = rows
    for row in range(rows):
        slot, r = slot_at(t, case, row), row_at(t, s, case, row)
        s[slot + Slot.PENDING] = t[r + Row.NEEDS]
        s[slot + Slot.READY_AT] = NONE
        s[slot + Slot.READY_BY] = NONE
        s[slot + Slot.ROW_AT] = r
        s[slot + Slot.CASE] = case
        s[slot + Slot.ROW] = row
        number = (case * t[Head.WIDTH] + row) * t[Head.TRIES]
        s[slot + Slot.ENTRY] = t[Head.LOG_AT] + (number - 1) * Log.WORDS
    for stage in range(STAGES):
        run, part = run_at(t, case, stage), part_at(t, s, case, stage)
        s[run + StageRun.TO_REACH] = t[part + Part.MILESTONES]
        s[run + StageRun.OPEN] = t[part + Part.END] - t[part + Part.FIRST]
    open_stage(t, s, stream, case, 0)
    s[run_at(t, case, ALONGSIDE) + StageRun.OPENED] = s[Counter.NOW]
    file_stage(t, s, stream, case, ALONGSIDE)
    _end_case(t, s, case)


@compiled
def _events(t: Tables, s: State, keys: Tables, stream: np.uint64, now: int) -> None:
    """Do what falls on this minute, in the order of the rules."""
    for place in range(_gathered(t, s, keys, now)):
        key = keys[place]
        case, row = (key >> _CASE) & _CASES, key & _ROWS
        if (key >> _EVENT) == _OPENING:
            file_stage(t, s, stream, case, row)
        else:
            _go_on(t, s, stream, slot_at(t, case, row))
        _end_case(t, s, case)


@inner
def _go_on(t: Tables, s: State, stream: np.uint64, slot: int) -> None:
    """Do what was scheduled for an item."""
    phase = s[slot + Slot.PHASE]
    if phase == Phase.SERVED:
        finish(t, s, stream, slot)
    elif phase == Phase.SUPPLEMENT:
        s[s[slot + Slot.ENTRY] + Log.ANSWERED] = s[Counter.NOW]
        accept(t, s, stream, slot)
    elif phase == Phase.PROCEDURE:
        s[s[slot + Slot.ENTRY] + Log.RESUMED] = s[Counter.NOW]
        queue_up(t, s, stream, slot)
    else:
        made = Made.AGAIN if s[slot + Slot.ATTEMPT] else Made.FREE
        file(t, s, stream, slot, made)


@compiled
def _gathered(t: Tables, s: State, keys: Tables, now: int) -> int:
    """Take this minute's events out of the calendar, as sorted keys; return how many."""
    place = t[Head.RING_AT] + (now & (RING - 1))
    event = s[place]
    s[place] = NONE
    count = 0
    while event != NONE:
        keys[count] = _key(t, s, event)
        count += 1
        event = s[event + Slot.NEXT]
    s[Counter.EVENTS] -= count
    if count > _FEW:
        keys[:count].sort()
        return count
    for place in range(1, count):  # a handful is put in order faster by hand
        key, before = keys[place], place - 1
        while before >= 0 and keys[before] > key:
            keys[before + 1] = keys[before]
            before -= 1
        keys[before + 1] = key
    return count


@inner
def _key(t: Tables, s: State, event: int) -> int:
    """Return an event as a number that sorts by the rules and names case and row."""
    if event < t[Head.SLOT_AT]:
        number = (event - t[Head.RUN_AT]) // StageRun.WORDS
        case, stage = number // STAGES, number % STAGES
        return (_OPENING << _EVENT) | (stage << _STAGE) | (case << _CASE) | stage
    r, case = s[event + Slot.ROW_AT], np.int64(s[event + Slot.CASE])
    phase = s[event + Slot.PHASE]
    kind = 0 if phase == Phase.SERVED else 2 if phase == Phase.LEFT else 1
    place = (t[r + Row.STAGE] << _STAGE) | (t[r + Row.ITEM] << _ITEM)
    return (kind << _EVENT) | place | (case << _CASE) | s[event + Slot.ROW]


@inner
def _after(t: Tables, s: State, stream: np.uint64) -> None:
    """Start pairable items of the cases touched, then let departments take from their queues."""
    touched = t[Head.TOUCHED_AT] + t[Head.DEPARTMENTS]
    for place in range(touched, touched + s[Counter.CASES]):
        start_pairables(t, s, stream, s[place])
        s[case_at(t, s[place]) + Case.TOUCHED] = 0
    s[Counter.CASES] = 0
    for place in range(t[Head.TOUCHED_AT], t[Head.TOUCHED_AT] + s[Counter.DEPARTMENTS]):
        _take(t, s, stream, s[place])
    s[Counter.DEPARTMENTS] = 0


@inner
def _take(t: Tables, s: State, stream: np.uint64, department: int) -> None:
    """Have idle reviewers take from their queue."""
    office = t[Head.OFFICE_AT] + department * Office.WORDS
    s[office + Office.TOUCHED] = 0
    for level in range(LEVELS):
        while s[office + Office.FREE] > 0:
            slot = first_in(t, s, department, level)
            if slot == NONE:
                break
            s[office + Office.FREE] -= 1
            begin(t, s, stream, slot)


@inner
def _end_case(t: Tables, s: State, case: int) -> None:
    """Complete a project that has nothing open and reached its last milestone."""
    here = case_at(t, case)
    last = run_at(t, case, ALONGSIDE - 1)
    empty = s[here + Case.LEFT] == 0 and s[last + StageRun.REACHED] != NONE
    if empty and s[here + Case.DONE] == NONE:
        s[here + Case.DONE] = s[Counter.NOW]
        s[Counter.CASES_LEFT] -= 1
