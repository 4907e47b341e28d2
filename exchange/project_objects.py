"""Our projects as an object-centric log: who and what took part in each thing that happened.

No names and no free text: people are ids, organisations are codes. Ids carry their project, so
that the logs of many projects can be put together; agents and departments are shared.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from exchange.ocel import FROM_THE_START, Changed, Event, Kind, ObjectLog, Relation, Thing, Type

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from exchange.ocel import Value
    from workflows.catalogue.values import Catalogue
    from workflows.project import Attempt, Document, ItemState, Pair, Project, StageRun

_TEXT, _NUMBER, _TRUTH = Kind.STRING, Kind.INTEGER, Kind.BOOLEAN
OBJECT_TYPES = (
    Type(
        name="project",
        attributes=(("flow", _NUMBER), ("township", _TEXT), ("owner", _TEXT), ("status", _TEXT)),
    ),
    Type(name="stage", attributes=(("stage", _NUMBER), ("unit", _NUMBER), ("mode", _TEXT))),
    Type(
        name="item",
        attributes=(
            ("code", _TEXT),
            ("name", _TEXT),
            ("unit", _NUMBER),
            ("attempt", _NUMBER),
            ("how", _TEXT),
            ("limit", _NUMBER),
            ("limit_unit", _TEXT),
            ("status", _NUMBER),
        ),
    ),
    Type(
        name="pair",
        attributes=(("policy", _TEXT), ("days_saved", _NUMBER), ("baseline", _TEXT)),
    ),
    Type(name="department", attributes=(("name", _TEXT),)),
    Type(name="agent"),
    Type(
        name="document",
        attributes=(("kind", _TEXT), ("valid_until", _TEXT), ("revoked", _TRUTH)),
    ),
)
_ITEM_EVENTS = ("file", "receive", "accept", "begin", "decide")
EVENT_TYPES = (
    Type(name="file project"),
    Type(name="close project", attributes=(("status", _TEXT),)),
    *(Type(name=f"{what} stage") for what in ("open", "file", "pass", "end")),
    *(Type(name=f"{what} item") for what in _ITEM_EVENTS),
    Type(name="pause item", attributes=(("kind", _TEXT), ("counted", _TRUTH))),
    Type(name="resume item", attributes=(("kind", _TEXT),)),
    Type(name="end item", attributes=(("result", _TEXT), ("status", _NUMBER))),
    *(Type(name=f"{what} pair") for what in ("propose", "start", "end")),
    Type(name="issue document"),
    Type(name="revoke document"),
)


@dataclass(slots=True)
class _Told:
    """What one project tells, as it is walked through."""

    project: Project
    catalogue: Catalogue
    objects: list[Thing] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    shared: dict[str, Thing] = field(default_factory=dict)

    def happened(
        self,
        what: str,
        at: datetime | None,
        *relations: Relation,
        **attributes: Value,
    ) -> None:
        """Tell an event, if it came."""
        if at is not None:
            self.events.append(
                Event(
                    id=f"{self.project.code}#{len(self.events) + 1}",
                    type=what,
                    at=at,
                    attributes=tuple(attributes.items()),
                    relations=(to(self.project.code, "project"), *relations),
                )
            )


def to(object_id: str, qualifier: str) -> Relation:
    """Return the relation to an object."""
    return Relation(object=object_id, qualifier=qualifier)


def object_log(projects: Iterable[tuple[Project, Catalogue]]) -> ObjectLog:
    """Return the log of some projects, events in order of time."""
    told = [_told(project, catalogue) for project, catalogue in projects]
    shared: dict[str, Thing] = {}
    for each in told:
        shared |= each.shared
    events = [event for each in told for event in each.events]
    return ObjectLog(
        object_types=OBJECT_TYPES,
        event_types=EVENT_TYPES,
        objects=(
            *(shared[key] for key in sorted(shared)),
            *(thing for each in told for thing in each.objects),
        ),
        events=tuple(sorted(events, key=lambda event: event.at)),
    )


def _told(project: Project, catalogue: Catalogue) -> _Told:
    told = _Told(project, catalogue)
    _project(told)
    for key in sorted(project.runs):
        _stage(told, project.runs[key])
    for key in sorted(project.items):
        _item(told, project.items[key])
    for key in sorted(project.pairs):
        _pair(told, project.pairs[key])
    for key in sorted(project.documents):
        _document(told, project.documents[key])
    return told


def _thing(id_: str, kind: str, /, *relations: Relation, **attributes: Value | None) -> Thing:
    known = tuple(
        Changed(name=name, at=FROM_THE_START, value=value)
        for name, value in attributes.items()
        if value is not None
    )
    return Thing(id=id_, type=kind, attributes=known, relations=relations)


def _project(told: _Told) -> None:
    project = told.project
    agent = () if project.agent is None else (to(_agent(told, project.agent), "agent"),)
    told.objects.append(
        _thing(
            project.code,
            "project",
            *agent,
            flow=project.flow,
            township=project.township,
            owner=project.owner,
            status=project.status.value,
        )
    )
    told.happened("file project", project.filed_at, *agent)
    told.happened("close project", project.ended_at, *agent, status=project.status.value)


def _agent(told: _Told, agent: str) -> str:
    name = f"agent:{agent}"
    told.shared[name] = _thing(name, "agent")
    return name


def _department(told: _Told, code: str) -> str:
    known = told.catalogue.departments.get(code)
    name = f"department:{code}"
    told.shared[name] = _thing(name, "department", name=None if known is None else known.name.zh)
    return name


def _stage_id(told: _Told, stage: int, unit: int) -> str:
    return f"{told.project.code}/stage:{stage}/{unit}"


def _item_id(told: _Told, unit: int, item: str, attempt: int) -> str:
    return f"{told.project.code}/item:{unit}/{item}/{attempt}"


def _stage(told: _Told, run: StageRun) -> None:
    name = _stage_id(told, run.stage, run.unit)
    part = to(told.project.code, "part of")
    own = to(name, "stage")
    told.objects.append(_thing(name, "stage", part, stage=run.stage, unit=run.unit, mode=run.mode))
    told.happened("open stage", run.opened_at, own)
    told.happened("file stage", run.filed_at, own)
    told.happened("pass stage", run.milestone_at, own)
    told.happened("end stage", run.ended_at, own)


def _item(told: _Told, state: ItemState) -> None:
    stage = _stage_id(told, state.stage, state.unit)
    for attempt in state.attempts:
        _attempt(told, state, attempt, stage)


def _attempt(told: _Told, state: ItemState, attempt: Attempt, stage: str) -> None:
    name = _item_id(told, state.unit, state.item, attempt.number)
    department = to(_department(told, attempt.department), "department")
    known = told.catalogue.items.get(state.item)
    limit = attempt.committed
    told.objects.append(
        _thing(
            name,
            "item",
            to(stage, "part of"),
            department,
            code=state.item,
            name=None if known is None else known.name.zh,
            unit=state.unit,
            attempt=attempt.number,
            how=attempt.how.value,
            limit=None if limit is None else limit.days + attempt.extension,
            limit_unit=None if limit is None else str(limit.unit),
            status=attempt.status,
        )
    )
    relations = (to(name, "item"), to(stage, "stage"), department)
    for what, at in zip(_ITEM_EVENTS, _moments(attempt), strict=True):
        told.happened(f"{what} item", at, *relations)
    for pause in attempt.pauses:
        kind = pause.kind.value
        told.happened("pause item", pause.since, *relations, kind=kind, counted=pause.counted)
        told.happened("resume item", pause.until, *relations, kind=kind)
    told.happened(
        "end item", attempt.ended_at, *relations, result=attempt.result or "", status=attempt.status
    )


def _moments(attempt: Attempt) -> Iterator[datetime | None]:
    yield attempt.filed_at
    yield attempt.received_at
    yield attempt.accepted_at
    yield attempt.begun_at
    yield attempt.decided_at


def _pair(told: _Told, pair: Pair) -> None:
    name = f"{told.project.code}/pair:{pair.id}"
    stage = to(_stage_id(told, pair.stage, pair.unit), "stage")
    members = tuple(
        to(_item_id(told, pair.unit, state.item, attempt.number), "member")
        for state in told.project.items.values()
        if state.unit == pair.unit and state.item in pair.key
        for attempt in state.attempts
        if attempt.pair == pair.id
    )
    told.objects.append(
        _thing(
            name,
            "pair",
            stage,
            *members,
            policy=pair.policy.value,
            days_saved=pair.days_saved,
            baseline=pair.baseline,
        )
    )
    own = to(name, "pair")
    told.happened("propose pair", pair.proposed_at, own, stage)
    told.happened("start pair", pair.started_at, own, stage, *members)
    told.happened("end pair", pair.ended_at, own, stage, *members)


def _document(told: _Told, document: Document) -> None:
    name = f"{told.project.code}/document:{document.unit}/{document.document}"
    by = to(_item_id(told, document.unit, document.item, document.attempt), "issued by")
    told.objects.append(
        _thing(
            name,
            "document",
            by,
            kind=document.document,
            valid_until=document.valid_until,
            revoked=document.revoked_at is not None,
        )
    )
    own = to(name, "document")
    told.happened("issue document", document.issued_at, own, by)
    told.happened("revoke document", document.revoked_at, own, by)
