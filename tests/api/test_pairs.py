from __future__ import annotations

import hashlib
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest

from api.schemas.pairs import MatrixSchema, PlanSchema
from tests.support.live_office import CODE, LiveOffice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROJECT = f"/projects/{CODE}"


@pytest.fixture
def office(tmp_path: Path, model: Path) -> Iterator[LiveOffice]:
    """Open an office whose project has pairable items, stage 1 filed."""
    opened = LiveOffice(tmp_path, model=model)
    opened.file(flow=1, seed=7)
    opened.post(f"{PROJECT}/stages/1/file", {}, "owner-a")
    yield opened
    opened.close()


def matrix(office: LiveOffice) -> dict[str, Any]:
    found: dict[str, Any] = office.get(f"{PROJECT}/stages/1/pairs/candidates").get_json()
    return found


def legal(office: LiveOffice, *, ready: bool = True) -> list[tuple[str, str]]:
    return [
        (pair["first"], pair["second"])
        for pair in matrix(office)["pairs"]
        if pair["legal"] and (pair["ready"] or not ready)
    ]


def propose(office: LiveOffice, pair: tuple[str, str]) -> str:
    body = {"first": pair[0], "second": pair[1]}
    answer = office.post(f"{PROJECT}/pairs", body, "agent-1").get_json()
    name: str = answer["events"][0]["body"]["pair"]
    return name


class TestTheMatrix:
    def test_is_what_the_contract_says(self, office: LiveOffice) -> None:
        assert MatrixSchema().validate(matrix(office)) == {}

    def test_holds_every_two_pairable_items(self, office: LiveOffice) -> None:
        seen = matrix(office)

        items = [item["item"] for item in seen["items"]]
        assert len(items) > 2
        assert [(p["first"], p["second"]) for p in seen["pairs"]] == list(combinations(items, 2))

    def test_says_why_not_in_both_languages(self, office: LiveOffice) -> None:
        pair = legal(office)[0]
        propose(office, pair)

        bound = [p for p in matrix(office)["pairs"] if pair[0] in (p["first"], p["second"])]

        assert all(p["why_not"]["rule"] == "in_pair" for p in bound)
        assert all(p["why_not"]["text"]["zh"] and p["why_not"]["text"]["en"] for p in bound)

    def test_is_not_there_before_the_stage_opens(self, office: LiveOffice) -> None:
        answer = office.get(f"{PROJECT}/stages/3/pairs/candidates")

        assert (answer.status_code, answer.get_json()["code"]) == (404, "stage.unknown")


class TestThePlan:
    def test_suggests_legal_pairs_without_overlap(self, office: LiveOffice) -> None:
        plan = office.get(f"{PROJECT}/stages/1/pairs/plan").get_json()

        pairs = [(pair["first"], pair["second"]) for pair in plan["pairs"]]
        members = [item for pair in pairs for item in pair]
        assert pairs
        assert set(pairs) <= set(legal(office, ready=False))
        assert len(members) == len(set(members))
        assert plan["days_saved"] == sum(pair["days_saved"] for pair in plan["pairs"])

    def test_is_proved_or_says_by_how_much_it_may_be_off(self, office: LiveOffice) -> None:
        plan = office.get(f"{PROJECT}/stages/1/pairs/plan").get_json()

        days = {item["item"]: item["days"] for item in matrix(office)["items"] if item["candidate"]}
        assert PlanSchema().validate(plan) == {}
        assert (plan["proved"], plan["gap"], plan["bound"]) == (True, 0.0, plan["days"])
        assert plan["days"] + plan["days_saved"] == sum(days.values())
        assert sorted(item for each in plan["rounds"] for item in each["items"]) == sorted(days)
        assert plan["days"] == sum(each["days"] for each in plan["rounds"])

    def test_is_taken_at_its_word_when_it_is_proposed(self, office: LiveOffice) -> None:
        first = office.get(f"{PROJECT}/stages/1/pairs/plan").get_json()["pairs"][0]
        body = {"first": first["first"], "second": first["second"], "policy": "planned"}

        answer = office.post(f"{PROJECT}/pairs", body, "agent-1")

        made = answer.get_json()["events"][0]["body"]
        assert (made["policy"], made["days_saved"]) == ("planned", first["days_saved"])

    def test_leaves_out_what_is_bound_already(self, office: LiveOffice) -> None:
        pair = legal(office)[0]
        propose(office, pair)

        plan = office.get(f"{PROJECT}/stages/1/pairs/plan").get_json()

        assert not {*pair} & {item for each in plan["rounds"] for item in each["items"]}

    def test_proposes_nothing(self, office: LiveOffice) -> None:
        office.get(f"{PROJECT}/stages/1/pairs/plan")

        assert office.get(f"{PROJECT}/pairs").get_json()["data"] == []


class TestAPair:
    def test_goes_from_proposal_to_start(self, office: LiveOffice) -> None:
        pair = propose(office, legal(office)[0])

        started = office.post(f"{PROJECT}/pairs/{pair}/start", {}, "agent-1")

        listed = office.get(f"{PROJECT}/pairs").get_json()["data"]
        assert started.status_code == 200
        assert [(p["id"], p["status"], p["policy"]) for p in listed] == [
            (pair, "started", "chosen")
        ]

    def test_is_refused_with_the_rule_in_words(self, office: LiveOffice) -> None:
        body = {"first": "S1-18", "second": "S1-18"}

        zh = office.post(f"{PROJECT}/pairs", body, "agent-1").get_json()
        en = office.post(f"{PROJECT}/pairs", body, "agent-1", Accept_Language="en").get_json()

        assert zh["code"] == en["code"] == "pair.illegal"
        assert zh["params"]["rule"] == "same_item"
        assert "same item" in en["detail"]

    def test_is_dissolved_while_proposed(self, office: LiveOffice) -> None:
        pair = propose(office, legal(office)[0])

        answer = office.post(f"{PROJECT}/pairs/{pair}/dissolve", {"reason": "改主意"}, "agent-1")

        assert answer.get_json()["events"][0]["kind"] == "PairDissolved"

    def test_is_not_dissolved_once_started(self, office: LiveOffice) -> None:
        pair = propose(office, legal(office)[0])
        office.post(f"{PROJECT}/pairs/{pair}/start", {}, "agent-1")

        answer = office.post(f"{PROJECT}/pairs/{pair}/dissolve", {}, "agent-1")

        assert (answer.status_code, answer.get_json()["code"]) == (409, "pair.state")

    def test_unknown_is_not_found(self, office: LiveOffice) -> None:
        answer = office.post(f"{PROJECT}/pairs/P99/start", {}, "agent-1")

        assert (answer.status_code, answer.get_json()["code"]) == (404, "pair.unknown")


class TestADraw:
    def test_can_be_repeated_by_anyone(self, office: LiveOffice) -> None:
        office.post(f"{PROJECT}/stages/1/pairs/draw", {}, "agent-1")

        pair = office.get(f"{PROJECT}/pairs").get_json()["data"][0]

        draw = pair["draw"]
        digests = {
            hashlib.sha256(
                f"{draw['seed']}|{draw['run']}|{draw['round']}|{c['first']}|{c['second']}".encode()
            ).hexdigest(): (c["first"], c["second"])
            for c in draw["candidates"]
        }
        assert digests[min(digests)] == (pair["first"], pair["second"])

    def test_is_seeded_by_an_event_of_the_log(self, office: LiveOffice) -> None:
        office.post(f"{PROJECT}/stages/1/pairs/draw", {}, "agent-1")

        pair = office.get(f"{PROJECT}/pairs").get_json()["data"][0]
        hashes = {event["hash"] for event in office.get(f"{PROJECT}/events").get_json()["data"]}

        assert pair["draw"]["seed"] in hashes

    def test_is_one_a_round(self, office: LiveOffice) -> None:
        office.post(f"{PROJECT}/stages/1/pairs/draw", {}, "agent-1")

        again = office.post(f"{PROJECT}/stages/1/pairs/draw", {}, "agent-1")

        assert (again.status_code, again.get_json()["code"]) == (409, "pair.drawn_already")
