"""超时默认: what lies beyond its promise is granted, and the late department has to issue it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn import tokens as game
from workflows import events as e
from workflows.catalogue.values import DayUnit
from workflows.clock import ISSUE, clock
from workflows.decide.pauses import check_undecided, end_own_pauses, running
from workflows.decide.stages import follow
from workflows.errors import NothingToIssueError, NotOverdueError, RuleOffError
from workflows.moments import local_date

if TYPE_CHECKING:
    from workflows import commands as c
    from workflows.decide.draft import Draft


def grant(draft: Draft, command: c.GrantByDefault) -> None:
    """Take an overdue item as granted, where the local rule says so.

    A clock that stands still may be overdue all the same: then the limit was over before it
    stopped, or the law's bound of what stops it is. Neither stops this; the pause ends with it.

    Raises:
        RuleOffError: If the district has not switched the rule on.
        DecidedError: If the department has decided, however late.
        NotOverdueError: If the committed limit is not exceeded.
    """
    run, attempt = running(draft, command.item, command.unit, command.attempt)
    draft.allow(command)
    if not draft.facts.rules.overdue_default:
        raise RuleOffError(rule="overdue_default")
    check_undecided(command.item, attempt)
    today = local_date(draft.now)
    reading = clock(attempt, draft.facts.calendar, today).committed
    if reading is None or not reading.overdue:
        raise NotOverdueError(item=command.item)
    end_own_pauses(draft, run, command.item, attempt)
    run = draft.project.runs[run.key]
    move = game.grant(draft.net(run), draft.marking(run), command.item, draft.case(run.unit))
    issue_by = draft.facts.calendar.add(today, ISSUE.days, DayUnit(ISSUE.unit))
    body = e.GrantedByDefault(
        stage=run.stage,
        unit=run.unit,
        item=command.item,
        attempt=attempt.number,
        issue_by=issue_by.isoformat(),
        tokens=draft.moved(run, move.marking),
    )
    draft.record(body)
    follow(draft, run.key, move.ended, draft.now)


def confirm_issue(draft: Draft, command: c.ConfirmIssue) -> None:
    """Note that the late department has issued the document of a default grant.

    Raises:
        NothingToIssueError: If the attempt was not granted by default, its result was taken back,
            or the document was issued.
    """
    item = draft.item(command.item)
    draft.allow(command, item.department)
    run = draft.filed_run(command.item, command.unit)
    attempts = draft.state(command.item, command.unit).attempts
    last = attempts[-1] if attempts else None
    waits = last is not None and last.by_default and last.result == "granted"
    if last is None or not waits or last.issued_at or last.number != command.attempt:
        raise NothingToIssueError(item=command.item)
    body = e.IssueConfirmed(
        stage=run.stage, unit=run.unit, item=command.item, attempt=command.attempt
    )
    draft.record(body)
