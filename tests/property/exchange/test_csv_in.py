from __future__ import annotations

import csv
from io import BytesIO, StringIO
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange import csv_in
from exchange.errors import BadTableError
from exchange.mapping import TableColumns, TableForm

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS = TableColumns(case="案例", activity="环节", time="时间")
HEADING = ["其他", "案例", "时间", "环节"]
PLAIN = st.text("ab甲 ;", max_size=6)
WILD = st.text('ab甲",\n\r;', max_size=6)
ENDS = st.sampled_from(("\r\n", "\n", "\r"))


def rows_of(cells: st.SearchStrategy[str]) -> st.SearchStrategy[list[list[str]]]:
    return st.lists(st.lists(cells, min_size=4, max_size=4), max_size=12)


def events(text: str) -> list[tuple[str, str, str]]:
    """Return what is read of *text*, checking that the numbers go on without a gap."""
    told: list[tuple[str, str, str]] = []
    for batch in csv_in.batches(BytesIO(text.encode()), COLUMNS, TableForm()):
        assert batch.first == len(told) + 1
        told += zip(batch.case, batch.activity, batch.at, strict=True)
    return told


def written(plain: Sequence[Sequence[str]], wild: Sequence[Sequence[str]], end: str) -> str:
    file = StringIO(newline="")
    csv.writer(file, lineterminator=end).writerows([HEADING, *plain])
    csv.writer(file, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(wild)
    return file.getvalue()


class TestATable:
    @pytest.mark.parametrize("piece", [1 << 20, 200, 90])
    @given(plain=rows_of(PLAIN), wild=rows_of(WILD), end=ENDS)
    @settings(max_examples=60)
    def test_is_read_as_csv_reads_it(
        self, piece: int, plain: list[list[str]], wild: list[list[str]], end: str
    ) -> None:
        text = written(plain, wild, end)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(csv_in, "PIECE", piece)
            found = events(text)

        assert found == [(row[1], row[3], row[2]) for row in (*plain, *wild)]

    @pytest.mark.parametrize("broken", ["a,b,c", "a,b,c,d,e", "", 'a,"b"x,c,d'])
    @pytest.mark.parametrize("quoted", [False, True])
    def test_is_refused_at_the_line_that_is_broken(self, broken: str, quoted: bool) -> None:
        before = ['"a",b,c,d' if quoted else "a,b,c,d"] * 3
        text = "\n".join([",".join(HEADING), *before, broken, "a,b,c,d"])

        with pytest.raises(BadTableError) as caught:
            events(text)

        assert caught.value.params["line"] == 5

    def test_is_refused_for_a_line_without_an_end(self) -> None:
        text = ",".join(HEADING) + "\na,b,c,d\n" + "a" * 2 * csv_in.PIECE

        with pytest.raises(BadTableError) as caught:
            events(text)

        assert caught.value.params["line"] == 3
