from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from engine.links import digest
from engine.store import tidings as store
from engine.store.tidings import Contact

if TYPE_CHECKING:
    from tests.support.live_office import LiveOffice

TOKEN = "t" * 43


@pytest.fixture
def asked(office: LiveOffice) -> LiveOffice:
    """Return an office in which a letter with TOKEN went to an owner's new address."""
    now = office.parts.clock.now()
    with office.parts.new_uow() as uow:
        uow.begin()
        to = Contact(person="owner-a", mail="<b>@x.example", locale="zh-CN")
        store.put_contact(uow.connection, "owner-a", to)
        store.ask(uow.connection, "owner-a", digest(TOKEN), now.replace(year=now.year + 1))
        uow.commit()
    return office


class TestTheLetterPage:
    def test_asks_and_takes_a_yes_without_account_or_script(self, asked: LiveOffice) -> None:
        page = asked.client.get("/mail", query_string={"t": TOKEN})
        before = asked.get("/people/me/contact", "owner-a").get_json()["confirmed_at"]
        (action,) = re.findall(r'action="(/mail[^"]*)"', page.text)
        done = asked.client.post(action, data={"t": TOKEN})
        again = asked.client.post(action, data={"t": TOKEN})
        looked = asked.client.get("/mail", query_string={"t": TOKEN})

        assert before is None
        assert "是否同意" in page.text
        assert "<b>" not in page.text  # an address is a name like any other
        assert {each.status_code for each in (page, done, again, looked)} == {200}
        assert all("已确认" in each.text for each in (done, again, looked))
        assert asked.get("/people/me/contact", "owner-a").get_json()["confirmed_at"]

    def test_speaks_english(self, asked: LiveOffice) -> None:
        page = asked.client.get("/mail", query_string={"t": TOKEN, "lang": "en"})

        assert "Shall news of approvals be mailed" in page.text

    @pytest.mark.parametrize("token", ["", "x", TOKEN + "x"])
    def test_says_when_a_link_is_not_good(self, asked: LiveOffice, token: str) -> None:
        shown = asked.client.get("/mail", query_string={"t": token})
        sent = asked.client.post("/mail", data={"t": token})

        assert (shown.status_code, sent.status_code) == (404, 404)
        assert asked.get("/people/me/contact", "owner-a").get_json()["confirmed_at"] is None
