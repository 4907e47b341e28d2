from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.live_office import CODE

if TYPE_CHECKING:
    from tests.support.live_office import LiveOffice

NOTES = f"/projects/{CODE}/notes"


def told(office: LiveOffice, who: str, query: str = "") -> dict[str, Any]:
    while office.parts.outbox.work("w"):
        pass
    found: dict[str, Any] = office.get(f"/inbox{query}", who).get_json()
    return found


class TestTheInbox:
    def test_tells_whom_it_concerns(self, filed: LiveOffice) -> None:
        mine = told(filed, "agent-1")
        owners = told(filed, "owner-a")

        assert [each["code"] for each in mine["data"]] == ["tiding.yours"]
        assert [each["code"] for each in owners["data"]] == ["tiding.agent"]
        assert mine["unread"] == 1
        assert CODE in mine["data"][0]["text"]
        assert told(filed, "agent-2")["data"] == told(filed, "owner-b")["data"] == []

    def test_speaks_the_readers_language(self, filed: LiveOffice) -> None:
        told(filed, "agent-1")

        english = filed.get("/inbox", "agent-1", Accept_Language="en").get_json()

        assert "you are this project's agent" in english["data"][0]["text"]

    def test_remembers_what_was_read(self, filed: LiveOffice) -> None:
        (notice,) = told(filed, "agent-1")["data"]

        stranger = filed.post("/inbox/read", {"ids": [notice["id"]]}, "owner-a").get_json()
        read = filed.post("/inbox/read", {"ids": [notice["id"]]}, "agent-1").get_json()

        assert stranger == {"unread": 1}
        assert read == {"unread": 0}
        assert told(filed, "agent-1", "?unread=true")["data"] == []
        assert told(filed, "agent-1")["data"][0]["read_at"]

    def test_comes_page_by_page(self, filed: LiveOffice) -> None:
        for number in range(5):
            filed.post(NOTES, {"text": f"第{number}条"}, "owner-a")
        wanted = [each["id"] for each in told(filed, "agent-1")["data"]]
        seen, query = list[str](), "?limit=2"
        while True:
            page = told(filed, "agent-1", query)
            seen += [each["id"] for each in page["data"]]
            if page["next"] is None:
                break
            query = f"?limit=2&cursor={page['next']}"

        assert seen == wanted
        assert len(seen) == 6

    def test_is_read_at_once_for_all(self, filed: LiveOffice) -> None:
        told(filed, "agent-1")

        assert filed.post("/inbox/read", {"ids": None}, "agent-1").get_json() == {"unread": 0}


class TestAContact:
    def test_is_set_and_taken_back(self, filed: LiveOffice) -> None:
        path = "/people/me/contact"
        filed.post(path, {"mail": "a@b.example", "locale": "en"}, "owner-a")
        after = filed.get(path, "owner-a").get_json()
        filed.post(path, {"mail": None}, "owner-a")

        assert after == {"mail": "a@b.example", "locale": "en", "confirmed_at": None}
        assert filed.get(path, "owner-a").get_json()["mail"] is None

    @pytest.mark.parametrize(
        "mail",
        [
            "a",
            "a@",
            "a@b\r\nBcc: c@d",
            "a@b,c@d",
            "<a@b>",
            "a b@c",
            "x" * 300 + "@b.c",
            "甲@b.example",
            "a@-.",
            "a@b",
            "a@b..c",
            "a@.b.c",
            "a@-b.example",
        ],
    )
    def test_that_is_no_address_is_refused(self, filed: LiveOffice, mail: str) -> None:
        answer = filed.post("/people/me/contact", {"mail": mail}, "owner-a")

        assert answer.status_code == 422


class TestNotes:
    def test_go_between_owner_and_agent(self, filed: LiveOffice) -> None:
        left = filed.post(NOTES, {"text": "请补一份图"}, "agent-1")
        filed.post(NOTES, {"text": "好的"}, "owner-a")

        seen = filed.get(NOTES, "owner-a").get_json()["data"]

        assert left.status_code == 201
        assert [(each["author"], each["text"]) for each in seen] == [
            ("agent-1", "请补一份图"),
            ("owner-a", "好的"),
        ]
        assert "tiding.note" in [each["code"] for each in told(filed, "owner-a")["data"]]

    @pytest.mark.parametrize("who", ["owner-b", "agent-2", "window-2"])
    def test_of_a_hidden_project_are_not_there(self, filed: LiveOffice, who: str) -> None:
        assert filed.get(NOTES, who).status_code == 404
        assert filed.post(NOTES, {"text": "x"}, who).status_code == 404

    @pytest.mark.parametrize("who", ["window-1", "admin", "reviewer-housing"])
    def test_are_nobody_elses_business(self, filed: LiveOffice, who: str) -> None:
        assert filed.get(NOTES, who).status_code == 403
        assert filed.post(NOTES, {"text": "x"}, who).status_code == 403

    def test_are_erased_by_their_author_and_leave_the_chain_whole(self, filed: LiveOffice) -> None:
        note = filed.post(NOTES, {"text": "秘密电话 13800000000"}, "agent-1").get_json()
        path = f"{NOTES}/{note['id']}/erase"

        by_other = filed.post(path, {}, "owner-a")
        erased = filed.post(path, {}, "agent-1").get_json()

        assert by_other.status_code == 404
        assert (erased["text"], bool(erased["erased_at"])) == (None, True)
        assert "13800000000" not in filed.get(NOTES, "owner-a").text
        assert "13800000000" not in str(filed.parts.handle.history(CODE))
        assert filed.get(NOTES, "agent-1").get_json()["data"][0]["text"] is None

    def test_are_erased_by_an_administrator(self, filed: LiveOffice) -> None:
        note = filed.post(NOTES, {"text": "x"}, "agent-1").get_json()

        assert filed.post(f"{NOTES}/{note['id']}/erase", {}, "admin").status_code == 200
        assert filed.post(f"{NOTES}/nothing/erase", {}, "admin").status_code == 404

    def test_are_left_once_for_one_key(self, filed: LiveOffice) -> None:
        for _ in range(2):
            filed.post(NOTES, {"text": "x"}, "agent-1", Idempotency_Key="one")

        assert len(filed.get(NOTES, "agent-1").get_json()["data"]) == 1
