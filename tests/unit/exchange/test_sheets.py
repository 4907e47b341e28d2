from __future__ import annotations

import csv
import zipfile
from io import BytesIO, StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from exchange.sheets import Sheet, as_csv, as_xlsx

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
PAYLOADS = tuple(
    f"{blank}{start}{rest}"
    for start in STARTS
    for blank in ("", " ", "  ", "\u200b", "\u00a0", "\ufeff ", "\u3000")
    for rest in ("1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://x","y")', "SUM(A1:A9)")
)
texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=30)


def sheet(*cells: str) -> Sheet:
    return Sheet(title="单", columns=("列",), rows=[(cell,) for cell in cells])


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(data.decode("utf-8-sig"), newline="")))


class TestCsv:
    @pytest.mark.parametrize("cell", PAYLOADS)
    def test_begins_no_cell_like_a_formula(self, cell: str) -> None:
        (_, (written,)) = read_csv(as_csv(sheet(cell)))

        assert written == f"'{cell}"
        assert not written.startswith(STARTS)

    def test_guards_headings_too(self) -> None:
        (heading, *_) = read_csv(as_csv(Sheet(title="t", columns=("=1",), rows=[])))

        assert heading == ["'=1"]

    @given(st.lists(texts, min_size=1, max_size=5))
    def test_changes_nothing_else(self, cells: list[str]) -> None:
        _, *rows = read_csv(as_csv(sheet(*cells)))

        kept = [row[0] if row else "" for row in rows]
        assert [
            each.removeprefix("'") if cell.lstrip(" ").startswith(STARTS) else each
            for each, cell in zip(kept, cells, strict=True)
        ] == cells

    def test_is_known_as_utf_8_by_office_programs(self) -> None:
        assert as_csv(sheet("项目")).startswith(b"\xef\xbb\xbf")


class TestXlsx:
    @pytest.mark.parametrize("cell", PAYLOADS)
    def test_holds_texts_as_texts(self, cell: str) -> None:
        data = as_xlsx(sheet(cell))

        found = load_workbook(BytesIO(data)).active
        assert found is not None
        assert found["A2"].data_type in ("s", "inlineStr")
        with zipfile.ZipFile(BytesIO(data)) as parts:
            xml = parts.read("xl/worksheets/sheet1.xml")
        assert b"<f>" not in xml
        assert b"hyperlink" not in xml

    def test_keeps_numbers_truth_and_nothing(self) -> None:
        rows = [(1, 2.5, True, None, "x", 10**18)]
        data = as_xlsx(Sheet(title="[t]", columns=tuple("abcdef"), rows=rows))

        found = load_workbook(BytesIO(data)).active
        assert found is not None
        assert [cell.value for cell in found[2]] == [1, 2.5, True, None, "x", str(10**18)]

    def test_takes_any_title(self) -> None:
        for title in ("", "a" * 100, "[]:*?/\\'", "项目/材料"):
            assert as_xlsx(Sheet(title=title, columns=("a",), rows=[]))
