"""What a file really is: its first bytes and its build, held against the ending of its name.

The whitelist: pdf, png, jpg/jpeg, docx, xlsx, ofd (the national format for fixed layouts) and dwg.
Nothing is executed or rendered; archives are inflated into the void, counted, and stopped early.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from typing import TYPE_CHECKING, BinaryIO

from engine.errors import (
    BrokenFileError,
    DisguisedFileError,
    FileTypeError,
    SwollenFileError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

# Ending -> (kind, media type).
ENDINGS: Mapping[str, tuple[str, str]] = {
    "pdf": ("pdf", "application/pdf"),
    "png": ("png", "image/png"),
    "jpg": ("jpeg", "image/jpeg"),
    "jpeg": ("jpeg", "image/jpeg"),
    "docx": (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "xlsx": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ofd": ("ofd", "application/ofd"),
    "dwg": ("dwg", "image/vnd.dwg"),
}
MEDIA_TYPES = frozenset(media_type for _, media_type in ENDINGS.values())

_FIRST = 16  # bytes that tell a kind
_TAIL = 1024  # bytes in which a PDF ends
_CHUNK = 64 * 1024
MOST_RATIO = 200  # inflated bytes for each packed one; office files stay below 100
MOST_INFLATED = 512 * 1024 * 1024
MOST_ENTRIES = 10_000
_LONGEST_DIRECTORY = 4 * 1024 * 1024
_END = b"PK\x05\x06"
_END_SIZE = 22
_LOCATOR = b"PK\x06\x07"
_LOCATOR_SIZE = 20
_DWG = re.compile(rb"AC10[0-9]{2}")
# What an archive of a kind must hold.
_MARKS: Mapping[str, str] = {
    "word/document.xml": "docx",
    "xl/workbook.xml": "xlsx",
    "OFD.xml": "ofd",
}
_ARCHIVES = frozenset(_MARKS.values())
_MACROS = ("vbaproject.bin", "/activex/")
_HEADER_SIZE = 30
_BOUND_SIZE = 1024


def judged(name: str, file: BinaryIO, size: int) -> str:
    """Return the media type of a file whose content is what its name says.

    Args:
        name: Only its ending is looked at.
        file: Open for reading; its position is changed.
        size: Bytes.

    Raises:
        FileTypeError: If the ending is not on the whitelist.
        DisguisedFileError: If the content is another kind's, or two kinds at once.
        BrokenFileError: If the file is cut off or misbuilt.
        SwollenFileError: If an archive would inflate beyond measure.
    """
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending not in ENDINGS:
        raise FileTypeError(ending=ending[:_FIRST], endings=sorted(ENDINGS))
    said, media_type = ENDINGS[ending]
    kind = kind_of(file, size)
    if kind != said:
        raise DisguisedFileError(said=said, found=kind)
    if kind in _WHOLE:
        _WHOLE[kind](file, size)
    if kind not in _ARCHIVES:
        _check_no_archive(file, size, kind)
    return media_type


def kind_of(file: BinaryIO, size: int) -> str:
    """Return the kind that the content shows: one of the whitelist, or "unknown"."""
    file.seek(0)
    first = file.read(_FIRST)
    if first.startswith(b"%PDF-"):
        return "pdf"
    if first.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if first.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if first.startswith(b"PK\x03\x04"):
        return _kind_of_archive(file, size)
    return "dwg" if _DWG.match(first) else "unknown"


def _kind_of_archive(file: BinaryIO, size: int) -> str:
    """Return what an archive holds; every entry is inflated once, within bounds."""
    _check_directory(file, size)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _check_entries(entries)
            _check_swelling(file, entries, size)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError, EOFError) as error:
        raise BrokenFileError(kind="zip") from error
    names = [entry.filename for entry in entries]
    if any(mark in f"/{name.lower()}" for name in names for mark in _MACROS):
        return "macros"
    kinds = {_MARKS[name] for name in names if name in _MARKS}
    return kinds.pop() if len(kinds) == 1 else "zip"


def _check_directory(file: BinaryIO, size: int) -> None:
    """Look at an archive's last bytes before any library reads the directory into memory."""
    file.seek(max(0, size - _END_SIZE - _LOCATOR_SIZE))
    tail = file.read()
    end = tail[-_END_SIZE:]
    if not end.startswith(_END) or end[-2:] != b"\0\0":
        raise BrokenFileError(kind="zip")  # cut off, or something hangs behind it
    if tail[:-_END_SIZE].startswith(_LOCATOR):
        raise SwollenFileError(limit=MOST_INFLATED)  # zip64: for what is far beyond our limit
    entries = int.from_bytes(end[10:12], "little")
    directory = int.from_bytes(end[12:16], "little")
    if entries > MOST_ENTRIES or directory > _LONGEST_DIRECTORY:
        raise SwollenFileError(limit=MOST_INFLATED)


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    """Refuse archives with a stub before them, doubled, encrypted or climbing names."""
    names = [entry.filename for entry in entries]
    starts = [entry.header_offset for entry in entries]
    climbing = any(
        name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) for name in names
    )
    encrypted = any(entry.flag_bits & 1 for entry in entries)
    if not entries or min(starts) != 0 or climbing or encrypted:
        raise BrokenFileError(kind="zip")
    if len(set(names)) != len(names) or len(set(starts)) != len(starts):
        raise BrokenFileError(kind="zip")


def _check_swelling(file: BinaryIO, entries: list[zipfile.ZipInfo], size: int) -> None:
    """Inflate every entry into the void: what the directory says of sizes is not believed."""
    left = min(MOST_INFLATED, max(size * MOST_RATIO, _CHUNK))
    for entry in entries:
        for inflated in _inflated(file, entry):
            left -= inflated
            if left < 0:
                raise SwollenFileError(limit=MOST_INFLATED)


def _inflated(file: BinaryIO, entry: zipfile.ZipInfo) -> Iterator[int]:
    """Yield how many bytes each bite of an entry inflates to."""
    file.seek(entry.header_offset)
    header = file.read(_HEADER_SIZE)
    if not header.startswith(b"PK\x03\x04"):
        raise BrokenFileError(kind="zip")
    skipped = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    file.seek(skipped, 1)
    if entry.compress_type == zipfile.ZIP_STORED:
        yield entry.compress_size
        return
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise BrokenFileError(kind="zip")
    machine, left = zlib.decompressobj(-zlib.MAX_WBITS), entry.compress_size
    while left and not machine.eof:
        bite = file.read(min(left, _BOUND_SIZE))
        if not bite:
            raise BrokenFileError(kind="zip")
        left -= len(bite)
        while bite:
            yield len(machine.decompress(bite, _CHUNK))
            bite = machine.unconsumed_tail
    while not machine.eof:
        rest = machine.decompress(b"", _CHUNK)
        if not rest:
            raise BrokenFileError(kind="zip")
        yield len(rest)
    if left:
        raise BrokenFileError(kind="zip")


def _whole_pdf(file: BinaryIO, size: int) -> None:
    """Refuse a PDF that does not end as one: cut off, or with an archive hung on."""
    file.seek(max(0, size - _TAIL))
    _, end, behind = file.read().rpartition(b"%%EOF")
    if not end:
        raise BrokenFileError(kind="pdf")
    if behind.strip(b"\r\n \t\0"):
        raise DisguisedFileError(said="pdf", found="polyglot")


def _whole_png(file: BinaryIO, size: int) -> None:
    """Walk the chunks of a PNG: the last is IEND and nothing follows it."""
    at = 8
    while True:
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:  # noqa: PLR2004 - length and name of a chunk
            raise BrokenFileError(kind="png")
        at += 12 + int.from_bytes(head[:4], "big")
        if at > size:
            raise BrokenFileError(kind="png")
        if head[4:] == b"IEND":
            break
    if at != size:
        raise DisguisedFileError(said="png", found="polyglot")


def _whole_jpeg(file: BinaryIO, size: int) -> None:
    """Refuse a JPEG that does not end with its end mark; cameras may pad with zeros."""
    file.seek(max(0, size - _TAIL))
    if file.read().rstrip(b"\0").endswith(b"\xff\xd9"):
        return
    file.seek(0)
    mark = b""
    while bite := file.read(_CHUNK):
        if b"\xff\xd9" in mark + bite:
            raise DisguisedFileError(said="jpeg", found="polyglot")
        mark = bite[-1:]
    raise BrokenFileError(kind="jpeg")


def _check_no_archive(file: BinaryIO, size: int, said: str) -> None:
    """Refuse a file that an unpacker would open too: an archive's end that fits the file's."""
    file.seek(max(0, size - _CHUNK - _END_SIZE))
    tail = file.read()
    at = tail.find(_END)
    while at >= 0:
        comment = tail[at + _END_SIZE - 2 : at + _END_SIZE]
        if at + _END_SIZE + int.from_bytes(comment, "little") == len(tail):
            raise DisguisedFileError(said=said, found="polyglot")
        at = tail.find(_END, at + 1)


_WHOLE: Mapping[str, Callable[[BinaryIO, int], None]] = {
    "pdf": _whole_pdf,
    "png": _whole_png,
    "jpeg": _whole_jpeg,
}
