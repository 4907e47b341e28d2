"""The command line as a person or a script meets it: its help, its errors, its server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from http.client import HTTPConnection
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from cli import main
from cli.main import COMMANDS, run
from tests.support.shell import CHINESE, EN, Screen

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]


def paths() -> Iterator[list[str]]:
    """Yield the words of every command, groups and the whole included."""
    yield []
    for name, (module, attribute) in COMMANDS.items():
        yield [name]
        found = getattr(import_module(module), attribute)
        if isinstance(found, click.Group):
            yield from ([name, command] for command in found.commands)


PATHS = list(paths())


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
