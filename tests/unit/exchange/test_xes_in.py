from __future__ import annotations

from io import BytesIO, RawIOBase
from itertools import chain, repeat
from typing import TYPE_CHECKING, cast
from xml.sax.saxutils import quoteattr

import pytest

from exchange import xes_in
from exchange.account import Tally, Unused
from exchange.bounded import bounded
from exchange.errors import (
    DoctypeError,
    LongCaseError,
    NotXesError,
    NotXmlError,
    TooLargeError,
)
from tests.support.foreign_logs import HEAD, Told, element, permits, xes

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import BinaryIO

    from typing_extensions import Buffer

    from exchange.columns import Batch

AT = "2026-03-02T09:00:00+08:00"


def read(text: bytes | BinaryIO, tally: Tally | None = None) -> list[Batch]:
    file = BytesIO(text) if isinstance(text, bytes) else text
    return list(xes_in.batches(file, tally or Tally()))


def log(*inside: str, head: str = HEAD) -> bytes:
    return f"{head}{''.join(inside)}</log>".encode()


def event(*attributes: str) -> str:
    return f"<event>{''.join(attributes)}</event>"


class Endless(RawIOBase):
    """A file that is made while it is read."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces, self._left = iter(pieces), b""
        self.given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        view = memoryview(buffer)
        while len(self._left) < len(view) and (piece := next(self._pieces, b"")):
            self._left += piece
        count = min(len(view), len(self._left))
        view[:count], self._left = self._left[:count], self._left[count:]
        self.given += count
        return count


class TestBatches:
    def test_give_every_event_in_order(self) -> None:
        told = list(permits(300))

        found = read(xes(told))

        assert [
            row for batch in found for row in zip(batch.case, batch.activity, batch.at, strict=True)
        ] == [(each.case, each.activity, each.at) for each in told]

    @pytest.mark.parametrize("space", ["", ' xmlns="http://code.deckfour.org/xes"'])
    def test_read_logs_of_any_namespace(self, space: str) -> None:
        trace = f"<trace>{element(Told('', 'A', AT))}</trace>"

        (batch,) = read(log(trace, head=f"<log{space}>"))

        assert batch.activity == ["A"]

    def test_do_not_take_an_attribute_of_an_attribute_for_the_events(self) -> None:
        nested = '<string key="x" value="1"><string key="concept:name" value="wrong"/></string>'
        right = '<string key="concept:name" value="right"/>'

        (batch,) = read(log(f"<trace>{event(nested, right)}{event(right)}</trace>"))

        assert batch.activity == ["right", "right"]

    def test_tell_apart_events_that_lack_something(self) -> None:
        name, at = (
            '<string key="concept:name" value="A"/>',
            f'<date key="time:timestamp" value="{AT}"/>',
        )
        trace = f"<trace>{event(name)}{event(at)}{event(at, name)}{event()}</trace>"

        (batch,) = read(log(trace))

        assert (batch.activity, batch.at) == (["A", "", "A", ""], ["", AT, AT, ""])

    def test_see_through_comments_and_lists(self) -> None:
        odd = '<!-- x --><list key="l"><values/></list><?pi?><string key="concept:name" value="A"/>'

        (batch,) = read(log(f"<trace>{event(odd)}{event(odd)}</trace>"))

        assert batch.activity == ["A", "A"]

    def test_count_events_outside_cases(self) -> None:
        tally = Tally()

        read(log(event(), event()), tally)

        assert tally.account(cases=0, activities=0).unused[Unused.OUTSIDE_TRACE].count == 2

    @pytest.mark.parametrize(
        "text",
        [b"", b"no xml", HEAD.encode(), b"<log><trace>", b"<log><trace></log>", b"<log>\x00</log>",
         b"<log>&nothing;</log>", b'<log><trace><event a="1" a="2"/></trace></log>', b" " * 70_000],
    )  # fmt: skip
    def test_refuse_what_is_no_xml(self, text: bytes) -> None:
        with pytest.raises(NotXmlError):
            read(text)

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    def test_refuse_a_document_type(self, encoding: str) -> None:
        bomb = '<!DOCTYPE log [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><log x="&b;"></log>'

        with pytest.raises(DoctypeError):
            read(f'<?xml version="1.0" encoding="{encoding}"?>{bomb}'.encode(encoding))

    @pytest.mark.parametrize("space", ["//*", "urn:x(event)", "urn:x:*"])
    def test_ask_nothing_that_a_file_says(self, space: str) -> None:
        first, second = Told("P", "A", AT), Told("Q", "B", AT)
        traces = "".join(f"<trace>{element(each)}</trace>" for each in (first, second))

        found = read(log(traces, head=f"<log xmlns={quoteattr(space)}>"))

        assert sum(len(batch) for batch in found) == 2

    @pytest.mark.parametrize("space", ["{x}event", "x}", "x']|//*|['", "x\" or '1'='1"])
    def test_refuse_a_namespace_that_is_none(self, space: str) -> None:
        with pytest.raises(NotXmlError):
            read(log(head=f"<log xmlns={quoteattr(space)}>"))

    def test_never_open_another_file(self, tmp_path: object) -> None:
        text = f'<!DOCTYPE log SYSTEM "file://{tmp_path}/x.dtd"><log></log>'

        with pytest.raises(DoctypeError):
            read(text.encode())

    def test_refuse_another_document(self) -> None:
        with pytest.raises(NotXesError):
            read(b"<html><trace/></html>")

    def test_refuse_a_case_without_an_end(self) -> None:
        endless = Endless(
            chain([b"<log><trace>"], repeat(element(Told("", "A", AT)).encode() * 999))
        )

        with pytest.raises(LongCaseError):
            read(cast("BinaryIO", endless))

        assert endless.given < 2 * xes_in.LONGEST_CASE

    def test_refuse_a_file_without_an_end(self) -> None:
        trace = f"<trace>{element(Told('', 'A', AT)) * 50}</trace>".encode()
        endless = Endless(chain([b"<log>"], repeat(trace)))

        with pytest.raises(TooLargeError):
            read(bounded(cast("BinaryIO", endless), largest=4 << 20))

        assert endless.given < 6 << 20
