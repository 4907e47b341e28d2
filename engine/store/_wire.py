"""Statements of the command path on a PostgreSQL connection: prepared once, sent many a trip.

It speaks to libpq beneath psycopg's cursors, which cost the client more than the statement costs
the server. Named queries go on using psycopg on the same connection between two trips.
"""

from __future__ import annotations

import re
import select
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from psycopg import DataError, OperationalError, errors
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from psycopg import Connection
    from psycopg.pq.abc import PGconn, PGresult

Cell = bytes | None
_PLACEHOLDER = re.compile(r"%\((\w+)\)([sb])")
_FINE = frozenset({ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK})
# A rollback through psycopg's cursors drops all that is prepared on the connection. It shows at the
# first statement of the next transaction, BEGIN, when nothing has been done yet.
UNPREPARED = errors.InvalidSqlStatementName
# What was prepared before a table's columns changed answers so, for as long as it is used. The
# server's words for it may be in any language: its function that says them is not.
_OUTDATED = "RevalidateCachedQuery"
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)  # PostgreSQL counts instants from here
_MICROSECOND = timedelta(microseconds=1)


def forgotten(error: BaseException) -> bool:
    """Tell whether what was prepared on a connection is gone, or of no more use."""
    return isinstance(error, UNPREPARED) or (
        isinstance(error, errors.FeatureNotSupported) and error.diag.source_function == _OUTDATED
    )


@dataclass(frozen=True, slots=True)
class Numbered:
    """A statement as the protocol takes it.

    Attributes:
        names: Of its parameters, in order.
        formats: Of each parameter: 0 = text, 1 = as it stands.
    """

    text: bytes
    names: tuple[str, ...]
    formats: tuple[int, ...]


@cache
def numbered(statement: str) -> Numbered:
    """Return a statement with its parameters numbered.

    >>> numbered("UPDATE t SET a = %(a)b WHERE k = %(k)s AND a <> %(a)b").text
    b'UPDATE t SET a = $1 WHERE k = $2 AND a <> $1'
    """
    found = dict(_PLACEHOLDER.findall(statement))
    places = {name: place for place, name in enumerate(found, start=1)}
    text = _PLACEHOLDER.sub(lambda match: f"${places[match[1]]}", statement)
    return Numbered(text.encode(), tuple(found), tuple(int(how == "b") for how in found.values()))


class Wire:
    """What is to be sent on one connection, and the names under which it is prepared there."""

    def __init__(self, connection: Connection[object]) -> None:
        """Send nothing yet."""
        self._raw: PGconn = connection.pgconn
        self._encoding = connection.info.encoding
        self._poll = select.poll()
        self._poll.register(connection.fileno(), select.POLLIN)
        self._names: dict[bytes, bytes] = {}
        self._made = count()
        self._waiting: list[tuple[Numbered, Sequence[Cell]]] = []
        self.tag = ""
        self.patience: int | None = None  # milliseconds; None = without end

    @property
    def idle(self) -> bool:
        """Tell whether no transaction is begun."""
        return self._raw.transaction_status == TransactionStatus.IDLE

    def add(self, statement: Numbered, cells: Sequence[Cell] = ()) -> None:
        """Let a statement go out with the next trip."""
        self._waiting.append((statement, cells))

    def forget(self) -> None:
        """Let nothing go out that was added."""
        self._waiting = []

    def trip(self) -> PGresult:
        """Send what was added in one go, wait for every answer and return the last.

        *tag* is then what the server said of the last statement, such as "COMMIT".

        Raises:
            psycopg.Error: The first of the statements that failed; none after it was carried out.
        """
        waiting, self._waiting = self._waiting, []
        known = dict(self._names)
        raw = self._raw
        whole = False
        try:
            raw.enter_pipeline_mode()
            for statement, given in waiting:
                self.put(statement, given)
            raw.pipeline_sync()
            self._flush()
            results = self._answers()
            raw.exit_pipeline_mode()
            whole = True
        finally:
            if not whole:
                raw.finish()  # who knows what lies on the line
        return self._last(results, known)

    def put(self, statement: Numbered, given: Sequence[Cell]) -> None:
        """Send one statement; the first time it is prepared."""
        name = self._names.get(statement.text)
        if name is None:
            name = self._names[statement.text] = b"abreast_%d" % next(self._made)
            self._raw.send_prepare(name, statement.text)
        self._raw.send_query_prepared(name, given, statement.formats, 1)

    def _flush(self) -> None:
        """Hand everything to the network, reading where both sides would else be stuck."""
        raw = self._raw
        if not raw.flush():
            return
        self._poll.modify(raw.socket, select.POLLIN | select.POLLOUT)
        while raw.flush():
            if any(event & ~select.POLLOUT for _, event in self._ready()):
                raw.consume_input()
        self._poll.modify(raw.socket, select.POLLIN)

    def _answers(self) -> list[PGresult]:
        """Return a result for each statement, up to the sync that ends the trip."""
        results: list[PGresult] = []
        while True:
            result = self._answer()
            if result is None:
                continue
            if result.status == ExecStatus.PIPELINE_SYNC:
                return results
            results.append(result)
            # Nothing parts one statement's results from the next one's: to be had without waiting,
            # so without is_busy(), which lets another thread have the interpreter.
            self._raw.get_result()

    def _answer(self) -> PGresult | None:
        raw = self._raw
        while raw.is_busy():
            self._ready()
            raw.consume_input()
        result = raw.get_result()
        if raw.status == ConnStatus.BAD:
            said = "" if result is None else result.get_error_message(self._encoding)
            raise OperationalError(said or "the connection is lost")
        return result

    def _ready(self) -> list[tuple[int, int]]:
        """Wait until something can be read or sent."""
        ready = self._poll.poll(self.patience)
        if not ready:
            raise OperationalError("the server keeps silent")
        return ready

    def _last(self, results: Sequence[PGresult], known: dict[bytes, bytes]) -> PGresult:
        """Return the last result; *known* was prepared before."""
        for result in results:
            if result.status not in _FINE:
                error = errors.error_from_result(result, encoding=self._encoding)
                # What was to be prepared behind the failure is not.
                self._names = {} if forgotten(error) else known
                raise error
        last = results[-1]
        self.tag = (last.command_status or b"").decode()
        return last


_wires: WeakKeyDictionary[Connection[object], Wire] = WeakKeyDictionary()


def wire_of(
    connection: Connection[object], make: Callable[..., Wire] = Wire, patience: int | None = None
) -> Wire:
    """Return the wire of a connection; it lives as long as that.

    Args:
        patience: Milliseconds without a byte after which the server is given up; None = never.
    """
    found = _wires.get(connection)
    if found is None:
        found = _wires[connection] = make(connection)
        found.patience = patience
    return found


def cells(values: Sequence[object]) -> list[Cell]:
    """Return values as the protocol takes them: bytes and instants as they stand, others as text.

    An instant in words costs the server more to read than the row to store.

    Raises:
        psycopg.DataError: If a text holds a NUL: the protocol would end it there.

    >>> cells(("a", 1, True, None, b"as it is"))
    [b'a', b'1', b't', None, b'as it is']
    >>> before = datetime(1999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    >>> instant(cells([before])[0]) == before
    True
    """
    return [_CELLS[type(value)](value) for value in values]


class _Cells(dict[type, "Callable[[Any], Cell]"]):
    """How values go out, by their type: an enumeration's as the words or numbers that they are."""

    def __missing__(self, kind: type) -> Callable[[Any], Cell]:
        found = next((self[base] for base in kind.__mro__ if base in self), None)
        if found is None:
            raise TypeError(f"no cell holds a {kind.__name__}")
        self[kind] = found
        return found


def _text(value: str) -> Cell:
    if "\0" in value:
        raise DataError("PostgreSQL keeps no text with a NUL in it")
    return value.encode()


_CELLS = _Cells(
    {
        str: _text,
        int: lambda value: b"%d" % value,
        bool: lambda value: b"t" if value else b"f",
        float: lambda value: repr(value).encode(),
        datetime: lambda value: ((value - _BEGINNING) // _MICROSECOND).to_bytes(8, signed=True),
        bytes: lambda value: value,
        type(None): lambda _: None,
    }
)


def number(cell: Cell) -> int:
    """Return an integer that the server sent as it stands."""
    return int.from_bytes(cell or b"", "big", signed=True)


def instant(cell: Cell) -> datetime:
    """Return an instant that the server sent as it stands, in UTC."""
    return _BEGINNING + timedelta(microseconds=number(cell))


def word(cell: Cell) -> str:
    """Return a text that the server sent."""
    return (cell or b"").decode()
