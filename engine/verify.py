"""Proves the store: every chain whole, every project and row equal to the log."""

from __future__ import annotations

import zlib
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from bpmn.errors import BpmnError
from engine import credits as standings
from engine import editions, in_force, streams
from engine.envelope import NOTHING, digest
from engine.errors import UnknownDefinitionError
from engine.rosters import replay
from engine.snapshots import caught_up
from engine.store import definitions, derived, log
from engine.store.dues import stored_dues
from engine.store.rosters import stored_agents
from workflows import changes, derivation, rows
from workflows.dues import due_rows
from workflows.snapshot import DamagedSnapshotError, Snapshot, StaleSnapshotError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from engine.envelope import Envelope
    from engine.library import Library
    from engine.store.port import Connection, Head
    from engine.unit_of_work import UnitOfWork
    from workflows.dues import DueRow
    from workflows.project import Project

# What events that nobody recorded so lead to; msgspec's errors are ValueErrors too.
_UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, AssertionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A broken chain.

    Attributes:
        number: Event at which it shows; 0 = the stream's head.
        rule: empty, gap, previous, hash, unreadable, head.
    """

    stream: str
    number: int
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """Something stored that is not what the log adds up to.

    Attributes:
        project: Its code; the whole stream's name where it is of no project.
        where: "snapshot", "log" (it cannot be replayed), or the table.
        key: Primary key of the row, parted by "/".
        how: missing, surplus or different.
    """

    project: str
    where: str
    key: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What was looked at and what was found."""

    streams: int
    events: int
    projects: int
    violations: tuple[Violation, ...]
    differences: tuple[Deviation, ...]

    @property
    def ok(self) -> bool:
        """Tell whether something was verified and nothing was wrong."""
        return self.events > 0 and not self.violations and not self.differences


def verify(
    new_uow: Callable[[], UnitOfWork],
    library: Library,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
    more: Callable[[], Iterable[Deviation]] = tuple,
) -> Verification:
    """Check every stream, each as of one instant, and return what was found.

    Args:
        progress: Told after each stream how many of how many are done.
        more: What follows from many streams at once, such as figures by month; asked where no
            stream differs from its rows.
    """
    with new_uow() as uow:
        derived.steady(uow.connection)  # or a project filed in between has a row and no log
        names = tuple(log.streams(uow.connection))
        orphans = derived.codes(uow.connection)
    events = projects = 0
    violations: list[Violation] = []
    differences: list[Deviation] = []
    for done, stream in enumerate(names, start=1):
        with new_uow() as uow:
            derived.steady(uow.connection)
            envelopes = log.envelopes(uow.connection, stream)
            violations += _violations(uow.connection, stream, envelopes)
            if stream.startswith(streams.PROJECT):
                projects += 1
                code = stream.removeprefix(streams.PROJECT)
                orphans -= {code}
                differences += _differences(uow.connection, library, code, envelopes)
            elif stream.startswith(streams.ROSTER):
                differences += _agents_differ(uow.connection, stream, envelopes)
            else:
                differences += _reading_differs(uow.connection, stream, envelopes)
            differences += _notes_differ(uow.connection, stream, envelopes)
        events += len(envelopes)
        progress(done, len(names))
    differences += [
        Deviation(project=code, where=rows.ProjectRow.table, key=code, how="surplus")
        for code in sorted(orphans)
    ]
    if not differences:
        differences += more()
    return Verification(
        streams=len(names),
        events=events,
        projects=projects,
        violations=tuple(violations),
        differences=tuple(differences),
    )


def keyed(found: Iterable[DueRow]) -> dict[tuple[str, rows.Key], DueRow]:
    """Return due dates by table and primary key, as other rows are."""
    return {rows.key_of(row): row for row in found}


def chain_violations(stream: str, envelopes: Sequence[Envelope]) -> Iterator[Violation]:
    """Yield what is wrong with a chain of events, by number.

    A changed, lost, inserted or moved event shows here; a cut tail shows against the head only.
    """
    if not envelopes:
        yield Violation(stream=stream, number=0, rule="empty")
    previous = NOTHING
    for number, envelope in enumerate(envelopes, start=1):
        if envelope.number != number:
            yield Violation(stream=stream, number=envelope.number, rule="gap")
            return
        if envelope.previous != previous:
            yield Violation(stream=stream, number=number, rule="previous")
        if envelope.hash != digest(envelope):
            yield Violation(stream=stream, number=number, rule="hash")
        previous = envelope.hash


def _violations(
    connection: Connection, stream: str, envelopes: Sequence[Envelope]
) -> Iterator[Violation]:
    yield from chain_violations(stream, envelopes)
    head = log.head(connection, stream)
    if head is None or not envelopes or not _is_last(head, envelopes[-1]):
        yield Violation(stream=stream, number=0, rule="head")


def _is_last(head: Head, last: Envelope) -> bool:
    said = (last.number, last.hash, last.recorded_at)
    return (head.number, head.hash, head.recorded_at) == said


def _differences(
    connection: Connection, library: Library, code: str, envelopes: Sequence[Envelope]
) -> Iterator[Deviation]:
    try:
        project = streams.replay(envelopes)
    except _UNREADABLE:
        yield Deviation(project=code, where="log", key=code, how="unreadable")
        return
    yield from _snapshot_differs(connection, library, project, envelopes)
    yield from _rows_differ(derivation.rows(project), derived.stored_rows(connection, code), code)
    yield from _dues_differ(connection, library, project)


def _snapshot_differs(
    connection: Connection, library: Library, project: Project, envelopes: Sequence[Envelope]
) -> Iterator[Deviation]:
    head = log.head(connection, streams.of_project(project.code))
    if head is None:
        return  # told as a violation
    try:
        packed = library.packing.unpack(Snapshot(head.state or b"", head.archive or b""))
        same = caught_up(packed, envelopes[packed.number :]) == project
    except DamagedSnapshotError:
        same = False
    except StaleSnapshotError:
        same = True  # of another program version: it is never read, the log is
    except _UNREADABLE:
        same = False  # another project's
    if not same:
        yield Deviation(project=project.code, where="snapshot", key=project.code, how="different")


def _dues_differ(connection: Connection, library: Library, project: Project) -> Iterator[Deviation]:
    """Yield the due dates that are not what log and calendar say.

    A row of another calendar waits for its computing anew: of it only the attempt can be compared.
    """
    made = keyed(due_rows(project, library.calendar))
    stored = keyed(stored_dues(connection, project.code))
    for key, row in stored.items():
        if key in made and row.calendar_version != library.calendar.version:
            stored[key] = replace(made[key], attempt=row.attempt)
    yield from _rows_differ(rows.Rows(made), rows.Rows(stored), project.code)


def _agents_differ(
    connection: Connection, stream: str, envelopes: Sequence[Envelope]
) -> Iterator[Deviation]:
    """Yield the agents of a township that are not on its roster as the log has it."""
    township = stream.removeprefix(streams.ROSTER)
    try:
        made = {each.id: each for each in replay(township, envelopes).agents.values()}
    except _UNREADABLE:
        yield Deviation(project=stream, where="log", key=stream, how="unreadable")
        return
    stored = {each.id: each for each in stored_agents(connection, township)}
    for agent in sorted(made.keys() | stored.keys()):
        if made.get(agent) != stored.get(agent):
            how = _how(agent in made, agent in stored)
            yield Deviation(project=stream, where="agent", key=f"{agent}/{township}", how=how)


def _reading_differs(
    connection: Connection, stream: str, envelopes: Sequence[Envelope]
) -> Iterator[Deviation]:
    """Yield what cannot be read of credit, catalogues and notices: no row is derived of them."""
    try:
        if stream.startswith(streams.CREDIT):
            standings.replay(stream.removeprefix(streams.CREDIT), envelopes)
        elif stream == streams.CALENDAR:
            in_force.read_notices(connection)
        elif stream == streams.CATALOGUE:
            for version in in_force.read_versions(connection).adopted:
                yield from _definition_differs(connection, version.catalogue)
    except _UNREADABLE:
        yield Deviation(project=stream, where="log", key=stream, how="unreadable")


def _definition_differs(connection: Connection, hash_: str) -> Iterator[Deviation]:
    """Yield an adopted catalogue that is not kept as it was adopted."""
    content = definitions.content(connection, hash_)
    try:
        if content is not None:
            editions.unpacked(hash_, content)
            return
    except (*_UNREADABLE, zlib.error, UnknownDefinitionError, BpmnError):
        pass
    how = "missing" if content is None else "different"
    yield Deviation(project=streams.CATALOGUE, where="definition", key=hash_, how=how)


def _notes_differ(
    connection: Connection, stream: str, envelopes: Sequence[Envelope]
) -> Iterator[Deviation]:
    """Yield the texts that are not what the digests in the log say; an erased one may be gone."""
    stored = derived.note_digests(connection, stream)
    if not stored:
        return
    for ref, said in sorted(_notes(envelopes)):
        if stored.get(ref, said) != said:
            code = stream.removeprefix(streams.PROJECT)
            yield Deviation(project=code, where="note", key=ref, how="different")


def _notes(envelopes: Sequence[Envelope]) -> set[tuple[str, str]]:
    """Return reference and digest of every note that the events name, however deep inside."""
    found: set[tuple[str, str]] = set()
    waiting: list[object] = []
    for envelope in envelopes:
        with suppress(msgspec.DecodeError):  # told as unreadable
            waiting.append(msgspec.json.decode(envelope.body))
    while waiting:
        match waiting.pop():
            case {"ref": str(ref), "digest": str(said)}:
                found.add((ref, said))
            case dict() as inside:
                waiting += inside.values()
            case list() as inside:
                waiting += inside
            case _:
                pass
    return found


def _how(wanted: bool, there: bool) -> str:  # noqa: FBT001 - both are answers
    if not there:
        return "missing"
    return "different" if wanted else "surplus"


def _rows_differ(made: rows.Rows, stored: rows.Rows, code: str) -> Iterator[Deviation]:
    found = changes.difference(stored, made)
    for how, those in (
        ("missing", found.inserts),
        ("different", found.updates),
        ("surplus", found.deletes),
    ):
        for row in those:
            table, key = rows.key_of(row)
            name = "/".join(map(str, key))
            yield Deviation(project=code, where=table, key=name, how=how)
