"""Histories through decide and evolve whose every duration is drawn, with one cause made slower.

Three stages of mandated items only: that is what a cause needs to show, and little enough for
thousands of projects.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from functools import cache
from random import Random
from typing import TYPE_CHECKING

from analysis.causes import Cause, Kind
from analysis.worktime import DAY
from engine.library import shipped
from tests.support.memory_office import CODE, NOTE, OWNER, WINDOW, filing, performer
from workflows import commands as c
from workflows.decide import decide
from workflows.events import AgentLoad
from workflows.evolve import evolve
from workflows.facts import Actor, Facts
from workflows.item_runs import Case, case_of
from workflows.moments import SHANGHAI
from workflows.project import item_key

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from workflows.events import Event, TaskOpened
    from workflows.project import Project

FLOW = 3
STAGES = (1, 2, 3)
SHAPE = 36.0  # of the gamma distribution that every duration has: they vary by a sixth
ROSTER = (AgentLoad(agent="agent-1", township="t1", load=0, away=False),)
FIRST = datetime(2023, 1, 3, tzinfo=UTC).date()
_MINUTE = timedelta(minutes=1)
# One item that is long work, and one document that is long on its way down a chain.
LONG = {Cause(Kind.WORK, "S3-10"): 12.0, Cause(Kind.DOCUMENT, "S1-10"): 12.0}
PLANTED = (
    Cause(Kind.QUEUE, "natural_resources"),
    Cause(Kind.WORK, "S3-10"),
    Cause(Kind.OWNER),
    Cause(Kind.DOCUMENT, "S1-10"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long things take on average, in working days, and what is made slower.

    Attributes:
        supplements: How often an accepted item is asked for more.
        slower: Causes whose time is multiplied, by how much.
        long: Causes that take longer than others of their kind, in working days.
    """

    preparation: float = 3.0
    intake: float = 0.5
    queue: float = 4.0
    work: float = 6.0
    delivery: float = 2.0
    answer: float = 8.0
    supplements: float = 0.4
    slower: Mapping[Cause, float] = field(default_factory=dict)
    long: Mapping[Cause, float] = field(default_factory=lambda: LONG)

    def of(self, kind: Kind, key: str = "") -> float:
        """Return the average of a cause."""
        cause = Cause(kind, key)
        base = {
            Kind.QUEUE: self.queue,
            Kind.WORK: self.work,
            Kind.DOCUMENT: self.delivery,
            Kind.OWNER: self.answer,
            Kind.INTAKE: self.intake,
            Kind.FILING: self.preparation,
        }[kind]
        return self.long.get(cause, base) * self.slower.get(cause, 1.0)


@dataclass(slots=True)
class History:
    """One project, moved by what falls due first."""

    rng: Random
    pace: Pace
    minute: int
    project: Project | None = None
    events: list[Event] = field(default_factory=list)
    due: list[tuple[int, int, c.Command, Actor]] = field(default_factory=list)
    planned: set[object] = field(default_factory=set)

    def play(self) -> Project:
        """Carry the project through STAGES and return it."""
        self._give(filing(shipped().catalogue, FLOW), OWNER)
        self._plan()
        while self.due:
            self.minute, _, command, actor = heapq.heappop(self.due)
            self._give(command, actor)
            self._plan()
        assert self.project is not None
        return self.project

    def _give(self, command: c.Command, actor: Actor) -> None:
        library = shipped()
        facts = Facts(
            actor=actor,
            recorded_at=instant(self.minute),
            calendar=library.calendar,
            catalogue=library.catalogue,
            nets=library.nets,
            in_force=library.in_force,
            roster=ROSTER,
            townships=("t1",),
            entropy="seed",
        )
        for event in decide(self.project, command, facts):
            self.project = evolve(self.project, event)
            self.events.append(event)

    def _plan(self) -> None:
        """Draw when what has just become open will be done."""
        assert self.project is not None
        for run in self.project.runs.values():
            if run.stage not in STAGES:
                continue
            if run.filed_at is None:
                self._later((run.key,), Kind.FILING, "", c.FileStage(stage=run.stage), OWNER)
            for path, task in run.tasks.items():
                if task.task.item is not None and not self._stands(task.task.item):
                    self._step(path, task.task, claimed=task.person is not None)

    def _step(self, path: str, task: TaskOpened, *, claimed: bool) -> None:
        step, code = path.rpartition("/")[2], task.item or ""
        number = task.attempt
        actor = performer(task)
        done = c.CompleteStep(item=code, attempt=number, step=step, outcome=_good(task.outcomes))
        where = (path, task.attempt)
        match task.performer, step:
            case "window", "deliver":
                self._later(where, Kind.DOCUMENT, code, done, actor)
            case "window", "accept" if self._asks(code, where):
                self._supplement(where, code, task.attempt)
            case "window", _:
                self._later(where, Kind.INTAKE, "", done, actor)
            case _, "review" if not claimed:
                claim = c.ClaimTask(item=code, attempt=number, step=step)
                self._later((*where, "claim"), Kind.QUEUE, task.department or "", claim, actor)
            case _, "review":
                self._later(where, Kind.WORK, code, done, actor)
            case _:
                self._at(where, 0, done, actor)

    def _stands(self, code: str) -> bool:
        """Tell whether the owner is to answer first."""
        assert self.project is not None
        return bool(self.project.items[item_key(0, code)].attempts[-1].open_pauses)

    def _asks(self, code: str, where: tuple[object, ...]) -> bool:
        """Draw, once, whether more is asked for."""
        if (*where, "drawn") in self.planned or not shipped().catalogue.items[code].materials:
            return False
        self.planned.add((*where, "drawn"))
        return self.rng.random() < self.pace.supplements

    def _supplement(self, where: tuple[object, ...], code: str, attempt: int) -> None:
        """Ask now; the answer comes when the owner has it, and the acceptance after it."""
        assert self.project is not None
        missing = shipped().catalogue.items[code].materials[:1]
        self._give(c.AskSupplement(item=code, attempt=attempt, missing=missing), WINDOW)
        answer = c.AnswerSupplement(item=code, attempt=attempt)
        self._later((*where, "answered"), Kind.OWNER, "", answer, OWNER)

    def _later(
        self, where: tuple[object, ...], kind: Kind, key: str, command: c.Command, actor: Actor
    ) -> None:
        mean = self.pace.of(kind, key) * DAY
        self._at(where, max(1, round(self.rng.gammavariate(SHAPE, mean / SHAPE))), command, actor)

    def _at(
        self, where: tuple[object, ...], minutes: int, command: c.Command, actor: Actor
    ) -> None:
        if where in self.planned:
            return
        self.planned.add(where)
        heapq.heappush(self.due, (self.minute + minutes, len(self.planned), command, actor))


def period(seed: str, pace: Pace, projects: int, first_minute: int) -> tuple[Case, ...]:
    """Return the cases of some projects that begin one working day after the other."""
    cases = []
    for number in range(projects):
        rng = Random(f"{seed}|{number}")
        history = History(rng, pace, first_minute + number * DAY)
        project = history.play()
        cases.append(renamed(case_of(project, shipped().catalogue), f"{seed}-{number}"))
    return tuple(cases)


def renamed(case: Case, code: str) -> Case:
    """Return a case under another code, so that many of one story can stand side by side."""
    runs = tuple(replace(run, project=code) for run in case.runs)
    return replace(case, project=code, runs=runs)


def instant(minute: int) -> datetime:
    """Return the instant of a minute of office hours, counted from FIRST."""
    day, rest = divmod(minute, DAY)
    opens = datetime.combine(_worked()[day], time(9), SHANGHAI)
    return (opens + rest * _MINUTE).astimezone(UTC)


@cache
def _worked() -> tuple[date, ...]:
    calendar = shipped().calendar
    return tuple(
        calendar.first + timedelta(days=at)
        for at, works in enumerate(calendar.days)
        if works and calendar.first + timedelta(days=at) >= FIRST
    )


def _good(outcomes: tuple[str, ...]) -> str:
    return next(each for each in outcomes if each not in {"refused", "committed"})


__all__ = ["CODE", "NOTE", "History", "Pace", "instant", "period", "renamed"]
