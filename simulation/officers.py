"""Everybody's next order in many projects at once: their journeys, and the desks of departments.

Pure: what is due follows from the projects as they stand, so whoever reads them again from a
database goes on where another one stopped. Who carries an order out is the caller's affair.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from simulation.journey import STEP, Order, key_of, next_order, waits
from workflows import commands as c
from workflows.facts import Actor, Role
from workflows.project import ProjectStatus, item_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from simulation.world import World
    from workflows.project import OpenTask, Project, StageRun

_Place = tuple["datetime", str, str, str]  # when a task was opened; project, stage run, path


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """The reviewers of a department, and how many items each has in hand at most."""

    people: tuple[str, ...]
    each: int

    @property
    def seats(self) -> int:
        """Return how many items are in hand at most."""
        return len(self.people) * self.each


@dataclass(slots=True, kw_only=True)
class _Desk:
    """One department's desk: whoever came first is called first.

    Attributes:
        called: Places whose turn has come, until a reviewer takes them in hand.
    """

    staff: Staff
    waiting: set[_Place] = field(default_factory=set)
    called: set[_Place] = field(default_factory=set)
    in_hand: set[_Place] = field(default_factory=set)

    @property
    def free(self) -> int:
        return self.staff.seats - len(self.in_hand) - len(self.called)


class Officers:
    """The people of a district at work."""

    def __init__(self, world_of: Callable[[Project], World], desks: Mapping[str, Staff]) -> None:
        """Know nobody's project yet.

        Args:
            world_of: Returns the world of a project; its `desks` are those of *desks*.
            desks: Departments whose reviewers take one item after the other in hand.
        """
        self._world_of = world_of
        self._desks = {code: _Desk(staff=staff) for code, staff in desks.items()}
        self._at: dict[str, list[tuple[_Desk, _Place]]] = {}  # where a project stands
        self._projects: dict[str, Project] = {}
        self._agenda: list[tuple[datetime, str, int, str, Order]] = []  # the path breaks ties

    def expect(self, order: Order) -> None:
        """Put the filing of a project that is to come on the agenda."""
        self._put(order, 0)

    def begin(self, projects: Iterable[Project], now: datetime) -> None:
        """Take over running projects as they stand at *now*."""
        for project in projects:
            self._look(project)
        self._call(now)

    def take(self, project: Project) -> None:
        """Go on with a project as it stands after an order."""
        self._look(project)
        self._call(project.last_at)

    def leave(self, code: str) -> None:
        """Have nothing more to do with a project: its orders are refused."""
        self._forget(code)

    def known(self, code: str) -> Project | None:
        """Return a running project as it was taken last."""
        return self._projects.get(code)

    def next_order(self, until: datetime) -> Order | None:
        """Return what is done next, up to *until*; None when that is reached.

        The caller carries it out, then says so by `take` (or `leave`).

        Raises:
            StuckError: If a project runs and nobody can do anything; told when it was taken.
        """
        while self._agenda and self._agenda[0][0] <= until:
            _, code, number, _, order = heappop(self._agenda)
            if self._number(code) == number:
                return order
        return None

    def waiting(self) -> dict[str, int]:
        """Return how many items nobody has in hand yet, by department."""
        return {code: len(desk.waiting) + len(desk.called) for code, desk in self._desks.items()}

    def in_hand(self) -> dict[str, int]:
        """Return how many items are in somebody's hand, by department."""
        return {code: len(desk.in_hand) for code, desk in self._desks.items()}

    def _number(self, code: str) -> int:
        project = self._projects.get(code)
        return 0 if project is None else project.number

    def _put(self, order: Order, number: int, path: str = "") -> None:
        heappush(self._agenda, (order.at, order.project, number, path, order))

    def _look(self, project: Project) -> None:
        self._forget(project.code)
        if project.status is not ProjectStatus.RUNNING:
            return
        self._projects[project.code] = project
        found = self._at[project.code] = []
        for run, path, task in _tasks(project):
            desk = self._desks.get(task.task.department or "")
            if desk is not None:
                place = (task.opened_at, project.code, run.key, path)
                if self._seated(desk, project, place):
                    found.append((desk, place))
        order = next_order(project, self._world_of(project))
        if order is not None:
            self._put(order, project.number)

    def _seated(self, desk: _Desk, project: Project, place: _Place) -> bool:
        """Put a task into its department's line, or into somebody's hand, if it is for either."""
        run = project.runs[place[2]]
        task = run.tasks[place[3]]
        attempt = project.items[item_key(run.unit, task.task.item or "")].open
        if waits(project, run, task, self._desks.keys()):
            desk.waiting.add(place)
            return True
        if attempt is None or attempt.begun_at is None or attempt.decided_at is not None:
            return False
        desk.in_hand.add(place)
        return True

    def _forget(self, code: str) -> None:
        self._projects.pop(code, None)
        for desk, place in self._at.pop(code, ()):
            for places in (desk.waiting, desk.called, desk.in_hand):
                places.discard(place)

    def _call(self, now: datetime) -> None:
        """Have idle reviewers take in hand who came first."""
        for desk in self._desks.values():
            while desk.waiting and desk.free > 0:
                place = min(desk.waiting)
                desk.waiting.remove(place)
                desk.called.add(place)
                self._put(self._claim(desk, place, now), self._number(place[1]), "".join(place[2:]))

    def _claim(self, desk: _Desk, place: _Place, now: datetime) -> Order:
        _, code, where, path = place
        project = self._projects[code]
        run, world = project.runs[where], self._world_of(project)
        task = run.tasks[path]
        item = task.task.item or ""
        luck = world.luck.draw(code, run.unit, item, task.task.attempt, "reviewer")
        people = desk.staff.people
        return Order(
            project=code,
            at=world.soon(max(now, project.last_at + STEP)),
            actor=Actor(
                id=people[int(luck * len(people))],
                roles=frozenset({Role.REVIEWER}),
                department=task.task.department,
            ),
            command=c.ClaimTask(
                unit=run.unit,
                item=item,
                attempt=task.task.attempt,
                step=path.rpartition("/")[2],
            ),
            key=key_of(project),
        )


def _tasks(project: Project) -> Iterator[tuple[StageRun, str, OpenTask]]:
    for run in project.runs.values():
        for path, task in run.tasks.items():
            if task.task.item is not None:
                yield run, path, task
