"""What a list shows is what the table of rights says of each of its rows, on both databases."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from engine.store import queries
from engine.store.tables import HeadRow, ProjectRow, TaskRow
from workflows import commands as c
from workflows.access import PERFORMERS, READS, Read, Scope, grants_of, may
from workflows.facts import Actor, Role

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tests.support.office import Office

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
TOWNSHIPS, OWNERS, PEOPLE, DEPARTMENTS = ("t1", "t2"), ("o1", "o2"), ("p1", "p2"), ("d1", "d2")
SEVERAL = settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


@dataclass(frozen=True)
class Made:
    """One project, and one task of it."""

    owner: str
    township: str
    agent: str | None
    item: str | None
    performer: str
    department: str | None
    person: str | None


def maybe(values: tuple[str, ...]) -> st.SearchStrategy[str | None]:
    return st.sampled_from((None, *values))


def actors() -> st.SearchStrategy[Actor]:
    return st.builds(
        Actor,
        id=st.sampled_from(PEOPLE),
        roles=st.frozensets(st.sampled_from(list(Role)), max_size=3),
        organisation=maybe(OWNERS),
        department=maybe(DEPARTMENTS),
        township=maybe(TOWNSHIPS),
    )


def projects() -> st.SearchStrategy[list[Made]]:
    made = st.builds(
        Made,
        owner=st.sampled_from(OWNERS),
        township=st.sampled_from(TOWNSHIPS),
        agent=maybe(PEOPLE),
        item=maybe(("S1-01",)),
        performer=st.sampled_from(sorted(PERFORMERS)),
        department=maybe(DEPARTMENTS),
        person=maybe(PEOPLE),
    )
    return st.lists(made, min_size=4, max_size=16)


def put(connection: Connection, found: dict[str, Made]) -> None:
    """Store projects with a task each, past every rule."""
    for code, made in found.items():
        place = {"township": made.township, "owner": made.owner, "agent": made.agent}
        head = {"hash": "", "recorded_at": NOW, "state": b"", "archive": b""}
        connection.execute(insert(HeadRow), {"stream": f"project:{code}", "number": 1, **head})
        connection.execute(
            insert(ProjectRow),
            {
                **place,
                "project": code,
                "flow": 3,
                "name": "",
                "status": "running",
                "stage": 1,
                "catalogue": "",
                "filed_at": NOW,
            },
        )
        connection.execute(
            insert(TaskRow),
            {
                **place,
                "project": code,
                "unit": 0,
                "path": "x",
                "stage": 1,
                "item": made.item,
                "attempt": 1,
                "step": "x",
                "performer": made.performer,
                "department": made.department,
                "outcomes": "",
                "person": made.person,
                "opened_at": NOW,
            },
        )


def of_project(made: Made) -> Scope:
    return Scope(owner=made.owner, township=made.township, agent=made.agent)


def is_for(actor: Actor, made: Made) -> bool:
    """Tell by the rules themselves whose task it is."""
    kind = c.FileStage if made.item is None else c.ClaimTask
    scope = Scope(
        owner=made.owner, township=made.township, agent=made.agent, department=made.department
    )
    return made.person == actor.id or (
        made.person is None and may(actor, grants_of(kind, made.performer), scope)
    )


def follows(actor: Actor, made: Made) -> bool:
    """Tell whether an agent has the project."""
    return Role.AGENT in actor.roles and made.agent == actor.id


class TestAList:
    @SEVERAL
    @given(made=projects(), people=st.lists(actors(), min_size=1, max_size=6))
    def test_shows_what_the_table_of_rights_says(
        self, office: Office, made: list[Made], people: list[Actor]
    ) -> None:
        found = {f"P{number:02}": one for number, one in enumerate(made)}
        with office.new_uow() as uow:
            uow.begin()  # and never committed
            put(uow.connection, found)
            for actor in people:
                for read in Read:
                    readable = queries.ProjectFilter(viewer=actor, read=read)
                    listed = {line.project for line in queries.projects(uow.connection, readable)}
                    assert listed == {
                        code
                        for code, one in found.items()
                        if may(actor, READS[read], of_project(one))
                    }
                seen = queries.tasks(uow.connection, queries.TaskFilter(viewer=actor))
                assert {line.project for line in seen} == {
                    code
                    for code, one in found.items()
                    if may(actor, READS[Read.PROJECT], of_project(one))
                }
                own = queries.tasks(uow.connection, queries.TaskFilter(doer=actor))
                assert {line.project for line in own} == {
                    code for code, one in found.items() if is_for(actor, one)
                }
                assert {line.project for line in own if not line.is_turn_of(actor)} == {
                    # Given to them, before they lost what it takes.
                    code
                    for code, one in found.items()
                    if one.person == actor.id and not is_for(actor, replace(one, person=None))
                }
                which = queries.TaskFilter(doer=actor, follows=True)
                assert {line.project for line in queries.tasks(uow.connection, which)} == {
                    code for code, one in found.items() if is_for(actor, one) or follows(actor, one)
                }

    @SEVERAL
    @given(made=projects(), actor=actors(), order=st.sampled_from(("opened_at", "-opened_at")))
    def test_of_ones_own_tasks_comes_in_pages_that_leave_nothing_out(
        self, office: Office, made: list[Made], actor: Actor, order: str
    ) -> None:
        found = {f"P{number:02}": one for number, one in enumerate(made)}
        which = queries.TaskFilter(doer=actor)
        with office.new_uow() as uow:
            uow.begin()
            put(uow.connection, found)
            paged: list[str] = []
            after = None
            while page := queries.tasks(uow.connection, which, after=after, limit=3, order=order):
                paged += [line.project for line in page]
                after = (page[-1].opened_at, page[-1].project, page[-1].unit, page[-1].path)

        wanted = sorted(code for code, one in found.items() if is_for(actor, one))
        assert paged == (wanted[::-1] if order.startswith("-") else wanted)

    @SEVERAL
    @given(made=projects(), actor=actors(), agent=st.sampled_from(PEOPLE))
    def test_of_a_caseload_shows_no_project_out_of_sight(
        self, office: Office, made: list[Made], actor: Actor, agent: str
    ) -> None:
        found = {f"P{number:02}": one for number, one in enumerate(made)}
        with office.new_uow() as uow:
            uow.begin()
            put(uow.connection, found)
            cases = queries.caseload(uow.connection, agent, viewer=actor)

            assert {case.project.project for case in cases} == {
                code
                for code, one in found.items()
                if one.agent == agent and may(actor, READS[Read.PROJECT], of_project(one))
            }
