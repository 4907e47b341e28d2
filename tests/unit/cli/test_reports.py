"""`abreast report backdating`."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from cli.main import run
from engine.clock import PushableClock
from engine.settings import Settings
from tests.support.memory_office import CODE, NOTE, OWNER, WINDOW, answers, load
from wire import assemble
from workflows import commands as c
from workflows.facts import SYSTEM
from workflows.roster import JoinRoster

if TYPE_CHECKING:
    from pathlib import Path

Capture = pytest.CaptureFixture[str]
START = datetime(2026, 3, 2, 1, tzinfo=UTC)
ITEM = "S1-04"
DEPARTMENT = "development_reform"
REPORT = ("report", "backdating")


@pytest.fixture(autouse=True)
def late(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep a project in which one of two steps was recorded three days late."""
    path = f"sqlite:///{tmp_path}/test.db"
    monkeypatch.setenv("ABREAST_DATABASE", path)
    clock = PushableClock(START)
    with closing(assemble(Settings(database=path), clock)) as parts:
        parts.rosters.execute("t1", JoinRoster(agent=load("a", "t1", 0).agent), SYSTEM, "k")
        facts = answers(parts.library.catalogue, 3, approval_catalogue=True)
        filing = c.FileProject(
            code=CODE, flow=3, facts=facts, township="t1", owner="org-1", name=NOTE
        )
        received = c.CompleteStep(
            item=ITEM, attempt=1, step="receive", outcome="received", happened_at=START, reason=NOTE
        )
        accepted = c.CompleteStep(item=ITEM, attempt=1, step="accept", outcome="accepted")
        parts.handle.execute(CODE, filing, OWNER, "1")
        parts.handle.execute(CODE, c.FileStage(stage=1), OWNER, "2")
        clock.push(timedelta(days=3))
        parts.handle.execute(CODE, received, WINDOW, "3")
        parts.handle.execute(CODE, accepted, WINDOW, "4")


def told(capsys: Capture, *args: str) -> Any:
    capsys.readouterr()
    assert run([*REPORT, *args, "--json"], {"LANG": "en"}) == 0, capsys.readouterr().err
    return json.loads(capsys.readouterr().out)


class TestReportBackdating:
    def test_counts_by_department_and_project(self, capsys: Capture) -> None:
        found = told(capsys)

        figures = {"entries": 2, "late": 1, "longest": 3, "share": 0.5}
        (department,) = found.pop("departments")
        assert found == {**figures, "projects": [{"project": CODE, **figures}]}
        assert department.pop("name")
        assert department == {"department": DEPARTMENT, **figures}

    def test_takes_one_project(self, capsys: Capture) -> None:
        assert told(capsys, "--project", CODE) == told(capsys)

    def test_refuses_an_unknown_project(self, capsys: Capture) -> None:
        assert run([*REPORT, "--project", "2026-120118-47-03-999999"], {"LANG": "en"}) == 1
        assert "no such project" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("lang", "words"), [("zh", ("补录报告", "合计")), ("en", ("Back-dating", "All"))]
    )
    def test_shows_a_table(self, capsys: Capture, lang: str, words: tuple[str, ...]) -> None:
        assert run([*REPORT, "--lang", lang], {}) == 0

        out = capsys.readouterr().out
        assert all(word in out for word in (*words, "50.0%"))

    def test_is_a_table_of_codes_and_numbers_for_programs(
        self, capsys: Capture, tmp_path: Path
    ) -> None:
        book = tmp_path / "late.xlsx"

        assert run([*REPORT, "--csv"], {"LANG": "en"}) == 0
        lines = capsys.readouterr().out.splitlines()
        assert run([*REPORT, "--xlsx", str(book)], {"LANG": "en"}) == 0

        assert any(
            line.startswith(f"{DEPARTMENT},") and line.endswith(",2,1,3,0.5") for line in lines
        )
        assert f"{CODE},,2,1,3,0.5" in lines
        assert book.read_bytes().startswith(b"PK")
