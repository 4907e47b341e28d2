"""The clock of a demonstration can be pushed, and no other."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from engine.forecasts import FORECAST
from engine.loading import HISTORY
from engine.store.jobs import JobStatus
from engine.verify import verify
from simulation.arrivals import coming
from simulation.district import TODAY, TOWNSHIPS
from tests.support.live_office import CODE, LiveOffice
from workflows.facts import SYSTEM
from workflows.roster import JoinRoster

if TYPE_CHECKING:
    from pathlib import Path

PLACES = tuple(each.code for each in TOWNSHIPS)
SCRIPT = {"Accept": "application/json"}


class TestTheDemonstrationsClock:
    def test_says_which_day_it_is(self, office: LiveOffice) -> None:
        told = office.client.get("/demo/clock").get_json()

        assert told == {"today": "2026-03-02", "push": None, "past": None, "foreseen": True}

    def test_says_what_of_the_past_is_still_coming(self, office: LiveOffice) -> None:
        history = office.parts.jobs.enqueue(HISTORY, {})
        office.parts.jobs.enqueue(FORECAST, {})

        told = office.client.get("/demo/clock").get_json()
        with office.parts.new_uow() as uow:
            office.parts.jobs.call_off(uow.connection, history)
            uow.commit()
        later = office.client.get("/demo/clock").get_json()

        assert (told["past"], told["foreseen"]) == ({"done": 0, "shelves": None}, False)
        assert later["past"] is None

    @pytest.mark.parametrize(
        ("days", "day"), [("1", "2026-03-03"), ("5", "2026-03-09"), ("50", "2026-05-14")]
    )
    def test_goes_on_by_working_days(self, office: LiveOffice, days: str, day: str) -> None:
        answer = office.client.post("/demo/clock", data={"days": days}, headers=SCRIPT)
        ordered = office.client.get("/demo/clock").get_json()
        office.parts.worker("w").round()

        assert (answer.status_code, answer.get_json()["today"]) == (202, "2026-03-02")
        assert ordered["push"] == {"id": ordered["push"]["id"], "done": 0, "days": int(days)}
        later = office.client.get("/demo/clock").get_json()
        assert (later["today"], later["push"]) == (day, None)

    def test_is_pushed_once_at_a_time(self, office: LiveOffice) -> None:
        first = office.client.post("/demo/clock", data={"days": "5"}, headers=SCRIPT)

        second = office.client.post("/demo/clock", data={"days": "1"}, headers=SCRIPT)

        assert (first.status_code, second.status_code) == (202, 409)
        office.parts.worker("w").round()
        third = office.client.post("/demo/clock", data={"days": "1"}, headers=SCRIPT)
        assert third.status_code == 202

    def test_lets_the_people_of_a_project_act(self, office: LiveOffice) -> None:
        office.file()
        before = office.parts.handle.project(CODE).number

        office.client.post("/demo/clock", data={"days": "5"}, headers=SCRIPT)
        office.parts.worker("w").round()

        project = office.parts.handle.project(CODE)
        assert project.number > before + 5
        assert project.last_at <= office.clock.now()
        (job,) = office.parts.jobs.listed(JobStatus.DONE)
        lines = [line.detail for line in office.parts.jobs.lines(job.id)]
        assert sum(line["orders"] for line in lines) >= 5
        assert all(line["refused"] == 0 for line in lines)

    def test_has_projects_come_to_the_district(self, office: LiveOffice) -> None:
        office.clock.push_to(TODAY)
        for township in TOWNSHIPS:
            join = JoinRoster(agent="agent-1")
            office.parts.rosters.execute(township.code, join, SYSTEM, f"join-{township.code}")

        for _ in range(2):
            office.client.post("/demo/clock", data={"days": "1"}, headers=SCRIPT)
            office.parts.worker("w").round()

        listed = office.get("/projects").get_json()["data"]
        wanted = coming(
            TODAY, office.clock.now(), PLACES, {"ORG-A", "ORG-B"}, office.library.calendar
        )
        assert [each["code"] for each in reversed(listed)] == [case.code for case in wanted]
        assert len(listed) > 2
        assert all(each["agent"] == "agent-1" for each in listed)
        assert verify(office.parts.new_uow, office.library).ok

    def test_leaves_a_project_whose_owner_acted_meanwhile_provable(
        self, office: LiveOffice
    ) -> None:
        office.file()
        for days in ("5", "5"):
            office.client.post("/demo/clock", data={"days": days}, headers=SCRIPT)
            office.parts.worker("w").round()
            office.client.get("/health")

        assert verify(office.parts.new_uow, office.library).ok

    def test_leads_a_form_back_to_the_start_page(self, office: LiveOffice) -> None:
        answer = office.client.post("/demo/clock?lang=en", data={"days": "1"})

        assert (answer.status_code, answer.headers["Location"]) == (303, "/?lang=en")

    @pytest.mark.parametrize("days", ["", "0", "-1", "2", "1.5", "一"])
    def test_goes_no_other_way(self, office: LiveOffice, days: str) -> None:
        assert office.client.post("/demo/clock", data={"days": days}).status_code == 400

    def test_is_not_pushed_by_other_sites(self, office: LiveOffice) -> None:
        headers = {"Sec-Fetch-Site": "cross-site"}

        answer = office.client.post("/demo/clock", data={"days": "1"}, headers=headers)

        assert answer.status_code == 400

    def test_ends_with_the_calendar(self, office: LiveOffice) -> None:
        last = office.library.calendar.last
        now = office.clock.now()
        office.clock.push(timedelta(days=(last - now.date()).days))

        answer = office.client.post("/demo/clock", data={"days": "50"})

        assert answer.status_code == 400

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_is_nobodys_in_a_real_office(self, tmp_path: Path, method: str) -> None:
        office = LiveOffice(tmp_path, demo=False)
        answer = getattr(office.client, method)("/demo/clock", data={"days": "1"})
        office.close()

        assert answer.status_code == 404

    def test_is_on_the_start_page(self, office: LiveOffice) -> None:
        text = office.client.get("/?lang=en").get_data(as_text=True)

        assert 'value="50"' in text
        assert "Today is 2026-03-02" in text
