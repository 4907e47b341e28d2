"""Turns frozen values into short trees of lists and back, field by field, as their classes say.

Words and instants stand once, in tables; a word of the catalogue is its place there, a marking an
integer over its net's bits.
"""

from __future__ import annotations

import zlib
from dataclasses import Field, dataclass, fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache, lru_cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin, get_type_hints

import msgspec

from workflows.events import Draw
from workflows.pairing import ticket
from workflows.project import Document, ItemState, Pair, Project, StageRun, Supplied, item_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bpmn.net import Net
    from workflows.catalogue.values import Catalogue

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_UNITS = (1_000_000, 1_000, 1)  # a second, a millisecond, a microsecond: the coarsest that is exact
_PREFIX = 12  # hex digits of a net's hash: 48 bits
_FAST = 1  # deflate level: hardly larger than the best, at a third of its time

# Fields that hold a marking, and the field before them that names its net.
_MARKINGS: Mapping[tuple[type, str], str] = {
    (StageRun, "tokens"): "net",
    (Project, "lifecycle_tokens"): "lifecycle",
}
_NETS = frozenset((kind, net) for (kind, _), net in _MARKINGS.items())
# Mappings whose key their values know.
KEYS: Mapping[type, Callable[[Any], str]] = {
    StageRun: lambda run: run.key,
    ItemState: lambda state: item_key(state.unit, state.item),
    Document: lambda document: item_key(document.unit, document.document),
    Pair: lambda pair: pair.id,
    Supplied: lambda supplied: item_key(supplied.unit, supplied.material),
}

Tree = Any  # what msgpack can hold


class StaleSnapshotError(ValueError):
    """A snapshot of another program, catalogue or net; the events say the same."""


class Shelf:
    """What every packed value may take for granted: a catalogue's words and the nets at hand."""

    def __init__(self, catalogue: Catalogue, nets: Mapping[str, Net]) -> None:
        """Lay the words out; *layout* stands for them and for the fields of the classes."""
        self.nets = nets
        self.words = _words(catalogue)
        self.places = {word: -1 - place for place, word in enumerate(self.words)}
        self.layout = zlib.crc32("\n".join((_shape(Project), *self.words)).encode())


def packed(shelf: Shelf, kind: type, value: object) -> bytes:
    """Return *value*, of type *kind*, as few bytes."""
    packer = _Packer(shelf)
    tree = _coder(kind)[0](packer, value)
    whole = [shelf.layout, packer.layouts, list(packer.words), *packer.moments(), tree]
    return zlib.compress(msgspec.msgpack.encode(whole), _FAST)


def unpacked(shelf: Shelf, kind: type, data: bytes) -> Any:  # noqa: ANN401 - of type *kind*
    """Return the value that was packed.

    Raises:
        StaleSnapshotError: If it relies on fields, words or bits that are others now.
    """
    layout, layouts, words, *table, tree = msgspec.msgpack.decode(zlib.decompress(data))
    if layout != shelf.layout:
        raise StaleSnapshotError("packed by another program or beside another catalogue")
    unpacker = _Unpacker(shelf, words, _instants(*table))
    for beginning, known in layouts.items():
        if _layout(shelf.nets[unpacker.net(beginning)].names) != known:
            raise StaleSnapshotError(f"net {beginning} is numbered otherwise")
    return _coder(kind)[1](unpacker, tree)


def _words(catalogue: Catalogue) -> tuple[str, ...]:
    """Return the words of the catalogue that projects repeat, items first: they are the most."""
    limits = (
        limit for i in catalogue.items.values() for limit in (i.committed_limit, i.statutory_limit)
    )
    words = dict.fromkeys(catalogue.items)
    words |= dict.fromkeys(catalogue.documents)
    words |= dict.fromkeys(catalogue.departments)
    words |= dict.fromkeys(
        text for limit in limits if limit for text in (limit.unit.value, limit.source)
    )
    words |= dict.fromkeys(catalogue.facts)
    words |= dict.fromkeys(catalogue.procedures)
    words[catalogue.hash] = None
    return tuple(words)


@lru_cache
def _layout(names: tuple[str, ...]) -> int:
    """Return a checksum of a net's *names*: of what each of its bits means."""
    return zlib.crc32("\n".join(names).encode())


def _instants(base: int, unit: int, width: int, data: bytes) -> list[datetime]:
    offsets = (
        int.from_bytes(data[start : start + width], "little")
        for start in range(0, len(data), width)
    )
    return [_EPOCH + timedelta(microseconds=base + unit * offset) for offset in offsets]


class _Packer:
    """The tables that fill while a project is packed.

    A place is 0 for the next new entry, otherwise counted from 1, so that a row of new entries is
    a row of zeros, which deflates to nothing. Words of the catalogue count down from -1.
    """

    def __init__(self, shelf: Shelf) -> None:
        self.nets = shelf.nets
        self.known = shelf.places
        self.layouts: dict[str, int] = {}
        self.words: dict[str, int] = {}
        self.times: dict[datetime, int] = {}

    def word(self, word: str) -> int:
        place = self.known.get(word) or self.words.get(word)
        if place is None:
            self.words[word] = len(self.words) + 1
            return 0
        return place

    def time(self, moment: datetime) -> int:
        place = self.times.get(moment)
        if place is None:
            self.times[moment] = len(self.times) + 1
            return 0
        return place

    def marking(self, paths: frozenset[str], net: str) -> bytes | list[str]:
        known = self.nets.get(net)
        if known is None:
            return sorted(paths)
        self.layouts[net[:_PREFIX]] = _layout(known.names)
        marking = known.marking(paths)
        return marking.to_bytes((marking.bit_length() + 7) // 8, "little")

    def net(self, name: str) -> str:
        """Return the beginning of a net's hash where it says which of those at hand is meant."""
        return name[:_PREFIX] if name in self.nets else name

    def moments(self) -> tuple[int, int, int, bytes]:
        """Return the table of instants: base and unit in microseconds, width, offsets."""
        moments = [(moment - _EPOCH) // _MICROSECOND for moment in self.times]
        base = min(moments, default=0)
        offsets = [moment - base for moment in moments]
        unit = next(unit for unit in _UNITS if not any(offset % unit for offset in offsets))
        width = max(1, ((max(offsets, default=0) // unit).bit_length() + 7) // 8)
        table = b"".join([(offset // unit).to_bytes(width, "little") for offset in offsets])
        return base, unit, width, table


class _Unpacker:
    """The same tables, used up in the same order."""

    def __init__(self, shelf: Shelf, words: list[str], times: list[datetime]) -> None:
        self.nets = shelf.nets
        self.known = shelf.words
        self.words = words
        self.times = times
        self.next_words = iter(words)
        self.next_times = iter(times)

    def word(self, place: int) -> str:
        if place < 0:
            return self.known[-1 - place]
        return self.words[place - 1] if place else next(self.next_words)

    def time(self, place: int) -> datetime:
        return self.times[place - 1] if place else next(self.next_times)

    def net(self, beginning: str) -> str:
        found = [name for name in self.nets if name.startswith(beginning)]
        if len(beginning) > _PREFIX:
            return beginning
        if len(found) != 1:
            raise StaleSnapshotError(f"net {beginning} is not at hand")
        return found[0]

    def marking(self, packed: bytes | list[str], net: str) -> frozenset[str]:
        if isinstance(packed, bytes):
            return frozenset(self.nets[net].paths(int.from_bytes(packed, "little")))
        return frozenset(packed)


_Coder = tuple["Callable[[_Packer, Any], Tree]", "Callable[[_Unpacker, Tree], Any]"]


@cache
def _shape(kind: Any) -> str:  # noqa: ANN401 - whatever a field may be annotated with
    """Return in words how values of type *kind* are laid out, down to the last field."""
    inner = [_shape(part) for part in get_args(kind) if part is not ...]
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        inner += [f"{field.name}={_shape(hints[field.name])}" for field in fields(kind)]
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        inner += list(kind)
    return f"{kind}({','.join(inner)})"


@cache
def _coder(kind: Any) -> _Coder:  # noqa: ANN401 - whatever a field may be annotated with
    """Return the two functions that pack and unpack a value of type *kind*.

    Raises:
        TypeError: If a field of the project has a type that nobody taught this module.
    """
    origin, parts = get_origin(kind), get_args(kind)
    if kind is Draw:
        return _pack_draw, _unpack_draw
    if origin in (Union, UnionType):
        return _union(tuple(part for part in parts if part is not NoneType), len(parts))
    if origin is tuple:
        return _tuple(parts)
    if origin is dict:
        return _mapping(*parts)
    if isinstance(kind, type) and is_dataclass(kind):
        return _dataclass(kind)
    return _plain(kind)


def _plain(kind: Any) -> _Coder:  # noqa: ANN401 - a class
    if kind in (int, bool):
        return (lambda _, value: value), (lambda _, tree: tree)
    if kind is float:  # a whole number is shorter as an integer
        return (lambda _, value: int(value) if value.is_integer() else value), (
            lambda _, tree: float(tree)
        )
    if kind is str:
        return _Packer.word, _Unpacker.word
    if kind is datetime:
        return _Packer.time, _Unpacker.time
    if issubclass(kind, StrEnum):
        members = tuple(kind)
        places = {member: place for place, member in enumerate(members)}
        return (lambda _, value: places[value]), (lambda _, tree: members[tree])
    raise TypeError(f"cannot pack {kind}")


def _union(parts: tuple[Any, ...], width: int) -> _Coder:
    """Code `X | None`, and `bool | str` as it stands among the facts."""
    if parts == (bool, str):
        return (lambda _, value: value), (lambda _, tree: tree)
    if len(parts) != 1 or width == 1:
        raise TypeError(f"cannot pack a union of {parts}")
    pack, unpack = _coder(parts[0])
    return (lambda packer, value: None if value is None else pack(packer, value)), (
        lambda unpacker, tree: None if tree is None else unpack(unpacker, tree)
    )


def _tuple(parts: tuple[Any, ...]) -> _Coder:
    if parts[1:] == (...,):
        pack, unpack = _coder(parts[0])
        return (lambda packer, values: [pack(packer, value) for value in values]), (
            lambda unpacker, tree: tuple([unpack(unpacker, each) for each in tree])
        )
    coders = [_coder(part) for part in parts]
    return (
        lambda packer, values: [c[0](packer, v) for c, v in zip(coders, values, strict=True)]
    ), (
        lambda unpacker, tree: tuple([c[1](unpacker, t) for c, t in zip(coders, tree, strict=True)])
    )


def _mapping(key: Any, value: Any) -> _Coder:  # noqa: ANN401 - annotations
    """Code a mapping as its values where they know their keys, else as keys and values in turn."""
    pack, unpack = _coder(value)
    if value in KEYS:
        key_of = KEYS[value]
        return (lambda packer, mapping: [pack(packer, each) for each in mapping.values()]), (
            lambda unpacker, tree: {
                key_of(made): made for made in [unpack(unpacker, each) for each in tree]
            }
        )
    pack_key, unpack_key = _coder(key)

    def flat(packer: _Packer, mapping: Mapping[Any, Any]) -> Tree:
        return [part for k, v in mapping.items() for part in (pack_key(packer, k), pack(packer, v))]

    def back(unpacker: _Unpacker, tree: Tree) -> dict[Any, Any]:
        flat = iter(tree)
        return {
            unpack_key(unpacker, k): unpack(unpacker, v) for k, v in zip(flat, flat, strict=True)
        }

    return flat, back


def _pack_draw(packer: _Packer, draw: Draw) -> Tree:
    """Leave out the digests that anyone can make again."""
    run = packer.word(draw.run)
    candidates = [
        [packer.word(a), packer.word(b)] + ([] if digest == _ticket(draw, a, b) else [digest])
        for a, b, digest in draw.candidates
    ]
    return [draw.seed, run, draw.round, candidates]


def _unpack_draw(unpacker: _Unpacker, tree: Tree) -> Draw:
    seed, run, number, candidates = tree
    bare = Draw(seed=seed, run=unpacker.word(run), round=number, candidates=())
    found = []
    for first, second, *digest in candidates:
        a, b = unpacker.word(first), unpacker.word(second)
        found.append((a, b, digest[0] if digest else _ticket(bare, a, b)))
    return replace(bare, candidates=tuple(found))


def _ticket(draw: Draw, first: str, second: str) -> str:
    return ticket(draw.seed, draw.run, draw.round, (first, second))


@dataclass(frozen=True, slots=True)
class _Field:
    """One field of a dataclass and how it is coded.

    Attributes:
        net: For a marking: the field that names its net.
        omitted: What the default is packed to; Ellipsis where there is none.
    """

    name: str
    pack: Callable[[_Packer, Any], Tree]
    unpack: Callable[[_Unpacker, Tree], Any]
    net: str | None
    omitted: Tree

    @classmethod
    def of(cls, kind: type, field: Field[Any], hint: Any) -> _Field:  # noqa: ANN401 - an annotation
        net = _MARKINGS.get((kind, field.name))
        if net is not None:
            return cls(field.name, _Packer.word, _Unpacker.word, net, ...)
        if (kind, field.name) in _NETS:
            return cls(field.name, _Packer.net, _Unpacker.net, None, ...)
        pack, unpack = _coder(hint)
        return cls(field.name, pack, unpack, None, _omitted(field, pack))

    def packed(self, packer: _Packer, owner: object) -> Tree:
        value = getattr(owner, self.name)
        if self.net is not None:
            return packer.marking(value, getattr(owner, self.net))
        return self.pack(packer, value)

    def unpacked(self, unpacker: _Unpacker, tree: Tree, made: Mapping[str, Any]) -> object:
        if self.net is not None:
            return unpacker.marking(tree, made[self.net])
        return self.unpack(unpacker, tree)


def _omitted(field: Field[Any], pack: Callable[[Any, Any], Tree]) -> Tree:
    """Return what the field's default is packed to, where no table has a part in it."""
    if field.default is None:
        return None
    if field.default_factory is dict or field.default == ():
        return []
    if isinstance(field.default, bool | int | float | StrEnum):
        return pack(None, field.default)
    return ...


def _dataclass(kind: type) -> _Coder:
    """Code a dataclass as the list of its fields, cut behind the last that is not its default."""
    hints = get_type_hints(kind)
    places = [_Field.of(kind, field, hints[field.name]) for field in fields(kind)]

    def pack(packer: _Packer, value: Any) -> Tree:  # noqa: ANN401 - of *kind*
        tree = [place.packed(packer, value) for place in places]
        while tree and tree[-1] == places[len(tree) - 1].omitted:
            tree.pop()
        return tree

    def unpack(unpacker: _Unpacker, tree: Tree) -> Any:  # noqa: ANN401 - of *kind*
        made: dict[str, Any] = {}
        for place, each in zip(places, tree, strict=False):
            made[place.name] = place.unpacked(unpacker, each, made)
        return kind(**made)

    return pack, unpack
