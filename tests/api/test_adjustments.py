from __future__ import annotations

from datetime import timedelta
from functools import cache
from itertools import count
from typing import TYPE_CHECKING

import pytest

from engine import editions
from engine.store.queries import Person
from tests.support.adjusted import CANCELLED, SHORTENED, adjusted, cancel, limit, put
from tests.support.catalogues import shipped
from tests.support.holidays import holidays
from tests.support.live_office import API, CODE
from workflows.facts import Role

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from tests.support.live_office import LiveOffice

TEXT = adjusted(cancel(CANCELLED), limit(SHORTENED, 1))
TODAY, YESTERDAY = "2026-03-02", "2026-03-01"
BY_LAW = ["2026-01-01", "2026-05-01", "2026-10-01", "2026-10-02"]
OFF = sorted(["2027-01-04", *holidays(2027)])


@cache
def drawn() -> editions.Edition:
    """Draw the changed catalogue once for all tests: proving it sound takes seconds."""
    return editions.drawn(TEXT, editions.shipped())


@pytest.fixture
def planning(filed: LiveOffice) -> LiveOffice:
    """Return an office with a planner, a filed project and the changed catalogue at hand."""
    filed.people.put(Person(id="planner", name="规划", roles=frozenset({Role.PLANNER})))
    filed.parts.in_force.add(drawn())
    return filed


def notice(**other: object) -> dict[str, object]:
    return {"year": 2027, "source": "x1", "off": OFF, "worked": ["2027-01-09"], **other}


class TestACatalogue:
    def test_is_previewed(self, planning: LiveOffice) -> None:
        answer = planning.post("/catalogue/preview", {"text": TEXT}, "planner")

        told = answer.get_json()
        assert answer.status_code == 200, answer.text
        assert told["previous"] == shipped().hash
        assert told["statistics"]["items_cancelled"] == 1
        assert {change["direction"] for change in told["changes"]} == {"reduced"}
        assert all(change["zh"] and change["en"] for change in told["changes"])
        assert [impact["project"] for impact in told["impacts"]] == [CODE]

    def test_is_adopted(self, planning: LiveOffice) -> None:
        answer = planning.post(
            "/catalogue/versions", {"text": TEXT, "effective_from": TODAY}, "planner"
        )

        assert answer.status_code == 201, answer.text
        assert answer.get_json()["in_force"] is True
        assert planning.get("/catalogue").get_json()["hash"] == drawn().hash

    def test_is_listed_with_the_projects_under_it(self, planning: LiveOffice) -> None:
        body = {"text": TEXT, "effective_from": TODAY}
        planning.post("/catalogue/versions", body, "planner")
        before = planning.get("/catalogue/versions", "planner").get_json()["data"]

        planning.post(f"/projects/{CODE}/stages/1/file", {}, "owner-a")

        after = planning.get("/catalogue/versions", "planner").get_json()["data"]
        assert [version["running"] for version in before] == [1, 0]
        assert [version["running"] for version in after] == [0, 1]
        assert [version["in_force"] for version in after] == [False, True]

    def test_shows_in_the_projects_progress_once_followed(self, planning: LiveOffice) -> None:
        def items() -> set[str]:
            stages = planning.get(f"/projects/{CODE}").get_json()["units"][0]["stages"]
            return {item["item"] for stage in stages for item in stage["items"]}

        body = {"text": TEXT, "effective_from": TODAY}
        planning.post("/catalogue/versions", body, "planner")
        before = items()

        filed = planning.post(f"/projects/{CODE}/stages/1/file", {}, "owner-a")

        assert filed.status_code == 200, filed.text
        assert filed.get_json()["events"][0]["kind"] == "CatalogueFollowed"
        assert before - items() == ({CANCELLED} & before)

    def test_is_answered_once_for_a_key(self, planning: LiveOffice) -> None:
        body = {"text": TEXT, "effective_from": TODAY}
        first, again = (
            planning.post("/catalogue/versions", body, "planner", Idempotency_Key="k1")
            for _ in range(2)
        )

        assert first.get_json() == again.get_json()

    def test_does_not_begin_in_the_past(self, planning: LiveOffice) -> None:
        body = {"text": TEXT, "effective_from": YESTERDAY}
        answer = planning.post("/catalogue/versions", body, "planner")

        assert (answer.status_code, answer.get_json()["code"]) == (422, "adjustment.past")

    def test_with_a_circle_is_refused_with_its_path(self, planning: LiveOffice) -> None:
        code = "S1-08"
        document = shipped().items[code].produces[0]
        need = {"document": document, "kind": "hard", "source": "A"}
        body = {"text": adjusted(put(code, needs=[need])), "effective_from": TODAY}

        answer = planning.post("/catalogue/versions", body, "planner", Accept_Language="en")

        assert (answer.status_code, answer.get_json()["code"]) == (422, "adjustment.refused")
        assert f"{code} -> {code}" in answer.get_json()["detail"]

    @pytest.mark.parametrize("text", ["{", "items: 3", "- &a [*a]"])
    def test_that_is_none_is_refused(self, planning: LiveOffice, text: str) -> None:
        answer = planning.post("/catalogue/preview", {"text": text}, "planner")

        assert (answer.status_code, answer.get_json()["code"]) == (422, "adjustment.refused")

    def test_on_a_day_that_is_none_is_refused(self, planning: LiveOffice) -> None:
        body = {"text": TEXT, "effective_from": "2026-02-30"}
        answer = planning.post("/catalogue/versions", body, "planner")

        assert answer.get_json()["errors"][0]["pointer"] == "/effective_from"

    def test_tells_how_complete_it_is(self, planning: LiveOffice) -> None:
        told = planning.get("/catalogue/completeness", "planner").get_json()

        assert 0 < told["percent"] < 100
        assert len(told["incomplete"]) == told["items"] - told["complete_items"]


class TestANotice:
    def test_is_previewed(self, planning: LiveOffice) -> None:
        told = planning.post("/calendar/preview", notice(), "planner").get_json()

        assert {"day": "2027-01-04", "worked": False} in told["days"]
        assert planning.get("/calendar/2027").get_json()["provisional"] is True

    def test_shows_which_due_dates_move(self, planning: LiveOffice) -> None:
        steps = count()
        planning.work(lambda _: next(steps) > 6)
        calendar = planning.get("/calendar/2026").get_json()
        ahead = (planning.clock.now().date() + timedelta(days=at) for at in range(1, 4))
        days = [*calendar["off"], *(day.isoformat() for day in ahead)]
        body = notice(year=2026, off=days, worked=calendar["worked"])

        told = planning.post("/calendar/preview", body, "planner").get_json()
        adopted = planning.post("/calendar/notices", body, "planner")

        assert told["dues"]
        assert all(due["before"] < due["after"] for due in told["dues"])
        assert adopted.status_code == 201, adopted.text
        assert adopted.get_json()["calendar_version"] == told["calendar_version"]

    def test_has_the_running_projects_computed_by_a_job(self, planning: LiveOffice) -> None:
        adopted = planning.post("/calendar/notices", notice(), "planner").get_json()

        waiting = planning.get(adopted["link"].removeprefix("/api/v1"), "planner").get_json()
        planning.parts.jobs.run_next("w")
        done = planning.get(adopted["link"].removeprefix("/api/v1"), "planner").get_json()

        assert (waiting["kind"], waiting["status"], waiting["total"]) == (
            "recompute",
            "queued",
            None,
        )
        assert (done["status"], done["done"], done["total"]) == ("done", 1, 1)

    def test_makes_the_year_final(self, planning: LiveOffice) -> None:
        planning.post("/calendar/notices", notice(), "planner")

        year = planning.get("/calendar/2027").get_json()

        assert (year["provisional"], year["source"]) == (False, "x1")
        assert (year["off"], year["worked"]) == (OFF, ["2027-01-09"])

    def test_is_answered_once_for_a_key(self, planning: LiveOffice) -> None:
        first, again = (
            planning.post("/calendar/notices", notice(), "planner", Idempotency_Key="k1")
            for _ in range(2)
        )

        assert (first.status_code, first.get_json()) == (201, again.get_json())

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"worked": ["2027-01-11"]}, "calendar.bad_notice"),
            ({"year": 2090, "off": [], "worked": []}, "calendar.far_year"),
            ({"year": 2026, "off": BY_LAW, "worked": []}, "calendar.past_days"),
            ({"off": []}, "calendar.worked_holiday"),
        ],
    )
    def test_that_cannot_be_is_refused(
        self, planning: LiveOffice, change: dict[str, object], code: str
    ) -> None:
        answer = planning.post("/calendar/notices", notice(**change), "planner")

        assert (answer.status_code, answer.get_json()["code"]) == (422, code)

    def test_of_a_year_beyond_the_calendar_is_not_found(self, planning: LiveOffice) -> None:
        assert planning.get("/calendar/1900").status_code == 404


class TestKeepers:
    @pytest.mark.parametrize("who", ["owner-a", "agent-1", "window-1", "supervisor-2"])
    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("/catalogue/preview", {"text": "x"}),
            ("/catalogue/versions", {"text": "x", "effective_from": TODAY}),
            ("/calendar/preview", notice()),
            ("/calendar/notices", notice()),
        ],
    )
    def test_alone_may_adjust(
        self, planning: LiveOffice, who: str, path: str, body: dict[str, object]
    ) -> None:
        assert planning.post(path, body, who).status_code == 403

    @pytest.mark.parametrize("path", ["/catalogue/versions", "/catalogue/completeness"])
    def test_alone_may_look_at_versions(self, planning: LiveOffice, path: str) -> None:
        assert planning.get(path, "owner-a").status_code == 403
        assert planning.get(path, "admin").status_code == 200


ADOPTIONS = {
    "catalogue": ("/catalogue/versions", "/catalogue/versions"),
    "calendar": ("/calendar/2026", "/calendar/notices"),
}


def adopting(office: LiveOffice, thing: str, seen: str | None, **headers: str) -> TestResponse:
    """Adopt a thing with what If-Match is to say; None = nothing."""
    body = {"text": TEXT, "effective_from": TODAY} if thing == "catalogue" else notice()
    said = {} if seen is None else {"If-Match": seen}
    given = {"X-Abreast-Persona": "planner", "Idempotency-Key": "k1", **said, **headers}
    return office.client.post(f"{API}{ADOPTIONS[thing][1]}", json=body, headers=given)


@pytest.mark.parametrize("thing", ADOPTIONS)
class TestWhatWasLookedAt:
    def test_must_be_named(self, planning: LiveOffice, thing: str) -> None:
        answer = adopting(planning, thing, None)

        assert (answer.status_code, answer.get_json()["code"]) == (428, "api.match.required")

    def test_may_not_have_changed(self, planning: LiveOffice, thing: str) -> None:
        answer = adopting(planning, thing, '"7"')

        assert answer.status_code == 412
        assert answer.get_json()["params"]["version"] == 0
        assert planning.get(ADOPTIONS[thing][0], "planner").headers["ETag"].startswith('"0-')

    def test_is_adopted_by_its_tag_and_then_stale(self, planning: LiveOffice, thing: str) -> None:
        seen = planning.get(ADOPTIONS[thing][0], "planner").headers["ETag"]

        first = adopting(planning, thing, seen)
        again = adopting(planning, thing, seen)
        late = adopting(planning, thing, seen, **{"Idempotency-Key": "k2"})

        assert (first.status_code, again.status_code) == (201, 201), first.text
        assert late.status_code == 412
