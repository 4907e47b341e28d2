"""Logs of other systems: handed in as a file, read by the worker, accounted for line by line."""

from __future__ import annotations

import gzip
import io
import itertools
from typing import TYPE_CHECKING, Any

import pytest

from exchange import facts_file
from tests.support.live_office import API

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from werkzeug.test import TestResponse

    from tests.support.live_office import LiveOffice

LOG = b"""case:concept:name,concept:name,time:timestamp
a,file,2026-03-02T09:00:00+08:00
a,grant,2026-03-09T09:00:00+08:00
,file,2026-03-02T09:00:00+08:00
b,file,yesterday
b,grant,2026-03-10T09:00:00+08:00
"""
MANY = 6_000
LONG = LOG + b"".join(b"c%d,file,2026-03-02T09:00:00+08:00\n" % number for number in range(MANY))


def at_look(number: int) -> Callable[[], bool]:
    """Return what tells a job to stop when it looks up for the *number*-th time."""
    looks = itertools.count(1)
    return lambda: next(looks) == number


def handed_in(
    office: LiveOffice,
    content: bytes = LOG,
    name: str = "others.csv",
    who: str = "admin",
    key: str = "log-1",
    **fields: str,
) -> TestResponse:
    form = {**fields, "file": (io.BytesIO(content), name)}
    headers = {"X-Abreast-Persona": who, "Idempotency-Key": key}
    return office.client.post(f"{API}/logs", data=form, headers=headers)


def lines(office: LiveOffice, job: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = office.get(f"/jobs/{job}/lines").get_json()["data"]
    return found


class TestALog:
    def test_is_read_in_the_background_and_accounted_for(self, office: LiveOffice) -> None:
        answer = handed_in(office)
        job = answer.get_json()
        assert answer.status_code == 202, answer.text
        assert answer.headers["Location"] == job["link"]
        assert job["status"] == "queued"

        office.parts.jobs.run_next("w")

        done = office.get(f"/jobs/{job['id']}").get_json()
        assert (done["status"], done["done"]) == ("done", done["total"])
        told = {each["problem"]: each for each in lines(office, job["id"])}
        assert told["exchange.unused.no_case"]["ok"] is False
        assert "1 处，例如 3" in told["exchange.unused.no_case"]["detail"]
        assert "4" in told["exchange.unused.unreadable_time"]["detail"]

    def test_leaves_its_facts_to_be_fetched(self, office: LiveOffice) -> None:
        job = handed_in(office).get_json()["id"]
        early = office.get(f"/jobs/{job}/facts")

        office.parts.jobs.run_next("w")
        facts = office.get(f"/jobs/{job}/facts")

        assert early.status_code == 404
        assert facts.status_code == 200
        assert facts.headers["Content-Disposition"].startswith("attachment")
        cases = list(facts_file.read(io.BytesIO(facts.data)))
        facts.close()
        assert [case.project for case in cases] == ["a", "b"]

    def test_is_not_kept_once_it_was_read(self, office: LiveOffice, tmp_path: Path) -> None:
        digest_of_log = handed_in(office)
        assert digest_of_log.status_code == 202

        office.parts.jobs.run_next("w")

        kept = [place for place in tmp_path.rglob("*") if place.is_file()]
        assert not [place for place in kept if place.read_bytes() == LOG]

    def test_that_cannot_be_read_says_so_and_changes_nothing(self, office: LiveOffice) -> None:
        job = handed_in(office, b"x,y\n1,2\n").get_json()["id"]

        office.parts.jobs.run_next("w")

        told = lines(office, job)
        assert [(each["line"], each["ok"]) for each in told] == [(0, False)]
        assert told[0]["problem"] == "exchange.no_column"
        assert office.get(f"/jobs/{job}/facts").status_code == 404

    def test_is_called_off_before_it_is_read(self, office: LiveOffice) -> None:
        job = handed_in(office).get_json()["id"]

        office.post(f"/jobs/{job}/cancel", {})
        office.parts.jobs.run_next("w")

        assert office.get(f"/jobs/{job}").get_json()["status"] == "cancelled"
        assert lines(office, job) == []

    @pytest.mark.parametrize("name", ["others.csv", "others.csv.gz"])
    def test_is_left_before_its_end_is_reached(self, office: LiveOffice, name: str) -> None:
        broken_at_last = LONG + b"\xff"  # whoever reads so far refuses it
        content = gzip.compress(broken_at_last, 0) if name.endswith("gz") else broken_at_last
        job = handed_in(office, content, name).get_json()["id"]

        left = office.parts.jobs.run_next("w", at_look(3))
        assert left is not None
        assert (left.status, left.done) == ("queued", 0)
        office.parts.jobs.run_next("another")

        assert office.get(f"/jobs/{job}").get_json()["status"] == "done"
        assert [each["ok"] for each in lines(office, job)] == [False]

    def test_is_left_while_its_facts_are_written_and_read_anew(
        self, office: LiveOffice, tmp_path: Path
    ) -> None:
        job = handed_in(office, LONG).get_json()["id"]

        left = office.parts.jobs.run_next("w", at_look(200))
        assert left is not None
        assert (left.status, left.done) == ("queued", 0)
        assert not [*tmp_path.rglob("*.draft"), *tmp_path.rglob("*.facts")]
        office.parts.jobs.run_next("another")

        facts = office.get(f"/jobs/{job}/facts")
        assert len(list(facts_file.read(io.BytesIO(facts.data)))) == 2 + MANY
        facts.close()

    def test_is_queued_once_for_a_key(self, office: LiveOffice) -> None:
        first, again = handed_in(office).get_json(), handed_in(office).get_json()
        other = handed_in(office, LOG + b"c,file,2026-03-02T09:00:00+08:00\n")

        assert first["id"] == again["id"]
        assert other.get_json()["code"] == "engine.key_reused"

    @pytest.mark.parametrize(
        ("change", "status", "code"),
        [
            ({"name": "a.exe"}, 422, "exchange.format"),
            ({"name": "a.gz"}, 422, "exchange.format"),
            ({"mapping": "format = 7"}, 422, "exchange.mapping"),
            ({"mapping": "x" * 9000}, 422, "api.multipart.part"),
            ({"other": "x"}, 422, "api.multipart.part"),
            ({"content": b""}, 422, "file.empty"),
        ],
    )
    def test_is_refused_at_the_door(
        self, office: LiveOffice, change: dict[str, Any], status: int, code: str
    ) -> None:
        answer = handed_in(office, **change)

        assert (answer.status_code, answer.get_json()["code"]) == (status, code)
        assert office.get("/jobs").get_json()["data"] == []

    @pytest.mark.parametrize("who", ["owner-a", "agent-1", "window-1", "reviewer-housing"])
    def test_is_taken_from_planners_and_administrators(self, office: LiveOffice, who: str) -> None:
        assert handed_in(office, who=who).status_code == 403
