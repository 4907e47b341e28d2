from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.live_office import CODE, LiveOffice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REPORTS = (
    *("bottlenecks", "pairs", "agents", "heat", "cases"),
    *("figures", "attempts", "gates", "causes"),
)
PARTS = {"documents", "filing", "intake", "queue", "work", "delivery"}


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Iterator[LiveOffice]:
    """Return an office whose one project, of township T1, has its first milestone behind it."""
    office = LiveOffice(tmp_path_factory.mktemp("worked"), model=model)
    office.file()
    office.work(lambda seen: seen["units"][0]["stages"][0]["milestone_at"] is not None)
    yield office
    office.close()


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Iterator[LiveOffice]:
    """Return an office whose one project has waited two days for its first joint application."""
    office = LiveOffice(tmp_path_factory.mktemp("waiting"), model=model)
    office.file()
    office.clock.push(timedelta(days=2))
    yield office
    office.close()


def told(office: LiveOffice, report: str, who: str = "admin") -> dict[str, Any]:
    answer = office.get(f"/reports/{report}", who)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


class TestBottlenecks:
    def test_tells_where_the_days_go(self, worked: LiveOffice) -> None:
        found = told(worked, "bottlenecks")

        whole = found["whole"]
        assert found["projects"] == 1
        assert whole["ended"] > 0
        assert abs(sum(whole["days"].values()) - whole["elapsed_days"]) < 1e-9
        assert set(whole["days"]) >= PARTS
        assert sum(line["attempts"] for line in found["departments"]) == whole["attempts"]
        assert all(line["name"]["zh"] for line in found["departments"])
        assert [gate["stage"] for gate in found["gates"]][:1] == [1]

    def test_says_that_one_project_resolves_nothing(self, worked: LiveOffice) -> None:
        found = told(worked, "bottlenecks")

        assert found["path"]["causes"]
        assert (found["path"]["resolved"], found["path"]["first"]) == (0, None)

    def test_chooses_by_day(self, worked: LiveOffice) -> None:
        found = told(worked, "bottlenecks?since=2030-01-01")

        assert (found["projects"], found["whole"]["attempts"]) == (0, 0)

    @pytest.mark.parametrize("report", ["bottlenecks", "agents", "heat", "cases"])
    def test_shows_a_supervisor_their_township_only(self, worked: LiveOffice, report: str) -> None:
        answer = worked.get(f"/reports/{report}?township=T1", "supervisor-2")

        assert told(worked, report, "supervisor-2") != told(worked, report)
        assert (answer.status_code, answer.get_json()["code"]) == (403, "access.not_allowed")

    @pytest.mark.parametrize("who", ["owner-a", "agent-1", "window-1"])
    @pytest.mark.parametrize("report", [*REPORTS, "monthly?month=2026-03"])
    def test_is_not_for_others(self, worked: LiveOffice, report: str, who: str) -> None:
        answer = worked.get(f"/reports/{report}", who)

        assert (answer.status_code, answer.get_json()["code"]) == (403, "access.not_allowed")


class TestHeat:
    def test_names_elements_of_the_diagrams(self, worked: LiveOffice) -> None:
        found = told(worked, "heat")["elements"]

        diagram = worked.get("/definitions/stage_1").text
        first = [each for each in found if each["process"] == "stage_1"]
        assert max(each["heat"] for each in first) == 1.0
        assert all(each["element"] in diagram for each in first)

    def test_names_the_steps_within_the_items(self, worked: LiveOffice) -> None:
        found = told(worked, "heat")["steps"]

        kinds = {
            each["process"]: worked.get(f"/definitions/{each['process']}").text for each in found
        }
        assert all(f'id="{each["element"]}"' in kinds[each["process"]] for each in found)
        for item in {each["item"] for each in found}:
            assert max(each["heat"] for each in found if each["item"] == item) in {0.0, 1.0}


class TestCases:
    def test_leads_to_the_attempts(self, worked: LiveOffice) -> None:
        whole = told(worked, "bottlenecks")["departments"][0]

        found = told(worked, f"cases?department={whole['key']}")["cases"]

        assert len(found) == whole["attempts"]
        assert {line["department"] for line in found} == {whole["key"]}
        for line in found:
            assert abs(sum(line["parts"].values()) - line["days"]) < 1e-9


class TestTheLeague:
    def test_has_the_figures_of_the_report(self, worked: LiveOffice) -> None:
        report = told(worked, "bottlenecks")

        for dimension in ("department", "stage", "flow", "item", "township", "agent"):
            found = told(worked, f"figures?by={dimension}")["data"]
            alike = [{**line, "name": None} for line in found]
            assert alike == [{**line, "name": None} for line in report[f"{dimension}s"]]

    def test_is_sorted_as_asked_and_saved_so(self, worked: LiveOffice) -> None:
        found = told(worked, "figures?sort=-lost_days")["data"]
        file = worked.get(
            "/reports/figures/export/csv?sort=-lost_days&fields=key,lost_days", "admin"
        )

        lost = [line["lost_days"] for line in found]
        assert lost == sorted(lost, reverse=True)
        rows = [row.split(",")[0] for row in file.text.splitlines()[1:]]
        assert rows == [line["key"] for line in found]

    def test_tells_the_days_in_nobodys_hand(self, worked: LiveOffice) -> None:
        for line in told(worked, "figures")["data"]:
            assert abs(line["lost_days"] - line["attempts"] * line["days"]["queue"]) < 1e-9

    def test_lists_the_gates_with_the_names_of_stages_and_items(self, worked: LiveOffice) -> None:
        report = told(worked, "bottlenecks")["gates"]
        found = told(worked, "gates")["data"]
        file = worked.get("/reports/gates/export/csv?sort=-closed", "admin").text

        figures = ("stage", "milestone", "item", "closed", "credit_days")
        assert [[line[name] for name in figures] for line in found] == [
            [line[name] for name in figures] for line in report
        ]
        assert [line["closings"] for line in found] == [line["of"] for line in report]
        assert all(line["stage_name"]["en"] and line["item_name"]["zh"] for line in found)
        assert found[0]["item_name"]["zh"] in file
        assert len(file.splitlines()) == len(found) + 1

    def test_lists_the_causes_in_words(self, worked: LiveOffice) -> None:
        report = told(worked, "bottlenecks")["path"]["causes"]
        found = told(worked, "causes")["data"]
        file = worked.get("/reports/causes/export/xlsx", "admin")

        assert [{"kind": line["kind"], "key": line["key"]} for line in found] == [
            line["cause"] for line in report
        ]
        assert [line["days"] for line in found] == [line["days"] for line in report]
        assert [line["place"] for line in found] == [*range(1, len(found) + 1)]
        assert all(line["text"]["zh"] and line["text"]["en"] for line in found)
        assert file.data.startswith(b"PK")

    def test_lists_both_of_the_period_asked_for(self, worked: LiveOffice) -> None:
        assert told(worked, "gates?until=2010-01-01")["data"] == []
        assert told(worked, "gates?township=nowhere")["data"] == []
        none = told(worked, "causes?until=2010-01-01")["data"]
        assert {line["days"] for line in none} <= {0.0}

    def test_turns_the_pages_of_the_cases(self, worked: LiveOffice) -> None:
        whole = told(worked, "attempts?limit=200")["data"]
        first = told(worked, "attempts?limit=2")
        second = told(worked, f"attempts?limit=2&cursor={first['next']}")

        assert first["data"] + second["data"] == whole[:4]
        assert whole[0]["days"] == max(line["days"] for line in whole)
        assert all(line["name"] for line in whole)


class TestComparison:
    def test_refuses_a_day_too_near_to_now(self, worked: LiveOffice) -> None:
        answer = worked.get("/reports/comparison?split=2026-12-01")

        assert (answer.status_code, answer.get_json()["code"]) == (422, "time.too_near")


class TestWhy:
    def test_is_told_in_both_languages(self, worked: LiveOffice) -> None:
        zh = worked.get(f"/projects/{CODE}/why", "owner-a").get_json()
        en = worked.get(f"/projects/{CODE}/why", "owner-a", Accept_Language="en").get_json()

        assert len(zh["sentences"]) == len(en["sentences"]) > 2
        assert "第 1 阶段" in zh["sentences"][1]
        assert "Stage 1" in en["sentences"][1]
        assert abs(sum(link["days"] for link in zh["links"]) - zh["days"]) < 1e-9
        assert zh["links"][-1]["reason"] == "closes"

    def test_is_not_for_strangers(self, worked: LiveOffice) -> None:
        answer = worked.get(f"/projects/{CODE}/why", "owner-b")

        assert (answer.status_code, answer.get_json()["code"]) == (404, "project.unknown")


class TestAnOfficeWhoseFirstApplicationIsToCome:
    def test_says_what_the_project_waits_for(self, waiting: LiveOffice) -> None:
        answer = waiting.get(f"/projects/{CODE}/why", "owner-a")

        assert answer.status_code == 200
        (link,) = answer.get_json()["links"]
        assert (link["reason"], link["item"]) == ("idle", None)
        assert link["days"] == link["parts"]["filing"] > 0

    @pytest.mark.parametrize("report", [*REPORTS, "calibration", "backdating"])
    def test_has_every_report(self, waiting: LiveOffice, report: str) -> None:
        assert told(waiting, report)


class TestMonthly:
    def test_is_a_page_to_be_printed(self, worked: LiveOffice) -> None:
        answer = worked.get("/reports/monthly?month=2026-03")

        assert answer.mimetype == "text/html"
        assert "并联审批月报 2026-03" in answer.text
        assert "@page" in answer.text
        assert "<script" not in answer.text

    def test_refuses_what_is_no_month(self, worked: LiveOffice) -> None:
        assert worked.get("/reports/monthly?month=2026-13").status_code == 422
