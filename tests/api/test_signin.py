from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pyotp
import pytest

from tests.support.browser import PASSWORD, Browser, enrol
from tests.support.live_office import CODE, LiveOffice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NEW = "another phrase, also long"


@pytest.fixture
def real(tmp_path: Path, model: Path) -> Iterator[LiveOffice]:
    """Return an office that is no demonstration, where agent-1 has a password."""
    opened = LiveOffice(tmp_path, demo=False, model=model)
    enrol(opened, "agent-1")
    yield opened
    opened.close()


@pytest.fixture
def browser(real: LiveOffice) -> Browser:
    return Browser(real)


class TestTheForm:
    @pytest.mark.parametrize(("language", "word"), [("zh", "登录"), ("en", "Sign in")])
    def test_speaks_both_languages_without_script(
        self, browser: Browser, language: str, word: str
    ) -> None:
        text = browser.get(f"/sign-in?lang={language}").text

        assert f"<h1>{word}</h1>" in text
        assert "<script" not in text

    def test_leads_in_and_to_ones_account(self, browser: Browser) -> None:
        answer = browser.sign_in("agent-1")

        assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
        assert "agent-1" in browser.get("/account").text

    def test_leads_to_where_one_wanted_to_go(self, browser: Browser) -> None:
        answer = browser.send("/sign-in", person="agent-1", password=PASSWORD, next="/app/today")

        assert answer.headers["Location"] == "/app/today"

    @pytest.mark.parametrize(
        "place",
        ["//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nX: y", "javascript:1"],
    )
    def test_leads_to_no_other_host(self, browser: Browser, place: str) -> None:
        answer = browser.send("/sign-in", person="agent-1", password=PASSWORD, next=place)

        assert answer.headers["Location"] == "/account"

    @pytest.mark.parametrize(
        ("person", "password"), [("agent-1", "wrong"), ("nobody", PASSWORD), ("agent-2", "")]
    )
    def test_says_the_same_whatever_is_wrong(
        self, browser: Browser, person: str, password: str
    ) -> None:
        answer = browser.sign_in(person, password)

        assert answer.status_code == 403
        assert "编号、密码或动态码不对" in answer.text
        assert browser.cookie() is None

    def test_asks_for_the_one_time_code(self, real: LiveOffice, browser: Browser) -> None:
        codes = pyotp.parse_uri(real.parts.accounts.start_codes("agent-1"))
        assert isinstance(codes, pyotp.TOTP)

        assert browser.sign_in("agent-1").status_code == 403
        code = codes.at(real.clock.now() + timedelta(seconds=1))
        assert browser.sign_in("agent-1", code=code).status_code == 303

    def test_says_when_to_try_again(self, browser: Browser) -> None:
        for _ in range(10):
            browser.sign_in("agent-1", "wrong")

        answer = browser.sign_in("agent-1")

        assert answer.status_code == 429
        assert 0 < int(answer.headers["Retry-After"]) <= 900

    def test_takes_no_large_form(self, browser: Browser) -> None:
        answer = browser.sign_in("x" * 100_000, "x")

        assert answer.status_code == 413

    def test_shows_nothing_of_what_was_typed(self, browser: Browser) -> None:
        assert "typed-by-mistake" not in browser.sign_in("typed-by-mistake", "w").text


class TestTheCookie:
    def test_is_for_the_browser_alone(self, browser: Browser) -> None:
        (given,) = [
            each
            for each in browser.sign_in("agent-1").headers.getlist("Set-Cookie")
            if each.startswith("abreast=")
        ]

        assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(given.split("; "))

    def test_is_for_https_alone_where_there_is_https(self, real: LiveOffice) -> None:
        browser = Browser(real)
        https = {"base_url": "https://localhost"}
        page = browser.client.get("/sign-in", **https)
        guard = page.text.partition('name="guard" value="')[2][:64]

        answer = browser.client.post(
            "/sign-in", data={"guard": guard, "person": "agent-1", "password": PASSWORD}, **https
        )

        (given,) = [
            each
            for each in answer.headers.getlist("Set-Cookie")
            if each.startswith("__Host-abreast=")
        ]
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(given.split("; "))
        assert "Domain" not in given
        assert "max-age=" in answer.headers["Strict-Transport-Security"]


class TestSigningOut:
    def test_ends_the_session_at_once(self, browser: Browser) -> None:
        browser.sign_in("agent-1")

        answer = browser.send("/sign-out", "/account")

        assert answer.headers["Location"] == "/sign-in"
        assert browser.get("/account").status_code == 303
        assert browser.get("/api/v1/people/me").status_code == 401


class TestASession:
    def test_reads_and_orders_at_the_interface(self, real: LiveOffice, browser: Browser) -> None:
        enrol(real, "owner-a")
        browser.sign_in("owner-a")
        session = browser.get("/api/v1/session").get_json()

        filed = browser.order(
            "/api/v1/projects", real.filing(), session["guard"], Idempotency_Key="k1"
        )

        assert (session["person"], session["way"]) == ("owner-a", "password")
        assert filed.status_code == 201
        assert browser.get(f"/api/v1/projects/{CODE}").status_code == 200

    def test_ends_after_half_an_hour_without_use(self, real: LiveOffice, browser: Browser) -> None:
        browser.sign_in("agent-1")

        real.clock.push(timedelta(minutes=31))

        assert browser.get("/api/v1/session").status_code == 401


class TestALink:
    def link(self, real: LiveOffice, person: str = "agent-2") -> str:
        return f"/reset/{real.parts.accounts.link(person)}"

    def test_sets_the_first_password(self, real: LiveOffice, browser: Browser) -> None:
        path = self.link(real)

        answer = browser.send(path, path, password=NEW, again=NEW)

        assert answer.status_code == 303
        assert browser.sign_in("agent-2", NEW).status_code == 303

    def test_ends_the_tokens_of_whom_it_is_for(self, real: LiveOffice, browser: Browser) -> None:
        real.people.issue_token("agent-2", timedelta(days=1))
        path = self.link(real)
        browser.send(path, path, password=NEW, again=NEW)

        assert real.people.tokens("agent-2") == ()

    def test_works_once(self, real: LiveOffice, browser: Browser) -> None:
        path = self.link(real)
        browser.send(path, path, password=NEW, again=NEW)

        assert browser.send(path, path, password=PASSWORD, again=PASSWORD).status_code == 410

    @pytest.mark.parametrize(
        ("password", "again", "word"),
        [
            ("short", "short", "至少 12 个字符"),
            ("password1234", "password1234", "太常见"),
            (NEW, NEW + "x", "不一样"),
        ],
    )
    def test_says_what_is_wrong_with_a_password(
        self, real: LiveOffice, browser: Browser, password: str, again: str, word: str
    ) -> None:
        path = self.link(real)

        answer = browser.send(path, path, password=password, again=again)

        assert answer.status_code == 422
        assert word in answer.text


class TestTheAccountsPage:
    def test_asks_for_a_sign_in(self, browser: Browser) -> None:
        answer = browser.get("/account")

        assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?next=/account")

    def test_lists_and_ends_other_sessions(self, real: LiveOffice, browser: Browser) -> None:
        other = Browser(real)
        for each in (browser, other):
            each.sign_in("agent-1")
        sessions = browser.get("/api/v1/people/me/sessions").get_json()["data"]
        (there,) = [each["id"] for each in sessions if not each["here"]]

        browser.send("/account/end", "/account", session=there)

        assert other.get("/api/v1/people/me").status_code == 401
        assert browser.get("/api/v1/people/me").status_code == 200

    def test_ends_all_the_others(self, real: LiveOffice, browser: Browser) -> None:
        others = [Browser(real), Browser(real)]
        for each in (browser, *others):
            each.sign_in("agent-1")

        browser.send("/account/end", "/account")

        statuses = [each.get("/api/v1/people/me").status_code for each in (browser, *others)]
        assert statuses == [200, 401, 401]

    def test_issues_a_token_once_and_takes_it_back(
        self, real: LiveOffice, browser: Browser
    ) -> None:
        browser.sign_in("agent-1")
        page = browser.send("/account/token", "/account", label="夜间同步", days="7", scope="read")
        token = page.text.partition("<code>")[2].partition("</code>")[0]
        (listed,) = real.people.tokens("agent-1")

        assert real.people.holder(token) is not None
        assert (listed.label, listed.scopes) == ("夜间同步", "read")
        assert token not in browser.get("/account").text
        browser.send("/account/revoke", "/account", token=listed.id)
        assert real.people.holder(token) is None

    @pytest.mark.parametrize(
        "fields",
        [
            {"days": "0", "scope": "read"},
            {"days": "367", "scope": "read"},
            {"days": "x", "scope": "read"},
            {"days": "7"},
            {"days": "7", "scope": "everything"},
            {"days": "7", "scope": "admin"},
        ],
    )
    def test_issues_none_that_may_not_be(
        self, real: LiveOffice, browser: Browser, fields: dict[str, str]
    ) -> None:
        browser.sign_in("agent-1")

        answer = browser.send("/account/token", "/account", label="x", **fields)

        assert answer.status_code == 422
        assert real.people.tokens("agent-1") == ()

    def test_changes_the_password_and_keeps_this_browser(
        self, real: LiveOffice, browser: Browser
    ) -> None:
        other = Browser(real)
        for each in (browser, other):
            each.sign_in("agent-1")
        before = browser.cookie()

        answer = browser.send(
            "/account/password", "/account", old=PASSWORD, password=NEW, again=NEW
        )

        assert answer.status_code == 303
        assert browser.get("/account").status_code == 200
        assert browser.cookie() != before
        assert other.get("/account").status_code == 303

    @pytest.mark.parametrize(
        ("old", "new", "again", "status"),
        [("wrong", NEW, NEW, 403), (PASSWORD, NEW, "x", 422), (PASSWORD, "kurz", "kurz", 422)],
    )
    def test_keeps_the_password_when_something_is_wrong(
        self, browser: Browser, old: str, new: str, again: str, status: int
    ) -> None:
        browser.sign_in("agent-1")

        answer = browser.send("/account/password", "/account", old=old, password=new, again=again)

        assert answer.status_code == status
        assert browser.sign_in("agent-1").status_code == 303
