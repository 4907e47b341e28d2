"""The projects of a district, as the command line tells them."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

import pytest

from cli import district
from cli.play import Play
from engine.clock import PushableClock
from engine.settings import Settings
from tests.support.shell import CHINESE, Screen
from wire import assemble


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the database of a district some seven weeks old."""
    address = f"sqlite:///{tmp_path_factory.mktemp('district') / 'a.db'}"
    clock = PushableClock(district.start())
    with closing(assemble(Settings(database=address), clock)) as parts:
        until = district.start() + timedelta(days=50)
        district.load(Play(parts=parts, clock=clock), lambda _done: None, until)
    return address


class TestProjects:
    CODE = district.cases()[0].code

    @pytest.fixture(autouse=True)
    def named(self, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ABREAST_DATABASE", address)

    def test_are_listed_by_township(self, screen: Screen) -> None:
        everywhere = screen.json("project", "list")["projects"]
        here = screen.json("project", "list", "--township", "town-b")["projects"]

        assert {p["township"] for p in everywhere} > {"town-b"}
        assert here == [p for p in everywhere if p["township"] == "town-b"]

    def test_show_their_stages_and_what_they_wait_for(self, screen: Screen) -> None:
        found = screen.json("project", "show", self.CODE)

        assert [stage["stage"] for stage in found["stages"]] == [1, 2, 3, 4, 5]
        assert found["waits_for"]
        assert all(stage["granted"] <= stage["wanted"] for stage in found["stages"])

    @pytest.mark.parametrize("language", ["zh", "en"])
    @pytest.mark.parametrize("what", [["project", "list"], ["project", "show"], ["pairs", "show"]])
    def test_are_told_in_both_languages(
        self, screen: Screen, what: list[str], language: str
    ) -> None:
        listed = screen.json("project", "list")["projects"]
        codes, names = [p["code"] for p in listed], "".join(p["name"] for p in listed)
        for code in codes if what != ["project", "list"] else [None]:
            words = what if code is None else [*what, code]

            assert screen.run(*words, "--lang", language) == 0
            assert screen.out
            assert language == "zh" or set(CHINESE.findall(screen.out)) <= set(names)

    def test_show_the_pairs_that_could_start_and_why_others_not(self, screen: Screen) -> None:
        codes = [p["code"] for p in screen.json("project", "list")["projects"]]

        runs = [run for code in codes for run in screen.json("pairs", "show", code)["runs"]]

        assert any(run["candidates"] for run in runs)
        assert all(pair["days_saved"] >= 0 for run in runs for pair in run["ready_pairs"])

    def test_are_proved_by_their_logs(self, screen: Screen) -> None:
        found = screen.json("verify")

        assert (found["ok"], found["violations"], found["differences"]) == (True, [], [])
