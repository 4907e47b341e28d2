"""`abreast simulate`: scenarios by file and by name, compared, ranked and drawn."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cli.main import run
from engine.settings import Settings
from engine.store.naming import Kind, Named
from wire import assemble
from workflows.catalogue.values import Name

Capture = pytest.CaptureFixture[str]
ZH, EN = {"LANG": "zh_CN.UTF-8"}, {"LANG": "en"}
FEW = 'version = 1\nname = "few"\nbase = "one_by_one"\n[arrivals]\nprojects = 30\nwarm_up = 5\n'


@pytest.fixture(autouse=True)
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    database = f"sqlite:///{tmp_path}/test.db"
    monkeypatch.setenv("ABREAST_DATABASE", database)
    return database


@pytest.fixture
def few(tmp_path: Path) -> str:
    file = tmp_path / "few.toml"
    file.write_text(FEW, encoding="utf-8")
    return str(file)


def told(capture: Capture, *args: str) -> Any:
    assert run(["simulate", *args, "--json"], EN) == 0
    return json.loads(capture.readouterr().out)


class TestSimulate:
    def test_compares_two_scenarios_with_bounds(self, few: str, capsys: Capture) -> None:
        found = told(capsys, few, "--compare", "rolling", "--replications", "8")

        days = found["differences"][0]
        assert (days["figure"], found["replications"]) == ("days", 8)
        assert days["low"] < days["moved"] < days["high"]
        assert found["assumptions"]["after"]["pairing.mode"] == "rolling"

    @pytest.mark.parametrize(("environ", "word"), [(ZH, "项目全程平均天数"), (EN, "Mean days")])
    def test_says_it_in_both_languages(
        self, few: str, environ: dict[str, str], word: str, capsys: Capture
    ) -> None:
        asked = ["simulate", few, "--compare", "rolling", "--replications", "5"]

        assert run(asked, environ) == 0

        assert word in capsys.readouterr().out

    def test_ranks_what_changes_would_bring(self, few: str, capsys: Capture) -> None:
        found = told(capsys, few, "--sensitivity", "--replications", "5")["levers"]

        assert found[0]["moved"] == min(each["moved"] for each in found)
        assert {each["sure"] for each in found} <= {True, False}

    def test_draws_the_family(self, few: str, tmp_path: Path, capsys: Capture) -> None:
        chart = tmp_path / "chart.svg"

        found = told(capsys, few, "--family", "--replications", "5", "--svg", str(chart))

        assert len(found["scenarios"]) == 5
        assert "All free" in chart.read_text(encoding="utf-8")

    def test_draws_what_the_table_says(self, few: str, tmp_path: Path, capsys: Capture) -> None:
        chart = tmp_path / "chart.svg"

        found = told(capsys, few, "--compare", "rolling", "--half-width", "9", "--svg", str(chart))

        days = found["differences"][0]
        drawn = chart.read_text(encoding="utf-8")
        assert f">{days['before']:.1f}<" in drawn
        assert f">{days['after']:.1f}<" in drawn
        assert "Rolling pairs" in drawn

    @pytest.mark.parametrize(("wanted", "said"), [("0.001", True), ("99", False)])
    def test_says_when_the_interval_is_wider_than_wanted(
        self, few: str, wanted: str, *, said: bool, capsys: Capture
    ) -> None:
        asked = ["simulate", few, "--compare", "rolling", "--replications", "22"]

        assert run([*asked, "--half-width", wanted], EN) == 0

        assert ("not enough for the wanted" in capsys.readouterr().out) is said

    def test_keeps_all_of_a_scenario_but_its_pairs_in_its_family(
        self, tmp_path: Path, capsys: Capture
    ) -> None:
        file = tmp_path / "own.toml"
        file.write_text(
            FEW.replace('base = "one_by_one"\n', 'priority = "milestone"\npark_after = 3\n')
            + '[catalogue]\ndropped = ["S1-15"]\ncouplings = { "S2-03" = "pairable" }\n',
            encoding="utf-8",
        )

        found = told(capsys, str(file), "--family", "--replications", "5")

        for one in found["scenarios"]:
            supposed = one["assumptions"]
            assert supposed["edits.dropped"] == "S1-15"
            assert supposed["priority"] == "milestone"
            assert supposed["park_after"] == "3"
            free = one["name"] == "all_free"
            assert supposed["edits.couplings.S2-03"] == ("free" if free else "pairable")

    def test_lists_what_a_ranking_supposes(self, few: str, capsys: Capture) -> None:
        found = told(capsys, few, "--sensitivity", "--replications", "5")

        assert (found["scenario"], found["replications"]) == ("few", 5)
        assert found["assumptions"]["arrivals.projects"] == "30"

    def test_calls_things_by_their_names(self, few: str, capsys: Capture) -> None:
        assert run(["simulate", few, "--sensitivity", "--replications", "5"], ZH) == 0
        ranked = capsys.readouterr().out
        slow = few.replace("few.toml", "slow.toml")
        Path(slow).write_text(FEW + "[departments.housing]\nreviewers = 1\n", encoding="utf-8")

        assert run(["simulate", few, "--compare", slow, "--replications", "6"], ZH) == 0

        said = capsys.readouterr().out
        assert "部门排队：住房" in said
        assert "housing" not in said + ranked

    def test_calls_townships_by_their_names(
        self, tmp_path: Path, office: str, capsys: Capture
    ) -> None:
        with closing(assemble(Settings(database=office))) as parts:
            town = Name(zh="河东镇", en="East Bank")
            parts.naming.put(Named(kind=Kind.TOWNSHIP, code="t1", name=town))
        files = tmp_path / "few.toml", tmp_path / "slow.toml"
        files[0].write_text(FEW + '[arrivals.townships]\n"t1" = 1\n', encoding="utf-8")
        slow = FEW + '[service]\nshare = 3\n[arrivals.townships]\n"t1" = 1\n'
        files[1].write_text(slow, encoding="utf-8")

        asked = ["simulate", str(files[0]), "--compare", str(files[1]), "--replications", "6"]
        assert run(asked, ZH) == 0

        assert "乡镇：河东镇" in capsys.readouterr().out

    def test_warns_of_what_the_law_stands_against(
        self, few: str, tmp_path: Path, capsys: Capture
    ) -> None:
        file = tmp_path / "bold.toml"
        file.write_text(
            'version = 1\nname = "bold"\n[catalogue.couplings]\n"S1-08" = "free"\n',
            encoding="utf-8",
        )

        assert run(["simulate", few, "--compare", str(file), "--replications", "5"], ZH) == 0

        assert "注意（bold）" in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("content", "word"),
        [
            ('[catalogue]\ndropped = ["S1-05"]\n', "S1-08"),
            ("[departments.housing]\nreviewers = 0\n", "no reviewers"),
            ('[catalogue.couplings]\n"S9-01" = "free"\n', "S9-01"),
        ],
    )
    def test_refuses_a_contradiction_with_its_reason(
        self, content: str, word: str, tmp_path: Path, capsys: Capture
    ) -> None:
        file = tmp_path / "bad.toml"
        file.write_text('version = 1\nname = "bad"\n' + content, encoding="utf-8")

        assert run(["simulate", str(file)], EN) == 1

        assert word in capsys.readouterr().err
