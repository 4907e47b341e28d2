"""One project of the reference executor: what its people order, by the real commands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from simulation.journey import Order
from simulation.memory import LEADER, NOWHERE
from simulation.options import said
from simulation.world import townspeople
from workflows import commands as c
from workflows import pairing
from workflows.catalogue.values import DayUnit
from workflows.facts import SYSTEM, Actor, Facts, Role
from workflows.moments import local_date
from workflows.project import item_key, run_key
from workflows.wiring import documents_at_hand

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from simulation._rows import How, Row
    from simulation.model import Model
    from simulation.scenario import Kind
    from workflows.project import Attempt as ProjectAttempt
    from workflows.project import OpenTask, Project, StageRun

_WANTED = ":wanted"
_RULING = {"decide", "opinion", "plan", "decide_on_commitment"}


class Execute(Protocol):
    """Carries an order out; *entropy* is the seed of a draw, where the office lets one choose."""

    def __call__(self, order: Order, entropy: str = "") -> Project:
        """Return the project after the order."""


@dataclass(slots=True, kw_only=True)
class ReferenceCase:
    """One project, and what the executor remembers of it.

    Attributes:
        rows: By item, in the order of the model.
        known: Attempts that were taken in hand, as (item, number).
        left: Free and refused items that have a time at which they are filed.
        opened: Stages whose opening was seen.
        starts: Starts of pairable items so far, by stage.
    """

    number: int
    model: Model
    execute: Execute
    kind: Kind
    rows: Mapping[str, Row]
    township: str
    standing: Project | None = None
    known: set[tuple[str, int]] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    opened: set[int] = field(default_factory=set)
    starts: dict[int, int] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """Return the project's code."""
        return f"2601-120118-04-01-{self.number + 1:06}"

    @property
    def project(self) -> Project:
        """Return the project, which has been filed."""
        if self.standing is None:
            raise LookupError(self.code)
        return self.standing

    def file(self, at: datetime) -> None:
        """File the project."""
        owner = f"org-{self.number}"
        command = c.FileProject(
            code=self.code,
            flow=self.kind.flow,
            facts=dict(self.kind.facts),
            township=self.township or NOWHERE,
            owner=owner,
            name=self._note("name"),
        )
        roles = frozenset({Role.OWNER})
        self._give(command, Actor(id=f"owner-{owner}", roles=roles, organisation=owner), at)

    def file_stage(self, stage: int, at: datetime) -> None:
        """Hand in a stage's joint application."""
        self.order(c.FileStage(stage=stage), at)

    def file_item(self, item: str, at: datetime) -> None:
        """File one item, free or again."""
        self.order(c.FileItem(item=item), at)

    def order(
        self, command: c.Command, at: datetime, performer: str = "owner", office: str | None = None
    ) -> None:
        """Have someone give a command."""
        self._give(command, townspeople(self.project, performer, office), at)

    def _give(self, command: c.Command, actor: Actor, at: datetime, entropy: str = "") -> None:
        number = 0 if self.standing is None else self.standing.number
        order = Order(
            project=self.code,
            at=at,
            actor=actor,
            command=command,
            key=f"reference-{self.code}-{number + 1}",
        )
        self.standing = self.execute(order, entropy)

    def _note(self, why: str) -> c.Note:
        number = 0 if self.standing is None else self.standing.number
        return said(f"{self.code}|{number}|{why}", why).note

    # ------------------------------------------------------------------ what stands

    def run(self, stage: int) -> StageRun | None:
        """Return a stage run, once it is open."""
        return self.project.runs.get(run_key(stage, 0))

    def open_attempts(self) -> list[tuple[str, int]]:
        """Return the running attempts that nobody has taken in hand, in the order of rows."""
        found = []
        for code in self.rows:
            state = self.project.items.get(item_key(0, code))
            attempt = None if state is None else state.open
            if attempt is not None and (code, attempt.number) not in self.known:
                found.append((code, attempt.number))
        return found

    def ready(self, how: How, on: date) -> list[str]:
        """Return the items of filed stages that stand at their door with their documents there."""
        at_hand = documents_at_hand(self.project, 0, self.model.catalogue, on)
        found = []
        for code, row in self.rows.items():
            run = self.run(row.stage)
            if row.how is not how or run is None or run.filed_at is None:
                continue
            item = self.model.nets[f"stage_{row.stage}"].items[code]
            if f"{item.path}{_WANTED}" in run.tokens and at_hand.issuperset(item.mark.needs):
                found.append(code)
        return found

    def attempt(self, item: str, number: int) -> ProjectAttempt:
        """Return an attempt as the project knows it."""
        return self.project.items[item_key(0, item)].attempts[number - 1]

    def held(self) -> int:
        """Return how many pair slots are held."""
        return sum(run.held_slots for run in self.project.runs.values())

    def task(self, item: str) -> OpenTask | None:
        """Return an item's open task."""
        run = self.run(self.rows[item].stage)
        tasks = () if run is None else run.tasks.values()
        return next((task for task in tasks if task.task.item == item), None)

    # ------------------------------------------------------------------ attempts

    def step(self, item: str, outcome: str | None, at: datetime) -> None:
        """Complete an item's open task; None = as it is wished for."""
        open_task = self.task(item)
        if open_task is None:
            raise LookupError(item)
        task = open_task.task
        chosen = outcome if outcome in task.outcomes else task.outcomes[0]
        command = c.CompleteStep(
            item=item,
            attempt=task.attempt,
            step=task.path.rpartition("/")[2],
            outcome=chosen,
            reason=self._note("refused") if chosen == "refused" else None,
        )
        self.order(command, at, task.performer, task.department)

    def claim(self, item: str, at: datetime) -> None:
        """Have a reviewer take the item's open task in hand."""
        open_task = self.task(item)
        if open_task is None:
            raise LookupError(item)
        task = open_task.task
        step = task.path.rpartition("/")[2]
        command = c.ClaimTask(item=item, attempt=task.attempt, step=step)
        self.order(command, at, task.performer, task.department)

    def finish(self, item: str, number: int, at: datetime, *, refused: bool) -> None:
        """Do every step that is left of an attempt."""
        while True:
            state = self.project.items[item_key(0, item)]
            open_task = self.task(item)
            if state.open is None or state.open.number != number or open_task is None:
                return
            ruling = open_task.task.path.rpartition("/")[2] in _RULING
            self.step(item, "refused" if refused and ruling else None, at)

    def ask(self, item: str, number: int, at: datetime, until: date | None) -> None:
        """Tell the owner what is missing."""
        if self.task_step(item) == "receive" and self._accepts_later(item):
            self.step(item, "received", at)
        command = c.AskSupplement(
            item=item,
            attempt=number,
            missing=self.model.catalogue.items[item].materials[:1],
            answer_by=None if until is None else until.isoformat(),
        )
        self.order(command, at, "window")

    def answer(self, item: str, number: int, at: datetime) -> None:
        """Hand in what was missing."""
        self.order(c.AnswerSupplement(item=item, attempt=number), at)

    def accept(self, item: str, at: datetime) -> None:
        """Receive and accept an attempt."""
        while self.task_step(item) in {"receive", "accept"}:
            self.step(item, None, at)

    def start_procedure(self, item: str, number: int, at: datetime, until: date) -> None:
        """Begin the item's special procedure; nobody is told a later end than the law allows."""
        row = self.rows[item]
        procedure = self.model.catalogue.procedures[row.procedure or ""]
        if procedure.max_days is not None:
            unit = procedure.unit or DayUnit.WORKING_DAY
            until = min(until, self.model.calendar.add(local_date(at), procedure.max_days, unit))
        command = c.StartProcedure(
            item=item,
            attempt=number,
            procedure=row.procedure or "",
            expected_end=until.isoformat(),
            approved_by=LEADER.id,
        )
        self.order(command, at, "department", row.department)

    def end_procedure(self, item: str, number: int, at: datetime) -> None:
        """End it."""
        row = self.rows[item]
        command = c.EndProcedure(item=item, attempt=number, procedure=row.procedure or "")
        self.order(command, at, "department", row.department)

    def task_step(self, item: str) -> str:
        """Return the name of an item's open step."""
        open_task = self.task(item)
        return "" if open_task is None else open_task.task.path.rpartition("/")[2]

    def _accepts_later(self, item: str) -> bool:
        return self.model.catalogue.items[item].kind.value in {"item_standard", "item_commitment"}

    # ------------------------------------------------------------------ pairs

    def view(self, stage: int, at: datetime) -> pairing.View | None:
        """Return what pairing looks at in a filed stage."""
        run = self.run(stage)
        if run is None or run.filed_at is None:
            return None
        facts = Facts(
            actor=SYSTEM,
            recorded_at=at,
            calendar=self.model.calendar,
            catalogue=self.model.catalogue,
            nets={run.net: self.model.nets[f"stage_{stage}"]},
            in_force={},
        )
        return pairing.view(self.project, run, facts)

    def file_single(self, item: str, at: datetime) -> None:
        """File a pairable item by itself, with a slot."""
        self.order(c.FileItem(item=item, single=True, reason=self._note("single")), at)

    def propose(self, pair: tuple[str, str], policy: str, at: datetime) -> None:
        """Propose two items and start them."""
        reason = self._note(policy)
        first, second = pair
        command = c.ProposePair(first=first, second=second, policy=policy, reason=reason)
        self.order(command, at)
        self.start(at)

    def draw(self, stage: int, at: datetime, entropy: str) -> None:
        """Draw a pair and start it."""
        actor = townspeople(self.project, "owner", None)
        self._give(c.DrawPair(stage=stage), actor, at, entropy)
        self.start(at)

    def start(self, at: datetime) -> None:
        """Start the pair that was proposed last."""
        self.order(c.StartPair(pair=f"P{len(self.project.pairs)}"), at)
