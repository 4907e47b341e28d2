"""Script in names: every name that people write, in every page that is HTML."""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from engine.store.queries import Person
from tests.support.browser import PASSWORD, Browser
from tests.support.live_office import CODE, LiveOffice
from workflows.facts import Role

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

NAMES = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "</title><script>alert(1)</script>",
    '" autofocus onfocus="alert(1)',
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<a href=javascript:alert(1)>x</a>",
    "{{7654321*2}}{% raw %}",
    "&lt;script&gt;",
    "<math><mtext></table><style>*{x:expression(alert(1))}",
]
ALLOWED = {
    *("html", "head", "meta", "title", "link", "body", "a", "header", "div", "img", "span", "p"),
    *("main", "footer", "h1", "h2", "h3", "h4", "form", "label", "input", "button", "article"),
    *("ol", "ul", "li", "progress", "section", "dl", "dt", "dd", "table", "thead", "tbody", "tr"),
    *("th", "td", "strong", "code", "fieldset", "legend", "style", "time"),
}
# What texts with parameters are made of, in this language's ways.
FORMATS = [
    "{0.__class__}",
    "{name}{project}",
    "{code!r:>9}",
    "{{7*7}}{{config}}",
    "{%if(1)%}{{parts}}{%endif%}",
    "%s%(name)s%d",
    "$name${name}",
    "{",
]
SUM = "15308642"  # what a template would make of it
ALL = "".join(NAMES)
HALVES = ("".join(NAMES[:5]), "".join(NAMES[5:]))  # a project's name has at most 200 characters


class Elements(HTMLParser):
    """Gathers what a browser would make of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.handlers: set[str] = set()
        self.links: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name.startswith("on") or name in {"srcdoc", "autofocus", "style"}:
                self.handlers.add(name)
            if name in {"href", "src", "action", "formaction"}:
                self.links.add(value or "")


def check(answer: TestResponse) -> None:
    """Check that a page holds nothing but what its template put there."""
    found = Elements(answer.text)
    assert answer.mimetype == "text/html"
    assert found.tags <= ALLOWED
    assert not found.handlers
    assert not [link for link in found.links if ":" in link.partition("/")[0]]
    assert SUM not in answer.text
    assert "script-src" not in answer.headers["Content-Security-Policy"]


class TestAName:
    @pytest.mark.parametrize("half", HALVES)
    def test_of_a_project_is_a_text(self, office: LiveOffice, half: str) -> None:
        office.file(name=half)
        office.post(f"/projects/{CODE}/units", {"unit": 1, "stage": 2, "name": half}, "owner-a")

        for path in ("/", f"/projects/{CODE}", f"/projects/{CODE}?lang=en"):
            check(office.client.get(path))

    @pytest.mark.parametrize("name", FORMATS)
    def test_is_no_pattern_that_is_filled_in(self, office: LiveOffice, name: str) -> None:
        office.file(name=name)
        project = f"/projects/{CODE}"

        page, twin = office.client.get(project), office.client.get(f"/api/v1/public{project}")
        refused = office.post(f"{project}/agent", {"agent": name, "reason": "r"}).get_json()

        assert escape(name) in page.text
        assert twin.get_json()["name"] == name
        assert (refused["code"], name in refused["detail"]) == ("agent.unknown", True)

    def test_of_a_reason_is_a_text(self, filed: LiveOffice) -> None:
        reason = {"reason": ALL}
        filed.post(f"/projects/{CODE}/items/S1-18/decline", reason, "owner-a")
        filed.post(f"/projects/{CODE}/withdraw", reason, "owner-a")

        check(filed.client.get(f"/projects/{CODE}"))

    def test_of_a_person_is_a_text(self, office: LiveOffice) -> None:
        person = Person(id="agent-1", name=ALL, roles=frozenset({Role.AGENT}), township="T1")
        office.people.put(person)
        office.parts.accounts.set_password(person, PASSWORD)
        office.file()
        browser = Browser(office)
        browser.sign_in("agent-1")
        browser.send("/account/token", "/account", label=NAMES[0], days="7", scope="read")

        for path in ("/account", "/account?lang=en", "/", f"/projects/{CODE}"):
            check(browser.get(path))

    @pytest.mark.parametrize("name", NAMES)
    def test_in_an_address_is_a_text(self, still: LiveOffice, name: str) -> None:
        given = quote(name, safe="")
        paths = [
            f"/sign-in?next={given}&lang={given}&done={given}",
            f"/find?code={given}&lang={given}",
            f"/answer?t={given}",
        ]

        for path in paths:
            check(still.client.get(path))

    @pytest.mark.parametrize("name", NAMES)
    def test_in_a_form_is_a_text(self, still: LiveOffice, name: str) -> None:
        browser = Browser(still, f"198.51.100.{NAMES.index(name)}")

        check(browser.send("/sign-in", person=name, password=name, code=name, next=name))

    @pytest.mark.parametrize("name", NAMES)
    def test_at_the_interface_is_never_html(self, still: LiveOffice, name: str) -> None:
        answer = still.get(f"/projects?owner={quote(name)}", "admin", Accept="text/html")

        assert answer.mimetype in {"application/json", "application/problem+json"}
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


class TestALetter:
    @pytest.mark.parametrize("half", HALVES)
    def test_holds_names_as_texts(self, office: LiveOffice, half: str) -> None:
        office.file(name=half)

        def done(seen: dict[str, object]) -> bool:
            stages = seen["units"][0]["stages"]  # type: ignore[index]
            items = (item for stage in stages for item in stage["items"])
            return any(item["item"] == "S1-05" and item["state"] == "granted" for item in items)

        office.work(done)
        letters = office.get(f"/projects/{CODE}/items/S1-05/letters").get_json()["data"]

        assert letters
        for letter in letters:
            check(office.get(letter["link"]))
