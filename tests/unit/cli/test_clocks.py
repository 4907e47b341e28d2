"""`abreast calendar due` and `abreast clock`."""

from __future__ import annotations

import json
import os
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from cli.main import run
from engine.clock import PushableClock
from engine.settings import Settings
from tests.support.memory_office import CODE, NOTE, OWNER, WINDOW, answers, load
from wire import assemble
from workflows import commands as c
from workflows.calendar import shipped
from workflows.facts import SYSTEM
from workflows.notices import year_of
from workflows.roster import JoinRoster

if TYPE_CHECKING:
    from pathlib import Path

Capture = pytest.CaptureFixture[str]
START = datetime(2026, 3, 2, 1, tzinfo=UTC)
ITEM = "S1-04"


def told(capsys: Capture, *args: str) -> Any:
    capsys.readouterr()
    assert run([*args, "--json"], {"LANG": "en"}) == 0, capsys.readouterr().err
    return json.loads(capsys.readouterr().out)


def said(capsys: Capture, *args: str, lang: str = "en") -> str:
    capsys.readouterr()
    assert run([*args, "--lang", lang], {}) == 0, capsys.readouterr().err
    return capsys.readouterr().out


def refused(capsys: Capture, *args: str) -> str:
    capsys.readouterr()
    assert run([*args], {"LANG": "en"}) == 1
    return capsys.readouterr().err


def _off(year: int) -> list[str]:
    """Return the weekdays that the shipped table has off in a year."""
    return [day.isoformat() for day in year_of(shipped(), year).off]


class TestCalendarDue:
    def test_gives_the_due_date_and_the_days_it_is_made_of(self, capsys: Capture) -> None:
        found = told(
            capsys, "calendar", "due", "2026-09-28", "5", "--pause", "2026-09-29..2026-09-30"
        )

        assert found == {
            "start": "2026-09-28",
            "due": "2026-10-12",
            "unit": "working_day",
            "provisional": False,
            "days": ["2026-09-29", "2026-10-08", "2026-10-09", "2026-10-10", "2026-10-12"],
        }

    def test_counts_calendar_days_when_asked(self, capsys: Capture) -> None:
        found = told(capsys, "calendar", "due", "2026-09-28", "3", "--unit", "calendar_day")

        assert (found["due"], found["unit"], len(found["days"])) == (
            "2026-10-01",
            "calendar_day",
            3,
        )

    def test_takes_no_full_width_digits(self, capsys: Capture) -> None:
        capsys.readouterr()

        assert run(["calendar", "due", "2026-09-28", "５"], {"LANG": "en"}) != 0
        assert "0 to 10000" in capsys.readouterr().err

    def test_names_the_last_day_beyond_which_nothing_is_due(self, capsys: Capture) -> None:
        order = ["calendar", "due", "9999-12-31", "5", "--unit", "calendar_day"]

        assert "> 2035-12-31" in refused(capsys, *order)

    def test_merges_pauses_that_overlap(self, capsys: Capture) -> None:
        pauses = ("--pause", "2026-03-05..2026-03-10", "--pause", "2026-03-03..2026-03-06")

        found = told(capsys, "calendar", "due", "2026-03-02", "2", *pauses)

        assert found["days"] == ["2026-03-03", "2026-03-11"]

    @pytest.mark.parametrize(
        ("start", "provisional"), [("2026-12-25", True), ("2026-03-02", False)]
    )
    def test_says_that_a_year_is_provisional(
        self, capsys: Capture, start: str, *, provisional: bool
    ) -> None:
        assert told(capsys, "calendar", "due", start, "10")["provisional"] is provisional

    def test_goes_by_the_notices_in_force(
        self, capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ABREAST_DATABASE", f"sqlite:///{tmp_path / 'a.db'}")
        before = told(capsys, "calendar", "due", "2027-03-01", "5")
        made = (tmp_path / "a.db").exists()
        file = tmp_path / "notice.json"
        said_off = [*_off(2027), "2027-03-04"]
        year = {"year": 2027, "source": "通知", "off": sorted(said_off), "worked": ["03-07"]}
        file.write_text(json.dumps(year), encoding="utf-8")
        told(capsys, "calendar", "notice", str(file))

        after = told(capsys, "calendar", "due", "2027-03-01", "5")

        assert not made
        assert (before["due"], before["provisional"]) == ("2027-03-08", True)
        assert (after["due"], after["provisional"]) == ("2027-03-08", False)
        assert "2027-03-07" in after["days"]
        assert "2027-03-04" not in after["days"]

    def test_gives_the_start_for_no_days(self, capsys: Capture) -> None:
        found = told(capsys, "calendar", "due", "2026-03-07", "0")

        assert (found["due"], found["days"]) == ("2026-03-07", [])

    def test_asks_no_calendar_of_a_pause_after_the_day(self, capsys: Capture) -> None:
        late = ("--pause", "2040-01-01..2040-02-01")

        assert told(capsys, "calendar", "due", "2026-03-02", "5", *late)["due"] == "2026-03-09"

    @pytest.mark.parametrize(
        ("args", "reason"),
        [
            (("2026-02-30", "5"), "2026-02-30 is no date"),
            (("2040-01-01", "5"), "2004-01-01 to 2035-12-31"),
            (("2050-01-01", "0"), "2004-01-01 to 2035-12-31"),
            (("2026-03-02", "9000"), "2004-01-01 to 2035-12-31"),
            (("2026-03-02", "5", "--pause", "2026-03-09..2026-03-03"), "TO not before FROM"),
            (("2026-03-02", "5", "--pause", "2026-03-09"), "FROM..TO"),
            (("2026-03-02", "5", "--pause", "2026-03-09..soon"), "soon is no date"),
        ],
    )
    def test_refuses_by_name(self, capsys: Capture, args: tuple[str, ...], reason: str) -> None:
        assert reason in refused(capsys, "calendar", "due", *args)

    @pytest.mark.parametrize(("lang", "word"), [("zh", "到期日"), ("en", "due on")])
    def test_speaks(self, capsys: Capture, lang: str, word: str) -> None:
        assert word in said(capsys, "calendar", "due", "2026-12-28", "9", lang=lang)


class TestClock:
    @pytest.fixture(autouse=True)
    def project(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Keep a project with one accepted item in a database of its own."""
        path = f"sqlite:///{tmp_path}/test.db"
        monkeypatch.setenv("ABREAST_DATABASE", path)
        with closing(assemble(Settings(database=path), PushableClock(START))) as parts:
            parts.rosters.execute("t1", JoinRoster(agent=load("a", "t1", 0).agent), SYSTEM, "k")
            filing = c.FileProject(
                code=CODE,
                flow=3,
                facts=answers(parts.library.catalogue, 3, approval_catalogue=True),
                township="t1",
                owner="org-1",
                name=NOTE,
            )
            steps = [
                c.CompleteStep(item=ITEM, attempt=1, step=step, outcome=outcome)
                for step, outcome in (("receive", "received"), ("accept", "accepted"))
            ]
            parts.handle.execute(CODE, filing, OWNER, "1")
            parts.handle.execute(CODE, c.FileStage(stage=1), OWNER, "2")
            for number, step in enumerate(steps, 3):
                parts.handle.execute(CODE, step, WINDOW, str(number))

    def test_shows_both_limits_line_by_line(self, capsys: Capture) -> None:
        found = told(capsys, "clock", CODE, ITEM)

        committed, statutory = found["committed"], found["statutory"]
        assert (committed["reading"]["limit"], statutory["reading"]["limit"]) == (10, 20)
        assert committed["reading"]["due"] == "2026-03-16"
        numbers = [line["number"] for line in committed["lines"] if line["number"] is not None]
        assert numbers == list(range(1, len(numbers) + 1))
        assert all(line["source"] for line in committed["lines"])
        assert found["reported"]["used"] == found["clock"]["used"]

    @pytest.mark.parametrize(("lang", "word"), [("zh", "受理当日不计"), ("en", "not counted")])
    def test_speaks(self, capsys: Capture, lang: str, word: str) -> None:
        assert word in said(capsys, "clock", CODE, ITEM, lang=lang)

    def test_shows_the_stages_without_an_item(self, capsys: Capture) -> None:
        found = told(capsys, "clock", CODE)

        assert [stage["stage"] for stage in found["stages"]] == [1, 5]
        assert sum(found["parts"].values()) == found["elapsed"]
        assert found["reported"]["total"] >= found["used"]
        assert "17" in said(capsys, "clock", CODE)

    def test_tells_the_owners_days_before_acceptance_too(
        self, capsys: Capture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings = Settings(database=os.environ["ABREAST_DATABASE"])
        with closing(assemble(settings, PushableClock(START))) as parts:
            known = parts.library.catalogue.items["S1-06"].materials
            ask = c.AskSupplement(item="S1-06", attempt=1, missing=known[:1])
            parts.handle.execute(CODE, ask, WINDOW, "ask")
        monkeypatch.setattr("cli.clocks.local_date", lambda _: date(2026, 3, 5))

        assert "The owner took 3 working days" in said(capsys, "clock", CODE, "S1-06")

    def test_says_what_lies_beyond_the_calendar(
        self, capsys: Capture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The figures are those of its last day, and what was late by then is late."""
        monkeypatch.setattr("cli.clocks.local_date", lambda _: shipped().last + timedelta(days=60))

        found = told(capsys, "clock", CODE, ITEM)

        assert (found["clock"]["lamp"], found["committed"]["reading"]["beyond"]) == ("red", True)
        assert "beyond the calendar" not in said(capsys, "clock", CODE, ITEM)
        assert told(capsys, "clock", CODE)["reading"]["beyond"]

    def test_says_that_an_item_was_not_filed(self, capsys: Capture) -> None:
        assert "S3-12" in refused(capsys, "clock", CODE, "S3-12")

    def test_says_that_an_item_was_not_accepted(self, capsys: Capture) -> None:
        assert "S1-06" in said(capsys, "clock", CODE, "S1-06")

    def test_refuses_what_is_unknown(self, capsys: Capture) -> None:
        assert "S9-99" in refused(capsys, "clock", CODE, "S9-99")
        assert "no such project" in refused(capsys, "clock", "2026-120118-47-03-999999", ITEM)
