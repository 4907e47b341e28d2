"""The files that owners hand in, kept by content: one file is stored once, whoever sends it.

A file's name is data of the project and never part of a path: that is its SHA-256, `ab/cdef...`. A
file is written beside its place, looked into, made durable and only then renamed, so that a place
is either empty or holds the whole file.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from engine.errors import (
    EmptyFileError,
    FilesFullError,
    FilesUnwritableError,
    FileTooLargeError,
    LostFileError,
)
from engine.file_types import judged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from engine.errors import EngineError

    Judge = Callable[[str, BinaryIO, int], str]
    Made = Callable[[str], bytes | None]

_SHA256 = re.compile("[0-9a-f]{64}", re.ASCII)
_INCOMING = "incoming"
_FAULTS: Mapping[int | None, type[EngineError]] = {
    errno.ENOSPC: FilesFullError,
    errno.EDQUOT: FilesFullError,
    errno.EROFS: FilesUnwritableError,
    errno.EACCES: FilesUnwritableError,
    errno.EIO: FilesUnwritableError,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A file in the store; *size* in bytes."""

    sha256: str
    size: int
    media_type: str


def _none_made(_digest: str) -> None:
    """Return that nothing is made again: every file is one that was stored."""
    return


class Files:
    """A folder of files by content."""

    def __init__(
        self, folder: Path, limit: int, judge: Judge = judged, made: Made = _none_made
    ) -> None:
        """Keep where the files lie and how many bytes one may have; nothing is created yet.

        Args:
            judge: Returns the media type of a file, or refuses it.
            made: Makes a file that nobody stored by its digest, if it can: a demonstration's.
        """
        self._folder = folder
        self._judge = judge
        self._made = made
        self.limit = limit

    def keep(self, name: str, chunks: Iterable[bytes]) -> Kept:
        """Store a file as it streams in; memory does not grow with it.

        Args:
            name: As the owner gave it: its ending says what the content must be.
            chunks: The content; not read any further once the limit is passed.

        Raises:
            FileTooLargeError: As soon as more than the limit has come.
            EmptyFileError, FileTypeError, DisguisedFileError, BrokenFileError, SwollenFileError:
                By what was found inside.
            FilesFullError, FilesUnwritableError: If the disk does not take it.
        """
        try:
            return self._kept(name, chunks)
        except OSError as error:
            fault = _FAULTS.get(error.errno)
            if fault is None:
                raise
            raise fault(reason=error.strerror) from error

    def _kept(self, name: str, chunks: Iterable[bytes]) -> Kept:
        incoming = self._folder / _INCOMING
        incoming.mkdir(parents=True, exist_ok=True)
        path = incoming / secrets.token_hex(16)
        with path.open("x+b") as draft:
            try:
                digest, size = self._written(draft, chunks)
                media_type = self._judge(name, draft, size)
                os.fsync(draft.fileno())
                self._placed(path, digest)
            finally:
                path.unlink(missing_ok=True)
        return Kept(sha256=digest, size=size, media_type=media_type)

    def open(self, digest: str) -> BinaryIO:
        """Return a file, open for reading: the stored one, else as it is made again.

        Raises:
            LostFileError: If the store does not hold it and nobody can make it.
        """
        try:
            return self._place(digest).open("rb")
        except FileNotFoundError as error:
            made = self._made(digest)
            if made is None:
                raise LostFileError(file=digest) from error
            return BytesIO(made)

    def holds(self, digest: str) -> bool:
        """Tell whether a file is stored."""
        return self._place(digest).is_file()

    def untouched(self, since: datetime) -> Iterator[str]:
        """Yield the files that nobody has handed in again *since*, by their digests."""
        for place in self._folder.glob("[0-9a-f][0-9a-f]/*"):
            digest = place.parent.name + place.name
            if _SHA256.fullmatch(digest) is not None and _older(place, since):
                yield digest

    def drop(self, digest: str, since: datetime) -> bool:
        """Remove a file unless it was handed in again *since*; tell whether it is gone.

        It is moved aside first: whoever hands the same content in meanwhile either finds it still
        there and has touched it, which brings it back, or finds nothing and stores it anew.
        """
        place = self._place(digest)
        aside = self._folder / _INCOMING / f"dropped-{secrets.token_hex(16)}"
        aside.parent.mkdir(parents=True, exist_ok=True)
        try:
            place.replace(aside)
        except FileNotFoundError:
            return False
        if not _older(aside, since):
            aside.replace(place)
            return False
        aside.unlink()
        return True

    def clear_incoming(self, since: datetime) -> int:
        """Remove what broke off on its way in before *since*, and return how many files."""
        left = [each for each in (self._folder / _INCOMING).glob("*") if _older(each, since)]
        for each in left:
            each.unlink(missing_ok=True)
        return len(left)

    def _written(self, draft: BinaryIO, chunks: Iterable[bytes]) -> tuple[str, int]:
        digest, size = hashlib.sha256(), 0
        for chunk in chunks:
            size += len(chunk)
            if size > self.limit:
                raise FileTooLargeError(limit=self.limit)
            digest.update(chunk)
            draft.write(chunk)
        if not size:
            raise EmptyFileError
        draft.flush()
        return digest.hexdigest(), size

    def _placed(self, path: Path, digest: str) -> None:
        """Move a whole file to its place; whoever came first with the same content stays."""
        place = self._place(digest)
        try:
            os.utime(place)  # wanted again: no sweep takes it before its project says so
        except FileNotFoundError:
            place.parent.mkdir(exist_ok=True)
            path.chmod(0o440)
            path.replace(place)
        # Also where it lay there already: whoever stored it may not have come as far as this.
        for folder in (place.parent, self._folder):
            _sync(folder)

    def _place(self, digest: str) -> Path:
        if _SHA256.fullmatch(digest) is None:
            raise LostFileError(file=digest[:64])
        return self._folder / digest[:2] / digest[2:]


def _older(path: Path, since: datetime) -> bool:
    """Tell whether a file was last written or touched before *since*; a vanished one was not."""
    try:
        return path.stat().st_mtime < since.timestamp()
    except FileNotFoundError:
        return False


def _sync(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
