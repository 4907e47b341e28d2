"""One project from where it stands to its end, many times over, compiled.

Unlike the kernel it plays one project at a time: the others are in the waits, which are those of
days on which the queues were as long as now, and of the days that followed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation._forecast_words import (
    NONE,
    Game,
    How,
    Life,
    Luck,
    Open,
    Present,
    Stage,
    Status,
    Word,
    World,
)
from simulation.compiled import compiled, inner
from simulation.draws import word_of
from simulation.history import STEP
from simulation.survival import drawn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

NEVER = np.inf
PATIENCE = 3  # refusals after which an item is granted
_UNIT = 2.0**-53
_FADES = 20 * 480.0  # minutes in which a queue longer than any before comes down to what was


@inner
def luck(g: Game, row: int, attempt: int, purpose: int) -> float:
    """Return a drawn number from 0 to 1."""
    word = word_of(g.stream, g.life.case[0], row, attempt, purpose)
    return float((word >> np.uint64(11)) * _UNIT)


@compiled
def play(w: World, p: Present, stream: np.uint64, count: int) -> Floats:
    """Return when each run's milestone is reached and each run closed, and the end of all.

    Args:
        count: How often it is played.

    Returns:
        Shape (count, 2 * runs + 1): minutes from now, inf where something never comes.
    """
    size, stages = len(p.rows), len(p.runs)
    found = np.empty((count, 2 * stages + 1))
    life = Life(
        np.zeros(1, np.int64),
        np.empty(size + stages),
        np.empty(size, np.int64),
        np.empty(size, np.int64),
        np.empty(size, np.int64),
        np.empty(size, np.bool_),
        np.empty(size),
        np.empty(len(p.issued), np.bool_),
        np.empty(stages, np.int64),
        np.empty(stages, np.int64),
        np.empty(stages, np.int64),
        np.empty(stages),
        np.empty(stages),
        np.empty(stages, np.int64),
        np.empty(stages, np.int64),
    )
    g = Game(w, p, life, stream)
    for case in range(count):
        life.case[0] = case
        _begin(g)
        found[case, 2 * stages] = _lived(g)
        found[case, :stages] = life.reached
        found[case, stages : 2 * stages] = life.closed
    return found


@inner
def _begin(g: Game) -> None:
    """Put everything where it stands now, and draw how it goes on from there."""
    size = len(g.present.rows)
    for place in range(len(g.present.issued)):
        g.life.there[place] = g.present.issued[place]
    for run in range(len(g.present.runs)):
        g.life.to_reach[run] = g.present.runs[run, Stage.TO_REACH]
        g.life.left[run] = g.present.runs[run, Stage.OPEN]
        g.life.opened[run] = g.present.runs[run, Stage.STANDING]
        g.life.reached[run] = g.life.closed[run] = NEVER
        g.life.due[size + run] = NEVER
        g.life.ready[run] = g.life.held[run] = 0
        if g.life.opened[run] == Open.OPENED:
            _prepare(g, run, 0.0, g.present.since[run])
    for row in range(size):
        g.life.status[row] = g.present.rows[row, Word.STATUS]
        g.life.pending[row] = g.present.rows[row, Word.PENDING]
        g.life.slot[row] = g.present.rows[row, Word.SLOT] != 0
        g.life.held[g.present.rows[row, Word.RUN]] += g.life.slot[row]
        g.life.attempts[row] = 0
        g.life.order[row] = luck(g, row, 0, Luck.LOT)
        g.life.due[row] = NEVER
        _go_on(g, row)
    for run in range(len(g.present.runs)):
        _start_pairables(g, run, 0.0)


@inner
def _go_on(g: Game, row: int) -> None:
    """Draw how a row goes on from where it stands."""
    state, stands = g.present.rows[row, Word.STATUS], g.present.elapsed[row]
    if state in (Status.READY, Status.AGAIN):
        if g.present.rows[row, Word.HOW] == How.PAIRABLE:
            _offer(g, row)
        elif state == Status.AGAIN:
            _file(g, row, drawn(g.world.tables[g.world.again], stands, luck(g, row, 0, Luck.AGAIN)))
        elif g.present.rows[row, Word.HOW] == How.FREE:
            _file(g, row, _time(g, row, Luck.FREE, stands, 0))
        else:
            _file(g, row, 0.0)
    elif Status.INTAKE <= state <= Status.WORKED:
        at = 0.0
        if state == Status.INTAKE:
            at += _time(g, row, Luck.INTAKE, stands, 0)
        if state <= Status.HELD:
            at += _time(g, row, Luck.HOLD, stands if state == Status.HELD else 0.0, 0)
            at += _wait(g, row, at, luck(g, row, 0, Luck.WAIT))
        elif state == Status.QUEUED:
            at += stands * _wait(g, row, 0.0, luck(g, row, 0, Luck.WAIT))
        g.life.due[row] = at + _work(g, row, stands if state == Status.WORKED else 0.0, 0)


@inner
def _offer(g: Game, row: int) -> None:
    """Let a pairable row start once a slot is free."""
    g.life.status[row] = Status.READY
    g.life.ready[g.present.rows[row, Word.RUN]] += 1


@inner
def _file(g: Game, row: int, at: float) -> None:
    """File a row at some time, and draw when its attempt ends."""
    g.life.attempts[row] += 1
    g.life.status[row] = Status.INTAKE
    tried = g.life.attempts[row]
    at += _time(g, row, Luck.INTAKE, 0.0, tried)
    at += _time(g, row, Luck.HOLD, 0.0, tried)
    at += _wait(g, row, at, luck(g, row, tried, Luck.WAIT))
    g.life.due[row] = at + _work(g, row, 0.0, tried)


@inner
def _time(g: Game, row: int, kind: int, elapsed: float, tried: int) -> float:
    """Draw how much longer an item's intake, hold, work or delay takes."""
    table = g.world.tables[g.world.tables_of[g.present.rows[row, Word.ITEM], kind]]
    return drawn(table, elapsed, luck(g, row, tried, kind))


@inner
def _work(g: Game, row: int, elapsed: float, tried: int) -> float:
    scale = g.world.scale[g.present.rows[row, Word.ITEM]]
    return float(scale * _time(g, row, Luck.WORK, elapsed / scale, tried))


@inner
def _wait(g: Game, row: int, at: float, chance: float) -> float:
    """Return the wait of who joins a department's queue *at* minutes from now.

    It is one that somebody had as long after the day that is taken for today.
    """
    office = g.present.rows[row, Word.DEPARTMENT]
    if office == NONE or g.world.known[office] == 0:
        return 0.0
    known = g.world.known[office]
    place = g.present.cells[g.life.case[0], office] + int(at // STEP)
    if place >= known:  # beyond what is known: somewhere in its later half
        half = max(known // 2, 1)
        place = known - half + (place - known) % half
    low, high = g.world.first[office, place], g.world.first[office, place + 1]
    wait = g.world.waits[low + int(chance * max(high - low, 1))]
    return float(wait * (1 + g.present.more[g.life.case[0], office] * np.exp(-at / _FADES)))


@inner
def _prepare(g: Game, run: int, at: float, elapsed: float) -> None:
    """Open a stage, or go on preparing its joint application."""
    g.life.opened[run] = Open.OPENED
    kind = g.world.preparation[g.present.runs[run, Stage.NUMBER]]
    chance = luck(g, len(g.present.rows) + run, 0, Luck.PREPARATION)
    g.life.due[len(g.present.rows) + run] = at + drawn(g.world.tables[kind], elapsed, chance)


@inner
def _lived(g: Game) -> float:
    """Play until nothing is due, and return when that is."""
    size, at = len(g.present.rows), 0.0
    while True:
        nearest = int(np.argmin(g.life.due))
        if g.life.due[nearest] == NEVER:
            if not _unlocked(g, at):
                return at
            continue
        at = g.life.due[nearest]
        g.life.due[nearest] = NEVER
        if nearest < size:
            _end(g, nearest, at)
        else:
            _file_stage(g, nearest - size, at)
        for run in range(len(g.present.runs)):
            _start_pairables(g, run, at)


@inner
def _unlocked(g: Game, at: float) -> bool:
    """Have what is left and waits for nothing that still comes go on; tell whether there was any.

    Facts may lack a document that was there, or a stage that was opened.
    """
    for run in range(len(g.present.runs)):
        if g.life.left[run] and g.life.opened[run] == Open.NO:
            _prepare(g, run, at, 0.0)
            return True
    for row in range(len(g.present.rows)):
        if g.life.status[row] == Status.WAITING:
            g.life.pending[row] = 0
            _file(g, row, at)
            return True
    return False


@inner
def _file_stage(g: Game, run: int, at: float) -> None:
    """Take a stage's joint application."""
    g.life.opened[run] = Open.FILED
    for row in range(len(g.present.rows)):
        mine = g.present.rows[row, Word.RUN] == run and g.life.status[row] == Status.WAITING
        if mine and g.life.pending[row] == 0:
            _come_ready(g, row, at)
    if g.life.left[run] == 0:
        g.life.closed[run] = at
    if g.life.to_reach[run] == 0:
        _reach(g, run, at)


@inner
def _come_ready(g: Game, row: int, at: float) -> None:
    """Do what a row does once its stage is filed and its documents are there."""
    how = g.present.rows[row, Word.HOW]
    if how == How.PAIRABLE:
        _offer(g, row)
        return
    _file(g, row, at + (_time(g, row, Luck.FREE, 0.0, 0) if how == How.FREE else 0.0))


@inner
def _reach(g: Game, run: int, at: float) -> None:
    """Reach a milestone, which opens the next stage."""
    g.life.to_reach[run] = NONE
    g.life.reached[run] = at
    following = g.present.runs[run, Stage.NEXT]
    if following != NONE and g.life.opened[following] == Open.NO:
        _prepare(g, following, at, 0.0)


@inner
def _end(g: Game, row: int, at: float) -> None:
    """End an attempt: not granted and wanted again, or granted, with all that hangs on it."""
    if g.life.slot[row]:
        g.life.slot[row] = False
        g.life.held[g.present.rows[row, Word.RUN]] -= 1
    item, tried = g.present.rows[row, Word.ITEM], g.life.attempts[row]
    if tried < PATIENCE and luck(g, row, tried, Luck.REFUSAL) < g.world.refused[item]:
        if g.present.rows[row, Word.HOW] == How.PAIRABLE:
            _offer(g, row)
        else:
            again = drawn(g.world.tables[g.world.again], 0.0, luck(g, row, tried, Luck.AGAIN))
            _file(g, row, at + again)
        return
    g.life.status[row] = Status.GRANTED
    for place in range(g.present.rows[row, Word.MADE_AT], g.present.rows[row, Word.MADE_END]):
        document = g.present.made[place]
        if g.life.there[document]:
            continue
        g.life.there[document] = True
        for waits in range(g.present.waits_at[document], g.present.waits_at[document + 1]):
            other = g.present.waiting[waits]
            g.life.pending[other] -= 1
            freed = g.life.pending[other] == 0 and g.life.status[other] == Status.WAITING
            if freed and g.life.opened[g.present.rows[other, Word.RUN]] == Open.FILED:
                _come_ready(g, other, at)
    _count(g, row, at)


@inner
def _count(g: Game, row: int, at: float) -> None:
    """Count a grant for its stage and the milestone."""
    run = g.present.rows[row, Word.RUN]
    g.life.left[run] -= 1
    if g.life.left[run] == 0 and g.life.opened[run] == Open.FILED:
        g.life.closed[run] = at
    if g.present.rows[row, Word.MILESTONE] and g.life.to_reach[run] > 0:
        g.life.to_reach[run] -= 1
        if g.life.to_reach[run] == 0:
            _reach(g, run, at)


@inner
def _start_pairables(g: Game, run: int, at: float) -> None:
    """Start what the slots of a stage allow, in the order of a lot."""
    busy = g.life.held[run] > 0 and not g.world.rolling
    if g.life.ready[run] == 0 or g.life.opened[run] != Open.FILED or busy:
        return
    beside = np.int64(0)
    for row in range(len(g.present.rows)):
        if g.life.slot[row] and g.present.rows[row, Word.RUN] == run:
            beside |= g.present.rows[row, Word.BESIDE]
    while g.life.held[run] < g.world.slots:
        chosen = NONE
        for row in range(len(g.present.rows)):
            if g.life.status[row] != Status.READY or g.present.rows[row, Word.HOW] != How.PAIRABLE:
                continue
            legal = (
                g.present.rows[row, Word.RUN] == run
                and not beside >> g.present.rows[row, Word.BIT] & 1
            )
            if legal and (chosen == NONE or g.life.order[row] < g.life.order[chosen]):
                chosen = row
        if chosen == NONE:
            return
        g.life.slot[chosen] = True
        g.life.held[run] += 1
        g.life.ready[run] -= 1
        beside |= g.present.rows[chosen, Word.BESIDE]
        _file(g, chosen, at)
