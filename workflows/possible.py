"""What could be done now: the rules themselves are asked, with the least that each command needs.

Nothing comes of it. So a page offers what would be taken, and holds no rule of its own; between
asking and doing things move on, and the command is judged like any other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

from workflows import commands as c
from workflows import events as e
from workflows.decide import decide
from workflows.errors import Refusal
from workflows.facts import Actor, Role
from workflows.moments import local_date
from workflows.project import item_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflows.facts import Facts
    from workflows.project import Attempt, ItemState, Project

# Who would approve: leads every department, and is nobody's id.
_LEADER = Actor(id="possible-leader", roles=frozenset({Role.STAGE_LEAD}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """What the actor could do with an item besides completing its step.

    Attributes:
        file: File it by itself.
        supplement: Tell its owner what is missing.
        answer: Say that what was missing is there.
        procedures: Special procedures that could begin, by code.
        ends: Open ones that could be ended.
    """

    file: bool
    supplement: bool
    answer: bool
    procedures: tuple[str, ...]
    ends: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A procedure that could be begun for several items at once (联合踏勘)."""

    unit: int
    procedure: str
    items: tuple[str, ...]


def ways(project: Project, item: str, unit: int, facts: Facts) -> Ways:
    """Return what could be done with an item of a unit."""
    state = project.items.get(item_key(unit, item))
    attempt = None if state is None else state.open
    file = _comes(project, c.FileItem(item=item, unit=unit), facts)
    if attempt is None:
        return Ways(file=file, supplement=False, answer=False, procedures=(), ends=())
    number = attempt.number
    listed = facts.catalogue.items[item]
    ask = c.AskSupplement(unit=unit, item=item, attempt=number, missing=listed.materials[:1])
    reply = c.AnswerSupplement(unit=unit, item=item, attempt=number)
    return Ways(
        file=file,
        supplement=_comes(project, ask, facts),
        answer=_comes(project, reply, facts),
        procedures=tuple(
            use.procedure
            for use in listed.procedures
            if _comes(project, _start(item, number, unit, use.procedure, facts), facts)
        ),
        ends=tuple(
            pause.procedure
            for pause in attempt.open_pauses
            if pause.procedure is not None
            and pause.visit is None
            and _comes(project, _end(item, number, unit, pause.procedure), facts)
        ),
    )


def visits(project: Project, facts: Facts) -> tuple[Visit, ...]:
    """Return which procedures could be begun for which items together, by unit and code."""
    found: dict[tuple[int, str], list[str]] = {}
    for state, _ in _running(project):
        for use in facts.catalogue.items[state.item].procedures:
            found.setdefault((state.unit, use.procedure), []).append(state.item)
    return tuple(
        Visit(unit=unit, procedure=procedure, items=together)
        for (unit, procedure), items in sorted(found.items())
        if (together := _together(project, unit, procedure, sorted(items), facts))
    )


def visit_ends(project: Project, visit: str, facts: Facts) -> bool:
    """Tell whether the actor could end an open visit."""
    return _comes(project, c.EndJointVisit(visit=visit), facts)


def open_visits(project: Project) -> dict[str, tuple[str, ...]]:
    """Return the items of each visit that goes on, by its id."""
    found: dict[str, tuple[str, ...]] = {}
    for state, attempt in _running(project):
        for pause in attempt.open_pauses:
            if pause.visit is not None:
                found[pause.visit] = (*found.get(pause.visit, ()), state.item)
    return found


def intake(project: Project, stage: int, unit: int, facts: Facts) -> e.StageFiled:
    """Return what the joint application of a stage would list, file and hold.

    Raises:
        Refusal: If it would be refused.
    """
    come = decide(project, c.FileStage(stage=stage, unit=unit), facts)
    return next(each.body for each in come if isinstance(each.body, e.StageFiled))


def _together(
    project: Project, unit: int, procedure: str, items: list[str], facts: Facts
) -> tuple[str, ...]:
    """Return the items that could share a visit with another one of them."""
    end = _today(facts)
    fit: set[str] = set()
    for two in combinations(items, 2):
        command = c.StartJointVisit(
            unit=unit, items=two, procedure=procedure, expected_end=end, approved_by=_LEADER.id
        )
        if not fit.issuperset(two) and _comes(project, command, facts):
            fit.update(two)
    return tuple(item for item in items if item in fit)


def _start(item: str, attempt: int, unit: int, procedure: str, facts: Facts) -> c.StartProcedure:
    return c.StartProcedure(
        unit=unit,
        item=item,
        attempt=attempt,
        procedure=procedure,
        expected_end=_today(facts),
        approved_by=_LEADER.id,
    )


def _end(item: str, attempt: int, unit: int, procedure: str) -> c.EndProcedure:
    return c.EndProcedure(unit=unit, item=item, attempt=attempt, procedure=procedure)


def _today(facts: Facts) -> str:
    return local_date(facts.recorded_at).isoformat()


def _running(project: Project) -> Iterator[tuple[ItemState, Attempt]]:
    for _, state in sorted(project.items.items()):
        if state.open is not None:
            yield state, state.open


def _comes(project: Project, command: c.Command, facts: Facts) -> bool:
    """Tell whether events would come of a command."""
    try:
        return bool(decide(project, command, replace(facts, approver=_LEADER)))
    except Refusal:
        return False
