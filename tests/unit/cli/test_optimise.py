"""`abreast optimise pairs`: the best pairs of a real project."""

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
