"""Reads event logs in XES (IEEE 1849), case after case, as columns; hardened against strangers.

libxml2 keeps one case at a time. A document type is refused before anything in it is read, the
network is never asked, and sizes are bounded. What a case says is taken by XPath in one go, for a
call from Python for each attribute costs more than the parsing.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from lxml import etree

from exchange.account import Unused
from exchange.columns import Batch
from exchange.errors import DoctypeError, LongCaseError, NotXesError, NotXmlError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO, Literal, Protocol, TypeAlias

    from exchange.account import Tally

    Element: TypeAlias = etree._Element  # noqa: SLF001 - the only name of its type

    class Ask(Protocol):
        """A question to a case whose answer is a list."""

        def __call__(self, trace: Element) -> list[str]:
            """Return the answer."""


PIECE = 1 << 14  # bytes read at a time: libxml2 copies what a case of many pieces leaves over
LONGEST_CASE = 64 << 20  # bytes of one case
A_BATCH = 20_000  # events handed on at a time
_FIRST_PIECES = 512  # bytes, until the root has begun: a document type stands before it
_PROLOGUE = 1 << 16
_SHOWN = 60
_KEYS = {
    "activity": "concept:name",
    "at": "time:timestamp",
    "phase": "lifecycle:transition",
    "resource": "org:resource",
    "group": "org:group",
    "instance": "concept:instance",
    "start": "start_timestamp",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Paths:
    """The questions to a case, in the namespace of its file."""

    count: Callable[[Element], float]
    name: Ask
    keys: Ask
    values: Ask
    texts: dict[str, Ask]

    @classmethod
    def of(cls, space: str) -> _Paths:
        spaces = {"x": space} if space else None
        event = "x:event" if space else "event"

        def path(text: str) -> Ask:
            return cast("Ask", etree.XPath(text, namespaces=spaces, smart_strings=False))

        return cls(
            count=cast("Callable[[Element], float]", path(f"count({event})")),
            name=path("*[@key='concept:name'][1]/@value"),
            keys=path(f"{event}/*/@key"),
            values=path(f"{event}/*/@value"),
            texts={
                column: path(f"{event}/*[@key='{key}'][1]/@value") for column, key in _KEYS.items()
            },
        )


def batches(file: BinaryIO, tally: Tally) -> Iterator[Batch]:
    """Yield the events of a log, in the order of the file.

    Raises:
        NotXmlError: If the file is no well-formed XML; what came before was yielded already.
        DoctypeError: If it declares a document type.
        NotXesError: If its root is no log.
        LongCaseError: If one case takes more than LONGEST_CASE bytes.
    """
    gathered = _Gathered(tally)
    for trace, paths in _traces(file, tally):
        gathered.add(trace, paths)
        if gathered.count >= A_BATCH:
            yield gathered.batch()
    if gathered.count:
        yield gathered.batch()


def elements(file: BinaryIO) -> Iterator[Element]:
    """Yield each <trace> of a log; it is emptied when the next one is asked for.

    Raises:
        NotXmlError, DoctypeError, NotXesError, LongCaseError: As `batches`.
    """
    for trace, _ in _traces(file, None):
        yield trace


class _Gathered:
    """Events on their way into the next batch."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._first = 1
        self.count = 0
        self._cases: list[str] = []
        self._texts: dict[str, list[str]] = {column: [] for column in _KEYS}

    def add(self, trace: Element, paths: _Paths) -> None:
        """Add the events of a case; where all have one form, its two lists are cut by columns."""
        count = int(paths.count(trace))
        keys, values = paths.keys(trace), paths.values(trace)
        form = keys[: len(keys) // count] if count else []
        alike = len(keys) == len(values) and form * count == keys
        self.count += count
        self._cases += (paths.name(trace) or [""]) * count
        for column, key in _KEYS.items():
            if not alike:
                texts = self._asked(trace, paths, column, count)
            elif key in form:
                texts = values[form.index(key) :: len(form)]
            else:
                texts = [""] * count
            self._texts[column] += texts

    @staticmethod
    def _asked(trace: Element, paths: _Paths, column: str, count: int) -> list[str]:
        texts = paths.texts[column](trace)
        if len(texts) in {0, count}:
            return texts or [""] * count
        return [_text(event, _KEYS[column]) for event in _events(trace)]

    def batch(self) -> Batch:
        made = Batch(first=self._first, case=self._cases, **self._texts)
        self._first += self.count
        self.count, self._cases = 0, []
        self._texts = {column: [] for column in _KEYS}
        return made


def _events(trace: Element) -> Iterator[Element]:
    return (each for each in trace if named(each)[1] == "event")


def _text(event: Element, key: str) -> str:
    return next((child.get("value", "") for child in event if child.get("key") == key), "")


def _traces(file: BinaryIO, tally: Tally | None) -> Iterator[tuple[Element, _Paths]]:
    with _told_as_ours():
        beginning, root = _beginning(file)
        space, name = root
        if name != "log":
            raise NotXesError(root=name[:_SHOWN])
        paths = _Paths.of(space)
        parser = _parser("end", "{*}trace")
        parser.feed(beginning)
        since = len(beginning)
        while piece := file.read(PIECE):
            since += len(piece)
            parser.feed(piece)
            for trace in _ended(parser):
                since = 0
                yield trace, paths
            if since > LONGEST_CASE:
                raise LongCaseError(limit=LONGEST_CASE >> 20)
        log = parser.close()
        for trace in _ended(parser):
            yield trace, paths
    _count_loose(log, tally)


def _parser(event: Literal["start", "end"], tag: str | None = None) -> etree.XMLPullParser:
    return etree.XMLPullParser(
        events=(event,),
        tag=tag,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_blank_text=True,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )


def _seen(parser: etree.XMLPullParser) -> Iterator[Element]:
    return (cast("Element", element) for _, element in parser.read_events())


def _beginning(file: BinaryIO) -> tuple[bytes, tuple[str, str]]:
    """Read the file up to its first tag: return what was read, and the tag's name."""
    probe, read = _parser("start"), b""
    while len(read) < _PROLOGUE and (piece := file.read(_FIRST_PIECES)):
        read += piece
        # Before it is parsed: in an attribute libxml2 expands entities whatever it is told.
        if b"<!DOCTYPE" in read:
            raise DoctypeError
        probe.feed(piece)
        for element in _seen(probe):
            if (
                element.getroottree().docinfo.internalDTD is not None
            ):  # in an encoding not searched above
                raise DoctypeError
            return read, named(element)
    raise NotXmlError(line=1, message="no element")


def named(element: Element) -> tuple[str, str]:
    """Return namespace and name of a tag; the library's own way fails at a brace in the first."""
    space, _, name = str(element.tag).rpartition("}")
    return space.removeprefix("{"), name


def _ended(parser: etree.XMLPullParser) -> Iterator[Element]:
    """Yield the cases that have ended, and forget each of them afterwards."""
    for trace in _seen(parser):
        log = trace.getparent()
        if log is not None and log.getparent() is None:
            yield trace
            trace.clear()  # first, for all that is removed is walked through once more
            log.remove(trace)


def _count_loose(root: Element, tally: Tally | None) -> None:
    """Count the events that stand in no case."""
    if tally is not None:
        loose = [each for each in root if named(each)[1] == "event"]
        tally.told += len(loose)
        tally.leave(Unused.OUTSIDE_TRACE, ["-"] * len(loose))


@contextmanager
def _told_as_ours() -> Iterator[None]:
    """Say what libxml2 finds wrong as an error of ours."""
    try:
        yield
    except etree.XMLSyntaxError as error:
        raise NotXmlError(line=error.lineno or 0, message=(error.msg or "")[:200]) from error
