"""What the compiled loops read and write: words in two flat arrays, and where each stands.

Compiled functions hand arrays on slowly, so there are two only: the *tables* of a model (int64,
never written) and the *state* of a run (int32). Records lie in them one after the other; the enums
below name the words of a record, and a head at the start of the tables says where each sort begins.

In the state everything of a case lies together: the case, its stages, its rows with their attempts
behind them, its documents. What is touched together then stands in few lines of the cache, and
those of a case that has gone are not in the way.
"""

from __future__ import annotations

from enum import IntEnum

STAGES = 5
ALONGSIDE = 4  # place of the stage that opens with the project and is filed at once
FOREVER = -1  # reviewers of a department where nobody waits
LEVELS = 2  # of priority in a queue
RING = 1 << 15  # minutes that the calendar holds, 68 working days; later ones wait apart
LINE = 16  # words of a line of the cache
RING_AT = LINE  # where the calendar begins in the state
BITS_AT = RING_AT + RING  # a bit for each of its minutes: whether anything is in its list
BITS = 32  # in a word
RUNS = LINE  # where the stages begin in a case
# Where the kind of event, stage, item and case stand in a key; the row stands last. A case is told
# by its address, for which 26 bits are enough: a state has 256 megabytes at most (`room`).
EVENT_BIT, STAGE_BIT, ITEM_BIT, CASE_BIT = 60, 56, 40, 14
NONE = -1
CAME = -1  # the last document of a row came, and nobody has gone after it yet


class Head(IntEnum):
    """First words of the tables; a time takes two: its table, then its mean in minutes."""

    CASES = 0
    WIDTH = 1  # most rows of a kind
    DOCUMENTS = 2  # most documents of a kind
    TRIES = 3  # most attempts of an item
    POLICY = 4
    ROLLING = 5
    SLOTS = 6
    PARK_AFTER = 7
    PRECHECK = 8  # a chance, as the next
    REFUSED = 9
    BETWEEN = 10
    ANSWER = 12
    AGAIN = 14
    ON_COMMITMENT = 16
    PROCEDURE = 18
    PREPARATION = 20
    FREE = 22
    KINDS = 24
    DEPARTMENTS = 25
    # Where in the tables records begin.
    KIND_AT = 26
    DEPARTMENT_AT = 27
    # Where in the state they do.
    QUEUE_AT = 28
    OFFICE_AT = 29
    TOUCHED_AT = 30  # numbers of departments, then addresses of cases
    QUANTILES_AT = 31
    CASE_AT = 32
    STATE_WORDS = 33
    # How long records of the state are.
    CASE_WORDS = 34
    SLOT_WORDS = 35  # with its attempts
    # Where in a case they begin.
    PENDING = 36  # by row: documents that still hold it, or CAME
    ISSUED = 37  # documents
    HORIZON = 38  # first minute beyond the calendar
    # Whether any row has such a chance.
    SUPPLEMENTS = 39
    PROCEDURES = 40
    COMMITMENTS = 41
    WORDS = 42


class Kind(IntEnum):
    """Words of a kind of project; behind them one `Part` for each stage."""

    UNTIL = 0  # sum of the weights, in 2^53rds; a drawn number below it is of this kind
    ROWS_AT = 1
    ROWS = 2
    WAITS_AT = 3  # at + document: where the rows begin that wait for it; the next word: their end
    PARTS = 4


class Part(IntEnum):
    """Words of one stage of a kind."""

    FIRST = 0  # row
    END = 1
    MILESTONES = 2  # grants that make the milestone; NONE = there is none
    POOL_AT = 3  # rows by bit
    POOL = 4
    SINGLE_AT = 5  # bits in the order in which they go by themselves
    PAIRS_AT = 6  # two bits each
    PAIRS_END = 7
    PLAN_AT = 8  # place among the pairs by set of ready items; NONE = the first legal one
    WORDS = 9


class Row(IntEnum):
    """Words of a row; chances are in 2^53rds. What every attempt needs stands first."""

    RUN = 0  # where its stage stands in a case
    DEPARTMENT = 1
    HOW = 2
    PRIORITY = 3
    BIT = 4
    MILESTONE = 5
    FREES_AT = 6  # rows that wait for what nobody else makes, in order, once for each document
    FREES_END = 7
    MADE_AT = 8  # its documents that others make too
    MADE_END = 9
    NUMBER = 10  # of the row
    ITEM = 11
    SHAPE = 12
    MEAN = 13
    ORDER = 14  # stage, item and row as they stand in the key of an event
    NEEDS = 15
    COMMITMENT = 16
    SUPPLEMENT = 17
    CHECKED = 18
    PROCEDURE = 19
    BESIDE = 20  # bits it may not run beside
    WORDS = 21


class Department(IntEnum):
    """Words of a department."""

    REVIEWERS = 0
    BEFORE_AT = 1  # own days before each common one; NONE = works whenever anybody does
    DAY_AT = 2  # the common day of each own one
    WORDS = 3


KIND_WORDS = Kind.PARTS + STAGES * Part.WORDS


class Counter(IntEnum):
    """First words of the state."""

    NOW = 0
    CASES_LEFT = 1
    DEPARTMENTS = 2  # touched in this minute
    CASES = 3  # touched in this minute
    FAR = 4  # first event beyond the ring
    EVENTS = 5  # in the calendar
    ACTIVITIES = 6  # begun
    WORDS = 8


class Queue(IntEnum):
    """Words of a queue: slots, linked by `Slot.NEXT`."""

    FIRST = 0
    LAST = 1
    WORDS = 2


class Office(IntEnum):
    """Words of what changes of a department."""

    FREE = 0  # idle reviewers
    TOUCHED = 1
    WORDS = 2


class Case(IntEnum):
    """Words of a project."""

    KIND = 0
    ARRIVED = 1
    LEFT = 2  # rows not granted
    DONE = 3
    TOUCHED = 4  # bits of the stages in which something pairable, or a slot, came free
    NUMBER = 5
    KIND_AT = 6  # where its kind stands in the tables
    WORDS = 7


class StageRun(IntEnum):
    """Words of a stage of a project; the first four as in `Slot`."""

    NEXT = 0
    DUE = 1
    PHASE = 2
    CASE_AT = 3
    STAGE = 4
    OPENED = 5
    FILED = 6
    REACHED = 7
    CLOSED = 8
    TO_REACH = 9  # grants to the milestone; NONE = reached, or there is none
    OPEN = 10  # rows not granted
    HELD = 11  # slots
    STARTS = 12
    HOLDERS = 13  # bits
    READY = 14  # bits of the pairable items that may start
    WORDS = LINE


SLOTS = RUNS + STAGES * StageRun.WORDS  # where the rows begin in a case


class Slot(IntEnum):
    """Words of a row of a project.

    An attempt is at one place only: in a queue, in the calendar, or at rest. So one link will do.
    """

    NEXT = 0
    DUE = 1
    PHASE = 2
    CASE_AT = 3  # where its project stands in the state
    ROW_AT = 4  # where its row stands in the tables
    ATTEMPT = 5
    WORDS = 6  # its attempts follow; with the first of them it fills a line


class Phase(IntEnum):
    """Where an item stands, or what a stage waits for; fours go together in the order of events."""

    SERVED = 0
    SUPPLEMENT = 4
    PROCEDURE = 5
    LEFT = 8  # to be filed by its owner at a time that is fixed
    OPENING = 12  # of a stage
    WAITING = 16  # for documents, its stage, a slot
    QUEUED = 17
    GRANTED = 18


class Log(IntEnum):
    """Words of an attempt: minutes, NONE where they did not come, but for the last three."""

    FILED = 0
    ANSWERED = 1  # end of the supplement, which began with the filing
    ACCEPTED = 2
    RESUMED = 3  # end of the special procedure, which began with the acceptance
    BEGUN = 4  # until then: the minutes of work that it will take
    ENDED = 5
    READY = 6  # when its last document came
    BY = 7  # row that brought it
    PARTNER = 8  # row filed with it
    MADE = 9  # see `Made`
    WORDS = 10


class Made(IntEnum):
    """How an attempt was filed (one of the first five), and what became of it (added)."""

    LISTED = 0
    PAIRED = 1
    SINGLE = 2
    FREE = 3
    AGAIN = 4
    GRANTED = 8
    REFUSED = 16
    COMMITTED = 32


class Fate(IntEnum):
    """What luck has in store for an attempt; it stands with `Made` until the attempt ends."""

    SUPPLEMENT = 64
    PROCEDURE = 128
