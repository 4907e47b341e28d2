"""The project as a whole: filing it, its agent, its units, and its early end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bpmn import tokens as game
from workflows import agents, applicability
from workflows import events as e
from workflows.access import Scope, check
from workflows.decide.draft import Draft, numbered
from workflows.decide.stages import open_stage
from workflows.errors import (
    BadFactsError,
    BadProjectCodeError,
    BadUnitStageError,
    ContradictionError,
    MissingFactsError,
    ProjectExistsError,
    UnitExistsError,
    UnknownAgentError,
    UnknownFlowError,
    UnknownTownshipError,
)
from workflows.evolve import evolve
from workflows.project import run_key
from workflows.wiring import STAGES

if TYPE_CHECKING:
    from workflows import commands as c
    from workflows.catalogue.values import Catalogue
    from workflows.facts import Facts
    from workflows.project import Project

# GB/T 40058-2021 as public tools write it: year and month (or, in the older form, the year),
# region, guiding department, type, number.
# The check digit's rule is not published, so it is for the registry to verify, not for arithmetic.
CODE = re.compile(
    r"(?:(?:19|20)[0-9]{2}|[0-9]{2}(?:0[1-9]|1[0-2]))-[0-9]{6}-[0-9]{2}-[0-9]{2}-[0-9]{6}", re.ASCII
)
LIFECYCLE = "lifecycle"
ALONGSIDE = 5


def file_project(
    project: Project | None, command: c.FileProject, facts: Facts
) -> tuple[tuple[e.Event, ...], Project]:
    """File a project: assign its agent and open stage 1 and what runs alongside.

    Raises:
        BadProjectCodeError, ProjectExistsError, UnknownFlowError, UnknownTownshipError,
        BadFactsError, MissingFactsError, ContradictionError: By what is wrong with it.
    """
    check(facts.actor, command, Scope(owner=command.owner, township=command.township))
    _check_filing(project, command, facts)
    lifecycle = facts.nets[facts.in_force[LIFECYCLE]]
    values = {**command.facts, "flow": command.flow}
    started = game.start(lifecycle, game.Case(values)).marking
    applicable = applicability.applicable(facts.catalogue, command.flow, command.facts)
    body = e.ProjectFiled(
        code=command.code,
        flow=command.flow,
        facts=command.facts,
        township=command.township,
        owner=command.owner,
        name=command.name,
        catalogue=facts.catalogue.hash,
        lifecycle=lifecycle.hash,
        applicable=tuple(code for code in facts.catalogue.items if code in applicable),
        tokens=e.Tokens(took=(), put=lifecycle.paths(started)),
    )
    filed = numbered(1, body, facts)
    draft = Draft(evolve(None, filed), facts)
    _assign_by_rule(draft)
    open_stage(draft, 1, 0, draft.now)
    open_stage(draft, ALONGSIDE, 0, draft.now)
    return (filed, *draft.events), draft.project


def assign_agent(draft: Draft, command: c.AssignAgent) -> None:
    """Give the project to another agent.

    Raises:
        UnknownAgentError: If the roster has no such agent, or the agent is away.
    """
    draft.allow(command)
    roster = draft.facts.roster
    present = sorted(each.agent for each in roster if not each.away)
    if command.agent not in present:
        raise UnknownAgentError(agent=command.agent, agents=present)
    body = e.AgentAssigned(
        agent=command.agent, rule=agents.LEADER, seen=roster, reason=command.reason
    )
    draft.record(body)


def add_unit(draft: Draft, command: c.AddUnit) -> None:
    """Add a building or phase; it begins at once if its first stage is open to it.

    Raises:
        BadUnitStageError: If it would not begin with one of the stages 2 to 4.
        UnitExistsError: If the number is not the next one.
    """
    draft.allow(command)
    if not 1 < command.stage <= STAGES:
        raise BadUnitStageError(stage=command.stage)
    expected = max(draft.project.units) + 1
    if command.unit != expected:
        raise UnitExistsError(unit=command.unit, expected=expected)
    draft.record(e.UnitAdded(unit=command.unit, stage=command.stage, name=command.name))
    before = draft.project.runs.get(run_key(command.stage - 1, 0))
    if before is not None and before.milestone_at is not None:
        open_stage(draft, command.stage, command.unit, draft.now)


def withdraw(draft: Draft, command: c.WithdrawProject) -> None:
    """End the project at its owner's wish, with every open attempt."""
    draft.allow(command)
    draft.record(e.ProjectWithdrawn(closed=_open_attempts(draft.project), reason=command.reason))


def terminate(draft: Draft, command: c.TerminateProject) -> None:
    """End the project by the authority, with every open attempt."""
    draft.allow(command)
    draft.record(e.ProjectTerminated(closed=_open_attempts(draft.project), reason=command.reason))


def _check_filing(project: Project | None, command: c.FileProject, facts: Facts) -> None:
    if CODE.fullmatch(command.code) is None:
        raise BadProjectCodeError(project=command.code)
    if project is not None:
        raise ProjectExistsError(project=command.code)
    if command.flow not in facts.catalogue.flows:
        raise UnknownFlowError(flow=command.flow, flows=sorted(facts.catalogue.flows))
    if command.township not in facts.townships:
        raise UnknownTownshipError(township=command.township, townships=list(facts.townships))
    check_facts(command.flow, command.facts, facts.catalogue)


def check_facts(flow: int, answers: dict[str, bool | str], catalogue: Catalogue) -> None:
    """Refuse facts that are wrong, contradict each other, or leave an item's applicability open.

    Raises:
        BadFactsError, ContradictionError, MissingFactsError: Naming the facts.
    """
    bad = applicability.bad_facts(catalogue, flow, answers)
    if bad:
        raise BadFactsError(findings=[{"code": f.code, **f.params} for f in bad])
    against = applicability.contradictions(catalogue, flow, answers)
    if against:
        raise ContradictionError(
            rules=[
                {"when": each.when.text, "zh": each.message.zh, "en": each.message.en}
                for each in against
            ]
        )
    missing = applicability.missing_facts(catalogue, flow, answers)
    if missing:
        raise MissingFactsError(
            facts=list(missing), questions=[_question(catalogue, fact) for fact in missing]
        )


def _question(catalogue: Catalogue, fact: str) -> dict[str, object]:
    """Return a question as a text that names it in both languages."""
    asked = catalogue.facts[fact].question
    return {
        "code": "project.question",
        "fact": fact,
        "question": {"zh": asked.zh, "en": asked.en},
    }


def _assign_by_rule(draft: Draft) -> None:
    """Record the agent; a district whose agents are all away leaves the project without one."""
    choice = agents.choose(draft.facts.roster, draft.project.township)
    if choice is not None:
        draft.record(e.AgentAssigned(agent=choice.agent, rule=choice.rule, seen=choice.seen))


def _open_attempts(project: Project) -> tuple[e.ClosedAttempt, ...]:
    return tuple(
        e.ClosedAttempt(unit=state.unit, item=state.item, attempt=state.open.number)
        for _, state in sorted(project.items.items())
        if state.open is not None
    )
