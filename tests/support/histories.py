"""Random histories of one project: everything that people may do, in any order, to its end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.support.facts import random_facts
from tests.support.memory_office import (
    AGENT,
    CODE,
    HOUR,
    NOTE,
    OWNER,
    STAGE_LEAD,
    SUPERVISOR,
    SYSTEM,
    TURNED_AWAY,
    Office,
    bodies,
    performer,
)
from workflows import commands as c
from workflows import events as e
from workflows import pairing
from workflows.catalogue.values import Coupling
from workflows.project import ItemState, PairStatus, ProjectStatus, item_key
from workflows.wiring import STAGES, documents_at_hand

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from workflows.catalogue.values import Item
    from workflows.facts import Actor
    from workflows.project import OpenTask, Pair, Project, StageRun

LONGEST = 5_000  # commands; the longest history so far took some 900
PATIENCE = 2  # attempts of one item that may end badly


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """How often things go otherwise than planned, each in [0, 1]."""

    refused: float = 0.08
    withdrawn: float = 0.02
    declined: float = 0.1
    silent: float = 0.1
    alone: float = 0.15
    dissolved: float = 0.15
    drawn: float = 0.5
    backdated: float = 0.2
    committed: float = 0.8
    forbidden: float = 0.02
    unit: float = 0.002


@dataclass(slots=True, kw_only=True)
class Story:
    """One project's random life in an office."""

    office: Office
    rng: Random
    chances: Chances = field(default_factory=Chances)

    def begin(self, flow: int) -> None:
        """File a project of *flow* with random facts that fit it."""
        facts = dict(random_facts(self.office.catalogue, flow, self.rng))
        command = c.FileProject(
            code=CODE, flow=flow, facts=facts, township="t1", owner="org-1", name=NOTE
        )
        self.office.give(command)

    def play(self) -> None:
        """Go on until the project is completed.

        Raises:
            AssertionError: If nobody can do anything, or it never ends.
        """
        for _ in range(LONGEST):
            if self.office.project.status is not ProjectStatus.RUNNING:
                return
            self.step()
        raise AssertionError("the history does not end")

    def step(self) -> None:
        """Do one thing that can be done, and now and then try one that cannot."""
        if self.happens(self.chances.forbidden):
            self.office.refused(*self._forbidden())
        if self.happens(self.chances.unit) and len(self.office.project.units) == 1:
            self.office.give(c.AddUnit(unit=1, stage=self.rng.choice((2, 3, 4)), name=NOTE))
        things = list(self._things())
        self.rng.shuffle(things)
        for run, path in things:
            if self._done(run, path):
                return
        raise AssertionError(f"stuck: {things}")

    def happens(self, chance: float) -> bool:
        """Draw."""
        return self.rng.random() < chance

    def _things(self) -> Iterator[tuple[StageRun, str]]:
        """Yield every open task and every item at its door; a stage's intake is a task."""
        for run in self.office.project.runs.values():
            if run.ended_at is None:
                yield from ((run, path) for path in run.tasks)
                wanted = sorted(path for path in run.tokens if path.endswith(":wanted"))
                yield from ((run, path) for path in wanted)

    def _done(self, run: StageRun, path: str) -> bool:
        """Do something about a task or a wanted item; tell whether anything could be done."""
        if path in run.tasks:
            self._task(run, path, run.tasks[path])
            return True
        code = path.rpartition("/")[2].removesuffix(":wanted").replace("_", "-")
        return self._door(run, self.office.catalogue.items[code])

    def _task(self, run: StageRun, path: str, task: OpenTask) -> None:
        code, unit = task.task.item, run.unit
        if code is None:
            self.office.give(c.FileStage(stage=run.stage, unit=unit), self._for_owner())
            return
        patient = task.task.attempt <= PATIENCE
        timer = _silence_of(path)
        if patient and self.happens(self.chances.withdrawn):
            self.office.give(c.WithdrawItem(item=code, unit=unit, reason=NOTE), OWNER)
        elif timer in run.timers and (
            run.timers[timer].due_at <= self.office.now + HOUR or self.happens(self.chances.silent)
        ):
            self._silence(run, code, timer)
        else:
            self._step(run, code, path, task.task, patient=patient)

    def _step(
        self, run: StageRun, code: str, path: str, task: e.TaskOpened, *, patient: bool
    ) -> None:
        bad = "refused" in task.outcomes and patient and self.happens(self.chances.refused)
        bads = [outcome for outcome in task.outcomes if outcome in TURNED_AWAY]
        good = [outcome for outcome in task.outcomes if outcome not in TURNED_AWAY]
        if "committed" in good and self.happens(self.chances.committed):
            good = ["committed"]
        late = self.happens(self.chances.backdated)
        last = self.office.item(code, run.unit).attempts[-1].last_at
        command = c.CompleteStep(
            unit=run.unit,
            item=code,
            attempt=task.attempt,
            step=path.rpartition("/")[2],
            outcome=self.rng.choice(bads if bad else good),
            happened_at=last if late else None,
            reason=NOTE if late or bad else None,
        )
        self.office.give(command, performer(task))

    def _silence(self, run: StageRun, code: str, timer: str) -> None:
        """Let the days of acceptance pass; the timer is refused a moment too early."""
        armed = run.timers[timer]
        name = timer.rpartition("/")[2]
        command = c.FireTimer(unit=run.unit, item=code, attempt=armed.attempt, timer=name)
        if self.office.now + 2 * HOUR < armed.due_at:
            self.office.now = armed.due_at - 2 * HOUR
            assert self.office.refused(command, SYSTEM).code == "timer.not_due"
        self.office.now = max(self.office.now, armed.due_at - HOUR)
        self.office.give(command, SYSTEM)

    def _door(self, run: StageRun, item: Item) -> bool:
        office = self.office
        state = office.project.items.get(item_key(run.unit, item.code))
        state = state or ItemState(unit=run.unit, stage=run.stage, item=item.code)
        hand = documents_at_hand(office.project, run.unit, office.catalogue)
        ready = hand.issuperset(office.nets.by_hash[run.net].items[item.code].mark.needs)
        listed = item.ordered or any(pull.item == item.code for pull in run.pulled_in)
        if listed:
            assert state.attempts or not ready, f"{item.code} should have been filed"
            return ready and self._file(run, item)
        if not state.attempts and self.happens(self.chances.declined) and self._decline(run, item):
            return True
        if item.coupling is Coupling.FREE:
            return ready and self._file(run, item)
        return self._pairable(run, item, ready=ready)

    def _file(self, run: StageRun, item: Item, *, single: bool = False) -> bool:
        reason = NOTE if single else None
        command = c.FileItem(item=item.code, unit=run.unit, single=single, reason=reason)
        self.office.give(command, self._for_owner())
        return True

    def _decline(self, run: StageRun, item: Item) -> bool:
        """Do without an item; what still needs it stands against that."""
        command = c.DeclineItem(item=item.code, unit=run.unit, reason=NOTE)
        if needed_by(self.office, item, run.unit):
            assert self.office.refused(command).code == "item.still_needed"
            return False
        self.office.give(command, OWNER)
        return True

    def _pairable(self, run: StageRun, item: Item, *, ready: bool) -> bool:
        pair = self._proposed(run, item.code)
        if pair is not None:
            return self._settle(run, pair)
        if not ready:
            return False
        if self.happens(self.chances.alone):
            return self._file(run, item)
        free = run.slots - run.held_slots
        if run.mode == "rounds" and run.held_slots:
            return False
        view = pairing.view(self.office.project, run, self.office.facts(OWNER))
        legal = pairing.legal_pairs(view, ready=True)
        if free >= 2 and legal:
            return self._propose(run, legal)
        beside = all(pairing.why_not_beside(view, item.code, h) is None for h in view.holders)
        return free >= 1 and beside and self._file(run, item, single=True)

    def _propose(self, run: StageRun, legal: tuple[tuple[str, str], ...]) -> bool:
        if not run.round.drawn and self.happens(self.chances.drawn):
            self.office.give(c.DrawPair(stage=run.stage, unit=run.unit), STAGE_LEAD)
            return True
        first, second = self.rng.choice(legal)
        policy = self.rng.choice(("chosen", "planned"))
        command = c.ProposePair(first=second, second=first, unit=run.unit, policy=policy)
        self.office.give(command, self._for_owner())
        return True

    def _settle(self, run: StageRun, pair: Pair) -> bool:
        """Start a proposed pair or give it up; give it up when it cannot start."""
        taken = run.held_slots > 0 if run.mode == "rounds" else run.held_slots + 2 > run.slots
        if taken and not self.happens(self.chances.dissolved):
            return False
        if taken or self.happens(self.chances.dissolved):
            self.office.give(c.DissolvePair(pair=pair.id, reason=NOTE), self._for_owner())
        else:
            self.office.give(c.StartPair(pair=pair.id), self._for_owner())
        return True

    def _proposed(self, run: StageRun, code: str) -> Pair | None:
        for pair in self.office.project.pairs.values():
            here = pair.status is PairStatus.PROPOSED and pair.unit == run.unit
            if here and code in pair.key:
                return pair
        return None

    def _for_owner(self) -> Actor:
        return self.rng.choice((OWNER, AGENT))

    def _forbidden(self) -> tuple[c.Command, Actor]:
        """Return something that is never allowed."""
        project = self.office.project
        granted = [(s.item, s.unit) for s in project.items.values() if s.granted]
        choices: list[tuple[c.Command, Actor]] = [
            (c.StartPair(pair="P0"), OWNER),
            (c.FileStage(stage=5), OWNER),
            (c.FileStage(stage=9), OWNER),
            (c.AddUnit(unit=7, stage=3, name=NOTE), OWNER),
            (c.WithdrawProject(reason=NOTE), STAGE_LEAD),
            (c.AssignAgent(agent="nobody", reason=NOTE), SUPERVISOR),
            (c.FileItem(item="S9-99"), OWNER),
        ]
        for item, unit in granted[:1]:
            choices.append((c.FileItem(item=item, unit=unit), OWNER))
            choices.append((c.DeclineItem(item=item, unit=unit, reason=NOTE), OWNER))
        return self.rng.choice(choices)


def needed_by(office: Office, item: Item, unit: int) -> list[str]:
    """Return the wanted items that need a document which only *item* of *unit* would give.

    They may wait in *unit*, or in a unit that leaves the item's stage to it.
    """
    project, catalogue = office.project, office.catalogue
    wanted = [catalogue.items[code] for code in project.applicable if code != item.code]
    left = [other for other in wanted if not _declined(project, unit, other)]
    lost = {d for d in item.produces if not any(d in other.produces for other in left)}
    return [
        other.code
        for number in project.units
        if _runs_in(project, number, item) == unit
        for other in wanted
        if lost & set(other.hard_needs)
        and not _declined(project, number, other)
        and not _granted(project, _runs_in(project, number, other), other)
    ]


def _runs_in(project: Project, unit: int, item: Item) -> int:
    """Return where *unit* has an item done: in itself from its first stage on, else in unit 0."""
    return unit if project.units[unit].stage <= item.stage <= STAGES else 0


def _silence_of(path: str) -> str:
    """Return the path of the timer that answers for a task of acceptance, armed or not."""
    scope, _, step = path.rpartition("/")
    return f"{scope}/deemed_unreceived" if step == "receive" else f"{scope}/deemed"


def _declined(project: Project, unit: int, item: Item) -> bool:
    state = project.items.get(item_key(unit, item.code))
    return state is not None and state.declined


def _granted(project: Project, unit: int, item: Item) -> bool:
    state = project.items.get(item_key(unit, item.code))
    return state is not None and state.granted


def mishaps(office: Office) -> dict[str, int]:
    """Count what went otherwise than planned."""
    ended = bodies(office.log, e.ItemEnded)
    filed = bodies(office.log, e.ItemFiled)
    return {
        "refused": sum(body.result == "refused" for body in ended),
        "withdrawn": sum(body.result == "withdrawn" for body in ended),
        "again": sum(body.filing.how is e.How.AGAIN for body in filed),
        "alone": sum(body.filing.how is e.How.ALONE for body in filed),
        "single": sum(body.filing.how is e.How.SINGLE for body in filed),
        "held": sum(body.filing.how is e.How.HELD for body in filed),
        "declined": len(bodies(office.log, e.ItemDeclined)),
        "silent": len(bodies(office.log, e.TimerFired)),
        "drawn": sum(pair.draw is not None for pair in bodies(office.log, e.PairProposed)),
        "paired": len(bodies(office.log, e.PairStarted)),
        "dissolved": len(bodies(office.log, e.PairDissolved)),
        "units": len(bodies(office.log, e.UnitAdded)),
    }
