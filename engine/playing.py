"""Lets simulated people act in the live office: each order through the handle, at its own time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from engine.notes import Text
from engine.store import definitions, facts
from engine.store.jobs import Line
from workflows.errors import Refusal
from workflows.evolve import evolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from engine.clock import PushableClock
    from engine.handle import Handle
    from engine.unit_of_work import UnitOfWork
    from workflows.commands import Command
    from workflows.facts import Actor
    from workflows.project import Project

PLAY = "play"


class Said(Protocol):
    """A reason in words."""

    @property
    def ref(self) -> str:
        """Return by which the command's note names it."""

    @property
    def salt(self) -> str:
        """Return what makes its digest unguessable."""

    @property
    def text(self) -> str:
        """Return the words."""


class Order(Protocol):
    """A command, who gives it and when."""

    @property
    def project(self) -> str:
        """Return the project's code."""

    @property
    def at(self) -> datetime:
        """Return when it is given."""

    @property
    def actor(self) -> Actor:
        """Return who gives it."""

    @property
    def command(self) -> Command:
        """Return what is to be done."""

    @property
    def key(self) -> str:
        """Return its idempotency key."""

    @property
    def said(self) -> Said | None:
        """Return the words behind its note."""


class Officers(Protocol):
    """Simulated people: they say what is done next and hear what came of it."""

    def begin(self, projects: Iterable[Project], now: datetime) -> None:
        """Take over running projects."""

    def expect(self, order: Any) -> None:  # noqa: ANN401 - the order of whoever makes it
        """Put the filing of a project that is to come on the agenda."""

    def known(self, code: str) -> Project | None:
        """Return a running project as it was taken last."""

    def next_order(self, until: datetime) -> Order | None:
        """Return what is done next; None when *until* is reached."""

    def take(self, project: Project) -> None:
        """Go on with a project as it stands after an order."""

    def leave(self, code: str) -> None:
        """Have nothing more to do with a project."""


def carry_out(
    handle: Handle, clock: PushableClock, order: Order, before: Project | None
) -> Project:
    """Carry *order* out at its time and return the project after it.

    Raises:
        Refusal: If the rules refuse it.
        ValueError: If no event came of it, now or at an earlier try.
    """
    clock.push_to(max(order.at, clock.now()))
    said = order.said
    texts = () if said is None else (Text(ref=said.ref, salt=said.salt, text=said.text),)
    answer = handle.execute(order.project, order.command, order.actor, order.key, texts)
    project = before
    for event in answer.events:
        if project is None or event.number > project.number:
            project = evolve(project, event)
    if project is None:
        raise ValueError(f"no event came of {order.key}")
    return project


class Playing:
    """A job: the simulated people of a demonstration act up to an instant, and projects come.

    Parameters: {"days": [ISO instant, ...]}, ascending: a line each.
    """

    def __init__(
        self,
        new_uow: Callable[[], UnitOfWork],
        handle: Handle,
        clock: PushableClock,
        officers: Callable[[], Officers],
        arrivals: Callable[[datetime, datetime], Iterable[Order]],
    ) -> None:
        """Know nobody yet: the first line reads every running project, later ones what is new.

        Args:
            arrivals: Returns the filings from the day of one instant on, up to another.
        """
        self._new_uow = new_uow
        self._handle = handle
        self._clock = clock
        self._make = officers
        self._arrivals = arrivals
        self._officers: Officers | None = None

    def lines(self, parameters: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the instants, as they are written."""
        return tuple(parameters["days"])

    def do(self, parameters: Mapping[str, Any], line: str, key: str) -> Line:  # noqa: ARG002 - the port's signature
        """Play up to one instant; a second time nothing is left to do."""
        until = datetime.fromisoformat(line)
        found = play(self._handle, self._clock, self._present(until), until)
        return Line(line=line, ok=True, detail={"orders": found.done, "refused": found.refused})

    def _present(self, until: datetime) -> Officers:
        """Return the officers, who know what others did since the last line, and what comes."""
        officers = self._officers = self._officers or self._make()
        with self._new_uow() as uow:
            codes = definitions.running(uow.connection)
            numbers = facts.versions(uow.connection)
        moved = [code for code in codes if _number(officers.known(code)) != numbers[code]]
        now = self._clock.now()
        officers.begin((self._handle.project(code) for code in moved), now)
        for order in self._arrivals(now, until):
            if order.project not in numbers:
                officers.expect(order)
        return officers


@dataclass(slots=True)
class Played:
    """How many orders were carried out, and how many refused."""

    done: int = 0
    refused: int = 0


def play(
    handle: Handle,
    clock: PushableClock,
    officers: Officers,
    until: datetime,
    told: Callable[[datetime], None] = lambda _: None,
) -> Played:
    """Have *officers* act up to *until*, and push the clock there.

    What a visitor or a worker did meanwhile may stand in the way of an order: then they look at
    that project again; where nothing happened and it is refused all the same, it is left as it is.

    Args:
        told: Told the time of each order before it is carried out.
    """
    played = Played()
    while (order := officers.next_order(until)) is not None:
        told(order.at)
        before = officers.known(order.project)
        project: Project | None
        try:
            project = carry_out(handle, clock, order, before)
        except Refusal:
            played.refused += 1
            project = None if before is None else handle.project(order.project)
            if project is None or project.number == _number(before):
                officers.leave(order.project)
                continue
        else:
            played.done += 1
        officers.take(project)
    clock.push_to(max(until, clock.now()))
    return played


def _number(project: Project | None) -> int:
    return 0 if project is None else project.number
