"""The story of `abreast demo`: one project goes all the way, and its log proves it."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cli import demo
from cli.evidence import Evidence, evidence, figures, play
from cli.example import CODE
from cli.main import run
from engine.settings import Settings

CHINESE = re.compile(r"[\u3400-\u9fff\uff00-\uffef]")
PLAIN = {"NO_COLOR": "1"}
ROOT = Path(__file__).parents[2]
FEWEST_LINES = 5


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the database file after the example was played to its end."""
    file = tmp_path_factory.mktemp("demo") / "demo.db"
    play(Settings(database=f"sqlite:///{file}"), lambda _done: None)
    return file


@pytest.fixture
def file(played: Path, tmp_path: Path) -> Path:
    """Return a copy that a test may spoil."""
    with closing(sqlite3.connect(played)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Path(shutil.copy(played, tmp_path / "demo.db"))


def spoil(file: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        assert connection.execute(statement, values).rowcount == 1


def event(file: Path, kind: str, stage: int) -> tuple[int, str]:
    """Return number and body of the first event of a kind in a stage."""
    query = "SELECT number, body FROM event WHERE stream = ? AND kind = ? AND stage = ? ORDER BY 1"
    with closing(sqlite3.connect(file)) as connection:
        number, body = connection.execute(query, (f"project:{CODE}", kind, stage)).fetchone()
    return number, body


def path(settings: Settings) -> str:
    return settings.database.removeprefix("sqlite:///")


def read(file: Path) -> Evidence:
    return evidence(Settings(database=f"sqlite:///{file}"))


class TestFigures:
    def test_are_those_of_a_whole_journey(self, file: Path) -> None:
        found = figures(read(file))

        assert found == {
            "stages": 4,
            "milestones": [
                {"stage": 1, "date": "2026-03-18"},
                {"stage": 2, "date": "2026-04-13"},
                {"stage": 3, "date": "2026-05-15"},
                {"stage": 4, "date": "2026-06-05"},
            ],
            "items_done": 56,
            "pairs": 10,
            "max_slot_holders": 2,
            "events": found["events"],
            "chain_ok": True,
            "replay_ok": True,
            "completed": True,
        }
        assert read(file).whole

    def test_see_a_corrupted_event(self, file: Path) -> None:
        number, body = event(file, "PairProposed", 1)
        changed = body.replace('"days_saved":10', '"days_saved":11')

        spoil(
            file,
            "UPDATE event SET body = ? WHERE number = ? AND kind = 'PairProposed'",
            changed,
            number,
        )

        found = figures(read(file))
        assert changed != body
        assert (found["chain_ok"], found["replay_ok"]) == (False, False)
        assert not read(file).whole

    def test_see_a_third_slot_holder(self, file: Path) -> None:
        number, body = event(file, "PairStarted", 1)
        tree = json.loads(body)
        tree["tokens"]["put"].append("stage_1/pairs_1/S1_99:slot")

        spoil(
            file,
            "UPDATE event SET body = ? WHERE number = ? AND kind = 'PairStarted'",
            json.dumps(tree, ensure_ascii=False),
            number,
        )

        assert figures(read(file))["max_slot_holders"] == 3
        assert not read(file).whole

    @pytest.mark.parametrize("stage", [1, 4])
    def test_see_a_dropped_milestone(self, file: Path, stage: int) -> None:
        number, _ = event(file, "MilestoneReached", stage)

        spoil(file, "DELETE FROM event WHERE number = ? AND kind = 'MilestoneReached'", number)

        found = figures(read(file))
        assert [m["stage"] for m in found["milestones"]] == [s for s in (1, 2, 3, 4) if s != stage]  # type: ignore[attr-defined]
        assert (found["chain_ok"], found["completed"]) == (False, False)

    def test_see_a_row_that_the_log_does_not_bear_out(self, file: Path) -> None:
        spoil(file, "UPDATE project SET stage = 2 WHERE project = ?", CODE)

        found = figures(read(file))
        assert (found["chain_ok"], found["replay_ok"]) == (True, False)

    def test_see_a_snapshot_of_another_moment(self, file: Path) -> None:
        spoil(file, "UPDATE head SET hash = ? WHERE stream = ?", "0" * 64, f"project:{CODE}")

        assert figures(read(file))["chain_ok"] is False


class TestDemo:
    def test_prints_exactly_one_object(self, capfd: pytest.CaptureFixture[str]) -> None:
        code = run(["demo", "--json"], PLAIN)

        told, complaints = capfd.readouterr()
        assert (code, complaints) == (0, "")
        assert json.loads(told)["completed"] is True
        assert told.count("\n") == 1

    @pytest.mark.parametrize("args", [["demo"], ["demo", "--json"]], ids=" ".join)
    def test_fails_when_the_log_proves_nothing(
        self,
        file: Path,
        args: list[str],
        capfd: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        number, _ = event(file, "MilestoneReached", 2)
        spoil(file, "DELETE FROM event WHERE number = ? AND kind = 'MilestoneReached'", number)
        monkeypatch.setattr(demo, "play", lambda settings, _told: shutil.copy(file, path(settings)))

        code = run(args, PLAIN)

        assert code == 1
        assert capfd.readouterr().err.startswith("错误：")

    def test_tells_the_same_journey_in_english(self, capfd: pytest.CaptureFixture[str]) -> None:
        code = run(["demo", "--lang", "en"], PLAIN)

        told = capfd.readouterr().out
        assert code == 0
        assert CHINESE.findall(told) == []
        assert "Milestone 2026-06-05" in told
        assert max(map(len, told.splitlines())) <= 100

    @pytest.mark.parametrize(
        ("readme", "language"), [("README.md", "en"), ("README.zh-CN.md", "zh-CN")]
    )
    def test_prints_what_the_readme_shows(
        self, readme: str, language: str, capfd: pytest.CaptureFixture[str]
    ) -> None:
        shown = sample((ROOT / readme).read_text(encoding="utf-8"))

        run(["demo", "--lang", language], PLAIN)

        told = {" ".join(line.split()) for line in capfd.readouterr().out.splitlines()}
        assert len(shown) > FEWEST_LINES
        assert [line for line in shown if line not in told] == []


def sample(readme: str) -> list[str]:
    """Return the lines that a README shows of `make demo`, with single spaces."""
    _, _, block = readme.partition("$ make demo")
    lines = block.partition("```")[0].splitlines()[1:]
    return [" ".join(line.split()) for line in lines if line.strip() != "..."]
