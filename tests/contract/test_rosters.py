from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from engine.errors import KeyReusedError
from engine.rosters import Rosters
from workflows.facts import SYSTEM
from workflows.roster import AgentJoinedError, JoinRoster, LeaveRoster, SetAbsence

if TYPE_CHECKING:
    from tests.support.office import Office

AWAY = SetAbsence(agent="a", first=date(2026, 5, 1), last=date(2026, 5, 3))
BACK = SetAbsence(agent="a", first=None, last=None)


@pytest.fixture
def rosters(office: Office) -> Rosters:
    made = Rosters(office.new_uow, office.clock, office.library)
    made.execute("t", JoinRoster(agent="a"), SYSTEM, "join-a")
    return made


class TestARepeatedKey:
    def test_hears_what_it_heard_then(self, rosters: Rosters) -> None:
        first = rosters.execute("t", AWAY, SYSTEM, "away")
        rosters.execute("t", BACK, SYSTEM, "back")
        rosters.execute("t", JoinRoster(agent="b"), SYSTEM, "join-b")

        again = rosters.execute("t", AWAY, SYSTEM, "away")

        assert again == first
        assert again.agents["a"].away_from == AWAY.first
        assert rosters.roster("t").agents["a"].away_from is None

    def test_hears_of_an_agent_who_has_left_since(self, rosters: Rosters) -> None:
        first = rosters.execute("t", AWAY, SYSTEM, "away")
        rosters.execute("t", LeaveRoster(agent="a"), SYSTEM, "leave")

        assert rosters.execute("t", AWAY, SYSTEM, "away") == first

    def test_hears_a_refusal_again_whatever_has_changed_since(self, rosters: Rosters) -> None:
        join = JoinRoster(agent="a")
        with pytest.raises(AgentJoinedError) as first:
            rosters.execute("t", join, SYSTEM, "again")
        rosters.execute("t", LeaveRoster(agent="a"), SYSTEM, "leave")

        with pytest.raises(AgentJoinedError) as again:
            rosters.execute("t", join, SYSTEM, "again")

        assert again.value.params == first.value.params
        assert rosters.execute("t", join, SYSTEM, "new").agents.keys() == {"a"}

    def test_serves_no_other_order_once_it_was_refused(self, rosters: Rosters) -> None:
        with pytest.raises(AgentJoinedError):
            rosters.execute("t", JoinRoster(agent="a"), SYSTEM, "again")

        with pytest.raises(KeyReusedError):
            rosters.execute("t", BACK, SYSTEM, "again")

    def test_serves_no_other_order(self, rosters: Rosters) -> None:
        rosters.execute("t", AWAY, SYSTEM, "away")

        with pytest.raises(KeyReusedError):
            rosters.execute("t", BACK, SYSTEM, "away")
