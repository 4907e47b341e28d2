"""Named reads for pages, work-lists and decisions: frozen rows out, nothing changed.

Lists are paged by cursor: the sort key of the last row seen, so that a row that comes or goes in
between neither repeats nor hides another.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Integer, bindparam, desc, func, literal_column, select, tuple_, union

from engine.store import rights, slots
from engine.store.tables import (
    AgentRow,
    Base,
    HeadRow,
    NoteRow,
    PairRow,
    PersonRow,
    ProjectRow,
    StageRunRow,
    TaskRow,
    TimerRow,
    TokenRow,
    WantedRow,
)
from workflows import rows
from workflows.access import Read, Scope, is_turn
from workflows.events import AgentLoad
from workflows.facts import Actor, Role
from workflows.moments import local_date

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Connection, Row

LARGEST_PAGE = 500
RUNNING = "running"
_USUAL = frozenset({51, 201})  # a page as it is asked for by default, a longest one; and one more
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectLine:
    """A project in a list.

    Attributes:
        name: Empty once it was erased.
        number: Of its last event.
        stage: Furthest of stages 1 to 4 that was opened.
        last_at: When its last event was recorded.
    """

    project: str
    flow: int
    township: str
    owner: str
    agent: str | None
    name: str
    status: str
    stage: int
    number: int
    filed_at: datetime
    last_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFilter:
    """Which projects; None = any.

    Attributes:
        viewer: Only projects that this actor may read, as far as *read* goes.
    """

    flow: int | None = None
    township: str | None = None
    agent: str | None = None
    owner: str | None = None
    status: str | None = None
    viewer: Actor | None = None
    read: Read = Read.PROJECT


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLine:
    """An open task in a work-list."""

    project: str
    unit: int
    path: str
    stage: int
    item: str | None
    attempt: int
    step: str
    performer: str
    department: str | None
    outcomes: tuple[str, ...]
    person: str | None
    opened_at: datetime
    township: str
    agent: str | None
    owner: str

    @property
    def id(self) -> str:
        """Return the id on the outside, "UNIT/ITEM/ATTEMPT/STEP"."""
        return f"{self.unit}/{self.item or f'stage_{self.stage}'}/{self.attempt}/{self.step}"

    def is_turn_of(self, actor: Actor) -> bool:
        """Tell whether the actor may complete it; see workflows.access.is_turn."""
        scope = Scope(
            owner=self.owner,
            township=self.township,
            agent=self.agent,
            department=self.department,
        )
        performer = None if self.item is None else self.performer
        return is_turn(actor, performer, self.person, scope)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFilter:
    """Which tasks; None = any.

    Attributes:
        performers: Empty = any.
        unclaimed: Only those that nobody holds.
        viewer: Only tasks of projects that this actor sees.
        doer: Only tasks for this actor: those they hold; those that their roles and relations
            permit them to do and nobody else holds.
        follows: Beside them, where the doer is an agent, every task of the agent's projects.
    """

    project: str | None = None
    performers: tuple[str, ...] = ()
    department: str | None = None
    township: str | None = None
    agent: str | None = None
    owner: str | None = None
    person: str | None = None
    unclaimed: bool = False
    viewer: Actor | None = None
    doer: Actor | None = None
    follows: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLine:
    """An agent of the roster with the number of running projects."""

    agent: str
    name: str
    township: str
    load: int
    away_from: date | None
    away_to: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """One project of an agent's caseload: what is open and what could be started."""

    project: ProjectLine
    open_tasks: int
    wanted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person as stored."""

    id: str
    name: str
    roles: frozenset[Role]
    organisation: str | None = None
    department: str | None = None
    township: str | None = None
    active: bool = True
    phone: str | None = None

    @property
    def actor(self) -> Actor:
        """Return the person as one who gives commands."""
        return Actor(
            id=self.id,
            roles=self.roles,
            organisation=self.organisation,
            department=self.department,
            township=self.township,
        )


# Where the last line stood: its values of the columns that the order names.
ProjectCursor = tuple["datetime | str | int", ...]  # by default (filed_at, project)
TaskCursor = tuple["datetime | str | int", ...]  # by default (opened_at, project, unit, path)

# How lists may be sorted, both ways; the last columns make every place the only one.
PROJECT_ORDERS: Mapping[str, tuple[str, ...]] = {
    "filed_at": ("filed_at", "project"),
    "code": ("project",),
}
TASK_ORDERS: Mapping[str, tuple[str, ...]] = {
    "opened_at": ("opened_at", "project", "unit", "path"),
    "project": ("project", "unit", "path"),
    "due": ("due", "project", "unit", "path"),  # see engine/store/work_list.py
}

# Built once: each request asks them, and building one costs the client more than asking it does.
_PERSON = tuple(column.key for column in PersonRow.__table__.c)
_HOLDER = (
    select(*PersonRow.__table__.c, TokenRow.scopes)
    .join(TokenRow, TokenRow.person == PersonRow.id)
    .where(
        TokenRow.hash == bindparam("hash"),
        TokenRow.expires_at > bindparam("now"),
        PersonRow.active,
    )
)
_TEXTS = select(NoteRow.ref, NoteRow.text).where(NoteRow.ref.in_(bindparam("refs", expanding=True)))


def projects(  # noqa: PLR0913 - which, and which page
    connection: Connection,
    which: ProjectFilter | None = None,
    *,
    more: Sequence[ColumnElement[bool]] = (),
    after: ProjectCursor | None = None,
    limit: int = 50,
    order: str = "-filed_at",
) -> tuple[ProjectLine, ...]:
    """Return a page of projects, the newest first; see PROJECT_ORDERS for other orders.

    Args:
        more: What else is asked of a project's row, as of its clocks (see work_list.of_colour).
    """
    query = _project_lines().where(*project_conditions(which or ProjectFilter()), *more)
    query = _sorted(query, PROJECT_ORDERS[order.removeprefix("-")], after, order)
    return tuple(map(_project_line, connection.execute(query.limit(_page(limit)))))


def statuses(connection: Connection, which: ProjectFilter) -> dict[str, int]:
    """Return how many projects stand where, by status."""
    query = select(ProjectRow.status, func.count().label("projects"))
    query = query.where(*project_conditions(which)).group_by(ProjectRow.status)
    return {row.status: row.projects for row in connection.execute(query)}


def project(connection: Connection, code: str) -> ProjectLine | None:
    """Return one project's line, or None."""
    found = connection.execute(_project_lines().where(ProjectRow.project == code)).one_or_none()
    return None if found is None else _project_line(found)


def stage_runs(connection: Connection, codes: Sequence[str]) -> tuple[rows.StageRunRow, ...]:
    """Return the stage runs of some projects, by project, unit and stage."""
    table = StageRunRow
    query = _all(table).where(table.project.in_(codes))
    query = query.order_by(table.project, table.unit, table.stage)
    return _made(rows.StageRunRow, connection.execute(query))


def tasks(
    connection: Connection,
    which: TaskFilter | None = None,
    *,
    after: TaskCursor | None = None,
    limit: int = 50,
    order: str = "opened_at",
) -> tuple[TaskLine, ...]:
    """Return a page of open tasks, the longest open first; see TASK_ORDERS for other orders."""
    shape, told = emptied(which or TaskFilter())
    most = _page(limit)
    query = page_of_tasks(shape, order, usual(most), further=after is not None)
    found = connection.execute(query, {**told, **place_of(after), "most": most})
    return tuple(task_line(row) for row in found.mappings())


def place_of(after: TaskCursor | None) -> dict[str, object]:
    """Return where the last page ended, as `page_of_tasks` asks for it."""
    return {f"after_{at}": cell for at, cell in enumerate(after or ())}


def usual(limit: int) -> int | None:
    """Return the limit where most pages have it, and None for any other.

    PostgreSQL plans a statement once for all only where it stands in it: of a parameter it expects
    a tenth of the table, and plans each page anew, which takes it longer than finding the rows.
    """
    return limit if limit in _USUAL else None


def most_rows(limit: int | None) -> ColumnElement[int]:
    """Return a limit that stands in the statement; None = the parameter `most`."""
    return bindparam("most", type_=Integer) if limit is None else literal_column(str(limit))


def emptied(which: TaskFilter) -> tuple[TaskFilter, dict[str, object]]:
    """Return a filter with slots for its texts, and the texts."""
    shape, told = slots.emptied(which)
    for name in ("viewer", "doer"):
        actor = getattr(which, name)
        if actor is not None:
            anybody, texts = slots.emptied(actor, f"{name}_")
            shape, told = replace(shape, **{name: anybody}), {**told, **texts}
    return shape, {**told}


@lru_cache(maxsize=256)
def page_of_tasks(shape: TaskFilter, order: str, limit: int | None, *, further: bool) -> Any:  # noqa: ANN401 - a select
    """Return the question for a page of tasks, which is the same for all of a role.

    Its parameters are the slots of the shape, `most`, and with *further* `place_of`.

    Args:
        limit: As `most_rows`.
        further: Not the first page: `after_0`, `after_1` ... say where the last one ended.
    """
    names = TASK_ORDERS[order.removeprefix("-")]
    types = _types(*(getattr(TaskRow, name) for name in names))
    place = tuple(bindparam(f"after_{at}", type_=type_) for at, type_ in enumerate(types))
    most = most_rows(limit)

    def page(*more: ColumnElement[bool]) -> Any:  # noqa: ANN401 - a select
        query = _all(TaskRow).where(*task_conditions(shape), *more)
        return _sorted(query, names, place if further else None, order).limit(most)

    if shape.doer is None:
        return page()
    ways = rights.tasks_for(shape.doer, follows=shape.follows)
    return _merged([page(way) for way in ways], names, order).limit(most)


def agents(connection: Connection, township: str | None = None) -> tuple[AgentLine, ...]:
    """Return the roster with each agent's load, by township and id."""
    load = _load()
    query = select(
        AgentRow.id.label("agent"),
        func.coalesce(PersonRow.name, "").label("name"),
        AgentRow.township,
        func.coalesce(load.c.load, 0).label("load"),
        AgentRow.away_from,
        AgentRow.away_to,
    ).select_from(AgentRow)
    query = query.outerjoin(load, load.c.agent == AgentRow.id)
    query = query.outerjoin(PersonRow, PersonRow.id == AgentRow.id)
    if township is not None:
        query = query.where(AgentRow.township == township)
    return _made(AgentLine, connection.execute(query.order_by(AgentRow.township, AgentRow.id)))


def agent_loads(connection: Connection, now: datetime) -> tuple[AgentLoad, ...]:
    """Return what the assignment looks at: every agent with load, and whether away at *now*."""
    today = local_date(now)
    return tuple(
        AgentLoad(
            agent=line.agent,
            township=line.township,
            load=line.load,
            away=_away(line, today),
        )
        for line in agents(connection)
    )


def townships(connection: Connection) -> tuple[str, ...]:
    """Return the townships that have a roster, sorted."""
    query = select(AgentRow.township).distinct().order_by(AgentRow.township)
    return tuple(connection.execute(query).scalars())


def caseload(  # noqa: PLR0913 - who asks, and which page
    connection: Connection,
    agent: str,
    *,
    viewer: Actor | None = None,
    after: ProjectCursor | None = None,
    limit: int = 50,
    order: str = "-filed_at",
) -> tuple[CaseLine, ...]:
    """Return a page of the agent's running projects, with what is open and what is wanted.

    Args:
        viewer: Only projects that this actor may read.
    """
    which = ProjectFilter(agent=agent, status=RUNNING, viewer=viewer)
    lines = projects(connection, which, after=after, limit=limit, order=order)
    codes = [line.project for line in lines]
    open_tasks = _counts(connection, TaskRow, codes)
    wanted = _counts(connection, WantedRow, codes)
    return tuple(
        CaseLine(
            project=line,
            open_tasks=open_tasks.get(line.project, 0),
            wanted=wanted.get(line.project, 0),
        )
        for line in lines
    )


def pairs(connection: Connection, code: str) -> tuple[rows.PairRow, ...]:
    """Return the pairs of a project, in the order in which they were proposed."""
    query = _all(PairRow).where(PairRow.project == code)
    query = query.order_by(PairRow.proposed_at, PairRow.pair)
    return _made(rows.PairRow, connection.execute(query))


def due_timers(
    connection: Connection, now: datetime, limit: int = 100
) -> tuple[rows.TimerRow, ...]:
    """Return timers due at *now*, the longest due first."""
    query = _all(TimerRow).where(TimerRow.due_at <= now)
    query = query.order_by(TimerRow.due_at, TimerRow.project, TimerRow.unit, TimerRow.path)
    return _made(rows.TimerRow, connection.execute(query.limit(_page(limit))))


def people(
    connection: Connection, *, active: bool | None = True, among: Sequence[str] | None = None
) -> tuple[Person, ...]:
    """Return the people, by id; *active* None = all, *among* = only some."""
    query = _all(PersonRow).order_by(PersonRow.id)
    if among is not None:
        query = query.where(PersonRow.id.in_(sorted({*among})))
    if active is not None:
        query = query.where(PersonRow.active == active)
    return tuple(map(_person, connection.execute(query)))


def person(connection: Connection, identity: str) -> Person | None:
    """Return one person, active or not, or None."""
    found = connection.execute(_all(PersonRow).where(PersonRow.id == identity)).one_or_none()
    return None if found is None else _person(found)


def holder(connection: Connection, hash_: str, now: datetime) -> tuple[Person, str] | None:
    """Return whose token has this hash, and its scopes; None if it ended or they are not active."""
    found = connection.execute(_HOLDER, {"hash": hash_, "now": now}).one_or_none()
    if found is None:
        return None
    *cells, scopes = found
    return _person_of(dict(zip(_PERSON, cells, strict=True))), scopes


def texts(connection: Connection, refs: Sequence[str]) -> dict[str, str]:
    """Return the words behind notes, by reference; erased ones are left out."""
    found = connection.execute(_TEXTS, {"refs": tuple(refs)})
    return {row.ref: row.text for row in found}


def _project_lines() -> Any:  # noqa: ANN401 - a select of mixed columns
    return (
        select(
            ProjectRow.project,
            ProjectRow.flow,
            ProjectRow.township,
            ProjectRow.owner,
            ProjectRow.agent,
            func.coalesce(NoteRow.text, "").label("name"),
            ProjectRow.status,
            ProjectRow.stage,
            HeadRow.number,
            ProjectRow.filed_at,
            HeadRow.recorded_at.label("last_at"),
            ProjectRow.ended_at,
        )
        .join(HeadRow, HeadRow.stream == "project:" + ProjectRow.project)
        .outerjoin(NoteRow, NoteRow.ref == ProjectRow.name)
    )


def _project_line(row: Row[Any]) -> ProjectLine:
    return ProjectLine(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name


def task_line(row: Mapping[Any, Any]) -> TaskLine:
    """Return a row of the table as a line."""
    return TaskLine(**{**row, "outcomes": tuple(row["outcomes"].split())})


def _person(row: Row[Any]) -> Person:
    return _person_of(dict(row._mapping))  # noqa: SLF001 - SQLAlchemy's public name


def _person_of(cells: Mapping[str, Any]) -> Person:
    return Person(**{**cells, "roles": frozenset(map(Role, cells["roles"].split()))})


def project_conditions(which: ProjectFilter) -> list[ColumnElement[bool]]:
    """Return what the filter asks of a project's row."""
    conditions = _equal(ProjectRow, which, but=("viewer", "read"))
    if which.viewer is not None:
        conditions.append(rights.seen(ProjectRow, which.viewer, which.read))
    return conditions


def task_conditions(which: TaskFilter) -> list[ColumnElement[bool]]:
    """Return what the filter asks of a task's row; *doer* stands for several ways, see rights."""
    conditions = _equal(
        TaskRow, which, but=("performers", "unclaimed", "viewer", "doer", "follows")
    )
    if which.performers:
        conditions.append(TaskRow.performer.in_(which.performers))
    if which.unclaimed:
        conditions.append(TaskRow.person.is_(None))
    if which.viewer is not None:
        conditions.append(rights.seen(TaskRow, which.viewer))
    return conditions


def _equal(
    table: type[Base], which: ProjectFilter | TaskFilter, but: Sequence[str] = ()
) -> list[ColumnElement[bool]]:
    """Return a condition for each field of the filter that is set."""
    wanted = {field.name: getattr(which, field.name) for field in fields(which)}
    return [
        getattr(table, name) == slots.bound(value)
        for name, value in wanted.items()
        if name not in but and value is not None
    ]


def _load() -> Any:  # noqa: ANN401 - a subquery
    """Count the running projects of each agent."""
    query = select(ProjectRow.agent, func.count().label("load"))
    query = query.where(ProjectRow.status == RUNNING, ProjectRow.agent.is_not(None))
    return query.group_by(ProjectRow.agent).subquery()


def _counts(
    connection: Connection, table: type[TaskRow | WantedRow], codes: Sequence[str]
) -> dict[str, int]:
    query = select(table.project, func.count().label("rows")).where(table.project.in_(codes))
    found = connection.execute(query.group_by(table.project))
    return {row.project: row.rows for row in found}


def _away(line: AgentLine, today: date) -> bool:
    if line.away_from is None or line.away_to is None:
        return False
    return line.away_from <= today <= line.away_to


def _all(table: type[Base]) -> Any:  # noqa: ANN401 - a select of every column
    return select(*table.__table__.c)


def _made(kind: type[_T], found: Any) -> tuple[_T, ...]:  # noqa: ANN401 - a cursor result
    return tuple(kind(**row._mapping) for row in found)  # noqa: SLF001 - SQLAlchemy's public name


def _sorted(
    query: Any,  # noqa: ANN401 - a select
    names: Sequence[str],
    after: tuple[object, ...] | None,
    order: str,
) -> Any:  # noqa: ANN401 - as above
    """Sort *query* by the columns, all of them one way, and begin after a place."""
    table = TaskRow if "path" in names else ProjectRow
    columns = [getattr(table, name) for name in names]
    down = order.startswith("-")
    if after is not None:
        place, last = tuple_(*columns), tuple_(*after, types=_types(*columns))
        query = query.where(place < last if down else place > last)
    return query.order_by(*(column.desc() if down else column for column in columns))


def _merged(pages: Sequence[Any], names: Sequence[str], order: str) -> Any:  # noqa: ANN401 - selects
    """Merge pages that were sorted by *names*, each row once.

    Each page walks the index that fits it and stops; one condition with all of them joined by OR
    would have every row sorted that fits any.
    """
    both = union(*(select(page.subquery()) for page in pages))
    down = order.startswith("-")
    columns: list[Any] = [desc(name) if down else name for name in names]
    return both.order_by(*columns)


def _types(*columns: Any) -> list[Any]:  # noqa: ANN401 - mapped columns
    return [column.type for column in columns]


def _page(limit: int) -> int:
    return max(1, min(limit, LARGEST_PAGE))
