from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.live_office import API, CODE

if TYPE_CHECKING:
    from tests.support.live_office import LiveOffice


class TestThePublicTwin:
    def test_says_where_a_project_stands_to_anybody(self, still: LiveOffice) -> None:
        answer = still.client.get(f"{API}/public/projects/{CODE}")

        seen = answer.get_json()
        assert answer.status_code == 200
        assert (seen["code"], seen["status"]) == (CODE, "running")
        assert [stage["stage"] for stage in seen["stages"]] == [1, 5]
        assert seen["waits"]

    def test_names_no_person_and_no_organisation(self, filed: LiveOffice) -> None:
        filed.post(f"/projects/{CODE}/stages/1/file", {}, "agent-1")
        task = next(
            each
            for each in filed.get("/tasks?limit=200", "window-1").get_json()["data"]
            if each["item"]
        )
        filed.post(f"/projects/{CODE}/tasks/{task['id']}/claim", {}, "window-1")

        told = filed.client.get(f"{API}/public/projects/{CODE}").text

        for each in filed.people.all():
            assert json.dumps(each.id) not in told
            assert each.name not in told
        assert "ORG-A" not in told

    def test_hides_numbers_that_somebody_typed_into_the_name(self, office: LiveOffice) -> None:
        office.file(name="乙 13812345678 的厂房（12010119900101001X）")

        twin = office.client.get(f"{API}/public/projects/{CODE}").get_json()["name"]
        page = office.client.get(f"/projects/{CODE}").text

        assert twin == "乙 *********** 的厂房（******************）"
        assert "13812345678" not in page
        assert "12010119900101001X" not in page

    @pytest.mark.parametrize("code", ["2026-120118-47-03-000099", "x", CODE[:-1]])
    def test_knows_no_other_code(self, still: LiveOffice, code: str) -> None:
        answer = still.client.get(f"{API}/public/projects/{code}")

        assert answer.status_code == 404

    def test_takes_no_query(self, still: LiveOffice) -> None:
        assert still.client.get(f"{API}/public/projects/{CODE}?x=1").status_code == 422


class TestSearch:
    def test_finds_by_a_piece_of_the_name(self, still: LiveOffice) -> None:
        found = still.get("/search?q=例项", "owner-a").get_json()

        assert [each["project"] for each in found["projects"]] == [CODE]
        assert still.get("/search?q=例项", "owner-b").get_json()["projects"] == []

    def test_finds_items_by_their_names(self, filed: LiveOffice) -> None:
        filed.post(f"/projects/{CODE}/stages/1/file", {}, "agent-1")
        run = next(iter(filed.parts.handle.project(CODE).items.values()))
        name = filed.library.catalogue.items[run.item].name.zh

        found = filed.get(f"/search?q={name[:4]}", "admin").get_json()

        assert run.item in [each["item"] for each in found["items"]]
        assert all(name[:4] in each["name"]["zh"] for each in found["items"])

    @pytest.mark.parametrize("query", ["", "q=", "q=a", "q=%20%20a%20", "q=ab&limit=0", "q=ab&x=1"])
    def test_asks_for_more_than_that(self, still: LiveOffice, query: str) -> None:
        assert still.get(f"/search?{query}", "admin").status_code == 422
