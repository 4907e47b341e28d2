"""A small run without faults, recorded like a real one: what tamperings are tried on."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from types import MappingProxyType
from typing import TYPE_CHECKING

from cli import district
from cli.play import Play
from engine.clock import PushableClock
from engine.settings import Settings
from simulation.arrivals import Filed, filing
from simulation.habits import Habits, Way
from simulation.journey import drive
from tests.chaos import harvest
from tests.chaos.evidence import READ, Anchor, Call, Delivery, Evidence, Outcome
from tests.support.facts import random_facts
from wire import assemble
from workflows import commands as c

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from simulation.journey import Order
    from wire import Parts
    from workflows.project import Project

START = datetime(2026, 3, 2, 1, tzinfo=UTC)
UNTIL = datetime(2026, 8, 14, 1, tzinfo=UTC)
CODE = "2603-120118-04-01-000001"
FLOW = 3
LUCK = 4  # seed of facts and mishaps with which everything happens that the checker looks at
HABITS = Habits(
    ways={1: Way.CHOSEN, 2: Way.DRAWN, 3: Way.PLANNED, 4: Way.SINGLE},
    refused=0.05,
    withdrawn=0.03,
    declined=0.05,
    silent=0.3,
    dissolved=0.2,
)


@dataclass
class Scribe:
    """Carries orders out in the live office and writes them down as calls of one client."""

    play: Play
    calls: list[Call] = field(default_factory=list)
    moment: float = 0.0

    def execute(self, order: Order) -> Project:
        """Carry *order* out, read the project, and note both."""
        before = self.play.projects.get(order.project)
        project = self.play.execute(order)
        first = 1 if before is None else before.number + 1
        op, sent = _asked(order.command)
        self._note(op, order.project, order.actor.id, order.key, first, project.number, sent)
        self._note(READ, order.project, "admin", "", 0, project.number, {})
        return project

    def _note(  # noqa: PLR0913, PLR0917 - a call in full
        self,
        op: str,
        code: str,
        actor: str,
        key: str,
        first: int,
        last: int,
        sent: dict[str, object],
    ) -> None:
        call = Call(
            invoked=self.moment,
            returned=self.moment + 0.5,
            client=1,
            project=code,
            op=op,
            actor=actor,
            key=key,
            outcome=Outcome.OK,
            sent=sent,
            http=200,
            first=first,
            last=last,
        )
        self.calls.append(call)
        self.moment += 1.0


def record(folder: Path) -> Evidence:
    """Run one project from its filing into its later stages, and return the evidence."""
    clock = PushableClock(START - timedelta(days=1))
    settings = Settings(database=f"sqlite:///{folder}/specimen.db")
    with closing(assemble(settings, clock)) as parts:
        play = Play(parts=parts, clock=clock)
        play.staff(district.TOWNSHIPS)
        scribe = Scribe(play)
        filed = filing(
            Filed(
                code=CODE,
                flow=FLOW,
                facts=random_facts(parts.library.catalogue, FLOW, Random(LUCK)),
                township=district.TOWNSHIPS[0].code,
                owner=district.OWNERS[0].code,
                name="示例项目",
                on=date(2026, 3, 2),
            )
        )
        drive(scribe.execute, scribe.execute(filed), play.world(HABITS, f"specimen-{LUCK}"), UNTIL)
        return _evidence(parts, scribe)


def _evidence(parts: Parts, scribe: Scribe) -> Evidence:
    ledgers = harvest.ledgers(parts)
    anchors = tuple(
        Anchor(project=code, number=envelope.number, hash=envelope.hash)
        for code, ledger in ledgers.items()
        for envelope in ledger.envelopes
    )
    return Evidence(
        history=tuple(scribe.calls),
        ledgers=ledgers,
        catalogue=parts.library.catalogue,
        people={person.id: person for person in district.people(parts.library.catalogue)},
        anchors=anchors,
        deliveries=tuple(
            Delivery(project=anchor.project, number=anchor.number, applied=True)
            for anchor in anchors
        ),
    )


def _asked(command: c.Command) -> tuple[str, dict[str, object]]:
    """Return the operation and what was sent, as a client of the interface would have."""
    op, names = _OPERATIONS[type(command)]
    return op, {name: getattr(command, name) for name in names}


_OPERATIONS: Mapping[type, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        c.FileProject: ("fileProject", ("code", "flow", "owner")),
        c.FileStage: ("fileStage", ("stage", "unit")),
        c.FileItem: ("fileItem", ("item", "unit")),
        c.CompleteStep: ("completeTask", ("unit", "item", "attempt", "step", "outcome")),
        c.FireTimer: ("fireTimer", ("unit", "item", "attempt", "timer")),
        c.WithdrawItem: ("withdrawItem", ("item", "unit")),
        c.DeclineItem: ("declineItem", ("item", "unit")),
        c.ProposePair: ("proposePair", ("first", "second")),
        c.DrawPair: ("drawPair", ("stage", "unit")),
        c.StartPair: ("startPair", ("pair",)),
        c.DissolvePair: ("dissolvePair", ("pair",)),
    }
)
