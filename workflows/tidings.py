"""Who is told of what: which events are news to the owner, the agent or a single person."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from workflows import events as e
from workflows.events.pauses import PauseKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from workflows.codec import AnyBody

NOTE = "tiding.note"  # a note was left on the project; no event of the log


class Audience(StrEnum):
    """To whom something is news."""

    OWNER = "owner"  # everyone who acts for the owner's organisation
    AGENT = "agent"  # the project's agent
    LEADS = "leads"  # who leads the department that it concerns
    PERSON = "person"  # the one who is named


BOTH = (Audience.OWNER, Audience.AGENT)
# Kinds of events that may be news; the others need not even be read.
KINDS = frozenset(
    {
        "AgentAssigned",
        "DeadlineReached",
        "ItemEnded",
        "ItemPaused",
        "ItemRevoked",
        "LimitExtended",
        "MilestoneReached",
        "ProjectCompleted",
        "ProjectResumed",
        "ProjectSuspended",
        "ProjectTerminated",
        "TaskAssigned",
        "Tolerated",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiding:
    """One piece of news.

    Attributes:
        code: Of the text.
        params: What the text names: codes and dates, never words of a person.
        person: For Audience.PERSON.
        department: For Audience.LEADS.
        to_author: News also to whoever brought it about: what the office chose, they did not.
    """

    code: str
    audiences: tuple[Audience, ...] = BOTH
    params: Mapping[str, object] = field(default_factory=dict)
    person: str | None = None
    department: str | None = None
    to_author: bool = False


def tidings(body: AnyBody) -> tuple[Tiding, ...]:
    """Return what an event tells people.

    >>> [each.code for each in tidings(e.ProjectCompleted())]
    ['tiding.completed']
    """
    match body:
        case e.ItemPaused(kind=PauseKind.SUPPLEMENT):
            return tuple(_supplements(body))
        case e.ItemPaused(approved_by=str(approver), expected_end=str(until)):
            items = [each.item for each in body.paused]
            return _personal("tiding.approved_procedure", approver, item=items, until=until)
        case e.ItemEnded():
            return (Tiding(code="tiding.ended", params=_told(body, "item", "result")),)
        case e.ItemRevoked():
            return (Tiding(code="tiding.revoked", params={"item": body.item}),)
        case e.LimitExtended():
            told = _told(body, "item", "days")
            approved = _personal("tiding.approved_extension", body.approved_by, **told)
            return (Tiding(code="tiding.extended", params=told), *approved)
        case e.Tolerated():
            return (Tiding(code="tiding.tolerated", params=_told(body, "item", "due")),)
        case e.MilestoneReached():
            return (Tiding(code="tiding.milestone", params={"stage": body.stage}),)
        case e.TaskAssigned():
            step = body.path.rpartition("/")[2]
            return _personal("tiding.task", body.person, item=body.item, step=step)
        case e.AgentAssigned():
            return (
                *_personal("tiding.yours", body.agent),
                Tiding(code="tiding.agent", audiences=(Audience.OWNER,), to_author=True),
            )
        case _:
            return tuple(_others(body))


def _told(body: AnyBody, *names: str) -> dict[str, object]:
    return {name: getattr(body, name) for name in names}


def _reached(body: e.DeadlineReached) -> Tiding:
    """Tell whoever is waited for, the agent, and the lead of the department, of a day."""
    when = "passed" if body.passed else "today"
    return Tiding(
        code=f"tiding.{body.kind}.{when}",
        audiences=(*BOTH, Audience.LEADS),
        params=_told(body, "item", "due"),
        department=body.department,
    )


def _supplements(body: e.ItemPaused) -> Iterator[Tiding]:
    for each in body.paused:
        if body.expected_end is None:
            yield Tiding(code="tiding.supplement", params={"item": each.item})
        else:
            told = {"item": each.item, "until": body.expected_end}
            yield Tiding(code="tiding.supplement_until", params=told)


def _personal(code: str, person: str, **params: object) -> tuple[Tiding, ...]:
    return (Tiding(code=code, audiences=(Audience.PERSON,), person=person, params=params),)


def _others(body: AnyBody) -> Iterable[Tiding]:
    match body:
        case e.ProjectCompleted():
            yield Tiding(code="tiding.completed")
        case e.ProjectTerminated():
            yield Tiding(code="tiding.terminated")
        case e.ProjectSuspended():
            yield Tiding(code="tiding.suspended")
        case e.ProjectResumed():
            yield Tiding(code="tiding.resumed")
        case e.DeadlineReached():
            yield _reached(body)
