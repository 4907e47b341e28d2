"""Any log comes back from a packed file as it went in, whoever made it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.envelope import NOTHING, Envelope
from engine.notes import Text, digest
from engine.packed import Packed, repeatable, write
from engine.streams import command_id, of_project

START = datetime(2024, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=20)
REFS = st.text("0123456789abcdef", min_size=16, max_size=16)


@st.composite
def texts(draw: st.DrawFn) -> Text:
    """Draw the words of a note, with a salt of its own or the repeatable one."""
    ref = draw(REFS)
    repeated = sha256(f"salt|{ref}".encode()).hexdigest()[:32]
    salt = draw(st.sampled_from([repeated, "00" * 16]))
    return Text(ref=ref, salt=salt, text=draw(WORDS))


@st.composite
def logs(draw: st.DrawFn) -> tuple[tuple[Envelope, ...], dict[str, Text]]:
    """Draw a project's log; some of its notes are kept, others erased or tampered with."""
    code = draw(st.from_regex(r"\A26[0-9]{2}-[0-9]{6}\Z"))
    notes = {each.ref: each for each in draw(st.lists(texts(), max_size=3))}
    envelopes: list[Envelope] = []
    command, at = "", START
    for number in range(1, draw(st.integers(1, 6)) + 1):
        actor = draw(st.sampled_from(["owner-a", "系统", "agent 1"]))
        at += timedelta(milliseconds=draw(st.integers(0, 10**9)))
        command = draw(
            st.sampled_from(
                [command or "ab" * 16, command_id(actor, repeatable(code, number)), "cd" * 16]
            )
        )
        envelopes.append(
            Envelope(
                stream=of_project(code), number=number, kind=draw(st.sampled_from(["A", "B"])),
                version=draw(st.integers(1, 3)), unit=None, stage=None, item=None, attempt=None,
                happened_at=at - timedelta(milliseconds=draw(st.integers(0, 10**8))),
                recorded_at=at, actor=actor, command=command, catalogue="", net=None,
                previous=NOTHING, hash="", body=draw(_bodies(notes)),
            )
        )  # fmt: skip
    return tuple(envelopes), notes


def _bodies(notes: dict[str, Text]) -> st.SearchStrategy[str]:
    known = [(digest(each.salt, each.text), ref) for ref, each in notes.items()]
    said = [*known, *(("f" * 64, ref) for ref in notes), ("e" * 64, "0" * 16)]
    with_note = [f'{{"reason":{{"digest":"{one}","ref":"{ref}"}}}}' for one, ref in said]
    return st.sampled_from(['{"a":1}', "{}", *with_note])


class TestPacked:
    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.lists(logs(), min_size=1, max_size=3), min_size=1, max_size=2))
    def test_gives_back_what_it_was_given(
        self, shelves: list[list[tuple[tuple[Envelope, ...], dict[str, Text]]]]
    ) -> None:
        with TemporaryDirectory() as folder:
            file = Path(folder) / "a.pack"
            header = write(
                file,
                [(f"s{at}", at == 0, projects) for at, projects in enumerate(shelves)],
                until=START,
                catalogue="c" * 64,
                origin={"seed": "1"},
            )
            packed = Packed(file)

            assert packed.header == header
            assert header.projects == sum(map(len, shelves))
            for shelf, projects in zip(packed.header.shelves, shelves, strict=True):
                found = tuple(packed.logs(shelf))
                assert shelf.events == sum(len(envelopes) for envelopes, _ in projects)
                for log, (envelopes, notes) in zip(found, projects, strict=True):
                    assert of_project(log.code) == envelopes[0].stream
                    assert {text.ref: text for text in log.texts} == notes
                    assert [_told(each) for each in log.events] == [
                        _told(each) for each in envelopes
                    ]


def _told(each: object) -> tuple[object, ...]:
    names = ("kind", "version", "happened_at", "recorded_at", "actor", "command", "body")
    return tuple(getattr(each, name) for name in names)
