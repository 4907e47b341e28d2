"""What a database must do for the command path; SQLite and PostgreSQL stand behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from datetime import datetime

    # Others name a connection by this port, so that SQLAlchemy stays at home.
    from sqlalchemy import Connection as Connection  # noqa: PLC0414 - says: for others to import
    from sqlalchemy import Engine

    from engine.envelope import Envelope
    from engine.errors import ConcurrentChangeError, EngineError
    from engine.notes import Text
    from workflows.rows import Difference

# A connection of the driver itself: sqlite3.Connection or psycopg.Connection.
Raw = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The last event of a stream, and the packed state after it or one a few events before.

    Attributes:
        state, archive: None when written = as they were, both; None when loaded = known.
    """

    stream: str
    number: int
    hash: str
    recorded_at: datetime
    state: bytes | None
    archive: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What was answered to (actor, key): events *first* to *last* of *stream*; 0 = a refusal.

    Attributes:
        id: Command id, which the events carry.
        request: Hash of the request.
    """

    actor: str
    key: str
    id: str
    stream: str
    request: str
    first: int
    last: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What lies under the lock: the stream's head, and the answer given to the key before."""

    head: Head | None
    recorded: Recorded | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Writes:
    """Everything that one command writes, together or not at all.

    Attributes:
        recorded: None where nobody gave a command: a rebuild writes no event either.
        place: Before which of the rows in the log's order the events come, in SQLite: a negative
            one is for a past that no follower is to hear of. None = behind all.
    """

    envelopes: tuple[Envelope, ...]
    head: Head
    recorded: Recorded | None
    difference: Difference
    texts: tuple[Text, ...] = ()
    place: int | None = None


class Store(Protocol):
    """A database behind the command path. Connections are the driver's own (*raw*)."""

    @property
    def engine(self) -> Engine:
        """Return the SQLAlchemy engine, for everything that is not the command path."""

    @property
    def lost(self) -> tuple[type[Exception], ...]:
        """Return the driver's errors among which is the loss of a connection."""

    def check(self) -> None:
        """Refuse to run where an acknowledged step could be lost (UnsafeDatabaseError)."""

    def take(self, raw: Raw) -> None:
        """Take a connection from the pool into use; nothing is begun."""

    def begin(self, raw: Raw, *, loading: bool = False) -> None:
        """Begin a transaction that writes; may wait for its turn.

        Args:
            loading: The next call is `load`, which may begin on the same trip.
        """

    def release(self) -> None:
        """Let the next writer in; called once after each *begin*, also after a failure."""

    def load(self, raw: Raw, stream: str, actor: str, key: str, known: str = "") -> Loaded:
        """Lock *stream* until the transaction ends and return what lies under the lock.

        Args:
            known: Hash of an event whose packed state the caller can do without.
        """

    def batch(self, raw: Raw) -> AbstractContextManager[object]:
        """Return a context in which writes and commit travel together."""

    def write(self, raw: Raw, writes: Writes) -> None:
        """Send *writes*, in a batch."""

    def send(self, raw: Raw, statement: str) -> None:
        """Send a statement that needs no parameters, in a batch."""

    def confirm(self, raw: Raw) -> None:
        """Check that COMMIT has committed: a failed transaction answers it with a rollback."""

    def roll_back(self, raw: Raw) -> None:
        """Undo what was begun; nothing where nothing was."""

    def fault(self, error: BaseException) -> EngineError | ConcurrentChangeError | None:
        """Return what *error* of the driver means to us; None when it is not the driver's."""

    def broken(self, error: BaseException) -> bool:
        """Tell whether the connection that raised *error* is of no more use."""
