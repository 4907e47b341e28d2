from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.live_office import CODE

if TYPE_CHECKING:
    from tests.support.live_office import LiveOffice

PROJECT = f"/projects/{CODE}"
FILE = f"{PROJECT}/stages/1/file"


class TestAnIdempotencyKey:
    def test_is_required(self, filed: LiveOffice) -> None:
        answer = filed.client.post(
            f"/api/v1{FILE}", json={}, headers={"X-Abreast-Persona": "owner-a"}
        )

        assert (answer.status_code, answer.get_json()["code"]) == (428, "api.key.required")

    @pytest.mark.parametrize("key", ["", "a b", "é", "x" * 201])
    def test_is_visible_ascii(self, filed: LiveOffice, key: str) -> None:
        answer = filed.post(FILE, {}, "owner-a", Idempotency_Key=key)

        assert (answer.status_code, answer.get_json()["code"]) == (400, "api.key.bad")

    def test_gives_the_same_answer_again(self, filed: LiveOffice) -> None:
        first = filed.post(FILE, {}, "owner-a", Idempotency_Key="one").get_json()

        second = filed.post(FILE, {}, "owner-a", Idempotency_Key="one").get_json()

        assert (first["repeated"], second["repeated"]) == (False, True)
        assert second["events"] == first["events"]
        assert second["number"] == first["number"]

    def test_gives_the_same_answer_to_a_request_with_words(self, filed: LiveOffice) -> None:
        body = {"reason": "不建了"}

        for _ in range(2):
            answer = filed.post(f"{PROJECT}/withdraw", body, "owner-a", Idempotency_Key="one")

        assert answer.status_code == 200
        assert answer.get_json()["repeated"] is True

    def test_is_refused_with_other_words(self, filed: LiveOffice) -> None:
        filed.post(f"{PROJECT}/withdraw", {"reason": "一"}, "owner-a", Idempotency_Key="one")

        answer = filed.post(
            f"{PROJECT}/withdraw", {"reason": "二"}, "owner-a", Idempotency_Key="one"
        )

        assert (answer.status_code, answer.get_json()["code"]) == (422, "engine.key_reused")

    def test_is_refused_with_another_request(self, filed: LiveOffice) -> None:
        filed.post(FILE, {}, "owner-a", Idempotency_Key="one")

        answer = filed.post(
            f"{PROJECT}/withdraw", {"reason": "x"}, "owner-a", Idempotency_Key="one"
        )

        assert (answer.status_code, answer.get_json()["code"]) == (422, "engine.key_reused")

    def test_is_each_actors_own(self, filed: LiveOffice) -> None:
        filed.post(FILE, {}, "owner-a", Idempotency_Key="one")

        answer = filed.post(
            f"{PROJECT}/tasks/0/S1-05/1/receive/complete",
            {"outcome": "received"},
            "window-1",
            Idempotency_Key="one",
        )

        assert answer.status_code == 200

    def test_hears_a_refusal_again_whatever_has_changed(self, filed: LiveOffice) -> None:
        early = f"{PROJECT}/items/S1-05/file"
        first = filed.post(early, {}, "owner-a", Idempotency_Key="one")
        filed.post(FILE, {}, "owner-a")

        second = filed.post(early, {}, "owner-a", Idempotency_Key="one")

        assert first.status_code == second.status_code == 409
        assert second.get_json() == first.get_json()

    def test_of_a_refused_command_takes_no_other(self, filed: LiveOffice) -> None:
        refused = filed.post(f"{PROJECT}/stages/3/file", {}, "owner-a", Idempotency_Key="one")

        answer = filed.post(FILE, {}, "owner-a", Idempotency_Key="one")

        assert (refused.status_code, answer.status_code) == (404, 422)


class TestIfMatch:
    def test_lets_the_seen_version_through(self, filed: LiveOffice) -> None:
        seen = filed.get(PROJECT).headers["ETag"]

        answer = filed.post(FILE, {}, "owner-a", If_Match=seen)

        assert answer.status_code == 200
        assert answer.headers["ETag"] != seen

    def test_refuses_when_the_project_went_on(self, filed: LiveOffice) -> None:
        seen = filed.get(PROJECT).headers["ETag"]
        filed.post(FILE, {}, "owner-a")

        answer = filed.post(f"{PROJECT}/withdraw", {"reason": "x"}, "owner-a", If_Match=seen)

        assert answer.status_code == 412
        assert filed.get(PROJECT).get_json()["status"] == "running"

    def test_does_not_stand_against_a_repetition(self, filed: LiveOffice) -> None:
        seen = filed.get(PROJECT).headers["ETag"]

        for _ in range(2):
            answer = filed.post(FILE, {}, "owner-a", If_Match=seen, Idempotency_Key="one")

        assert (answer.status_code, answer.get_json()["repeated"]) == (200, True)

    @pytest.mark.parametrize("match", ["5", 'W/"5"', '"5", "6"', '"x"', '"' + "9" * 30 + '"'])
    def test_is_one_quoted_number(self, filed: LiveOffice, match: str) -> None:
        answer = filed.post(FILE, {}, "owner-a", If_Match=match)

        assert (answer.status_code, answer.get_json()["code"]) == (400, "api.match.bad")


class TestProblems:
    def test_speak_chinese_by_default(self, filed: LiveOffice) -> None:
        answer = filed.get("/projects/2026-120118-47-03-999999")

        assert answer.headers["Content-Language"] == "zh-CN"
        assert answer.get_json()["detail"] == "没有这个项目"

    @pytest.mark.parametrize(
        ("wanted", "got"),
        [
            ("en", "en"),
            ("en-GB,zh;q=0.5", "en"),
            ("zh,en;q=0.9", "zh-CN"),
            ("fr", "zh-CN"),
            ("*", "zh-CN"),
            ("nonsense;;q=x", "zh-CN"),
        ],
    )
    def test_speak_the_preferred_language(self, filed: LiveOffice, wanted: str, got: str) -> None:
        answer = filed.get("/projects/2026-120118-47-03-999999", Accept_Language=wanted)

        assert answer.headers["Content-Language"] == got

    def test_have_a_type_that_leads_to_a_page(self, filed: LiveOffice) -> None:
        problem = filed.get("/projects/2026-120118-47-03-999999").get_json()

        page = filed.client.get(problem["type"])

        assert problem["type"] == "/problems/project.unknown"
        assert (page.status_code, page.mimetype) == (200, "text/html")
