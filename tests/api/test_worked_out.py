"""What reports work out of all facts is kept while they stand, and made one at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from api.problems import RequestError
from api.worked_out import READING, WAITING, Worked
from tests.support.live_office import LiveOffice
from wire import web

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REPORTS = ("bottlenecks", "gates", "causes", "pairs")


@pytest.fixture
def office(tmp_path: Path, model: Path) -> Iterator[LiveOffice]:
    opened = LiveOffice(tmp_path, model=model)
    opened.file()
    opened.work(lambda seen: seen["number"] > 40)
    yield opened
    opened.close()


class TestAReport:
    @pytest.mark.parametrize("report", REPORTS)
    def test_is_the_same_when_it_is_told_again(self, office: LiveOffice, report: str) -> None:
        first = office.get(f"/reports/{report}", "admin")

        again = office.get(f"/reports/{report}", "admin")

        assert first.status_code == HTTPStatus.OK, first.text
        assert again.get_json() == first.get_json()

    def test_is_another_once_time_has_gone_on(self, office: LiveOffice) -> None:
        before = office.get("/reports/bottlenecks", "admin").get_json()

        office.clock.push(timedelta(days=2))
        after = office.get("/reports/bottlenecks", "admin").get_json()

        assert after["whole"]["elapsed_days"] > before["whole"]["elapsed_days"]

    def test_of_one_township_is_not_that_of_another(self, office: LiveOffice) -> None:
        asked = [office.get(f"/reports/bottlenecks?township={each}", "admin").get_json()
                 for each in ("T1", "T2", "T1")]  # fmt: skip

        assert [each["projects"] for each in asked] == [1, 0, 1]

    def test_weighs_nothing_more_when_it_is_told_again(self, tmp_path: Path, model: Path) -> None:
        office = LiveOffice(tmp_path, demo=False, model=model)
        some = replace(office.parts.settings, rate=2 * READING)
        client = web(replace(office.parts, settings=some)).test_client()
        token = office.people.issue_token("stage-lead", timedelta(days=1))
        head = {"Authorization": f"Bearer {token}"}

        def asked(query: str) -> int:
            return client.get(f"/api/v1/reports/pairs{query}", headers=head).status_code

        same = [asked("") for _ in range(5)]
        # A minute may end in between: then the count begins anew, once.
        others = [asked(f"?since=2026-03-0{day}") for day in range(1, 6)]
        office.close()

        assert same == [200] * 5
        assert 429 in others


class TestTheTurn:
    def test_is_waited_for_by_a_few_and_refused_to_the_next(self) -> None:
        worked, told = Worked(), SimpleQueue[int]()

        def enter() -> None:
            try:
                with worked.turn():
                    told.put(HTTPStatus.OK)
            except RequestError as error:
                told.put(error.status)

        threads = [Thread(target=enter) for _ in range(WAITING + 1)]
        with worked.turn():
            for thread in threads:
                thread.start()
            refused = told.get(timeout=30)
        for thread in threads:
            thread.join()

        assert refused == HTTPStatus.TOO_MANY_REQUESTS
        assert [told.get() for _ in range(WAITING)] == [HTTPStatus.OK] * WAITING
