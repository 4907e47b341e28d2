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

from simulation._kernel_calendar import HALF, bring_near, gathered, next_minute
from simulation._kernel_luck import drawn, foretell
from simulation._kernel_pairs import start_pairables
from simulation._kernel_state import (
    case_at,
    clear,
    entry_at,
    first_in,
    make_case,
    run_at,
)
from simulation._kernel_steps import (
    accept,
    begin,
    file,
    file_stage,
    finish,
    open_stage,
    queue_up,
)
from simulation._words import fixed_words_of, words_of
from simulation.compiled import compiled, inlined
from simulation.draws import Draws, Purpose, word_of
from simulation.errors import BeyondCalendarError, StuckCasesError
from simulation.tables import (
    ALONGSIDE,
    KIND_WORDS,
    LEVELS,
    LINE,
    NONE,
    RUNS,
    SLOTS,
    STAGES,
    Case,
    Counter,
    Head,
    Log,
    Made,
    Office,
    Phase,
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
LEFT_OUT = (
    "projects of several units",
    "withdrawals",
    "the window's silence",
    "documents that run out",
    "joint visits",
)
_NEVER = 1 << 40


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Run:
    """One replication as it went, in minutes of the run; NONE where something never came.

    Attributes:
        log: int32, shape (cases, width, tries, Log.WORDS).
        stages: int32, shape (cases, STAGES, StageRun.WORDS).
        cases: int32, shape (cases, Case.WORDS).
        activities: How many times a reviewer worked on something.
    """

    model: Model
    draws: Draws
    log: NDArray[np.int32]
    stages: NDArray[np.int32]
    cases: NDArray[np.int32]
    activities: int


def run(model: Model, replication: int = 0) -> Run:
    """Run one replication of a model until its last project is completed.

    The global lock is free meanwhile, so threads do several at a time.

    Raises:
        BeyondCalendarError: If it is not over on the last day of the calendar.
        StuckCasesError: If projects wait for what never comes.
    """
    draws = Draws(model.scenario.seed, replication)
    t = model.tables
    cases, width = int(t[Head.CASES]), int(t[Head.WIDTH])
    s = _aligned(int(t[Head.STATE_WORDS]))
    s[t[Head.QUANTILES_AT] :][: len(model.quantiles)] = model.quantiles
    keys = np.empty(cases * (width + STAGES), dtype=np.int64)
    left = _run(t, s, keys, np.uint64(draws.stream))
    if left and s[Counter.NOW] == t[Head.HORIZON]:
        raise BeyondCalendarError(last=model.calendar.last.isoformat())
    of_cases = s[t[Head.CASE_AT] :][: cases * t[Head.CASE_WORDS]].reshape(cases, -1)
    stages = of_cases[:, RUNS:SLOTS].reshape(cases, STAGES, StageRun.WORDS)
    slots = of_cases[:, SLOTS : t[Head.PENDING]].reshape(cases, width, t[Head.SLOT_WORDS])
    if left:
        raise StuckCasesError(cases=left, items=_standing(model, of_cases, slots))
    tries = int(t[Head.TRIES])
    attempts = slots[..., Slot.WORDS : Slot.WORDS + tries * Log.WORDS]
    log = attempts.reshape(cases, width, tries, Log.WORDS)
    return Run(
        model=model,
        draws=draws,
        log=log,
        stages=stages,
        cases=of_cases[:, : Case.WORDS],
        activities=int(s[Counter.ACTIVITIES]),
    )


def _standing(model: Model, cases: State, slots: State) -> list[str]:
    """Return the items that the first stuck case has not been granted, in the order of rows."""
    stuck = int(np.flatnonzero(cases[:, Case.DONE] == NONE)[0])
    rows = model.kinds[cases[stuck, Case.KIND]]
    left = slots[stuck, : len(rows), Slot.PHASE] != Phase.GRANTED
    return [rows[at].code for at in np.flatnonzero(left)]


def _aligned(words: int) -> State:
    """Return room for the state that begins with a line of the cache."""
    room = np.empty(words + LINE, dtype=np.int32)
    begin = -(room.ctypes.data // room.itemsize) % LINE
    return room[begin : begin + words]


@compiled
def _run(tables: Tables, state: State, sorting: Tables, stream: np.uint64) -> int:
    """Run until the last project is completed; return how many never are."""
    t, s, events = fixed_words_of(tables), words_of(state), words_of(sorting)
    clear(t, s)
    _arrivals(t, s, stream)
    cases, horizon = t[Head.CASES], t[Head.HORIZON]
    came, now = 0, np.int64(0)
    while s[Counter.CASES_LEFT]:
        arrival = s[case_at(t, came) + Case.ARRIVED] if came < cases else _NEVER
        if s[Counter.EVENTS] == 0:
            if came == cases:
                break
            now = arrival
        now = next_minute(s, now, arrival)
        s[Counter.NOW] = min(now, horizon)
        if now >= horizon:
            break
        if now & (HALF - 1) == 0:
            bring_near(s)
        _events(t, s, events, stream, now)
        while came < cases and s[case_at(t, came) + Case.ARRIVED] == now:
            _arrive(t, s, stream, came)
            came += 1
        _after(t, s, stream)
        now += 1
    return s[Counter.CASES_LEFT]


@inlined
def _arrivals(t: Tables, s: State, stream: np.uint64) -> None:
    """Draw when each case comes, and of which kind it is."""
    at = 0
    for case in range(t[Head.CASES]):
        at += drawn(t, s, Head.BETWEEN, word_of(stream, case, 0, 0, Purpose.ARRIVAL))
        chance = np.int64(word_of(stream, case, 0, 0, Purpose.KIND) >> np.uint64(11))
        kind = 0
        while kind + 1 < t[Head.KINDS] and chance >= t[t[Head.KIND_AT] + kind * KIND_WORDS]:
            kind += 1
        s[case_at(t, case) + Case.ARRIVED] = min(at, t[Head.HORIZON])
        s[case_at(t, case) + Case.KIND] = kind


@inlined
def _arrive(t: Tables, s: State, stream: np.uint64, case: int) -> None:
    """File a project: its first stage opens, and what runs alongside."""
    make_case(t, s, case)
    here = case_at(t, case)
    foretell(t, s, stream, here)
    open_stage(t, s, stream, here, 0)
    s[run_at(here, ALONGSIDE) + StageRun.OPENED] = s[Counter.NOW]
    file_stage(t, s, stream, here, ALONGSIDE)
    _end_case(s, here)


@inlined
def _events(t: Tables, s: State, events: Tables, stream: np.uint64, now: int) -> None:
    """Do what falls on this minute, in the order of the rules."""
    for place in range(gathered(t, s, events, now)):
        event = events[place]
        here = s[event + Slot.CASE_AT]
        if s[event + Slot.PHASE] == Phase.OPENING:
            file_stage(t, s, stream, here, s[event + StageRun.STAGE])
        else:
            _go_on(t, s, stream, event)
        _end_case(s, here)


@inlined
def _go_on(t: Tables, s: State, stream: np.uint64, slot: int) -> None:
    """Do what was scheduled for an item."""
    phase = s[slot + Slot.PHASE]
    if phase == Phase.SERVED:
        finish(t, s, stream, slot)
    elif phase == Phase.SUPPLEMENT:
        s[entry_at(s, slot) + Log.ANSWERED] = s[Counter.NOW]
        accept(t, s, stream, slot)
    elif phase == Phase.PROCEDURE:
        s[entry_at(s, slot) + Log.RESUMED] = s[Counter.NOW]
        queue_up(t, s, slot)
    else:
        made = Made.AGAIN if s[slot + Slot.ATTEMPT] else Made.FREE
        file(t, s, stream, slot, made)


@inlined
def _after(t: Tables, s: State, stream: np.uint64) -> None:
    """Start pairable items of the cases touched, then let departments take from their queues."""
    touched = t[Head.TOUCHED_AT] + t[Head.DEPARTMENTS]
    for place in range(touched, touched + s[Counter.CASES]):
        start_pairables(t, s, stream, s[place])
    s[Counter.CASES] = 0
    for place in range(t[Head.TOUCHED_AT], t[Head.TOUCHED_AT] + s[Counter.DEPARTMENTS]):
        _take(t, s, s[place])
    s[Counter.DEPARTMENTS] = 0


@inlined
def _take(t: Tables, s: State, department: int) -> None:
    """Have idle reviewers take from their queue."""
    office = t[Head.OFFICE_AT] + department * Office.WORDS
    s[office + Office.TOUCHED] = 0
    for level in range(LEVELS):
        while s[office + Office.FREE] > 0:
            slot = first_in(t, s, department, level)
            if slot == NONE:
                break
            s[office + Office.FREE] -= 1
            begin(t, s, slot)


@inlined
def _end_case(s: State, here: int) -> None:
    """Complete a project that has nothing open and reached its last milestone."""
    last = run_at(here, ALONGSIDE - 1)
    empty = s[here + Case.LEFT] == 0 and s[last + StageRun.REACHED] != NONE
    if empty and s[here + Case.DONE] == NONE:
        s[here + Case.DONE] = s[Counter.NOW]
        s[Counter.CASES_LEFT] -= 1
