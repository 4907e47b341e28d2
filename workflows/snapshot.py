"""A project as few bytes, in two parts. A cache of the log, never its replacement.

The *state* is what steps change; the *archive* holds what is settled (granted items, documents,
ended pairs), and stays the same bytes while nothing settles: it is unpacked once. Both name what
they rely on: when a later program has other fields, another catalogue or other bits under the same
name, `unpack` says so and the log is replayed instead.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

from workflows._packing import (
    KEYS,
    DamagedSnapshotError,
    Pieces,
    Shelf,
    StaleSnapshotError,
    packed,
    reading,
    unpacked,
)
from workflows.project import Document, ItemState, Pair, Project, Supplied

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bpmn.net import Net
    from workflows.catalogue.values import Catalogue

__all__ = ["DamagedSnapshotError", "Packing", "Recent", "Snapshot", "StaleSnapshotError"]

RECENT = 256  # projects kept as values, some 100 KiB each
_T = TypeVar("_T")
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A packed project; the archive is empty while nothing is settled."""

    state: bytes
    archive: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Archive:
    """The settled values of a project, each with its place among all of its kind."""

    items: tuple[tuple[int, ItemState], ...] = ()
    documents: tuple[tuple[int, Document], ...] = ()
    pairs: tuple[tuple[int, Pair], ...] = ()
    materials: tuple[tuple[int, Supplied], ...] = ()


class Packing:
    """Packs and unpacks projects beside one catalogue and its nets; for any number of threads.

    What was packed or unpacked lately is kept by its bytes. The same bytes always mean the same
    project, so another process that writes a new snapshot only makes a kept one useless.
    """

    def __init__(self, catalogue: Catalogue, nets: Mapping[str, Net]) -> None:
        """Lay out the words that every snapshot may take for granted."""
        self.shelf = Shelf(catalogue, nets)
        self._projects = Recent[Snapshot, Project](RECENT)
        self._archives = Recent[bytes, _Archive](4 * RECENT)
        self._pieces = Recent[tuple[str, type], Pieces](2 * RECENT)

    def pack(self, project: Project) -> Snapshot:
        """Return *project* as a snapshot."""
        archive, code = _settled(project), project.code
        data = b"" if archive == _Archive() else self._packed(code, _Archive, archive)
        snapshot = Snapshot(self._packed(code, Project, _without(project, archive)), data)
        self._archives.put(data, archive)
        self._projects.put(snapshot, project)
        return snapshot

    def unpack(self, snapshot: Snapshot) -> Project:
        """Return the project that was packed.

        Raises:
            StaleSnapshotError: If it relies on fields, words or bits that are others now.
            DamagedSnapshotError: If the bytes are not as they were packed.
        """
        found = self._projects.get(snapshot)
        return found if found is not None else self._unpacked(snapshot)

    def _packed(self, code: str, kind: type, value: object) -> bytes:
        """Pack *value*; what stayed the very same since the last time is not walked again."""
        kept = self._pieces.get((code, kind)) or {}
        data, pieces = packed(self.shelf, kind, value, kept)
        self._pieces.put((code, kind), pieces)
        return data

    def _unpacked(self, snapshot: Snapshot) -> Project:
        archive = self._archives.get(snapshot.archive)
        if archive is None and snapshot.archive:
            archive = unpacked(self.shelf, _Archive, snapshot.archive)
            self._archives.put(snapshot.archive, archive)
        state = unpacked(self.shelf, Project, snapshot.state)
        with reading():  # an archive of another state has too few or too many places
            project = _with(state, archive or _Archive())
        self._projects.put(snapshot, project)
        return project


class Recent(Generic[_T, _Value]):
    """The values used last, by key; for any number of threads."""

    def __init__(self, size: int) -> None:
        """Keep up to *size* of them."""
        self._size = size
        self._lock = Lock()
        self._kept: OrderedDict[_T, _Value] = OrderedDict()

    def get(self, key: _T) -> _Value | None:
        """Return what is kept under *key*; None where nothing is any more."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: _T, value: _Value) -> None:
        """Keep *value*, and let go of what was not asked for the longest."""
        with self._lock:
            self._kept[key] = value
            self._kept.move_to_end(key)
            if len(self._kept) > self._size:
                self._kept.popitem(last=False)


def _settled(project: Project) -> _Archive:
    """Return what no ordinary step of *project* changes any more."""
    return _Archive(
        items=_places(project.items, _granted),
        documents=_places(project.documents, lambda _: True),
        pairs=_places(project.pairs, lambda pair: not pair.live),
        materials=_places(project.materials, lambda _: True),
    )


def _granted(state: ItemState) -> bool:
    """Tell whether the last attempt ended well: an attempt has a result when it has ended."""
    return bool(state.attempts) and state.attempts[-1].result == "granted"


def _places(values: Mapping[str, _T], settled: Callable[[_T], bool]) -> tuple[tuple[int, _T], ...]:
    return tuple([(n, value) for n, value in enumerate(values.values()) if settled(value)])


def _without(project: Project, archive: _Archive) -> Project:
    return replace(
        project,
        items=_others(project.items, archive.items),
        documents=_others(project.documents, archive.documents),
        pairs=_others(project.pairs, archive.pairs),
        materials=_others(project.materials, archive.materials),
    )


def _with(project: Project, archive: _Archive) -> Project:
    return replace(
        project,
        items=_merged(project.items, archive.items, KEYS[ItemState]),
        documents=_merged(project.documents, archive.documents, KEYS[Document]),
        pairs=_merged(project.pairs, archive.pairs, KEYS[Pair]),
        materials=_merged(project.materials, archive.materials, KEYS[Supplied]),
    )


def _others(values: Mapping[str, _T], settled: tuple[tuple[int, _T], ...]) -> dict[str, _T]:
    gone = {place for place, _ in settled}
    return {key: value for n, (key, value) in enumerate(values.items()) if n not in gone}


def _merged(
    values: Mapping[str, _T], settled: tuple[tuple[int, _T], ...], key_of: Callable[[_T], str]
) -> dict[str, _T]:
    """Put the settled values back into their places: a project's mappings keep their order."""
    merged: dict[str, _T] = {}
    others = iter(values.items())
    for place, value in settled:
        while len(merged) < place:
            key, other = next(others)
            merged[key] = other
        merged[key_of(value)] = value
    merged.update(others)
    return merged
