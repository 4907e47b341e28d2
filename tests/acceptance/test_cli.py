"""The command line as a person or a script meets it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from http.client import HTTPConnection
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest

from cli import district, main
from cli.main import COMMANDS, run
from cli.play import Play
from engine.clock import PushableClock
from engine.settings import Settings
from wire import assemble

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
CHINESE = re.compile(r"[\u3400-\u9fff\uff00-\uffef]")
EN = {"LANG": "en_GB.UTF-8"}


def paths() -> Iterator[list[str]]:
    """Yield the words of every command, groups and the whole included."""
    yield []
    for name, (module, attribute) in COMMANDS.items():
        yield [name]
        found = getattr(import_module(module), attribute)
        if isinstance(found, click.Group):
            yield from ([name, command] for command in found.commands)


PATHS = list(paths())


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Name an empty database to every command of the test."""
    file = tmp_path / "abreast.db"
    monkeypatch.setenv("ABREAST_DATABASE", f"sqlite:///{file}")
    return file


@pytest.fixture
def screen(capfd: pytest.CaptureFixture[str]) -> Screen:
    return Screen(capfd)


class Screen:
    """Runs commands and keeps what they said."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self.capfd = capfd
        self.out = self.err = ""

    def run(self, *args: str, environ: dict[str, str] | None = None) -> int:
        code = run(args, environ or {})
        self.out, self.err = self.capfd.readouterr()
        return code

    def json(self, *args: str) -> Any:
        """Run a command with --json; it must print one object and nothing else."""
        self.run(*args, "--json")
        assert self.out.count("\n") == 1
        return json.loads(self.out)


class TestHelp:
    @pytest.mark.parametrize("path", PATHS, ids=" ".join)
    def test_speaks_chinese_first(self, screen: Screen, path: list[str]) -> None:
        code = screen.run(*path, "--help")

        assert (code, screen.err) == (0, "")
        assert screen.out.startswith("用法：")
        assert "选项" in screen.out

    @pytest.mark.parametrize("path", PATHS, ids=" ".join)
    def test_speaks_english_alone_when_asked(self, screen: Screen, path: list[str]) -> None:
        code = screen.run(*path, "--help", environ=EN)

        assert (code, screen.err) == (0, "")
        assert screen.out.startswith("Usage: abreast")
        assert CHINESE.findall(screen.out.replace("并批", "")) == []

    def test_of_the_whole_names_every_command(self, screen: Screen) -> None:
        screen.run()

        assert [name for name in COMMANDS if f"\n  {name} " not in screen.out] == []

    def test_takes_the_language_wherever_it_stands(self, screen: Screen) -> None:
        screen.run("demo", "--help", "--lang", "en")

        assert screen.out.startswith("Usage: abreast demo")


class TestErrors:
    @pytest.mark.parametrize(
        ("args", "code", "words"),
        [
            (["bogus"], 2, "没有命令 bogus"),
            (["demo", "--bogus"], 2, "没有选项 --bogus"),
            (["bpmn", "show"], 2, "缺少"),
            (["catalogue", "items", "--stage", "9"], 2, "stage 的值不对：应为 1 至 5 的整数"),
            (["catalogue", "items", "--stage", "x"], 2, "--stage 的值不对：应为 1 至 5 的整数"),
            (["project", "list", "--status", "x"], 2, "可用：running"),
            (["catalogue", "check", "no-such-file"], 2, "没有这个文件"),
            (["demo", "1"], 2, "多出的参数：1"),
            (["tasks", "list", "1", "2"], 2, "多出的参数：1 2"),
            (["project", "list", "--township"], 2, "--township 后面缺少值"),
            (["project", "list", "--json=1"], 2, "--json 不带值"),
            (["pairs", "start", "X", "P1"], 2, "缺少 --as"),
            (["bpmn", "show", "stage_9"], 1, "没有流程 stage_9"),
            (["project", "show", "2601-120118-04-01-999999"], 1, "没有这个项目"),
            (["token", "create", "nobody"], 1, "没有人员 nobody"),
            (["verify"], 1, "没有数据库文件"),
            (["serve", "--demo", "--host", "0.0.0.0"], 1, "只能开在本机地址"),  # noqa: S104 - refused
        ],
        ids=lambda value: " ".join(value) if isinstance(value, list) else "",
    )
    @pytest.mark.usefixtures("database")
    def test_are_one_line_and_a_code(
        self, screen: Screen, args: list[str], code: int, words: str
    ) -> None:
        found = screen.run(*args)

        assert found == code
        assert screen.err.startswith("错误：")
        assert words in screen.err
        assert screen.err.count("\n") == 1

    def test_name_a_setting_that_cannot_be_used(
        self, screen: Screen, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ABREAST_PORT", "many")

        code = screen.run("project", "list", "--lang", "en")

        assert code == 1
        assert "ABREAST_PORT" in screen.err

    def test_name_an_unreachable_database(
        self, screen: Screen, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("ABREAST_DATABASE", f"sqlite:///{tmp_path}")

        code = screen.run("project", "list", "--lang", "en")

        assert code == 1
        assert screen.err.startswith("Error: ")

    def test_of_the_program_itself_are_not_hidden(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(main, "COMMANDS", {"broken": ("cli.nowhere", "command")})

        with pytest.raises(ModuleNotFoundError):
            run(["broken"], {})

    def test_of_a_reader_that_went_away_are_quiet(self) -> None:
        code = "from cli.main import main; main()"
        command = [sys.executable, "-c", code, "catalogue", "items", "--json"]
        reader, writer = os.pipe()
        os.close(reader)

        answer = subprocess.run(
            command, cwd=ROOT, stdout=writer, stderr=subprocess.PIPE, text=True, check=False
        )

        os.close(writer)
        assert (answer.returncode, answer.stderr) == (1, "")


class TestDefinitions:
    def test_are_built_byte_for_byte_as_committed(self, screen: Screen, tmp_path: Path) -> None:
        code = screen.run("bpmn", "build", "--into", str(tmp_path / "out"))

        built = {file.name: file.read_bytes() for file in (tmp_path / "out").iterdir()}
        shipped = {f.name: f.read_bytes() for f in (ROOT / "bpmn" / "definitions").iterdir()}
        assert code == 0
        assert built == shipped

    def test_are_written_again_only_when_stale(self, screen: Screen, tmp_path: Path) -> None:
        screen.run("bpmn", "build", "--into", str(tmp_path), environ=EN)
        (tmp_path / "stage_3.bpmn").write_bytes(b"old")

        screen.run("bpmn", "build", "--into", str(tmp_path), environ=EN)

        assert screen.out.startswith("Wrote 1 of 10 files")

    def test_are_checked(self, screen: Screen) -> None:
        found = screen.json("bpmn", "check")

        assert (found["ok"], len(found["definitions"])) == (True, 10)

    def test_are_shown(self, screen: Screen) -> None:
        found = screen.json("bpmn", "show", "item_standard")

        assert {"receive", "accept", "review", "decide", "deliver"} <= {
            element["id"] for element in found["elements"]
        }


class TestCatalogue:
    def test_is_in_order_as_shipped(self, screen: Screen) -> None:
        found = screen.json("catalogue", "check")

        assert found["errors"] == 0

    def test_is_refused_with_the_item_and_field(self, screen: Screen, tmp_path: Path) -> None:
        text = (ROOT / "catalogue" / "catalogue.yaml").read_text(encoding="utf-8")
        broken = tmp_path / "catalogue.yaml"
        broken.write_text(text.replace("coupling: pairable", "coupling: sometimes", 1), "utf-8")

        code = screen.run("catalogue", "check", str(broken))

        assert code == 1
        assert "S1-06" in screen.out
        assert "coupling" in screen.out

    def test_lists_the_items_of_a_stage_and_flow(self, screen: Screen) -> None:
        found = screen.json("catalogue", "items", "--stage", "5", "--flow", "3")

        assert [item["code"] for item in found["items"]] == [f"S5-0{n}" for n in range(1, 8)]


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


@pytest.mark.usefixtures("database")
class TestPeople:
    def test_are_registered_and_get_tokens(self, screen: Screen) -> None:
        added = screen.run(
            "people",
            "add",
            "reviewer-1",
            "--name",
            "示例审查员",
            "--role",
            "reviewer",
            "--department",
            "housing",
        )
        issued = screen.run("token", "create", "reviewer-1", "--days", "1")
        token = screen.out.strip()

        found = screen.json("people", "list")
        assert (added, issued) == (0, 0)
        assert len(token) > 40
        assert [(p["id"], p["department"]) for p in found["people"]] == [("reviewer-1", "housing")]

    def test_join_the_roster_as_agents_once(self, screen: Screen) -> None:
        args = ("people", "add", "a", "--name", "代办员", "--role", "agent", "--township", "T1")

        assert [screen.run(*args), screen.run(*args)] == [0, 0]

    def test_need_a_township_as_agents(self, screen: Screen) -> None:
        code = screen.run("people", "add", "a", "--name", "代办员", "--role", "agent")

        assert (code, "--township" in screen.err) == (1, True)

    def test_need_a_department_that_there_is(self, screen: Screen) -> None:
        code = screen.run(
            "people", "add", "r", "--name", "审查员", "--role", "reviewer", "--department", "moon"
        )

        assert (code, "moon" in screen.err) == (1, True)


@pytest.mark.usefixtures("database")
class TestUpkeep:
    def test_upgrades_once(self, screen: Screen) -> None:
        first = screen.json("db", "upgrade")
        second = screen.json("db", "upgrade")

        assert first["before"] is None
        assert second["before"] == second["after"] == first["after"]

    def test_doctor_says_what_is_there(self, screen: Screen, database: Path) -> None:
        found = screen.json("doctor")

        states = {check["name"]: check["state"] for check in found["checks"]}
        assert found["ok"] is True
        assert states["database"] == "note"
        assert not database.exists()

    def test_doctor_looks_into_an_existing_database(self, screen: Screen) -> None:
        screen.run("db", "upgrade")

        found = screen.json("doctor")

        assert {c["name"]: c["state"] for c in found["checks"]}["database"] == "ok"

    def test_doctor_knows_the_real_installation(self, screen: Screen) -> None:
        found = screen.json("doctor")

        libraries = next(check for check in found["checks"] if check["name"] == "libraries")
        assert (libraries["state"], libraries["wrong"]) == ("ok", [])
        assert screen.run("doctor") == 0

    def test_doctor_fails_on_a_setting_that_cannot_be_used(
        self, screen: Screen, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ABREAST_THREADS", "0")

        found = screen.json("doctor")

        assert found["ok"] is False

    def test_lists_nothing_of_an_empty_office(self, screen: Screen) -> None:
        assert screen.json("project", "list") == {"projects": []}


class TestServe:
    @pytest.fixture
    def server(self, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
        environ = {**os.environ, "ABREAST_DATABASE": f"sqlite:///{tmp_path / 'a.db'}", "LANG": "en"}
        code = "from cli.main import main; main()"
        command = [sys.executable, "-c", code, "serve", "--port", "0"]
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            yield process
            process.kill()

    def test_says_where_and_answers_and_stops_when_told(
        self, server: subprocess.Popen[str]
    ) -> None:
        assert server.stdout is not None
        said = server.stdout.readline()
        port = int(said.split("127.0.0.1:")[1].split()[0])

        door = HTTPConnection("127.0.0.1", port, timeout=30)
        door.request("GET", "/api/v1/openapi.json")
        answer = door.getresponse()
        assert (answer.status, json.loads(answer.read())["openapi"][:3]) == (200, "3.1")
        door.close()

        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=30) == 0
