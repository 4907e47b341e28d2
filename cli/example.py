"""The example that `abreast demo` plays: a private residential building with every fact stated."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from simulation.district import OWNERS, TOWNSHIPS
from simulation.habits import Way

if TYPE_CHECKING:
    from collections.abc import Mapping

CODE = "2603-120118-04-01-000001"
FILED_ON = date(2026, 3, 2)
TOWNSHIP, OWNER = TOWNSHIPS[0], OWNERS[0]
FLOW = 3  # 一般社会投资

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
