from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.memory_office import (
    ADMINISTRATOR,
    AGENT,
    CODE,
    NOTE,
    OWNER,
    SUPERVISOR,
    Office,
    bodies,
    filing,
    load,
    person,
)
from workflows import commands as c
from workflows import events as e
from workflows.errors import UnknownProjectError
from workflows.facts import Actor, Role
from workflows.project import ProjectStatus
from workflows.texts import refusal_text


class TestFileProject:
    def test_opens_the_first_stage_and_what_runs_alongside(self) -> None:
        office = Office()

        office.file(3)

        assert office.kinds() == [
            "ProjectFiled",
            "AgentAssigned",
            "StageOpened",
            "StageOpened",
            "StageFiled",
        ]
        assert sorted(office.project.runs) == ["1/0", "5/0"]
        assert [task.item for task in office.tasks_of(1)] == [None]

    def test_records_the_items_that_apply(self) -> None:
        office = Office()

        office.file(3, energy_review=True)

        assert "S1-12" in office.project.applicable
        assert "S1-01" not in office.project.applicable

    def test_records_what_it_was_filed_under(self) -> None:
        office = Office()

        ((filed,),) = (bodies(office.file(3), e.ProjectFiled),)

        assert filed.catalogue == office.catalogue.hash
        assert filed.lifecycle == office.nets.in_force["lifecycle"]

    @pytest.mark.parametrize(
        "code", ["", "2026-120118-47-03-00001", "２０２６-120118-47-03-000001"]
    )
    def test_refuses_a_code_of_another_form(self, code: str) -> None:
        office = Office()

        refusal = office.refused(replace(filing(office.catalogue), code=code))

        assert refusal.code == "project.bad_code"

    def test_refuses_a_code_in_use(self) -> None:
        office = Office()
        office.file(3)

        assert office.refused(filing(office.catalogue)).code == "project.exists"

    def test_refuses_an_unknown_flow(self) -> None:
        office = Office()

        refusal = office.refused(replace(filing(office.catalogue), flow=7))

        assert refusal.code == "project.unknown_flow"
        assert refusal.params["flows"] == [1, 2, 3, 4, 5, 6]

    def test_refuses_an_unknown_township(self) -> None:
        office = Office()

        refusal = office.refused(replace(filing(office.catalogue), township="t9"))

        assert refusal.code == "project.unknown_township"
        assert refusal.params["townships"] == ["t1", "t2"]

    def test_refuses_facts_that_are_not_stated(self) -> None:
        office = Office()
        command = filing(office.catalogue)
        facts = {k: v for k, v in command.facts.items() if k not in {"eia", "residential"}}

        refusal = office.refused(replace(command, facts=facts))

        assert refusal.code == "project.missing_facts"
        assert refusal.params["facts"] == ["eia", "residential"]
        for code in ("eia", "residential"):
            asked = office.catalogue.facts[code].question
            assert asked.zh in refusal_text(refusal, "zh-CN")
            assert asked.en in refusal_text(refusal, "en")

    @pytest.mark.parametrize(
        ("fact", "value", "finding"),
        [("moon", True, "facts.unknown"), ("eia", "maybe", "facts.value_not_allowed")],
    )
    def test_refuses_facts_that_the_catalogue_does_not_allow(
        self, fact: str, value: bool | str, finding: str
    ) -> None:
        office = Office()
        command = filing(office.catalogue)

        refusal = office.refused(replace(command, facts={**command.facts, fact: value}))

        assert refusal.code == "project.bad_facts"
        assert [each["code"] for each in refusal.params["findings"]] == [finding]  # type: ignore[attr-defined]

    def test_refuses_facts_that_contradict_each_other(self) -> None:
        office = Office()

        refusal = office.refused(filing(office.catalogue, residential=True))

        assert refusal.code == "project.contradiction"

    def test_comes_before_any_other_command(self) -> None:
        refusal = Office().refused(c.FileStage(stage=1))

        assert isinstance(refusal, UnknownProjectError)

    @pytest.mark.parametrize(
        "actor",
        [
            person("o-9", Role.OWNER, organisation="org-9"),
            person("a-9", Role.AGENT, township="t2"),
            person("r-1", Role.REVIEWER, department="housing"),
        ],
        ids=lambda actor: actor.id,
    )
    def test_refuses_who_may_not_file(self, actor: Actor) -> None:
        office = Office()

        refusal = office.refused(filing(office.catalogue), actor)

        assert refusal.code == "access.not_allowed"


class TestAgent:
    def test_is_the_one_of_the_township_with_the_least_load(self) -> None:
        office = Office()

        ((assigned,),) = (bodies(office.file(3), e.AgentAssigned),)

        assert (assigned.agent, assigned.rule) == ("agent-2", "least_loaded_in_township")
        assert [each.agent for each in assigned.seen] == ["agent-1", "agent-2"]

    def test_comes_from_elsewhere_when_the_township_is_away(self) -> None:
        office = Office(roster=(load("a", "t1", 0, away=True), load("b", "t2", 7)))

        office.file(3)

        assert office.project.agent == "b"

    def test_is_nobody_when_all_are_away(self) -> None:
        office = Office(roster=(load("a", "t1", 0, away=True),))

        events = office.file(3)

        assert office.project.agent is None
        assert bodies(events, e.AgentAssigned) == []

    @pytest.mark.parametrize("leader", [SUPERVISOR, ADMINISTRATOR], ids=lambda actor: actor.id)
    def test_is_changed_by_a_leader(self, leader: Actor) -> None:
        office = Office()
        office.file(3)

        office.give(c.AssignAgent(agent="agent-9", reason=NOTE), leader)

        assert office.project.agent == "agent-9"

    @pytest.mark.parametrize("actor", [OWNER, AGENT], ids=lambda actor: actor.id)
    def test_is_not_changed_by_anyone_else(self, actor: Actor) -> None:
        office = Office()
        office.file(3)

        refusal = office.refused(c.AssignAgent(agent="agent-9", reason=NOTE), actor)

        assert refusal.code == "access.not_allowed"

    @pytest.mark.parametrize("agent", ["agent-0", "agent-away"])
    def test_must_be_present_on_the_roster(self, agent: str) -> None:
        office = Office(roster=(load("agent-1", "t1", 0), load("agent-away", "t1", 0, away=True)))
        office.file(3)

        refusal = office.refused(c.AssignAgent(agent=agent, reason=NOTE), SUPERVISOR)

        assert refusal.code == "agent.unknown"
        assert refusal.params["agents"] == ["agent-1"]


class TestFileStage:
    def test_lists_files_holds_and_pulls_in(self) -> None:
        office = Office()
        office.file(3)

        ((filed,),) = (bodies(office.give(c.FileStage(stage=1)), e.StageFiled),)

        assert filed.mandated == ("S1-05", "S1-06", "S1-08")
        assert [(f.item, f.how) for f in filed.filings] == [
            ("S1-05", e.How.STAGE),
            ("S1-06", e.How.PULLED),
            ("S1-10", e.How.SERIAL),
        ]
        assert filed.held == (e.Held(item="S1-08", documents=("D05", "D08")),)
        assert filed.pulled_in == (e.PulledIn(item="S1-06", needed_by="S2-01", document="D06"),)
        assert not any(f.slot for f in filed.filings)

    def test_names_what_does_not_apply(self) -> None:
        office = Office()
        office.file(3)

        ((filed,),) = (bodies(office.give(c.FileStage(stage=1)), e.StageFiled),)

        applicable = set(office.project.applicable)
        assert set(filed.left_out) == set(office.nets.of(1).items) - applicable

    def test_carries_the_limits_in_force(self) -> None:
        office = Office()
        office.file(3)

        ((filed,),) = (bodies(office.give(c.FileStage(stage=1)), e.StageFiled),)

        limit = filed.filings[0].committed
        assert limit is not None
        assert (limit.days, limit.unit) == (1, "working_day")

    def test_files_a_held_item_when_its_last_document_comes(self) -> None:
        office = Office()
        office.file(3)
        office.give(c.FileStage(stage=1))
        office.grant("S1-05")
        assert office.state("S1-08") == set()

        office.until("S1-10", "deliver")
        events = office.do("S1-10")

        ((filed,),) = (bodies(events, e.ItemFiled),)
        assert (filed.filing.item, filed.filing.how) == ("S1-08", e.How.HELD)
        assert office.item("S1-08").attempts[0].filed_at == events[0].happened_at

    def test_files_a_serial_item_when_its_predecessor_is_granted(self) -> None:
        office = Office()
        office.file(1)
        for stage in (1, 2):
            office.pass_stage(stage)
        office.give(c.FileStage(stage=3))
        assert "3/0" in office.project.runs

        office.grant("S3-07")

        assert office.item("S3-08").attempts[0].how is e.How.SERIAL

    def test_records_soft_documents_that_it_went_without(self) -> None:
        office = Office()
        office.file(3)
        office.pass_stage(1)
        office.give(c.FileStage(stage=2))

        office.give(c.FileItem(item="S2-14"))

        assert office.item("S2-14").attempts[0].without == ("D20",)

    def test_is_done_once(self) -> None:
        office = Office()
        office.file(3)
        office.give(c.FileStage(stage=1))

        assert office.refused(c.FileStage(stage=1)).code == "stage.filed"

    @pytest.mark.parametrize("stage", [2, 9])
    def test_refuses_a_stage_that_is_not_open(self, stage: int) -> None:
        office = Office()
        office.file(3)

        assert office.refused(c.FileStage(stage=stage)).code == "stage.unknown"

    def test_refuses_a_unit_that_does_not_exist(self) -> None:
        office = Office()
        office.file(3)

        assert office.refused(c.FileStage(stage=1, unit=1)).code == "unit.unknown"

    def test_comes_before_any_item_of_the_stage(self) -> None:
        office = Office()
        office.file(3)

        assert office.refused(c.FileItem(item="S1-05")).code == "stage.not_filed"


class TestFileItem:
    def test_files_a_refused_item_again_with_a_new_attempt(self) -> None:
        office = Office()
        office.file(3)
        office.give(c.FileStage(stage=1))
        office.until("S1-05", "accept")
        office.do("S1-05", "refused")
        assert office.state("S1-05") == {"wanted"}

        ((filed,),) = (bodies(office.give(c.FileItem(item="S1-05")), e.ItemFiled),)

        assert (filed.filing.how, filed.filing.attempt) == (e.How.AGAIN, 2)
        assert [a.result for a in office.item("S1-05").attempts] == ["refused", None]

    def test_does_not_file_a_refused_item_by_itself(self) -> None:
        office = Office()
        office.file(3)
        office.give(c.FileStage(stage=1))
        office.until("S1-05", "accept")
        office.do("S1-05", "refused")

        office.grant("S1-10")

        assert len(office.item("S1-05").attempts) == 1

    def test_files_a_free_item_at_any_time_without_a_slot(self) -> None:
        office = Office()
        office.file(3, forest_land=True)
        office.give(c.FileStage(stage=1))

        office.give(c.FileItem(item="S1-18"), AGENT)

        assert office.item("S1-18").attempts[0].how is e.How.FREE
        assert "slot" not in office.state("S1-18")

    def test_refuses_an_item_that_the_catalogue_does_not_know(self) -> None:
        office = Office()
        office.file(3)

        assert office.refused(c.FileItem(item="S9-99")).code == "item.unknown"

    def test_refuses_an_item_before_its_hard_documents(self) -> None:
        office = Office()
        office.file(3)
        for stage in (1, 2):
            office.pass_stage(stage)
        office.give(c.FileStage(stage=3))

        refusal = office.refused(c.FileItem(item="S3-21"))

        assert refusal.code == "item.documents_missing"
        assert refusal.params["documents"] == ("D50",)

    def test_says_which_documents_hold_a_listed_item(self) -> None:
        office = Office()
        office.file(3)
        office.give(c.FileStage(stage=1))

        refusal = office.refused(c.FileItem(item="S1-08"))

        assert refusal.params["documents"] == ("D05", "D08")

    @pytest.mark.parametrize(
        ("item", "state"),
        [
            ("S1-05", "granted"),
            ("S1-10", "running"),
            ("S1-12", "declined"),
            ("S1-01", "not_applicable"),
        ],
    )
    def test_refuses_an_item_that_is_not_wanted(self, item: str, state: str) -> None:
        office = Office()
        office.file(3, energy_review=True)
        office.give(c.DeclineItem(item="S1-12", reason=NOTE))
        office.give(c.FileStage(stage=1))
        office.grant("S1-05")

        refusal = office.refused(c.FileItem(item=item))

        assert refusal.code == "item.not_wanted"
        assert refusal.params["state"] == state

    def test_refuses_an_item_whose_definition_leaves_it_out(self) -> None:
        office = Office()
        office.file(3)
        office.give(c.FileStage(stage=1))
        project = office.project
        office.standing = replace(project, applicable=(*project.applicable, "S1-12"))
        office.replays = False

        refusal = office.refused(c.FileItem(item="S1-12"))

        assert refusal.params["state"] == "left_out"

    def test_refuses_everything_in_a_closed_project(self) -> None:
        office = Office()
        office.file(3)
        office.give(c.WithdrawProject(reason=NOTE))

        refusal = office.refused(c.FileStage(stage=1))

        assert refusal.code == "project.closed"
        assert refusal.params == {"project": CODE, "status": ProjectStatus.WITHDRAWN}
