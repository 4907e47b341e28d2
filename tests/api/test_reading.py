from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from tests.support.live_office import CODE

if TYPE_CHECKING:
    from tests.support.live_office import LiveOffice


class TestAgents:
    def test_are_listed_with_their_running_projects(self, filed: LiveOffice) -> None:
        agents = filed.get("/agents").get_json()["data"]

        assert [(a["agent"], a["township"], a["running"], a["away"]) for a in agents] == [
            ("agent-1", "T1", 1, False),
            ("agent-2", "T2", 0, False),
        ]

    def test_are_listed_by_township(self, filed: LiveOffice) -> None:
        agents = filed.get("/agents?township=T2").get_json()["data"]

        assert [agent["agent"] for agent in agents] == ["agent-2"]

    def test_see_their_own_caseload(self, filed: LiveOffice) -> None:
        cases = filed.get("/agents/agent-1/caseload", "agent-1").get_json()

        assert [(case["code"], case["open_tasks"]) for case in cases["data"]] == [(CODE, 1)]
        assert cases["next"] is None

    @pytest.mark.parametrize("who", ["agent-2", "owner-a", "supervisor-2", "window-1"])
    def test_are_not_looked_at_by_others(self, filed: LiveOffice, who: str) -> None:
        hidden = filed.get("/agents/agent-1/caseload", who)
        missing = filed.get("/agents/agent-9/caseload", who)

        assert hidden.status_code == missing.status_code == 404
        assert hidden.text == missing.text


class TestAbsence:
    def test_is_set_and_taken_back(self, office: LiveOffice) -> None:
        days = {"township": "T2", "first": "2026-03-01", "last": "2026-03-09"}

        away = office.post("/agents/agent-2/absence", days, "supervisor-2", Idempotency_Key="a")
        again = office.post("/agents/agent-2/absence", days, "supervisor-2", Idempotency_Key="a")
        back = office.post("/agents/agent-2/absence", {**days, "first": None, "last": None})

        assert away.status_code == again.status_code == 200, away.text
        assert away.get_json() == again.get_json()
        assert (away.get_json()["away"], away.get_json()["away_to"]) == (True, "2026-03-09")
        assert (back.get_json()["away"], back.get_json()["away_to"]) == (False, None)

    @pytest.mark.parametrize(
        ("who", "agent", "changes", "status"),
        [
            ("supervisor-2", "agent-1", {"township": "T1"}, 403),
            ("agent-2", "agent-2", {}, 403),
            (None, "agent-2", {}, 401),
            ("admin", "agent-9", {}, 422),
            ("admin", "agent-2", {"township": "T9"}, 422),
            ("admin", "agent-2", {"last": None}, 422),
            ("admin", "agent-2", {"last": "2026-02-28"}, 422),
            ("admin", "agent-2", {"last": "2026-02-30"}, 422),
            ("admin", "agent-2", {"last": "soon"}, 422),
        ],
    )
    def test_is_refused(
        self,
        office: LiveOffice,
        who: str | None,
        agent: str,
        changes: dict[str, str | None],
        status: int,
    ) -> None:
        days = {"township": "T2", "first": "2026-03-01", "last": "2026-03-09"} | changes

        answer = office.post(f"/agents/{agent}/absence", days, who)

        assert answer.status_code == status, answer.text


class TestDefinitions:
    def test_lists_every_process(self, office: LiveOffice) -> None:
        listed = office.get("/definitions").get_json()["data"]

        assert {"lifecycle", "stage_1", "item_standard"} <= {row["process"] for row in listed}

    def test_gives_each_as_bpmn(self, office: LiveOffice) -> None:
        for row in office.get("/definitions").get_json()["data"]:
            answer = office.get(row["href"])

            assert answer.mimetype == "application/bpmn+xml"
            assert ET.fromstring(answer.data).tag.endswith("definitions")  # noqa: S314 - our own file

    def test_names_the_known_ones_when_asked_for_another(self, office: LiveOffice) -> None:
        answer = office.get("/definitions/stage_9")

        assert answer.status_code == 404
        assert "stage_1" in answer.get_json()["params"]["processes"]

    def test_marks_what_runs_and_waits(self, filed: LiveOffice) -> None:
        filed.post(f"/projects/{CODE}/stages/1/file", {}, "owner-a")

        live = filed.get(f"/projects/{CODE}/stages/1/definition").get_json()

        ids = {node.get("id") for node in ET.fromstring(live["xml"].encode()).iter()}  # noqa: S314
        marking = live["marking"]
        assert "S1_05" in marking["open"]
        assert "S1_18" in marking["wanted"]
        assert "S1_12" in marking["left_out"]
        for state in ("open", "granted", "wanted", "left_out", "slots"):
            assert set(marking[state]) <= ids, state

    def test_shows_the_intake_before_the_filing(self, filed: LiveOffice) -> None:
        live = filed.get(f"/projects/{CODE}/stages/1/definition").get_json()

        assert live["marking"]["open"] == ["intake_1"]


class TestTheCatalogue:
    def test_shows_flows_stages_and_departments(self, office: LiveOffice) -> None:
        seen = office.get("/catalogue").get_json()

        assert seen["hash"] == office.library.catalogue.hash
        assert (len(seen["flows"]), len(seen["stages"])) == (6, 5)
        assert seen["departments"][0]["name"]["zh"]

    def test_lists_the_questions(self, office: LiveOffice) -> None:
        questions = office.get("/catalogue/facts").get_json()["data"]

        assert [q["code"] for q in questions] == list(office.library.catalogue.facts)

    def test_lists_the_items_of_a_stage_and_flow(self, office: LiveOffice) -> None:
        items = office.get("/catalogue/items?stage=3&flow=4").get_json()["data"]

        assert items
        assert all(item["stage"] == 3 and 4 in item["flows"] for item in items)

    def test_tells_what_is_still_to_be_asked(self, office: LiveOffice) -> None:
        body = {"flow": 3, "facts": {"moon": True, "eia": "form"}}

        answer = office.post("/catalogue/questions", body, "owner-a").get_json()

        assert "land_supply" in answer["missing"]
        assert "eia" not in answer["missing"]
        assert answer["wrong"] == ["moon"]

    def test_leaves_nothing_to_ask_when_a_project_can_be_filed(self, office: LiveOffice) -> None:
        body = {"flow": 3, "facts": office.filing()["facts"]}

        answer = office.post("/catalogue/questions", body, "owner-a").get_json()

        assert (answer["missing"], answer["contradictions"], answer["wrong"]) == ([], [], [])
        assert answer["applicable"]

    def test_refuses_an_unknown_flow(self, office: LiveOffice) -> None:
        answer = office.post("/catalogue/questions", {"flow": 9, "facts": {}}, "owner-a")

        assert (answer.status_code, answer.get_json()["code"]) == (422, "project.unknown_flow")
