from __future__ import annotations

from functools import partial
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.live_office import CODE, LiveOffice

if TYPE_CHECKING:
    from pathlib import Path

# As they are promised, and not as api/headers.py has them.
GUARDING = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
OUTDATED = {"applet", "bgsound", "embed", "frame", "frameset", "object"}
VOID = {"meta", "link", "img", "input", "br", "hr"}
EVIL = "<script>alert(1)</script>\"'&"


class _Tags(HTMLParser):
    """Checks that tags close in order, and remembers what was opened."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def has_begun(stage: int, seen: dict[str, Any]) -> bool:
    granted: int = seen["units"][0]["stages"][stage - 1]["granted"]
    return granted > 1


def page(office: LiveOffice, path: str) -> str:
    answer = office.client.get(path)
    assert answer.status_code == 200
    return answer.text


class TestTheStartPage:
    def test_shows_a_demonstrations_projects_with_four_stages(self, filed: LiveOffice) -> None:
        text = page(filed, "/")

        assert "示例项目" in text
        assert text.count("<progress") == 4

    def test_has_three_doors_in_a_demonstration(self, filed: LiveOffice) -> None:
        text = page(filed, "/")

        assert text.count('class="card door"') == 3
        assert "/app/today?persona=agent-1" in text

    def test_lists_nothing_outside_a_demonstration(self, tmp_path: Path) -> None:
        office = LiveOffice(tmp_path, demo=False)
        text = page(office, "/")
        office.close()

        assert "<progress" not in text
        assert "<form" in text

    @pytest.mark.parametrize(
        ("path", "wanted", "word"),
        [("/", "", "项目代码"), ("/?lang=en", "zh", "Project code"), ("/", "en", "Project code")],
    )
    def test_speaks_the_language_asked_for(
        self, filed: LiveOffice, path: str, wanted: str, word: str
    ) -> None:
        text = filed.client.get(path, headers={"Accept-Language": wanted}).text

        assert word in text

    def test_leads_to_a_typed_code(self, filed: LiveOffice) -> None:
        answer = filed.client.get(f"/find?code={CODE}&lang=zh")

        assert answer.headers["Location"] == f"/projects/{CODE}?lang=zh"

    @pytest.mark.parametrize("code", ["", "//evil.example", "../..", "x" * 60, "项目", "a%0d%0ab"])
    def test_leads_nowhere_else(self, filed: LiveOffice, code: str) -> None:
        assert filed.client.get(f"/find?code={code}").status_code == 404


class TestAProjectsPage:
    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_is_sound_at_every_point_of_a_project(self, filed: LiveOffice, language: str) -> None:
        path = f"/projects/{CODE}?lang={language}"
        for stage in range(1, 5):
            filed.work(partial(has_begun, stage))
            tags = _Tags(page(filed, path))
            assert tags.open == []

        assert "script" not in tags.seen
        assert "style" not in tags.attributes

    def test_names_what_blocks_and_whose_turn_it_is(self, filed: LiveOffice) -> None:
        filed.post(f"/projects/{CODE}/stages/1/file", {}, "owner-a")

        text = page(filed, f"/projects/{CODE}")

        assert "轮到综合窗口" in text
        assert "等文件：" in text

    def test_shows_no_person_and_no_organisation(self, tmp_path: Path) -> None:
        office = LiveOffice(tmp_path, demo=True)
        office.file()
        office.post(f"/projects/{CODE}/stages/1/file", {}, "owner-a")
        office.post(f"/projects/{CODE}/tasks/0/S1-05/1/receive/claim", {}, "window-1")
        quiet = LiveOffice(tmp_path, demo=False)

        text = page(quiet, f"/projects/{CODE}")
        quiet.close()
        office.close()

        for secret in ("window-1", "owner-a", "ORG-A", "agent-1"):
            assert secret not in text

    def test_escapes_what_people_wrote(self, office: LiveOffice) -> None:
        office.file(name=EVIL)

        for path in ("/", f"/projects/{CODE}"):
            assert "<script" not in page(office, path)

    def test_says_when_there_is_none(self, office: LiveOffice) -> None:
        answer = office.client.get("/projects/2026-120118-47-03-999999")

        assert (answer.status_code, answer.mimetype) == (404, "text/html")


class TestEveryAnswer:
    @pytest.mark.parametrize(
        "path", ["/", f"/projects/{CODE}", "/api/v1/projects", "/nothing", "/static/abreast.css"]
    )
    def test_carries_the_guarding_headers(self, filed: LiveOffice, path: str) -> None:
        with filed.client.get(path) as answer:
            assert {name: answer.headers.get(name) for name in GUARDING} == GUARDING

    @pytest.mark.parametrize(
        "path",
        ["/", f"/projects/{CODE}", "/sign-in", "/api/v1/projects", f"/api/v1/projects/{CODE}",
         "/api/v1/projects/export/csv", "/nothing"],
    )  # fmt: skip
    def test_is_kept_by_nobody_on_the_way(self, filed: LiveOffice, path: str) -> None:
        with filed.client.get(path, headers={"X-Abreast-Persona": "admin"}) as answer:
            assert "no-store" in answer.headers["Cache-Control"]

    @pytest.mark.parametrize("path", ["/", f"/projects/{CODE}", "/sign-in", "/account"])
    def test_asks_for_no_plug_in(self, filed: LiveOffice, path: str) -> None:
        with filed.client.get(path, follow_redirects=True) as answer:
            tags = _Tags(answer.get_data(as_text=True))

        assert tags.seen
        assert not tags.seen & OUTDATED

    @pytest.mark.parametrize(
        ("path", "kind"),
        [
            ("/", "text/html; charset=utf-8"),
            (f"/projects/{CODE}", "text/html; charset=utf-8"),
            ("/static/abreast.css", "text/css; charset=utf-8"),
            ("/api/v1/projects", "application/json"),  # UTF-8 by its own rule (RFC 8259)
            ("/api/v1/projects/export/csv", "text/csv; charset=utf-8"),
            ("/nothing", "application/problem+json"),
        ],
    )
    def test_says_its_kind_and_encoding(self, filed: LiveOffice, path: str, kind: str) -> None:
        with filed.client.get(path, headers={"X-Abreast-Persona": "admin"}) as answer:
            assert answer.content_type == kind

    def test_has_its_style_sheet(self, office: LiveOffice) -> None:
        text = page(office, "/")

        sheet = text.partition('rel="stylesheet" href="')[2].partition('"')[0]
        with office.client.get(sheet) as answer:
            assert answer.mimetype == "text/css"

    def test_says_that_the_process_answers(self, office: LiveOffice) -> None:
        assert office.client.get("/health").get_json() == {"status": "ok"}
