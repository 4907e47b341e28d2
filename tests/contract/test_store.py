from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from engine.errors import ConcurrentChangeError, DatabaseFaultError
from engine.store import queries
from engine.store.people import Token, put_person, put_token
from workflows import commands as c
from workflows import rows
from workflows.access import Scope, grants_of, may
from workflows.facts import Actor, Role
from workflows.rows import PairSlotRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.unit_of_work import UnitOfWork
    from tests.support.office import Office


def doer(*roles: Role, **relations: str) -> Actor:
    return Actor(id="someone", roles=frozenset(roles), **relations)


DOERS = (
    doer(Role.WINDOW),
    doer(Role.WINDOW, township="township-1"),
    doer(Role.WINDOW, township="other"),
    doer(Role.OWNER, organisation="o1"),
    doer(Role.OWNER, organisation="o2"),
    doer(Role.OWNER),
    doer(Role.REVIEWER, department="development_reform"),
    doer(Role.REVIEWER, Role.WINDOW, department="natural_resources"),
    doer(Role.INSPECTOR, department="housing"),
    doer(Role.DEPARTMENT_LEAD),
    doer(Role.PLANNER),
    Actor(id="agent-1", roles=frozenset({Role.AGENT})),
    Actor(id="agent-2", roles=frozenset({Role.AGENT}), township="township-1"),
)


PERSON = queries.Person(id="p", name="p", roles=frozenset({Role.OWNER}), organisation="o1")


def _is_for(actor: Actor, line: queries.TaskLine) -> bool:
    """Tell by the rules themselves what the query says in SQL."""
    scope = Scope(
        owner=line.owner, township=line.township, agent=line.agent, department=line.department
    )
    kind = c.FileStage if line.item is None else c.ClaimTask
    free = line.person in (None, actor.id)
    return line.person == actor.id or (free and may(actor, grants_of(kind, line.performer), scope))


@contextmanager
def writing(office: Office) -> Iterator[UnitOfWork]:
    with office.new_uow() as uow:
        uow.begin()
        yield uow


def take_slots(uow: UnitOfWork, *taken: dict[int, str]) -> None:
    """Take pair slots past every rule, as a bug would."""
    names = rows.COLUMNS["pair_slot"]
    statement = f"INSERT INTO pair_slot VALUES ({', '.join(f':{name}' for name in names)})"  # noqa: S608
    for slot, item in (each for slots in taken for each in slots.items()):
        row = PairSlotRow(project="p", stage=1, unit=0, slot=slot, slots=2, item=item)
        uow.connection.execute(text(statement), {name: getattr(row, name) for name in names})


def break_off(uow: UnitOfWork) -> None:
    take_slots(uow, {1: "a"})
    raise ZeroDivisionError


def token(ends: datetime) -> Token:
    return Token(id="t", person="p", label="", scopes="read", created_at=ends, expires_at=ends)


def put_naive_token(uow: UnitOfWork) -> None:
    naive = datetime(2026, 3, 2)  # noqa: DTZ001 - that is the point
    put_token(uow.connection, "h", token(naive))


class TestUnitOfWork:
    def test_keeps_nothing_without_a_commit(self, office: Office) -> None:
        with office.new_uow() as uow:
            uow.begin()
            take_slots(uow, {1: "a"})

        with office.new_uow() as uow:
            assert uow.connection.execute(text("SELECT count(*) FROM pair_slot")).scalar() == 0

    def test_keeps_nothing_after_an_error(self, office: Office) -> None:
        with pytest.raises(ZeroDivisionError), writing(office) as uow:
            break_off(uow)

        with office.new_uow() as uow:
            assert uow.connection.execute(text("SELECT count(*) FROM pair_slot")).scalar() == 0

    def test_lets_the_next_writer_in_after_an_error(self, office: Office) -> None:
        with pytest.raises(ZeroDivisionError), writing(office) as uow:
            break_off(uow)

        assert office.filed().number > 0


class TestPairSlots:
    def test_have_one_holder(self, office: Office) -> None:
        with pytest.raises(ConcurrentChangeError), writing(office) as uow:
            take_slots(uow, {1: "a"}, {1: "b"})

    def test_are_no_more_than_the_stage_run_has(self, office: Office) -> None:
        with pytest.raises(DatabaseFaultError), writing(office) as uow:
            take_slots(uow, {3: "c"})


class TestInstants:
    def test_come_back_as_they_went_in(self, office: Office) -> None:
        now = office.clock.now() + timedelta(microseconds=1)
        with office.new_uow() as uow:
            uow.begin()
            put_person(uow.connection, PERSON)
            put_token(uow.connection, "h", token(now))
            uow.commit()

        with office.new_uow() as uow:
            just_before = now - timedelta(microseconds=1)
            assert queries.holder(uow.connection, "h", just_before) == (PERSON, "read")
            assert queries.holder(uow.connection, "h", now) is None

    def test_are_refused_without_a_zone(self, office: Office) -> None:
        with pytest.raises(StatementError, match="no time zone"), writing(office) as uow:
            put_naive_token(uow)


class TestTables:
    def test_have_the_columns_of_the_rows(self, office: Office) -> None:
        with office.new_uow() as uow:
            for table, names in rows.COLUMNS.items():
                found = uow.connection.execute(text(f"SELECT * FROM {table} WHERE 1 = 0"))  # noqa: S608
                assert tuple(found.keys()) == names


class TestQueries:
    def test_page_projects_without_repeating_or_hiding_one(self, office: Office) -> None:
        made = {office.filed().code for _ in range(5)}
        seen: list[str] = []
        after = None

        for _ in range(3):
            with office.new_uow() as uow:
                page = queries.projects(uow.connection, after=after, limit=2)
            seen += [line.project for line in page]
            after = (page[-1].filed_at, page[-1].project)

        assert len(seen) == 5
        assert set(seen) == made

    def test_show_a_project_with_its_name(self, office: Office) -> None:
        project = office.filed()

        with office.new_uow() as uow:
            line = queries.project(uow.connection, project.code)

        assert line is not None
        assert (line.name, line.number, line.stage) == ("示例项目", project.number, 1)
        assert (line.agent, line.status) == ("agent-1", "running")

    def test_page_open_tasks_the_longest_open_first(self, office: Office) -> None:
        project = office.pushed_on(office.filed(), 4)
        wanted = {task.task.path for run in project.runs.values() for task in run.tasks.values()}
        seen: list[queries.TaskLine] = []
        after = None

        while True:
            with office.new_uow() as uow:
                page = queries.tasks(uow.connection, after=after, limit=2)
            if not page:
                break
            seen += page
            after = (page[-1].opened_at, page[-1].project, page[-1].unit, page[-1].path)

        assert [line.path for line in seen] == list(dict.fromkeys(line.path for line in seen))
        assert {line.path for line in seen} == wanted
        assert [line.opened_at for line in seen] == sorted(line.opened_at for line in seen)

    def test_filter_tasks_by_who_may_do_them(self, office: Office) -> None:
        office.pushed_on(office.filed(), 4)

        with office.new_uow() as uow:
            all_tasks = queries.tasks(uow.connection, limit=500)
            which = queries.TaskFilter(performers=("window",), township="township-1")
            at_window = queries.tasks(uow.connection, which, limit=500)
            elsewhere = queries.tasks(uow.connection, queries.TaskFilter(township="other"))

        assert at_window == tuple(line for line in all_tasks if line.performer == "window")
        assert elsewhere == ()

    def test_count_the_load_of_agents(self, office: Office) -> None:
        for _ in range(3):
            office.filed()

        with office.new_uow() as uow:
            agents = queries.agents(uow.connection)
            cases = queries.caseload(uow.connection, "agent-1")

        assert [(agent.agent, agent.load) for agent in agents] == [("agent-1", 3)]
        assert len(cases) == 3
        assert all(case.open_tasks > 0 for case in cases)

    def test_find_timers_that_are_due(self, office: Office) -> None:
        project = office.filed()
        while not (armed := [t for run in project.runs.values() for t in run.timers.values()]):
            project = office.pushed_on(project, 1)

        with office.new_uow() as uow:
            none = queries.due_timers(uow.connection, project.filed_at)
            due = queries.due_timers(uow.connection, max(timer.due_at for timer in armed))

        assert none == ()
        assert {timer.path for timer in due} == {timer.path for timer in armed}
