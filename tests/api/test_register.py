from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from engine.store.queries import Person
from engine.verify import verify
from tests.support.live_office import CODE, LiveOffice
from workflows.facts import Role

if TYPE_CHECKING:
    from pathlib import Path

PHONE = "13812345678"
OWNER = Person(
    id="owner-a", name="张三", roles=frozenset({Role.OWNER}), organisation="ORG-A", phone=PHONE
)
ORDERS = ("link", "unlock", "sign-out", "erase")


@pytest.fixture
def staffed(office: LiveOffice) -> LiveOffice:
    office.people.put(OWNER)
    return office


class TestAPerson:
    @pytest.mark.parametrize(
        ("viewer", "name", "phone"),
        [
            ("admin", "张三", PHONE),
            ("owner-a", "张三", PHONE),
            ("supervisor-2", "张三", "138****5678"),
            ("agent-1", "张*", PHONE),
            ("reviewer-housing", "张*", "138****5678"),
        ],
    )
    def test_is_masked_by_who_looks(
        self, staffed: LiveOffice, viewer: str, name: str, phone: str
    ) -> None:
        seen = staffed.get("/people/owner-a", viewer).get_json()

        assert (seen["name"], seen["phone"]) == (name, phone)

    def test_is_nobody_to_another_owner(self, staffed: LiveOffice) -> None:
        hidden = staffed.get("/people/owner-a", "owner-b")
        missing = staffed.get("/people/owner-z", "owner-b")

        assert (hidden.status_code, missing.status_code) == (404, 404)
        assert hidden.get_json() == missing.get_json()


class TestTheList:
    def test_shows_owners_whom_they_may_turn_to(self, staffed: LiveOffice) -> None:
        listed = staffed.get("/people?limit=200", "owner-a").get_json()["data"]

        roles = {role for each in listed for role in each["roles"]}
        assert roles == {"owner", "agent", "window"}
        assert [each["id"] for each in listed if each["roles"] == ["owner"]] == ["owner-a"]

    def test_comes_in_pages(self, staffed: LiveOffice) -> None:
        whole = staffed.get("/people?limit=200", "admin").get_json()["data"]
        found: list[str] = []
        query = "/people?limit=7"
        while True:
            page = staffed.get(query, "admin").get_json()
            found += [each["id"] for each in page["data"]]
            if page["next"] is None:
                break
            query = f"/people?limit=7&cursor={page['next']}"

        assert found == [each["id"] for each in whole]

    def test_is_narrowed(self, staffed: LiveOffice) -> None:
        listed = staffed.get("/people?role=agent&township=T2", "admin").get_json()["data"]

        assert [each["id"] for each in listed] == ["agent-2"]


class TestKeepingTheRegister:
    @pytest.mark.parametrize("order", ORDERS)
    @pytest.mark.parametrize("who", ["owner-a", "agent-1", "supervisor-2"])
    def test_is_for_administrators(self, still: LiveOffice, order: str, who: str) -> None:
        known = still.post(f"/people/owner-a/{order}", {}, who)
        unknown = still.post(f"/people/nobody/{order}", {}, who)

        assert (known.status_code, unknown.status_code) == (403, 403)
        assert known.get_json() == unknown.get_json()

    @pytest.mark.parametrize("order", ORDERS[:-1])
    def test_names_nobody_who_is_not_there(self, still: LiveOffice, order: str) -> None:
        assert still.post(f"/people/nobody/{order}", {}).status_code == 404

    def test_makes_a_link_that_sets_a_password(self, staffed: LiveOffice) -> None:
        link = staffed.post("/people/agent-1/link", {}).get_json()

        secret = link["address"].rpartition("/")[2]
        person = staffed.parts.accounts.redeem(secret, "correct horse battery staple", "")
        assert person.id == "agent-1"

    def test_signs_a_person_out(self, staffed: LiveOffice) -> None:
        secret = staffed.parts.sessions.begin("agent-1", "password")

        assert staffed.post("/people/agent-1/sign-out", {}).get_json() == {"ended": 1}

        assert staffed.parts.sessions.of(secret) is None


class TestErasing:
    def test_leaves_the_bare_id_and_a_whole_log(self, tmp_path: Path) -> None:
        with closing(LiveOffice(tmp_path)) as office:
            office.people.put(OWNER)
            office.file()
            token = office.people.issue_token("owner-a", timedelta(days=1))
            office.parts.accounts.link("owner-a")

            erased = office.post("/people/owner-a/erase", {}).get_json()

            proof = verify(office.parts.new_uow, office.parts.library)
            events = office.get(f"/projects/{CODE}/events").get_json()["data"]
            dump = "\n".join(_dump(office))
            assert erased == {"id": "owner-a", "erased": True}
            assert events[0]["actor"] == "owner-a"
            assert proof.ok
            assert office.people.holder(token) is None
            assert office.get("/people/me", "owner-a").status_code == 401
            assert "张三" not in dump
            assert PHONE not in dump

    def test_is_done_once_and_may_be_asked_again(self, staffed: LiveOffice) -> None:
        staffed.post("/people/owner-a/erase", {})

        assert staffed.post("/people/owner-a/erase", {}).get_json()["erased"] is False

    def test_spares_the_last_administrator(self, staffed: LiveOffice) -> None:
        answer = staffed.post("/people/admin/erase", {})

        assert (answer.status_code, answer.get_json()["code"]) == (
            409,
            "account.last_administrator",
        )


def _dump(office: LiveOffice) -> list[str]:
    with office.parts.new_uow() as uow:
        raw = uow.connection.connection.driver_connection
        assert raw is not None
        return list(raw.iterdump())
