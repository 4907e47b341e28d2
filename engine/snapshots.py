"""A project from its head: remembered, or unpacked and brought up to its last event.

The packed state is written every few events, not with each: it is a cache of the log, and a head
names its last event by hash. A process that knows the project after that event reads nothing more;
another unpacks the state and adds the events since, fewer than `EVERY` and those of one command.
"""

from __future__ import annotations

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


class Snapshots:
    """What one process remembers of projects; for any number of threads."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._recent = Recent[_Head, "Project"](KEPT)

    def project(
        self, connection: Connection, head: Head, packing: Callable[[], Packing]
    ) -> Project:
        """Return the project after the last event of *head*."""
        key = (head.stream, head.number, head.hash)
        found = self._recent.get(key)
        if found is None:
            found = _read(connection, head, packing())
            self._recent.put(key, found)
        return found

    def remember(self, last: Envelope, project: Project) -> None:
        """Keep *project* as what the log up to *last* adds up to."""
        self._recent.put((last.stream, last.number, last.hash), project)


def due(before: Project | None, after: Project) -> bool:
    """Tell whether the state is to be packed with the events between the two projects."""
    if before is None or after.status is not ProjectStatus.RUNNING:
        return True
    return before.number // EVERY != after.number // EVERY


def caught_up(project: Project, tail: Iterable[Envelope]) -> Project:
    """Return *project* after the events that came since it was packed.

    Raises:
        ValueError: If they are not the next ones.
    """
    for envelope in tail:
        project = evolve(project, envelope.event)
    return project


def _read(connection: Connection, head: Head, packing: Packing) -> Project:
    """Read a project; a state that another version of the program packed is made again."""
    try:
        packed = packing.unpack(Snapshot(head.state or b"", head.archive or b""))
    except StaleSnapshotError:
        return streams.replay(log.envelopes(connection, head.stream, last=head.number))
    if packed.number == head.number:
        return packed
    return caught_up(packed, log.envelopes(connection, head.stream, packed.number + 1, head.number))
