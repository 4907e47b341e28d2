from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows import masking
from workflows.facts import Actor, Role

ROLES = st.frozensets(st.sampled_from(list(Role)), min_size=1, max_size=3)
PLACES = st.none() | st.sampled_from(["a", "b"])
PEOPLE = st.builds(
    Actor,
    id=st.sampled_from(["p1", "p2", "p3"]),
    roles=ROLES,
    organisation=PLACES,
    department=PLACES,
    township=PLACES,
)


def person(identity: str, role: Role, **where: str) -> Actor:
    return Actor(id=identity, roles=frozenset({role}), **where)


OWNER = person("owner-a", Role.OWNER, organisation="ORG-A")
RIVAL = person("owner-b", Role.OWNER, organisation="ORG-B")
COLLEAGUE = person("owner-c", Role.OWNER, organisation="ORG-A")
AGENT = person("agent-1", Role.AGENT, township="T1")
REVIEWER = person("reviewer", Role.REVIEWER, department="housing")
ADMIN = person("admin", Role.ADMINISTRATOR)


class TestAnOwner:
    def test_knows_colleagues_and_whom_to_turn_to(self) -> None:
        assert masking.knows(OWNER, COLLEAGUE)
        assert masking.sees_name(OWNER, AGENT)
        assert masking.sees_phone(OWNER, AGENT)

    def test_knows_no_other_owner_and_no_officer(self) -> None:
        assert not masking.knows(OWNER, RIVAL)
        assert not masking.knows(OWNER, REVIEWER)


class TestAnOfficer:
    def test_knows_everybody_and_not_every_name(self) -> None:
        assert masking.knows(REVIEWER, OWNER)
        assert not masking.sees_name(REVIEWER, OWNER)
        assert not masking.sees_phone(REVIEWER, OWNER)

    def test_may_ring_an_owner_up_as_their_agent(self) -> None:
        assert masking.sees_phone(AGENT, OWNER, {"ORG-A"})
        assert not masking.sees_phone(AGENT, OWNER, {"ORG-B"})
        assert not masking.sees_phone(REVIEWER, OWNER, {"ORG-A"})


class TestEverybody:
    @given(PEOPLE)
    def test_sees_themselves(self, one: Actor) -> None:
        assert masking.knows(one, one)
        assert masking.sees_name(one, one)
        assert masking.sees_phone(one, one)

    @given(PEOPLE, PEOPLE)
    def test_sees_no_name_of_whom_they_do_not_know(self, viewer: Actor, other: Actor) -> None:
        if not masking.knows(viewer, other):
            assert not masking.sees_name(viewer, other)
            assert not masking.sees_phone(viewer, other)

    @given(PEOPLE)
    def test_is_seen_by_administrators(self, one: Actor) -> None:
        assert masking.sees_name(ADMIN, one)
        assert masking.sees_phone(ADMIN, one)


class TestMasks:
    @given(st.text(min_size=2))
    def test_leave_one_character_of_a_name(self, name: str) -> None:
        masked = masking.masked_name(name)

        assert len(masked) == len(name)
        assert masked[0] == name[0]
        assert set(masked[1:]) == {masking.HIDDEN}

    @pytest.mark.parametrize("phone", ["13812345678", "+8613812345678", "022-68123456"])
    def test_leave_no_middle_of_a_number(self, phone: str) -> None:
        masked = masking.masked_phone(phone)

        assert phone[3:-4] not in masked
        assert len(masked) == len(phone)
