"""A decision in the making: the project as it would stand, and the events that lead there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bpmn import tokens as game
from workflows import events as e
from workflows.access import Scope, check
from workflows.catalogue.values import DayUnit
from workflows.decide.deadlines import due_at
from workflows.errors import (
    ItemNotWantedError,
    StageNotFiledError,
    UnknownItemError,
    UnknownStageError,
    UnknownUnitError,
)
from workflows.evolve import evolve
from workflows.moments import end_of, local_date
from workflows.project import ItemState, StageRun, item_key, run_key
from workflows.wiring import Wiring, declined, documents_at_hand, wiring

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bpmn.net import Net, Node
    from workflows import commands as c
    from workflows.catalogue.values import Item
    from workflows.catalogue.values import Limit as CatalogueLimit
    from workflows.facts import Actor, Facts
    from workflows.project import Project


class Draft:
    """Collects events and keeps the project evolved, so that later rules see earlier results.

    Attributes:
        project: The project after every event recorded so far.
        events: What was recorded.
    """

    def __init__(self, project: Project, facts: Facts) -> None:
        """Begin with the project as it stands."""
        self.project = project
        self.facts = facts
        self.events: list[e.Event] = []
        self._at_hand: dict[int, frozenset[str]] = {}
        self._seen: Project | None = None  # of which project that is

    @property
    def now(self) -> datetime:
        """Return when the command is recorded."""
        return self.facts.recorded_at

    @property
    def wires(self) -> Wiring:
        """Return how the project's items hang together."""
        return wiring(self.facts.catalogue, self.project.applicable)

    def allow(
        self, command: c.Command, department: str | None = None, performer: str | None = None
    ) -> None:
        """Ask access whether the actor may give *command*.

        Raises:
            NotAllowedError: If not.
        """
        scope = Scope.of(self.project, department)
        check(self.facts.actor, command, scope, performer)

    def record(
        self, body: e.Body, happened_at: datetime | None = None, actor: Actor | None = None
    ) -> e.Event:
        """Append an event and evolve the project by it.

        Args:
            actor: Whose deed it is, where not that of whoever gave the command.
        """
        event = numbered(self.project.number + 1, body, self.facts, happened_at)
        if actor is not None:
            event = replace(event, actor=actor.id)
        self.events.append(event)
        self.project = evolve(self.project, event)
        return event

    def net(self, run: StageRun) -> Net:
        """Return the net a run is pinned to."""
        return self.facts.nets[run.net]

    def marking(self, run: StageRun) -> int:
        """Return the run's marking as the integer of its net."""
        return self.net(run).marking(run.tokens)

    def case(self, unit: int) -> game.Case:
        """Return what the conditions see in *unit*."""
        values = {**self.project.facts, "flow": self.project.flow}
        return game.Case(values, declined(self.project, unit, self.wires.pulled))

    def at_hand(self, unit: int) -> frozenset[str]:
        """Return the document kinds that hold nothing back in *unit*.

        Rules ask again and again while the project stands.
        """
        if self._seen is not self.project:
            self._seen, self._at_hand = self.project, {}
        found = self._at_hand.get(unit)
        if found is None:
            today = local_date(self.now)
            found = documents_at_hand(self.project, unit, self.facts.catalogue, today)
            self._at_hand[unit] = found
        return found

    def run(self, stage: int, unit: int) -> StageRun:
        """Return an open stage run.

        Raises:
            UnknownUnitError, UnknownStageError: If there is none.
        """
        if unit not in self.project.units:
            raise UnknownUnitError(unit=unit, units=sorted(self.project.units))
        found = self.project.runs.get(run_key(stage, unit))
        if found is None:
            raise UnknownStageError(stage=stage, unit=unit)
        return found

    def filed_run(self, code: str, unit: int) -> StageRun:
        """Return the run of an item's stage, its joint application filed.

        Raises:
            UnknownItemError, ItemNotWantedError, StageNotFiledError: By what is missing.
        """
        run = self.run(self.item(code).stage, unit)
        if run.filed_at is None:
            raise StageNotFiledError(stage=run.stage, unit=unit)
        return run

    def item(self, code: str) -> Item:
        """Return an item of the catalogue that applies, or has been filed when it did.

        Raises:
            UnknownItemError: If the catalogue has none.
            ItemNotWantedError: If it does not apply to the project.
        """
        found = self.facts.catalogue.items.get(code)
        if found is None:
            raise UnknownItemError(item=code)
        if code not in self.project.applicable and not self._filed(code):
            raise ItemNotWantedError(item=code, state="not_applicable")
        return found

    def _filed(self, code: str) -> bool:
        """Tell whether an item was filed in some unit: facts that change later cancel nothing."""
        units = self.project.units
        return any(item_key(unit, code) in self.project.items for unit in units)

    def state(self, code: str, unit: int) -> ItemState:
        """Return what is known of an item in *unit*."""
        stage = self.facts.catalogue.items[code].stage
        blank = ItemState(unit=unit, stage=stage, item=code)
        return self.project.items.get(item_key(unit, code), blank)

    def filing(self, code: str, unit: int, how: e.How, *, slot: bool = False) -> e.Filing:
        """Return the filing that a new attempt begins with, with the limits now in force."""
        item = self.facts.catalogue.items[code]
        at_hand = self.at_hand(unit)
        soft = tuple(n.document for n in item.needs if not n.hard and n.document not in at_hand)
        return e.Filing(
            item=code,
            attempt=len(self.state(code, unit).attempts) + 1,
            how=how,
            department=item.department,
            committed=_limit(item.committed_limit),
            statutory=_limit(item.statutory_limit),
            without=soft,
            slot=slot,
        )

    def moved(
        self,
        run: StageRun,
        marking: int,
        filings: tuple[e.Filing, ...] = (),
        at: datetime | None = None,
    ) -> e.Tokens:
        """Return the move from the run's marking to *marking*, in words.

        Args:
            filings: Attempts that the same event begins.
            at: When they are filed; None = now.
        """
        begun = {filing.item: filing.attempt for filing in filings}
        return _Spoken(self, run, begun, at or self.now).tokens(marking)


def numbered(
    number: int, body: e.Body, facts: Facts, happened_at: datetime | None = None
) -> e.Event:
    """Return the event *number* by the actor of *facts*."""
    return e.Event(
        number=number,
        happened_at=happened_at or facts.recorded_at,
        recorded_at=facts.recorded_at,
        actor=facts.actor.id,
        body=body,
    )


def _limit(limit: CatalogueLimit | None) -> e.Limit | None:
    if limit is None:
        return None
    return e.Limit(days=limit.days, unit=limit.unit.value, source=limit.source)


class _Spoken:
    """Puts a move of one run's marking into paths, tasks and timers."""

    def __init__(
        self, draft: Draft, run: StageRun, begun: Mapping[str, int], filed_at: datetime
    ) -> None:
        self.draft = draft
        self.run = run
        self.begun = begun
        self.filed_at = filed_at
        self.net = draft.net(run)

    def tokens(self, marking: int) -> e.Tokens:
        before = self.draft.marking(self.run)
        put = marking & ~before
        return e.Tokens(
            took=self.net.paths(before & ~marking),
            put=self.net.paths(put),
            opened=tuple(self._task(path) for path in self.net.paths(put & self.net.tasks)),
            armed=tuple(
                self._timer(self.net.node(path)) for path in self.net.paths(put & self.net.timers)
            ),
        )

    def _attempt(self, code: str) -> int:
        known = len(self.draft.state(code, self.run.unit).attempts)
        return self.begun.get(code, known)

    def _task(self, path: str) -> e.TaskOpened:
        node = self.net.node(path)
        code = self.net.item_of(path)
        step = node.step
        department = None if code is None else self.net.items[code].mark.department
        return e.TaskOpened(
            path=path,
            item=code,
            attempt=0 if code is None else self._attempt(code),
            performer="window" if step is None else step.performer.value,
            department=department,
            outcomes=() if step is None else step.outcomes,
        )

    def _timer(self, node: Node) -> e.TimerArmed:
        """Arm a timer: its days are counted from the filing of the attempt, or its supplement."""
        code = self.net.item_of(node.path) or ""
        state = self.draft.state(code, self.run.unit)
        facts = self.draft.facts
        days = 0 if node.timer is None else node.timer.days
        unit = DayUnit("working_day" if node.timer is None else node.timer.unit)
        if code in self.begun:
            due = end_of(facts.calendar.add(local_date(self.filed_at), days, unit))
        else:
            due = due_at(state.attempts[-1], days, unit, facts.calendar, self.draft.now)
        return e.TimerArmed(path=node.path, item=code, attempt=self._attempt(code), due_at=due)
