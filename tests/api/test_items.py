from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.live_office import CODE

if TYPE_CHECKING:
    from tests.support.live_office import LiveOffice

PROJECT = f"/projects/{CODE}"


@pytest.fixture
def running(filed: LiveOffice) -> LiveOffice:
    filed.post(f"{PROJECT}/stages/1/file", {}, "owner-a")
    return filed


def state_of(office: LiveOffice, item: str) -> Any:
    stages = office.get(PROJECT).get_json()["units"][0]["stages"]
    return next(i["state"] for stage in stages for i in stage["items"] if i["item"] == item)


class TestAStage:
    def test_is_filed_once(self, running: LiveOffice) -> None:
        again = running.post(f"{PROJECT}/stages/1/file", {}, "owner-a")

        assert (again.status_code, again.get_json()["code"]) == (409, "stage.filed")

    def test_is_not_filed_before_it_opens(self, filed: LiveOffice) -> None:
        answer = filed.post(f"{PROJECT}/stages/3/file", {}, "owner-a")

        assert (answer.status_code, answer.get_json()["code"]) == (404, "stage.unknown")

    def test_tells_a_unit_that_is_none(self, filed: LiveOffice) -> None:
        answer = filed.post(f"{PROJECT}/stages/1/file", {"unit": 4}, "owner-a")

        assert answer.get_json()["code"] == "unit.unknown"


class TestAnItem:
    def test_is_withdrawn_and_filed_again(self, running: LiveOffice) -> None:
        running.post(f"{PROJECT}/items/S1-05/withdraw", {"reason": "资料有误"}, "owner-a")
        withdrawn = state_of(running, "S1-05")

        again = running.post(f"{PROJECT}/items/S1-05/file", {}, "owner-a")

        assert withdrawn == "withdrawn"
        assert again.get_json()["events"][0]["body"]["filing"]["attempt"] == 2

    def test_is_declined_with_a_reason(self, running: LiveOffice) -> None:
        answer = running.post(f"{PROJECT}/items/S1-18/decline", {"reason": "不占林地"}, "owner-a")

        assert answer.status_code == 200
        assert state_of(running, "S1-18") == "declined"

    def test_is_not_declined_when_mandated(self, running: LiveOffice) -> None:
        answer = running.post(f"{PROJECT}/items/S1-05/decline", {"reason": "x"}, "owner-a")

        assert (answer.status_code, answer.get_json()["code"]) == (409, "item.mandated")

    def test_needs_a_reason_to_be_withdrawn(self, running: LiveOffice) -> None:
        answer = running.post(f"{PROJECT}/items/S1-05/withdraw", {}, "owner-a").get_json()

        assert [(f["pointer"], f["code"]) for f in answer["errors"]] == [
            ("/reason", "api.field.required")
        ]

    def test_names_the_documents_that_are_missing(self, running: LiveOffice) -> None:
        answer = running.post(f"{PROJECT}/items/S1-08/file", {}, "owner-a").get_json()

        assert answer["code"] == "item.documents_missing"
        assert answer["params"]["documents"]
