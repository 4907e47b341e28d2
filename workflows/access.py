"""Who may do and see what: one table of role, relation and command, and of what is read.

It is asked from the first event on; lists ask it in SQL (engine/store/rights.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, assert_never

from workflows import commands as c
from workflows.errors import NotAllowedError
from workflows.facts import Actor, Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflows.project import Project


class Relation(StrEnum):
    """How an actor must stand to what the command touches."""

    ANY = "any"
    OWN = "own"  # acts for the owner's organisation
    TOWNSHIP = "township"  # of the project's township, or of the whole district
    ASSIGNED = "assigned"  # is the project's agent
    DEPARTMENT = "department"  # of the item's department


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a command touches, as far as access asks for it."""

    owner: str | None = None
    township: str | None = None
    agent: str | None = None
    department: str | None = None

    @classmethod
    def of(cls, project: Project, department: str | None = None) -> Scope:
        """Return the scope of a project, or of one department's task in it."""
        return cls(
            owner=project.owner,
            township=project.township,
            agent=project.agent,
            department=department,
        )


Grant = tuple[Role, Relation]

_OWNER: Grant = (Role.OWNER, Relation.OWN)
_AGENT: Grant = (Role.AGENT, Relation.ASSIGNED)
_WINDOW: Grant = (Role.WINDOW, Relation.TOWNSHIP)
_STAGE_LEAD: Grant = (Role.STAGE_LEAD, Relation.ANY)
_SUPERVISOR: Grant = (Role.SUPERVISOR, Relation.TOWNSHIP)
_PLANNER: Grant = (Role.PLANNER, Relation.ANY)
_ADMINISTRATOR: Grant = (Role.ADMINISTRATOR, Relation.ANY)
_DEPARTMENT_LEAD: Grant = (Role.DEPARTMENT_LEAD, Relation.DEPARTMENT)
_REVIEWER: Grant = (Role.REVIEWER, Relation.DEPARTMENT)
_INSPECTOR: Grant = (Role.INSPECTOR, Relation.DEPARTMENT)

_FOR_OWNER = (_OWNER, _AGENT, _WINDOW)
_PAIRING = (*_FOR_OWNER, _STAGE_LEAD)
_LEADING = (_DEPARTMENT_LEAD, _STAGE_LEAD, _SUPERVISOR, _ADMINISTRATOR)

COMMANDS: Mapping[type[c.Command], tuple[Grant, ...]] = {
    c.FileProject: (
        _OWNER,
        (Role.AGENT, Relation.TOWNSHIP),
        _WINDOW,
        _ADMINISTRATOR,
    ),
    c.AssignAgent: (_SUPERVISOR, _ADMINISTRATOR),
    c.FileStage: _FOR_OWNER,
    c.FileItem: _PAIRING,
    c.ProposePair: _PAIRING,
    c.DrawPair: _PAIRING,
    c.StartPair: _PAIRING,
    c.DissolvePair: _PAIRING,
    c.WithdrawItem: _FOR_OWNER,
    c.DeclineItem: (_OWNER, _AGENT),
    c.AddUnit: _FOR_OWNER,
    c.AssignTask: _LEADING,
    c.WithdrawProject: (_OWNER, _AGENT),
    c.TerminateProject: (_STAGE_LEAD, _SUPERVISOR, _ADMINISTRATOR),
    c.FireTimer: ((Role.SYSTEM, Relation.ANY),),
    c.AskSupplement: (_WINDOW, _REVIEWER, _DEPARTMENT_LEAD),
    c.AnswerSupplement: _FOR_OWNER,
    c.StartProcedure: (_REVIEWER, _INSPECTOR, _DEPARTMENT_LEAD),
    c.EndProcedure: (_REVIEWER, _INSPECTOR, _DEPARTMENT_LEAD),
    c.StartJointVisit: (_AGENT, _WINDOW, _STAGE_LEAD),
    c.EndJointVisit: (_AGENT, _WINDOW, _STAGE_LEAD),
    c.SuspendProject: (_OWNER, _STAGE_LEAD, _SUPERVISOR, _ADMINISTRATOR),
    c.ResumeProject: (_OWNER, _STAGE_LEAD, _SUPERVISOR, _ADMINISTRATOR),
    c.ExtendLimit: (_DEPARTMENT_LEAD, _STAGE_LEAD),
    c.LapseItem: (_WINDOW, _REVIEWER, _DEPARTMENT_LEAD),
    c.RevokeItem: (_DEPARTMENT_LEAD, _STAGE_LEAD),
    c.GrantByDefault: ((Role.SYSTEM, Relation.ANY),),
    c.ConfirmIssue: (_WINDOW, _REVIEWER, _DEPARTMENT_LEAD),
    c.RemindDeadline: ((Role.SYSTEM, Relation.ANY),),
    c.ChangeFacts: _FOR_OWNER,
    c.CorrectTime: _LEADING,
    c.RevertStep: _LEADING,
    c.FollowCatalogue: ((Role.SYSTEM, Relation.ANY),),
    c.RearmTimers: ((Role.SYSTEM, Relation.ANY),),
    c.SupplyMaterial: _FOR_OWNER,
    c.Tolerate: (_WINDOW, _REVIEWER, _DEPARTMENT_LEAD),
}


class Read(StrEnum):
    """What may be read."""

    PROJECT = "project"  # its page, log, tasks, pairs, clocks and letters; its line in lists
    MATERIAL = "material"  # the file of a material
    CASELOAD = "caseload"  # an agent's running projects
    REPORT = "report"  # how departments work
    CATALOGUE = "catalogue"  # its versions, and what it lacks
    NOTES = "notes"  # what owner and agent write each other; who reads them may write


READS: Mapping[Read, tuple[Grant, ...]] = {
    # Owners see their own, agents and the window those of their township and what is assigned to
    # them. Departments see every project: their item may come to apply, and its page shows no
    # person.
    Read.PROJECT: (
        _OWNER,
        _AGENT,
        (Role.AGENT, Relation.TOWNSHIP),
        _WINDOW,
        _SUPERVISOR,
        (Role.REVIEWER, Relation.ANY),
        (Role.INSPECTOR, Relation.ANY),
        (Role.DEPARTMENT_LEAD, Relation.ANY),
        _STAGE_LEAD,
        _PLANNER,
        _ADMINISTRATOR,
        (Role.SYSTEM, Relation.ANY),
    ),
    # Whoever acts for the owner, and whoever handles an item that asks for it: papers hold more of
    # people than a project's page does.
    Read.MATERIAL: (*_FOR_OWNER, _REVIEWER, _INSPECTOR, _DEPARTMENT_LEAD, _STAGE_LEAD),
    Read.CASELOAD: (_AGENT, _SUPERVISOR, _STAGE_LEAD, _PLANNER, _ADMINISTRATOR),
    Read.REPORT: (_SUPERVISOR, _STAGE_LEAD, _PLANNER, _ADMINISTRATOR),
    Read.CATALOGUE: (_PLANNER, _ADMINISTRATOR, (Role.SYSTEM, Relation.ANY)),
    Read.NOTES: (_OWNER, _AGENT),
}


class Keep(StrEnum):
    """What of the office, beside its projects, is changed by whom."""

    ROSTER = "roster"  # who may be given projects, of one township
    CATALOGUE = "catalogue"
    CALENDAR = "calendar"
    CREDIT = "credit"  # which organisations are on the red and the black list
    WEBHOOKS = "webhooks"  # who outside is told what happens
    LOGS = "logs"  # logs of other systems, taken in to be compared


KEEPERS: Mapping[Keep, tuple[Grant, ...]] = {
    Keep.ROSTER: (_SUPERVISOR, _ADMINISTRATOR, (Role.SYSTEM, Relation.ANY)),
    Keep.CATALOGUE: READS[Read.CATALOGUE],
    Keep.CALENDAR: READS[Read.CATALOGUE],
    Keep.CREDIT: ((Role.SUPERVISOR, Relation.ANY), _ADMINISTRATOR),
    Keep.WEBHOOKS: (_ADMINISTRATOR,),
    Keep.LOGS: (_PLANNER, _ADMINISTRATOR),
}

# Steps are done by whom the definition names as performer.
PERFORMERS: Mapping[str, tuple[Grant, ...]] = {
    "window": (_WINDOW,),
    "department": (_REVIEWER, _DEPARTMENT_LEAD),
    "inspector": (_INSPECTOR,),
    "agent": (_AGENT,),
    "owner": (_OWNER,),
    "external": (_REVIEWER,),
}


# The joint application of a stage is the one task that no item has: it is done by filing.
Duty = tuple[str | None, Relation]


@lru_cache(maxsize=1024)
def duties(actor: Actor) -> tuple[Duty, ...]:
    """Return which tasks an actor may do, and how they must stand to them.

    Each is a performer, or None for the joint application of a stage, with a relation.
    """
    whose = ((None, grants_of(c.FileStage)), *PERFORMERS.items())
    return tuple(
        (performer, relation)
        for performer, grants in whose
        for role, relation in grants
        if role in actor.roles
    )


def is_turn(actor: Actor, performer: str | None, holder: str | None, scope: Scope) -> bool:
    """Tell whether an open task is the actor's: within a duty, and in nobody else's hands.

    Args:
        performer: None for the joint application of a stage.
        holder: Who claimed it or has it assigned.
    """
    return holder in (None, actor.id) and any(
        whose == performer and _related(actor, relation, scope) for whose, relation in duties(actor)
    )


def relations(actor: Actor, grants: tuple[Grant, ...]) -> tuple[Relation, ...]:
    """Return the relations by which the actor's roles gain by *grants*, each once."""
    return tuple(dict.fromkeys(relation for role, relation in grants if role in actor.roles))


def may(actor: Actor, grants: tuple[Grant, ...], scope: Scope) -> bool:
    """Tell whether one of *grants* holds for the actor in *scope*."""
    return any(
        role in actor.roles and _related(actor, relation, scope) for role, relation in grants
    )


def check(actor: Actor, command: c.Command, scope: Scope, performer: str | None = None) -> None:
    """Refuse the command unless the table permits it.

    Args:
        performer: For commands about one task: who the definition says does it.

    Raises:
        NotAllowedError: If no role with a fitting relation permits it.
    """
    if not may(actor, grants_of(type(command), performer), scope):
        raise NotAllowedError(command=type(command).__name__, actor=actor.id)


def grants_of(command: type[c.Command], performer: str | None = None) -> tuple[Grant, ...]:
    """Return who may give *command*; doing, claiming and releasing follow the performer."""
    if command in (c.CompleteStep, c.ClaimTask):
        return PERFORMERS.get(performer or "", ())
    if command is c.ReleaseTask:
        return (*PERFORMERS.get(performer or "", ()), *_LEADING)
    return COMMANDS[command]


def _related(actor: Actor, relation: Relation, scope: Scope) -> bool:
    match relation:
        case Relation.ANY:
            return True
        case Relation.OWN:
            return actor.organisation is not None and actor.organisation == scope.owner
        case Relation.TOWNSHIP:
            return actor.township is None or actor.township == scope.township
        case Relation.ASSIGNED:
            return actor.id == scope.agent
        case Relation.DEPARTMENT:
            return actor.department is not None and actor.department == scope.department
        case _:
            assert_never(relation)
