from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.memory_office import (
    ADMINISTRATOR,
    AGENT,
    NOTE,
    OWNER,
    STAGE_LEAD,
    SUPERVISOR,
    WINDOW,
    Office,
    bodies,
)
from workflows import commands as c
from workflows import events as e
from workflows.project import PairStatus, ProjectStatus

if TYPE_CHECKING:
    from workflows.facts import Actor

WITHDRAW = c.WithdrawProject(reason=NOTE)
TERMINATE = c.TerminateProject(reason=NOTE)


def _at_work() -> Office:
    """Return an office in which a pair runs, another is proposed and a timer is armed."""
    office = Office()
    office.file(3, area_assessed=False, energy_review=True, heritage_zone=True)
    office.give(c.FileStage(stage=1))
    office.until("S1-05", "accept")
    office.give(c.ProposePair(first="S1-12", second="S1-14"))
    office.give(c.StartPair(pair="P1"))
    office.give(c.ProposePair(first="S1-15", second="S1-17"))
    return office


class TestClosing:
    @pytest.mark.parametrize(
        ("command", "actor", "status"),
        [
            (WITHDRAW, OWNER, ProjectStatus.WITHDRAWN),
            (TERMINATE, SUPERVISOR, ProjectStatus.TERMINATED),
        ],
        ids=["withdraw", "terminate"],
    )
    def test_ends_everything_in_one_event(
        self, command: c.Command, actor: Actor, status: ProjectStatus
    ) -> None:
        office = _at_work()

        events = office.give(command, actor)

        assert len(events) == 1
        project = office.project
        assert project.status is status
        assert project.ended_at == office.now
        assert not any(state.open for state in project.items.values())
        assert all(run.ended_at for run in project.runs.values())
        assert {p: pair.status for p, pair in project.pairs.items()} == {
            "P1": PairStatus.ENDED,
            "P2": PairStatus.DISSOLVED,
        }

    def test_names_every_attempt_that_it_ends(self) -> None:
        office = _at_work()

        ((closed,),) = (bodies(office.give(WITHDRAW), e.ProjectWithdrawn),)

        assert [(each.item, each.attempt) for each in closed.closed] == [
            ("S1-05", 1),
            ("S1-06", 1),
            ("S1-10", 1),
            ("S1-12", 1),
            ("S1-14", 1),
        ]

    def test_ends_attempts_as_withdrawn(self) -> None:
        office = _at_work()

        office.give(WITHDRAW)

        attempt = office.item("S1-12").attempts[0]
        assert attempt.result == "withdrawn"
        assert attempt.ended_at == office.now
        assert not attempt.slot

    def test_keeps_what_was_granted(self) -> None:
        office = _at_work()
        office.grant("S1-05")

        office.give(WITHDRAW)

        assert office.item("S1-05").granted
        assert "0/D05" in office.project.documents

    @pytest.mark.parametrize(
        "command", [WITHDRAW, TERMINATE, c.AddUnit(unit=1, stage=3, name=NOTE)]
    )
    def test_is_final(self, command: c.Command) -> None:
        office = _at_work()
        office.give(WITHDRAW)

        assert office.refused(command, ADMINISTRATOR).code == "project.closed"

    @pytest.mark.parametrize("actor", [WINDOW, STAGE_LEAD, SUPERVISOR], ids=lambda actor: actor.id)
    def test_of_the_owners_kind_is_the_owners(self, actor: Actor) -> None:
        assert _at_work().refused(WITHDRAW, actor).code == "access.not_allowed"

    @pytest.mark.parametrize("actor", [OWNER, AGENT, WINDOW], ids=lambda actor: actor.id)
    def test_of_the_authoritys_kind_is_the_authoritys(self, actor: Actor) -> None:
        assert _at_work().refused(TERMINATE, actor).code == "access.not_allowed"
