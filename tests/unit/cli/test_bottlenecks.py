"""`abreast report bottlenecks` and its kin, on the database of one project."""

from __future__ import annotations

import json
from contextlib import closing
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pytest

from cli.main import run
from engine.clock import PushableClock
from engine.settings import Settings
from engine.store.naming import Kind, Named
from engine.store.queries import Person
from exchange import facts_file
from simulation.journey import next_order
from simulation.world import World
from tests.support.item_facts import Told, case
from tests.support.memory_office import CODE, OWNER, START, filing, load
from wire import assemble
from workflows.catalogue.values import Name
from workflows.facts import SYSTEM, Role
from workflows.roster import JoinRoster

if TYPE_CHECKING:
    from pathlib import Path

    from wire import Parts

Capture = pytest.CaptureFixture[str]
ZH, EN = {"LANG": "zh_CN.UTF-8"}, {"LANG": "en"}


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Keep a project whose first milestone is reached."""
    path = f"sqlite:///{tmp_path_factory.mktemp('office')}/test.db"
    clock = PushableClock(START)
    with closing(assemble(Settings(database=path), clock)) as parts:
        town = Name(zh="河东镇", en="East Bank")
        parts.naming.put(Named(kind=Kind.TOWNSHIP, code="t1", name=town))
        agent = Person(id="a", name="李代办", roles=frozenset({Role.AGENT}), township="t1")
        parts.people.put(agent)
        parts.rosters.execute("t1", JoinRoster(agent=load("a", "t1", 0).agent), SYSTEM, "k")
        parts.handle.execute(CODE, filing(parts.library.catalogue), OWNER, "1")
        _push(parts, clock)
    return path


@pytest.fixture(autouse=True)
def office(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABREAST_DATABASE", database)


def _push(parts: Parts, clock: PushableClock) -> None:
    library = parts.library
    world = World(catalogue=library.catalogue, calendar=library.calendar, nets=library.nets)
    project = parts.handle.project(CODE)
    while project.runs["1/0"].milestone_at is None:
        order = next_order(project, world)
        assert order is not None
        clock.push_to(max(order.at, clock.now()))
        parts.handle.execute(CODE, order.command, order.actor, order.key)
        project = parts.handle.project(CODE)


def said(capsys: Capture, *args: str, language: dict[str, str] = ZH) -> str:
    capsys.readouterr()
    assert run(["report", *args], language) == 0, capsys.readouterr().err
    return capsys.readouterr().out


def told(capsys: Capture, *args: str) -> Any:
    return json.loads(said(capsys, *args, "--json"))


class TestReportBottlenecks:
    def test_is_one_object(self, capsys: Capture) -> None:
        found = told(capsys, "bottlenecks")

        assert found["projects"] == 1
        assert sum(each["attempts"] for each in found["stages"]) == found["whole"]["attempts"]
        assert found["path"]["first"] is None

    def test_is_told_in_words(self, capsys: Capture) -> None:
        zh, en = said(capsys, "bottlenecks"), said(capsys, "bottlenecks", language=EN)

        assert "时间的去向" in zh
        assert "首要原因未分出" in zh
        assert "Where the time goes" in en

    @pytest.mark.parametrize("report", ["bottlenecks", "agents"])
    def test_calls_townships_by_their_names(self, report: str, capsys: Capture) -> None:
        assert "河东镇" in said(capsys, report)
        assert "East Bank" in said(capsys, report, language=EN)

    def test_says_so_where_nothing_was_chosen(self, capsys: Capture) -> None:
        assert run(["report", "bottlenecks", "--since", "2035-01-01"], ZH) == 1
        assert "没有办结的件" in capsys.readouterr().err

    def test_refuses_what_is_no_day(self, capsys: Capture) -> None:
        assert run(["report", "bottlenecks", "--since", "soon"], ZH) == 1
        assert "不是日期：soon" in capsys.readouterr().err


class TestReportDepartments:
    def test_goes_out_as_csv(self, capsys: Capture) -> None:
        lines = said(capsys, "departments", "--csv").splitlines()

        assert lines[0].startswith("代码,名称,办结")
        assert any(line.startswith("natural_resources,自然资源") for line in lines)

    def test_goes_out_as_a_workbook_with_bars(self, capsys: Capture, tmp_path: Path) -> None:
        file = tmp_path / "departments.xlsx"

        said(capsys, "departments", "--xlsx", str(file))

        with ZipFile(BytesIO(file.read_bytes())) as book:
            pages = [name for name in book.namelist() if "worksheets/sheet" in name]
            first = book.read("xl/worksheets/sheet1.xml").decode()
        assert len(pages) == 4
        assert "dataBar" in first
        assert "autoFilter" in first


class TestOthers:
    @pytest.mark.parametrize("name", ["pairs", "agents", "cases", "months"])
    def test_are_one_object_each(self, capsys: Capture, name: str) -> None:
        assert isinstance(told(capsys, name), dict)

    def test_compare_the_facts_of_a_file(self, capsys: Capture, tmp_path: Path) -> None:
        cases = (
            case(
                [Told(item="A", filed=filed, end=filed + took + number % 5 * 0.1)],
                project=f"{filed}-{number}",
                filed=filed,
            )
            for filed, took in ((1, 5), (101, 9))
            for number in range(25)
        )
        with (file := tmp_path / "facts").open("wb") as opened:
            facts_file.write(cases, opened)

        found = told(capsys, "compare", "--split", "2023-05-15", "--facts", str(file))

        assert [each["figure"] for each in found["differences"]] == ["share", "days", "waited"]
        assert found["projects"] == [25, 25]
        assert found["differences"][1]["resolved"] is True

    def test_do_not_compare_what_was_not_followed(self, capsys: Capture) -> None:
        code = run(["report", "compare", "--split", "2026-04-01"], ZH)

        assert code == 1
        assert "没有可比的件" in capsys.readouterr().err

    def test_make_the_months_now(self, capsys: Capture) -> None:
        found = told(capsys, "months", "--make")["series"]

        assert {month["month"] for each in found for month in each["months"]} >= {"2026-03"}

    def test_say_why(self, capsys: Capture) -> None:
        lines = said(capsys, "why", CODE)

        assert "第 1 阶段" in lines
        assert "最后收口" in lines

    def test_write_the_monthly_page(self, capsys: Capture, tmp_path: Path) -> None:
        file = tmp_path / "m.html"

        said(capsys, "monthly", "--month", "2026-03", "--out", str(file))

        page = file.read_text(encoding="utf-8")
        assert "并联审批月报 2026-03" in page
        assert page.count("<table>") >= 4
        assert run(["report", "monthly", "--month", "x", "--out", str(file)], ZH) == 1
