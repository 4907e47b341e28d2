from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from engine.people import People
from engine.receipts import Order
from engine.store.queries import Person
from workflows.facts import Role

if TYPE_CHECKING:
    from tests.support.office import Office

CLERK = Person(
    id="p1", name="窗口甲", roles=frozenset({Role.WINDOW, Role.AGENT}), township="township-1"
)
DAY = timedelta(days=1)


@pytest.fixture
def people(office: Office) -> People:
    made = People(office.new_uow, office.clock)
    made.put(CLERK)
    return made


class TestPeople:
    def test_come_back_as_they_were_put(self, people: People) -> None:
        assert people.get("p1") == CLERK
        assert people.all() == (CLERK,)

    def test_can_change(self, people: People) -> None:
        moved = Person(id="p1", name="窗口乙", roles=frozenset({Role.WINDOW}), active=False)

        people.put(moved)

        assert people.get("p1") == moved
        assert people.all() == ()

    def test_can_be_erased_with_every_token(self, people: People) -> None:
        token = people.issue_token("p1", DAY)

        people.erase("p1")

        assert people.get("p1") is None
        assert people.holder(token) is None


class TestAChange:
    def test_tells_whose_projects_they_were_given_however_often_it_comes(
        self, people: People
    ) -> None:
        moved = replace(CLERK, township="township-2")
        order = Order(actor="admin", key="move-p1-0001", name="changePerson", content={})

        first = people.change(moved, order)
        # The one who ordered was not told: what comes after it is done when the order comes again.
        again = people.change(moved, order)

        assert people.get("p1") == moved
        assert (first, again) == ("township-1", "township-1")

    def test_tells_of_nobody_who_was_no_agent(self, people: People) -> None:
        people.put(replace(CLERK, roles=frozenset({Role.WINDOW})))
        order = Order(actor="admin", key="move-p1-0002", name="changePerson", content={})

        assert people.change(CLERK, order) is None


class TestTokens:
    def test_speak_for_their_person(self, people: People) -> None:
        held = people.holder(people.issue_token("p1", DAY))

        assert held is not None
        assert held.actor == CLERK.actor

    def test_end(self, people: People, office: Office) -> None:
        token = people.issue_token("p1", DAY)

        office.clock.push(DAY)

        assert people.holder(token) is None

    def test_can_be_taken_back(self, people: People) -> None:
        token = people.issue_token("p1", DAY)

        assert people.revoke_token(token)

        assert people.holder(token) is None
        assert not people.revoke_token(token)

    def test_do_not_speak_for_who_is_no_longer_active(self, people: People) -> None:
        token = people.issue_token("p1", DAY)

        people.put(Person(id="p1", name="", roles=frozenset({Role.WINDOW}), active=False))

        assert people.holder(token) is None

    def test_are_not_stored_themselves(self, people: People, office: Office) -> None:
        token = people.issue_token("p1", DAY)

        with office.new_uow() as uow:
            stored = uow.connection.execute(text("SELECT hash FROM token")).scalar_one()
        assert token not in stored

    def test_are_not_guessed(self, people: People) -> None:
        assert people.holder("abreast_nothing") is None
