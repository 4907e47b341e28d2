"""The colours of a list are those of the clocks, told from rows alone, on both databases."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import product
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, insert

from engine.people import People
from engine.store import work_list
from engine.store.fact_tables import ItemPauseRow
from engine.store.queries import TASK_ORDERS, Person, TaskFilter, projects, tasks, texts
from engine.store.tables import DueRow, ItemRunRow, TaskRow
from engine.store.work_tables import DeadlineRow
from engine.unit_of_work import UnitOfWork
from tests.support.office import START, TOWNSHIP
from workflows import commands as c
from workflows import dues
from workflows.calendar import shipped
from workflows.catalogue.values import DayUnit, ItemKind
from workflows.clock import ACCEPTANCE, NEARLY, Lamp, Reading, clock
from workflows.clock import lamp as clock_lamp
from workflows.decide.deadlines import due_date
from workflows.facts import Actor, Role
from workflows.moments import local_date
from workflows.progress import progress
from workflows.project import item_key

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.store.queries import TaskLine
    from engine.store.urgency import Standing, Urgency
    from tests.support.office import Office
    from workflows.project import Attempt, Project

DAYS = 25  # from shortly after the filing until everything is overdue
ANY = TaskFilter()
PAGE = 4
TODAY = date(2026, 3, 14)  # a Saturday: what was due on Friday is not overdue before Monday


def under_way(office: Office) -> Project:
    """Return a project with clocks that run, one that stands, and tasks without a clock."""
    project = office.pushed_on(office.filed(), 34)
    office.filed(flow=1, seed=2)
    state = next(
        each
        for each in project.items.values()
        if each.open and each.open.accepted_at and not each.open.decided_at
    )
    attempt = state.open
    assert attempt is not None
    reviewer = Actor(id="r", roles=frozenset({Role.REVIEWER}), department=attempt.department)
    needed = office.library.catalogue.items[state.item].materials[0]
    ask = c.AskSupplement(
        unit=state.unit,
        item=state.item,
        attempt=attempt.number,
        missing=(needed,),
        reason=None,
        answer_by=None,
    )
    office.clock.push(timedelta(minutes=5))
    office.handle.execute(project.code, ask, reviewer, "ask")
    return office.handle.project(project.code)


def may_stop(office: Office, project: Project, *, bounded: bool) -> tuple[str, str] | None:
    """Return an item whose clock runs, and a procedure of its that the law bounds, or does not."""
    catalogue = office.library.catalogue
    found = (
        (state.item, use.procedure)
        for state in project.items.values()
        if state.open and state.open.accepted_at and not state.open.decided_at
        if state.open.committed and state.open.committed.days < DAYS
        for use in catalogue.items[state.item].procedures
        if not catalogue.procedures[use.procedure].counted
        and (catalogue.procedures[use.procedure].max_days is not None) is bounded
        and not state.open.open_pauses
    )
    return next(found, None)


def stopped(office: Office, waited: int, *, bounded: bool) -> tuple[str, Attempt]:
    """Have the clock of an item stand still by a procedure some days from now."""
    project = office.filed()
    while (found := may_stop(office, project, bounded=bounded)) is None:
        project = office.pushed_on(project, 1)
    (item, procedure), state = found, project.items[item_key(0, found[0])]
    assert state.open is not None
    department = state.open.department
    heads = frozenset({Role.DEPARTMENT_LEAD, Role.STAGE_LEAD})
    People(office.new_uow, office.clock).put(
        Person(id="head", name="甲", roles=heads, department=department)
    )
    office.clock.push(timedelta(days=waited))
    order = c.StartProcedure(
        item=item,
        attempt=state.open.number,
        procedure=procedure,
        expected_end=local_date(office.clock.now() + timedelta(days=5)).isoformat(),
        approved_by="head",
    )
    reviewer = Actor(id="r", roles=frozenset({Role.REVIEWER}), department=department)
    office.handle.execute(project.code, order, reviewer, "stop")
    attempt = office.handle.project(project.code).items[item_key(0, item)].open
    assert attempt is not None
    return item, attempt


def expected(
    office: Office, project: Project, line: TaskLine, today: date
) -> tuple[Lamp, int | None]:
    """Return the colour and the days left by the clock itself; the latter only while it runs."""
    state = project.items.get(item_key(line.unit, line.item or ""))
    attempt = None if state is None else state.open
    if attempt is None or attempt.decided_at is not None:
        return Lamp.NONE, None
    if attempt.accepted_at is None:
        return of_acceptance(office, project, line, today)
    found = clock(attempt, office.library.calendar, today)
    if found.committed is None:
        return Lamp.NONE, None
    return found.lamp, None if found.lamp is Lamp.PAUSED else found.committed.left


def of_acceptance(
    office: Office, project: Project, line: TaskLine, today: date
) -> tuple[Lamp, int | None]:
    """Return the colour and the days left of the five in which silence accepts, where it does."""
    attempt = project.items[item_key(line.unit, line.item or "")].open
    assert attempt is not None
    if attempt.open_pauses:
        return Lamp.PAUSED, None
    item = office.library.catalogue.items[line.item or ""]
    if item.kind in {ItemKind.REVIEW, ItemKind.UTILITY}:  # no licence: no silence accepts it
        return Lamp.NONE, None
    days, calendar = ACCEPTANCE.days, office.library.calendar
    last = due_date(attempt, days, DayUnit.WORKING_DAY, calendar, local_date(attempt.filed_at))
    left = dues.days_left(last, today, DayUnit.WORKING_DAY, calendar)
    if left < 0:
        return Lamp.RED, left
    return (Lamp.YELLOW if left <= min(NEARLY, days / 3) else Lamp.GREEN), left


def planted(connection: Connection, unit: DayUnit, limit: int, left: int) -> None:
    """Store a task whose limit leaves some days on TODAY, with pauses that stop nothing."""
    calendar = shipped()
    due = next(
        day
        for day in (TODAY + timedelta(days=number) for number in range(-9, 12))
        if dues.days_left(day, TODAY, unit, calendar) == left and (left < 0 or day >= TODAY)
    )
    key = {"project": f"{unit}/{limit}/{left}", "unit": 0, "item": "S1-01", "attempt": 1}
    task = {"path": "p/S1_01/review", "stage": 1, "step": "review", "performer": "department"}
    task |= {"outcomes": "granted", "opened_at": START, "township": "t", "owner": "o"}
    connection.execute(insert(TaskRow), {**key, **task})
    day = {"committed_due": due.isoformat(), "provisional": False, "calendar_version": ""}
    connection.execute(insert(DueRow), {**key, **day})
    run = {"stage": 1, "department": "d", "how": "filed", "held": False, "alone": False}
    run |= {"status": 1, "wanted_at": START, "filed_at": START, "recorded_late": 0.0}
    run |= {"committed_days": limit - 1, "committed_unit": unit.value, "extension": 1}
    connection.execute(insert(ItemRunRow), {**key, **run})
    pause = {"kind": "procedure", "since": START}
    ended, counted = {"counted": False, "until": START}, {"counted": True, "until": None}
    connection.execute(insert(ItemPauseRow), {**key, **pause, "pause": 1, **ended})
    connection.execute(insert(ItemPauseRow), {**key, **pause, "pause": 2, **counted})


def urgencies(found: tuple[Standing, ...]) -> dict[tuple[str, int, str], Urgency]:
    """Return how the clocks of tasks stand, by project, unit and path."""
    return {(each.line.project, each.line.unit, each.line.path): each.urgency for each in found}


class TestTheColoursOfTasks:
    def test_change_where_those_of_clocks_do(self, office: Office) -> None:
        marks = dues.marks(TODAY, office.library.calendar)
        cases = list(product(DayUnit, range(1, 9), range(-2, 5)))
        with UnitOfWork(office.store) as uow:
            for unit, limit, left in cases:
                planted(uow.connection, unit, limit, left)
            found = urgencies(work_list.page(uow.connection, ANY, marks, limit=500))

        assert len(found) == len(cases)
        for (name, _, _), urgency in found.items():
            kind, *days = name.split("/")
            limit, left = map(int, days)
            wanted = Reading(
                limit=limit,
                unit=DayUnit(kind),
                source="",
                used=limit - left,
                left=left,
                due=None,
                overdue=left < 0,
                provisional=False,
            )
            assert urgency.lamp is clock_lamp(wanted), name

    def test_are_those_of_their_clocks_on_every_day(self, office: Office) -> None:
        project = under_way(office)
        calendar, begun = office.library.calendar, local_date(office.clock.now())
        seen: set[Lamp] = set()

        for today in (begun + timedelta(days=number) for number in range(DAYS)):
            marks = dues.marks(today, calendar)
            with UnitOfWork(office.store) as uow:
                found = work_list.page(uow.connection, TaskFilter(project=project.code), marks)
            for line, urgency in ((each.line, each.urgency) for each in found):
                lamp, left = expected(office, project, line, today)
                seen.add(lamp)
                assert urgency.lamp is lamp, (today, line)
                if left is not None and urgency.due and urgency.unit:
                    assert dues.days_left(urgency.due, today, urgency.unit, calendar) == left
        assert seen == set(Lamp)

    @pytest.mark.parametrize("bounded", [True, False])
    @pytest.mark.parametrize("waited", [1, 40])
    def test_stand_still_in_a_procedure_whenever_it_begins(
        self, office: Office, waited: int, bounded: bool
    ) -> None:
        item, attempt = stopped(office, waited, bounded=bounded)
        calendar, begun = office.library.calendar, local_date(office.clock.now())
        seen: set[Lamp] = set()

        for today in (begun + timedelta(days=number) for number in range(4 * DAYS)):
            marks = dues.marks(today, calendar)
            with UnitOfWork(office.store) as uow:
                found = work_list.page(uow.connection, ANY, marks)
            (urgency,) = {each.urgency for each in found if each.line.item == item}
            told = clock(attempt, calendar, today)
            assert urgency.lamp is told.lamp, today
            if urgency.lamp is not Lamp.PAUSED and urgency.due and urgency.unit and told.committed:
                left = dues.days_left(urgency.due, today, urgency.unit, calendar, urgency.stops)
                assert left == told.committed.left, today
            seen.add(urgency.lamp)
        assert (Lamp.RED in seen) is (bounded or waited > DAYS)
        assert (Lamp.PAUSED in seen) is (waited < DAYS)

    def test_are_those_of_the_items_on_their_projects_pages(self, office: Office) -> None:
        project = under_way(office)
        catalogue, calendar = office.library.catalogue, office.library.calendar
        begun = office.clock.now()
        seen: set[tuple[Lamp, bool]] = set()

        for now in (begun + timedelta(days=number) for number in range(DAYS)):
            shown = {
                (each.unit, each.item): each
                for each in progress(project, catalogue, calendar, now).items
            }
            with UnitOfWork(office.store) as uow:
                marks = dues.marks(local_date(now), calendar)
                found = work_list.page(uow.connection, TaskFilter(project=project.code), marks)
            for line, urgency in ((each.line, each.urgency) for each in found if each.line.item):
                item = shown[line.unit, line.item or ""]
                due = None if item.clock is None else item.clock.due
                assert (item.lamp, due) == (urgency.lamp, urgency.due), (now, line)
                seen.add((item.lamp, item.acceptance is not None))
        assert {lamp for lamp, _ in seen} == set(Lamp)
        assert {lamp for lamp, accepting in seen if accepting} >= {Lamp.GREEN, Lamp.YELLOW}

    def test_are_counted_and_listed_alike(self, office: Office) -> None:
        under_way(office)
        today, seen = local_date(office.clock.now()), set[Lamp]()

        for number in range(0, DAYS, 3):
            marks = dues.marks(today + timedelta(days=number), office.library.calendar)
            with UnitOfWork(office.store) as uow:
                found = urgencies(work_list.page(uow.connection, ANY, marks))
                counted = work_list.counts(uow.connection, ANY, marks)
                listed = {
                    lamp: work_list.by_due(uow.connection, ANY, marks, lamp=lamp, limit=99)
                    for lamp in Lamp
                }

            assert counted == dict.fromkeys(Lamp, 0) | Counter(each.lamp for each in found.values())
            for lamp, some in listed.items():
                assert urgencies(some).keys() == {
                    key for key, urgency in found.items() if urgency.lamp is lamp
                }
            seen |= {lamp for lamp, some in listed.items() if some}
        assert seen == set(Lamp)


class TestProjects:
    def test_have_the_colour_of_their_worst_clock(self, office: Office) -> None:
        under_way(office)
        worst = (Lamp.RED, Lamp.YELLOW, Lamp.PAUSED, Lamp.GREEN, Lamp.NONE)
        seen: set[Lamp] = set()

        for days in range(DAYS):
            today = local_date(office.clock.now()) + timedelta(days=days)
            marks = dues.marks(today, office.library.calendar)
            with UnitOfWork(office.store) as uow:
                found = urgencies(work_list.page(uow.connection, ANY, marks))
                counted = work_list.projects_by_colour(uow.connection, (), marks)
                listed = {
                    lamp: projects(uow.connection, more=[work_list.of_colour(lamp, marks)])
                    for lamp in Lamp
                }
            by_project: dict[str, list[Lamp]] = {}
            for (code, _, _), urgency in found.items():
                by_project.setdefault(code, []).append(urgency.lamp)
            expected = {code: min(lamps, key=worst.index) for code, lamps in by_project.items()}
            seen |= {*expected.values()}

            assert counted == dict.fromkeys(Lamp, 0) | Counter(expected.values())
            for lamp, some in listed.items():
                assert {each.project for each in some} == {
                    code for code, colour in expected.items() if colour is lamp
                }
        assert {Lamp.RED, Lamp.NONE} < seen


class TestTheListByDueDay:
    def test_is_the_same_page_by_page(self, office: Office) -> None:
        under_way(office)
        marks = dues.marks(local_date(office.clock.now()), office.library.calendar)

        with UnitOfWork(office.store) as uow:
            whole = work_list.by_due(uow.connection, ANY, marks, limit=99)
            pages: list[Standing] = []
            place = None
            while page := work_list.by_due(uow.connection, ANY, marks, after=place, limit=PAGE):
                pages += page
                place = work_list.place_by_due(page[-1])

        assert tuple(pages) == whole
        assert {each.line.path for each in whole} == {each.path for each in _all(office)}

    def test_begins_with_what_is_due_first(self, office: Office) -> None:
        under_way(office)
        marks = dues.marks(local_date(office.clock.now()), office.library.calendar)

        with UnitOfWork(office.store) as uow:
            whole = work_list.by_due(uow.connection, ANY, marks, limit=99)
        days = [each.urgency.due for each in whole]
        known = [day for day in days if day is not None]

        assert known == sorted(known)
        assert days[: len(known)] == known
        assert len(known) < len(days)

    def test_is_ones_own_where_it_is_asked_for(self, office: Office) -> None:
        under_way(office)
        marks = dues.marks(local_date(office.clock.now()), office.library.calendar)
        window = Actor(id="w", roles=frozenset({Role.WINDOW}))
        which = TaskFilter(viewer=window, doer=window)

        with UnitOfWork(office.store) as uow:
            mine = work_list.by_due(uow.connection, which, marks, limit=99)
            same = tasks(uow.connection, which, limit=99)

        assert {each.line.path for each in mine} == {each.path for each in same}


def _all(office: Office) -> tuple[TaskLine, ...]:
    with UnitOfWork(office.store) as uow:
        return tasks(uow.connection, limit=99)


class TestThePageOfTasks:
    @pytest.mark.parametrize("order", ["opened_at", "-opened_at", "project", "-project"])
    def test_is_the_same_as_without_clocks(self, office: Office, order: str) -> None:
        under_way(office)
        marks = dues.marks(local_date(office.clock.now()), office.library.calendar)
        agent = Actor(id="agent-1", roles=frozenset({Role.AGENT, Role.WINDOW}), township=TOWNSHIP)
        which = TaskFilter(viewer=agent, doer=agent, follows=True)
        pages: list[tuple[TaskLine, ...]] = []
        place = None

        with UnitOfWork(office.store) as uow:
            while page := work_list.page(
                uow.connection, which, marks, after=place, limit=PAGE, order=order
            ):
                found = tuple(each.line for each in page)
                assert found == tasks(uow.connection, which, after=place, limit=PAGE, order=order)
                pages.append(found)
                names = TASK_ORDERS[order.removeprefix("-")]
                place = tuple(getattr(found[-1], name) for name in names)

        assert len(pages) > 1

    def test_names_the_project(self, office: Office) -> None:
        project = under_way(office)
        marks = dues.marks(local_date(office.clock.now()), office.library.calendar)

        with UnitOfWork(office.store) as uow:
            found = work_list.page(uow.connection, TaskFilter(project=project.code), marks)
            names = texts(uow.connection, [project.name.ref])

        assert {each.urgency.name for each in found} == {names[project.name.ref]}

    def test_tells_the_earliest_of_the_days_told_of_an_item(self, office: Office) -> None:
        project = under_way(office)
        marks = dues.marks(local_date(office.clock.now()), office.library.calendar)
        which = TaskFilter(project=project.code)

        with UnitOfWork(office.store) as uow:
            uow.begin()
            line = next(each for each in tasks(uow.connection, which) if each.item is not None)
            key = {"project": line.project, "unit": line.unit, "item": line.item}
            key |= {"attempt": line.attempt, "stage": line.stage}
            uow.connection.execute(delete(DeadlineRow))
            for kind, due in (("answer", "2026-03-09"), ("issue", "2026-03-05"), ("x", None)):
                uow.connection.execute(insert(DeadlineRow), {**key, "kind": kind, "due": due})
            found = work_list.page(uow.connection, which, marks)

        assert {each.line.item: each.urgency.told for each in found if each.urgency.told} == {
            line.item: date(2026, 3, 5)
        }
