from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from engine.errors import ConcurrentChangeError, KeyReusedError
from engine.receipts import Order, once
from tests.support.office import OWNER
from workflows.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.store.port import Connection
    from tests.support.office import Office

ORDER = Order(actor=OWNER.id, key="one-key", name="leaveNote", content={"text": "请尽快"})
OTHER = Order(actor=OWNER.id, key="one-key", name="leaveNote", content={"text": "不急"})


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

    def test_of_what_was_refused_is_free_again(self, office: Office) -> None:
        def refuse(_: Connection) -> str:
            raise Refusal(text="no")

        with pytest.raises(Refusal):
            once(office.new_uow, ORDER, office.clock.now(), refuse)

        assert done(office, OTHER, "note-2") == "note-2"

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
