"""Facts as a file, so that reports on a foreign log need not read the log again.

A line says what it is, then come cases one by one, then how many there were and a hash of all: a
file that was cut off is never taken for a short one.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from exchange.errors import NotFactsError
from workflows.item_runs import Case

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

HEADING = b"abreast facts 1\n"
_LENGTH = 4  # bytes before each case that say how long it is
_LARGEST_CASE = 64 << 20
_TAIL = b"\0\0\0\0"


def write(cases: Iterable[Case], file: BinaryIO) -> int:
    """Write *cases* and return how many there were."""
    encoder = msgspec.msgpack.Encoder()
    digest, count = hashlib.sha256(), 0
    file.write(HEADING)
    for case in cases:
        body = encoder.encode(case)
        digest.update(body)
        file.write(len(body).to_bytes(_LENGTH, "big") + body)
        count += 1
    file.write(_TAIL + count.to_bytes(8, "big") + digest.digest())
    return count


def read(file: BinaryIO) -> Iterator[Case]:
    """Yield the cases of a file that `write` wrote.

    Raises:
        NotFactsError: If it is none, or was cut off or changed; what came before was yielded.
    """
    if file.read(len(HEADING)) != HEADING:
        raise NotFactsError
    decoder = msgspec.msgpack.Decoder(Case)
    digest, count = hashlib.sha256(), 0
    while (length := int.from_bytes(_exactly(file, _LENGTH), "big")) != 0:
        if length > _LARGEST_CASE:
            raise NotFactsError
        body = _exactly(file, length)
        digest.update(body)
        count += 1
        yield _decoded(decoder, body)
    end = _exactly(file, 8 + digest.digest_size)
    if end != count.to_bytes(8, "big") + digest.digest() or file.read(1):
        raise NotFactsError


def _decoded(decoder: msgspec.msgpack.Decoder[Case], body: bytes) -> Case:
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise NotFactsError from error


def _exactly(file: BinaryIO, count: int) -> bytes:
    found = file.read(count)
    if len(found) != count:
        raise NotFactsError
    return found
