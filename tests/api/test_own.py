from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from engine.people import Scope
from tests.support.live_office import CODE, LiveOffice

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

TOKENS = "/people/me/tokens"
BODY = {"label": "夜间同步", "scopes": ["read"], "days": 7}


def bearer(office: LiveOffice, person: str, *scopes: Scope) -> dict[str, str]:
    token = office.people.issue_token(person, timedelta(days=1), scopes=scopes)
    return {"Authorization": f"Bearer {token}"}


class TestAToken:
    def test_is_issued_once_by_key(self, office: LiveOffice) -> None:
        first = office.post(TOKENS, BODY, "agent-1", Idempotency_Key="k1")
        second = office.post(TOKENS, BODY, "agent-1", Idempotency_Key="k1")

        assert (first.status_code, second.status_code) == (201, 201)
        assert second.get_json() == {"id": first.get_json()["id"], "token": ""}
        assert len(office.people.tokens("agent-1")) == 1

    def test_speaks_for_its_person(self, office: LiveOffice) -> None:
        token = office.post(TOKENS, BODY, "agent-1").get_json()["token"]

        me = office.get("/people/me", None, Authorization=f"Bearer {token}").get_json()

        assert me["id"] == "agent-1"

    def test_is_listed_without_what_proves_it(self, office: LiveOffice) -> None:
        issued = office.post(TOKENS, BODY, "agent-1").get_json()

        answer = office.get(TOKENS, "agent-1")

        (listed,) = answer.get_json()["data"]
        assert (listed["id"], listed["label"], listed["scopes"]) == (
            issued["id"],
            "夜间同步",
            ["read"],
        )
        assert issued["token"] not in answer.text

    def test_is_taken_back_by_its_person_alone(self, office: LiveOffice) -> None:
        issued = office.post(TOKENS, BODY, "agent-1").get_json()
        path = f"{TOKENS}/{issued['id']}/revoke"

        assert office.post(path, {}, "agent-2").get_json() == {"ended": 0}
        assert office.people.holder(issued["token"]) is not None
        assert office.post(path, {}, "agent-1").get_json() == {"ended": 1}
        assert office.people.holder(issued["token"]) is None

    @pytest.mark.parametrize(
        "body",
        [
            {**BODY, "scopes": []},
            {**BODY, "scopes": ["all"]},
            {**BODY, "days": 0},
            {**BODY, "days": 367},
            {**BODY, "label": ""},
            {**BODY, "person": "admin"},
        ],
    )
    def test_is_not_issued_on_wrong_terms(self, still: LiveOffice, body: dict[str, object]) -> None:
        assert still.post(TOKENS, body, "agent-1").status_code == 422


class TestAScope:
    def test_to_read_permits_no_order(self, filed: LiveOffice) -> None:
        head = bearer(filed, "owner-a", Scope.READ)

        assert filed.get(f"/projects/{CODE}", None, **head).status_code == 200
        answer = filed.post(f"/projects/{CODE}/stages/1/file", {}, None, **head)
        assert (answer.status_code, answer.get_json()["code"]) == (403, "account.scope")

    def test_to_write_permits_no_look(self, filed: LiveOffice) -> None:
        head = bearer(filed, "owner-a", Scope.WRITE)

        assert filed.get(f"/projects/{CODE}", None, **head).status_code == 403
        assert filed.post(f"/projects/{CODE}/stages/1/file", {}, None, **head).status_code == 200

    def test_to_administer_is_needed_beside_the_role(self, office: LiveOffice) -> None:
        without = bearer(office, "admin", Scope.READ, Scope.WRITE)
        with_it = bearer(office, "admin", Scope.READ, Scope.ADMIN)
        others = bearer(office, "agent-1", *Scope)

        statuses = [
            office.get("/audit", None, **each).status_code for each in (without, with_it, others)
        ]
        assert statuses == [403, 200, 403]

    def test_to_administer_is_not_handed_out_to_others(self, office: LiveOffice) -> None:
        answer = office.post(TOKENS, {**BODY, "scopes": ["admin"]}, "agent-1")

        assert (answer.status_code, answer.get_json()["code"]) == (403, "access.not_allowed")


class TestAProgram:
    @pytest.mark.parametrize("path", [TOKENS, f"{TOKENS}/x/revoke", "/people/me/sessions/x/end"])
    def test_cannot_make_or_end_what_is_its_persons(self, still: LiveOffice, path: str) -> None:
        body = BODY if path == TOKENS else {}

        answer = still.post(path, body, None, **bearer(still, "agent-1", *Scope))

        assert (answer.status_code, answer.get_json()["code"]) == (403, "account.in_person")

    def test_cannot_take_all_that_is_kept_of_its_person(self, office: LiveOffice) -> None:
        answer = office.get("/people/me/data", None, **bearer(office, "agent-1", *Scope))

        assert answer.status_code == 403

    def test_is_told_how_it_is_known(self, office: LiveOffice) -> None:
        told = office.get("/session", None, **bearer(office, "agent-1", Scope.READ)).get_json()

        assert told == {
            "person": "agent-1",
            "way": "token",
            "scopes": ["read"],
            "guard": None,
            "expires_at": None,
        }


class TestWhatIsKeptOfMe:
    def kept(self, office: LiveOffice, who: str) -> TestResponse:
        return office.get("/people/me/data", who)

    def test_names_what_i_did_and_looked_at(self, filed: LiveOffice) -> None:
        filed.get(f"/projects/{CODE}", "owner-a")

        kept = self.kept(filed, "owner-a").get_json()

        assert kept["name"] == "名owner-a"
        assert kept["deeds"][0]["kind"] == "ProjectFiled"
        assert {line["operation"] for line in kept["trail"]} >= {"projects.show_project"}
        assert {line["actor"] for line in kept["trail"]} == {"owner-a"}

    def test_holds_no_secret(self, office: LiveOffice) -> None:
        person = office.people.get("agent-1")
        assert person is not None
        office.parts.accounts.set_password(person, "correct horse battery staple")
        seed = office.parts.accounts.start_codes("agent-1").partition("secret=")[2].split("&")[0]

        answer = self.kept(office, "agent-1")

        assert answer.get_json()["has_codes"] is True
        assert "argon2" not in answer.text
        assert seed not in answer.text

    def test_has_what_i_was_told_and_wrote(self, filed: LiveOffice) -> None:
        mail = {"mail": "a@b.example", "locale": "en"}
        filed.post("/people/me/contact", mail, "owner-a")
        filed.post("/people/me/calendar", {}, "owner-a")
        filed.post(f"/projects/{CODE}/notes", {"text": "周三来"}, "agent-1")
        filed.post(f"/projects/{CODE}/notes", {"text": "好的"}, "owner-a")

        mine = filed.get("/people/me/data", "owner-a").get_json()

        assert mine["mail"] == "a@b.example"
        assert [(each["code"], each["project"]) for each in mine["notices"]] == [
            ("tiding.note", CODE)
        ]
        assert [(each["purpose"], each["issuer"]) for each in mine["links"]] == [
            ("calendar", "owner-a")
        ]
        assert [each["text"] for each in mine["notes"]] == ["好的"]
