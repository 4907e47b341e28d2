"""What a project's page tells of its days, its materials and its history."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.live_office import CODE, LiveOffice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROJECT = f"/projects/{CODE}"


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Iterator[LiveOffice]:
    """Return an office whose one project has its first milestone behind it."""
    office = LiveOffice(tmp_path_factory.mktemp("page"), model=model)
    office.file()
    office.work(lambda seen: seen["units"][0]["stages"][0]["milestone_at"] is not None)
    yield office
    office.close()


def read(office: LiveOffice, path: str, who: str = "owner-a") -> Any:
    """Return what an address answers."""
    answer = office.get(path, who)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


class TestTheClocksLines:
    def test_add_up_to_the_stages_days(self, worked: LiveOffice) -> None:
        clock = read(worked, f"{PROJECT}/clock")
        for stage in clock["stages"]:
            lines = read(worked, f"{PROJECT}/clock/lines?stage={stage['stage']}")["lines"]

            assert sum(line["counted"] for line in lines) == stage["used"]
            assert sum(line["days"] for line in lines) == stage["elapsed"]

    def test_add_up_to_the_projects_days(self, worked: LiveOffice) -> None:
        clock = read(worked, f"{PROJECT}/clock")

        lines = read(worked, f"{PROJECT}/clock/lines")["lines"]

        assert sum(line["counted"] for line in lines) == clock["used"]
        assert [line["total"] for line in lines] == sorted(line["total"] for line in lines)
        assert all(line["text"] for line in lines)

    def test_of_a_stage_that_has_not_opened_are_not_found(self, worked: LiveOffice) -> None:
        answer = worked.get(f"{PROJECT}/clock/lines?stage=4", "owner-a")

        assert answer.status_code == 404

    def test_are_for_nobody_elses_eyes(self, worked: LiveOffice) -> None:
        assert worked.get(f"{PROJECT}/clock/lines", "owner-b").status_code == 404


class TestWhy:
    def test_holds_the_clocks_days_against_the_limit(self, worked: LiveOffice) -> None:
        clock = read(worked, f"{PROJECT}/clock")

        told = read(worked, f"{PROJECT}/why")

        assert f"时钟计 {clock['used']} 个，限 {clock['reading']['limit']} 个" in told["heading"]
        first = clock["stages"][0]
        heading = told["told"][0]["heading"]
        assert f"时钟计 {first['used']} 个，限 {first['reading']['limit']} 个" in heading
        assert CODE not in told["heading"]

    def test_tells_each_stage_with_its_own_sentences(self, worked: LiveOffice) -> None:
        told = read(worked, f"{PROJECT}/why")

        stages = [each["stage"] for each in told["stages"]]
        assert [each["stage"] for each in told["told"]] == stages
        assert sum(len(each["sentences"]) for each in told["told"]) == len(told["links"])


class TestTheMaterials:
    def test_of_a_granted_item_are_not_missing_any_more(self, worked: LiveOffice) -> None:
        seen = read(worked, PROJECT)
        states = {
            item["item"]: item["state"]
            for stage in seen["units"][0]["stages"]
            for item in stage["items"]
        }
        rows = read(worked, f"{PROJECT}/materials")["data"]

        settled = [row for row in rows if {states[each] for each in row["items"]} == {"granted"}]
        assert settled
        assert not [row for row in settled if row["state"] in {"missing", "awaited"}]
        asked = [row for row in rows if "not_open" in {states[each] for each in row["items"]}]
        assert "not_due" in {row["state"] for row in asked}


class TestTheHistory:
    def test_begins_with_the_newest_when_asked(self, worked: LiveOffice) -> None:
        first = read(worked, f"{PROJECT}/events?sort=-number&limit=5")
        last = max(row["number"] for row in read(worked, f"{PROJECT}/events?limit=1000")["data"])

        rest = read(worked, f"{PROJECT}/events?sort=-number&after={first['next']}&limit=1000")

        numbers = [row["number"] for row in first["data"] + rest["data"]]
        assert numbers[0] == last
        assert numbers[-1] == 1
        assert all(later - 1 == earlier for later, earlier in pairwise(numbers))
        assert rest["next"] is None

    def test_names_who_did_it(self, worked: LiveOffice) -> None:
        rows = read(worked, f"{PROJECT}/events?limit=1000")["data"]

        people = [row for row in rows if row["actor"] != "system"]
        assert all(row["actor_name"] for row in people)
        departments = {row["actor"]: row["actor_department"] for row in people}
        of_reviewers = {who: place for who, place in departments.items() if "reviewer" in who}
        assert of_reviewers
        assert all(of_reviewers.values())


class TestWhoIAm:
    @pytest.mark.parametrize(
        ("who", "may"),
        [("owner-a", True), ("window-1", True), ("reviewer-military", False)],
    )
    def test_says_who_may_file(self, worked: LiveOffice, who: str, may: bool) -> None:
        assert ("FileProject" in read(worked, "/people/me", who)["may"]) is may

    def test_says_what_may_be_kept_up_and_read(self, worked: LiveOffice) -> None:
        lead, owner = (set(read(worked, "/people/me", who)["may"]) for who in ("admin", "owner-a"))

        assert {"KeepRoster", "ReadReport"} <= lead
        assert not {"KeepRoster", "ReadReport"} & owner


class TestTheFiling:
    def test_tells_what_to_bring(self, worked: LiveOffice) -> None:
        body = {"flow": 3, "facts": {}}
        found = worked.post("/catalogue/questions", body, "owner-a").get_json()

        for row in found["materials"]:
            assert set(row["items"]) <= set(found["applicable"])
            assert row["name"]["zh"]
        assert len({row["material"] for row in found["materials"]}) == len(found["materials"]) > 0


class TestTheSources:
    def test_name_every_key_that_a_clock_shows(self, worked: LiveOffice) -> None:
        named = {row["code"]: row["name"] for row in read(worked, "/catalogue/sources")["data"]}

        shown = {line["source"] for line in read(worked, f"{PROJECT}/clock/lines")["lines"]}
        for stage in read(worked, PROJECT)["units"][0]["stages"]:
            for item in stage["items"]:
                clock = read(worked, f"{PROJECT}/items/{item['item']}/clock")
                for kind in ("committed", "statutory"):
                    account = clock[kind] or {"lines": [], "reading": {"source": "A"}}
                    shown.add(account["reading"]["source"])
                    shown |= {line["source"] for line in account["lines"]}
        assert {key.split(" ")[0] for key in shown} <= named.keys()
