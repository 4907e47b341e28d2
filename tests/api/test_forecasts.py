"""Forecasts over HTTP: what they say of a project, and who may read how often they held."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from analysis.expected import LEVELS, Expected, Goal, Target
from engine.forecasts import FORECAST
from engine.store import forecasts
from engine.store.queries import Person
from tests.support.forecasts import LEARNED
from tests.support.live_office import CODE
from workflows.facts import Role

if TYPE_CHECKING:
    from tests.support.live_office import LiveOffice

WHOLE = Target(stage=0, unit=0, goal=Goal.PROJECT)


def make(office: LiveOffice) -> None:
    """Have the worker make forecasts, as it does once a day."""
    office.parts.jobs.enqueue(FORECAST, {})
    office.parts.jobs.run_next("w")


def read(office: LiveOffice, who: str = "owner-a") -> dict[str, Any]:
    answer = office.get(f"/projects/{CODE}/forecast", who)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def learn(office: LiveOffice) -> None:
    with office.parts.new_uow() as uow:
        uow.begin()
        forecasts.put_calibration(uow.connection, office.clock.now(), LEARNED)
        uow.commit()


@pytest.fixture
def planner(office: LiveOffice) -> LiveOffice:
    office.people.put(Person(id="planner", name="p", roles=frozenset({Role.PLANNER})))
    return office


class TestForecast:
    def test_says_when_each_goal_is_expected(self, filed: LiveOffice) -> None:
        make(filed)

        found = read(filed)

        goals = [(each["kind"], each["stage"]) for each in found["milestones"]]
        assert {("milestone", 1), ("milestone", 4), ("stage", 1), ("project", 0)} <= set(goals)
        assert found["as_of"] is not None
        assert (found["stale"], found["calibration"]) == (False, None)
        days = [each["days"] for each in found["milestones"]]
        assert all(0 < each["p50"] <= each["p80"] <= each["p95"] for each in days)
        assert days == sorted(days, key=lambda each: each["p50"])
        first = found["milestones"][0]
        assert first["name"]["zh"]
        assert "2026-03-02" < first["dates"]["p50"] <= first["dates"]["p95"]

    def test_says_nothing_before_the_first_was_made(self, filed: LiveOffice) -> None:
        found = read(filed)

        assert (found["as_of"], found["milestones"]) == (None, [])

    def test_is_stale_once_something_happened_since(self, filed: LiveOffice) -> None:
        make(filed)

        filed.post(f"/projects/{CODE}/stages/1/file", {}, "owner-a")

        assert read(filed)["stale"]

    def test_is_stale_when_it_is_old(self, filed: LiveOffice) -> None:
        make(filed)

        filed.clock.push(timedelta(days=3))

        assert read(filed)["stale"]

    def test_comes_nearer_with_what_is_done(self, filed: LiveOffice) -> None:
        make(filed)
        before = read(filed)["milestones"][-1]["days"]["p50"]
        filed.work(until=lambda seen: seen["units"][0]["stages"][0]["milestone_at"] is not None)

        make(filed)

        found = read(filed)
        assert ("milestone", 1) not in [(e["kind"], e["stage"]) for e in found["milestones"]]
        assert found["milestones"][-1]["days"]["p50"] < before

    def test_says_what_it_was_adjusted_by(self, filed: LiveOffice) -> None:
        learn(filed)

        make(filed)

        assert read(filed)["calibration"] == {
            "fitted_from": "2024-01-08",
            "fitted_until": "2026-02-27",
            "forecasts": 5210,
        }

    def test_is_for_those_who_see_the_project(self, filed: LiveOffice) -> None:
        assert filed.get(f"/projects/{CODE}/forecast", "owner-b").status_code == 404

    def test_says_nothing_of_a_project_that_was_given_up(self, filed: LiveOffice) -> None:
        make(filed)

        filed.post(f"/projects/{CODE}/withdraw", {"reason": "不建了"}, "owner-a")

        assert read(filed)["milestones"] == []


class TestTheList:
    def test_says_when_the_running_projects_will_be_done(self, filed: LiveOffice) -> None:
        other = CODE[:-1] + "9"
        filed.file(code=other)
        make(filed)
        filed.clock.push(timedelta(days=8))
        make(filed)
        filed.post(f"/projects/{other}/withdraw", {"reason": "不建了"}, "owner-a")

        (line,) = filed.get("/forecasts").get_json()["data"]

        end = read(filed)["milestones"][-1]
        assert (line["code"], line["township"], line["stage"]) == (CODE, "T1", 1)
        assert {key: line[key] for key in ("p50", "p80", "p95")} == end["dates"]
        assert line["name"]

    def test_shows_only_what_the_sender_sees(self, filed: LiveOffice) -> None:
        make(filed)

        assert filed.get("/forecasts", "owner-b").get_json()["data"] == []


class TestThePublicPage:
    def test_says_when_a_project_will_be_done_once_that_is_known(self, filed: LiveOffice) -> None:
        before = filed.client.get(f"/api/v1/public/projects/{CODE}").get_json()
        silent = filed.client.get(f"/projects/{CODE}?lang=en").text
        make(filed)

        told = filed.client.get(f"/api/v1/public/projects/{CODE}").get_json()
        page = filed.client.get(f"/projects/{CODE}?lang=en").text

        assert before["expected"] is None
        assert "Expected to be done" not in silent
        assert told["expected"] == read(filed)["milestones"][-1]["dates"]
        assert f"Expected to be done on {told['expected']['p50']}" in page


class TestCalibration:
    def test_tells_how_past_forecasts_held(self, planner: LiveOffice) -> None:
        learn(planner)

        found = planner.get("/reports/calibration", "planner").get_json()

        assert (found["fitted_from"], found["fitted_until"]) == ("2024-01-08", "2025-07-01")
        (line,) = found["replayed"]
        assert (line["kind"], line["forecasts"], line["open"]) == ("all", 4000, 12)
        assert [each["nominal"] for each in line["levels"]] == list(LEVELS)
        assert found["told"] == []

    def test_tells_how_often_people_were_told_the_truth(self, planner: LiveOffice) -> None:
        planner.file()
        make(planner)
        planner.clock.push(timedelta(days=900))

        found = planner.get("/reports/calibration", "planner").get_json()

        assert (found["as_of"], found["replayed"]) == (None, [])
        whole = found["told"][0]
        assert whole["kind"] == "all"
        assert whole["open"] == whole["forecasts"] > 0
        assert [each["observed"] for each in whole["levels"]] == [0.0, 0.0, 0.0]
        assert whole["levels"][0]["low"] is None

    def test_is_for_those_who_read_reports(self, planner: LiveOffice) -> None:
        assert planner.get("/reports/calibration", "owner-a").status_code == 403
        assert planner.get("/reports/calibration", "planner").status_code == 200


class TestKeeping:
    def test_keeps_the_last_of_a_week_and_counts_the_first_week_of_a_month(
        self, office: LiveOffice
    ) -> None:
        told = [Expected(project=name, target=WHOLE, at=(1, 2, 3)) for name in ("a", "b")]
        at = office.clock.now()

        for days, some in ((0, told), (1, told[:1]), (7, told[:1])):
            day = date(2026, 3, 2) + timedelta(days=days)
            with office.parts.new_uow() as uow:
                uow.begin()
                when = at + timedelta(days=days)
                forecasts.put(uow.connection, when, day, some, {"a": 5, "b": 6})
                uow.commit()

        with office.parts.new_uow() as uow:
            kept = forecasts.monthly(uow.connection)
            newest = forecasts.of_project(uow.connection, "a")
        assert [(e.expected.project, (e.made_at - at).days) for e in kept] == [("a", 1), ("b", 0)]
        assert [(each.made_at - at).days for each in newest] == [7]
