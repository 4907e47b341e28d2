"""Turns frozen values into short trees of lists and back, field by field, as their classes say.

Words and instants stand once, in tables, and where they are used in columns beside the tree, in the
order in which it is walked; a word of the catalogue is its place there, a marking an integer over
its net's bits. So the packed tree of a value hangs on the value alone: what a step leaves as it was
need not be walked again.
"""

from __future__ import annotations

import zlib
from contextlib import contextmanager
from dataclasses import Field, dataclass, fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache, lru_cache
from itertools import islice
from operator import attrgetter
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from workflows.events import Draw, TimerArmed
from workflows.pairing import ticket
from workflows.project import (
    Document,
    ItemState,
    OpenTask,
    Pair,
    Project,
    StageRun,
    Supplied,
    item_key,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bpmn.net import Net
    from workflows.catalogue.values import Catalogue

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_UNITS = (1_000_000, 1_000, 1)  # a second, a millisecond, a microsecond: the coarsest that is exact
_PREFIX = 12  # hex digits of a net's hash: 48 bits
_RUNS = 4096  # markings kept with their paths, some 5 KiB each
_FAST = 1  # deflate level: hardly larger than the best, at a third of its time
_FORMAT = "columns"  # of the packed bytes, whatever the classes are

# Fields that hold a marking, and the fields before them that name its net.
_MARKINGS = frozenset({(StageRun, "tokens"), (Project, "lifecycle_tokens")})
_NETS = frozenset({(StageRun, "net"), (Project, "lifecycle")})
# Mappings whose key their values know.
KEYS: Mapping[type, Callable[[Any], str]] = {
    StageRun: lambda run: run.key,
    ItemState: lambda state: item_key(state.unit, state.item),
    Document: lambda document: item_key(document.unit, document.document),
    Pair: lambda pair: pair.id,
    Supplied: lambda supplied: item_key(supplied.unit, supplied.material),
}

# What most steps leave as it was.
_KEPT = frozenset({Document, ItemState, OpenTask, Pair, StageRun, Supplied, TimerArmed})
_LONG = 8  # words from which on a row of them is kept like these

Tree = Any  # what msgpack can hold
_T = TypeVar("_T")


class StaleSnapshotError(ValueError):
    """A snapshot of another program, catalogue or net; the events say the same."""


class DamagedSnapshotError(StaleSnapshotError):
    """A snapshot that nobody packed so: the bytes were changed since."""


# What bytes that nobody packed may lead to; a column that ends too early is the RuntimeError.
_DAMAGE = (zlib.error, ValueError, TypeError, LookupError, ArithmeticError, AttributeError)
_SHORT = (StopIteration, RuntimeError)


@dataclass(frozen=True, slots=True)
class Piece:
    """A value that was packed: its tree, and what it added to everything beside.

    Attributes:
        value: Named also lest its id be given to another value.
        inner: The pieces inside, for the time when this one changes and they do not.
    """

    value: object
    tree: msgspec.Raw
    spelling: list[int]
    words: list[str]
    times: list[datetime]
    layouts: dict[str, int]
    inner: Pieces


Pieces = dict[int, Piece]  # by id of the value


class Shelf:
    """What every packed value may take for granted: a catalogue's words and the nets at hand."""

    def __init__(self, catalogue: Catalogue, nets: Mapping[str, Net]) -> None:
        """Lay the words out; *layout* stands for them and for the fields of the classes."""
        self.nets = nets
        self.words = _words(catalogue)
        self.places = {word: -1 - place for place, word in enumerate(self.words)}
        self.layout = zlib.crc32("\n".join((_FORMAT, _shape(Project), *self.words)).encode())
        self.layouts = {name: _layout(net.names) for name, net in nets.items()}
        # Most stage runs stand still while one moves.
        self.marking = lru_cache(_RUNS)(self._marking)
        self.paths = lru_cache(_RUNS)(self._paths)

    def net(self, beginning: str) -> str:
        """Return the hash of the net that *beginning* means.

        Raises:
            StaleSnapshotError: If no net at hand, or more than one, begins so.
        """
        if len(beginning) > _PREFIX:
            return beginning
        found = [name for name in self.nets if name.startswith(beginning)]
        if len(found) != 1:
            raise StaleSnapshotError(f"net {beginning} is not at hand")
        return found[0]

    def _marking(self, net: str, paths: frozenset[str]) -> bytes:
        marking = self.nets[net].marking(paths)
        return marking.to_bytes((marking.bit_length() + 7) // 8, "little")

    def _paths(self, net: str, marking: bytes) -> frozenset[str]:
        return frozenset(self.nets[net].paths(int.from_bytes(marking, "little")))


def packed(shelf: Shelf, kind: type, value: object, kept: Pieces) -> tuple[bytes, Pieces]:
    """Return *value*, of type *kind*, as few bytes, and its pieces for the next time.

    Args:
        kept: Pieces of the last time; empty = none.
    """
    packer = _Packer(shelf, kept)
    tree = _coder(kind)[0](packer, value)
    beside = (packer.spelling, *_places(packer.words), *packer.moments())
    whole = [shelf.layout, packer.layouts, *beside, tree]
    return zlib.compress(msgspec.msgpack.encode(whole), _FAST), packer.pieces


def unpacked(shelf: Shelf, kind: type, data: bytes) -> Any:  # noqa: ANN401 - of type *kind*
    """Return the value that was packed.

    Raises:
        StaleSnapshotError: If it relies on fields, words or bits that are others now.
        DamagedSnapshotError: If the bytes are not as they were packed.
    """
    with reading():
        return _unpacked(shelf, kind, data)


@contextmanager
def reading() -> Iterator[None]:
    """Say of whatever goes wrong inside that the bytes are not as they were packed."""
    try:
        yield
    except StaleSnapshotError:
        raise
    except (*_DAMAGE, *_SHORT) as error:
        raise DamagedSnapshotError(f"{type(error).__name__}: {error}") from error


def _unpacked(shelf: Shelf, kind: type, data: bytes) -> Any:  # noqa: ANN401 - of type *kind*
    layout, *rest = msgspec.msgpack.decode(zlib.decompress(data))
    if layout != shelf.layout:
        raise StaleSnapshotError("packed by another program or beside another catalogue")
    layouts, spelling, words, others, *table, times, tree = rest
    spelt = _spelt(shelf, spelling, _column(words, others))
    unpacker = _Unpacker(shelf, spelt, _column(_instants(*table), times))
    for beginning, known in layouts.items():
        if shelf.layouts[shelf.net(beginning)] != known:
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


def _layout(names: tuple[str, ...]) -> int:
    """Return a checksum of a net's *names*: of what each of its bits means."""
    return zlib.crc32("\n".join(names).encode())


def _instants(base: int, unit: int, width: int, data: bytes) -> list[datetime]:
    offsets = (
        int.from_bytes(data[start : start + width], "little")
        for start in range(0, len(data), width)
    )
    return [_EPOCH + timedelta(microseconds=base + unit * offset) for offset in offsets]


def _spelt(shelf: Shelf, spelling: list[int], others: Iterator[str]) -> Iterator[str]:
    """Yield the words of a column: of the catalogue, or the next of the *others*."""
    known = shelf.words
    for place in spelling:
        yield known[-1 - place] if place else next(others)


def _column(table: list[_T], places: list[int]) -> Iterator[_T]:
    """Yield the entries of a column."""
    fresh = iter(table)
    for place in places:
        yield table[place - 1] if place else next(fresh)


def _places(column: list[_T]) -> tuple[list[_T], list[int]]:
    """Return the table of a column's entries, and the place of each.

    A place is 0 for the next new entry, otherwise counted from 1, so that a row of new entries is
    a row of zeros, which deflates to nothing.
    """
    table: dict[_T, int] = {}
    places = []
    for entry in column:
        place = table.get(entry, 0)
        if not place:
            table[entry] = len(table) + 1
        places.append(place)
    return list(table), places


class _Packer:
    """What fills while a value is packed.

    Attributes:
        spelling: Place of each word in the catalogue, from -1 down; 0 = the next of *words*.
        words, times: Columns of the other words and of the instants.
        layouts: Checksum of each net whose bits were used.
    """

    def __init__(self, shelf: Shelf, kept: Pieces) -> None:
        self.shelf = shelf
        self.known = shelf.places
        self.kept = kept
        self.named = ""
        self.spelling: list[int] = []
        self.words: list[str] = []
        self.times: list[datetime] = []
        self.layouts: dict[str, int] = {}
        self.pieces: Pieces = {}

    def word(self, word: str) -> int:
        """Add to the column; in the tree, 0 says that there is something."""
        place = self.known.get(word, 0)
        if not place:
            self.words.append(word)
        self.spelling.append(place)
        return 0

    def all_words(self, words: tuple[str, ...]) -> Tree:
        """Add several; the tree says how many."""
        if len(words) < _LONG:
            return self._all_words(words)
        return self.piece(words, _Packer._all_words)

    def _all_words(self, words: tuple[str, ...]) -> int:
        for word in words:
            self.word(word)
        return len(words)

    def time(self, moment: datetime) -> int:
        """Add to the column, as a word."""
        self.times.append(moment)
        return 0

    def piece(self, value: object, pack: Callable[[_Packer, Any], Tree]) -> msgspec.Raw:
        """Pack a value by itself, or take what came of it the last time."""
        piece = self.kept.get(id(value))
        if piece is None:
            piece = self._made(value, pack)
        self.spelling += piece.spelling
        self.words += piece.words
        self.times += piece.times
        self.layouts |= piece.layouts
        self.pieces |= piece.inner
        self.pieces[id(value)] = piece
        return piece.tree

    def _made(self, value: object, pack: Callable[[_Packer, Any], Tree]) -> Piece:
        alone = _Packer(self.shelf, self.kept)
        tree = msgspec.Raw(msgspec.msgpack.encode(pack(alone, value)))
        return Piece(
            value, tree, alone.spelling, alone.words, alone.times, alone.layouts, alone.pieces
        )

    def net(self, name: str) -> str:
        """Return the beginning of a net's hash where it says which of those at hand is meant."""
        self.named = name
        return name[:_PREFIX] if name in self.shelf.nets else name

    def marking(self, paths: frozenset[str]) -> bytes | list[str]:
        """Return the marking of the net that was named last."""
        net = self.named
        if net not in self.shelf.nets:
            return sorted(paths)
        self.layouts[net[:_PREFIX]] = self.shelf.layouts[net]
        return self.shelf.marking(net, paths)

    def moments(self) -> tuple[int, int, int, bytes, list[int]]:
        """Return base and unit of the instants in microseconds, width, offsets, and the column."""
        table, places = _places(self.times)
        moments = [(moment - _EPOCH) // _MICROSECOND for moment in table]
        base = min(moments, default=0)
        offsets = [moment - base for moment in moments]
        unit = next(unit for unit in _UNITS if not any(offset % unit for offset in offsets))
        width = max(1, ((max(offsets, default=0) // unit).bit_length() + 7) // 8)
        data = b"".join([(offset // unit).to_bytes(width, "little") for offset in offsets])
        return base, unit, width, data, places


class _Unpacker:
    """The same columns, used up in the same order."""

    def __init__(self, shelf: Shelf, words: Iterator[str], times: Iterator[datetime]) -> None:
        self.shelf = shelf
        self.named = ""
        self.words = words
        self.times = times

    def word(self, _: int) -> str:
        return next(self.words)

    def all_words(self, count: int) -> tuple[str, ...]:
        return tuple(islice(self.words, count))

    def time(self, _: int) -> datetime:
        return next(self.times)

    def net(self, beginning: str) -> str:
        self.named = self.shelf.net(beginning)
        return self.named

    def marking(self, packed: bytes | list[str]) -> frozenset[str]:
        """Return the paths of a marking of the net that was named last."""
        if isinstance(packed, bytes):
            return self.shelf.paths(self.named, packed)
        return frozenset(packed)


_Steps = tuple["Callable[[_Packer, Any], Tree] | None", "Callable[[_Unpacker, Tree], Any] | None"]
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
    if parts == (str, ...):
        return _Packer.all_words, _Unpacker.all_words
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


def _omitted(field: Field[Any], pack: Callable[[Any, Any], Tree] | None) -> Tree:
    """Return what the field's default is packed to; Ellipsis where a column has a part in it."""
    if field.default is None:
        return None
    if field.default == () and pack is _Packer.all_words:
        return 0
    if field.default_factory is dict or field.default == ():
        return []
    if isinstance(field.default, bool | int | float | StrEnum):
        return field.default if pack is None else pack(None, field.default)
    return ...


def _dataclass(kind: type) -> _Coder:
    """Code a dataclass as the list of its fields, cut behind the last that is not its default."""
    hints = get_type_hints(kind)
    names = tuple(field.name for field in fields(kind))
    packs, unpacks = zip(*(_field(kind, name, hints[name]) for name in names), strict=True)
    omitted = [_omitted(field, pack) for field, pack in zip(fields(kind), packs, strict=True)]
    values_of = _all_of(names)

    # These two lines are the hot ones: a value that is its own tree, or None, costs no call.
    def pack(packer: _Packer, value: Any) -> Tree:  # noqa: ANN401 - of *kind*
        tree = [
            v if p is None or v is None else p(packer, v)
            for p, v in zip(packs, values_of(value), strict=True)
        ]
        while tree and tree[-1] == omitted[len(tree) - 1]:
            tree.pop()
        return tree

    def unpack(unpacker: _Unpacker, tree: Tree) -> Any:  # noqa: ANN401 - of *kind*
        values = [
            t if u is None or t is None else u(unpacker, t)
            for u, t in zip(unpacks, tree, strict=False)
        ]
        return kind(**dict(zip(names, values, strict=False)))

    if kind in _KEPT:
        return (lambda packer, value: packer.piece(value, pack)), unpack
    return pack, unpack


def _field(kind: type, name: str, hint: Any) -> _Steps:  # noqa: ANN401 - an annotation
    """Return how a field is coded; None = as it stands. None itself always stands as it is."""
    if (kind, name) in _MARKINGS:
        return _Packer.marking, _Unpacker.marking
    if (kind, name) in _NETS:
        return _Packer.net, _Unpacker.net
    parts = [part for part in get_args(hint) if part is not NoneType]
    bare = parts[0] if get_origin(hint) in (Union, UnionType) and len(parts) == 1 else hint
    return (None, None) if bare in (int, bool) else _coder(bare)


def _all_of(names: tuple[str, ...]) -> Callable[[object], tuple[Any, ...]]:
    """Return a function that gives the attributes *names* of a value, in one go if it can."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)
