"""Work in the background, heads and backups, as whoever runs the office meets them."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cli import district
from cli.main import FAILED, run
from cli.play import Play
from engine.clock import PushableClock
from engine.settings import Settings
from wire import assemble

if TYPE_CHECKING:
    from collections.abc import Iterator

ABREAST = Path(sys.executable).with_name("abreast")
KEY = "a key that nobody guesses, of 40 letters"


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database that holds the demonstration district."""
    file = tmp_path_factory.mktemp("district") / "abreast.db"
    clock = PushableClock(district.start())
    with closing(assemble(Settings(database=f"sqlite:///{file}"), clock)) as parts:
        district.load(Play(parts=parts, clock=clock), lambda _done: None)
    return file


@pytest.fixture
def database(tmp_path: Path, full: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Name a copy of the district to every command of the test."""
    file = tmp_path / "abreast.db"
    file.write_bytes(full.read_bytes())
    monkeypatch.setenv("ABREAST_DATABASE", f"sqlite:///{file}")
    return file


@pytest.fixture
def killed(database: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a worker and end it after the test if it did not end by itself."""
    environ = {**os.environ, "LANG": "en", "ABREAST_DATABASE": f"sqlite:///{database}"}
    process = subprocess.Popen(
        [ABREAST, "worker"], env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process:
        yield process
        process.kill()


def said(capfd: pytest.CaptureFixture[str], *args: str) -> dict[str, Any]:
    """Run a command with --json and return what it printed."""
    assert run([*args, "--json"], {}) == 0
    found: dict[str, Any] = json.loads(capfd.readouterr().out)
    return found


def do(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(statement)
        connection.commit()


class TestWorker:
    def test_ends_politely(self, killed: subprocess.Popen[str]) -> None:
        assert killed.stdout is not None
        ready = killed.stdout.readline()

        killed.send_signal(signal.SIGTERM)
        out, err = killed.communicate(timeout=30)

        assert "is at work" in ready
        assert "has stopped" in out
        assert (killed.returncode, err) == (0, "")


class TestJobs:
    def test_lists_retries_and_runs_them(
        self, database: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        with closing(assemble(Settings(database=f"sqlite:///{database}"))) as parts:
            identity = parts.jobs.enqueue("rebuild", {}, most=1)
            job = parts.jobs.take("w")
            assert job is not None
            parts.jobs.fail(job, "broken")
        capfd.readouterr()  # the log's line

        (dead,) = said(capfd, "jobs", "dead")["dead"]
        retried = said(capfd, "jobs", "retry", dead["id"])
        (listed,) = said(capfd, "jobs", "list")["jobs"]
        with closing(assemble(Settings(database=f"sqlite:///{database}"))) as parts:
            done = parts.jobs.run_next("w")

        assert (dead["id"], dead["reason"]) == (f"job:{identity}", "broken")
        assert retried == {"retried": [dead["id"]]}
        assert (listed["id"], listed["status"]) == (identity, "queued")
        assert done is not None
        assert (done.status, done.total) == ("done", 12)
        assert said(capfd, "jobs", "dead") == {"dead": []}

    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_are_told_in_words(
        self, database: Path, lang: str, capfd: pytest.CaptureFixture[str]
    ) -> None:
        with closing(assemble(Settings(database=f"sqlite:///{database}"))) as parts:
            identity = parts.jobs.enqueue("rebuild", {})

        assert run(["jobs", "list", "--lang", lang], {}) == 0
        assert run(["jobs", "dead", "--lang", lang], {}) == 0
        assert run(["jobs", "retry", "all", "--lang", lang], {}) == 0
        assert run(["jobs", "retry", "nothing", "--lang", lang], {}) == FAILED

        out, err = capfd.readouterr()
        assert identity in out
        assert "nothing" in err

    def test_shows_the_lines_that_could_not_be_done(
        self, database: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        job = (
            "INSERT INTO job (id, kind, parameters, status, done, total, attempts, most, fence, "
            "run_at, created_at, error) VALUES ('heads-1', 'heads', '{}', 'failed', 1, 1, 1, 5, 1, "
            "'2026-03-02T00:00:00.000000+00:00', '2026-03-02T00:00:00.000000+00:00', 'cut')"
        )
        do(database, job)
        line = """INSERT INTO job_line VALUES ('heads-1', 'day', 0, '{"wrong": ["p/2: cut"]}')"""
        do(database, line)

        (listed,) = (each for each in said(capfd, "jobs", "list")["jobs"] if each["wrong"])
        assert (listed["id"], listed["wrong"]) == ("heads-1", 1)
        assert said(capfd, "jobs", "lines", "heads-1")["lines"] == [
            {"line": "day", "ok": False, "detail": {"wrong": ["p/2: cut"]}}
        ]
        assert run(["jobs", "lines", "heads-1"], {}) == 0
        assert "p/2: cut" in capfd.readouterr().out
        assert run(["jobs", "lines", "nothing", "--lang", "en"], {}) == FAILED
        assert "nothing" in capfd.readouterr().err


class TestHeads:
    def test_show_a_cut_tail(
        self,
        database: Path,
        tmp_path: Path,
        capfd: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("ABREAST_HEADS_KEY", KEY)
        file = str(tmp_path / "heads.json")
        assert run(["heads", "--sign", "--out", file], {}) == 0
        capfd.readouterr()
        whole = said(capfd, "verify", "--heads", file)
        stream = "(SELECT min(stream) FROM event WHERE stream LIKE 'roster:%')"
        do(database, f"DELETE FROM event WHERE stream = {stream}")  # noqa: S608 - our own words
        for table in ("head", "command"):
            gone = "stream <> '' AND stream NOT IN (SELECT stream FROM event)"
            do(database, f"DELETE FROM {table} WHERE {gone}")  # noqa: S608 - as above

        without = said(capfd, "verify")
        code = run(["verify", "--heads", file, "--json"], {})

        found = json.loads(capfd.readouterr().out)
        assert whole["ok"] is without["ok"] is True
        assert (code, found["ok"]) == (FAILED, False)
        assert [each["rule"] for each in found["violations"]] == ["cut"]

    def test_are_not_signed_without_a_key(
        self,
        database: Path,
        capfd: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.delenv("ABREAST_HEADS_KEY", raising=False)

        assert run(["heads", "--sign", "--lang", "en"], {}) == FAILED

        out, err = capfd.readouterr()
        assert database.exists()
        assert out == ""
        assert "ABREAST_HEADS_KEY" in err


class TestAMistypedPath:
    @pytest.mark.parametrize("command", [["verify"], ["heads", "--sign"], ["backup", "copy.db"]])
    def test_is_told_and_makes_no_database(
        self,
        tmp_path: Path,
        command: list[str],
        capfd: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("ABREAST_DATABASE", f"sqlite:///{tmp_path}/new/mistyped.db")

        assert run([*command, "--lang", "en"], {}) == FAILED

        assert "mistyped.db" in capfd.readouterr().err
        assert not list(tmp_path.iterdir())


class TestBackup:
    def test_comes_back_whole(
        self,
        database: Path,
        tmp_path: Path,
        capfd: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        before = said(capfd, "verify")
        file = str(tmp_path / "copy.db")
        made = said(capfd, "backup", file)
        monkeypatch.setenv("ABREAST_DATABASE", f"sqlite:///{tmp_path}/elsewhere.db")

        restored = said(capfd, "restore", file)

        assert made["bytes"] > 0
        assert restored["ok"] is True
        assert restored["events"] == before["events"]
        assert run(["restore", file, "--lang", "en"], {}) == FAILED
        assert "holds events" in capfd.readouterr().err
        assert run(["restore", file, "--replace", "--lang", "en"], {}) == 0
        assert database.exists()
