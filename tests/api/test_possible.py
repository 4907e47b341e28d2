from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from api.schemas.possible import DesksSchema, IntakeSchema, VisitsSchema, WaysSchema
from tests.support.live_office import CODE, LiveOffice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROJECT = f"/projects/{CODE}"


@pytest.fixture
def unfiled(tmp_path: Path, model: Path) -> Iterator[LiveOffice]:
    """Open an office whose project waits for the joint application of stage 1."""
    opened = LiveOffice(tmp_path, model=model)
    opened.file(flow=1, seed=7)
    yield opened
    opened.close()


@pytest.fixture
def office(unfiled: LiveOffice) -> LiveOffice:
    """Have stage 1 filed."""
    unfiled.post(f"{PROJECT}/stages/1/file", {}, "owner-a")
    return unfiled


def read(office: LiveOffice, path: str, who: str = "agent-1") -> dict[str, Any]:
    found: dict[str, Any] = office.get(path, who).get_json()
    return found


def wanted(office: LiveOffice) -> str:
    """Return a pairable item that nobody has filed."""
    matrix = read(office, f"{PROJECT}/stages/1/pairs/candidates")
    code: str = next(each["item"] for each in matrix["items"] if each["ready"])
    return code


class TestTheIntake:
    def test_is_what_the_contract_says(self, unfiled: LiveOffice) -> None:
        assert IntakeSchema().validate(read(unfiled, f"{PROJECT}/stages/1/intake")) == {}

    def test_lists_what_the_filing_then_files_and_holds(self, unfiled: LiveOffice) -> None:
        told = read(unfiled, f"{PROJECT}/stages/1/intake", "owner-a")

        events = unfiled.post(f"{PROJECT}/stages/1/file", {}, "owner-a").get_json()["events"]
        body = next(each["body"] for each in events if each["kind"] == "StageFiled")
        filed = [each["item"] for each in told["items"] if not each["held"]]
        held = [each["item"] for each in told["items"] if each["held"]]
        assert filed == [each["item"] for each in body["filings"]]
        assert held == [each["item"] for each in body["held"]]
        assert told["materials"]

    def test_is_refused_once_it_is_filed(self, office: LiveOffice) -> None:
        answer = office.get(f"{PROJECT}/stages/1/intake", "owner-a")

        assert answer.status_code == 409
        assert answer.get_json()["code"] == "stage.filed"


class TestTheWays:
    def test_are_what_the_contract_says(self, office: LiveOffice) -> None:
        assert WaysSchema().validate(read(office, f"{PROJECT}/items/{wanted(office)}/ways")) == {}

    def test_let_an_agent_file_what_is_wanted(self, office: LiveOffice) -> None:
        assert read(office, f"{PROJECT}/items/{wanted(office)}/ways")["file"]

    def test_let_nobody_do_what_the_command_would_refuse(self, office: LiveOffice) -> None:
        item = wanted(office)
        told = read(office, f"{PROJECT}/items/{item}/ways", "reviewer-housing")

        assert not told["file"]
        assert (
            office.post(f"{PROJECT}/items/{item}/file", {}, "reviewer-housing").status_code == 403
        )

    def test_refuse_an_unknown_item(self, office: LiveOffice) -> None:
        assert office.get(f"{PROJECT}/items/S9-99/ways", "agent-1").status_code == 404


class TestTheVisits:
    def test_are_what_the_contract_says(self, office: LiveOffice) -> None:
        assert VisitsSchema().validate(read(office, f"{PROJECT}/visits")) == {}


class TestTheDesks:
    def test_are_what_the_contract_says(self, office: LiveOffice) -> None:
        found = read(office, "/pairing-desks")

        assert DesksSchema().validate(found) == {}
        assert [(each["project"], each["stage"]) for each in found["data"]] == [(CODE, 1)]
        assert found["data"][0]["ready"] > 0

    def test_count_what_the_matrix_shows(self, office: LiveOffice) -> None:
        matrix = read(office, f"{PROJECT}/stages/1/pairs/candidates")

        desk = read(office, f"/pairing-desks?project={CODE}", "owner-a")["data"][0]

        assert desk["candidates"] == sum(each["candidate"] for each in matrix["items"])
        assert desk["pairs"] == sum(each["legal"] for each in matrix["pairs"])
        assert desk["ready"] == sum(each["ready"] for each in matrix["pairs"])

    def test_are_nobodys_who_pushes_no_project(self, office: LiveOffice) -> None:
        assert read(office, "/pairing-desks", "stage-lead")["data"] == []
