"""A project from its head: remembered, or unpacked and brought up to its last event.

The packed state is a cache of the log, and a head names its last event by hash. While one process
goes on with a project it knows what that hash stands for, reads nothing more, and packs the state
every `EVERY` events; another one unpacks it and adds the events since.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import streams
from engine.store import log
from workflows.evolve import evolve
from workflows.project import ProjectStatus
from workflows.snapshot import Recent, Snapshot, StaleSnapshotError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from engine.envelope import Envelope
    from engine.store.port import Connection, Head
    from workflows.project import Project
    from workflows.snapshot import Packing

EVERY = 16  # events
KEPT = 256  # projects remembered, some 100 KiB each

_Head = tuple[str, int, str]  # stream, number, hash


@dataclass(frozen=True, slots=True)
class _Known:
    """A project, and up to which event the stored state knows it; None = to be packed again."""

    project: Project
    packed: int | None


class Snapshots:
    """What one process remembers of projects; for any number of threads."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._recent = Recent[_Head, _Known](KEPT)

    def project(
        self, connection: Connection, head: Head, packing: Callable[[], Packing]
    ) -> Project:
        """Return the project after the last event of *head*."""
        key = _key(head)
        found = self._recent.get(key)
        if found is None:
            found = _Known(_read(connection, head, packing()), None)
            self._recent.put(key, found)
        return found.project

    def packed(self, loaded: Head | None, after: Project, packing: Packing) -> Snapshot | None:
        """Return what is to be stored of *after*; None while the stored state is good enough.

        A project that this process had to read is packed with its next command: whoever comes
        next may have to read it too.
        """
        known = None if loaded is None else self._recent.get(_key(loaded))
        since = None if known is None else known.packed
        running = after.status is ProjectStatus.RUNNING
        if running and since is not None and after.number - since < EVERY:
            return None
        return packing.pack(after, b"" if loaded is None else loaded.archive or b"")

    def remember(self, loaded: Head | None, last: Envelope, after: Project, *, new: bool) -> None:
        """Keep *after* as what the log up to *last* adds up to.

        Args:
            new: Its state was packed; else the one that was *loaded* stays.
        """
        known = None if loaded is None else self._recent.get(_key(loaded))
        since = None if known is None else known.packed
        self._recent.put(_key(last), _Known(after, after.number if new else since))


def _key(of: Head | Envelope) -> _Head:
    return of.stream, of.number, of.hash


def caught_up(project: Project, tail: Iterable[Envelope]) -> Project:
    """Return *project* after the events that came since it was packed.

    Raises:
        ValueError: If they are not the next ones.
    """
    for envelope in tail:
        project = evolve(project, envelope.event)
    return project


def _read(connection: Connection, head: Head, packing: Packing) -> Project:
    """Read a project; a state that is of another program, damaged or misplaced is made again."""
    try:
        packed = packing.unpack(Snapshot(head.state or b"", head.archive or b""))
    except StaleSnapshotError:
        packed = None
    if packed is None or not _leads_to(head, packed):
        return streams.replay(log.envelopes(connection, head.stream, last=head.number))
    if packed.number == head.number:
        return packed
    return caught_up(packed, log.envelopes(connection, head.stream, packed.number + 1, head.number))


def _leads_to(head: Head, packed: Project) -> bool:
    """Tell whether *packed* is the head's own project, and of no later time."""
    return streams.of_project(packed.code) == head.stream and packed.number <= head.number
