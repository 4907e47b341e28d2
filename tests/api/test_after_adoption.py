"""Every page and list of the interface, the moment after a catalogue or a notice was adopted.

What is asked for comes from the contract, so that an operation added later is asked for too.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from api import document
from engine import editions
from engine.store.queries import Person
from tests.support import hostile_files as made
from tests.support.adjusted import adjusted, cancel, put
from tests.support.catalogues import shipped
from tests.support.holidays import holidays
from tests.support.live_office import CODE, LiveOffice
from tests.support.memory_office import answers
from workflows.facts import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from werkzeug.test import TestResponse

ITEM, GONE, DROPPED = "S1-04", "S1-06", "M010"  # a running item, one that is cancelled, a material
TODAY = "2026-03-02"
PEOPLE = ("admin", "planner", "owner-a", "agent-1", "window-1")
FILLED = {
    "code": CODE,
    "item": ITEM,
    "stage": "1",
    "kind": "supplement",
    "material": "M008",
    "agent": "agent-1",
    "organisation": "ORG-A",
    "person": "owner-a",
    "process": "stage_1",
    "year": "2027",
    "format": "csv",
}
NEEDED = {
    "search": "?q=S1",
    "getClasses": "?flow=3",
    "getMonthlyReport": "?month=2026-02",
    "getComparison": "?split=2026-02-01",
}
STREAMS = ("streamNews", "streamProjectNews")  # they do not end
FOREIGN = ("listDeadLetters", "exportDeadLetters")  # they need a receiver of webhooks
TEXT = adjusted(
    cancel(GONE),
    put(ITEM, materials=["M008"], name="企业投资项目核准（新）"),
)


def gets() -> dict[str, str]:
    """Return the path of every operation that reads, by its id."""
    return {
        methods["get"]["operationId"]: path
        for path, methods in document()["paths"].items()
        if "get" in methods and methods["get"]["operationId"] not in {*STREAMS, *FOREIGN}
    }


GETS = gets()


NOTICE = {
    "year": 2027,
    "source": "x1",
    "off": holidays(2027),
    "worked": ["2027-01-09"],
}


@dataclass(frozen=True)
class Adopted:
    """An office after the adoption of some things.

    Attributes:
        job: A background job that follows them; None where there is none.
        before: The letters of the item as they read before.
    """

    office: LiveOffice
    things: tuple[str, ...]
    job: str | None
    before: tuple[str, ...]


@pytest.fixture(
    scope="module",
    params=[
        ("catalogue",),
        ("notice",),
        ("catalogue", "notice"),
        ("notice", "catalogue", "follow"),
    ],
    ids="+".join,
)
def adopted(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, model: Path
) -> Iterator[Adopted]:
    """Return an office right after an adoption, for tests that change nothing."""
    opened = LiveOffice(tmp_path_factory.mktemp("adoption"), model=model)
    opened.people.put(Person(id="planner", name="规划", roles=frozenset({Role.PLANNER})))
    opened.parts.in_force.add(drawn())
    _furnish(opened)
    before = letters(opened)
    for thing in request.param:
        adopt(opened, thing)
    jobs = [job["id"] for job in opened.get("/jobs", "planner").get_json()["data"]]
    yield Adopted(opened, request.param, jobs[0] if jobs else None, before)
    opened.close()


@cache
def drawn() -> editions.Edition:
    """Draw the changed catalogue once for all tests: proving it sound takes seconds."""
    return editions.drawn(TEXT, editions.shipped())


def adopt(office: LiveOffice, thing: str) -> None:
    """Adopt one thing, or have the project follow what was adopted: by the next order of it."""
    if thing == "follow":
        done(office, f"/items/{ITEM}/answer", {"attempt": 1}, "owner-a")
        return
    body: Mapping[str, object] = NOTICE
    path = "/calendar/notices"
    if thing == "catalogue":
        path, body = "/catalogue/versions", {"text": TEXT, "effective_from": TODAY}
    answer = office.post(path, body, "planner")
    assert answer.status_code == 201, answer.text


def letters(office: LiveOffice) -> tuple[str, ...]:
    """Return every page of the item's letters."""
    listed = office.get(f"/projects/{CODE}/items/{ITEM}/letters", "owner-a").get_json()["data"]
    return tuple(office.get(each["link"], "owner-a").text for each in listed)


def _furnish(office: LiveOffice) -> None:
    """File the project and its stage, ask for a material, hand another in."""
    office.file(facts=answers(office.library.catalogue, 3, approval_catalogue=True))
    done(office, "/stages/1/file", {}, "owner-a")
    missing = {"attempt": 1, "missing": [DROPPED], "answer_by": "2026-03-20"}
    done(office, f"/items/{ITEM}/supplement", missing, "window-1")
    file = {"file": (BytesIO(made.pdf()), "a.pdf"), "material": "M008"}
    handed = office.client.post(
        f"/api/v1/projects/{CODE}/materials",
        data=file,
        headers={"X-Abreast-Persona": "owner-a", "Idempotency-Key": "file"},
        content_type="multipart/form-data",
    )
    assert handed.status_code in {200, 201}, handed.text


def done(office: LiveOffice, path: str, body: Mapping[str, object], who: str) -> dict[str, Any]:
    answer = office.post(f"/projects/{CODE}{path}", body, who)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


REFUSED = {
    "getComparison": (422, "time.too_near"),  # a project of one day has no second period
    "getIntake": (409, "stage.filed"),
    "getFitted": (422, "scenario.nothing_to_fit"),  # nothing is decided yet
}


def opened(adopted: Adopted, operation: str) -> TestResponse:
    """Ask for it as the first of some people who may see it."""
    path = GETS[operation].format(**FILLED, job=adopted.job) + NEEDED.get(operation, "")
    for who in PEOPLE:
        answer = adopted.office.get(path, who)
        answer.get_data()
        answer.close()  # a file that is sent stays open until then
        if answer.status_code not in {403, 404}:
            break
    return answer


class TestEveryPage:
    @pytest.mark.parametrize("operation", GETS)
    def test_opens(self, adopted: Adopted, operation: str) -> None:
        answer = opened(adopted, operation)

        if operation in REFUSED:
            assert (answer.status_code, answer.get_json()["code"]) == REFUSED[operation]
            return
        there = adopted.job is not None or "{job}" not in GETS[operation]
        assert answer.status_code == (200 if there else 404), answer.text

    @pytest.mark.parametrize("page", ["/", f"/projects/{CODE}", f"/projects/{CODE}?lang=en"])
    def test_opens_in_the_browser(self, adopted: Adopted, page: str) -> None:
        assert adopted.office.client.get(page).status_code == 200

    @pytest.mark.parametrize("item", [ITEM, GONE])
    @pytest.mark.parametrize("of", ["clock", "letters", "materials"])
    def test_of_an_item_that_runs_opens(self, adopted: Adopted, item: str, of: str) -> None:
        """The project has not followed: what is cancelled by now is still its own."""
        answer = adopted.office.get(f"/projects/{CODE}/items/{item}/{of}", "owner-a")

        assert answer.status_code == 200, answer.text


class TestTheVersion:
    def test_of_the_catalogue_is_the_adopted_one(self, adopted: Adopted) -> None:
        new = "catalogue" in adopted.things
        expected = drawn().hash if new else shipped().hash

        assert opened(adopted, "getCatalogue").get_json()["hash"] == expected
        found = opened(adopted, "listItems").get_json()["data"]
        assert (GONE in {item["code"] for item in found}) is not new

    def test_of_the_project_is_its_own_until_it_follows(self, adopted: Adopted) -> None:
        follows = "follow" in adopted.things
        seen = opened(adopted, "getProject").get_json()
        items = {item["item"] for stage in seen["units"][0]["stages"] for item in stage["items"]}
        materials = opened(adopted, "getChecklist").get_json()

        assert (seen["catalogue"] == shipped().hash) is not follows
        assert GONE in items
        assert (DROPPED in str(materials)) is not follows

    def test_of_the_calendar_is_the_adopted_one(self, adopted: Adopted) -> None:
        final = "notice" in adopted.things

        assert opened(adopted, "getYear").get_json()["provisional"] is not final

    def test_of_a_letter_is_that_of_its_day(self, adopted: Adopted) -> None:
        assert letters(adopted.office) == adopted.before
        assert len(adopted.before) == 1
