from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete

from api.schemas.progress import ProgressSchema
from engine.store.tables import NoteRow
from tests.support.live_office import CODE

if TYPE_CHECKING:
    from tests.support.live_office import LiveOffice

PROJECT = f"/projects/{CODE}"


class TestFilingAProject:
    def test_answers_where_it_is_and_what_happened(self, office: LiveOffice) -> None:
        answer = office.post("/projects", office.filing(), "owner-a")

        kinds = [event["kind"] for event in answer.get_json()["events"]]
        assert answer.status_code == 201
        assert answer.headers["Location"] == f"/api/v1/projects/{CODE}"
        assert answer.headers["ETag"] == f'"{answer.get_json()["number"]}"'
        assert kinds[:3] == ["ProjectFiled", "AgentAssigned", "StageOpened"]

    def test_keeps_the_name_out_of_the_log(self, office: LiveOffice) -> None:
        answer = office.post("/projects", office.filing(name="张三的厂房"), "owner-a")

        assert "张三" not in answer.text
        assert office.get(PROJECT).get_json()["name"] == "张三的厂房"

    @pytest.mark.parametrize(
        ("wrong", "code", "pointer"),
        [
            ({"flow": 9}, "project.unknown_flow", "/flow"),
            ({"code": "2026-1"}, "project.bad_code", "/code"),
            ({"township": "T9"}, "project.unknown_township", "/township"),
        ],
    )
    def test_points_at_what_is_wrong(
        self, office: LiveOffice, wrong: dict[str, object], code: str, pointer: str
    ) -> None:
        answer = office.post("/projects", {**office.filing(), **wrong}, "admin").get_json()

        assert (answer["status"], answer["code"]) == (422, code)
        assert [fault["pointer"] for fault in answer["errors"]] == [pointer]

    def test_names_each_missing_fact(self, office: LiveOffice) -> None:
        answer = office.post("/projects", office.filing(facts={}), "owner-a").get_json()

        assert answer["code"] == "project.missing_facts"
        assert [fault["pointer"] for fault in answer["errors"]] == [
            f"/facts/{fact}" for fact in answer["params"]["facts"]
        ]

    @pytest.mark.parametrize("locale", ["zh-CN", "en"])
    def test_asks_what_is_missing_in_words(self, office: LiveOffice, locale: str) -> None:
        body = office.filing(facts={})

        answer = office.post("/projects", body, "owner-a", Accept_Language=locale).get_json()

        assert "POST /api/v1/catalogue/questions" in answer["detail"]
        for fact, fault in zip(answer["params"]["facts"], answer["errors"], strict=True):
            question = office.library.catalogue.facts[fact].question
            asked = question.zh if locale == "zh-CN" else question.en
            assert asked in answer["detail"]
            assert asked in fault["detail"]
            assert fact in answer["detail"]

    @pytest.mark.parametrize("name", ["", " ", "\u3000\t\n ", "\u00a0", " " * 201])
    def test_refuses_a_name_of_blanks(self, office: LiveOffice, name: str) -> None:
        answer = office.post("/projects", office.filing(name=name), "owner-a")

        assert answer.status_code == 422
        assert [(f["pointer"], f["code"]) for f in answer.get_json()["errors"]] == [
            ("/name", "api.field.length")
        ]

    def test_cuts_the_blanks_around_a_name(self, office: LiveOffice) -> None:
        office.post("/projects", office.filing(name=" \u3000示例 项目\n"), "owner-a")

        assert office.get(PROJECT).get_json()["name"] == "示例 项目"

    def test_refuses_a_unit_whose_name_is_blank(self, filed: LiveOffice) -> None:
        body = {"unit": 1, "stage": 2, "name": " "}

        answer = filed.post(f"{PROJECT}/units", body, "owner-a").get_json()

        assert answer["errors"][0]["pointer"] == "/name"

    def test_names_each_wrong_fact(self, office: LiveOffice) -> None:
        facts = office.filing()["facts"] | {"moon": True, "eia": "maybe"}

        answer = office.post("/projects", office.filing(facts=facts), "owner-a").get_json()

        assert answer["code"] == "project.bad_facts"
        assert {fault["pointer"] for fault in answer["errors"]} == {"/facts/moon", "/facts/eia"}

    def test_changes_nothing_when_refused(self, office: LiveOffice) -> None:
        office.post("/projects", office.filing(facts={}), "owner-a")

        assert office.get(PROJECT).status_code == 404

    def test_refuses_a_code_in_use(self, filed: LiveOffice) -> None:
        answer = filed.post("/projects", filed.filing(), "owner-a")

        assert (answer.status_code, answer.get_json()["code"]) == (409, "project.exists")


class TestProgress:
    def test_is_what_the_contract_says(self, filed: LiveOffice) -> None:
        filed.post(f"{PROJECT}/stages/1/file", {}, "owner-a")

        seen = filed.get(PROJECT).get_json()

        assert ProgressSchema().validate(seen) == {}

    def test_names_what_blocks_and_whose_turn_it_is(self, filed: LiveOffice) -> None:
        waits = filed.get(PROJECT).get_json()["next"]

        assert waits["stage"] == 1
        assert waits["blockers"][0]["cause"] == "not_filed"
        assert waits["blockers"][0]["turn"]["performer"] == "agent"

    def test_has_the_last_events_number_in_its_tag(self, filed: LiveOffice) -> None:
        answer = filed.get(PROJECT)

        assert answer.headers["ETag"].startswith(f'"{answer.get_json()["number"]}-')

    def test_has_the_same_tag_whether_one_looks_or_only_asks(self, filed: LiveOffice) -> None:
        headers = {"X-Abreast-Persona": "admin"}
        asked = filed.client.head(f"/api/v1{PROJECT}", headers=headers)

        assert asked.headers["ETag"] == filed.get(PROJECT).headers["ETag"]
        assert "Accept-Language" in asked.headers["Vary"]


class TestProgressThatWasToldBefore:
    def test_is_told_again_to_the_letter(self, filed: LiveOffice) -> None:
        assert filed.get(PROJECT).data == filed.get(PROJECT, "owner-a").data

    def test_is_worked_out_again_after_a_step(self, filed: LiveOffice) -> None:
        before = filed.get(PROJECT).get_json()

        filed.post(f"{PROJECT}/stages/1/file", {}, "agent-1")

        after = filed.get(PROJECT).get_json()
        assert after["number"] > before["number"]
        assert after["units"] != before["units"]

    def test_is_worked_out_again_on_another_day(self, filed: LiveOffice) -> None:
        filed.work(lambda seen: '"used": 0, "left"' in json.dumps(seen))  # accepted today
        before = filed.get(PROJECT).get_json()

        filed.clock.push(timedelta(days=7))

        after = filed.get(PROJECT).get_json()
        assert after["number"] == before["number"]
        assert after["units"] != before["units"]

    def test_forgets_words_that_were_erased(self, filed: LiveOffice) -> None:
        assert filed.get(PROJECT).get_json()["name"] is not None

        with filed.parts.new_uow() as uow:
            uow.begin()
            uow.connection.execute(delete(NoteRow))
            uow.commit()

        assert filed.get(PROJECT).get_json()["name"] is None


class TestListingProjects:
    def test_pages_by_cursor_the_newest_first(self, office: LiveOffice) -> None:
        codes = [f"2026-120118-47-03-00000{number}" for number in range(1, 6)]
        for code in codes:
            office.file(code=code)

        seen: list[str] = []
        path = "/projects?limit=2"
        while path:
            page = office.get(path).get_json()
            seen += [line["code"] for line in page["data"]]
            path = f"/projects?limit=2&cursor={page['next']}" if page["next"] else ""

        assert seen == codes[::-1]

    def test_filters(self, filed: LiveOffice) -> None:
        counts = {
            query: len(filed.get(f"/projects?{query}").get_json()["data"])
            for query in (
                "township=T1",
                "township=T2",
                "agent=agent-1",
                "status=completed",
                "flow=3",
                "flow=1",
                "lamp=none",
                "lamp=red",
            )
        }

        assert counts == {
            "township=T1": 1,
            "township=T2": 0,
            "agent=agent-1": 1,
            "status=completed": 0,
            "flow=3": 1,
            "flow=1": 0,
            "lamp=none": 1,
            "lamp=red": 0,
        }

    @pytest.mark.parametrize("words", ["厂房", CODE[:12].lower(), CODE[3:]])
    def test_finds_a_part_of_a_name_or_code(self, office: LiveOffice, words: str) -> None:
        office.post("/projects", office.filing(name="张三的厂房"), "owner-a")

        found = office.get(f"/projects?q={words}").get_json()["data"]
        others = office.get("/projects?q=nowhere").get_json()["data"]

        assert [each["code"] for each in found] == [CODE]
        assert others == []

    def test_colours_them_as_the_filter_does(self, filed: LiveOffice) -> None:
        (row,) = filed.get("/projects").get_json()["data"]

        same = filed.get(f"/projects?lamp={row['lamp']}").get_json()["data"]

        assert [each["code"] for each in same] == [CODE]
        assert (row["p50"], row["p80"]) == (None, None)

    def test_counts_them_as_they_stand(self, filed: LiveOffice) -> None:
        found = filed.get("/projects/counts").get_json()
        elsewhere = filed.get("/projects/counts?township=T2").get_json()

        assert (found["running"], found["completed"], elsewhere["running"]) == (1, 0, 0)
        assert found["lamps"] == {"red": 0, "yellow": 0, "green": 0, "paused": 0, "none": 1}

    def test_counts_only_what_the_sender_sees(self, filed: LiveOffice) -> None:
        assert filed.get("/projects/counts", "owner-b").get_json()["running"] == 0

    @pytest.mark.parametrize("cursor", ["x", "AAAA", "WzEsMl0", "%00", "WyJ4Il0"])
    def test_refuses_a_strange_cursor(self, office: LiveOffice, cursor: str) -> None:
        answer = office.get(f"/projects?cursor={cursor}")

        assert answer.status_code == 422


class TestHistory:
    def test_is_a_chain_of_hashes(self, filed: LiveOffice) -> None:
        events = filed.get(f"{PROJECT}/events").get_json()["data"]

        assert [event["number"] for event in events] == list(range(1, len(events) + 1))
        assert [event["previous"] for event in events[1:]] == [e["hash"] for e in events[:-1]]

    def test_goes_on_after_a_number(self, filed: LiveOffice) -> None:
        first = filed.get(f"{PROJECT}/events?limit=2").get_json()
        second = filed.get(f"{PROJECT}/events?after={first['next']}").get_json()

        assert [e["number"] for e in first["data"]] == [1, 2]
        assert second["data"][0]["number"] == 3
        assert second["next"] is None


class TestTheWholeProject:
    def test_is_withdrawn_by_its_owner(self, filed: LiveOffice) -> None:
        answer = filed.post(f"{PROJECT}/withdraw", {"reason": "不建了"}, "owner-a")

        assert answer.status_code == 200
        assert filed.get(PROJECT).get_json()["status"] == "withdrawn"

    def test_is_terminated_by_the_authority(self, filed: LiveOffice) -> None:
        answer = filed.post(f"{PROJECT}/terminate", {"reason": "违法占地"}, "admin")

        assert answer.status_code == 200
        assert filed.get(PROJECT).get_json()["next"] is None

    def test_gets_another_unit(self, filed: LiveOffice) -> None:
        body = {"unit": 1, "stage": 3, "name": "1号楼"}

        answer = filed.post(f"{PROJECT}/units", body, "owner-a")

        assert answer.status_code == 200
        assert [unit["unit"] for unit in filed.get(PROJECT).get_json()["units"]] == [0, 1]

    def test_is_given_to_another_agent_by_a_leader(self, filed: LiveOffice) -> None:
        answer = filed.post(f"{PROJECT}/agent", {"agent": "agent-2", "reason": "请假"}, "admin")

        assert answer.status_code == 200
        assert filed.get(PROJECT).get_json()["agent"] == "agent-2"

    def test_is_not_given_to_a_stranger(self, filed: LiveOffice) -> None:
        answer = filed.post(f"{PROJECT}/agent", {"agent": "nobody", "reason": "x"}, "admin")

        assert (answer.status_code, answer.get_json()["code"]) == (422, "agent.unknown")

    def test_takes_no_command_after_its_end(self, filed: LiveOffice) -> None:
        filed.post(f"{PROJECT}/withdraw", {"reason": "x"}, "owner-a")

        answer = filed.post(f"{PROJECT}/stages/1/file", {}, "owner-a")

        assert (answer.status_code, answer.get_json()["code"]) == (409, "project.closed")
