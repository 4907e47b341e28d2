"""The people of a demonstration: roles, not persons; their ids are those that journeys cast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.store.queries import Person
from workflows.facts import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from workflows.catalogue.values import Catalogue

DIGITS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True, kw_only=True)
class Township:
    """A township with its agents, by id."""

    code: str
    name: str
    agents: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """An organisation that builds."""

    code: str
    name: str


def townsfolk(
    catalogue: Catalogue, townships: Iterable[Township], owners: Iterable[Owner]
) -> Iterator[Person]:
    """Yield everyone a district needs: owners, windows, agents, officers, leaders.

    Receiving, examining and inspecting are done by different people of a department.
    """
    for owner in owners:
        yield Person(
            id=f"owner-{owner.code}",
            name=f"{owner.name}经办人",
            roles=frozenset({Role.OWNER}),
            organisation=owner.code,
        )
    number = 0
    for township in townships:
        yield Person(
            id=f"window-{township.code}",
            name=f"{township.name}综合窗口",
            roles=frozenset({Role.WINDOW}),
            township=township.code,
        )
        for agent in township.agents:
            yield Person(
                id=agent,
                name=f"代办员{DIGITS[number]}",
                roles=frozenset({Role.AGENT}),
                township=township.code,
            )
            number += 1
    yield from _officers(catalogue)
    yield from _leaders(catalogue)


def _officers(catalogue: Catalogue) -> Iterator[Person]:
    """Yield an examiner and an inspector of every department that handles an item."""
    handling = {item.department for item in catalogue.items.values()}
    for code, department in catalogue.departments.items():
        if code in handling:
            for role, title in ((Role.REVIEWER, "审查员"), (Role.INSPECTOR, "踏勘员")):
                yield Person(
                    id=f"{role.value}-{code}",
                    name=f"{department.name.zh}{title}",
                    roles=frozenset({role}),
                    department=code,
                )


def _leaders(catalogue: Catalogue) -> Iterator[Person]:
    leads = dict.fromkeys(stage.lead for stage in catalogue.stages.values() if stage.lead)
    for code in leads:
        yield Person(
            id=f"lead-{code}",
            name=f"{catalogue.departments[code].name.zh}负责人",
            roles=frozenset({Role.DEPARTMENT_LEAD, Role.STAGE_LEAD}),
            department=code,
        )
    for role, name in (
        (Role.SUPERVISOR, "督办人员"),
        (Role.PLANNER, "改革规划人员"),
        (Role.ADMINISTRATOR, "系统管理员"),
    ):
        yield Person(id=role.value, name=name, roles=frozenset({role}))
