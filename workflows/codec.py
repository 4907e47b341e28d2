"""Event bodies and commands as canonical JSON: sorted keys, UTF-8, no blanks. What is hashed.

A kind and a version name one meaning for ever; tests/golden/events holds a sample of each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec

from workflows import adjustment, commands, credit, events, notices, roster

if TYPE_CHECKING:
    from collections.abc import Mapping

AnyBody = (
    events.Body
    | roster.Body
    | adjustment.CatalogueAdopted
    | notices.NoticeAdopted
    | credit.StandingSet
)
AnyCommand = (
    commands.Command
    | roster.Command
    | adjustment.AdoptCatalogue
    | notices.AdoptNotice
    | credit.SetStanding
)
_KINDS: Mapping[str, type[AnyBody]] = {
    **events.KINDS,
    **roster.KINDS,
    **adjustment.KINDS,
    **notices.KINDS,
    **credit.KINDS,
}

# The version that is written today; an older one keeps its class under its number in _CLASSES.
_CLASSES: Mapping[tuple[str, int], type] = {(kind, 1): body for kind, body in _KINDS.items()}
_VERSIONS: Mapping[type, int] = {body: version for (_, version), body in _CLASSES.items()}


class UnknownKindError(ValueError):
    """An event of a kind or version that this program does not know."""


class _Decoder(Protocol):
    def decode(self, data: bytes, /) -> AnyBody: ...


_encoder = msgspec.json.Encoder(order="sorted")
_decoders: Mapping[tuple[str, int], _Decoder] = {
    name: msgspec.json.Decoder(body) for name, body in _CLASSES.items()
}


def kind(body: AnyBody) -> tuple[str, int]:
    """Return the name of *body*'s kind and the version that is written today.

    >>> kind(events.ProjectCompleted())
    ('ProjectCompleted', 1)
    """
    return type(body).__name__, _VERSIONS[type(body)]


def kinds() -> tuple[tuple[str, int], ...]:
    """Return every (kind, version) that can be read, in order."""
    return tuple(sorted(_CLASSES))


def class_of(name: str, version: int) -> type:
    """Return the class of a kind and version.

    >>> class_of("PairEnded", 1).__name__
    'PairEnded'
    """
    return _CLASSES[name, version]


def encode(body: AnyBody) -> bytes:
    """Encode *body* canonically.

    >>> encode(events.PairEnded(pair="p1", stage=3, unit=0))
    b'{"pair":"p1","stage":3,"unit":0}'
    """
    return _encoder.encode(body)


def decode(name: str, version: int, data: bytes) -> AnyBody:
    """Decode a body, of today's or an older version.

    Raises:
        UnknownKindError: If no such kind and version is known.
        msgspec.ValidationError: If *data* is not of the kind's shape.
    """
    try:
        decoder = _decoders[name, version]
    except KeyError as error:
        raise UnknownKindError(f"{name} version {version}") from error
    return decoder.decode(data)


def encode_command(command: AnyCommand) -> bytes:
    """Encode *command* canonically behind its name; equal commands give equal bytes."""
    return _encoder.encode([type(command).__name__, command])
