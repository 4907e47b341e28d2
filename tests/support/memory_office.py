"""One project's office in memory: decide and evolve under a clock that the test sets."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, TypeVar

import pytest

from bpmn.library import shipped as shipped_diagrams
from bpmn.net import link
from tests.support.catalogues import shipped as shipped_catalogue
from tests.support.standing import check_move, check_rest
from workflows import calendar
from workflows import commands as c
from workflows import events as e
from workflows.decide import decide
from workflows.errors import Refusal
from workflows.evolve import evolve
from workflows.facts import Actor, Facts, Role
from workflows.project import ItemState, Project, StageRun, item_key, run_key
from workflows.texts import LOCALES, refusal_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bpmn.diagram import Diagram, Element
    from bpmn.net import Net
    from workflows.catalogue.values import Catalogue

Kind = TypeVar("Kind", bound=e.Body)

START = datetime(2026, 3, 2, 1, tzinfo=UTC)  # a Monday, nine in the morning in Shanghai
HOUR = timedelta(hours=1)
CODE = "2026-120118-47-03-000001"
NOTE = c.Note(ref="note-1", digest="0" * 64)
TURNED_AWAY = frozenset({"refused", "not_needed"})  # outcomes that end an attempt without a result


def person(name: str, *roles: Role, **relations: str) -> Actor:
    """Return an actor with these roles and relations."""
    return Actor(id=name, roles=frozenset(roles), **relations)


OWNER = person("owner-1", Role.OWNER, organisation="org-1")
WINDOW = person("window-1", Role.WINDOW, township="t1")
AGENT = person("agent-2", Role.AGENT, township="t1")  # whom the roster below assigns
SUPERVISOR = person("supervisor-1", Role.SUPERVISOR, township="t1")
STAGE_LEAD = person("lead-1", Role.STAGE_LEAD)
# Leaders who approve what others ask for.
APPROVERS = {each: person(each, Role.STAGE_LEAD) for each in ("lead-1", "head-1", "head-2")}
ADMINISTRATOR = person("admin-1", Role.ADMINISTRATOR)
SYSTEM = person("system", Role.SYSTEM)


def reviewer(department: str, name: str = "") -> Actor:
    """Return someone who examines for a department."""
    return person(name or f"reviewer-{department}", Role.REVIEWER, department=department)


def inspector(department: str, name: str = "") -> Actor:
    """Return someone who inspects for a department."""
    return person(name or f"inspector-{department}", Role.INSPECTOR, department=department)


def performer(task: e.TaskOpened) -> Actor:
    """Return who does a task."""
    department = task.department or ""
    match task.performer:
        case "window":
            return WINDOW
        case "inspector":
            return inspector(department)
        case "owner":
            return OWNER
        case _:
            return reviewer(department)


def load(agent: str, township: str, projects: int, *, away: bool = False) -> e.AgentLoad:
    """Return one line of a roster."""
    return e.AgentLoad(agent=agent, township=township, load=projects, away=away)


ROSTER = (load("agent-1", "t1", 2), load("agent-2", "t1", 1), load("agent-9", "t2", 0))


@dataclass(frozen=True, slots=True)
class Nets:
    """Compiled definitions, by hash, and the hash of each by process id."""

    by_hash: Mapping[str, Net]
    in_force: Mapping[str, str]

    def of(self, stage: int) -> Net:
        """Return the net of a stage."""
        return self.by_hash[self.in_force[f"stage_{stage}"]]


@cache
def nets(mode: str = "rounds", slots: int = 2, needs: tuple[tuple[str, str], ...] = ()) -> Nets:
    """Return the shipped definitions with other pairing, and more hard needs (item, document)."""
    diagrams = {
        key: replace(diagram, elements=_bent(diagram.elements, mode, slots, needs))
        for key, diagram in shipped_diagrams().items()
    }
    found = [
        link(diagram, {} if key == "lifecycle" else diagrams)
        for key, diagram in diagrams.items()
        if not key.startswith("item")
    ]
    return Nets({net.hash: net for net in found}, {net.id: net.hash for net in found})


def _bent(
    elements: Iterable[Element], mode: str, slots: int, needs: tuple[tuple[str, str], ...]
) -> tuple[Element, ...]:
    bent = []
    for element in elements:
        if element.pairing is not None and element.pairing.slots:
            pairing = replace(element.pairing, mode=mode, slots=slots)
            bent.append(replace(element, pairing=pairing))
        elif element.item is not None:
            more = {document for item, document in needs if item == element.item.code}
            mark = replace(element.item, needs=tuple(sorted({*element.item.needs, *more})))
            bent.append(replace(element, item=mark))
        else:
            bent.append(element)
    return tuple(bent)


def diagram_of(name: str) -> Diagram:
    """Return a shipped diagram."""
    return shipped_diagrams()[name]


def answers(catalogue: Catalogue, flow: int, **chosen: bool | str) -> dict[str, bool | str]:
    """Return consistent facts: as few items as may be, but for what is *chosen*."""
    plain: dict[str, bool | str] = dict.fromkeys(catalogue.facts, False)
    land = "allocated" if flow in (1, 2) else "granted"
    return {**plain, "land_supply": land, "eia": "form", "area_assessed": True, **chosen}


@dataclass(slots=True, kw_only=True)
class Office:
    """Takes commands for one project; watches that what stands is whole after each event.

    Attributes:
        assignee: Whom the next task is assigned to.
        approvers: Who is known and may approve, or be said to; by id.
        now: When the last command was recorded; every command comes an hour later.
        replays: After a refusal, prove by a replay of the log that nothing changed.
        log: Every event so far.
    """

    catalogue: Catalogue = field(default_factory=shipped_catalogue)
    nets: Nets = field(default_factory=nets)
    roster: tuple[e.AgentLoad, ...] = ROSTER
    credit: dict[str, str] = field(default_factory=dict)
    entropy: str = "seed"
    assignee: Actor | None = None
    approvers: dict[str, Actor] = field(default_factory=lambda: dict(APPROVERS))
    now: datetime = START
    replays: bool = True
    standing: Project | None = None
    log: list[e.Event] = field(default_factory=list)

    @property
    def project(self) -> Project:
        """Return the project, which has been filed."""
        assert self.standing is not None, "file the project first"
        return self.standing

    def facts(self, actor: Actor) -> Facts:
        """Return what a decision may look at now."""
        return Facts(
            actor=actor,
            recorded_at=self.now,
            calendar=calendar.shipped(),
            catalogue=self.catalogue,
            nets=self.nets.by_hash,
            in_force=self.nets.in_force,
            credit=self.credit,
            roster=self.roster,
            townships=tuple(sorted({each.township for each in self.roster})),
            entropy=self.entropy,
            assignee=self.assignee,
        )

    def asked(self, command: c.Command, actor: Actor) -> Facts:
        """Return what a decision on *command* may look at: who is said to have approved, too."""
        approver = self.approvers.get(getattr(command, "approved_by", ""))
        return replace(self.facts(actor), approver=approver)

    def give(self, command: c.Command, actor: Actor = OWNER) -> tuple[e.Event, ...]:
        """Give a command an hour after the last one and return the events that came of it."""
        self.now += HOUR
        before = self.standing
        events = decide(before, command, self.asked(command, actor))
        for event in events:
            self.standing = evolve(self.standing, event)
            self.log.append(event)
            check_move(self.standing, event, self.nets.by_hash)
        check_rest(before, self.project, events, self.nets.by_hash)
        return events

    def refused(self, command: c.Command, actor: Actor = OWNER) -> Refusal:
        """Give a command that must be refused; nothing changes, and both languages can say why."""
        self.now += HOUR
        before = self.standing
        with pytest.raises(Refusal) as caught:
            decide(before, command, self.asked(command, actor))
        if self.replays:
            assert self.replayed() == before
        for locale in LOCALES:
            said = refusal_text(caught.value, locale)
            assert said, caught.value.code
            assert "{" not in said, said
        return caught.value

    def replayed(self) -> Project | None:
        """Return what the log alone adds up to."""
        project = None
        for event in self.log:
            project = evolve(project, event)
        return project

    def file(self, flow: int = 3, **chosen: bool | str) -> tuple[e.Event, ...]:
        """File the project with the plain facts of its flow, but for those *chosen*."""
        return self.give(filing(self.catalogue, flow, **chosen))

    def run(self, stage: int, unit: int = 0) -> StageRun:
        """Return a stage run."""
        return self.project.runs[run_key(stage, unit)]

    def item(self, code: str, unit: int = 0) -> ItemState:
        """Return the state of an item that was filed or declined."""
        return self.project.items[item_key(unit, code)]

    def tasks(self, code: str, unit: int = 0) -> dict[str, e.TaskOpened]:
        """Return the open tasks of an item by step."""
        run = self.run(self.catalogue.items[code].stage, unit)
        return {
            path.rpartition("/")[2]: task.task
            for path, task in run.tasks.items()
            if task.task.item == code
        }

    def tasks_of(self, stage: int, unit: int = 0) -> list[e.TaskOpened]:
        """Return the open tasks of a stage run."""
        return [task.task for task in self.run(stage, unit).tasks.values()]

    def state(self, code: str, unit: int = 0) -> set[str]:
        """Return the state bits of an item: wanted, granted, left_out, slot, beside."""
        run = self.run(self.catalogue.items[code].stage, unit)
        path = f"{self.nets.by_hash[run.net].items[code].path}:"
        return {token.removeprefix(path) for token in run.tokens if token.startswith(path)}

    def do(
        self, code: str, outcome: str | None = None, *, unit: int = 0, at: datetime | None = None
    ) -> tuple[e.Event, ...]:
        """Complete the one open step of an item, with the first outcome if none is named.

        Where silence has spoken before, it is recorded instead, as a worker would have done.
        """
        run = self.run(self.catalogue.items[code].stage, unit)
        for timer in run.timers.values():
            if timer.item == code and timer.due_at <= (at or self.now + HOUR):
                name = timer.path.rpartition("/")[2]
                fire = c.FireTimer(unit=unit, item=code, attempt=timer.attempt, timer=name)
                return self.give(fire, SYSTEM)
        ((step, task),) = self.tasks(code, unit).items()
        outcome = outcome or task.outcomes[0]
        command = c.CompleteStep(
            unit=unit,
            item=code,
            attempt=task.attempt,
            step=step,
            outcome=outcome,
            happened_at=at,
            reason=NOTE if at is not None or outcome in TURNED_AWAY else None,
        )
        return self.give(command, performer(task))

    def until(self, code: str, step: str, unit: int = 0) -> None:
        """Complete steps of an item until *step* is open."""
        while step not in self.tasks(code, unit):
            self.do(code, unit=unit)

    def grant(self, *codes: str, unit: int = 0) -> None:
        """Complete the running attempts of items until they are granted."""
        for code in codes:
            while self.tasks(code, unit):
                self.do(code, unit=unit)
            assert self.item(code, unit).granted

    def pass_stage(self, stage: int, unit: int = 0) -> None:
        """File a stage and grant what the rules file by themselves, until its milestone."""
        if self.run(stage, unit).filed_at is None:
            self.give(c.FileStage(stage=stage, unit=unit))
        while self.run(stage, unit).milestone_at is None:
            tasks = self.run(stage, unit).tasks.values()
            self.grant(next(task.task.item for task in tasks if task.task.item), unit=unit)

    def kinds(self) -> list[str]:
        """Return the kinds of all events so far."""
        return [type(event.body).__name__ for event in self.log]


def filing(catalogue: Catalogue, flow: int = 3, **chosen: bool | str) -> c.FileProject:
    """Return the command that files the project of every test."""
    return c.FileProject(
        code=CODE,
        flow=flow,
        facts=answers(catalogue, flow, **chosen),
        township="t1",
        owner="org-1",
        name=NOTE,
    )


def bodies(events: Iterable[e.Event], kind: type[Kind]) -> list[Kind]:
    """Return the bodies of one kind."""
    return [event.body for event in events if isinstance(event.body, kind)]
