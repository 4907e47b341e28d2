"""A catalogue and its definitions are stored when first used, and then asked for no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import ResourceClosedError

from engine.in_force import InForce
from engine.store import definitions

if TYPE_CHECKING:
    from engine.store.port import Connection
    from tests.support.office import Office


class TestACatalogueInUse:
    def test_is_stored_with_its_definitions(self, office: Office) -> None:
        known = InForce(office.new_uow, office.clock)

        _keep(known, office)

        edition = known.shipped
        hashes = {edition.hash, *(net.hash for net in edition.nets.values())}
        with office.new_uow() as uow:
            assert definitions.stored(uow.connection, hashes) == hashes

    def test_is_asked_for_until_it_is_seen_stored(self, office: Office) -> None:
        known = InForce(office.new_uow, office.clock)
        with office.new_uow() as uow:
            uow.begin()
            known.keep(uow.connection, known.shipped.hash, office.clock.now())
        with pytest.raises(ResourceClosedError):  # rolled back: nothing is known to be stored
            known.keep(uow.connection, known.shipped.hash, office.clock.now())

        _keep(known, office)
        closed = _keep(known, office)

        known.keep(closed, known.shipped.hash, office.clock.now())  # asks nobody


def _keep(known: InForce, office: Office) -> Connection:
    with office.new_uow() as uow:
        uow.begin()
        known.keep(uow.connection, known.shipped.hash, office.clock.now())
        uow.commit()
    return uow.connection
