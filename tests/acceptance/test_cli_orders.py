"""A project worked from the shell: every order is the deed of a registered person."""

from __future__ import annotations

import json
import os
from contextlib import closing
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from cli.main import run
from engine.settings import Settings, from_environment
from engine.store.queries import Person
from tests.support.facts import random_facts
from wire import assemble
from workflows import commands as c
from workflows.facts import SYSTEM, Role
from workflows.moments import local_date
from workflows.roster import JoinRoster

if TYPE_CHECKING:
    from pathlib import Path

CODE = "2611-120118-04-01-000001"
NAME = "[/x] 甲"
WIDTH = 100
AWAY = ("agents", "absent", "agent-1", "--from", "2000-01-01", "--to", "2099-12-31")


class Shell:
    """Runs commands and keeps what they said."""

    def __init__(self, capfd: pytest.CaptureFixture[str], facts: dict[str, bool | str]) -> None:
        self.capfd, self.facts = capfd, facts
        self.out = self.err = ""

    def run(self, *args: str) -> int:
        code = run(args, {})
        self.out, self.err = self.capfd.readouterr()
        return code

    def json(self, *args: str) -> Any:
        assert self.run(*args, "--json") == 0, self.err
        return json.loads(self.out)

    def filing(self, **changes: str) -> list[str]:
        given = {
            "flow": "3", "township": "T1", "owner": "ORG-A", "name": NAME, "as": "owner-a"
        } | changes  # fmt: skip
        options = [word for name, value in given.items() for word in (f"--{name}", value)]
        answers = [f"{fact}={str(answer).lower()}" for fact, answer in self.facts.items()]
        return [CODE, *options, *(word for answer in answers for word in ("--fact", answer))]

    def file(self) -> Any:
        return self.json("project", "file", *self.filing())

    def asks_for_a_supplement(self, item: str) -> str:
        """Have the window ask for the item's first material in a week, and return that day."""
        with closing(assemble(from_environment(os.environ))) as parts:
            window = parts.people.get("window-1")
            assert window is not None
            day = (local_date(parts.clock.now()) + timedelta(days=7)).isoformat()
            missing = parts.library.catalogue.items[item].materials[:1]
            command = c.AskSupplement(item=item, attempt=1, missing=missing, answer_by=day)
            parts.handle.execute(CODE, command, window.actor, "ask")
        return day

    def candidates(self, stage: int) -> list[str]:
        """Return the two items of a stage that are to be paired."""
        runs = self.json("pairs", "show", CODE)["runs"]
        pairs = next(each["ready_pairs"] for each in runs if each["stage"] == stage)
        return [pairs[0]["first"], pairs[0]["second"]]


@pytest.fixture
def shell(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Shell:
    address = f"sqlite:///{tmp_path / 'a.db'}"
    monkeypatch.setenv("ABREAST_DATABASE", address)
    with closing(assemble(Settings(database=address))) as parts:
        parts.people.put(
            Person(id="owner-a", name="甲", roles=frozenset({Role.OWNER}), organisation="ORG-A"),
            Person(id="agent-1", name="乙", roles=frozenset({Role.AGENT}), township="T1"),
            Person(id="window-1", name="丙", roles=frozenset({Role.WINDOW}), township="T1"),
            Person(id="gone", name="丁", roles=frozenset({Role.OWNER}), active=False),
        )
        parts.rosters.execute("T1", JoinRoster(agent="agent-1"), SYSTEM, "join")
        facts = random_facts(parts.library.catalogue, 3, Random(5))
    return Shell(capfd, dict(facts))


class TestFiling:
    def test_gives_the_project_to_an_agent_as_the_person_named(self, shell: Shell) -> None:
        done = shell.file()

        kinds = {event["kind"]: event for event in done["events"]}
        assert kinds["ProjectFiled"]["actor"] == "owner-a"
        assert kinds["AgentAssigned"]["body"]["agent"] == "agent-1"
        assert shell.json("agents", "caseload", "agent-1")["projects"][0]["code"] == CODE

    def test_asks_for_each_missing_fact_in_one_line(self, shell: Shell) -> None:
        dropped = next(fact for fact, answer in shell.facts.items() if isinstance(answer, bool))
        del shell.facts[dropped]

        code = shell.run("project", "file", *shell.filing())

        assert (code, shell.err.count("\n")) == (1, 1)
        assert f"{dropped}=true|false" in shell.err

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"as": "nobody"}, "没有人员 nobody"),
            ({"as": "gone"}, "没有人员 gone"),
            ({"as": "window-1", "township": "T2"}, "不允许"),
            ({"name": "   "}, "项目名称"),
            ({"name": "a\x1b[2J"}, "项目名称"),
            ({"owner": "张 三"}, "建设单位代码"),
            ({"fact": "eia"}, "事实=答案"),
        ],
    )
    def test_is_refused(self, shell: Shell, changes: dict[str, str], words: str) -> None:
        code = shell.run("project", "file", *shell.filing(**changes))

        assert (code, words in shell.err) == (1, True), shell.err
        assert shell.json("project", "list") == {"projects": []}


class TestProjects:
    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_are_listed_with_any_name_and_nothing_cut(self, shell: Shell, language: str) -> None:
        shell.file()

        code = shell.run("project", "list", "--lang", language)

        filed = shell.out
        day = shell.json("project", "list")["projects"][0]["filed_at"][:4]
        assert (code, shell.err) == (0, "")
        assert "[/x]" in filed
        assert CODE in filed
        assert ("办理中" if language == "zh" else "running") in filed
        assert day in filed.replace(CODE, "")
        assert max(map(len, filed.splitlines())) <= WIDTH


class TestOrders:
    def test_file_a_stage_and_complete_its_tasks(self, shell: Shell) -> None:
        shell.file()
        intake = shell.json("tasks", "list", "--project", CODE)["tasks"][0]

        filed = shell.json("tasks", "complete", intake["task"], "filed", "--as", "agent-1")
        tasks = shell.json("tasks", "list", "--project", CODE)["tasks"]
        first = next(task for task in tasks if task["step"] == "receive")
        done = shell.json("tasks", "complete", first["task"], "received", "--as", "window-1")

        assert intake["task"] == f"{CODE}/0/stage_1/0/intake_1"
        assert {event["actor"] for event in filed["events"]} == {"agent-1"}
        assert "StepCompleted" in {event["kind"] for event in done["events"]}
        assert shell.run("tasks", "list", "--lang", "en") == 0
        assert first["task"] not in shell.out

    def test_tell_days_that_are_listed_until_they_are_met(self, shell: Shell) -> None:
        shell.file()
        shell.json("stages", "file", CODE, "1", "--as", "agent-1")
        task = next(
            each
            for each in shell.json("tasks", "list", "--project", CODE)["tasks"]
            if each["step"] == "receive"
        )
        shell.json("tasks", "complete", task["task"], "received", "--as", "window-1")
        day = shell.asks_for_a_supplement(task["item"])

        (told,) = shell.json("deadlines", "--project", CODE, "--kind", "answer")["deadlines"]
        assert (told["kind"], told["item"], told["due"]) == ("answer", task["item"], day)
        assert shell.json("deadlines", "--passed") == {"deadlines": []}
        assert shell.json("deadlines", "--kind", "issue") == {"deadlines": []}
        for language, words in (("zh", "答复补正"), ("en", "owner's answer")):
            assert shell.run("deadlines", "--lang", language) == 0
            assert words in shell.out
            assert day in shell.out

    def test_pair_two_items(self, shell: Shell) -> None:
        shell.file()
        filed = shell.json("stages", "file", CODE, "1", "--as", "agent-1")
        first, second = shell.candidates(1)

        proposed = shell.run("pairs", "propose", CODE, first, second, "--as", "owner-a")
        said = shell.out
        given_up = shell.run("pairs", "dissolve", CODE, "P1", "--reason", "改期", "--as", "owner-a")
        drawn = shell.json("pairs", "draw", CODE, "1", "--as", "window-1")
        pair = next(e["body"]["pair"] for e in drawn["events"] if e["kind"] == "PairProposed")
        started = shell.json("pairs", "start", CODE, pair, "--as", "agent-1")

        assert "StageFiled" in {event["kind"] for event in filed["events"]}
        assert (proposed, given_up) == (0, 0)
        assert f"P1：{first} 与 {second}" in said
        assert "PairStarted" in {event["kind"] for event in started["events"]}

    @pytest.mark.parametrize(
        ("args", "words"),
        [
            (["tasks", "complete", "0/S1-08/1/review", "reviewed"], "不是任务编号"),
            (["tasks", "complete", f"{CODE}/0/stage_1/1/intake_1", "filed"], "intake_1"),
            (["tasks", "complete", f"{CODE}/0/stage_1/0/intake_1", "done"], "filed"),
            (["pairs", "start", CODE, "P9"], "P9"),
            (["stages", "file", CODE, "2"], "2"),
        ],
        ids=lambda value: " ".join(value) if isinstance(value, list) else "",
    )
    def test_are_refused_in_one_line(self, shell: Shell, args: list[str], words: str) -> None:
        shell.file()

        code = shell.run(*args, "--as", "agent-1")

        assert (code, shell.out, shell.err.count("\n")) == (1, "", 1)
        assert shell.err.startswith("错误：")
        assert words in shell.err


class TestAgents:
    def test_go_away_and_come_back(self, shell: Shell) -> None:
        away = shell.json(*AWAY)
        listed = shell.json("agents", "list", "--township", "T1")
        back = shell.json("agents", "absent", "agent-1", "--back")

        assert away == listed
        assert [(a["agent"], a["away"]) for a in away["agents"]] == [("agent-1", True)]
        assert [(a["agent"], a["away"]) for a in back["agents"]] == [("agent-1", False)]
        assert shell.run("agents", "list", "--lang", "en") == 0

    def test_get_no_project_while_away(self, shell: Shell) -> None:
        shell.json(*AWAY)

        kinds = {event["kind"] for event in shell.file()["events"]}

        assert "AgentAssigned" not in kinds

    @pytest.mark.parametrize(
        ("args", "words"),
        [
            (["nobody", "--back"], "没有代办员 nobody"),
            (["agent-1"], "--back"),
            (["agent-1", "--back", "--from", "2026-01-01"], "--back"),
            (["agent-1", "--from", "2026-02-30", "--to", "2026-03-01"], "2026-02-30"),
            (["agent-1", "--from", "2026-03-02", "--to", "2026-03-01"], "agent-1"),
            (["agent-1", "--back", "--as", "agent-1"], "不允许"),
        ],
        ids=lambda value: " ".join(value) if isinstance(value, list) else "",
    )
    def test_are_refused_in_one_line(self, shell: Shell, args: list[str], words: str) -> None:
        code = shell.run("agents", "absent", *args)

        assert (code, shell.err.count("\n"), words in shell.err) == (1, 1, True), shell.err
