"""Files for tests of uploads: small honest ones of each kind, and hostile ones."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

KIB = 1024
MIB = KIB * KIB


def pdf(extra: bytes = b"") -> bytes:
    """Return a PDF of one empty page."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 0"
        b"/Kids[]>>endobj\n" + extra + b"trailer<</Root 1 0 R>>\n%%EOF\n"
    )


def png(behind: bytes = b"") -> bytes:
    """Return a PNG of one pixel."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body + behind


def jpeg(behind: bytes = b"") -> bytes:
    """Return what begins and ends like a JPEG."""
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xd9" + behind


def archive(entries: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return made.getvalue()


def docx(**more: bytes) -> bytes:
    """Return what is built like a text document."""
    types = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"}
    return archive({**types, **more})


def xlsx() -> bytes:
    """Return what is built like a sheet."""
    return archive({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})


def ofd() -> bytes:
    """Return what is built like a fixed-layout document."""
    return archive({"OFD.xml": b"<OFD/>", "Doc_0/Document.xml": b"<Document/>"})


def dwg() -> bytes:
    """Return what begins like a drawing."""
    return b"AC1032" + b"\0" * 64


def bomb(inflated: int = 64 * MIB) -> bytes:
    """Return a text document whose one picture inflates a thousand times."""
    return docx(**{"word/media/image1.png": b"\0" * inflated})


def lying_bomb() -> bytes:
    """Return a bomb whose directory says that it inflates to a single byte."""
    data = bytearray(bomb(16 * MIB))
    directory = data.rindex(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = (1).to_bytes(4, "little")
    return bytes(data)


HONEST: Mapping[str, Callable[[], bytes]] = {
    "pdf": pdf,
    "png": png,
    "jpg": jpeg,
    "jpeg": jpeg,
    "docx": docx,
    "xlsx": xlsx,
    "ofd": ofd,
    "dwg": dwg,
}
