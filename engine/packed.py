"""Whole logs of projects in few bytes, as a file: columns, compressed, hashes left out.

A hash is as long as all the rest of an event, and says nothing that the rest does not: those of
events, commands, catalogues and nets are made again on the way back, and so are digests of texts.
What cannot be made again is kept as it is, so that any log comes back to the byte.
"""

from __future__ import annotations

import lzma
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import accumulate
from typing import TYPE_CHECKING

import msgspec

from engine import streams
from engine.notes import Text, digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from engine.envelope import Envelope

MAGIC = b"abreast log 1\n"
Origin = dict[str, str | int]
Bare = tuple["Sequence[Envelope]", "Mapping[str, Text]"]  # a project's events, texts by reference
Given = tuple[str, bool, "Sequence[Bare]"]  # a shelf's name, whether its projects run, the projects
_SIZE = 8  # bytes of the header's length
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_UNIT = timedelta(milliseconds=1)
_FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 1 << 26}]
_NOTE = re.compile(r'"digest":"([0-9a-f]*)","ref":"([0-9a-f]+)"')


class Shelf(msgspec.Struct, frozen=True, kw_only=True):
    """One compressed part of a file: some projects, all their events.

    Attributes:
        running: They were not closed when the file was made.
    """

    name: str
    running: bool
    projects: int
    events: int
    offset: int
    length: int


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What a file holds, readable without unpacking it.

    Attributes:
        until: When the log ends.
        catalogue: Hash of the one catalogue that every event was decided under.
        origin: What made it, such as a seed; for whoever makes it again.
    """

    until: datetime
    catalogue: str
    origin: Origin
    shelves: tuple[Shelf, ...]

    @property
    def events(self) -> int:
        """Return how many events there are."""
        return sum(shelf.events for shelf in self.shelves)

    @property
    def projects(self) -> int:
        """Return how many projects there are."""
        return sum(shelf.projects for shelf in self.shelves)


class _Columns(msgspec.Struct, kw_only=True, array_like=True):
    """A shelf unpacked: events one after the other, project by project.

    Attributes:
        counts: Events by project.   kinds, actors: Places among the words.
        keys: How the command's key is made: 0 = the command before, 1 = repeatable, 2 = in *ids*.
        recorded: Milliseconds since the event before, of one project; the first since 2000.
        late: Milliseconds from happening to recording.
        bodies: Parted by newlines.   notes: By project, each reference, salt (may be left out) and
            place among the texts.
    """

    codes: list[str]
    counts: list[int]
    words: list[str]
    kinds: list[int]
    actors: list[int]
    keys: bytes
    ids: list[str]
    recorded: list[int]
    late: list[int]
    bodies: bytes
    texts: list[str]
    notes: list[list[tuple[str, str, int]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One event as it comes back: everything but its hashes."""

    kind: str
    version: int
    happened_at: datetime
    recorded_at: datetime
    actor: str
    command: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """The whole log of one project, with the texts behind its notes."""

    code: str
    events: tuple[Said, ...]
    texts: tuple[Text, ...]


class Packed:
    """A file of logs; any number of threads may read it."""

    def __init__(self, path: Path) -> None:
        """Read the header.

        Raises:
            ValueError: If it is no such file.
        """
        self._path = path
        with path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise ValueError(f"{path} holds no packed logs")
            size = int.from_bytes(file.read(_SIZE))
            self.header = msgspec.msgpack.decode(file.read(size), type=Header)
            self._begin = file.tell()

    def logs(self, shelf: Shelf) -> Iterator[Log]:
        """Yield the logs of one shelf, in the order in which they were packed."""
        with self._path.open("rb") as file:
            file.seek(self._begin + shelf.offset)
            data = lzma.decompress(file.read(shelf.length), lzma.FORMAT_RAW, None, _FILTERS)
        return _unpacked(msgspec.msgpack.decode(data, type=_Columns))


def write(
    path: Path, shelves: Iterable[Given], *, until: datetime, catalogue: str, origin: Origin
) -> Header:
    """Write a file of logs and return its header.

    Args:
        until, catalogue, origin: As in the header.
    """
    found, data, offset = [], [], 0
    for name, running, projects in shelves:
        packed = lzma.compress(
            msgspec.msgpack.encode(_columns(projects)), lzma.FORMAT_RAW, filters=_FILTERS
        )
        found.append(
            Shelf(
                name=name,
                running=running,
                projects=len(projects),
                events=sum(len(envelopes) for envelopes, _ in projects),
                offset=offset,
                length=len(packed),
            )
        )
        data.append(packed)
        offset += len(packed)
    whole = Header(until=until, catalogue=catalogue, origin=origin, shelves=tuple(found))
    head = msgspec.msgpack.encode(whole)
    path.write_bytes(b"".join((MAGIC, len(head).to_bytes(_SIZE), head, *data)))
    return whole


def repeatable(code: str, number: int) -> str:
    """Return the key of the command whose first event has a number, where people are simulated."""
    return f"file-{code}" if number == 1 else f"journey-{code}-{number}"


def _columns(projects: Sequence[Bare]) -> _Columns:
    words: dict[str, int] = {}
    texts: dict[str, int] = {}
    found = _Columns(
        codes=[], counts=[], words=[], kinds=[], actors=[], keys=b"", ids=[], recorded=[],
        late=[], bodies=b"", texts=[], notes=[],
    )  # fmt: skip
    keys, bodies = bytearray(), []
    for envelopes, notes in projects:
        code = envelopes[0].stream.removeprefix(streams.PROJECT)
        found.codes.append(code)
        found.counts.append(len(envelopes))
        found.notes.append([_note(text, texts) for text in notes.values()])
        before, command = _EPOCH, ""
        for each in envelopes:
            found.kinds.append(words.setdefault(f"{each.kind} {each.version}", len(words)))
            found.actors.append(words.setdefault(each.actor, len(words)))
            found.recorded.append((each.recorded_at - before) // _UNIT)
            found.late.append((each.recorded_at - each.happened_at) // _UNIT)
            bodies.append(_bare(each.body, notes))
            how = _how(each, code, command)
            keys.append(how)
            if how == _OWN:
                found.ids.append(each.command)
            before, command = each.recorded_at, each.command
    found.words, found.texts, found.keys = list(words), list(texts), bytes(keys)
    found.bodies = "\n".join(bodies).encode()
    return found


_SAME, _REPEATABLE, _OWN = range(3)


def _how(each: Envelope, code: str, before: str) -> int:
    if each.command == before:
        return _SAME
    made = streams.command_id(each.actor, repeatable(code, each.number))
    return _REPEATABLE if each.command == made else _OWN


def _unpacked(found: _Columns) -> Iterator[Log]:
    bodies = found.bodies.decode().split("\n")
    ids = iter(found.ids)
    ends = list(accumulate(found.counts))
    for at, code in enumerate(found.codes):
        texts = {ref: _text(ref, salt, found.texts[place]) for ref, salt, place in found.notes[at]}
        digests = {ref: digest(text.salt, text.text) for ref, text in texts.items()}
        recorded, command, events = _EPOCH, "", []
        for number, place in enumerate(range(ends[at] - found.counts[at], ends[at]), start=1):
            kind, version = found.words[found.kinds[place]].split(" ")
            actor = found.words[found.actors[place]]
            recorded += found.recorded[place] * _UNIT
            if found.keys[place] == _REPEATABLE:
                command = streams.command_id(actor, repeatable(code, number))
            elif found.keys[place] == _OWN:
                command = next(ids)
            events.append(
                Said(
                    kind=kind,
                    version=int(version),
                    happened_at=recorded - found.late[place] * _UNIT,
                    recorded_at=recorded,
                    actor=actor,
                    command=command,
                    body=_full(bodies[place], digests),
                )
            )
        yield Log(code=code, events=tuple(events), texts=tuple(texts.values()))


def _note(text: Text, texts: dict[str, int]) -> tuple[str, str, int]:
    salt = "" if text.salt == _salt(text.ref) else text.salt
    return text.ref, salt, texts.setdefault(text.text, len(texts))


def _text(ref: str, salt: str, words: str) -> Text:
    return Text(ref=ref, salt=salt or _salt(ref), text=words)


def _salt(ref: str) -> str:
    """Return the salt that simulated people give a text, so that a log can be repeated."""
    return sha256(f"salt|{ref}".encode()).hexdigest()[:32]


def _bare(body: str, notes: Mapping[str, Text]) -> str:
    """Return a body without the digests of texts that are there."""

    def without(found: re.Match[str]) -> str:
        said, ref = found.groups()
        text = notes.get(ref)
        gone = text is not None and digest(text.salt, text.text) == said
        return f'"digest":"{"" if gone else said}","ref":"{ref}"'

    return _NOTE.sub(without, body) if '"digest"' in body else body


def _full(body: str, digests: Mapping[str, str]) -> str:
    """Return a body with the digests that `_bare` left out."""

    def with_digest(found: re.Match[str]) -> str:
        said, ref = found.groups()
        return f'"digest":"{said or digests[ref]}","ref":"{ref}"'

    return _NOTE.sub(with_digest, body) if '"digest"' in body else body
