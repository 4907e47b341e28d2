from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from engine.people import People
from engine.sessions import Sessions
from engine.store.queries import Person
from workflows.facts import Role

if TYPE_CHECKING:
    from tests.support.office import Office

CLERK = Person(id="p1", name="窗口甲", roles=frozenset({Role.WINDOW}), township="township-1")
IDLE = timedelta(minutes=30)


@pytest.fixture
def people(office: Office) -> People:
    made = People(office.new_uow, office.clock)
    made.put(CLERK)
    return made


@pytest.fixture
def sessions(office: Office, people: People) -> Sessions:
    assert people.get("p1") == CLERK
    return Sessions(office.new_uow, office.clock, lifetime=timedelta(hours=12), idle=IDLE)


class TestSessions:
    def test_speak_for_their_person(self, sessions: Sessions) -> None:
        found = sessions.of(sessions.begin("p1", "password"))

        assert found is not None
        assert (found.actor, found.session.way) == (CLERK.actor, "password")

    def test_are_not_stored_themselves(self, sessions: Sessions, office: Office) -> None:
        secret = sessions.begin("p1", "password")

        with office.new_uow() as uow:
            rows = uow.connection.execute(text("SELECT * FROM web_session")).all()
        assert secret not in str(rows)

    def test_end_at_once(self, sessions: Sessions) -> None:
        secret = sessions.begin("p1", "password")

        assert sessions.end(secret)

        assert sessions.of(secret) is None
        assert not sessions.end(secret)

    def test_end_without_use(self, sessions: Sessions, office: Office) -> None:
        secret = sessions.begin("p1", "password")
        for _ in range(3):
            office.clock.push(IDLE - timedelta(minutes=1))
            assert sessions.of(secret) is not None

        office.clock.push(IDLE)

        assert sessions.of(secret) is None

    def test_end_however_much_they_are_used(self, sessions: Sessions, office: Office) -> None:
        secret = sessions.begin("p1", "password")
        for _ in range(36):
            assert sessions.of(secret) is not None
            office.clock.push(timedelta(minutes=20))

        assert sessions.of(secret) is None

    def test_take_the_place_of_the_one_before(self, sessions: Sessions) -> None:
        planted = sessions.begin("p1", "password")

        sessions.begin("p1", "password", instead_of=planted)

        assert sessions.of(planted) is None

    def test_are_listed_and_ended_by_their_person_alone(self, sessions: Sessions) -> None:
        secret = sessions.begin("p1", "password")
        (found,) = sessions.all("p1")

        assert not sessions.end_of("p2", found.id)
        assert sessions.of(secret) is not None
        assert sessions.end_of("p1", found.id)
        assert sessions.all("p1") == ()

    def test_end_with_their_person(self, people: People, sessions: Sessions) -> None:
        secret = sessions.begin("p1", "password")

        people.erase("p1")

        assert sessions.of(secret) is None
        assert sessions.all("p1") == ()
