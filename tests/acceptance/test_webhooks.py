from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from cli.main import run
from engine.settings import Settings
from engine.store.queries import Person
from wire import assemble
from workflows.facts import Role

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://hooks.example.cn/in"


@pytest.fixture(autouse=True)
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = f"sqlite:///{tmp_path}/office.db"
    monkeypatch.setenv("ABREAST_DATABASE", database)
    monkeypatch.setenv("ABREAST_WEBHOOK_ORIGINS", "https://hooks.example.cn")
    parts = assemble(Settings(database=database))
    parts.people.put(
        Person(id="admin", name="管", roles=frozenset({Role.ADMINISTRATOR})),
        Person(id="owner", name="业", roles=frozenset({Role.OWNER}), organisation="O"),
    )
    parts.close()


def said(capfd: pytest.CaptureFixture[str], *args: str) -> dict[str, Any]:
    assert run(["webhooks", *args, "--json"], {}) == 0
    told: dict[str, Any] = json.loads(capfd.readouterr().out)
    return told


class TestWebhooksAtTheShell:
    def test_are_added_listed_renewed_told_again_and_removed(
        self, capfd: pytest.CaptureFixture[str]
    ) -> None:
        made = said(capfd, "add", URL, "--kind", "ItemEnded", "--as", "admin")
        (listed,) = said(capfd, "list")["webhooks"]
        renewed = said(capfd, "secret", made["id"], "--as", "admin")
        codes = [run(["webhooks", deed, made["id"]], {}) for deed in ("replay", "remove")]
        capfd.readouterr()

        assert (listed["id"], listed["url"], listed["kinds"]) == (made["id"], URL, ["ItemEnded"])
        assert made["secret"] != renewed["secret"]
        assert codes == [0, 0]
        assert said(capfd, "list") == {"webhooks": []}

    @pytest.mark.parametrize(
        "args",
        [
            ("add", "https://elsewhere.cn/", "--as", "admin"),
            ("add", "http://127.0.0.1/", "--as", "admin"),
            ("add", URL, "--as", "owner"),
            ("add", URL, "--as", "nobody"),
            ("remove", "nothing"),
            ("replay", "nothing"),
        ],
    )
    def test_say_what_is_wrong(
        self, capfd: pytest.CaptureFixture[str], args: tuple[str, ...]
    ) -> None:
        code = run(["webhooks", *args], {})

        assert code == 1
        assert capfd.readouterr().err

    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_are_shown_as_a_table(self, capfd: pytest.CaptureFixture[str], lang: str) -> None:
        run(["webhooks", "add", URL, "--as", "admin"], {})

        assert run(["webhooks", "list", "--lang", lang], {}) == 0
        assert "hooks.example.cn" in capfd.readouterr().out
