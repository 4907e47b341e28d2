"""Pauses, later decisions and clocks over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.live_office import CODE
from tests.support.memory_office import answers

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from tests.support.live_office import LiveOffice

PROJECT = f"/projects/{CODE}"
ITEM = "S1-04"
DEPARTMENT = "development_reform"
REVIEWER, HEAD = f"reviewer-{DEPARTMENT}", f"lead-{DEPARTMENT}"
WHY = "原因"
ASK = {"attempt": 1, "missing": ["M010"]}
PROCEDURE = {
    "attempt": 1,
    "procedure": "entrusted_assessment",
    "expected_end": "2026-03-20",
    "approved_by": "stage-lead",
}


@pytest.fixture
def running(office: LiveOffice) -> LiveOffice:
    """Return an office in which the first stage of a project is filed."""
    facts = answers(office.library.catalogue, 3, approval_catalogue=True, forest_land=True)
    office.file(facts=facts)
    assert office.post(f"{PROJECT}/stages/1/file", {}, "owner-a").status_code == 200
    return office


@pytest.fixture
def accepted(running: LiveOffice) -> LiveOffice:
    """Return the same, with the item accepted."""
    for step, outcome in (("receive", "received"), ("accept", "accepted")):
        path = f"{PROJECT}/tasks/0/{ITEM}/1/{step}/complete"
        answer = running.post(path, {"outcome": outcome}, "window-1")
        assert answer.status_code == 200, answer.text
    return running


def order(office: LiveOffice, path: str, body: object, who: str) -> TestResponse:
    return office.post(f"{PROJECT}/{path}", body, who)


def done(office: LiveOffice, path: str, body: object, who: str) -> list[str]:
    """Give an order that is taken; return the kinds of its events."""
    answer = order(office, path, body, who)
    assert answer.status_code == 200, answer.text
    return [event["kind"] for event in answer.get_json()["events"]]


def refused(office: LiveOffice, path: str, body: object, who: str) -> tuple[int, str]:
    """Give an order that is refused; nothing changes."""
    before = office.get(PROJECT).headers["ETag"]
    answer = order(office, path, body, who)
    assert office.get(PROJECT).headers["ETag"] == before
    return answer.status_code, answer.get_json()["code"]


def clock(office: LiveOffice) -> dict[str, Any]:
    found: dict[str, Any] = office.get(f"{PROJECT}/items/{ITEM}/clock").get_json()
    return found


class TestASupplement:
    def test_is_asked_for_and_answered(self, running: LiveOffice) -> None:
        asked = done(running, f"items/{ITEM}/supplement", ASK, "window-1")
        answered = done(running, f"items/{ITEM}/answer", {"attempt": 1}, "owner-a")

        assert (asked, answered) == (["ItemPaused"], ["ItemResumed"])

    def test_keeps_its_reason_out_of_the_log(self, running: LiveOffice) -> None:
        order(running, f"items/{ITEM}/supplement", {**ASK, "reason": "缺少盖章"}, "window-1")

        assert "缺少盖章" not in running.get(f"{PROJECT}/events").text

    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            ({**ASK, "missing": ["M999"]}, 422, "item.unknown_material"),
            ({**ASK, "missing": []}, 422, "api.invalid"),
            ({**ASK, "answer_by": "soon"}, 422, "api.invalid"),
            ({**ASK, "answer_by": "2026-02-30"}, 422, "api.invalid"),
            ({**ASK, "answer_by": "2026-03-01"}, 422, "time.bad_end"),
            ({**ASK, "attempt": 2}, 409, "item.not_open"),
            ({**ASK, "happened_at": "2027-01-01T00:00:00Z"}, 422, "time.future"),
            ({**ASK, "happened_at": "2026-03-01T00:00:00Z"}, 422, "time.before_last"),
            ({**ASK, "wish": 1}, 422, "api.invalid"),
        ],
    )
    def test_is_refused_by_name(
        self, running: LiveOffice, body: object, status: int, code: str
    ) -> None:
        assert refused(running, f"items/{ITEM}/supplement", body, "window-1") == (status, code)

    def test_names_the_answer_day_that_is_wrong(self, running: LiveOffice) -> None:
        ask = {**ASK, "answer_by": "2026-03-01"}

        answer = running.post(f"{PROJECT}/items/{ITEM}/supplement", ask, "window-1")

        assert [fault["pointer"] for fault in answer.get_json()["errors"]] == ["/answer_by"]

    def test_lapses_when_nobody_answers(self, running: LiveOffice) -> None:
        ask = {**ASK, "answer_by": "2026-03-20"}
        order(running, f"items/{ITEM}/supplement", ask, "window-1")
        running.clock.push(timedelta(days=30))

        kinds = done(running, f"items/{ITEM}/lapse", {"attempt": 1, "reason": WHY}, "window-1")

        assert kinds[:2] == ["ItemLapsed", "ItemEnded"]


class TestAProcedure:
    def test_begins_and_ends(self, accepted: LiveOffice) -> None:
        began = done(accepted, f"items/{ITEM}/procedures", PROCEDURE, REVIEWER)
        body = {"attempt": 1, "procedure": "entrusted_assessment"}
        ended = done(accepted, f"items/{ITEM}/procedures/end", body, REVIEWER)

        assert (began, ended) == (["ItemPaused"], ["ItemResumed"])

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"procedure": "witchcraft"}, "item.unknown_procedure"),
            ({"expected_end": "2026-03-01"}, "time.bad_end"),
        ],
    )
    def test_is_refused_by_name(
        self, accepted: LiveOffice, change: dict[str, str], code: str
    ) -> None:
        found = refused(accepted, f"items/{ITEM}/procedures", PROCEDURE | change, REVIEWER)

        assert found == (422, code)

    def test_points_at_what_was_wrong(self, accepted: LiveOffice) -> None:
        body = PROCEDURE | {"expected_end": "2026-03-01"}

        answer = order(accepted, f"items/{ITEM}/procedures", body, REVIEWER)

        assert answer.get_json()["errors"][0]["pointer"] == "/expected_end"


class TestAnApproval:
    """Who is named as having approved is told so: they alone know whether it is true."""

    @staticmethod
    def told(office: LiveOffice, who: str) -> list[str]:
        while office.parts.outbox.work("w"):
            pass
        return [each["code"] for each in office.get("/inbox", who).get_json()["data"]]

    def test_of_a_procedure_is_news_to_whoever_is_said_to_have_given_it(
        self, accepted: LiveOffice
    ) -> None:
        done(accepted, f"items/{ITEM}/procedures", PROCEDURE, REVIEWER)

        assert self.told(accepted, "stage-lead") == ["tiding.approved_procedure"]
        assert "tiding.approved_procedure" not in self.told(accepted, "owner-a")

    def test_of_an_extension_is_news_to_them_too(self, accepted: LiveOffice) -> None:
        body = {"attempt": 1, "days": 5, "approved_by": "stage-lead", "reason": WHY}
        done(accepted, f"items/{ITEM}/extend", body, HEAD)

        assert self.told(accepted, "stage-lead") == ["tiding.approved_extension"]
        assert "tiding.extended" in self.told(accepted, "owner-a")

    def test_of_a_visit_is_told_once_with_its_items(self, accepted: LiveOffice) -> None:
        for item in ("S5-01", "S5-03"):
            done(accepted, f"items/{item}/file", {}, "agent-1")
            step = f"tasks/0/{item}/1/receive/complete"
            done(accepted, step, {"outcome": "received"}, "window-1")
        body = {
            "items": ["S5-01", "S5-03"],
            "procedure": "joint_site_inspection",
            "expected_end": "2026-03-05",
            "approved_by": "stage-lead",
        }
        done(accepted, "visits", body, "window-1")

        assert self.told(accepted, "stage-lead") == ["tiding.approved_procedure"]
        (notice,) = accepted.get("/inbox", "stage-lead").get_json()["data"]
        assert "S5-01、S5-03" in notice["text"]

    def test_that_is_missing_is_named_in_the_readers_language(self, accepted: LiveOffice) -> None:
        body = {"attempt": 1, "days": 5, "approved_by": HEAD, "reason": WHY}

        answer = order(accepted, f"items/{ITEM}/extend", body, HEAD).get_json()

        assert answer["detail"].startswith("延长办理时限 须由他人批准")


class TestAVisit:
    def test_of_one_item_is_none(self, accepted: LiveOffice) -> None:
        body = {
            "items": ["S1-18"],
            "procedure": "site_inspection",
            "expected_end": "2026-03-20",
            "approved_by": "stage-lead",
        }

        assert refused(accepted, "visits", body, "window-1") == (422, "visit.items")

    def test_that_is_unknown_is_not_found(self, accepted: LiveOffice) -> None:
        assert refused(accepted, "visits/V9/end", {}, "window-1") == (404, "visit.unknown")

    def test_is_shared_by_utilities(self, accepted: LiveOffice) -> None:
        for item in ("S5-01", "S5-03"):
            done(accepted, f"items/{item}/file", {}, "agent-1")
            step = f"tasks/0/{item}/1/receive/complete"
            done(accepted, step, {"outcome": "received"}, "window-1")
        body = {
            "items": ["S5-01", "S5-03"],
            "procedure": "joint_site_inspection",
            "expected_end": "2026-03-05",
            "approved_by": "stage-lead",
        }

        assert done(accepted, "visits", body, "window-1") == ["ItemPaused"]
        assert done(accepted, "visits/V1/end", {}, "window-1") == ["ItemResumed"]


class TestASuspension:
    def test_stops_and_resumes_the_project(self, accepted: LiveOffice) -> None:
        kinds = done(accepted, "suspend", {"reason": WHY}, "owner-a")
        code = refused(accepted, f"items/{ITEM}/supplement", ASK, "window-1")[1]
        after = done(accepted, "resume", {}, "owner-a")

        assert kinds == ["ProjectSuspended", "ItemPaused"]
        assert code == "project.suspended"
        assert after == ["ProjectResumed", "ItemResumed"]


class TestLaterDecisions:
    def test_extend_a_limit(self, accepted: LiveOffice) -> None:
        body = {"attempt": 1, "days": 5, "approved_by": "stage-lead", "reason": WHY}

        assert done(accepted, f"items/{ITEM}/extend", body, HEAD) == ["LimitExtended"]
        assert clock(accepted)["committed"]["reading"]["extension"] == 5

    def test_do_not_extend_it_too_far(self, accepted: LiveOffice) -> None:
        body = {"attempt": 1, "days": 41, "approved_by": "stage-lead", "reason": WHY}

        assert refused(accepted, f"items/{ITEM}/extend", body, HEAD) == (409, "item.extension")

    def test_revoke_nothing_that_is_not_granted(self, accepted: LiveOffice) -> None:
        found = refused(accepted, f"items/{ITEM}/revoke", {"reason": WHY}, HEAD)

        assert found == (409, "item.not_granted")

    def test_revoke_a_result(self, accepted: LiveOffice) -> None:
        for step, outcome, who in (
            ("review", "reviewed", REVIEWER),
            ("decide", "granted", REVIEWER),
            ("deliver", "delivered", "window-1"),
        ):
            done(accepted, f"tasks/0/{ITEM}/1/{step}/complete", {"outcome": outcome}, who)

        kinds = done(accepted, f"items/{ITEM}/revoke", {"reason": WHY}, HEAD)

        assert kinds[0] == "ItemRevoked"

    def test_change_facts(self, accepted: LiveOffice) -> None:
        body = {"facts": {"military_zone": True}, "reason": WHY}

        answer = order(accepted, "facts", body, "owner-a").get_json()

        assert answer["events"][0]["body"]["wanted"] == ["S1-19"]

    def test_refuse_facts_that_contradict(self, accepted: LiveOffice) -> None:
        body = {"facts": {"land_supply": "allocated"}, "reason": WHY}

        assert refused(accepted, "facts", body, "owner-a") == (422, "project.contradiction")


class TestACorrection:
    @staticmethod
    def entry(office: LiveOffice, step: str) -> dict[str, Any]:
        events = office.get(f"{PROJECT}/events?limit=100").get_json()["data"]
        found: dict[str, Any] = next(
            each for each in reversed(events) if each["body"].get("step") == step
        )
        return found

    def test_sets_a_time_right(self, accepted: LiveOffice) -> None:
        entry = self.entry(accepted, "accept")
        at = entry["recorded_at"]
        body = {"event": entry["number"], "kind": "time", "happened_at": at, "reason": WHY}

        assert done(accepted, "corrections", body, "admin") == ["TimeCorrected"]

    def test_takes_a_step_back(self, accepted: LiveOffice) -> None:
        number = self.entry(accepted, "accept")["number"]
        body = {"event": number, "kind": "step", "reason": WHY}

        assert done(accepted, "corrections", body, "admin") == [
            "StepReverted",
            "CorrectionFollowed",
        ]
        assert refused(accepted, "corrections", body, "admin") == (409, "correction.impossible")

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"kind": "time"}, "api.field.required"),
            ({"kind": "step", "happened_at": "2026-03-02T02:00:00Z"}, "api.field.unknown"),
        ],
    )
    def test_names_a_time_for_a_time_only(
        self, accepted: LiveOffice, change: dict[str, str], code: str
    ) -> None:
        answer = order(accepted, "corrections", {"event": 1, "reason": WHY, **change}, "admin")

        assert answer.status_code == 422
        assert answer.get_json()["errors"][0] == answer.get_json()["errors"][0] | {
            "pointer": "/happened_at",
            "code": code,
        }

    def test_of_an_unknown_entry_is_impossible(self, accepted: LiveOffice) -> None:
        body = {"event": 999, "kind": "step", "reason": WHY}

        assert refused(accepted, "corrections", body, "admin") == (409, "correction.impossible")


class TestABackdatedStep:
    def test_needs_a_reason(self, running: LiveOffice) -> None:
        happened = running.clock.now().isoformat()
        running.clock.push(timedelta(days=2))
        path = f"tasks/0/{ITEM}/1/receive/complete"
        body = {"outcome": "received", "happened_at": happened}

        assert refused(running, path, body, "window-1") == (422, "time.backdated")
        assert done(running, path, {**body, "reason": "系统故障"}, "window-1") == ["StepCompleted"]


class TestAnItemsClock:
    def test_shows_both_limits_with_unit_and_source(self, accepted: LiveOffice) -> None:
        seen = clock(accepted)

        committed, statutory = seen["committed"]["reading"], seen["statutory"]["reading"]
        assert (committed["limit"], committed["unit"], committed["source"]) == (
            10,
            "working_day",
            "A",
        )
        assert (statutory["limit"], statutory["source"]) == (20, "HZTL10")
        assert committed["due"] == "2026-03-16"

    def test_shows_the_arithmetic_in_words(self, accepted: LiveOffice) -> None:
        path = f"{PROJECT}/items/{ITEM}/clock"
        english = accepted.get(path, "owner-a", Accept_Language="en").get_json()
        chinese = accepted.get(path, "owner-a").get_json()

        lines = english["committed"]["lines"]
        assert [line["number"] for line in lines][-1] == 10
        assert lines[0]["text"] == "day of acceptance: not counted"
        assert chinese["committed"]["lines"][0]["text"] == "受理当日不计"
        assert all(line["source"] for line in lines)

    def test_tells_which_days_were_paused_and_why(self, accepted: LiveOffice) -> None:
        done(accepted, f"items/{ITEM}/procedures", PROCEDURE, REVIEWER)
        accepted.clock.push(timedelta(days=3))

        seen = clock(accepted)

        rules = [line["rule"] for line in seen["committed"]["lines"]]
        assert rules == ["start", "procedure", "procedure", "procedure"]
        assert seen["committed"]["lines"][1]["procedure"] == "entrusted_assessment"
        assert seen["committed"]["lines"][1]["source"] == "HZTL10"
        assert seen["clock"]["lamp"] == "paused"
        assert seen["clock"]["paused"] == {"procedure": 3}

    def test_of_an_unfiled_item_is_empty(self, running: LiveOffice) -> None:
        seen = running.get(f"{PROJECT}/items/S3-12/clock").get_json()

        assert (seen["attempt"], seen["clock"], seen["committed"]) == (0, None, None)

    def test_of_an_unknown_item_is_not_found(self, running: LiveOffice) -> None:
        answer = running.get(f"{PROJECT}/items/S3-99/clock")

        assert (answer.status_code, answer.get_json()["code"]) == (404, "item.unknown")

    def test_of_a_project_out_of_sight_is_not_found(self, running: LiveOffice) -> None:
        answer = running.get(f"{PROJECT}/items/{ITEM}/clock", "owner-b")

        assert (answer.status_code, answer.get_json()["code"]) == (404, "project.unknown")

    def test_says_that_a_year_is_provisional(self, accepted: LiveOffice) -> None:
        done(accepted, f"items/{ITEM}/procedures", PROCEDURE, REVIEWER)
        accepted.clock.push(timedelta(days=300))
        body = {"attempt": 1, "procedure": "entrusted_assessment"}
        done(accepted, f"items/{ITEM}/procedures/end", body, REVIEWER)

        reading = clock(accepted)["committed"]["reading"]

        assert reading["due"].startswith("2027-01")
        assert reading["provisional"] is True

    @pytest.mark.parametrize("path", [f"{PROJECT}/items/{ITEM}/clock", f"{PROJECT}/clock", PROJECT])
    def test_beyond_the_calendar_says_so_and_the_rest(
        self, accepted: LiveOffice, path: str
    ) -> None:
        accepted.clock.push(timedelta(days=4000))

        answer = accepted.get(path)

        assert answer.status_code == 200, answer.text
        reading = clock(accepted)["committed"]["reading"]
        assert (reading["beyond"], reading["provisional"], reading["overdue"]) == (True, True, True)
        assert clock(accepted)["clock"]["lamp"] == "red"

    def test_shows_the_statutory_limit_with_a_lamp_of_its_own(self, accepted: LiveOffice) -> None:
        accepted.clock.push(timedelta(days=17))

        seen = clock(accepted)["clock"]

        assert (seen["lamp"], seen["statutory_lamp"]) == ("red", "green")

    def test_shows_the_owners_days_before_acceptance(self, running: LiveOffice) -> None:
        done(running, f"items/{ITEM}/supplement", ASK, "window-1")
        running.clock.push(timedelta(days=3))

        seen = clock(running)["clock"]

        assert (seen["before"], seen["owner_days"], seen["paused"]) == ({"supplement": 3}, 3, {})


class TestAProjectsClock:
    def test_shows_its_stages_and_the_national_figures(self, accepted: LiveOffice) -> None:
        accepted.clock.push(timedelta(days=4))

        seen = accepted.get(f"{PROJECT}/clock", "owner-a").get_json()

        first = seen["stages"][0]
        assert (first["stage"], first["used"], first["reading"]["limit"]) == (1, 4, 17)
        assert first["parts"] == {"approval": 4}
        assert seen["counts"] == "working_day"
        assert seen["reported"]["source"] == "BLZT"
        assert seen["reported"]["stages"][0]["approval"] == 4
        assert sum(seen["parts"].values()) == seen["elapsed"]
