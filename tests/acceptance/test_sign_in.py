"""The first administrator, sign-in and the audit trail, as whoever runs the office meets them."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from cli.main import FAILED, run
from engine.settings import Settings
from engine.store.audit import AuditFilter
from wire import assemble

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.store.audit import Seen
    from wire import Parts

ABREAST = Path(sys.executable).with_name("abreast")
PASSWORD = "correct horse battery staple"  # noqa: S105 - of nobody


@pytest.fixture
def admin(database: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the id of the first administrator, who has a password."""
    assert not database.exists()
    assert run(["people", "add", "admin", "--name", "管理员", "--role", "administrator"], {}) == 0
    monkeypatch.setattr(sys, "stdin", io.StringIO(PASSWORD + "\n"))
    assert run(["people", "password", "admin", "--stdin"], {}) == 0
    return "admin"


def said(capfd: pytest.CaptureFixture[str], *args: str) -> dict[str, Any]:
    """Run a command with --json and return what it printed."""
    capfd.readouterr()
    assert run([*args, "--json"], {}) == 0
    found: dict[str, Any] = json.loads(capfd.readouterr().out)
    return found


class TestTheFirstAdministrator:
    def test_is_made_by_two_commands(self, database: Path, admin: str) -> None:
        with closing(assemble(Settings(database=f"sqlite:///{database}"))) as parts:
            assert parts.accounts.sign_in(admin, PASSWORD, "", "").id == "admin"

    def test_leaves_a_trail_of_who_was_made_and_what_was_given(
        self, database: Path, admin: str, capfd: pytest.CaptureFixture[str]
    ) -> None:
        run(["token", "create", admin, "--scope", "admin"], {})
        run(["people", "data", "nobody"], {})
        capfd.readouterr()

        with closing(assemble(Settings(database=f"sqlite:///{database}"))) as parts:
            found = [line.seen for line in parts.audit.lines(AuditFilter())]

        assert [(each.operation, each.object, each.status) for each in reversed(found)] == [
            ("people.add", "admin administrator", 200),
            ("people.password", "admin", 200),
            ("token.create", "admin admin", 200),
            ("people.data", "nobody", 409),
        ]
        assert {each.actor for each in found} == {f"shell:{os.getuid()}"}

    def test_leaves_an_id_that_is_nobody_elses(
        self, database: Path, admin: str, capfd: pytest.CaptureFixture[str]
    ) -> None:
        other = ["people", "add", "second", "--name", "乙", "--role", "administrator"]
        with closing(assemble(Settings(database=f"sqlite:///{database}"))) as parts:
            note = {"actor": "second", "operation": "o", "object_": "-", "request": "-"}
            parts.audit.note(**note, status=200)
            parts.audit.flush()

        refused = run(other, {"LANG": "en"})

        assert refused == FAILED
        assert "nobody else's" in capfd.readouterr().err
        assert run([*other[:2], "third", *other[3:]], {}) == 0
        assert admin == "admin"

    def test_has_no_password_before_one_is_set(
        self, database: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        run(["people", "add", "admin", "--name", "管理员", "--role", "administrator"], {})

        checks = {check["name"]: check for check in said(capfd, "doctor")["checks"]}

        assert database.exists()
        assert checks["sign_in"]["state"] == "note"
        assert "people password" in checks["sign_in"]["detail"]

    @pytest.mark.parametrize(
        ("proxies", "state"), [("0", "note"), ("1", "ok")], ids=["forgotten", "said"]
    )
    def test_comes_through_a_proxy_that_is_known(
        self,
        admin: str,
        proxies: str,
        state: str,
        monkeypatch: pytest.MonkeyPatch,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setenv("ABREAST_PUBLIC_URL", "https://abreast.example")
        monkeypatch.setenv("ABREAST_PROXIES", proxies)

        checks = {check["name"]: check for check in said(capfd, "doctor")["checks"]}

        assert admin == "admin"
        assert checks["sign_in"]["state"] == state
        assert ("ABREAST_PROXIES" in checks["sign_in"]["detail"]) == (state == "note")

    def test_is_asked_for_a_good_one(
        self, admin: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO("password1234\n"))

        assert run(["people", "password", admin, "--stdin", "--lang", "en"], {}) == FAILED
        assert "common" in capfd.readouterr().err

    def test_cannot_be_erased_as_the_last(
        self, admin: str, capfd: pytest.CaptureFixture[str]
    ) -> None:
        assert run(["people", "erase", admin, "--yes", "--lang", "en"], {}) == FAILED
        assert "last administrator" in capfd.readouterr().err


@pytest.mark.parametrize("lang", ["zh", "en"])
class TestEveryCommand:
    def test_about_people_speaks(
        self, admin: str, lang: str, capfd: pytest.CaptureFixture[str]
    ) -> None:
        run(
            ["people", "add", "w1", "--name", "甲", "--role", "window", "--phone", "13812345678"],
            {},
        )
        commands = [
            ["people", "link", "w1"],
            ["people", "codes", "w1"],
            ["people", "codes", "w1", "--off"],
            ["people", "provider", "w1", "sub-1"],
            ["people", "provider", "w1"],
            ["people", "unlock", "w1"],
            ["people", "sign-out", "w1"],
            ["people", "data", "w1"],
            ["token", "create", "w1", "--scope", "read", "--label", "夜间同步"],
            ["token", "list", "w1"],
            ["audit", "list"],
            ["audit", "prune"],
            ["doctor", "--settings"],
            ["people", "erase", "w1", "--yes"],
        ]

        codes = [run([*command, "--lang", lang], {}) for command in commands]

        out = capfd.readouterr().out
        assert codes == [0] * len(commands)
        assert "/reset/" in out
        assert "otpauth://" in out
        assert "13812345678" in out
        assert admin == "admin"

    def test_refuses_who_is_not_there(
        self, admin: str, lang: str, capfd: pytest.CaptureFixture[str]
    ) -> None:
        commands = (
            *(["people", name, "nobody"] for name in ("password", "link", "codes", "unlock")),
            *(["people", name, "nobody"] for name in ("sign-out", "data", "provider")),
            ["people", "erase", "nobody", "--yes"],
            ["people", "erase", admin],
            ["token", "create", "nobody"],
            ["token", "revoke", admin, "x"],
        )

        codes = [run([*command, "--lang", lang], {}) for command in commands]

        assert codes == [FAILED] * len(commands)
        assert capfd.readouterr().out == ""


class TestASettingsTable:
    def test_explains_each_and_shows_no_secret(
        self, database: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("ABREAST_OIDC_SECRET", "very secret")
        monkeypatch.setenv("ABREAST_DATABASE", "postgresql://office:very-secret@db/abreast")

        told = {each["name"]: each for each in said(capfd, "doctor", "--settings")["settings"]}

        assert database is not None
        assert len(told) == len(Settings.__dataclass_fields__)
        assert [each["name"] for each in told.values() if each["meaning"] == "-"] == []
        assert told["ABREAST_OIDC_SECRET"]["value"] == "***"
        assert told["ABREAST_DATABASE"]["value"] == "postgresql://office:***@db/abreast"


SILENT = 130  # more than waitress takes by itself


@pytest.fixture
def served(database: Path, admin: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Serve the office on a free port, and end it after the test if it did not end by itself."""
    environ = {**os.environ, "LANG": "en", "ABREAST_PORT": "0"}
    process = subprocess.Popen(
        [ABREAST, "serve"], env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        port = re.search(r":(\d+)", process.stdout.readline())
        assert port is not None
        assert database.exists()
        assert admin == "admin"
        yield process, int(port[1])
        process.kill()


def ask(port: int, path: str) -> tuple[int, str]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
        return answer.status, answer.read().decode()


class TestServing:
    def test_signs_in_logs_and_ends_politely(
        self, served: tuple[subprocess.Popen[str], int], database: Path
    ) -> None:
        process, port = served
        connection = HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", "/sign-in")
        page = connection.getresponse()
        cookie = page.headers["Set-Cookie"].partition(";")[0]
        guard = page.read().decode().partition('name="guard" value="')[2][:64]
        form = urlencode({"guard": guard, "person": "admin", "password": PASSWORD})
        head = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/sign-in", form, head)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        assert ask(port, "/ready")[0] == 200
        assert "abreast_requests_total" in ask(port, "/metrics")[1]

        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)

        lines = [json.loads(line) for line in err.splitlines() if line.startswith("{")]
        assert answer.status == 303
        assert process.returncode == 0
        assert {"signin.sign_in"} <= {line.get("operation") for line in lines}
        assert PASSWORD not in err
        with closing(assemble(Settings(database=f"sqlite:///{database}"))) as parts:
            assert [s.actor for s in _trail(parts) if s.operation == "signin.sign_in"] == ["admin"]

    def test_goes_on_while_others_hold_connections_and_say_nothing(
        self, served: tuple[subprocess.Popen[str], int]
    ) -> None:
        _, port = served
        with ExitStack() as silent:
            for _ in range(SILENT):
                silent.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))

            assert ask(port, "/health")[0] == 200


def _trail(parts: Parts) -> list[Seen]:
    return [line.seen for line in parts.audit.lines(AuditFilter())]
