"""Reads a file of a stranger up to a limit, unpacked if it is packed, and tells how far it is."""

from __future__ import annotations

import gzip
import zlib
from io import BufferedReader, RawIOBase
from typing import TYPE_CHECKING, cast

from exchange.errors import BadTableError, TooLargeError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import IO, BinaryIO

    from typing_extensions import Buffer

LARGEST = 1 << 30  # bytes, unpacked
_MEBIBYTE = 20
_PIECE = 1 << 18  # bytes
_PACKED = b"\x1f\x8b"


def bounded(
    file: IO[bytes],
    told: Callable[[float], None] = lambda _: None,
    *,
    size: int = 0,
    largest: int = LARGEST,
) -> BufferedReader:
    """Return *file* for reading; a gzip stream is unpacked on the way.

    Args:
        told: Called with the part that is read, 0 to 1.
        size: Bytes of *file*, packed as it is; 0 = nobody knows.
        largest: Unpacked bytes that may be read; the next one raises TooLargeError.

    Raises:
        TooLargeError: If *size* already says so.
    """
    ahead = BufferedReader(cast("RawIOBase", file), 1 << 16) if not _peeks(file) else file
    packed = cast("BufferedReader", ahead).peek(2)[:2] == _PACKED
    if size > largest and not packed:
        raise TooLargeError(limit=largest >> _MEBIBYTE)
    source = _Bounded(cast("BinaryIO", ahead), packed, told, (size, largest))
    return _InPieces(source, _PIECE)


def _peeks(file: IO[bytes]) -> bool:
    return hasattr(file, "peek")


class _InPieces(BufferedReader):
    """A buffer that fills itself: text is decoded from it in pieces of 8 KiB, each by read1."""

    def read1(self, size: int = -1, /) -> bytes:
        """Return some bytes, from the buffer where it has any."""
        self.peek(1)
        return super().read1(size)


class _Bounded(RawIOBase):
    """A stream that counts what it gives away."""

    def __init__(
        self,
        file: BinaryIO,
        packed: bool,  # noqa: FBT001 - made in one place
        told: Callable[[float], None],
        sizes: tuple[int, int],
    ) -> None:
        self._file, self._told = file, told
        self._size, self._largest = sizes
        self._source = cast("BinaryIO", gzip.GzipFile(fileobj=file)) if packed else file
        self._read = 0

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        """Read the next bytes.

        Raises:
            TooLargeError: If there are more than there may be.
            BadTableError: If it is packed and broken.
        """
        view = memoryview(buffer)
        try:
            piece = self._source.read(len(view))
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise BadTableError(line=0, why=str(error)) from error
        self._read += len(piece)
        if self._read > self._largest:
            raise TooLargeError(limit=self._largest >> _MEBIBYTE)
        view[: len(piece)] = piece
        if self._size:
            self._told(min(1.0, self._file.tell() / self._size))
        return len(piece)
