"""Townships and organisations have names, which administrators give and lists and files show."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING, Any

from tests.support.live_office import CODE

if TYPE_CHECKING:
    from tests.support.live_office import LiveOffice

TOWN = {"kind": "township", "code": "T1", "zh": "示例镇甲", "en": "Example Town A"}
OWNER = {"kind": "organisation", "code": "ORG-A", "zh": "示例置业甲", "en": "Example Estates A"}
OTHER = {"kind": "organisation", "code": "ORG-B", "zh": "示例物流乙", "en": "Example Logistics B"}


def named(office: LiveOffice) -> None:
    for body in (TOWN, OWNER, OTHER):
        assert office.post("/names", body, "admin").status_code == 200


def listed(office: LiveOffice, who: str, query: str = "") -> list[str]:
    return [each["code"] for each in office.get(f"/names{query}", who).get_json()["data"]]


class TestANameOfAPlace:
    def test_is_given_and_changed_by_administrators_alone(self, office: LiveOffice) -> None:
        refused = office.post("/names", TOWN, "agent-1")

        named(office)
        again = office.post("/names", {**TOWN, "en": "Another"}, "admin")

        assert (refused.status_code, again.status_code) == (403, 200)
        (found,) = office.get("/names?kind=township", "owner-a").get_json()["data"]
        assert found == {
            "kind": "township",
            "code": "T1",
            "name": {"zh": "示例镇甲", "en": "Another"},
        }

    def test_is_given_once_for_a_key(self, office: LiveOffice) -> None:
        named(office)
        office.post("/names", {**TOWN, "en": "Second"}, "admin", Idempotency_Key="k1")
        office.post("/names", {**TOWN, "en": "Third"}, "admin", Idempotency_Key="k2")

        office.post("/names", {**TOWN, "en": "Second"}, "admin", Idempotency_Key="k1")

        (found,) = office.get("/names?kind=township", "admin").get_json()["data"]
        assert found["name"]["en"] == "Third"

    def test_of_an_organisation_is_for_the_office_and_itself(self, office: LiveOffice) -> None:
        named(office)

        assert listed(office, "agent-1") == ["ORG-A", "ORG-B", "T1"]
        assert listed(office, "owner-a") == ["ORG-A", "T1"]

    def test_comes_in_pages(self, office: LiveOffice) -> None:
        named(office)

        first = office.get("/names?limit=2", "admin").get_json()
        rest = office.get(f"/names?limit=2&cursor={first['next']}", "admin").get_json()

        assert [each["code"] for each in first["data"] + rest["data"]] == ["ORG-A", "ORG-B", "T1"]
        assert rest["next"] is None


class TestLists:
    def test_say_who_and_where_by_name(self, filed: LiveOffice) -> None:
        before = filed.get("/projects", "admin").get_json()["data"][0]

        named(filed)

        line = filed.get("/projects", "admin").get_json()["data"][0]
        assert (before["township_name"], before["owner_name"]) == (None, None)
        assert line["township_name"] == {"zh": "示例镇甲", "en": "Example Town A"}
        assert line["owner_name"]["en"] == "Example Estates A"
        assert line["agent_name"] == "名agent-1"
        (case,) = filed.get("/agents/agent-1/caseload", "admin").get_json()["data"]
        assert case["township_name"] == line["township_name"]
        agents = {
            each["agent"]: each["township_name"]
            for each in filed.get("/agents", "owner-a").get_json()["data"]
        }
        assert agents == {"agent-1": line["township_name"], "agent-2": None}

    def test_say_it_on_public_pages_too(self, filed: LiveOffice) -> None:
        named(filed)

        told = filed.get(f"/public/projects/{CODE}", None).get_json()
        page = filed.client.get(f"/projects/{CODE}?lang=en").get_data(as_text=True)
        start = filed.client.get("/?lang=zh").get_data(as_text=True)

        assert told["township_name"]["zh"] == "示例镇甲"
        assert "<dd>Example Town A</dd>" in page
        assert "示例镇甲" in start

    def test_forget_the_name_of_an_agent_who_was_erased(self, filed: LiveOffice) -> None:
        filed.post("/people/agent-1/erase", {}, "admin")

        line = filed.get("/projects", "admin").get_json()["data"][0]

        assert (line["agent"], line["agent_name"]) == ("agent-1", None)

    def test_have_names_beside_codes_in_files(self, filed: LiveOffice) -> None:
        named(filed)
        filed.post(f"/projects/{CODE}/stages/1/file", {}, "agent-1")

        for path, column, name in (
            ("/projects", "township", "Example Town A"),
            ("/tasks", "township", "Example Town A"),
            ("/tasks", "agent", "名agent-1"),
            ("/tasks", "department", None),
            ("/deadlines", "department", None),
        ):
            head, *rows = sheet(filed, path)
            at = head.index(HEADINGS[column])
            assert head[at + 1] == f"{HEADINGS[column]}'s name", path
            for row in rows:
                assert (row[at] == "") == (row[at + 1] == ""), path
                assert row[at] == "" or row[at + 1] != row[at]
                assert name is None or row[at + 1] == name


HEADINGS: dict[str, Any] = {
    "township": "Township",
    "agent": "Agent",
    "department": "Department",
}


def sheet(office: LiveOffice, path: str) -> list[list[str]]:
    file = office.get(f"{path}/export/csv", "admin", Accept_Language="en")
    return list(csv.reader(StringIO(file.get_data().decode("utf-8-sig"), newline="")))


class TestPeople:
    def test_are_found_by_a_part_of_a_name_or_id(self, still: LiveOffice) -> None:
        def found(words: str, who: str) -> list[str]:
            lines = still.get(f"/people?q={words}", who).get_json()["data"]
            return [each["id"] for each in lines]

        assert found("AGENT-2", "admin") == ["agent-2"]
        assert found("名owner-a", "admin") == ["owner-a"]
        assert found("owner-a", "agent-1") == ["owner-a"]
        assert found("名owner-a", "agent-1") == []  # whose name is masked for them
