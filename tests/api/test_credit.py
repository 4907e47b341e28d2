"""Credit of organisations over HTTP: set by keepers, seen by those it concerns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.support.live_office import LiveOffice

WHY = "虚假承诺"
PATH = "/organisations/org-1/credit"
BLACK: dict[str, Any] = {"level": "black", "until": "2026-12-31", "reason": WHY}


class TestCredit:
    def test_is_ordinary_at_first(self, office: LiveOffice) -> None:
        seen = office.get(PATH, "admin").get_json()

        assert (seen["level"], seen["until"], seen["number"]) == ("ordinary", None, 0)

    def test_is_set_with_its_ground(self, office: LiveOffice) -> None:
        answer = office.post(PATH, BLACK, "admin")

        assert answer.status_code == 200, answer.text
        seen = office.get(PATH, "admin").get_json()
        assert (seen["level"], seen["until"], seen["reason"]) == ("black", "2026-12-31", WHY)

    def test_needs_a_last_day(self, office: LiveOffice) -> None:
        answer = office.post(PATH, {**BLACK, "until": None}, "admin")

        assert (answer.status_code, answer.get_json()["code"]) == (422, "credit.bad_days")

    def test_is_no_windows_business(self, office: LiveOffice) -> None:
        set_, seen = office.post(PATH, BLACK, "window-1"), office.get(PATH, "window-1")

        assert (set_.status_code, seen.status_code) == (403, 403)
