from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from engine.account_errors import TooManyTriesError
from engine.addresses import ASK_ADDRESS, MOST, TERM, Addresses, AskAddress
from engine.errors import BadLinkError
from engine.jobs import Jobs
from engine.outbox import NotDeliveredError
from engine.receipts import Order
from engine.store.tidings import Contact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.store.port import Connection
    from engine.tidings import Mail
    from tests.support.office import Office

OURS = "https://abreast.example"


class Post:
    """A mailer that keeps its letters, and can be out of order."""

    def __init__(self) -> None:
        self.letters: list[Mail] = []
        self.broken = False

    def send(self, mail: Mail) -> None:
        if self.broken:
            raise NotDeliveredError("closed")
        self.letters.append(mail)

    @property
    def token(self) -> str:
        """Return the token of the last letter."""
        (found,) = re.findall(rf"{OURS}/mail\?t=([\w-]+)", self.letters[-1].body)
        return str(found)


class House:
    """An office that asks before it mails."""

    def __init__(self, office: Office) -> None:
        self.clock = office.clock
        self.post = Post()
        asks = AskAddress(new_uow=office.new_uow, time=office.clock, mailer=self.post, address=OURS)
        self.jobs = Jobs(office.new_uow, office.clock, {ASK_ADDRESS: asks})
        self.addresses = Addresses(office.new_uow, office.clock, self._ask)

    def _ask(self, connection: Connection, name: str, parameters: Mapping[str, Any]) -> bool:
        return self.jobs.put_once(connection, name, ASK_ADDRESS, parameters)

    def put(self, mail: str, locale: str = "en") -> None:
        """Give the address and let the worker work."""
        self.addresses.put("p", Contact(person="p", mail=mail, locale=locale))
        self.work()

    def work(self) -> None:
        while self.jobs.run_next("w"):
            pass

    @property
    def agreed(self) -> bool:
        found = self.addresses.get("p")
        return found is not None and found.confirmed_at is not None


@pytest.fixture
def house(office: Office) -> House:
    return House(office)


class TestAnAddress:
    def test_is_asked_first_and_counts_from_the_yes_on(self, house: House) -> None:
        house.put("a@b.example")
        before = house.agreed
        house.addresses.asked(house.post.token)  # looking agrees to nothing
        looked = house.agreed
        house.addresses.agree(house.post.token)

        assert (before, looked, house.agreed) == (False, False, True)
        assert [each.to for each in house.post.letters] == ["a@b.example"]

    def test_is_asked_once_a_day_however_often_it_is_given(self, house: House) -> None:
        for _ in range(5):
            house.put("a@b.example")
        house.clock.push_to(house.clock.now() + timedelta(days=1))
        house.put("a@b.example")

        assert len(house.post.letters) == 2

    def test_stays_agreed_when_only_the_language_changes(self, house: House) -> None:
        house.put("a@b.example")
        house.addresses.agree(house.post.token)
        house.put("a@b.example", "zh-CN")

        found = house.addresses.get("p")
        assert found is not None
        assert (house.agreed, found.locale, len(house.post.letters)) == (True, "zh-CN", 1)

    def test_is_asked_again_when_it_is_another(self, house: House) -> None:
        house.put("a@b.example")
        first = house.post.token
        house.addresses.agree(first)
        house.put("c@d.example")

        assert not house.agreed
        assert house.post.letters[-1].to == "c@d.example"
        with pytest.raises(BadLinkError):
            house.addresses.agree(first)  # the old letter speaks of the old address

    def test_gets_no_letter_once_another_was_given(self, house: House) -> None:
        house.addresses.put("p", Contact(person="p", mail="a@b.example", locale="en"))
        house.put("c@d.example")

        assert [each.to for each in house.post.letters] == ["c@d.example"]

    def test_is_not_agreed_to_when_the_term_is_over(self, house: House) -> None:
        house.put("a@b.example")
        house.clock.push_to(house.clock.now() + TERM)

        with pytest.raises(BadLinkError):
            house.addresses.agree(house.post.token)
        assert not house.agreed

    @pytest.mark.parametrize("token", ["", "x", "甲", "x" * 9000])
    def test_is_not_agreed_to_by_any_other_token(self, house: House, token: str) -> None:
        house.put("a@b.example")

        with pytest.raises(BadLinkError):
            house.addresses.agree(token)

    def test_is_asked_later_when_the_mail_server_is_away(self, house: House) -> None:
        house.post.broken = True
        house.put("a@b.example")
        house.post.broken = False
        house.clock.push_to(house.clock.now() + timedelta(minutes=1))
        house.work()
        house.addresses.agree(house.post.token)

        assert house.agreed

    def test_ordered_again_is_answered_as_the_first_time(self, house: House) -> None:
        to = Contact(person="p", mail="a@b.example", locale="en")
        order = Order(actor="p", key="k", name="setContact", content={})
        first = house.addresses.put("p", to, order)
        house.work()
        house.addresses.agree(house.post.token)

        assert house.addresses.put("p", to, order) == first
        assert house.agreed

    def test_is_asked_again_when_it_was_another_in_between(self, house: House) -> None:
        for mail in ("a@b.example", "c@d.example", "a@b.example"):
            house.put(mail)
        house.addresses.agree(house.post.token)

        assert house.agreed
        assert [each.to for each in house.post.letters].count("a@b.example") == 2

    def test_stays_as_it_is_when_the_letters_of_the_day_are_sent(self, house: House) -> None:
        for number in range(MOST):
            house.put(f"a{number}@b.example")
        with pytest.raises(TooManyTriesError) as refused:
            house.put("other@b.example")
        house.put(f"a{MOST - 1}@b.example", "zh-CN")  # no letter is wanted for the same one
        kept = house.addresses.get("p")
        house.clock.push(timedelta(seconds=refused.value.seconds))
        house.put("other@b.example")

        assert kept is not None
        assert kept.mail == f"a{MOST - 1}@b.example"
        assert len(house.post.letters) == MOST + 1

    def test_is_in_no_job(self, house: House) -> None:
        house.put("a@b.example")
        house.addresses.put("p", None)

        assert "a@b" not in str([job.parameters for job in house.jobs.listed()])

    def test_that_was_taken_back_is_nobodys(self, house: House) -> None:
        house.put("a@b.example")
        house.addresses.put("p", None)

        with pytest.raises(BadLinkError):
            house.addresses.agree(house.post.token)
        assert house.addresses.get("p") is None
