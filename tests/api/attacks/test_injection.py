"""SQL and paths in every place where a text comes in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from api import document
from tests.support.browser import Browser
from tests.support.live_office import CODE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.live_office import LiveOffice

SQL = [
    "' OR '1'='1",
    "'; DROP TABLE person; --",
    "x' UNION SELECT hash, person FROM token --",
    '" OR ""="',
    "%' OR name LIKE '%",
    "\\'; SELECT pg_sleep(5); --",
    "1) OR (1=1",
]
PATHS = [
    "../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "..%252f..%252fetc%252fpasswd",
    "....//....//etc/passwd",
    "%2e%2e/%2e%2e/pyproject.toml",
    "..\\..\\pyproject.toml",
    "/etc/passwd",
    "abreast.css%00.png",
    "..%c0%af..%c0%afetc/passwd",
    "C:/windows/win.ini",
    "file:///etc/passwd",
]
SERVED = ("/static/", "/app/assets/", "/api/v1/docs/", "/problems/", "/reset/", "/projects/")
SECRETS = ("root:x:0", "[project]", "[build-system]")


def places() -> Iterator[tuple[str, str]]:
    """Yield (path, name) of each text that a query may hold."""
    for path, methods in document()["paths"].items():
        for parameter in methods.get("get", {}).get("parameters", []):
            kind = parameter.get("schema", {}).get("type")
            if parameter.get("in") == "query" and "string" in str(kind):
                yield path, parameter["name"]


QUERIES = sorted(set(places()))


def counts(office: LiveOffice) -> dict[str, int]:
    with office.parts.new_uow() as uow:
        raw: Any = uow.connection.connection.driver_connection
        return {
            table: raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - ours
            for table in ("person", "token", "project", "event")
        }


class TestSql:
    def test_in_any_query_asks_nothing_more(self, still: LiveOffice) -> None:
        before = counts(still)
        for template, name in QUERIES:
            path = template.replace("{code}", CODE).replace("{agent}", "agent-1")
            for payload in SQL:
                answer = still.get(f"{path}?{name}={quote(payload)}")
                listed = (answer.get_json(silent=True) or {}).get("data", [])

                assert answer.status_code < 500, (path, name, payload)
                assert not listed, (path, name, payload)
        assert len(QUERIES) >= 15
        assert counts(still) == before

    @pytest.mark.parametrize("payload", SQL)
    def test_in_an_address_finds_nobody(self, still: LiveOffice, payload: str) -> None:
        for path in ("/people/{}", "/projects/{}", "/agents/{}/caseload"):
            assert still.get(path.format(quote(payload, safe=""))).status_code == 404

    @pytest.mark.parametrize("payload", SQL)
    def test_in_the_sign_in_lets_nobody_in(self, still: LiveOffice, payload: str) -> None:
        browser = Browser(still, f"198.51.100.{SQL.index(payload)}")

        answer = browser.sign_in(payload, payload, payload[:6])

        assert answer.status_code == 403
        assert browser.cookie() is None

    def test_in_a_body_is_a_text_like_any_other(self, office: LiveOffice) -> None:
        before = counts(office)
        for payload in SQL:
            office.file(code=f"2026-120118-47-03-00000{SQL.index(payload)}", name=payload)

        names = {each["name"] for each in office.get("/projects").get_json()["data"]}
        assert names == set(SQL)
        assert counts(office)["person"] == before["person"]


class TestAPath:
    @pytest.mark.parametrize("folder", SERVED)
    @pytest.mark.parametrize("path", PATHS)
    def test_leads_nowhere_else(self, still: LiveOffice, folder: str, path: str) -> None:
        with still.client.get(folder + path, follow_redirects=True) as answer:
            text = answer.get_data().decode("utf-8", "replace")

        assert answer.status_code in {200, 400, 404, 503}  # 503: the pages are not built
        assert not [secret for secret in SECRETS if secret in text]
