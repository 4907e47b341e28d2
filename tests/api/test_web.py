"""The built pages: served as files, every address below /app/ the same page, scripts only ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from api import web

if TYPE_CHECKING:
    from pathlib import Path

    from werkzeug.test import TestResponse

    from tests.support.live_office import LiveOffice


def fetched(office: LiveOffice, address: str) -> tuple[TestResponse, str]:
    """Return an answer and its text, with the file behind it closed."""
    answer = office.client.get(address)
    text = answer.get_data(as_text=True)
    answer.close()
    return answer, text


PAGE = "<!doctype html><title>并批</title>"


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "assets" / "index-abc.js").write_text("export {}", encoding="utf-8")
    monkeypatch.setattr(web, "BUILT", tmp_path)


@pytest.mark.usefixtures("built")
class TestThePages:
    @pytest.mark.parametrize("address", ["/app/", "/app/today", "/app/projects/X-1/pairing/3"])
    def test_are_one_page_that_reads_its_address(self, office: LiveOffice, address: str) -> None:
        answer, text = fetched(office, address)

        assert (answer.status_code, text) == (200, PAGE)
        assert "no-cache" in answer.headers["Cache-Control"]

    def test_run_no_script_but_ours(self, office: LiveOffice) -> None:
        policy = fetched(office, "/app/")[0].headers["Content-Security-Policy"]

        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy

    def test_are_made_of_files_that_never_change(self, office: LiveOffice) -> None:
        answer, _ = fetched(office, "/app/assets/index-abc.js")

        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]

    @pytest.mark.parametrize("name", ["none.js", "../index.html", "%2e%2e/index.html"])
    def test_give_no_other_file(self, office: LiveOffice, name: str) -> None:
        assert office.client.get(f"/app/assets/{name}").status_code == 404

    def test_begin_at_the_address_without_a_slash_too(self, office: LiveOffice) -> None:
        assert office.client.get("/app").headers["Location"].endswith("/app/")


class TestPagesThatWereNotBuilt:
    def test_say_how_to_build_them(
        self, office: LiveOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(web, "BUILT", tmp_path)
        answer = office.client.get("/app/")

        assert answer.status_code == 503
        assert "make web" in answer.get_data(as_text=True)
