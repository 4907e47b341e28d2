"""The example that `abreast demo` plays: a private residential building with every fact stated."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from analysis.journey import STAGES, Account, account
from cli.play import OPENS, Filed, Play, filing
from cli.proof import Proof, proof
from cli.townsfolk import Owner, Township, townsfolk
from engine.clock import PushableClock
from simulation.habits import Habits, Way
from simulation.journey import next_order
from wire import assemble
from workflows.moments import SHANGHAI, local_date

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.settings import Settings
    from workflows.project import Project

CODE = "2603-120118-04-01-000001"
FILED_ON = date(2026, 3, 2)
TOWNSHIP = Township(code="town-a", name="示例镇甲", agents=("agent-1", "agent-2"))
OWNER = Owner(code="ORG-A", name="示例置业甲")
FLOW = 3  # 一般社会投资
SLOTS = 2  # the bound of the shipped definitions

# How the four stages find their pairs, so that all three policies are seen.
WAYS: Mapping[int, Way] = MappingProxyType(
    {1: Way.CHOSEN, 2: Way.DRAWN, 3: Way.PLANNED, 4: Way.CHOSEN}
)

# Every question that this flow asks under these answers; none is left open.
FACTS: Mapping[str, bool | str] = MappingProxyType(
    {
        "land_supply": "granted",
        "land_granted": False,
        "approval_catalogue": False,
        "energy_review": True,
        "area_assessed": False,
        "large_construction": False,
        "heritage_zone": False,
        "forest_land": False,
        "military_zone": False,
        "security_zone": False,
        "civil_building": True,
        "shelter_unsuitable": False,
        "beyond_code_highrise": False,
        "traffic_scale": True,
        "eia": "form",
        "river_zone": False,
        "water_intake": False,
        "rail_zone": False,
        "airport_zone": False,
        "residential": True,
        "rural_collective_land": False,
        "special_fire": False,
        "lightning_hazard": False,
        "staged_permit": True,
        "road_occupation": True,
        "green_occupation": True,
        "temporary_land": True,
        "night_work": True,
        "phased_acceptance": True,
    }
)


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
