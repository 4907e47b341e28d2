from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from engine import news
from engine.news import BadPositionError, read_position
from engine.store import searching
from tests.support.office import OWNER
from workflows.facts import Actor, Role

if TYPE_CHECKING:
    from tests.support.office import Office

STRANGER = replace(OWNER, id="owner-o2", organisation="o2")
PLANNER = Actor(id="planner", roles=frozenset({Role.PLANNER}))
BEGINNING = "0.0."
SIGNS = ("%%", "__", "\\\\", "' OR 1=1 --", "2601%", "2601_")  # what SQL reads otherwise


def told(office: Office, viewer: Actor = PLANNER, position: str = BEGINNING) -> list[str]:
    """Return what a reader hears who asks until there is no more, in small steps."""
    heard: list[str] = []
    while True:
        found = news.since(office.new_uow, position, viewer, 7)
        heard += [f"{each.envelope.stream}/{each.envelope.number}" for each in found.pieces]
        if found.position == position and quiet(office):
            return heard
        position = found.position


def quiet(office: Office) -> bool:
    """Tell whether no transaction that writes is running, such as an ANALYZE of the server's."""
    if office.store.engine.dialect.name == "sqlite":
        return True
    running = "SELECT pg_snapshot_xmin(now) <> pg_snapshot_xmax(now) FROM pg_current_snapshot() now"
    with office.new_uow() as uow:
        return not uow.connection.execute(text(running)).scalar_one()


def history(office: Office, *codes: str) -> list[str]:
    return [
        f"{each.stream}/{each.number}" for code in codes for each in office.handle.history(code)
    ]


class TestNews:
    def test_are_every_event_once(self, office: Office) -> None:
        one, two = office.pushed_on(office.filed(), 4), office.filed(seed=1)

        assert sorted(told(office)) == sorted(history(office, one.code, two.code))

    def test_go_on_behind_each_piece_and_miss_nothing(self, office: Office) -> None:
        project = office.pushed_on(office.filed(), 4)
        whole = history(office, project.code)
        while not quiet(office):
            pass
        pieces = news.since(office.new_uow, BEGINNING, PLANNER, 100).pieces

        rests = [told(office, PLANNER, piece.position) for piece in pieces]

        assert rests == [whole[number + 1 :] for number in range(len(whole))]

    def test_from_now_on_are_what_comes_after(self, office: Office) -> None:
        office.filed()
        while not quiet(office):
            pass
        position = news.now(office.new_uow)
        later = office.filed(seed=1)

        assert told(office, PLANNER, position) == history(office, later.code)

    def test_are_of_what_the_reader_sees(self, office: Office) -> None:
        project = office.filed()

        assert told(office, OWNER) == history(office, project.code)
        assert told(office, STRANGER) == []

    def test_move_a_reader_on_who_hears_nothing(self, office: Office) -> None:
        office.pushed_on(office.filed(), 4)

        while not quiet(office):
            pass
        found = news.since(office.new_uow, BEGINNING, STRANGER, 7)

        assert found.pieces == ()
        assert found.position != BEGINNING

    def test_lose_none_while_many_write(self, office: Office) -> None:
        stop, heard = threading.Event(), list[str]()

        def listen() -> None:
            position, last = BEGINNING, False
            while not last:
                last = stop.is_set()
                # A reader that broke off and came back: the place is all that it kept.
                found = news.since(office.new_uow, position, PLANNER, 5)
                while found.position != position or (last and not quiet(office)):
                    heard.extend(f"{p.envelope.stream}/{p.envelope.number}" for p in found.pieces)
                    position = found.position
                    found = news.since(office.new_uow, position, PLANNER, 5)

        listener = threading.Thread(target=listen)
        listener.start()
        codes = list[str]()
        writers = [
            threading.Thread(target=lambda n=n: codes.append(office.filed(seed=n).code))
            for n in range(6)
        ]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        stop.set()
        listener.join()

        assert sorted(heard) == sorted(history(office, *codes))

    def test_are_held_until_their_predecessor_was_told(self, office: Office) -> None:
        if office.store.engine.dialect.name == "sqlite":
            return  # one writer at a time: no event is ever read before its predecessor
        project = office.filed()
        stream = f"project:{project.code}"
        with office.new_uow() as uow:
            uow.begin()
            # As if the second event had been written by a transaction that began earlier.
            swap = "UPDATE event SET xid = xid + :by WHERE stream = :stream AND number = :number"
            uow.connection.execute(text(swap), {"by": -1, "stream": stream, "number": 2})
            uow.commit()
        while not quiet(office):
            pass
        pieces = news.since(office.new_uow, BEGINNING, PLANNER, 100).pieces

        whole = history(office, project.code)
        for place, piece in enumerate(pieces):
            rest = told(office, PLANNER, piece.position)
            assert set(whole[place + 1 :]) <= set(rest)
        assert told(office) == whole


class TestAPosition:
    @pytest.mark.parametrize(
        "word",
        [
            "",
            "1",
            "1.2",
            "x.1.a",
            "-1.0.a",
            "1.-2.a",
            "٣.1.a",
            "1.1.\n",
            f"{2**63}.1.a",
            "1.9" * 60,
        ],
    )
    def test_of_another_form_is_refused(self, word: str) -> None:
        with pytest.raises(BadPositionError):
            read_position(word)


class TestSearching:
    def search(self, office: Office, words: str, viewer: Actor = PLANNER) -> list[str]:
        with office.new_uow() as uow:
            return [hit.project for hit in searching.projects(uow.connection, words, viewer, 50)]

    def test_finds_chinese_by_any_part_of_the_name(self, office: Office) -> None:
        project = office.filed()

        assert self.search(office, "例项") == [project.code]
        assert self.search(office, "工厂") == []

    def test_finds_a_piece_of_the_code(self, office: Office) -> None:
        one, two = office.filed(), office.filed(seed=1)

        assert self.search(office, one.code[-4:]) == [one.code]
        assert set(self.search(office, "120118")) == {one.code, two.code}

    def test_takes_every_sign_for_itself(self, office: Office) -> None:
        office.filed()

        found = {each: self.search(office, each) for each in SIGNS}

        assert found == {each: [] for each in SIGNS}

    def test_shows_nobody_what_is_not_theirs(self, office: Office) -> None:
        project = office.filed()

        assert self.search(office, "示例", OWNER) == [project.code]
        assert self.search(office, "示例", STRANGER) == []

    def test_finds_items_and_documents_within_sight(self, office: Office) -> None:
        project = office.pushed_on(office.filed(), 40)
        with office.new_uow() as uow:
            connection = uow.connection
            codes = {item.item for item in project.items.values()}
            seen = searching.items(connection, codes, PLANNER, 500)
            hidden = searching.items(connection, codes, STRANGER, 500)
            kinds = list(office.library.catalogue.documents)
            issued = searching.documents(connection, kinds, OWNER, 500)
            none = searching.documents(connection, kinds, STRANGER, 500)

        assert {hit.item for hit in seen} <= codes
        assert seen
        assert issued
        assert (hidden, none) == ((), ())
