from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine import receipts
from engine.errors import KeyReusedError
from engine.receipts import Order
from tests.support.office import OWNER

if TYPE_CHECKING:
    from tests.support.office import Office

ORDER = Order(actor=OWNER.id, key="one-key", name="leaveNote", content={"text": "请尽快"})


def taken(office: Office, order: Order, made: str) -> str:
    """Carry an order out that makes *made*, and return what it made when it came first."""
    with office.new_uow() as uow:
        uow.begin()
        first = receipts.take(uow.connection, order, made, office.clock.now())
        uow.commit()
    return first


class TestOneKey:
    def test_of_an_order_outside_the_logs_serves_no_command(self, office: Office) -> None:
        command, name = office.filing()
        taken(office, ORDER, "note-1")

        with pytest.raises(KeyReusedError):
            office.handle.execute(command.code, command, OWNER, ORDER.key, [name])

        command, name = office.filing()
        assert not office.handle.execute(command.code, command, OWNER, "other", [name]).repeated

    def test_of_a_command_serves_no_order_outside_the_logs(self, office: Office) -> None:
        command, name = office.filing()
        office.handle.execute(command.code, command, OWNER, ORDER.key, [name])

        with pytest.raises(KeyReusedError):
            taken(office, ORDER, "note-1")

        assert office.handle.execute(command.code, command, OWNER, ORDER.key, [name]).repeated

    def test_makes_one_thing_however_often_its_order_comes(self, office: Office) -> None:
        made = [taken(office, ORDER, name) for name in ("note-1", "note-2")]

        assert made == ["note-1", "note-1"]
