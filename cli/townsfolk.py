"""The people of a demonstration: roles, not persons; their ids are those that journeys cast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.store.naming import Kind, Named
from engine.store.queries import Person
from simulation.district import Owner, Township
from workflows.facts import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from workflows.catalogue.values import Catalogue

__all__ = ["Owner", "Township", "townsfolk"]
DIGITS = "一二三四五六七八九"


def one_each(department: str) -> tuple[str, ...]:
    """Return the reviewers of a department that has a single one, by id.

    >>> one_each("housing")
    ('reviewer-housing',)
    """
    return (f"{Role.REVIEWER.value}-{department}",)


def townsfolk(
    catalogue: Catalogue,
    townships: Iterable[Township],
    owners: Iterable[Owner],
    reviewers: Callable[[str], tuple[str, ...]] = one_each,
) -> Iterator[Person]:
    """Yield everyone a district needs: owners, windows, agents, officers, leaders.

    Receiving, examining and inspecting are done by different people of a department.

    Args:
        reviewers: Returns the ids of a department's reviewers.
    """
    for owner in owners:
        yield Person(
            id=f"owner-{owner.code}",
            name=f"{owner.name.zh}经办人",
            roles=frozenset({Role.OWNER}),
            organisation=owner.code,
        )
    number = 0
    for township in townships:
        yield Person(
            id=f"window-{township.code}",
            name=f"{township.name.zh}综合窗口",
            roles=frozenset({Role.WINDOW}),
            township=township.code,
        )
        for agent in township.agents:
            yield Person(
                id=agent,
                name=f"代办员{numeral(number + 1)}",
                roles=frozenset({Role.AGENT}),
                township=township.code,
            )
            number += 1
    yield from _officers(catalogue, reviewers)
    yield from _leaders(catalogue)


def names(townships: Iterable[Township], owners: Iterable[Owner]) -> Iterator[Named]:
    """Yield what the places and the organisations of a district are called."""
    for township in townships:
        yield Named(kind=Kind.TOWNSHIP, code=township.code, name=township.name)
    for owner in owners:
        yield Named(kind=Kind.ORGANISATION, code=owner.code, name=owner.name)


def numeral(number: int) -> str:
    """Return a number from 1 to 99 in Chinese.

    >>> numeral(7), numeral(10), numeral(36)
    ('七', '十', '三十六')
    """
    tens, ones = divmod(number, 10)
    ten = "" if tens == 0 else f"{DIGITS[tens - 1] if tens > 1 else ''}十"
    return ten + (DIGITS[ones - 1] if ones else "")


def _officers(
    catalogue: Catalogue, reviewers: Callable[[str], tuple[str, ...]]
) -> Iterator[Person]:
    """Yield the examiners and the inspector of every department that handles an item."""
    handling = {item.department for item in catalogue.items.values()}
    for code, department in catalogue.departments.items():
        if code not in handling:
            continue
        several = reviewers(code)
        for at, each in enumerate(several, start=1):
            name = f"{department.name.zh}审查员{numeral(at) if len(several) > 1 else ''}"
            yield _officer(each, name, Role.REVIEWER, code)
        inspector = Role.INSPECTOR
        yield _officer(f"{inspector.value}-{code}", f"{department.name.zh}踏勘员", inspector, code)


def _officer(identity: str, name: str, role: Role, department: str) -> Person:
    return Person(id=identity, name=name, roles=frozenset({role}), department=department)


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
