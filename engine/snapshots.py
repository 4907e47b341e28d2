"""A project from its head: remembered, or unpacked and brought up to its last event.

The packed state is a cache of the log, and a head names its last event by hash. While one process
goes on with a project it knows what that hash stands for, reads nothing more, and packs the state
every `EVERY` events. Another one adds the events since to what it knows, or to what it unpacks.
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

EVERY = 32  # events
KEPT = 256  # projects remembered, some 100 KiB each


@dataclass(frozen=True, slots=True)
class Known:
    """A project after the event of a hash.

    Attributes:
        packed: Up to which event the stored state knows it; None = to be packed again.
    """

    hash: str
    project: Project
    packed: int | None


class Snapshots:
    """What one process remembers of projects; for any number of threads."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._recent = Recent[str, Known](KEPT)

    def known(self, stream: str) -> Known | None:
        """Return what is remembered of a stream; its log may have gone on."""
        return self._recent.get(stream)

    def at(
        self,
        connection: Connection,
        head: Head,
        known: Known | None,
        packing: Callable[[], Packing],
    ) -> Known:
        """Return the project after the last event of *head*: the *known* one, or read."""
        if known is not None and known.hash == head.hash:
            return known
        found = None if known is None else _gone_on(connection, head, known)
        if found is None:
            found = Known(head.hash, _read(connection, head, packing()), None)
        self._recent.put(head.stream, found)
        return found

    def went_on(
        self, last: Envelope, before: Known | None, after: Project, packing: Packing
    ) -> Snapshot | None:
        """Remember *after* as what the log up to *last* adds up to; return what is to be stored.

        None while the stored state is good enough. A project that this process had to read is
        packed with its next command: whoever comes next may have to read it too.
        """
        since = None if before is None else before.packed
        running = after.status is ProjectStatus.RUNNING
        if running and since is not None and after.number - since < EVERY:
            self._recent.put(last.stream, Known(last.hash, after, since))
            return None
        self._recent.put(last.stream, Known(last.hash, after, after.number))
        return packing.pack(after)


def caught_up(project: Project, tail: Iterable[Envelope]) -> Project:
    """Return *project* after the events that came since it was packed.

    Raises:
        ValueError: If they are not the next ones.
    """
    for envelope in tail:
        project = evolve(project, envelope.event)
    return project


def _gone_on(connection: Connection, head: Head, known: Known) -> Known | None:
    """Return the project after *head* by the events since it was known; None = they are others."""
    tail = log.envelopes(connection, head.stream, known.project.number + 1, head.number)
    if not tail or tail[0].previous != known.hash or tail[-1].hash != head.hash:
        return None
    return Known(head.hash, caught_up(known.project, tail), known.packed)


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
