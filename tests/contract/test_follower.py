from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from engine import follower
from engine.envelope import NOTHING, Circumstances, Entry, chain
from engine.follower import BEGINNING, follow, in_order
from engine.store.following import Found
from engine.store.port import Writes
from engine.streams import head, recorded
from tests.support.office import OWNER, START
from workflows.facts import SYSTEM
from workflows.roster import AgentJoined, JoinRoster
from workflows.rows import Difference

if TYPE_CHECKING:
    from engine.envelope import Envelope
    from engine.unit_of_work import UnitOfWork
    from tests.support.office import Office

Name = tuple[str, int]


def names(envelopes: tuple[Envelope, ...]) -> list[Name]:
    return [(each.stream, each.number) for each in envelopes]


def followed(office: Office, consumer: str = "c", limit: int = 7) -> list[Name]:
    """Read to the end as *consumer*, a few events a transaction."""
    seen: list[Name] = []
    while True:
        with office.new_uow() as uow:
            found = follow(uow, consumer, limit)
            uow.commit()
        seen += names(found)
        if not found and quiet(office):
            return seen


def quiet(office: Office) -> bool:
    """Tell whether no transaction that writes is running, such as an ANALYZE of the server's."""
    if office.store.engine.dialect.name == "sqlite":
        return True
    running = "SELECT pg_snapshot_xmin(now) <> pg_snapshot_xmax(now) FROM pg_current_snapshot() now"
    with office.new_uow() as uow:
        return not uow.connection.execute(text(running)).scalar_one()


def joined(stream: str, numbers: range, previous: str = NOTHING) -> tuple[Envelope, ...]:
    """Return events of a roster, sealed and chained."""
    entries = (
        Entry(
            number=number,
            happened_at=START,
            recorded_at=START,
            actor="a",
            body=AgentJoined(agent=f"agent-{number}"),
        )
        for number in numbers
    )
    return chain(Circumstances(stream=stream, command="c", catalogue=""), previous, entries)


def write(uow: UnitOfWork, envelopes: tuple[Envelope, ...], key: str) -> None:
    """Send events, and whatever else a command writes, without a commit."""
    uow.save(
        Writes(
            envelopes=envelopes,
            head=head(envelopes[-1], None),
            recorded=recorded("a", key, "", envelopes),
            difference=Difference(),
        )
    )


class TestFollow:
    def test_gives_every_event_once_in_the_order_of_its_stream(self, office: Office) -> None:
        first = office.pushed_on(office.filed(), 5)
        second = office.filed(seed=1)

        seen = followed(office)

        assert Counter(seen).most_common(1)[0][1] == 1
        for project in (first, second):
            stream = f"project:{project.code}"
            numbers = [number for name, number in seen if name == stream]
            assert numbers == list(range(1, project.number + 1))
        assert followed(office) == []

    def test_gives_the_same_again_when_it_was_not_committed(self, office: Office) -> None:
        office.filed()
        with office.new_uow() as uow:
            lost = follow(uow, "c", 3)

        with office.new_uow() as uow:
            again = follow(uow, "c", 3)

        assert lost == again
        assert len(lost) == 3

    def test_lets_consumers_go_their_own_pace(self, office: Office) -> None:
        office.filed()

        quick, slow = followed(office, "quick"), followed(office, "slow", limit=1)

        assert quick == slow

    def test_gives_two_followers_of_one_name_each_event_once(self, office: Office) -> None:
        office.pushed_on(office.filed(), 10)

        with ThreadPoolExecutor(2) as pool:
            parts = list(pool.map(lambda _: followed(office, "c", limit=2), range(2)))

        assert Counter(parts[0] + parts[1]) == Counter(followed(office, "another"))

    def test_loses_nothing_while_many_write(self, office: Office) -> None:
        """A reader by sequence numbers loses events here: writers commit in another order."""
        done = threading.Event()

        def write_some(part: int) -> None:
            for n in range(20):
                name = f"{part}-{n}"
                office.rosters.execute(f"t{part}", JoinRoster(agent=name), SYSTEM, name)

        def read_all() -> list[Name]:
            seen: list[Name] = []
            while not done.is_set():
                seen += followed(office, limit=5)
            return seen + followed(office)

        with ThreadPoolExecutor(9) as pool:
            reader = pool.submit(read_all)
            list(pool.map(write_some, range(8)))
            done.set()
            seen = reader.result()

        for part in range(8):
            numbers = [number for stream, number in seen if stream == f"roster:t{part}"]
            assert numbers == list(range(1, 21))

    def test_waits_for_a_writer_that_began_before(self, office: Office) -> None:
        """Transaction 1 takes its number first and commits last."""
        if office.store.engine.dialect.name == "sqlite":
            return  # the second writer cannot even begin
        followed(office)
        slow, quick = joined("roster:slow", range(1, 3)), joined("roster:quick", range(1, 2))
        with office.new_uow() as uow:
            uow.begin()
            uow.load("roster:slow", "a", "slow")
            with uow._store.batch(uow._raw):  # noqa: SLF001 - sent, and not committed
                write(uow, slow, "slow")
                uow._store.write(uow._raw, uow._pending)  # type: ignore[arg-type]  # noqa: SLF001
                uow._pending = None  # noqa: SLF001
            with office.new_uow() as other:
                other.load("roster:quick", "a", "quick")
                write(other, quick, "quick")
                other.commit()
            with office.new_uow() as reader:
                meanwhile = follow(reader, "c")
            uow.commit()

        assert meanwhile == ()
        assert followed(office) == [("roster:slow", 1), ("roster:slow", 2), ("roster:quick", 1)]


class TestRead:
    def test_goes_on_where_it_ended_and_writes_nothing(self, office: Office) -> None:
        project = office.filed()
        with office.new_uow() as uow:
            before = follower.end(uow.connection)
            everything, _ = follower.read(uow.connection, BEGINNING, 1000)
        office.pushed_on(project, 2)

        with office.new_uow() as uow:
            news, place = follower.read(uow.connection, before, 1000)
            nothing, same = follower.read(uow.connection, place, 1000)

        numbers = [each.number for each in news]
        assert numbers == list(range(project.number + 1, project.number + 1 + len(news)))
        assert news
        assert len(everything) == project.number + 1  # and the agent who joined
        assert (nothing, same) == ((), place)
        assert project.owner == OWNER.organisation


class TestInOrder:
    """Which events are held, on places made by hand."""

    EVENTS = joined("s", range(1, 5))

    def found(self, number: int, place: int, previous: int | None) -> Found:
        return Found(place=place, previous=previous, envelope=self.EVENTS[number - 1])

    def test_holds_what_came_before_its_predecessor(self) -> None:
        # 3 was written by an older transaction than 2.
        found = [self.found(1, 10, None), self.found(3, 11, 12), self.found(2, 12, 10)]

        ready, held = in_order(found, frozenset())

        assert ready == (("s", 1), ("s", 2), ("s", 3))
        assert held == frozenset()

    def test_keeps_holding_from_page_to_page(self) -> None:
        first, held = in_order([self.found(1, 10, None), self.found(3, 11, 13)], frozenset())
        second, still = in_order([self.found(4, 12, 11)], held)
        third, at_last = in_order([self.found(2, 13, 10)], still)

        assert first == (("s", 1),)
        assert second == ()
        assert third == (("s", 2), ("s", 3), ("s", 4))
        assert at_last == frozenset()

    def test_holds_what_has_no_predecessor_in_sight(self) -> None:
        ready, held = in_order([self.found(2, 10, None)], frozenset())

        assert ready == ()
        assert held == frozenset({("s", 2)})

    @pytest.mark.parametrize("stream", ["other"])
    def test_minds_each_stream_alone(self, stream: str) -> None:
        other = replace(self.EVENTS[0], stream=stream)
        found = [self.found(3, 10, 11), Found(place=10, previous=None, envelope=other)]

        ready, held = in_order(found, frozenset())

        assert ready == ((stream, 1),)
        assert held == frozenset({("s", 3)})
