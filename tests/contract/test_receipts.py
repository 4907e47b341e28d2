from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from engine.account_errors import UnknownPersonError
from engine.errors import ConcurrentChangeError, KeyReusedError, TooManyJobsError
from engine.people import People
from engine.receipts import Order, once
from engine.store import people
from engine.store.queries import Person
from tests.support.office import OWNER
from workflows.facts import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.store.port import Connection
    from tests.support.office import Office
    from workflows.errors import Refusal

ORDER = Order(actor=OWNER.id, key="one-key", name="leaveNote", content={"text": "请尽快"})
OTHER = Order(actor=OWNER.id, key="one-key", name="leaveNote", content={"text": "不急"})


OTHER_KEY = Order(actor=OWNER.id, key="other-key", name="leaveNote", content={})


def refused(office: Office, refusal: Refusal) -> None:
    """Give an order that is refused."""

    def refuse(_: Connection) -> str:
        raise refusal

    once(office.new_uow, ORDER, office.clock.now(), refuse)


def done(office: Office, order: Order | None, made: str) -> str:
    """Carry an order out that makes *made*, and return what it made when it came first."""
    return once(office.new_uow, order, office.clock.now(), lambda _: made)


class TestOneKey:
    def test_of_an_order_outside_the_logs_serves_no_command(self, office: Office) -> None:
        command, name = office.filing()
        done(office, ORDER, "note-1")

        with pytest.raises(KeyReusedError):
            office.handle.execute(command.code, command, OWNER, ORDER.key, [name])

        command, name = office.filing()
        assert not office.handle.execute(command.code, command, OWNER, "other", [name]).repeated

    def test_of_a_command_serves_no_order_outside_the_logs(self, office: Office) -> None:
        command, name = office.filing()
        office.handle.execute(command.code, command, OWNER, ORDER.key, [name])

        with pytest.raises(KeyReusedError):
            done(office, ORDER, "note-1")

        assert office.handle.execute(command.code, command, OWNER, ORDER.key, [name]).repeated

    def test_makes_one_thing_however_often_its_order_comes(self, office: Office) -> None:
        made = [done(office, ORDER, name) for name in ("note-1", "note-2")]

        assert made == ["note-1", "note-1"]

    def test_serves_no_other_request(self, office: Office) -> None:
        done(office, ORDER, "note-1")

        with pytest.raises(KeyReusedError):
            done(office, OTHER, "note-2")

    def test_of_what_was_refused_hears_the_same_refusal(self, office: Office) -> None:
        with pytest.raises(UnknownPersonError) as first:
            refused(office, UnknownPersonError(person="p"))

        with pytest.raises(UnknownPersonError) as again:
            done(office, ORDER, "note-1")
        with pytest.raises(KeyReusedError):
            done(office, OTHER, "note-2")
        assert again.value.params == first.value.params

    def test_of_what_passes_by_itself_is_free_again(self, office: Office) -> None:
        with pytest.raises(TooManyJobsError):
            refused(office, TooManyJobsError(limit=20))

        assert done(office, ORDER, "note-1") == "note-1"

    def test_hears_what_was_judged_beforehand_only_when_it_comes_first(
        self, office: Office
    ) -> None:
        def judged() -> str:
            against = UnknownPersonError(person="p")
            return once(office.new_uow, ORDER, office.clock.now(), lambda _: "note-1", against)

        done(office, ORDER, "note-1")
        assert judged() == "note-1"

        with pytest.raises(UnknownPersonError):
            once(office.new_uow, OTHER_KEY, office.clock.now(), lambda _: "",
                 UnknownPersonError(person="p"))  # fmt: skip
        with pytest.raises(UnknownPersonError):
            done(office, OTHER_KEY, "note-2")

    def test_undoes_what_was_begun_before_the_refusal(self, office: Office) -> None:
        person = Person(id="half", name="半", roles=frozenset({Role.OWNER}))

        def half(connection: Connection) -> str:
            people.put_person(connection, person)
            raise UnknownPersonError(person="p")

        with pytest.raises(UnknownPersonError):
            once(office.new_uow, ORDER, office.clock.now(), half)

        assert People(office.new_uow, office.clock).get("half") is None

    def test_that_is_refused_while_another_try_is_done_hears_what_was_done(
        self, office: Office
    ) -> None:
        def overtaken(_: Connection) -> str:
            raise OvertakenError

        class OvertakenError(UnknownPersonError):
            """A refusal that is written down only after another try was carried out."""

            @property
            def passes(self) -> bool:  # type: ignore[override]
                """Let the other try be done first."""
                done(office, ORDER, "note-1")
                return False

        assert once(office.new_uow, ORDER, office.clock.now(), overtaken) == "note-1"

    def test_is_not_asked_of_who_has_none(self, office: Office) -> None:
        assert [done(office, None, name) for name in ("a", "b")] == ["a", "b"]

    def test_that_comes_twice_at_once_makes_one_thing(self, office: Office) -> None:
        ready = Barrier(4)

        def give(name: str) -> str:
            ready.wait()
            return done(office, ORDER, name)

        with ThreadPoolExecutor(4) as pool:
            made = set(pool.map(give, "abcd"))

        assert len(made) == 1

    def test_lets_one_of_a_command_and_another_order_pass_that_come_at_once(
        self, office: Office
    ) -> None:
        assert [passed(office, number) for number in range(10)] == [1] * 10


def passed(office: Office, number: int) -> int:
    """Give a command and another order under one key at once; return how many were carried out."""
    command, name = office.filing()
    order = Order(actor=OWNER.id, key=f"both-{number}", name="leaveNote", content={})
    ready = Barrier(2)

    def file() -> bool:
        ready.wait()
        return not office.handle.execute(command.code, command, OWNER, order.key, [name]).repeated

    def note() -> bool:
        ready.wait()
        return done(office, order, "note") == "note"

    with ThreadPoolExecutor(2) as pool:
        return sum(pool.map(_passes, (file, note)))


def _passes(act: Callable[[], bool]) -> bool:
    try:
        return act()
    except (KeyReusedError, ConcurrentChangeError):
        return False
