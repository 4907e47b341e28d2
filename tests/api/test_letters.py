"""Letters by HTTP: listed, printed, for those who see the project."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING

import pytest

from tests.support.live_office import CODE, LiveOffice

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

ITEM = "S1-05"
LETTERS = f"/projects/{CODE}/items/{ITEM}/letters"


@pytest.fixture
def granted(filed: LiveOffice) -> LiveOffice:
    """Return an office in which the item has run its whole way."""

    def done(seen: dict[str, object]) -> bool:
        stages = seen["units"][0]["stages"]  # type: ignore[index]
        items = (item for stage in stages for item in stage["items"])
        return any(item["item"] == ITEM and item["state"] == "granted" for item in items)

    filed.work(done)
    return filed


def printed(office: LiveOffice, kind: str, query: str = "", who: str = "owner-a") -> TestResponse:
    return office.get(f"{LETTERS}/{kind}{query}", who)


class TestTheList:
    def test_is_empty_before_anything_happened(self, filed: LiveOffice) -> None:
        assert filed.get(LETTERS, "owner-a").get_json()["data"] == []

    def test_links_to_each_page(self, granted: LiveOffice) -> None:
        seen = granted.get(LETTERS, "owner-a").get_json()["data"]

        assert [row["kind"] for row in seen] == ["acceptance", "decision"]
        assert [row["title"] for row in seen] == ["受理通知书", "办理结果决定书"]
        for row in seen:
            answer = granted.get(row["link"], "owner-a")
            assert answer.status_code == 200
            assert row["number"] in answer.text

    def test_speaks_english_when_asked(self, granted: LiveOffice) -> None:
        seen = granted.get(LETTERS, "owner-a", Accept_Language="en").get_json()["data"]

        assert seen[0]["title"] == "Notice of acceptance"


class TestThePage:
    def test_is_a_document_by_itself(self, granted: LiveOffice) -> None:
        answer = printed(granted, "decision")

        assert answer.mimetype == "text/html"
        assert "size: A4" in answer.text
        assert not re.search(r"<script|<link|<img|src=|@import|url\(", answer.text)

    def test_allows_its_own_style_and_nothing_else(self, granted: LiveOffice) -> None:
        answer = printed(granted, "decision")
        style = re.search(r"<style>(.*?)</style>", answer.text, re.DOTALL)
        assert style is not None

        digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()

        policy = answer.headers["Content-Security-Policy"]
        assert f"style-src 'sha256-{digest}'" in policy
        assert "default-src 'none'" in policy

    def test_is_dated_under_the_seal(self, granted: LiveOffice) -> None:
        """行政许可法 art. 32: 加盖本行政机关专用印章和注明日期的书面凭证."""
        rows = granted.get(LETTERS, "owner-a").get_json()["data"]

        dated = [
            re.findall(
                r'class="seal">[^<]*</span></p>\s*<p><time datetime="([0-9-]{10})">\1</time>',
                granted.get(row["link"], "owner-a").text,
            )
            for row in rows
        ]

        assert dated == [[row["dated"]] for row in rows] != []

    def test_quotes_the_entry_of_the_log(self, granted: LiveOffice) -> None:
        row = granted.get(LETTERS, "owner-a").get_json()["data"][-1]
        history = granted.get(f"/projects/{CODE}/events?limit=500", "owner-a").get_json()["data"]
        sealed = next(each for each in history if each["number"] == row["event"])

        assert sealed["hash"] in printed(granted, "decision").text

    def test_speaks_both_languages(self, granted: LiveOffice) -> None:
        chinese = printed(granted, "acceptance")
        english = printed(granted, "acceptance", "?lang=en")

        assert 'lang="zh-CN"' in chinese.text
        assert "受理通知书" in chinese.text
        assert 'lang="en"' in english.text
        assert "Notice of acceptance" in english.text
        assert english.headers["Content-Language"] == "en"

    def test_names_no_person(self, granted: LiveOffice) -> None:
        pages = printed(granted, "acceptance").text + printed(granted, "decision").text

        for person in ("owner-a", "agent-1", "window-1", "名window-1", "示例项目"):
            assert person not in pages

    def test_is_chosen_by_its_entry(self, granted: LiveOffice) -> None:
        row = granted.get(LETTERS, "owner-a").get_json()["data"][0]

        right = printed(granted, "acceptance", f"?entry={row['event']}")
        wrong = printed(granted, "acceptance", "?entry=1")

        assert right.status_code == 200
        assert (wrong.status_code, wrong.get_json()["code"]) == (404, "letter.none")

    @pytest.mark.parametrize("kind", ["supplement", "procedure", "poem"])
    def test_that_was_never_written_does_not_exist(self, granted: LiveOffice, kind: str) -> None:
        answer = printed(granted, kind)

        assert (answer.status_code, answer.get_json()["code"]) == (404, "letter.none")

    def test_is_for_those_who_see_the_project(self, granted: LiveOffice) -> None:
        assert printed(granted, "decision", who="owner-b").status_code == 404

    @pytest.mark.parametrize("query", ["?entry=x", "?unit=-1", "?entry=99999999999"])
    def test_refuses_what_is_no_number(self, granted: LiveOffice, query: str) -> None:
        assert printed(granted, "decision", query).status_code == 422

    @pytest.mark.parametrize(
        ("path", "code"),
        [
            (f"/projects/{CODE}/items/S4-99/letters", "item.unknown"),
            (f"{LETTERS}?unit=4", "unit.unknown"),
            ("/projects/nobody/items/S1-05/letters", "project.unknown"),
        ],
    )
    def test_knows_what_does_not_exist(self, filed: LiveOffice, path: str, code: str) -> None:
        answer = filed.get(path, "owner-a")

        assert (answer.status_code, answer.get_json()["code"]) == (404, code)
