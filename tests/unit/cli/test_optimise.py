"""`abreast optimise`: the best pairs of a real project, classes of a stage, schedules."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from cli.main import run
from engine.clock import PushableClock
from engine.settings import Settings
from tests.support.memory_office import CODE, NOTE, OWNER, answers, load
from wire import assemble
from workflows import commands as c
from workflows.facts import SYSTEM
from workflows.roster import JoinRoster

if TYPE_CHECKING:
    from pathlib import Path

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = f"sqlite:///{tmp_path}/test.db"
    monkeypatch.setenv("ABREAST_DATABASE", path)
    clock = PushableClock(datetime(2026, 3, 2, 1, tzinfo=UTC))
    with closing(assemble(Settings(database=path), clock)) as parts:
        parts.rosters.execute("t1", JoinRoster(agent=load("a", "t1", 0).agent), SYSTEM, "k")
        filing = c.FileProject(
            code=CODE,
            flow=3,
            facts=answers(parts.library.catalogue, 3, approval_catalogue=True),
            township="t1",
            owner="org-1",
            name=NOTE,
        )
        parts.handle.execute(CODE, filing, OWNER, "1")


class TestPairs:
    def test_are_proved_and_stand_beside_every_other_way(self, capsys: Capture) -> None:
        assert run(["optimise", "pairs", CODE, "3", "--json"], {"LANG": "en"}) == 0

        found = json.loads(capsys.readouterr().out)
        ways = found["ways"]
        assert list(ways) == ["one_by_one", "by_lot", "greedy", "best", "rolling", "free"]
        assert (ways["one_by_one"]["days"], ways["best"]["days"]) == (20, 16)
        assert ways["best"]["proved"]
        assert ways["best"]["days"] == sum(each["days"] for each in found["rounds"])
        assert {code for each in found["rounds"] for code in each["items"]} == set(found["starts"])

    @pytest.mark.parametrize(("lang", "words"), [("zh", "已证明最优"), ("en", "proved best")])
    def test_are_told_in_words(self, capsys: Capture, lang: str, words: str) -> None:
        assert run(["optimise", "pairs", CODE, "3", "--lang", lang], {}) == 0

        assert words in capsys.readouterr().out

    def test_says_so_when_nothing_can_be_paired(self, capsys: Capture) -> None:
        assert run(["optimise", "pairs", CODE, "5", "--lang", "en"], {}) == 0

        assert "No pairable item" in capsys.readouterr().out


class TestClasses:
    def test_are_told_with_the_fewest_moves_that_meet_the_limit(self, capsys: Capture) -> None:
        assert run(["optimise", "classes", "2", "--flow", "1", "--json"], {"LANG": "en"}) == 0

        found = json.loads(capsys.readouterr().out)
        moves = [each["item"] for each in found["fewest"]["moves"]]
        assert moves == ["S2-10", "S2-08", "S2-07"]
        assert (found["limit"], found["days"], found["fewest"]["proved"]) == (20, 40, True)

    @pytest.mark.parametrize(
        ("lang", "words"), [("zh", "作这 3 项调整即达到时限"), ("en", "proved: no fewer do")]
    )
    def test_are_told_in_words(self, capsys: Capture, lang: str, words: str) -> None:
        assert run(["optimise", "classes", "2", "--flow", "1", "--lang", lang], {}) == 0

        assert words in capsys.readouterr().out

    def test_are_told_after_moves(self, capsys: Capture) -> None:
        moves = ["--move", "S2-10:free", "--move", "S2-08:free", "--move", "S2-07:free"]

        assert run(["optimise", "classes", "2", "--flow", "1", *moves, "--lang", "en"], {}) == 0

        assert "met as it is" in capsys.readouterr().out

    def test_look_at_a_project(self, capsys: Capture) -> None:
        assert run(["optimise", "classes", "3", "--project", CODE, "--json"], {}) == 0

        found = json.loads(capsys.readouterr().out)
        assert (found["project"], found["flow"]) == (CODE, 3)

    def test_are_told_where_nothing_meets_the_limit(self, capsys: Capture) -> None:
        assert run(["optimise", "classes", "1", "--flow", "6", "--lang", "en"], {}) == 0

        assert "No classes meet the limit" in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ([], "--flow or --project"),
            (["--flow", "1", "--project", CODE], "--flow or --project"),
            (["--flow", "9"], "no flow type 9"),
            (["--flow", "1", "--move", "S2-02:free"], "mandatory parallel"),
            (["--flow", "1", "--move", "S2-02"], "no move"),
        ],
    )
    def test_are_refused_by_name(self, capsys: Capture, given: list[str], words: str) -> None:
        assert run(["optimise", "classes", "2", *given, "--lang", "en"], {}) != 0

        assert words in capsys.readouterr().err


WORKLOAD = """
version = 1
[departments]
housing = 3
[[items]]
code = "a"
days = 3
demand = { housing = 2 }
[[items]]
code = "b"
days = 3
demand = { housing = 2 }
"""


class TestSchedule:
    def test_is_told_with_its_proof(self, tmp_path: Path, capsys: Capture) -> None:
        file = tmp_path / "work.toml"
        file.write_text(WORKLOAD, encoding="utf-8")

        assert run(["optimise", "schedule", str(file), "--json"], {}) == 0

        found = json.loads(capsys.readouterr().out)
        assert (found["days"], found["bound"], found["proved"], found["gap"]) == (6, 6, True, 0.0)
        assert sorted(each["start"] for each in found["items"]) == [0, 3]

    @pytest.mark.parametrize(("lang", "words"), [("zh", "已证明最优"), ("en", "proved best")])
    def test_is_drawn(self, tmp_path: Path, capsys: Capture, lang: str, words: str) -> None:
        file, chart = tmp_path / "work.toml", tmp_path / "work.svg"
        file.write_text(WORKLOAD, encoding="utf-8")

        given = ["optimise", "schedule", str(file), "--svg", str(chart), "--lang", lang]
        assert run(given, {}) == 0

        shown = capsys.readouterr().out
        assert words in shown
        assert "█" in shown
        assert chart.read_text(encoding="utf-8").count("<rect") == 3

    def test_says_the_gap_when_it_may_not_search(self, tmp_path: Path, capsys: Capture) -> None:
        file = tmp_path / "work.toml"
        file.write_text(WORKLOAD, encoding="utf-8")

        given = ["optimise", "schedule", str(file), "--effort", "0", "--lang", "en"]
        assert run(given, {}) == 0

        assert "at most" in capsys.readouterr().out

    def test_refuses_a_broken_file_with_its_line(self, tmp_path: Path, capsys: Capture) -> None:
        file = tmp_path / "work.rcp"
        file.write_text("1 1\n4\n2 x 0\n", encoding="utf-8")

        assert run(["optimise", "schedule", str(file), "--lang", "en"], {}) != 0

        assert "Line 3: x is no whole number" in capsys.readouterr().err
