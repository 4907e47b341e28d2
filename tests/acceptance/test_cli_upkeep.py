"""What an office is set up and kept in order with, by the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.shell import EN, Screen

ROOT = Path(__file__).parents[2]


class TestDefinitions:
    def test_are_built_byte_for_byte_as_committed(self, screen: Screen, tmp_path: Path) -> None:
        code = screen.run("bpmn", "build", "--into", str(tmp_path / "out"))

        built = {file.name: file.read_bytes() for file in (tmp_path / "out").iterdir()}
        shipped = {f.name: f.read_bytes() for f in (ROOT / "bpmn" / "definitions").iterdir()}
        assert code == 0
        assert built == shipped

    def test_are_written_again_only_when_stale(self, screen: Screen, tmp_path: Path) -> None:
        screen.run("bpmn", "build", "--into", str(tmp_path), environ=EN)
        (tmp_path / "stage_3.bpmn").write_bytes(b"old")

        screen.run("bpmn", "build", "--into", str(tmp_path), environ=EN)

        assert screen.out.startswith("Wrote 1 of 10 files")

    def test_are_checked(self, screen: Screen) -> None:
        found = screen.json("bpmn", "check")

        assert (found["ok"], len(found["definitions"])) == (True, 10)

    def test_are_shown(self, screen: Screen) -> None:
        found = screen.json("bpmn", "show", "item_standard")

        assert {"receive", "accept", "review", "decide", "deliver"} <= {
            element["id"] for element in found["elements"]
        }


class TestCatalogue:
    def test_is_in_order_as_shipped(self, screen: Screen) -> None:
        found = screen.json("catalogue", "check")

        assert found["errors"] == 0

    def test_is_refused_with_the_item_and_field(self, screen: Screen, tmp_path: Path) -> None:
        text = (ROOT / "catalogue" / "catalogue.yaml").read_text(encoding="utf-8")
        broken = tmp_path / "catalogue.yaml"
        broken.write_text(text.replace("coupling: pairable", "coupling: sometimes", 1), "utf-8")

        code = screen.run("catalogue", "check", str(broken))

        assert code == 1
        assert "S1-06" in screen.out
        assert "coupling" in screen.out

    def test_lists_the_items_of_a_stage_and_flow(self, screen: Screen) -> None:
        found = screen.json("catalogue", "items", "--stage", "5", "--flow", "3")

        assert [item["code"] for item in found["items"]] == [f"S5-0{n}" for n in range(1, 8)]


@pytest.mark.usefixtures("database")
class TestPeople:
    def test_are_registered_and_get_tokens(self, screen: Screen) -> None:
        added = screen.run(
            "people",
            "add",
            "reviewer-1",
            "--name",
            "示例审查员",
            "--role",
            "reviewer",
            "--department",
            "housing",
        )
        issued = screen.run("token", "create", "reviewer-1", "--days", "1")
        token = screen.out.strip()

        found = screen.json("people", "list")
        assert (added, issued) == (0, 0)
        assert len(token) > 40
        assert [(p["id"], p["department"]) for p in found["people"]] == [("reviewer-1", "housing")]

    def test_join_the_roster_as_agents_once(self, screen: Screen) -> None:
        args = ("people", "add", "a", "--name", "代办员", "--role", "agent", "--township", "T1")

        assert [screen.run(*args), screen.run(*args)] == [0, 0]

    def test_need_a_township_as_agents(self, screen: Screen) -> None:
        code = screen.run("people", "add", "a", "--name", "代办员", "--role", "agent")

        assert (code, "--township" in screen.err) == (1, True)

    def test_need_a_department_that_there_is(self, screen: Screen) -> None:
        code = screen.run(
            "people", "add", "r", "--name", "审查员", "--role", "reviewer", "--department", "moon"
        )

        assert (code, "moon" in screen.err) == (1, True)


@pytest.mark.usefixtures("database")
class TestUpkeep:
    def test_upgrades_once(self, screen: Screen) -> None:
        first = screen.json("db", "upgrade")
        second = screen.json("db", "upgrade")

        assert first["before"] is None
        assert second["before"] == second["after"] == first["after"]

    def test_doctor_says_what_is_there(self, screen: Screen, database: Path) -> None:
        found = screen.json("doctor")

        states = {check["name"]: check["state"] for check in found["checks"]}
        assert found["ok"] is True
        assert states["database"] == "note"
        assert not database.exists()

    def test_doctor_looks_into_an_existing_database(self, screen: Screen) -> None:
        screen.run("db", "upgrade")

        found = screen.json("doctor")

        assert {c["name"]: c["state"] for c in found["checks"]}["database"] == "ok"

    def test_doctor_knows_the_real_installation(self, screen: Screen) -> None:
        found = screen.json("doctor")

        libraries = next(check for check in found["checks"] if check["name"] == "libraries")
        assert (libraries["state"], libraries["wrong"]) == ("ok", [])
        assert screen.run("doctor") == 0

    def test_doctor_fails_on_a_setting_that_cannot_be_used(
        self, screen: Screen, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ABREAST_THREADS", "0")

        found = screen.json("doctor")

        assert found["ok"] is False

    def test_lists_nothing_of_an_empty_office(self, screen: Screen) -> None:
        assert screen.json("project", "list") == {"projects": []}
