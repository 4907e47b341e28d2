from __future__ import annotations

from typing import get_args

import pytest

from tests.support.memory_office import Office, person
from workflows import commands as c
from workflows.access import (
    COMMANDS,
    KEEPERS,
    PERFORMERS,
    READS,
    Duty,
    Keep,
    Read,
    Relation,
    Scope,
    check,
    duties,
    grants_of,
    may,
    relations,
)
from workflows.errors import NotAllowedError
from workflows.facts import Actor, Role

ITEM = "S1-05"
SCOPE = Scope(owner="org-1", township="t1", agent="agent-1", department="housing")

OWNER = person("p", Role.OWNER, organisation="org-1")
STRANGER = person("p", Role.OWNER, organisation="org-2")
AGENT = person("agent-1", Role.AGENT, township="t1")
COLLEAGUE = person("agent-2", Role.AGENT, township="t1")
WINDOW = person("w", Role.WINDOW, township="t1")
WINDOW_ELSEWHERE = person("w", Role.WINDOW, township="t2")
DISTRICT_WINDOW = person("w", Role.WINDOW)
REVIEWER = person("r", Role.REVIEWER, department="housing")
REVIEWER_ELSEWHERE = person("r", Role.REVIEWER, department="ecology")
INSPECTOR = person("i", Role.INSPECTOR, department="housing")
CHIEF = person("l", Role.DEPARTMENT_LEAD, department="housing")
STAGE_LEAD = person("s", Role.STAGE_LEAD)
SUPERVISOR = person("u", Role.SUPERVISOR, township="t1")
PLANNER = person("n", Role.PLANNER)
ADMINISTRATOR = person("m", Role.ADMINISTRATOR)
SYSTEM = person("system", Role.SYSTEM)
NOBODY = person("x")


def _allows(command: type[c.Command], actor: Actor, performer: str | None = None) -> bool:
    return may(actor, grants_of(command, performer), SCOPE)


class TestDuties:
    @pytest.mark.parametrize(
        ("actor", "expected"),
        [
            (OWNER, {(None, Relation.OWN), ("owner", Relation.OWN)}),
            (AGENT, {(None, Relation.ASSIGNED), ("agent", Relation.ASSIGNED)}),
            (WINDOW, {(None, Relation.TOWNSHIP), ("window", Relation.TOWNSHIP)}),
            (INSPECTOR, {("inspector", Relation.DEPARTMENT)}),
            (PLANNER, set()),
        ],
        ids=lambda value: getattr(value, "id", ""),
    )
    def test_are_what_the_roles_may_do(self, actor: Actor, expected: set[Duty]) -> None:
        assert set(duties(actor)) == expected


class TestTheClocksOrders:
    ORDERS: tuple[c.Command, ...] = (
        c.FireTimer(item=ITEM, attempt=1, timer="deemed"),
        c.GrantByDefault(item=ITEM, attempt=1),
        c.RemindDeadline(item=ITEM, attempt=1, kind="answer", due="2026-03-05"),
        c.FollowCatalogue(catalogue="0" * 64),
        c.RearmTimers(),
    )

    def test_are_all_that_nobody_else_may_give(self) -> None:
        by_nobody = {kind for kind, grants in COMMANDS.items() if grants == COMMANDS[c.FireTimer]}

        assert {type(order) for order in self.ORDERS} == by_nobody

    @pytest.mark.parametrize("order", ORDERS, ids=lambda order: type(order).__name__)
    def test_are_refused_to_an_administrator(self, order: c.Command) -> None:
        office = Office()
        office.file()
        office.give(c.FileStage(stage=1))

        assert office.refused(order, ADMINISTRATOR).code == "access.not_allowed"


class TestTable:
    @pytest.mark.parametrize("command", get_args(c.Command), ids=lambda kind: kind.__name__)
    def test_knows_every_command(self, command: type[c.Command]) -> None:
        by_performer = {c.CompleteStep, c.ClaimTask, c.ReleaseTask}

        assert command in COMMANDS or command in by_performer
        assert grants_of(command, "window")

    @pytest.mark.parametrize("command", get_args(c.Command), ids=lambda kind: kind.__name__)
    @pytest.mark.parametrize("actor", [NOBODY, PLANNER], ids=lambda actor: actor.id)
    def test_gives_nothing_to_who_has_no_part(self, command: type[c.Command], actor: Actor) -> None:
        assert not _allows(command, actor, "window")

    @pytest.mark.parametrize("command", [c.FileStage, c.FileItem, c.WithdrawItem, c.AddUnit])
    @pytest.mark.parametrize(
        ("actor", "allowed"),
        [
            (OWNER, True),
            (STRANGER, False),
            (AGENT, True),
            (COLLEAGUE, False),
            (WINDOW, True),
            (WINDOW_ELSEWHERE, False),
            (DISTRICT_WINDOW, True),
            (REVIEWER, False),
        ],
    )
    def test_lets_those_act_for_the_owner_who_stand_for_him(
        self, command: type[c.Command], actor: Actor, allowed: bool
    ) -> None:
        assert _allows(command, actor) is allowed

    @pytest.mark.parametrize("command", [c.ProposePair, c.DrawPair, c.StartPair, c.DissolvePair])
    @pytest.mark.parametrize(
        ("actor", "allowed"),
        [(OWNER, True), (AGENT, True), (STAGE_LEAD, True), (CHIEF, False), (SUPERVISOR, False)],
    )
    def test_lets_the_stage_lead_pair_too(
        self, command: type[c.Command], actor: Actor, allowed: bool
    ) -> None:
        assert _allows(command, actor) is allowed

    @pytest.mark.parametrize("command", [c.DeclineItem, c.WithdrawProject])
    def test_leaves_giving_up_to_the_owner_and_agent(self, command: type[c.Command]) -> None:
        assert _allows(command, OWNER)
        assert _allows(command, AGENT)
        assert not _allows(command, WINDOW)
        assert not _allows(command, STAGE_LEAD)

    def test_lets_leaders_assign_agents(self) -> None:
        assert _allows(c.AssignAgent, SUPERVISOR)
        assert _allows(c.AssignAgent, ADMINISTRATOR)
        assert not _allows(c.AssignAgent, AGENT)

    def test_lets_the_authority_alone_terminate(self) -> None:
        assert _allows(c.TerminateProject, STAGE_LEAD)
        assert not _allows(c.TerminateProject, OWNER)

    def test_lets_the_clock_alone_fire_timers(self) -> None:
        assert _allows(c.FireTimer, SYSTEM)
        assert not _allows(c.FireTimer, ADMINISTRATOR)


class TestPerformers:
    @pytest.mark.parametrize("command", [c.CompleteStep, c.ClaimTask, c.ReleaseTask])
    @pytest.mark.parametrize(
        ("performer", "actor", "allowed"),
        [
            ("window", WINDOW, True),
            ("window", WINDOW_ELSEWHERE, False),
            ("window", REVIEWER, False),
            ("department", REVIEWER, True),
            ("department", REVIEWER_ELSEWHERE, False),
            ("department", INSPECTOR, False),
            ("inspector", INSPECTOR, True),
            ("inspector", REVIEWER, False),
            ("external", REVIEWER, True),
            ("owner", OWNER, True),
            ("owner", STRANGER, False),
            ("agent", AGENT, True),
            ("agent", COLLEAGUE, False),
        ],
    )
    def test_do_what_the_definition_names_them_for(
        self, command: type[c.Command], performer: str, actor: Actor, allowed: bool
    ) -> None:
        assert _allows(command, actor, performer) is allowed

    def test_do_not_lead_by_that(self) -> None:
        assert not _allows(c.AssignTask, REVIEWER, "department")
        assert _allows(c.AssignTask, CHIEF, "department")

    def test_are_known_for_every_word_of_the_definitions(self) -> None:
        assert set(PERFORMERS) == {
            "window",
            "department",
            "inspector",
            "agent",
            "owner",
            "external",
        }

    def test_of_an_unknown_kind_are_nobody(self) -> None:
        assert grants_of(c.CompleteStep, "robot") == ()


class TestCheck:
    def test_passes_who_may(self) -> None:
        check(OWNER, c.FileStage(stage=1), SCOPE)

    def test_refuses_who_may_not_by_name(self) -> None:
        with pytest.raises(NotAllowedError) as caught:
            check(STRANGER, c.FileStage(stage=1), SCOPE)

        assert caught.value.params == {"command": "FileStage", "actor": "p"}

    def test_never_takes_a_missing_relation_for_a_fitting_one(self) -> None:
        empty = Scope()
        no_relations = [
            person("p", Role.OWNER),
            person("p", Role.AGENT),
            person("p", Role.REVIEWER),
            person("p", Role.DEPARTMENT_LEAD),
        ]

        for actor in no_relations:
            for command in (c.FileStage, c.AssignTask, c.CompleteStep):
                assert not may(actor, grants_of(command, "department"), empty)


EVERYONE = (OWNER, AGENT, WINDOW, REVIEWER, INSPECTOR, CHIEF, STAGE_LEAD, SUPERVISOR, PLANNER)


class TestReading:
    @pytest.mark.parametrize(
        ("actor", "allowed"),
        [
            (OWNER, True),
            (STRANGER, False),
            (AGENT, True),
            (COLLEAGUE, True),
            (WINDOW, True),
            (WINDOW_ELSEWHERE, False),
            (DISTRICT_WINDOW, True),
            (REVIEWER_ELSEWHERE, True),
            (PLANNER, True),
            (ADMINISTRATOR, True),
            (NOBODY, False),
        ],
    )
    def test_of_a_project_is_for_whom_it_concerns(self, actor: Actor, allowed: bool) -> None:
        assert may(actor, READS[Read.PROJECT], SCOPE) is allowed

    @pytest.mark.parametrize(
        ("actor", "allowed"),
        [(OWNER, True), (COLLEAGUE, False), (REVIEWER, True), (REVIEWER_ELSEWHERE, False)],
    )
    def test_of_a_file_is_for_who_handles_it(self, actor: Actor, allowed: bool) -> None:
        assert may(actor, READS[Read.MATERIAL], SCOPE) is allowed

    @pytest.mark.parametrize("read", [Read.CASELOAD, Read.REPORT, Read.CATALOGUE])
    def test_of_how_people_work_is_not_for_owners(self, read: Read) -> None:
        assert not may(OWNER, READS[read], SCOPE)
        assert may(ADMINISTRATOR, READS[read], SCOPE)

    @pytest.mark.parametrize("read", Read)
    def test_is_never_for_nobody(self, read: Read) -> None:
        assert not may(NOBODY, READS[read], SCOPE)

    def test_names_each_relation_once(self) -> None:
        both = person("agent-1", Role.AGENT, Role.WINDOW, township="t1")

        assert relations(both, READS[Read.PROJECT]) == (Relation.ASSIGNED, Relation.TOWNSHIP)


class TestKeeping:
    @pytest.mark.parametrize("keep", [Keep.ROSTER, Keep.CATALOGUE, Keep.CALENDAR])
    def test_is_for_administrators_and_the_machine(self, keep: Keep) -> None:
        assert may(ADMINISTRATOR, KEEPERS[keep], SCOPE)
        assert may(SYSTEM, KEEPERS[keep], SCOPE)

    @pytest.mark.parametrize("actor", EVERYONE)
    def test_of_a_roster_is_for_its_supervisor(self, actor: Actor) -> None:
        assert may(actor, KEEPERS[Keep.ROSTER], SCOPE) is (actor is SUPERVISOR)
        assert not may(actor, KEEPERS[Keep.ROSTER], Scope(township="t2"))

    @pytest.mark.parametrize("keep", [Keep.CATALOGUE, Keep.CALENDAR])
    @pytest.mark.parametrize("actor", EVERYONE)
    def test_of_catalogue_and_calendar_is_for_planners(self, actor: Actor, keep: Keep) -> None:
        assert may(actor, KEEPERS[keep], SCOPE) is (actor is PLANNER)
