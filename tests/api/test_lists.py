"""What every list can be asked for, tags of what is read, and edits of what was seen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api import document
from api.cursors import sealed, unsealed
from tests.support.live_office import CODE, LiveOffice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROJECT = f"/projects/{CODE}"
SIX = 6
Row = dict[str, Any]
FILLED = {"code": CODE, "item": "S1-05", "stage": "1", "agent": "agent-1"}


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Iterator[LiveOffice]:
    """Open an office with six projects, the first of them with filed items."""
    opened = LiveOffice(tmp_path_factory.mktemp("several"), model=model)
    for number in range(1, SIX + 1):
        opened.file(code=f"{CODE[:-1]}{number}", seed=number)
    opened.post(f"{PROJECT}/stages/1/file", {}, "agent-1")
    yield opened
    opened.close()


def lists() -> Iterator[tuple[str, list[Row]]]:
    """Yield the path and query of every list of the contract that can be asked here."""
    for path, methods in document()["paths"].items():
        operation = methods.get("get", {})
        query = [each for each in operation.get("parameters", []) if each["in"] == "query"]
        missing = [each["name"] for each in methods.get("parameters", [])]
        if any(each["name"] == "fields" for each in query) and FILLED.keys() >= set(missing):
            yield path.removeprefix("/api/v1").format(**FILLED), query


# The audit grows by every look at it.
LISTS = {path: query for path, query in lists() if path != "/audit"}


def got(office: LiveOffice, path: str) -> Row:
    # Notes are between the owner and the agent.
    answer = office.get(path, "owner-a" if "/notes" in path else "admin")
    assert answer.status_code == 200, answer.text
    found: Row = answer.get_json()
    return found


def choices(query: list[Row], name: str) -> list[str]:
    """Return the words that a list takes for *name*."""
    schema: Row = next((each["schema"] for each in query if each["name"] == name), {})
    if "enum" in schema:
        return [*schema["enum"]]
    pattern = str(schema.get("pattern", "^()("))
    return pattern.removeprefix("^(").partition(")")[0].split("|")


class TestEveryList:
    def test_is_known(self) -> None:
        assert {"/projects", "/tasks", "/agents", f"{PROJECT}/events"} <= LISTS.keys()

    @pytest.mark.parametrize("path", LISTS)
    def test_gives_the_members_that_are_asked_for(self, several: LiveOffice, path: str) -> None:
        names = choices(LISTS[path], "fields")
        whole = got(several, path)["data"]

        for name in names:
            part = got(several, f"{path}?fields={name}")["data"]
            assert part == [{name: line[name]} for line in whole]

    @pytest.mark.parametrize("path", LISTS)
    @pytest.mark.parametrize("asked", ["nothing", "", "code,", "password"])
    def test_gives_no_others(self, several: LiveOffice, path: str, asked: str) -> None:
        answer = several.get(f"{path}?fields={asked}")

        assert answer.status_code == 422
        assert answer.get_json()["errors"][0]["pointer"] == "/fields"

    @pytest.mark.parametrize("path", LISTS)
    def test_comes_in_the_order_that_is_asked_for(self, several: LiveOffice, path: str) -> None:
        whole = got(several, path)["data"]
        for order in choices(LISTS[path], "sort"):
            name, down = order.removeprefix("-"), order.startswith("-")
            sorted_ = got(several, f"{path}?sort={order}")["data"] if order else []
            values = [line[name] for line in sorted_ if line.get(name) is not None]

            assert values == sorted(values, reverse=down)
            assert not order or len(sorted_) == len(whole)

    @pytest.mark.parametrize("path", LISTS)
    def test_is_sorted_by_nothing_else(self, several: LiveOffice, path: str) -> None:
        assert several.get(f"{path}?sort=password").status_code == 422

    @pytest.mark.parametrize(("name", "value"), [("status", "started"), ("policy", "drawn")])
    def test_of_pairs_is_filtered(self, several: LiveOffice, name: str, value: str) -> None:
        assert got(several, f"{PROJECT}/pairs?{name}={value}")["data"] == []
        assert several.get(f"{PROJECT}/pairs?{name}=other").status_code == 422


class TestPages:
    @pytest.mark.parametrize("order", ["-filed_at", "filed_at", "-code", "code"])
    @pytest.mark.parametrize("limit", [1, 2, 4])
    def test_together_are_the_list(self, several: LiveOffice, order: str, limit: int) -> None:
        whole = got(several, f"/projects?sort={order}")["data"]
        found, cursor = [], None
        for _ in range(SIX):
            more = f"&cursor={cursor}" if cursor else ""
            page = got(several, f"/projects?sort={order}&limit={limit}{more}")
            found += page["data"]
            cursor = page["next"]
            if cursor is None:
                break

        assert found == whole
        assert len(found) == SIX

    @pytest.mark.parametrize("order", ["opened_at", "-opened_at", "project", "-project"])
    def test_of_tasks_together_are_the_list(self, several: LiveOffice, order: str) -> None:
        whole = got(several, f"/tasks?sort={order}&limit=200")["data"]
        page = got(several, f"/tasks?sort={order}&limit=3")
        found = page["data"]
        while page["next"]:
            page = got(several, f"/tasks?sort={order}&limit=3&cursor={page['next']}")
            found += page["data"]

        assert found == whole

    @pytest.mark.parametrize(
        "other",
        [
            "/projects?sort=code&limit=2",
            "/projects?limit=2&township=T1",
            "/tasks?limit=2",
            "/agents/agent-1/caseload?limit=2",
        ],
    )
    def test_do_not_go_on_in_another_list(self, several: LiveOffice, other: str) -> None:
        cursor = got(several, "/projects?limit=2")["next"]

        answer = several.get(f"{other}&cursor={cursor}")

        assert (answer.status_code, answer.get_json()["errors"][0]["code"]) == (
            422,
            "api.cursor.bad",
        )

    def test_are_not_made_up(self, several: LiveOffice) -> None:
        cursor = got(several, "/projects?limit=2")["next"]
        body, _, signature = cursor.partition(".")
        forged = sealed("another key", "projects", ("2026-03-02T01:00:00+00:00", CODE))

        for wrong in (f"{body[:-1]}A.{signature}", body, f"{cursor}x", forged, "x", "."):
            assert several.get(f"/projects?limit=2&cursor={wrong}").status_code == 422

    @settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
    @given(st.text(min_size=1, max_size=80))
    def test_refuse_every_other_text(self, text: str) -> None:
        with pytest.raises(ValueError, match=re.escape(text)):
            unsealed("key", "list", text, (str,))


class TestWhatIsRead:
    @pytest.mark.parametrize("path", ["/projects", PROJECT, "/catalogue", "/tasks", "/agents"])
    def test_is_not_sent_again_unchanged(self, several: LiveOffice, path: str) -> None:
        first = several.get(path)

        second = several.get(path, If_None_Match=first.headers["ETag"])

        assert (second.status_code, second.data) == (304, b"")
        assert second.headers["ETag"] == first.headers["ETag"]
        assert several.get(path, If_None_Match='"another"').status_code == 200

    def test_has_another_tag_for_other_words(self, several: LiveOffice) -> None:
        tags = {several.get("/agents?fields=" + name).headers["ETag"] for name in ("agent", "name")}

        assert len(tags) == 2

    def test_is_at_least_what_one_wrote_oneself(self, several: LiveOffice) -> None:
        number = got(several, PROJECT)["number"]

        ahead = several.get(f"{PROJECT}?min_number={number + 1}")

        assert several.get(f"{PROJECT}?min_number={number}").status_code == 200
        assert (ahead.status_code, ahead.get_json()["code"]) == (409, "api.behind")

    def test_is_hidden_whatever_number_is_asked_for(self, several: LiveOffice) -> None:
        answer = several.get(f"{PROJECT}?min_number=999", "owner-b")

        assert answer.get_json()["code"] == "project.unknown"


EDITS = {
    "agent": {"agent": "agent-1", "reason": "x"},
    "facts": {"facts": {"eia": "form"}, "reason": "x"},
    "corrections": {"event": 1, "kind": "step", "reason": "x"},
}


class TestAnEdit:
    @pytest.mark.parametrize("what", EDITS)
    def test_names_the_version_that_was_seen(self, several: LiveOffice, what: str) -> None:
        headers = {"X-Abreast-Persona": "admin", "Idempotency-Key": f"unseen-{what}"}
        path = f"/api/v1{PROJECT}/{what}"

        answer = several.client.post(path, json=EDITS[what], headers=headers)

        assert (answer.status_code, answer.get_json()["code"]) == (428, "api.match.required")

    @pytest.mark.parametrize("what", EDITS)
    def test_of_what_has_changed_since_is_refused(self, several: LiveOffice, what: str) -> None:
        answer = several.post(f"{PROJECT}/{what}", EDITS[what], If_Match='"1"')

        assert (answer.status_code, answer.get_json()["code"]) == (412, "engine.stale")

    def test_of_what_was_seen_goes_through(self, filed: LiveOffice) -> None:
        seen = filed.get(PROJECT).headers["ETag"]

        answer = filed.post(f"{PROJECT}/agent", {"agent": "agent-2", "reason": "x"}, If_Match=seen)

        assert answer.status_code == 200, answer.text
