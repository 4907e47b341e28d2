from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from cli.main import run
from tests.support.adjusted import CANCELLED, SHORTENED, adjusted, cancel, limit
from tests.support.catalogues import FILE, shipped
from tests.support.holidays import holidays

if TYPE_CHECKING:
    from pathlib import Path


OFF = ["01-04", *holidays(2028)]  # one day beside those off by regulation


@pytest.fixture
def changed(tmp_path: Path) -> str:
    path = tmp_path / "changed.yaml"
    path.write_text(adjusted(cancel(CANCELLED), limit(SHORTENED, 1)), encoding="utf-8")
    return str(path)


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABREAST_DATABASE", f"sqlite:///{tmp_path}/test.db")


def told(capsys: pytest.CaptureFixture[str], *args: str) -> Any:
    capsys.readouterr()
    assert run([*args, "--json"], {"LANG": "en"}) == 0, capsys.readouterr().err
    return json.loads(capsys.readouterr().out)


def refused(capsys: pytest.CaptureFixture[str], *args: str) -> str:
    capsys.readouterr()
    assert run([*args], {"LANG": "en"}) == 1
    return capsys.readouterr().err


class TestCatalogueDiff:
    def test_compares_two_files(self, capsys: pytest.CaptureFixture[str], changed: str) -> None:
        found = told(capsys, "catalogue", "diff", str(FILE), changed)

        assert [change["item"] for change in found["changes"]] == [SHORTENED, CANCELLED]
        assert found["statistics"]["items_after"] == found["statistics"]["items_before"] - 1

    def test_says_nothing_changes(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert told(capsys, "catalogue", "diff", "shipped", str(FILE))["changes"] == []

    def test_refuses_a_version_that_is_none(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert "12345678" in refused(capsys, "catalogue", "diff", "shipped", "12345678")

    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_speaks(self, capsys: pytest.CaptureFixture[str], changed: str, lang: str) -> None:
        assert run(["catalogue", "diff", "shipped", changed, "--lang", lang], {}) == 0
        name = shipped().items[CANCELLED].name
        assert (name.zh if lang == "zh" else name.en) in capsys.readouterr().out


class TestCatalogueAdopt:
    def test_brings_it_into_force(self, capsys: pytest.CaptureFixture[str], changed: str) -> None:
        adopted = told(capsys, "catalogue", "adopt", changed, "--from", "2999-01-01")

        versions = told(capsys, "catalogue", "versions")["versions"]
        assert [version["in_force"] for version in versions] == [True, False]
        assert versions[1]["catalogue"] == adopted["catalogue"]
        again = told(capsys, "catalogue", "diff", "shipped", adopted["catalogue"][:12])
        assert again["changes"] == adopted["changes"]

    def test_refuses_the_past_and_what_is_no_day(
        self, capsys: pytest.CaptureFixture[str], changed: str
    ) -> None:
        assert "2020-01-01" in refused(
            capsys, "catalogue", "adopt", changed, "--from", "2020-01-01"
        )
        assert "no date" in refused(capsys, "catalogue", "adopt", changed, "--from", "soon")


class TestCatalogueCompleteness:
    def test_gives_the_share(self, capsys: pytest.CaptureFixture[str]) -> None:
        found = told(capsys, "catalogue", "completeness")

        assert found["percent"] == round(100 * found["present"] / found["asked"], 1)

    def test_looks_at_a_file(self, capsys: pytest.CaptureFixture[str], changed: str) -> None:
        assert told(capsys, "catalogue", "completeness", changed)["items"] == 86


class TestCatalogueFollow:
    def test_has_nothing_to_do_without_projects(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert told(capsys, "catalogue", "follow") == {"projects": []}


class TestCalendar:
    @pytest.fixture
    def notice(self, tmp_path: Path) -> str:
        path = tmp_path / "notice.json"
        year = {"year": 2028, "source": "通知", "off": OFF, "worked": ["01-08"]}
        path.write_text(json.dumps(year), encoding="utf-8")
        return str(path)

    def test_shows_a_year(self, capsys: pytest.CaptureFixture[str]) -> None:
        year = told(capsys, "calendar", "show", "2025")

        assert (year["working_days"], year["provisional"]) == (248, False)

    def test_refuses_a_year_beyond_it(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert "1900" in refused(capsys, "calendar", "show", "1900")

    def test_previews_a_notice_and_adopts_it(
        self, capsys: pytest.CaptureFixture[str], notice: str
    ) -> None:
        seen = told(capsys, "calendar", "notice", notice, "--preview")
        before = told(capsys, "calendar", "show", "2028")

        adopted = told(capsys, "calendar", "notice", notice)

        (job,) = told(capsys, "jobs", "list")["jobs"]
        assert (job["id"], job["kind"], job["status"]) == (adopted["job"], "recompute", "queued")
        after = told(capsys, "calendar", "show", "2028")
        assert {"day": "2028-01-04", "worked": False} in seen["changed_days"]
        assert (before["provisional"], after["provisional"]) == (True, False)
        assert (after["source"], after["worked"]) == ("通知", ["2028-01-08"])

    def test_recomputes(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert told(capsys, "calendar", "recompute") == {"projects": []}
