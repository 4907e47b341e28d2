"""Codes have their names where people read them, in their language, and stay codes in data."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from cli.main import run
from engine.clock import PushableClock
from engine.settings import Settings
from engine.store.naming import Kind, Named
from engine.store.queries import Person
from tests.support.memory_office import CODE, OWNER, START, filing
from wire import assemble
from workflows.catalogue.values import Name
from workflows.facts import SYSTEM, Role
from workflows.roster import JoinRoster

if TYPE_CHECKING:
    from pathlib import Path

Capture = pytest.CaptureFixture[str]
ZH, EN = {"LANG": "zh_CN.UTF-8"}, {"LANG": "en"}
NAMES = (
    Named(kind=Kind.TOWNSHIP, code="t1", name=Name(zh="河东镇", en="East Bank")),
    Named(kind=Kind.ORGANISATION, code="org-1", name=Name(zh="示例置业", en="Estates")),
)
PEOPLE = (
    Person(id="a", name="李", roles=frozenset({Role.AGENT}), township="t1"),
    Person(id="b", name="周", roles=frozenset({Role.AGENT}), township="t9"),
    Person(id="o", name="王", roles=frozenset({Role.OWNER}), organisation="org-1"),
    Person(id="r", name="张", roles=frozenset({Role.REVIEWER}), department="housing"),
    Person(id="s", name="赵", roles=frozenset({Role.SUPERVISOR})),
)


@pytest.fixture(autouse=True)
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep a project of a township that has a name, and an agent of one that has none."""
    path = f"sqlite:///{tmp_path}/test.db"
    monkeypatch.setenv("ABREAST_DATABASE", path)
    with closing(assemble(Settings(database=path), PushableClock(START))) as parts:
        parts.naming.put(*NAMES)
        parts.people.put(*PEOPLE)
        for agent, township in (("a", "t1"), ("b", "t9")):
            parts.rosters.execute(township, JoinRoster(agent=agent), SYSTEM, agent)
        parts.handle.execute(CODE, filing(parts.library.catalogue), OWNER, "1")


def said(capsys: Capture, *args: str, language: dict[str, str] = ZH) -> str:
    capsys.readouterr()
    assert run([*args], language) == 0, capsys.readouterr().err
    return capsys.readouterr().out


class TestATownship:
    @pytest.mark.parametrize(
        "what", [("project", "list"), ("project", "show", CODE), ("agents", "list")]
    )
    def test_has_its_name_in_the_language_of_who_reads(
        self, what: tuple[str, ...], capsys: Capture
    ) -> None:
        assert "河东镇" in said(capsys, *what)
        english = said(capsys, *what, language=EN)

        assert "East" in english
        assert "河东镇" not in english

    @pytest.mark.parametrize(
        "what", [("project", "list"), ("project", "show", CODE), ("agents", "list")]
    )
    def test_is_a_code_in_data(self, what: tuple[str, ...], capsys: Capture) -> None:
        assert '"township": "t1"' in said(capsys, *what, "--json")

    def test_without_a_name_is_called_by_its_code(self, capsys: Capture) -> None:
        assert said(capsys, "agents", "list").count("t9") == 2


class TestPeople:
    def test_belong_to_places_with_names(self, capsys: Capture) -> None:
        listed = said(capsys, "people", "list")

        assert [place in listed for place in ("河东镇", "示例置业", "住房", "t9")] == [True] * 4
        assert not {"t1", "org-1", "housing"} & {*listed.replace("│", " ").split()}
