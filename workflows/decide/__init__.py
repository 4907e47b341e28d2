"""What comes of a command: events, or a refusal. Pure: everything it looks at is an argument."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from workflows import commands as c
from workflows.decide import (
    adjust,
    corrections,
    defaults,
    items,
    law,
    leaving,
    pairs,
    papers,
    procedures,
    projects,
    silence,
    stages,
    supplements,
    suspension,
    taking_back,
    tasks,
)
from workflows.decide.draft import Draft
from workflows.errors import ProjectClosedError, ProjectSuspendedError, UnknownProjectError
from workflows.project import ProjectStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workflows.events import Event
    from workflows.facts import Facts
    from workflows.project import Project

__all__ = ["decide", "decision"]


def decide(project: Project | None, command: c.Command, facts: Facts) -> tuple[Event, ...]:
    """Return the events that *command* makes of *project*, numbered on from its last one.

    Args:
        project: The project as it stands; None when its stream is empty.
        facts: Actor, time, calendar, catalogue, nets, roster, credit, entropy.

    Raises:
        Refusal: The subclass names the broken rule; nothing has changed.
    """
    return decision(project, command, facts)[0]


def _in_order(project: Project, facts: Facts) -> Facts:
    """Return *facts*, recorded no earlier than what was recorded last.

    A clock that is put back would date an event before the one it follows. The log keeps its order
    instead: time stands still for the project until the clock is past its last event again.
    """
    if facts.recorded_at >= project.last_at:
        return facts
    return replace(facts, recorded_at=project.last_at)


def decision(
    project: Project | None, command: c.Command, facts: Facts
) -> tuple[tuple[Event, ...], Project]:
    """Return what `decide` does, and the project after those events.

    Raises:
        Refusal: As `decide`.
    """
    if isinstance(command, c.FileProject):
        return projects.file_project(project, command, facts)
    if project is None:
        raise UnknownProjectError
    closed = project.status is not ProjectStatus.RUNNING
    if closed and not isinstance(command, _ONCE_CLOSED):
        raise ProjectClosedError(project=project.code, status=project.status.value)
    if project.suspended and not isinstance(command, _WHILE_SUSPENDED):
        raise ProjectSuspendedError(project=project.code)
    draft = Draft(project, _in_order(project, facts))
    silence.let_silence_speak(draft, command)
    _TAKES[type(command)](draft, command)
    papers.note_what_is_met(draft)
    return tuple(draft.events), draft.project


# Which rule takes which command; a test holds the table against the commands.
_TAKES: Mapping[type[c.Command], Callable[[Draft, Any], None]] = {
    c.AssignAgent: projects.assign_agent,
    c.AddUnit: projects.add_unit,
    c.WithdrawProject: projects.withdraw,
    c.TerminateProject: projects.terminate,
    c.FileStage: stages.file_stage,
    c.FileItem: items.file_item,
    c.CompleteStep: items.complete_step,
    c.FireTimer: silence.fire_timer,
    c.WithdrawItem: leaving.withdraw,
    c.DeclineItem: leaving.decline,
    c.ProposePair: pairs.propose,
    c.DrawPair: pairs.draw,
    c.StartPair: pairs.start,
    c.DissolvePair: pairs.dissolve,
    c.ClaimTask: tasks.claim,
    c.AssignTask: tasks.assign,
    c.ReleaseTask: tasks.release,
    c.AskSupplement: supplements.ask_supplement,
    c.AnswerSupplement: supplements.answer_supplement,
    c.StartProcedure: procedures.start_procedure,
    c.EndProcedure: procedures.end_procedure,
    c.StartJointVisit: procedures.start_visit,
    c.EndJointVisit: procedures.end_visit,
    c.SuspendProject: suspension.suspend,
    c.ResumeProject: suspension.resume,
    c.ExtendLimit: law.extend,
    c.LapseItem: law.lapse,
    c.RevokeItem: law.revoke,
    c.GrantByDefault: defaults.grant,
    c.ConfirmIssue: defaults.confirm_issue,
    c.RemindDeadline: papers.remind,
    c.ChangeFacts: law.change_facts,
    c.CorrectTime: corrections.correct_time,
    c.FollowCatalogue: adjust.follow,
    c.RearmTimers: adjust.rearm,
    c.RevertStep: taking_back.take_back,
    c.SupplyMaterial: papers.supply,
    c.Tolerate: papers.tolerate,
}

# What may still be ordered while a project is suspended.
_WHILE_SUSPENDED = (
    c.ResumeProject,
    c.SuspendProject,
    c.WithdrawProject,
    c.TerminateProject,
    c.AssignAgent,
    c.FollowCatalogue,
    c.ConfirmIssue,
    c.RemindDeadline,
)

# What may still be ordered of a project that has ended: results taken back, entries set right, what
# is still owed. It stays ended: nothing is wanted again, and no clock runs.
_ONCE_CLOSED = (
    c.RevokeItem,
    c.CorrectTime,
    c.ConfirmIssue,
    c.SupplyMaterial,
    c.RemindDeadline,
)
