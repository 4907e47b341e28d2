from __future__ import annotations

import pytest

from tests.support.memory_office import NOTE, WINDOW, Office, bodies, reviewer
from workflows import commands as c
from workflows import events as e
from workflows.catalogue.values import Coupling
from workflows.project import ProjectStatus


def _unit(stage: int = 3, number: int = 1) -> c.AddUnit:
    return c.AddUnit(unit=number, stage=stage, name=NOTE)


def _finish(office: Office, stage: int, unit: int = 0) -> None:
    """Bring a stage to its milestone, and decline or grant what is left of it."""
    office.pass_stage(stage, unit)
    run = office.run(stage, unit)
    for code in office.nets.of(stage).items:
        item = office.catalogue.items[code]
        if "wanted" in office.state(code, unit) and item.coupling is not Coupling.MANDATED:
            office.give(c.DeclineItem(item=code, unit=unit, reason=NOTE))
        elif office.tasks(code, unit):
            office.grant(code, unit=unit)
    assert office.project.runs[run.key].ended_at is not None


def _whole(office: Office) -> None:
    """Finish everything of unit 0."""
    for code in office.nets.of(5).items:
        office.give(c.DeclineItem(item=code, reason=NOTE))
    for stage in (4, 3, 2, 1):
        for code in office.project.applicable:
            item = office.catalogue.items[code]
            free = item.coupling in {Coupling.PAIRABLE, Coupling.FREE}
            if item.stage == stage and free and code != "S1-06":
                office.give(c.DeclineItem(item=code, reason=NOTE))
    for stage in (1, 2, 3, 4):
        _finish(office, stage)


class TestAddUnit:
    def test_waits_until_its_first_stage_is_reached(self) -> None:
        office = Office()
        office.file(3)

        office.give(_unit(2))

        assert "2/1" not in office.project.runs

    def test_opens_its_first_stage_with_that_of_the_whole(self) -> None:
        office = Office()
        office.file(3)
        office.give(_unit(2))

        office.pass_stage(1)

        assert office.run(2, 1).opened_at == office.run(2).opened_at

    def test_opens_at_once_when_the_stage_is_reached_already(self) -> None:
        office = Office()
        office.file(3)
        office.pass_stage(1)

        office.give(_unit(2))

        assert office.run(2, 1).filed_at is None

    @pytest.mark.parametrize("stage", [0, 1, 5])
    def test_refuses_a_stage_that_belongs_to_the_whole(self, stage: int) -> None:
        office = Office()
        office.file(3)

        assert office.refused(_unit(stage)).code == "unit.bad_stage"

    @pytest.mark.parametrize("number", [0, 2])
    def test_refuses_a_number_that_is_not_the_next(self, number: int) -> None:
        office = Office()
        office.file(3)

        refusal = office.refused(_unit(number=number))

        assert refusal.code == "unit.exists"
        assert refusal.params == {"unit": number, "expected": 1}

    def test_is_refused_to_who_does_not_act_for_the_owner(self) -> None:
        office = Office()
        office.file(3)

        assert office.refused(_unit(), reviewer("housing")).code == "access.not_allowed"

    def test_is_allowed_to_the_window(self) -> None:
        office = Office()
        office.file(3)

        office.give(_unit(), WINDOW)

        assert sorted(office.project.units) == [0, 1]


class TestUnit:
    def test_goes_its_own_way_from_its_first_stage_on(self) -> None:
        office = Office()
        office.file(3)
        for stage in (1, 2):
            office.pass_stage(stage)
        office.give(_unit(3))

        office.pass_stage(3, unit=1)

        assert office.run(3, 1).milestone_at is not None
        assert office.run(3).milestone_at is None
        assert "4/1" in office.project.runs
        assert "4/0" not in office.project.runs

    def test_lives_on_the_documents_of_the_whole(self) -> None:
        office = Office()
        office.file(3)
        for stage in (1, 2):
            office.pass_stage(stage)
        office.give(_unit(3))

        office.give(c.FileStage(stage=3, unit=1))

        held = bodies(office.log, e.StageFiled)[-1].held
        assert {d for each in held for d in each.documents}.isdisjoint({"D20", "D21", "D06"})

    def test_makes_its_own_documents_in_its_own_stages(self) -> None:
        office = Office()
        office.file(3)
        for stage in (1, 2):
            office.pass_stage(stage)
        office.give(_unit(3))
        office.give(c.FileStage(stage=3))
        office.give(c.FileStage(stage=3, unit=1))

        office.grant("S3-01", unit=1)

        assert "1/D39" in office.project.documents
        assert office.tasks("S3-02", 1)
        assert not office.tasks("S3-02", 0)

    def test_has_slots_of_its_own(self) -> None:
        office = Office()
        office.file(3)
        for stage in (1, 2):
            office.pass_stage(stage)
        office.give(_unit(3))
        for unit in (0, 1):
            office.give(c.FileStage(stage=3, unit=unit))
            office.give(c.ProposePair(first="S3-14", second="S3-18", unit=unit))

        office.give(c.StartPair(pair="P1"))
        office.give(c.StartPair(pair="P2"))

        assert (office.run(3).held_slots, office.run(3, 1).held_slots) == (2, 2)

    def test_holds_the_project_open(self) -> None:
        office = Office()
        office.file(3)
        office.give(_unit(4))
        for code in ("S4-11", "S4-10", "S4-12", "S4-14", "S4-15"):
            if code in office.project.applicable:
                office.give(c.DeclineItem(item=code, unit=1, reason=NOTE))
        _whole(office)
        assert "ProjectCompleted" not in office.kinds()

        _finish(office, 4, unit=1)

        assert office.project.status is ProjectStatus.COMPLETED
        assert office.kinds()[-1] == "ProjectCompleted"


class TestProject:
    def test_completes_with_its_last_stage(self) -> None:
        office = Office()
        office.file(3)

        _whole(office)

        assert office.project.status is ProjectStatus.COMPLETED
        reached = [body.stage for body in bodies(office.log, e.MilestoneReached)]
        assert reached == [1, 2, 3, 4]
        assert "lifecycle:ended" in office.project.lifecycle_tokens


class TestDecliningForAUnit:
    def test_refuses_while_a_unit_still_waits_for_the_document(self) -> None:
        office = Office()
        office.file(3)
        office.give(_unit(4))
        office.give(c.DeclineItem(item="S4-11", reason=NOTE))

        refusal = office.refused(c.DeclineItem(item="S2-10", reason=NOTE))

        assert refusal.code == "item.still_needed"
        assert refusal.params["needed_by"] == "S4-11"
