"""I4: whoever did something was entitled to, and was the one who asked."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from tests.chaos.evidence import Evidence, Ledger, Violation
from tests.chaos.story import told
from workflows import events as e
from workflows.facts import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.store.queries import Person
    from tests.chaos.story import Story

SYSTEM = "system"
_FOR_OWNER = frozenset({Role.OWNER, Role.AGENT, Role.WINDOW})
_PAIRING = _FOR_OWNER | {Role.STAGE_LEAD}
_LEADING = frozenset({Role.DEPARTMENT_LEAD, Role.STAGE_LEAD, Role.SUPERVISOR, Role.ADMINISTRATOR})
_EXAMINING = frozenset({Role.WINDOW, Role.REVIEWER, Role.DEPARTMENT_LEAD})
_DEPARTMENT = frozenset({Role.REVIEWER, Role.INSPECTOR, Role.DEPARTMENT_LEAD})
_VISITING = frozenset({Role.AGENT, Role.WINDOW, Role.STAGE_LEAD})
_STANDING = frozenset({Role.OWNER, Role.STAGE_LEAD, Role.SUPERVISOR, Role.ADMINISTRATOR})
# Who may begin a command whose first event is of this kind; written down apart from the rules.
_BEGINNERS: Mapping[type, frozenset[Role]] = MappingProxyType(
    {
        e.ProjectFiled: _FOR_OWNER | {Role.ADMINISTRATOR},
        e.AgentAssigned: frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
        e.UnitAdded: _FOR_OWNER,
        e.StageFiled: _FOR_OWNER,
        e.ItemFiled: _PAIRING,
        e.PairProposed: _PAIRING,
        e.PairStarted: _PAIRING,
        e.PairDissolved: _PAIRING,
        e.ItemWithdrawn: _FOR_OWNER,
        e.ItemDeclined: frozenset({Role.OWNER, Role.AGENT}),
        e.ProjectWithdrawn: frozenset({Role.OWNER, Role.AGENT}),
        e.ProjectTerminated: frozenset({Role.STAGE_LEAD, Role.SUPERVISOR, Role.ADMINISTRATOR}),
        e.TaskAssigned: _LEADING,
        e.MaterialSupplied: _FOR_OWNER,
        e.Tolerated: _EXAMINING,
        e.ProjectSuspended: _STANDING,
        e.ProjectResumed: _STANDING,
    }
)
# Who may begin, and who may end, a pause of each kind.
_PAUSING: Mapping[e.PauseKind, tuple[frozenset[Role], frozenset[Role]]] = MappingProxyType(
    {
        e.PauseKind.SUPPLEMENT: (_EXAMINING, _FOR_OWNER),
        e.PauseKind.PROCEDURE: (_DEPARTMENT, _DEPARTMENT),
        e.PauseKind.JOINT: (_VISITING, _VISITING),
        e.PauseKind.SUSPENSION: (_STANDING, _STANDING),
    }
)
_PERFORMERS: Mapping[str, frozenset[Role]] = MappingProxyType(
    {
        "window": frozenset({Role.WINDOW}),
        "department": frozenset({Role.REVIEWER, Role.DEPARTMENT_LEAD}),
        "inspector": frozenset({Role.INSPECTOR}),
        "agent": frozenset({Role.AGENT}),
        "owner": frozenset({Role.OWNER}),
        "external": frozenset({Role.REVIEWER}),
    }
)
_SEPARATE = frozenset({"window", "department", "inspector"})
_OF_DEPARTMENT = frozenset({Role.REVIEWER, Role.INSPECTOR, Role.DEPARTMENT_LEAD})


def entitled(evidence: Evidence) -> Iterator[Violation]:
    """I4: each event bears the name of its caller, who had the right at that very event."""
    callers = {call.command: call.actor for call in evidence.commands}
    for ledger in evidence.ledgers.values():
        before = ""
        for (story, event), envelope in zip(told(ledger), ledger.envelopes, strict=True):
            if event.actor == SYSTEM and isinstance(event.body, e.TimerFired):
                continue  # silence had spoken before whatever command came then
            caller = callers.get(envelope.command, event.actor)
            if event.actor != caller:
                what = f"{event.actor} stands where {caller} called"
                yield _violation(ledger, event, what)
            if envelope.command != before:
                person = evidence.people.get(event.actor)
                if not _may(person, story, event, evidence):
                    what = f"{event.actor} had no right to {type(event.body).__name__}"
                    yield _violation(ledger, event, what)
            if isinstance(event.body, e.StepCompleted) and not _apart(story, event, event.body):
                what = f"{event.actor} had another duty in {event.body.item} (三分离)"
                yield _violation(ledger, event, what)
            before = envelope.command


def _may(person: Person | None, story: Story, event: e.Event, evidence: Evidence) -> bool:
    body = event.body
    if person is None:
        return event.actor == SYSTEM and isinstance(body, e.TimerFired | e.GrantedByDefault)
    match body:
        case e.TimerFired() | e.GrantedByDefault():
            return Role.SYSTEM in person.roles
        case e.StepCompleted(performer=performer, item=item):
            roles = _PERFORMERS[performer]
        case e.TaskClaimed(item=item) | e.TaskReleased(item=item):
            roles = _PERFORMERS.get(_performer(story, body), frozenset()) | (
                _LEADING if isinstance(body, e.TaskReleased) else frozenset()
            )
        case e.TaskAssigned(item=item):
            roles = _LEADING
        case e.ItemPaused(kind=kind, paused=(first, *_)):
            roles, item = _PAUSING[kind][0], first.item
        case e.ItemResumed(kind=kind, resumed=(first, *_)):
            roles, item = _PAUSING[kind][1], first.item
        case e.Tolerated(item=item):
            roles = _EXAMINING
        case _:
            roles, item = _BEGINNERS.get(type(body), _LEADING), ""
    department = evidence.catalogue.items[item].department if item else None
    owner, township = story.owner, story.township
    if isinstance(body, e.ProjectFiled):
        owner, township = body.owner, body.township
    return any(
        _related(person, role, owner, township, department, story.agent or person.id)
        for role in person.roles & roles
    )


def _performer(story: Story, body: e.TaskClaimed | e.TaskReleased) -> str:
    task = story.tasks.get((body.unit, body.path))
    return "" if task is None else task.performer


def _related(  # noqa: PLR0913, PLR0917 - everything a relation looks at
    person: Person, role: Role, owner: str, township: str, department: str | None, agent: str
) -> bool:
    if role is Role.OWNER:
        return person.organisation == owner
    if role is Role.AGENT:
        return person.id == agent
    if role in (Role.WINDOW, Role.SUPERVISOR):
        return person.township in (None, township)
    if role in _OF_DEPARTMENT:
        return department is None or person.department == department
    return True


def _apart(story: Story, event: e.Event, body: e.StepCompleted) -> bool:
    """Tell whether the person keeps to one of the separate duties within the attempt."""
    if body.performer not in _SEPARATE:
        return True
    duty = story.duties.get((body.unit, body.item, body.attempt, event.actor), body.performer)
    return duty == body.performer or duty not in _SEPARATE


def _violation(ledger: Ledger, event: e.Event, what: str) -> Violation:
    return Violation(rule="I4", project=ledger.code, at=event.number, what=what)
