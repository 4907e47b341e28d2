from __future__ import annotations

from datetime import date

import pytest

from workflows.errors import NotAllowedError, UnknownAgentError
from workflows.facts import SYSTEM, Actor, Role
from workflows.roster import (
    AbsenceError,
    Agent,
    AgentJoinedError,
    Command,
    JoinRoster,
    LeaveRoster,
    Roster,
    SetAbsence,
    decide,
    evolve,
)

MONDAY, FRIDAY = date(2026, 3, 2), date(2026, 3, 6)


def after(*commands: Command) -> Roster:
    roster = Roster(township="t")
    for command in commands:
        roster = evolve(roster, roster.number + 1, decide(roster, command, SYSTEM))
    return roster


class TestDecide:
    def test_refuses_to_join_twice(self) -> None:
        with pytest.raises(AgentJoinedError):
            decide(after(JoinRoster(agent="a")), JoinRoster(agent="a"), SYSTEM)

    @pytest.mark.parametrize(
        "command", [LeaveRoster(agent="b"), SetAbsence(agent="b", first=MONDAY, last=FRIDAY)]
    )
    def test_refuses_who_is_not_on_the_roster(self, command: Command) -> None:
        with pytest.raises(UnknownAgentError):
            decide(after(JoinRoster(agent="a")), command, SYSTEM)

    @pytest.mark.parametrize(("first", "last"), [(FRIDAY, MONDAY), (MONDAY, None), (None, FRIDAY)])
    def test_refuses_an_absence_without_two_ends(
        self, first: date | None, last: date | None
    ) -> None:
        command = SetAbsence(agent="a", first=first, last=last)

        with pytest.raises(AbsenceError):
            decide(after(JoinRoster(agent="a")), command, SYSTEM)

    @pytest.mark.parametrize(
        ("role", "township", "allowed"),
        [
            (Role.ADMINISTRATOR, None, True),
            (Role.SUPERVISOR, None, True),
            (Role.SUPERVISOR, "t", True),
            (Role.SUPERVISOR, "elsewhere", False),
            (Role.AGENT, "t", False),
            (Role.OWNER, None, False),
        ],
    )
    def test_asks_who_gives_the_command(
        self, role: Role, township: str | None, allowed: bool
    ) -> None:
        actor = Actor(id="x", roles=frozenset({role}), township=township)
        roster, command = Roster(township="t"), JoinRoster(agent="a")

        if allowed:
            decide(roster, command, actor)
        else:
            with pytest.raises(NotAllowedError):
                decide(roster, command, actor)


class TestEvolve:
    def test_keeps_who_joined_and_did_not_leave(self) -> None:
        roster = after(JoinRoster(agent="a"), JoinRoster(agent="b"), LeaveRoster(agent="a"))

        assert list(roster.agents) == ["b"]
        assert roster.number == 3

    def test_forgets_an_absence_that_is_taken_back(self) -> None:
        away = SetAbsence(agent="a", first=MONDAY, last=FRIDAY)
        back = SetAbsence(agent="a", first=None, last=None)

        assert after(JoinRoster(agent="a"), away).agents["a"].away(MONDAY)
        assert not after(JoinRoster(agent="a"), away, back).agents["a"].away(MONDAY)


class TestAgent:
    @pytest.mark.parametrize(
        ("day", "away"),
        [(date(2026, 3, 1), False), (MONDAY, True), (FRIDAY, True), (date(2026, 3, 7), False)],
    )
    def test_is_away_on_both_ends_of_an_absence(self, day: date, away: bool) -> None:
        assert Agent(id="a", away_from=MONDAY, away_to=FRIDAY).away(day) is away
