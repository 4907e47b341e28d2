"""The facts that reports read: as stored, as the projects say, and bit for bit the same."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from sqlalchemy import text

from analysis.columns import (
    ATTEMPTS,
    CASE_COLUMNS,
    NONE,
    PAUSE_COLUMNS,
    RUN_COLUMNS,
    Columns,
    named,
)
from analysis.ledger import columns_of
from analysis.why import why
from engine.clock import SystemClock
from engine.facts import FactBook
from engine.in_force import InForce
from engine.jobs import Jobs
from engine.month_figures import DEPARTMENT, DIMENSIONS, WHOLE
from engine.roll_up import ROLL_UP, RollUp
from engine.store import facts as stored
from engine.store.jobs import JobStatus
from engine.verify import verify
from workflows import commands as c
from workflows.facts import Actor, Role
from workflows.item_runs import case_of

if TYPE_CHECKING:
    from tests.support.office import Office
    from workflows.project import OpenTask, Project


def book_of(office: Office) -> FactBook:
    known = InForce(office.new_uow, office.clock, pace=SystemClock())
    return FactBook(office.new_uow, office.clock, known, office.handle.project)


def open_task(project: Project, performer: str) -> OpenTask | None:
    tasks = (task for run in project.runs.values() for task in run.tasks.values())
    return next((t for t in tasks if t.task.performer == performer and t.task.item), None)


def worked(office: Office, seed: int = 0) -> Project:
    """Return a project with a claimed task, a supplement, and some way behind it."""
    project = office.pushed_on(office.filed(seed=seed), 4)
    while (task := open_task(project, "department")) is None:
        project = office.pushed_on(project, 1)
    path, item = task.task.path, task.task.item or ""
    actor = office.world().cast(project, "department", task.task.department)
    office.clock.push(timedelta(hours=1))
    claim = c.ClaimTask(item=item, attempt=task.task.attempt, step=path.rpartition("/")[2])
    office.handle.execute(project.code, claim, actor, f"claim-{project.code}")
    missing = office.library.catalogue.items[item].materials[:1]
    ask = c.AskSupplement(item=item, attempt=task.task.attempt, missing=missing)
    office.clock.push(timedelta(hours=1))
    office.handle.execute(project.code, ask, actor, f"ask-{project.code}")
    office.clock.push(timedelta(days=3))
    owner = office.world().cast(project, "owner", None)
    answer = c.AnswerSupplement(item=item, attempt=task.task.attempt)
    office.handle.execute(project.code, answer, owner, f"answer-{project.code}")
    return office.pushed_on(office.handle.project(project.code), 60)


def same(one: Columns, other: Columns) -> bool:
    """Compare what two columns say, whatever order their attempts and words came in."""
    return _said(one) == _said(other)


def _said(columns: Columns) -> object:
    names = columns.names
    words = {
        "project": names.projects,
        "township": names.townships,
        "agent": names.agents,
        "department": names.departments,
        "item": names.items,
        "partner": names.items,
        "waited_for": names.items,
        "pair": names.pairs,
    }

    def key(row: int) -> object:
        if row == NONE:
            return None
        return (
            names.projects[columns.project[row]],
            int(columns.unit[row]),
            names.items[columns.item[row]],
            int(columns.attempt[row]),
        )

    def cell(name: str, value: int) -> object:
        if name in words:
            return named(words[name], value)
        return key(value) if name in {"producer", "previous", "pause_of"} else int(value)

    def table(holder: object, columns_: tuple[str, ...], but: tuple[str, ...]) -> object:
        arrays = [getattr(holder, name) for name in columns_ if name not in but]
        kept = [name for name in columns_ if name not in but]
        return sorted(
            repr([cell(name, value) for name, value in zip(kept, row, strict=True)])
            for row in zip(*arrays, strict=True)
        )

    return (
        table(columns, ATTEMPTS, ("run",)),
        table(columns, PAUSE_COLUMNS, ()),
        table(columns.runs, RUN_COLUMNS, ("before",)),
        table(columns.cases, CASE_COLUMNS, ()),
        columns.now,
    )


class TestFactBook:
    def test_says_what_the_projects_say(self, office: Office) -> None:
        projects = [worked(office, seed) for seed in range(2)]

        found = book_of(office).columns()

        cases = [case_of(project, office.library.catalogue) for project in projects]
        made = columns_of(cases, office.library.calendar, office.clock.now())
        assert len(found.pause_of) == 2
        assert (found.begun != NONE).sum() == 2
        assert (found.received != NONE).all() or (found.ended == NONE).any()
        assert same(found, made)

    def test_follows_a_project_that_moved_on(self, office: Office) -> None:
        project = worked(office)
        still = office.pushed_on(office.filed(seed=3), 10)
        book = book_of(office)
        before = book.columns()

        moved = office.pushed_on(project, 30)
        after = book.columns()

        cases = [case_of(each, office.library.catalogue) for each in (moved, still)]
        made = columns_of(cases, office.library.calendar, office.clock.now())
        assert same(after, made)
        assert not same(before, made)
        assert not before.item.flags.writeable

    def test_reads_at_once_what_it_follows_step_by_step(self, office: Office) -> None:
        project = office.pushed_on(office.filed(seed=5), 1)
        book = book_of(office)
        book.columns()
        for _ in range(3):
            project = office.pushed_on(project, 100)
            followed = book.columns()

        at_once = book_of(office).columns()

        assert same(followed, at_once)
        assert (at_once.pair != NONE).any()
        assert (at_once.producer != NONE).any()
        assert (at_once.milestone == 1).any()

    def test_follows_a_project_after_reading_all_at_once(self, office: Office) -> None:
        project = worked(office)
        book = book_of(office)
        book.columns()  # everything at once; what comes now is put over it

        moved = office.pushed_on(project, 60)

        cases = [case_of(moved, office.library.catalogue)]
        made = columns_of(cases, office.library.calendar, office.clock.now())
        assert same(book.columns(), made)

    def test_is_read_once_until_a_project_moves_on_or_the_minute_does(self, office: Office) -> None:
        project = worked(office)
        book = book_of(office)
        first = book.columns()

        again = book.columns()
        office.clock.push(timedelta(days=3))
        later = book.columns()
        owner = Actor(id="o", roles=frozenset({Role.OWNER}), organisation=project.owner)
        reason = c.Note(ref="reason", digest="0" * 64)
        office.handle.execute(project.code, c.WithdrawProject(reason=reason), owner, "withdraw")
        moved = book.columns()

        assert again is first
        assert later.now > first.now
        assert moved is not later
        assert moved.now == later.now

    def test_tells_of_one_project_what_it_tells_among_all(self, office: Office) -> None:
        projects = [worked(office, seed) for seed in range(3)]
        book = book_of(office)

        for project in projects:
            alone = book.of(project)
            assert alone.names.projects == (project.code,)
            assert why(alone, project.code, 90) == why(book.columns(), project.code, 90)

    def test_has_nothing_to_tell_of_an_empty_office(self, office: Office) -> None:
        assert len(book_of(office).columns()) == 0

    def test_is_proved_by_verify(self, office: Office) -> None:
        worked(office)
        assert verify(office.new_uow, office.library).ok

        for statement in ("UPDATE item_run SET begun_at = filed_at", "DELETE FROM item_pause"):
            with office.new_uow() as uow:
                uow.begin()
                uow.connection.execute(text(statement))
                uow.commit()

        wrong = verify(office.new_uow, office.library).differences
        assert {each.where for each in wrong} == {"item_run", "item_pause"}


class TestRollUp:
    @pytest.fixture
    def rolled(self, office: Office) -> Office:
        worked(office)
        jobs = Jobs(
            office.new_uow,
            office.clock,
            {ROLL_UP: RollUp(new_uow=office.new_uow, clock=office.clock, book=book_of(office))},
        )
        for _ in range(2):  # the second time it is the same
            jobs.enqueue(ROLL_UP, {})
            job = jobs.run_next("w")
            assert job is not None
            assert (job.status, job.error) == (JobStatus.DONE, None)
        return office

    def test_keeps_every_month_of_every_dimension(self, rolled: Office) -> None:
        columns = book_of(rolled).columns()

        with rolled.new_uow() as uow:
            whole = stored.months(uow.connection, WHOLE)
            kept = {each: stored.months(uow.connection, each) for each in DIMENSIONS}

        assert sum(month.ended for month in whole) == int(columns.over.sum()) > 0
        assert [month.month for month in whole] == sorted({month.month for month in whole})
        assert all(kept.values())

    def test_adds_up_to_the_time_that_passed(self, rolled: Office) -> None:
        columns = book_of(rolled).columns()
        passed = int(np.sum((columns.until - columns.wanted)[columns.over]))

        with rolled.new_uow() as uow:
            found = stored.months(uow.connection, DEPARTMENT)

        assert sum(sum(each.parts.values()) for each in found) == passed
