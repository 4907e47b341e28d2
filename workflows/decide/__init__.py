"""What comes of a command: events, or a refusal. Pure: everything it looks at is an argument."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from workflows import commands as c
from workflows.decide import adjust, items, law, pairs, papers, pauses, projects, stages, tasks
from workflows.decide.draft import Draft
from workflows.errors import ProjectClosedError, ProjectSuspendedError, UnknownProjectError
from workflows.project import ProjectStatus

if TYPE_CHECKING:
    from workflows.events import Event
    from workflows.facts import Facts
    from workflows.project import Project

__all__ = ["decide"]


def decide(project: Project | None, command: c.Command, facts: Facts) -> tuple[Event, ...]:
    """Return the events that *command* makes of *project*, numbered on from its last one.

    Args:
        project: The project as it stands; None when its stream is empty.
        facts: Actor, time, calendar, catalogue, nets, roster, credit, entropy.

    Raises:
        Refusal: The subclass names the broken rule; nothing has changed.
    """
    if isinstance(command, c.FileProject):
        return projects.file_project(project, command, facts)
    if project is None:
        raise UnknownProjectError
    if project.status is not ProjectStatus.RUNNING:
        raise ProjectClosedError(project=project.code, status=project.status.value)
    if project.suspended and not isinstance(command, _WHILE_SUSPENDED):
        raise ProjectSuspendedError(project=project.code)
    draft = Draft(project, facts)
    _take(draft, command)
    return tuple(draft.events)


def _take(draft: Draft, command: _Running) -> None:  # noqa: C901, PLR0912, PLR0915 - one line a command
    """Hand the command to the module that knows it."""
    match command:
        case c.AssignAgent():
            projects.assign_agent(draft, command)
        case c.AddUnit():
            projects.add_unit(draft, command)
        case c.WithdrawProject():
            projects.withdraw(draft, command)
        case c.TerminateProject():
            projects.terminate(draft, command)
        case c.FileStage():
            stages.file_stage(draft, command)
        case c.FileItem():
            items.file_item(draft, command)
        case c.CompleteStep():
            items.complete_step(draft, command)
        case c.FireTimer():
            items.fire_timer(draft, command)
        case c.WithdrawItem():
            items.withdraw(draft, command)
        case c.DeclineItem():
            items.decline(draft, command)
        case c.ProposePair():
            pairs.propose(draft, command)
        case c.DrawPair():
            pairs.draw(draft, command)
        case c.StartPair():
            pairs.start(draft, command)
        case c.DissolvePair():
            pairs.dissolve(draft, command)
        case c.ClaimTask():
            tasks.claim(draft, command)
        case c.AssignTask():
            tasks.assign(draft, command)
        case c.ReleaseTask():
            tasks.release(draft, command)
        case c.AskSupplement():
            pauses.ask_supplement(draft, command)
        case c.AnswerSupplement():
            pauses.answer_supplement(draft, command)
        case c.StartProcedure():
            pauses.start_procedure(draft, command)
        case c.EndProcedure():
            pauses.end_procedure(draft, command)
        case c.StartJointVisit():
            pauses.start_visit(draft, command)
        case c.EndJointVisit():
            pauses.end_visit(draft, command)
        case c.SuspendProject():
            pauses.suspend(draft, command)
        case c.ResumeProject():
            pauses.resume(draft, command)
        case c.ExtendLimit():
            law.extend(draft, command)
        case c.LapseItem():
            law.lapse(draft, command)
        case c.RevokeItem():
            law.revoke(draft, command)
        case c.GrantByDefault():
            law.grant_by_default(draft, command)
        case c.ChangeFacts():
            law.change_facts(draft, command)
        case c.CorrectTime():
            law.correct_time(draft, command)
        case c.FollowCatalogue():
            adjust.follow(draft, command)
        case c.RearmTimers():
            adjust.rearm(draft, command)
        case c.RevertStep():
            law.revert_step(draft, command)
        case c.SupplyMaterial():
            papers.supply(draft, command)
        case c.Tolerate():
            papers.tolerate(draft, command)
        case _:
            assert_never(command)


_Running = (
    c.AssignAgent
    | c.AddUnit
    | c.WithdrawProject
    | c.TerminateProject
    | c.FileStage
    | c.FileItem
    | c.CompleteStep
    | c.FireTimer
    | c.WithdrawItem
    | c.DeclineItem
    | c.ProposePair
    | c.DrawPair
    | c.StartPair
    | c.DissolvePair
    | c.ClaimTask
    | c.AssignTask
    | c.ReleaseTask
    | c.AskSupplement
    | c.AnswerSupplement
    | c.StartProcedure
    | c.EndProcedure
    | c.StartJointVisit
    | c.EndJointVisit
    | c.SuspendProject
    | c.ResumeProject
    | c.ExtendLimit
    | c.LapseItem
    | c.RevokeItem
    | c.GrantByDefault
    | c.ChangeFacts
    | c.CorrectTime
    | c.RevertStep
    | c.FollowCatalogue
    | c.RearmTimers
    | c.SupplyMaterial
    | c.Tolerate
)

# What may still be ordered while a project is suspended.
_WHILE_SUSPENDED = (
    c.ResumeProject,
    c.SuspendProject,
    c.WithdrawProject,
    c.TerminateProject,
    c.AssignAgent,
    c.FollowCatalogue,
)
