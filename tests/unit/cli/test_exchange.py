"""`abreast export` and `abreast import log`."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from cli.main import run
from engine.clock import PushableClock
from engine.settings import Settings
from exchange import facts_file
from exchange.case_log import case_of_trace
from exchange.xes import read
from tests.support.foreign_logs import permits, table, xes
from tests.support.memory_office import CODE, NOTE, OWNER, WINDOW, answers, load
from wire import assemble
from workflows import commands as c
from workflows.facts import SYSTEM
from workflows.item_runs import case_of
from workflows.roster import JoinRoster

if TYPE_CHECKING:
    from pathlib import Path

    from workflows.item_runs import Case

Capture = pytest.CaptureFixture[str]
START = datetime(2026, 3, 2, 1, tzinfo=UTC)


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    """Keep an office in which one project has begun; return its facts."""
    path = f"sqlite:///{tmp_path}/test.db"
    monkeypatch.setenv("ABREAST_DATABASE", path)
    with closing(assemble(Settings(database=path), PushableClock(START))) as parts:
        parts.rosters.execute("t1", JoinRoster(agent=load("a", "t1", 0).agent), SYSTEM, "k")
        facts = answers(parts.library.catalogue, 3, approval_catalogue=True)
        filing = c.FileProject(
            code=CODE, flow=3, facts=facts, township="t1", owner="org-1", name=NOTE
        )
        received = c.CompleteStep(item="S1-04", attempt=1, step="receive", outcome="received")
        parts.handle.execute(CODE, filing, OWNER, "1")
        parts.handle.execute(CODE, c.FileStage(stage=1), OWNER, "2")
        parts.handle.execute(CODE, received, WINDOW, "3")
        return case_of(parts.handle.project(CODE), parts.library.catalogue)


def said(capture: Capture) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capture.readouterr().out)
    return found


class TestExport:
    def test_writes_a_log_that_tells_the_facts(self, live: Case, tmp_path: Path) -> None:
        out = tmp_path / "log.xes"

        assert run(["export", "log", "--out", str(out)], {}) == 0

        with out.open("rb") as file:
            assert [case_of_trace(trace) for trace in read(file)] == [live]

    @pytest.mark.parametrize(
        ("kind", "name"),
        [("ocel", "a.json"), ("ocel", "a.sqlite"), ("national", "a.zip"), ("national", "a.sql")],
    )
    @pytest.mark.usefixtures("live")
    def test_writes_one_file_and_leaves_nothing_else(
        self, tmp_path: Path, kind: str, name: str
    ) -> None:
        folder = tmp_path / "out"
        folder.mkdir()

        assert run(["export", kind, "--project", CODE, "--out", str(folder / name)], {}) == 0

        assert [file.name for file in folder.iterdir()] == [name]

    @pytest.mark.usefixtures("live")
    def test_does_not_overwrite(self, tmp_path: Path, capsys: Capture) -> None:
        out = tmp_path / "log.xes"
        out.write_text("mine", encoding="utf-8")

        assert run(["export", "log", "--out", str(out)], {}) == 1

        assert out.read_text(encoding="utf-8") == "mine"
        assert "不覆盖" in capsys.readouterr().err

    @pytest.mark.usefixtures("live")
    def test_refuses_an_ending_that_it_cannot_write(self, tmp_path: Path) -> None:
        assert run(["export", "ocel", "--out", str(tmp_path / "a.xlsx")], {}) == 1

    @pytest.mark.usefixtures("live")
    def test_leaves_nothing_of_a_project_that_is_not_there(self, tmp_path: Path) -> None:
        folder = tmp_path / "out"
        folder.mkdir()

        code = run(["export", "log", "--project", "nobody", "--out", str(folder / "a.xes")], {})

        assert code == 1
        assert list(folder.iterdir()) == []


class TestImport:
    def test_reports_on_a_foreign_log(self, tmp_path: Path, capsys: Capture) -> None:
        file = tmp_path / "log.xes"
        file.write_bytes(xes(permits(400)))

        assert run(["import", "log", str(file), "--json"], {}) == 0

        found = said(capsys)
        assert found["events"] == {"told": 400, "used": 400}
        assert found["report"]["whole"]["ended"] == 400
        assert {each["reason"] for each in found["noted"]} >= {"start_missing", "case_end_assumed"}
        assert found["log"]["variants"] == found["cases"]

    def test_shows_it_in_words(self, tmp_path: Path, capsys: Capture) -> None:
        file = tmp_path / "log.csv"
        file.write_bytes(table(permits(100)))

        assert run(["import", "log", str(file)], {}) == 0

        shown = capsys.readouterr().out
        assert "100 个事件，用上 100 个" in shown
        assert "没有开始时间" in shown

    def test_keeps_the_facts(self, tmp_path: Path, capsys: Capture) -> None:
        file, facts = tmp_path / "log.csv", tmp_path / "facts"
        file.write_bytes(table(permits(100)))

        assert run(["import", "log", str(file), "--facts", str(facts), "--json"], {}) == 0

        with facts.open("rb") as opened:
            cases = list(facts_file.read(opened))
        assert len(cases) == said(capsys)["cases"]

    @pytest.mark.parametrize("cut", [100, 4000])
    def test_keeps_nothing_of_a_broken_file(
        self, tmp_path: Path, capsys: Capture, cut: int
    ) -> None:
        file, folder = tmp_path / "log.xes", tmp_path / "out"
        folder.mkdir()
        file.write_bytes(xes(permits(400))[:-cut])

        code = run(["import", "log", str(file), "--facts", str(folder / "facts")], {})

        assert code == 1
        assert "没有导入任何内容" in capsys.readouterr().err
        assert list(folder.iterdir()) == []

    def test_says_which_field_of_the_mapping_is_wrong(
        self, tmp_path: Path, capsys: Capture
    ) -> None:
        file, mapping = tmp_path / "log.csv", tmp_path / "m.toml"
        file.write_bytes(table(permits(10)))
        mapping.write_text('[times]\nzone = "Mars"', encoding="utf-8")

        code = run(["import", "log", str(file), "--mapping", str(mapping), "--lang", "en"], {})

        assert code == 1
        assert "times.zone" in capsys.readouterr().err


class TestReportOnFacts:
    @pytest.fixture
    def facts(self, tmp_path: Path, capsys: Capture) -> tuple[str, dict[str, Any]]:
        """Import a log; return the file of its facts, and what the import reported."""
        file, facts = tmp_path / "log.csv", tmp_path / "facts"
        file.write_bytes(table(permits(400)))
        assert run(["import", "log", str(file), "--facts", str(facts), "--json"], {}) == 0
        return str(facts), said(capsys)

    def test_is_the_report_of_the_import(
        self, facts: tuple[str, dict[str, Any]], capsys: Capture
    ) -> None:
        assert run(["report", "bottlenecks", "--facts", facts[0], "--json"], {}) == 0

        assert said(capsys) == facts[1]["report"]

    @pytest.mark.parametrize("name", ["departments", "agents", "cases", "pairs"])
    def test_is_there_of_every_kind(
        self, facts: tuple[str, dict[str, Any]], capsys: Capture, name: str
    ) -> None:
        assert run(["report", name, "--facts", facts[0]], {}) == 0

        assert "D-" in capsys.readouterr().out or name in {"agents", "pairs"}

    def test_is_printed_by_the_month(
        self, facts: tuple[str, dict[str, Any]], tmp_path: Path
    ) -> None:
        out = tmp_path / "page.html"
        asked = ["report", "monthly", "--month", "2020-06", "--facts", facts[0], "--out", str(out)]

        assert run(asked, {}) == 0

        assert "D-" in out.read_text(encoding="utf-8")

    def test_refuses_what_holds_no_facts(self, tmp_path: Path, capsys: Capture) -> None:
        file = tmp_path / "facts"
        file.write_bytes(b"abreast facts 1\n")

        assert run(["report", "bottlenecks", "--facts", str(file)], {}) == 1

        assert "不是事实文件" in capsys.readouterr().err

    def test_compares_two_periods(self, facts: tuple[str, dict[str, Any]], capsys: Capture) -> None:
        assert run(["report", "compare", "--split", "2021-06-01", "--facts", facts[0]], {}) == 0
        shown = capsys.readouterr().out
        assert run(["report", "compare", "--split", "2030-06-01", "--facts", facts[0]], {}) == 1

        assert "时限内占比" in shown
        assert "没有可比的件" in capsys.readouterr().err
