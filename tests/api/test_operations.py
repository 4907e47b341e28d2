from __future__ import annotations

import json
import re
import threading
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import TYPE_CHECKING

import pytest
import structlog

from api.limits import STRANGERS
from api.what_ifs import LAYING_OUT
from api.worked_out import READING
from engine.errors import DatabaseUnreachableError
from tests.support.live_office import CODE, LiveOffice
from wire import web

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from engine.unit_of_work import UnitOfWork

FAR = {"REMOTE_ADDR": "192.0.2.7"}


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """Return what the process writes to its log."""
    written = StringIO()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.WriteLoggerFactory(written),
    )
    yield written
    structlog.reset_defaults()


def logged(lines: StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


class TestReady:
    def test_says_so_while_the_database_answers(self, office: LiveOffice) -> None:
        answer = office.client.get("/ready")

        assert (answer.status_code, answer.get_json()) == (200, {"status": "ready"})

    def test_says_when_it_does_not_and_health_still_does(self, office: LiveOffice) -> None:
        client = web(replace(office.parts, new_uow=_gone)).test_client()

        assert client.get("/ready").status_code == 503
        assert client.get("/health").status_code == 200

    def test_says_when_the_worker_in_this_process_is_dead(self, office: LiveOffice) -> None:
        stop = threading.Event()
        thread = threading.Thread(target=stop.wait)
        thread.start()

        with office.parts.companion.known(thread):
            alive = office.client.get("/ready").status_code
            stop.set()
            thread.join()
            dead = office.client.get("/ready")

        assert (alive, dead.status_code) == (200, 503)
        assert dead.get_json() == {"status": "unavailable", "code": "engine.fault"}
        assert office.client.get("/ready").status_code == 200


class TestMetrics:
    def test_count_requests_by_operation_and_status(self, filed: LiveOffice) -> None:
        filed.get(f"/projects/{CODE}", "agent-1")
        filed.get(f"/projects/{CODE}", "agent-2")

        text = filed.client.get("/metrics").text

        ours = 'abreast_requests_total{operation="projects.show_project",status='
        assert f'{ours}"200"}} 1.0' in text
        assert f'{ours}"404"}} 1.0' in text
        assert 'abreast_request_seconds_count{operation="projects.show_project"} 2.0' in text

    def test_tell_how_the_background_stands(self, filed: LiveOffice) -> None:
        filed.parts.jobs.enqueue("rebuild", {})

        text = filed.client.get("/metrics").text

        assert 'abreast_jobs{status="queued"} 1.0' in text
        assert 'abreast_dead_letters{kind="timer"} 0.0' in text
        assert "abreast_timers_lag_seconds 0.0" in text

    def test_name_no_person_and_no_project(self, filed: LiveOffice) -> None:
        filed.get(f"/projects/{CODE}", "agent-1")

        text = filed.client.get("/metrics").text

        assert CODE not in text
        assert "agent-1" not in text

    def test_are_hidden_from_the_network(self, office: LiveOffice) -> None:
        forwarded = {"X-Forwarded-For": "192.0.2.7"}

        assert office.client.get("/metrics", environ_overrides=FAR).status_code == 404
        assert office.client.get("/metrics", headers=forwarded).status_code == 404

    def test_are_shown_to_an_administrator(self, office: LiveOffice) -> None:
        admin = {"X-Forwarded-For": "192.0.2.7", "X-Abreast-Persona": "admin"}
        agent = {"X-Forwarded-For": "192.0.2.7", "X-Abreast-Persona": "agent-1"}

        assert office.client.get("/metrics", headers=admin).status_code == 200
        assert office.client.get("/metrics", headers=agent).status_code == 404


class TestTheRequestId:
    def test_is_the_one_that_came(self, office: LiveOffice) -> None:
        answer = office.client.get("/health", headers={"X-Request-Id": "gate-7f3a.21"})

        assert answer.headers["X-Request-Id"] == "gate-7f3a.21"

    @pytest.mark.parametrize("given", ["", "short", "x" * 65, "a b c d e f", '"><script>', "é" * 9])
    def test_is_a_new_one_for_what_is_none(self, still: LiveOffice, given: str) -> None:
        answer = still.client.get("/health", headers={"X-Request-Id": given.encode()})

        assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["X-Request-Id"])

    def test_stands_in_every_line_of_the_log(self, office: LiveOffice, lines: StringIO) -> None:
        office.get("/people/me", "agent-1", X_Request_Id="gate-0001")

        (line,) = logged(lines)
        assert line["request_id"] == "gate-0001"
        assert (line["event"], line["operation"], line["status"]) == (
            "request.done",
            "people.show_me",
            200,
        )

    def test_stands_in_the_line_of_a_fault(self, office: LiveOffice, lines: StringIO) -> None:
        app = web(replace(office.parts, new_uow=_gone))
        app.test_client().get(
            "/projects/x", headers={"X-Request-Id": "gate-0002", "Accept": "text/html"}
        )

        assert {line["request_id"] for line in logged(lines)} == {"gate-0002"}


class TestTheRate:
    def office(self, folder: Path, model: Path) -> LiveOffice:
        return LiveOffice(folder, demo=False, model=model)

    def test_stops_a_loop_gone_wild(self, tmp_path: Path, model: Path) -> None:
        office = self.office(tmp_path, model)
        parts = replace(office.parts, settings=replace(office.parts.settings, rate=5))
        client = web(parts).test_client()
        secret = parts.sessions.begin("agent-1", "password")
        client.set_cookie("abreast", secret)

        # A minute may end in between: then the count begins anew, once.
        answers = [client.get("/api/v1/people/me") for _ in range(12)]
        office.close()

        stopped = [each for each in answers if each.status_code == 429]
        assert stopped
        assert all(0 < int(each.headers["Retry-After"]) <= 60 for each in stopped)
        assert stopped[0].get_json()["code"] == "api.too_many"

    @pytest.mark.parametrize(
        ("weight", "path", "body"),
        [
            (LAYING_OUT, "/api/v1/what-ifs/board", {"scenario": "district"}),
            (READING, "/api/v1/reports/backdating", None),
        ],
    )
    def test_counts_what_is_heavy_as_often_as_it_weighs(
        self, tmp_path: Path, model: Path, weight: int, path: str, body: dict[str, str] | None
    ) -> None:
        office = self.office(tmp_path, model)
        some = replace(office.parts.settings, rate=4 * weight)
        client = web(replace(office.parts, settings=some)).test_client()
        token = office.people.issue_token("stage-lead", timedelta(days=1))

        # A minute may end in between: then the count begins anew, once.
        asked = [
            client.open(
                path,
                method="GET" if body is None else "POST",
                json=body,
                headers={"Authorization": f"Bearer {token}", "Idempotency-Key": f"heavy-{number}"},
            ).status_code
            for number in range(8)
        ]
        office.close()

        assert asked[0] == 200
        assert 429 in asked

    def test_stops_guessing_at_tokens(self, tmp_path: Path, model: Path) -> None:
        office = self.office(tmp_path, model)
        head = {"Authorization": "Bearer abreast_guess"}

        statuses = {
            office.client.get("/api/v1/people/me", headers=head).status_code
            for _ in range(2 * STRANGERS + 2)
        }
        office.close()

        assert statuses == {401, 429}

    def test_of_a_stranger_shuts_out_nobody_at_the_same_address(
        self, tmp_path: Path, model: Path
    ) -> None:
        office = self.office(tmp_path, model)
        secret = office.people.issue_token("agent-1", timedelta(days=1))
        for _ in range(STRANGERS + 2):
            office.client.get("/api/v1/people/me")
            office.client.get(f"/api/v1/public/projects/{CODE}")

        head = {"Authorization": f"Bearer {secret}"}
        answer = office.client.get("/api/v1/people/me", headers=head)
        office.close()

        assert answer.status_code == 200

    @pytest.mark.parametrize("path", ["/projects/x", "/answer?t=x", "/calendar.ics?t=x"])
    def test_stops_guessing_at_what_needs_no_account(
        self, tmp_path: Path, model: Path, path: str
    ) -> None:
        office = self.office(tmp_path, model)

        statuses = {office.client.get(path).status_code for _ in range(2 * STRANGERS + 2)}
        kept = office.parts.audit.waiting()
        office.close()

        assert statuses == {404, 429}
        assert kept == 0  # what strangers mistype fills no table


class TestAProxyOfOurs:
    def test_is_believed_as_often_as_there_are_proxies(self, tmp_path: Path, model: Path) -> None:
        office = LiveOffice(tmp_path, demo=False, model=model)
        parts = replace(office.parts, settings=replace(office.parts.settings, proxies=1))
        client = web(parts).test_client()

        answer = client.get(
            "/sign-in",
            headers={"X-Forwarded-For": "203.0.113.9, 192.0.2.7", "X-Forwarded-Proto": "https"},
        )
        office.close()

        assert "__Host-abreast-form" in answer.headers["Set-Cookie"]

    def test_says_whose_address_counts_and_not_whoever_asks(
        self, tmp_path: Path, model: Path
    ) -> None:
        office = LiveOffice(tmp_path, demo=False, model=model)
        parts = replace(office.parts, settings=replace(office.parts.settings, proxies=1))
        client = web(parts).test_client()

        def asked(forged: str, sender: str) -> int:
            said = {"X-Forwarded-For": f"{forged}, {sender}", "X-Forwarded-Proto": "https"}
            return client.get("/projects/x", headers=said).status_code

        guesses = {
            asked(f"203.0.113.{number % 256}", "192.0.2.7") for number in range(2 * STRANGERS + 2)
        }
        neighbour = asked("203.0.113.1", "192.0.2.8")
        office.close()

        assert guesses == {404, 429}
        assert neighbour == 404

    def test_is_not_believed_where_there_is_none(self, office: LiveOffice) -> None:
        answer = office.client.get("/sign-in", headers={"X-Forwarded-Proto": "https"})

        assert "__Host-" not in answer.headers["Set-Cookie"]


def _gone() -> UnitOfWork:
    raise DatabaseUnreachableError
