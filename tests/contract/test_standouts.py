"""What is worth a look is found on both databases: what waits, and what is nearly done."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import insert

from engine.store import standouts
from engine.store.tables import ProjectRow, StageRunRow, TaskRow, WantedRow
from engine.unit_of_work import UnitOfWork
from tests.support.office import START
from workflows import commands as c
from workflows.facts import Actor, Role

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tests.support.office import Office
    from workflows.project import Project

MOST = 9


def asked(office: Office, seed: int) -> Project:
    """Return a project whose owner was asked for a material of one of its items."""
    project = office.pushed_on(office.filed(seed=seed), 34)
    state = next(
        each
        for each in project.items.values()
        if each.open and each.open.accepted_at and not each.open.decided_at
    )
    attempt = state.open
    assert attempt is not None
    reviewer = Actor(id="r", roles=frozenset({Role.REVIEWER}), department=attempt.department)
    ask = c.AskSupplement(
        unit=state.unit,
        item=state.item,
        attempt=attempt.number,
        missing=(office.library.catalogue.items[state.item].materials[0],),
        reason=None,
        answer_by=None,
    )
    office.clock.push(timedelta(minutes=5))
    office.handle.execute(project.code, ask, reviewer, f"ask-{project.code}")
    return office.handle.project(project.code)


def planted(  # noqa: PLR0913 - what a project has, and what it has to do
    connection: Connection,
    code: str,
    tasks: int,
    wanted: int,
    *,
    status: str = "running",
    stage: int = 4,
    filed: bool = True,
) -> None:
    """Store a project in a stage with so many open tasks and items at their doors."""
    project = {"flow": 1, "township": "t", "owner": "o", "name": "n", "status": status}
    project |= {"stage": stage, "catalogue": "c", "filed_at": START}
    connection.execute(insert(ProjectRow), {"project": code, **project})
    run = {"project": code, "stage": stage, "unit": 0, "net": "n", "slots": 2, "mode": "rounds"}
    run |= {"round": 1, "opened_at": START, "filed_at": START if filed else None}
    connection.execute(insert(StageRunRow), run)
    task = {"unit": 0, "stage": stage, "attempt": 1, "step": "review", "performer": "department"}
    task |= {"outcomes": "granted", "opened_at": START, "township": "t", "owner": "o"}
    for number in range(tasks):
        connection.execute(insert(TaskRow), {"project": code, "path": f"p/{number}", **task})
    for number in range(wanted):
        door = {"project": code, "unit": 0, "item": f"S4-{number:02}", "stage": stage}
        connection.execute(insert(WantedRow), door)


class TestWhatWaitsForItsOwner:
    def test_begins_with_what_waits_longest(self, office: Office) -> None:
        first = asked(office, seed=0)
        second = asked(office, seed=0)
        office.filed(flow=1, seed=2)

        with UnitOfWork(office.store) as uow:
            found = standouts.unanswered(uow.connection, MOST)
            one = standouts.unanswered(uow.connection, 1)

        assert found == (first.code, second.code)
        assert one == (first.code,)


class TestWhatIsNearlyDone:
    def test_begins_with_what_has_least_to_do(self, office: Office) -> None:
        with UnitOfWork(office.store) as uow:
            planted(uow.connection, "A", 2, 2)
            planted(uow.connection, "B", 1, 1)
            planted(uow.connection, "C", 3, 0)

            found = standouts.nearly_done(uow.connection, 2)

        assert found == ("B", "C")

    def test_is_neither_at_its_beginning_nor_over_nor_standing(self, office: Office) -> None:
        with UnitOfWork(office.store) as uow:
            planted(uow.connection, "early", 1, 0, stage=3)
            planted(uow.connection, "over", 1, 0, status="completed")
            planted(uow.connection, "nothing open", 0, 1)
            planted(uow.connection, "not filed yet", 1, 0, filed=False)

            found = standouts.nearly_done(uow.connection, MOST)

        assert found == ()
