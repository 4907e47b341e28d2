from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from engine.people import Scope
from engine.store.queries import Person
from engine.store.schema import METADATA
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
            ("agent-1", "张*", "138****5678"),
            ("reviewer-housing", "张*", "138****5678"),
        ],
    )
    def test_is_masked_by_who_looks(
        self, staffed: LiveOffice, viewer: str, name: str, phone: str
    ) -> None:
        seen = staffed.get("/people/owner-a", viewer).get_json()

        assert (seen["name"], seen["phone"]) == (name, phone)

    def test_may_be_rung_up_by_the_agent_of_their_project_alone(self, staffed: LiveOffice) -> None:
        staffed.file()

        seen = {
            who: staffed.get("/people/owner-a", who).get_json()["phone"]
            for who in ("agent-1", "agent-2")
        }

        assert seen == {"agent-1": PHONE, "agent-2": "138****5678"}

    def test_is_hidden_from_an_administrators_token_that_is_not_for_people(
        self, staffed: LiveOffice
    ) -> None:
        tokens = {
            scopes: staffed.people.issue_token("admin", timedelta(days=1), scopes=scopes)
            for scopes in ((Scope.READ,), (Scope.READ, Scope.ADMIN))
        }

        answers = [
            staffed.get("/people/owner-a", None, Authorization=f"Bearer {token}").status_code
            for token in tokens.values()
        ]

        assert answers == [404, 200]

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

    def test_makes_no_link_for_a_program(self, staffed: LiveOffice) -> None:
        token = staffed.people.issue_token("admin", timedelta(days=1), scopes=Scope)
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k"}
        answer = staffed.client.post("/api/v1/people/admin/link", json={}, headers=headers)

        assert (answer.status_code, answer.get_json()["code"]) == (403, "account.in_person")

    def test_makes_a_link_that_sets_a_password(self, staffed: LiveOffice) -> None:
        link = staffed.post("/people/agent-1/link", {}).get_json()

        secret = link["address"].rpartition("/")[2]
        person = staffed.parts.accounts.redeem(secret, "correct horse battery staple", "")
        assert person.id == "agent-1"

    def test_signs_a_person_out(self, staffed: LiveOffice) -> None:
        secret = staffed.parts.sessions.begin("agent-1", "password")

        assert staffed.post("/people/agent-1/sign-out", {}).get_json() == {"ended": 1}

        assert staffed.parts.sessions.of(secret) is None

    def test_ends_a_persons_tokens_with_their_sessions(self, staffed: LiveOffice) -> None:
        token = staffed.people.issue_token("agent-1", timedelta(days=1))

        staffed.post("/people/agent-1/sign-out", {})

        assert staffed.people.holder(token) is None


NEW = {"id": "agent-7", "name": "赵六", "roles": ["agent"], "township": "T1"}
ANEW = {key: value for key, value in NEW.items() if key != "id"}
PLACES = {"owner": "organisation", "agent": "township", "reviewer": "department"}


def agents(office: LiveOffice) -> set[tuple[str, str]]:
    listed = office.get("/agents").get_json()["data"]
    return {(each["township"], each["agent"]) for each in listed}


class TestRegistering:
    def test_makes_somebody_who_can_act_and_has_no_password(self, office: LiveOffice) -> None:
        answer = office.post("/people", NEW)

        assert answer.status_code == 201, answer.text
        assert answer.get_json()["name"] == "赵六"
        assert office.get("/people/me", "agent-7").get_json()["roles"] == ["agent"]
        assert office.parts.accounts.account("agent-7").password is None

    def test_has_an_agent_join_the_roster(self, office: LiveOffice) -> None:
        office.post("/people", NEW)

        assert ("T1", "agent-7") in agents(office)

    @pytest.mark.parametrize("who", ["owner-a", "agent-1", "supervisor-2"])
    def test_is_for_administrators(self, still: LiveOffice, who: str) -> None:
        assert still.post("/people", NEW, who).status_code == 403
        assert still.post("/people/agent-1/change", ANEW, who).status_code == 403

    def test_is_left_in_the_trail(self, office: LiveOffice) -> None:
        office.post("/people", NEW)

        lines = office.get("/audit?object=agent-7").get_json()["data"]
        assert [(each["actor"], each["operation"]) for each in lines] == [
            ("admin", "register.add_person")
        ]

    def test_takes_no_id_twice(self, office: LiveOffice) -> None:
        answer = office.post("/people", NEW | {"id": "agent-1"})

        assert (answer.status_code, answer.get_json()["code"]) == (409, "person.exists")
        assert office.get("/people/agent-1").get_json()["name"] != "赵六"

    def test_gives_nobody_the_id_of_one_who_was_erased(self, filed: LiveOffice) -> None:
        filed.post("/people/owner-a/erase", {})

        owner = {"id": "owner-a", "name": "别人", "roles": ["owner"], "organisation": "ORG-A"}
        assert filed.post("/people", owner).get_json()["code"] == "person.spent"

    @pytest.mark.parametrize("role", PLACES)
    def test_asks_where_a_role_is_held(self, still: LiveOffice, role: str) -> None:
        answer = still.post("/people", {"id": "x-1", "name": "甲", "roles": [role]})

        assert (answer.status_code, answer.get_json()["code"]) == (422, "person.place")

    def test_knows_the_departments(self, still: LiveOffice) -> None:
        answer = still.post(
            "/people", {"id": "x-1", "name": "甲", "roles": ["reviewer"], "department": "none"}
        )

        assert [each["pointer"] for each in answer.get_json()["errors"]] == ["/department"]


class TestChanging:
    def test_moves_an_agent_to_another_townships_roster(self, office: LiveOffice) -> None:
        office.post("/people", NEW)

        answer = office.post("/people/agent-7/change", ANEW | {"township": "T2"})

        assert answer.status_code == 200, answer.text
        assert [place for place, agent in agents(office) if agent == "agent-7"] == ["T2"]

    def test_ends_what_a_person_may_do(self, office: LiveOffice) -> None:
        body = {"name": "名", "roles": ["agent"], "township": "T1", "active": False}

        office.post("/people/agent-1/change", body)

        assert office.get("/people/me", "agent-1").status_code == 401
        assert ("T1", "agent-1") not in agents(office)

    @pytest.mark.parametrize("change", [{"active": False}, {"roles": ["planner"]}])
    def test_spares_the_last_administrator(
        self, office: LiveOffice, change: dict[str, object]
    ) -> None:
        body = {"name": "管", "roles": ["administrator"]} | change

        answer = office.post("/people/admin/change", body)

        assert answer.get_json()["code"] == "account.last_administrator"
        assert office.get("/people", "admin").status_code == 200

    def test_finds_nobody_who_is_not_there(self, still: LiveOffice) -> None:
        answer = still.post("/people/nobody/change", {"name": "x", "roles": ["planner"]})

        assert answer.status_code == 404


# Tables that name a person and are neither handed out nor erased, and why.
SPARED = {
    "agent": "the roster, an office's list: written again from the roster's log",
    "audit": "handed out as the trail; kept half a year by law",
    "command": "the log's own keys; handed out as deeds",
    "event": "the log; handed out as deeds",
    "external_task": "who holds a task, for minutes",
    "project": "whose agent somebody is; written again from the log",
    "receipt": "keys of orders, for days",
    "subscription": "in whose name a webhook asks; ends with the person",
    "task": "who holds a task; written again from the log",
}
PERSONS = {"person", "actor", "author", "issuer", "agent"}  # columns that name one


class TestTheInventory:
    def test_knows_every_table_that_names_a_person(self) -> None:
        named = {
            table.name
            for table in METADATA.sorted_tables
            if PERSONS & {column.name for column in table.columns}
        }
        handed_out = {"contact", "notice", "link", "project_note", "account", "web_session"}

        assert named - SPARED.keys() == handed_out | {"token", "voucher"}

    def test_erases_what_it_hands_out(self, filed: LiveOffice) -> None:
        filed.post("/people/me/contact", {"mail": "a@b.example", "locale": "en"}, "owner-a")
        filed.post("/people/me/calendar", {}, "owner-a")
        filed.post(f"/projects/{CODE}/notes", {"text": "周三来"}, "agent-1")
        filed.post(f"/projects/{CODE}/notes", {"text": "好的"}, "owner-a")
        filed.people.issue_token("owner-a", timedelta(days=1))
        before = filed.get("/people/owner-a/data").get_json()

        filed.post("/people/owner-a/erase", {})

        assert all(before[name] for name in ("mail", "notices", "links", "notes", "tokens"))
        with filed.parts.new_uow() as uow:
            for table in METADATA.sorted_tables:
                names = PERSONS & {column.name for column in table.columns}
                for name in names if table.name not in SPARED else ():
                    query = select(table).where(table.c[name] == "owner-a")
                    left = uow.connection.execute(query).mappings().all()
                    assert [row for row in left if row.get("text") is not None] == []
                    assert left == [] or table.name == "project_note"
                # and nothing of them stands in any other table, whatever its columns are called
                rows = uow.connection.execute(select(table)).mappings().all()
                assert "a@b.example" not in str(rows)


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

    def test_leaves_nothing_in_the_databases_file(self, tmp_path: Path) -> None:
        with closing(LiveOffice(tmp_path)) as office:
            office.people.put(OWNER)
            office.post("/people/owner-a/erase", {})

        kept = b"".join(file.read_bytes() for file in tmp_path.glob("test.db*"))
        assert b"owner-b" in kept
        assert PHONE.encode() not in kept

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
