from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from bpmn.library import shipped
from tests.support.law_office import LawOffice, filed
from tests.support.memory_office import NOTE
from tests.support.paper_work import tolerate
from workflows import commands as c
from workflows.status import ARROWS, TERMINAL, Status, end_status, legal

if TYPE_CHECKING:
    from collections.abc import Callable

APPROVAL, PERMIT = "S1-04", "S1-08"


def receive(office: LawOffice) -> None:
    office.do(APPROVAL)


def accept(office: LawOffice) -> None:
    office.accept(APPROVAL)


def not_needed(office: LawOffice) -> None:
    office.do(APPROVAL, "not_needed")


def refuse(office: LawOffice) -> None:
    office.do(APPROVAL, "refused")


def ask(office: LawOffice) -> None:
    office.ask(APPROVAL)


def answer(office: LawOffice) -> None:
    office.answer(APPROVAL)


def review(office: LawOffice) -> None:
    office.until(APPROVAL, "decide")


def grant(office: LawOffice) -> None:
    office.grant(APPROVAL)


def withdraw(office: LawOffice) -> None:
    office.give(c.WithdrawItem(item=APPROVAL, reason=NOTE))


def assess(office: LawOffice) -> None:
    office.begin(APPROVAL, "entrusted_assessment", date(2026, 3, 20))


def over(office: LawOffice) -> None:
    office.over(APPROVAL, "entrusted_assessment")


def tolerated(office: LawOffice) -> None:
    office.grant("S1-10")
    tolerate(office, PERMIT, "M015", due=date(2026, 3, 16))
    office.grant(PERMIT)


def revoke(office: LawOffice) -> None:
    office.give(c.RevokeItem(item=APPROVAL, reason=NOTE), office.head(APPROVAL))


class TestLegal:
    @pytest.mark.parametrize("status", Status)
    def test_lets_every_status_stay(self, status: Status) -> None:
        assert legal(status, status)

    @pytest.mark.parametrize(
        ("before", "after"),
        [(1, 3), (1, 5), (3, 8), (8, 11), (8, 13), (8, 14), (6, 7), (9, 10), (11, 15)],
    )
    def test_knows_the_arrows_of_the_law(self, before: int, after: int) -> None:
        assert legal(before, after)

    @pytest.mark.parametrize(
        ("before", "after"), [(3, 1), (8, 3), (5, 3), (13, 8), (14, 11), (11, 8), (1, 13), (2, 1)]
    )
    def test_refuses_every_other_way(self, before: int, after: int) -> None:
        assert not legal(before, after)

    @pytest.mark.parametrize("status", sorted(TERMINAL - {11, 12}))
    def test_lets_nothing_follow_an_end_but_a_revocation(self, status: int) -> None:
        assert not any(legal(status, after) for after in Status if after != status)

    @pytest.mark.parametrize("status", [11, 12])
    def test_lets_a_granted_result_be_revoked_only(self, status: int) -> None:
        assert {after for after in Status if after != status and legal(status, after)} == {15}

    def test_names_known_statuses_only(self) -> None:
        known = {int(status) for status in Status}

        assert known.issuperset(ARROWS)
        assert known.issuperset(TERMINAL)
        assert all(known.issuperset(after) for after in ARROWS.values())


class TestDefinitions:
    @pytest.mark.parametrize("name", [name for name in shipped() if name.startswith("item")])
    def test_go_from_step_to_step_by_legal_arrows(self, name: str) -> None:
        elements = {element.id: element for element in shipped()[name].elements}

        def next_steps(found: str, seen: frozenset[str] = frozenset()) -> set[int]:
            statuses: set[int] = set()
            for target in elements[found].targets:
                element = elements[target]
                if element.step is not None:
                    statuses.add(element.step.status)
                elif target not in seen:
                    statuses |= next_steps(target, seen | {target})
            return statuses

        for element in elements.values():
            if element.step is not None:
                for after in next_steps(element.id):
                    assert legal(element.step.status, after), (element.id, after)


class TestEveryStatus:
    """BLZT 1 to 15: each is what some order makes of an attempt."""

    @pytest.mark.parametrize(
        ("status", "deeds"),
        [
            (1, (receive,)),
            (2, (withdraw,)),
            (3, (accept,)),
            (4, (receive, not_needed)),
            (5, (receive, refuse)),
            (6, (ask,)),
            (7, (ask, answer)),
            (8, (accept, review)),
            (9, (accept, assess)),
            (10, (accept, assess, over)),
            (11, (grant,)),
            (12, (grant, tolerated)),
            (13, (accept, review, refuse)),
            (14, (accept, withdraw)),
            (15, (grant, revoke)),
        ],
    )
    def test_is_reached(self, status: int, deeds: tuple[Callable[[LawOffice], None], ...]) -> None:
        office = filed(3, approval_catalogue=True)

        for deed in deeds:
            deed(office)

        item = PERMIT if status == Status.GRANTED_TOLERANT else APPROVAL
        assert office.attempt(item).status == status


class TestEndStatus:
    def test_knows_what_needs_no_approval(self) -> None:
        found = end_status("refused", accepted=False, needed=False)

        assert found is Status.NOT_TAKEN

    @pytest.mark.parametrize(
        ("result", "accepted", "status"),
        [
            ("granted", True, Status.GRANTED),
            ("refused", False, Status.NOT_ACCEPTED),
            ("refused", True, Status.REFUSED),
            ("withdrawn", False, Status.TAKEN_BACK),
            ("withdrawn", True, Status.WITHDRAWN),
        ],
    )
    def test_says_how_an_attempt_ended(self, result: str, accepted: bool, status: Status) -> None:
        assert end_status(result, accepted=accepted) is status

    @pytest.mark.parametrize("result", ["granted", "refused", "lapsed", "withdrawn"])
    @pytest.mark.parametrize("accepted", [True, False])
    def test_is_always_final(self, result: str, accepted: bool) -> None:
        assert end_status(result, accepted=accepted) in TERMINAL
