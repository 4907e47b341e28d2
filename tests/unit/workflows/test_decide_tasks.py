from __future__ import annotations

import pytest

from tests.support.memory_office import (
    ADMINISTRATOR,
    OWNER,
    STAGE_LEAD,
    SUPERVISOR,
    WINDOW,
    Office,
    inspector,
    person,
    reviewer,
)
from workflows import commands as c
from workflows.facts import Actor, Role

REFORM = "development_reform"
SECOND = person("window-2", Role.WINDOW, township="t1")
LEAD = person("chief", Role.DEPARTMENT_LEAD, department=REFORM)
CLAIM = c.ClaimTask(item="S1-05", attempt=1, step="receive")
ASSIGN_REVIEW = c.AssignTask(item="S1-05", attempt=1, step="review", person="wang")
RELEASE = c.ReleaseTask(item="S1-05", attempt=1, step="receive")
RECEIVE = c.CompleteStep(item="S1-05", attempt=1, step="receive", outcome="received")


def _at_work() -> Office:
    office = Office()
    office.file(3)
    office.give(c.FileStage(stage=1))
    return office


def _holder(office: Office, step: str = "receive") -> str | None:
    (task,) = (t for path, t in office.run(1).tasks.items() if path.endswith(f"S1_05/{step}"))
    return task.person


class TestClaim:
    def test_gives_the_task_to_the_actor(self) -> None:
        office = _at_work()

        office.give(CLAIM, WINDOW)

        assert _holder(office) == WINDOW.id

    def test_may_be_repeated_by_the_holder(self) -> None:
        office = _at_work()
        office.give(CLAIM, WINDOW)

        office.give(CLAIM, WINDOW)

        assert _holder(office) == WINDOW.id

    @pytest.mark.parametrize("command", [CLAIM, RECEIVE], ids=["claim", "complete"])
    def test_keeps_everyone_else_off_it(self, command: c.Command) -> None:
        office = _at_work()
        office.give(CLAIM, WINDOW)

        refusal = office.refused(command, SECOND)

        assert refusal.code == "task.taken"
        assert refusal.params["person"] == WINDOW.id

    def test_is_for_those_who_could_do_the_task(self) -> None:
        assert _at_work().refused(CLAIM, OWNER).code == "access.not_allowed"

    def test_refuses_a_task_that_is_not_open(self) -> None:
        command = c.ClaimTask(item="S1-05", attempt=1, step="review")

        assert _at_work().refused(command, WINDOW).code == "task.not_open"

    def test_does_not_outlive_the_task(self) -> None:
        office = _at_work()
        office.give(CLAIM, WINDOW)

        office.give(RECEIVE, WINDOW)

        assert _holder(office, "accept") is None


class TestAssign:
    @pytest.mark.parametrize(
        "leader", [LEAD, STAGE_LEAD, SUPERVISOR, ADMINISTRATOR], ids=lambda actor: actor.id
    )
    def test_is_a_leaders_act(self, leader: Actor) -> None:
        office = _at_work()
        office.until("S1-05", "review")
        office.assignee = reviewer(REFORM, "wang")

        office.give(ASSIGN_REVIEW, leader)

        assert _holder(office, "review") == "wang"

    @pytest.mark.parametrize(
        "assignee",
        [
            None,
            OWNER,
            ADMINISTRATOR,
            person("wang", Role.REVIEWER),
            reviewer("ecology", "wang"),
            inspector(REFORM, "wang"),
            person("wang", Role.WINDOW, department=REFORM),
        ],
        ids=["nobody", "owner", "leader", "nowhere", "elsewhere", "inspector", "window"],
    )
    def test_goes_to_nobody_who_may_never_do_the_task(self, assignee: Actor | None) -> None:
        office = _at_work()
        office.until("S1-05", "review")
        office.assignee = assignee

        refusal = office.refused(ASSIGN_REVIEW, STAGE_LEAD)

        assert refusal.code == "task.wrong_person"
        assert refusal.params == {"task": "0/S1-05/1/review", "person": "wang"}

    def test_stays_in_the_township(self) -> None:
        office = _at_work()
        office.assignee = person("window-9", Role.WINDOW, township="t2")
        command = c.AssignTask(item="S1-05", attempt=1, step="receive", person="window-9")

        assert office.refused(command, STAGE_LEAD).code == "task.wrong_person"

    def test_takes_the_task_from_its_holder(self) -> None:
        office = _at_work()
        office.give(CLAIM, WINDOW)
        office.assignee = SECOND

        office.give(
            c.AssignTask(item="S1-05", attempt=1, step="receive", person="window-2"), STAGE_LEAD
        )
        office.give(RECEIVE, SECOND)

        assert set(office.tasks("S1-05")) == {"accept"}

    @pytest.mark.parametrize(
        "actor",
        [
            OWNER,
            WINDOW,
            reviewer(REFORM),
            person("other", Role.DEPARTMENT_LEAD, department="ecology"),
        ],
        ids=lambda actor: actor.id,
    )
    def test_is_refused_to_those_who_do_not_lead_here(self, actor: Actor) -> None:
        command = c.AssignTask(item="S1-05", attempt=1, step="receive", person="wang")

        assert _at_work().refused(command, actor).code == "access.not_allowed"


class TestRelease:
    @pytest.mark.parametrize("actor", [WINDOW, STAGE_LEAD], ids=lambda actor: actor.id)
    def test_gives_the_task_back_to_everyone(self, actor: Actor) -> None:
        office = _at_work()
        office.give(CLAIM, WINDOW)

        office.give(RELEASE, actor)

        assert _holder(office) is None
        office.give(RECEIVE, SECOND)

    def test_is_refused_to_a_colleague(self) -> None:
        office = _at_work()
        office.give(CLAIM, WINDOW)

        assert office.refused(RELEASE, SECOND).code == "access.not_allowed"

    def test_is_refused_to_strangers(self) -> None:
        assert _at_work().refused(RELEASE, OWNER).code == "access.not_allowed"
