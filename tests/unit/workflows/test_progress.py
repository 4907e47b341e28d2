from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.support.paper_office import LEADER, NOTE, PaperOffice
from workflows import commands as c
from workflows.clock import Lamp
from workflows.events import PauseKind
from workflows.facts import Actor, Role
from workflows.progress import Cause, ItemStanding, StageState
from workflows.project import ProjectStatus

if TYPE_CHECKING:
    from workflows.project import Project


@pytest.fixture
def office() -> PaperOffice:
    return PaperOffice(flow=3, seed=1)


class TestANewProject:
    def test_waits_for_the_joint_application_of_stage_1(self, office: PaperOffice) -> None:
        waits = office.progress.next

        assert (waits.stage, waits.since) == (1, office.project.filed_at)
        assert [(b.cause, b.item) for b in waits.blockers] == [(Cause.NOT_FILED, None)]

    def test_is_the_agents_turn(self, office: PaperOffice) -> None:
        blocker = office.progress.next.blockers[0]

        assert blocker.turn.performer == "agent"

    def test_is_the_owners_turn_without_an_agent(self) -> None:
        office = PaperOffice(agents=())

        blocker = office.progress.next.blockers[0]

        assert blocker.turn.performer == "owner"

    def test_has_opened_stage_1_and_utilities_only(self, office: PaperOffice) -> None:
        states = [office.progress.stage(number).state for number in range(1, 6)]

        assert states == [
            StageState.OPEN,
            StageState.NOT_OPEN,
            StageState.NOT_OPEN,
            StageState.NOT_OPEN,
            StageState.FILED,
        ]

    def test_shows_items_of_closed_stages_as_not_open(self, office: PaperOffice) -> None:
        states = {item.state for item in office.progress.stage(3).items}

        assert states == {ItemStanding.NOT_OPEN, ItemStanding.LEFT_OUT}


class TestAFiledStage:
    def test_names_the_step_and_whose_turn_it_is(self, office: PaperOffice) -> None:
        office.file_stage()

        step = office.progress.item("S1-05").step

        assert step is not None
        assert (step.name, step.turn.performer, step.status) == ("receive", "window", 1)
        assert step.since == office.now

    def test_names_the_documents_that_hold_an_item(self, office: PaperOffice) -> None:
        office.file_stage()

        held = office.progress.item("S1-08")

        assert held.state is ItemStanding.HELD
        assert held.missing == ("D05", "D08")

    def test_walks_from_a_held_milestone_to_what_can_be_done_now(self, office: PaperOffice) -> None:
        office.file_stage()

        blockers = office.progress.next.blockers

        assert [b.item for b in blockers] == ["S1-05", "S1-10"]
        assert {b.cause for b in blockers} == {Cause.RUNNING}

    def test_names_the_department_at_its_step(self, office: PaperOffice) -> None:
        office.file_stage()
        office.step("S1-05", "received")
        office.step("S1-05", "accepted")

        step = office.progress.item("S1-05").step

        assert step is not None
        item = office.library.catalogue.items["S1-05"]
        assert step.turn.department == item.department

    def test_counts_granted_of_wanted(self, office: PaperOffice) -> None:
        before = office.progress.stage(1)
        office.file_stage()
        office.grant("S1-05")

        after = office.progress.stage(1)

        assert (before.granted, after.granted) == (0, 1)
        assert after.wanted == before.wanted

    def test_lists_the_documents_that_exist(self, office: PaperOffice) -> None:
        office.file_stage()
        office.grant("S1-05")

        documents = [document.document for document in office.progress.all.documents]

        assert documents == sorted(office.library.catalogue.items["S1-05"].produces)


class TestARefusedItem:
    def test_is_to_be_filed_again_since_its_refusal(self, office: PaperOffice) -> None:
        office.file_stage()
        office.step("S1-05", "received")
        office.step("S1-05", "refused")

        item = office.progress.item("S1-05")
        blocker = next(b for b in office.progress.next.blockers if b.item == "S1-05")

        assert item.state is ItemStanding.REFUSED
        assert (blocker.cause, blocker.since) == (Cause.FILE_AGAIN, office.now)

    def test_does_not_block_a_stage_that_still_moves(self, office: PaperOffice) -> None:
        office.file_stage()
        office.step("S1-05", "received")
        office.step("S1-05", "refused")

        assert office.progress.stage(1).state is StageState.FILED

    def test_blocks_its_stage_when_nothing_else_moves(self, office: PaperOffice) -> None:
        office.file_stage()
        for item in ("S1-05", "S1-10"):
            office.order(c.WithdrawItem(item=item, reason=NOTE))

        stage = office.progress.stage(1)

        assert stage.state is StageState.BLOCKED
        assert stage.blocked is not None
        assert [b.item for b in stage.blocked.by] == ["S1-05", "S1-10"]
        assert stage.blocked.since == office.now

    def test_runs_again_as_a_second_attempt(self, office: PaperOffice) -> None:
        office.file_stage()
        office.step("S1-05", "received")
        office.step("S1-05", "refused")
        office.order(c.FileItem(item="S1-05"))

        item = office.progress.item("S1-05")

        assert (item.state, item.attempt) == (ItemStanding.RUNNING, 2)


class TestOtherStandings:
    def test_a_declined_item_does_not_count(self, office: PaperOffice) -> None:
        before = office.progress.stage(1).wanted
        office.file_stage()
        office.order(c.DeclineItem(item="S1-18", reason=NOTE))

        assert office.progress.item("S1-18").state is ItemStanding.DECLINED
        assert office.progress.stage(1).wanted == before - 1

    def test_a_withdrawn_item_says_so(self, office: PaperOffice) -> None:
        office.file_stage()
        office.order(c.WithdrawItem(item="S1-05", reason=NOTE))

        assert office.progress.item("S1-05").state is ItemStanding.WITHDRAWN

    def test_everything_is_closed_with_a_terminated_project(self, office: PaperOffice) -> None:
        office.file_stage()
        office.order(c.TerminateProject(reason=NOTE), LEADER)

        states = {item.state for item in office.progress.stage(1).items}

        assert office.progress.all.next is None
        assert states == {ItemStanding.CLOSED, ItemStanding.LEFT_OUT}
        assert office.progress.stage(1).state is StageState.ENDED

    def test_a_unit_has_its_own_stages_only(self, office: PaperOffice) -> None:
        office.order(c.AddUnit(unit=1, stage=3, name=NOTE))

        stages = [stage.stage for stage in office.progress.all.units[1].stages]

        assert stages == [3, 4]


class TestAProjectToTheEnd:
    def test_is_granted_in_full_and_waits_for_nothing(self, office: PaperOffice) -> None:
        office.play()

        view = office.progress.all
        counts = [(stage.granted, stage.wanted) for stage in view.units[0].stages]

        assert view.status is ProjectStatus.COMPLETED
        assert view.next is None
        assert all(granted == wanted for granted, wanted in counts)

    @pytest.mark.parametrize("flow", [1, 2, 4, 5, 6])
    def test_always_names_a_blocker_between_commands(self, flow: int) -> None:
        office = PaperOffice(flow=flow, seed=Random(flow).randrange(1000))
        named: list[bool] = []

        def check(project: Project) -> bool:
            running = project.status is ProjectStatus.RUNNING
            named.append(not running or bool(office.progress.next.blockers))
            return False

        office.play(check)

        assert office.project.status is ProjectStatus.COMPLETED
        assert all(named)

    def test_names_the_rest_when_every_milestone_is_reached(self) -> None:
        office = PaperOffice(flow=1, seed=4)

        def through(project: Project) -> bool:
            last = project.runs.get("4/0")
            return last is not None and last.milestone_at is not None

        office.play(through)

        waits = office.progress.next
        assert waits.stage is None
        assert waits.blockers
        assert office.progress.stage(4).state in (StageState.MILESTONE, StageState.ENDED)

    def test_shows_pairs_and_slots(self, office: PaperOffice) -> None:
        office.play(lambda project: any(pair.live for pair in project.pairs.values()))

        pair = next(iter(office.project.pairs.values()))
        stage = office.progress.stage(pair.stage)

        assert stage.pairs == (pair,)
        assert stage.slots == 2
        assert stage.slots_held in (0, 2)


class TestAPause:
    def test_for_a_supplement_is_the_owners_turn(self, office: PaperOffice) -> None:
        paused(office, "S1-05")

        item = office.progress.item("S1-05")

        assert item.step is not None
        assert item.step.turn.performer == "owner"
        assert [pause.kind for pause in item.pauses] == [PauseKind.SUPPLEMENT]
        assert item.committed is not None
        assert item.committed.lamp in (Lamp.PAUSED, Lamp.NONE)

    def test_for_a_supplement_is_what_is_waited_for(self, office: PaperOffice) -> None:
        paused(office, "S1-05")

        blocker = next(b for b in office.progress.next.blockers if b.item == "S1-05")

        assert (blocker.cause, blocker.since) == (Cause.SUPPLEMENT, office.now)

    def test_of_everything_that_moved_blocks_the_stage(self, office: PaperOffice) -> None:
        office.file_stage()
        office.order(c.SuspendProject(reason=NOTE), LEADER)

        stage = office.progress.stage(1)

        assert office.progress.all.suspended
        assert stage.state is StageState.BLOCKED
        assert {b.cause for b in office.progress.next.blockers} == {Cause.SUSPENDED}
        assert {b.turn.performer for b in office.progress.next.blockers} == {"leader"}


class TestAClock:
    def test_has_not_begun_before_acceptance(self, office: PaperOffice) -> None:
        office.file_stage()

        clock = office.progress.item("S1-06").committed

        assert clock is not None
        assert (clock.due, clock.used, clock.left, clock.lamp) == (None, None, None, Lamp.NONE)

    def test_runs_from_acceptance_in_the_limits_unit(self, office: PaperOffice) -> None:
        accepted(office, "S1-06")
        office.now += timedelta(days=7)

        clock = office.progress.item("S1-06").committed

        assert clock is not None
        assert (clock.unit, clock.used, clock.left) == ("working_day", 5, clock.days - 5)
        assert clock.due is not None

    def test_turns_red_when_overdue(self, office: PaperOffice) -> None:
        accepted(office, "S1-06")
        office.now += timedelta(days=60)

        clock = office.progress.item("S1-06").committed

        assert clock is not None
        assert clock.left is not None
        assert clock.left < 0
        assert clock.lamp is Lamp.RED

    def test_stays_red_beyond_the_calendar_and_says_that_it_is_not_sure(
        self, office: PaperOffice
    ) -> None:
        accepted(office, "S1-06")
        office.now += timedelta(days=365 * 900)

        item, stage = office.progress.item("S1-06"), office.progress.stage(1)

        assert item.committed is not None
        assert (item.committed.provisional, item.committed.lamp) == (True, Lamp.RED)
        assert stage.lamp is Lamp.RED
        assert item.time is not None


class TestARevokedItem:
    def test_is_to_be_filed_again(self, office: PaperOffice) -> None:
        office.file_stage()
        office.grant("S1-05")
        before = len(office.progress.all.documents)
        office.order(c.RevokeItem(item="S1-05", reason=NOTE), LEADER)

        assert office.progress.item("S1-05").state is ItemStanding.REVOKED
        assert len(office.progress.all.documents) < before


def accepted(office: PaperOffice, item: str) -> None:
    """Bring an item to the department's hands."""
    office.file_stage()
    office.step(item, "received")
    office.step(item, "accepted")


def paused(office: PaperOffice, item: str) -> None:
    """Tell the owner of an item what is missing."""
    office.file_stage()
    office.step(item, "received")
    material = office.library.catalogue.items[item].materials[0]
    window = Actor(id="window-9", roles=frozenset({Role.WINDOW}))
    office.order(c.AskSupplement(item=item, attempt=1, missing=(material,), reason=NOTE), window)
