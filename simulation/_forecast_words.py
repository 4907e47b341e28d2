"""What the compiled loops of the forecast read and write."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np  # noqa: TC002 - the fields of the tuples name it

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

NONE = -1


class Luck(IntEnum):
    """What a draw decides; the first four as the columns of `history.Past.tables_of`."""

    INTAKE = 0
    HOLD = 1
    WORK = 2
    FREE = 3
    WAIT = 4
    PREPARATION = 5
    AGAIN = 6
    REFUSAL = 7
    LOT = 8


class How(IntEnum):
    """How a row comes to be filed."""

    LISTED = 0  # by the rules
    PAIRABLE = 1
    FREE = 2  # by its owner


class Open(IntEnum):
    """How far a stage run is."""

    NO = 0
    OPENED = 1
    FILED = 2


class Word(IntEnum):
    """Words of a row."""

    ITEM = 0
    RUN = 1
    DEPARTMENT = 2
    HOW = 3
    MILESTONE = 4
    MADE_AT = 5
    MADE_END = 6
    BIT = 7
    BESIDE = 8  # bits that it may not run beside
    STATUS = 9
    PENDING = 10
    SLOT = 11  # it holds one now
    WORDS = 12


class Status(IntEnum):
    """Where a row stands when the forecast is made."""

    WAITING = 0
    READY = 1  # it can be filed, and was not
    AGAIN = 2  # it was refused
    INTAKE = 3
    HELD = 4
    QUEUED = 5
    WORKED = 6
    GRANTED = 7


class Stage(IntEnum):
    """Words of a stage run."""

    NEXT = 0  # the run that its milestone opens, or NONE
    NUMBER = 1
    TO_REACH = 2  # grants to its milestone; NONE = reached, or there is none
    OPEN = 3  # rows that are not granted
    STANDING = 4  # see `Open`
    WORDS = 5


class World(NamedTuple):
    """What was learned, laid out for compiled loops: see `simulation.history`."""

    tables: Floats
    tables_of: Ints
    scale: Floats
    refused: Floats
    again: int
    preparation: Ints
    waits: Floats
    first: Ints
    known: Ints
    rolling: bool
    slots: int


class Present(NamedTuple):
    """One project as it stands.

    Attributes:
        rows: Shape (rows, Word.WORDS).   runs: Shape (runs, Stage.WORDS).
        elapsed: Minutes in the step that each row stands in; of a queue the part of it that stands
            before, 0 to 1.   since: Minutes that each run has been open.
        waits_at, waiting: Rows that wait for a document: waiting[waits_at[d] : waits_at[d + 1]].
        made: Documents that rows make, see Word.MADE_AT.   issued: Which exist.
        cells, more: Shape (count, departments): what stands for today (see `_wait`).
    """

    rows: Ints
    runs: Ints
    elapsed: Floats
    since: Floats
    waits_at: Ints
    waiting: Ints
    made: Ints
    issued: NDArray[np.bool_]
    cells: Ints
    more: Floats


class Life(NamedTuple):
    """What changes while a project is played; *due* is of rows, then of runs to be filed.

    *case* holds one number: how often it was played before. *ready* and *held* are of runs: the
    pairable rows that could start, and the slots that are held.
    """

    case: Ints
    due: Floats
    status: Ints
    pending: Ints
    attempts: Ints
    slot: NDArray[np.bool_]
    order: Floats
    there: NDArray[np.bool_]
    to_reach: Ints
    left: Ints
    opened: Ints
    reached: Floats
    closed: Floats
    ready: Ints
    held: Ints


class Game(NamedTuple):
    """A project and what is known of the world around it; compiled functions take it whole."""

    world: World
    present: Present
    life: Life
    stream: np.uint64
