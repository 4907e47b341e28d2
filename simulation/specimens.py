"""The files that simulated owners hand in: for each material one page that says what it stands for.

Whoever knows the catalogue can make each of them again, so none of them needs to be kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflows.catalogue.values import Catalogue, Material

MEDIA_TYPE = "application/pdf"
VERSIONS = 9  # after which their contents come round again
_WIDE = 24  # Chinese characters in a line of the title
_LINE = 44  # points from one line of the title to the next


@dataclass(frozen=True, slots=True, kw_only=True)
class Specimen:
    """One version of a material as a file; *sha256* of its content, *name* as an owner gives it."""

    name: str
    content: bytes
    sha256: str


@lru_cache(maxsize=4096)
def specimen(material: Material, version: int) -> Specimen:
    """Return what is handed in as a version of a material, counted from 1."""
    content = _page(material, (version - 1) % VERSIONS + 1)
    title = material.name.zh.replace("/", "／")
    name = f"{title}.pdf" if version == 1 else f"{title}（第{version}版）.pdf"
    return Specimen(name=name, content=content, sha256=sha256(content).hexdigest())


@lru_cache(maxsize=8)
def specimens(catalogue: Catalogue) -> Mapping[str, bytes]:
    """Return the content of every file that may be handed in under a catalogue, by its SHA-256."""
    every = (
        specimen(material, version)
        for material in catalogue.materials.values()
        for version in range(1, VERSIONS + 1)
    )
    return {each.sha256: each.content for each in every}


def _page(material: Material, version: int) -> bytes:
    """Return a PDF of one page; its Chinese font is the reader's own."""
    zh = material.name.zh
    titles = [zh[at : at + _WIDE] for at in range(0, len(zh), _WIDE)]
    lines = [_chinese(_LINE * -at, line, 22) for at, line in enumerate(titles)]
    low = _LINE * -len(titles)
    lines += [
        _latin(low, material.name.en, 11),
        _chinese(low - 60, f"演示材料，第{version}版；内容为虚构，无任何效力", 13),
        _latin(low - 84, f"Specimen of a demonstration, version {version}.", 11),
        _latin(low - 102, "Its content is invented and has no effect whatever.", 11),
    ]
    drawn = "\n".join(lines).encode("ascii")
    return _bound(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</Font<</L 5 0 R/C 6 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H"
        b"/DescendantFonts[7 0 R]>>",
        b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/FontDescriptor 8 0 R>>",
        b"<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]"
        b"/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 93>>",
    )


def _chinese(low: int, text: str, size: int) -> str:
    return f"BT /C {size} Tf 60 {700 + low} Td <{text.encode('utf-16-be').hex()}> Tj ET"


def _latin(low: int, text: str, size: int) -> str:
    plain = text.encode("ascii", "replace").hex()
    return f"BT /L {size} Tf 60 {700 + low} Td <{plain}> Tj ET"


def _bound(*objects: bytes) -> bytes:
    """Return a PDF of objects numbered from 1, with the table of where each begins."""
    made, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj%s\nendobj\n" % (number, each)
    count = len(objects) + 1
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table)
    end = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (count, len(made))
    return made + table + end
