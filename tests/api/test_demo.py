"""The clock of a demonstration can be pushed, and no other."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.live_office import LiveOffice

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = {"Accept": "application/json"}


class TestTheDemonstrationsClock:
    def test_says_which_day_it_is(self, office: LiveOffice) -> None:
        assert office.client.get("/demo/clock").get_json() == {"today": "2026-03-02"}

    @pytest.mark.parametrize(
        ("days", "day"), [("1", "2026-03-03"), ("5", "2026-03-09"), ("50", "2026-05-14")]
    )
    def test_goes_on_by_working_days(self, office: LiveOffice, days: str, day: str) -> None:
        answer = office.client.post("/demo/clock", data={"days": days}, headers=SCRIPT)

        assert answer.get_json() == {"today": day}
        assert office.client.get("/demo/clock").get_json() == {"today": day}

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
