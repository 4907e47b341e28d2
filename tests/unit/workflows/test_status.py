from __future__ import annotations

import pytest

from bpmn.library import shipped
from workflows.status import ARROWS, TERMINAL, Status, end_status, legal


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


class TestEndStatus:
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
