"""`abreast demo`: one project from filing to completion in simulated time, told from its log."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analysis.journey import STAGES, Account, account
from cli.example import FACTS, FLOW, OWNER, WAYS
from cli.journey import Teller
from cli.play import OPENS, Filed, Play, filing
from cli.proof import Proof, proof
from cli.speech import SpokenCommand, as_json
from cli.terminal import Failed, terminal
from cli.townsfolk import Owner, Township, townsfolk
from engine.clock import PushableClock
from engine.settings import Settings
from simulation.habits import Habits
from simulation.journey import next_order
from wire import assemble
from workflows.moments import SHANGHAI, local_date

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.terminal import Terminal
    from engine.envelope import Envelope
    from wire import Parts
    from workflows.project import Project

CODE = "2603-120118-04-01-000001"
FILED_ON = date(2026, 3, 2)
TOWNSHIP = Township(code="town-a", name="示例镇甲", agents=("agent-1", "agent-2"))
SLOTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was read back from the database when all was done.

    Attributes:
        project: As the snapshot has it.
        envelopes: The log.
    """

    project: Project
    envelopes: tuple[Envelope, ...]
    proof: Proof

    @property
    def account(self) -> Account:
        """Return what the log adds up to."""
        return account([envelope.event for envelope in self.envelopes])


@click.command("demo", cls=SpokenCommand, help="help.demo")
@as_json()
def demo(as_json: bool) -> None:  # noqa: FBT001 - click hands flags over by name
    """Play the example in a temporary database, and tell it."""
    speaker = terminal()
    with tempfile.TemporaryDirectory(prefix="abreast-") as folder:
        settings = Settings(database=f"sqlite:///{Path(folder) / 'demo.db'}")
        with speaker.progress("demo.playing") as told:
            played(settings, told)
        found = evidence(settings)
        if as_json:
            speaker.data(figures(found))
        else:
            _tell(speaker, found, settings)
    if not whole(found):
        raise Failed("demo.incomplete")


def played(settings: Settings, told: Callable[[float], None]) -> None:
    """File the example and let its people work until it is completed.

    Args:
        told: Is told how much is done, from 0 to 1.
    """
    clock = PushableClock(datetime.combine(FILED_ON, OPENS, SHANGHAI) - timedelta(days=1))
    with _opened(settings, clock) as parts:
        play = Play(parts=parts, clock=clock)
        catalogue = parts.library.catalogue
        owner = Owner(code=OWNER, name="示例置业甲")
        parts.people.put(*townsfolk(catalogue, (TOWNSHIP,), (owner,)))
        play.staff((TOWNSHIP,))
        project = play.execute(filing(_filed()))
        world = play.world(Habits(ways=WAYS), "demo")
        while (order := next_order(project, world)) is not None:
            project = play.execute(order)
            told(sum(map(_granted, project.items.values())) / len(project.applicable))
