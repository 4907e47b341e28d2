"""Plays the example through the live office, and reads back what its log proves."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from analysis.journey import STAGES, Account, account
from cli.example import CODE, FACTS, FILED_ON, FLOW, OWNER, TOWNSHIP, WAYS
from cli.play import Play
from cli.proof import Proof, proof
from cli.townsfolk import townsfolk
from engine.clock import PushableClock
from simulation.arrivals import OPENS, Filed, filing
from simulation.habits import Habits
from simulation.journey import next_order
from wire import assemble
from workflows.moments import SHANGHAI, local_date

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.settings import Settings
    from workflows.project import Project

SLOTS = 2  # the bound of the shipped definitions


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was read back from the database when all was done.

    Attributes:
        project: As the snapshot has it.
    """

    project: Project
    account: Account
    proof: Proof

    @property
    def whole(self) -> bool:
        """Tell whether the journey went all the way, within its bounds, and can be proved."""
        bounded = self.account.max_slot_holders <= SLOTS
        return self.account.completed and bounded and self.proof.chain_ok and self.proof.replay_ok


def play(settings: Settings, told: Callable[[float], None]) -> None:
    """File the example and let its people work until it is completed.

    Args:
        settings: Of an empty database.
        told: Is told how much is done, from 0 to 1.
    """
    clock = PushableClock(datetime.combine(FILED_ON, OPENS, SHANGHAI) - timedelta(days=1))
    with closing(assemble(settings, clock)) as parts:
        office = Play(parts=parts, clock=clock)
        parts.people.put(*townsfolk(parts.library.catalogue, (TOWNSHIP,), (OWNER,)))
        office.staff((TOWNSHIP,))
        project = office.execute(filing(_FILED))
        world = office.world(Habits(ways=WAYS), "demo")
        while (order := next_order(project, world)) is not None:
            project = office.execute(order)
            told(_granted(project) / len(project.applicable))


def evidence(settings: Settings) -> Evidence:
    """Read the example back, from the database alone."""
    with closing(assemble(settings)) as parts:
        return Evidence(
            project=parts.handle.project(CODE),
            account=account([envelope.event for envelope in parts.handle.history(CODE)]),
            proof=proof(parts),
        )


def figures(found: Evidence) -> dict[str, object]:
    """Return what `--json` prints."""
    told = found.account
    return {
        "stages": sum(s.stage in STAGES and s.ended_at is not None for s in told.stages),
        "milestones": [
            {"stage": stage, "date": local_date(at).isoformat()} for stage, at in told.milestones
        ],
        "items_done": told.items_done,
        "pairs": told.pairs,
        "max_slot_holders": told.max_slot_holders,
        "events": told.events,
        "chain_ok": found.proof.chain_ok,
        "replay_ok": found.proof.replay_ok,
        "completed": told.completed,
    }


def _granted(project: Project) -> int:
    return sum(state.granted for state in project.items.values())


_FILED = Filed(
    code=CODE,
    flow=FLOW,
    facts=FACTS,
    township=TOWNSHIP.code,
    owner=OWNER.code,
    name=f"{OWNER.name}住宅项目",
    on=FILED_ON,
)
