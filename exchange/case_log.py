"""Our facts as an event log for other people's tools, and back again without loss.

A project is a case. Of an attempt the events of the standard life cycle are told, for every tool to
read; the first of them, `schedule`, carries all of its facts under `abreast:`, and these alone are
read back.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, cast

import msgspec

from exchange.errors import NotXesError
from exchange.xes import Event, Trace
from workflows.item_runs import Case, ItemRun, StageFact

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from exchange.xes import Attributes, Value

OURS = "abreast:"
STAGE, ITEM = "stage", "item"
_NAME, _TIME, _PHASE = "concept:name", "time:timestamp", "lifecycle:transition"
_INSTANCE, _GROUP, _RESOURCE = "concept:instance", "org:group", "org:resource"
_ENDS = {"granted": "complete", "refused": "complete", "withdrawn": "withdraw"}
_ABORTED = "ate_abort"  # lapsed, revoked


def trace_of(case: Case, names: Mapping[str, str] | None = None) -> Trace:
    """Return a project's facts as a case; its events in order of time.

    Args:
        names: What items are called, by code; told beside the code.
    """
    known = names or {}
    events = [event for stage in case.stages for event in _stage_events(stage)]
    events += [event for run in case.runs for event in _run_events(run, known)]
    return Trace(
        attributes=((_NAME, case.project), *_ours(case, ("project", "stages", "runs"))),
        # Stable: events of one instant stay in the order in which the facts have them.
        events=tuple(sorted(events, key=_when)),
    )


def case_of_trace(trace: Trace) -> Case:
    """Return the facts that `trace_of` told; other events are passed over.

    Raises:
        NotXesError: If the case is not one of ours.
    """
    own = dict(trace.attributes)
    told = [dict(event.attributes) for event in trace.events]
    stages = [_made(StageFact, event) for event in told if event.get(OURS + "fact") == STAGE]
    runs = [
        _made(ItemRun, event, project=own.get(_NAME), item=event.get(_NAME))
        for event in told
        if event.get(OURS + "fact") == ITEM
    ]
    case: Case = _made(
        Case,
        own,
        project=own.get(_NAME),
        agent=None,
        ended_at=None,
        stages=tuple(sorted(stages, key=lambda each: (each.stage, each.unit))),
        runs=tuple(sorted(runs, key=lambda each: (each.unit, each.item, each.attempt))),
    )
    return case


def _stage_events(fact: StageFact) -> Iterator[Event]:
    name = f"stage_{fact.stage}"
    marks = (
        (name, "schedule", fact.opened_at),
        (name, "start", fact.filed_at),
        (f"{name}:milestone", "complete", fact.milestone_at),
        (name, "complete", fact.ended_at),
    )
    for number, (activity, phase, at) in enumerate(marks):
        if at is not None:
            more = () if number else ((OURS + "fact", STAGE), *_ours(fact))
            instance = (_INSTANCE, f"{fact.unit}/{name}")
            yield Event(attributes=(*_head(activity, at, phase), instance, *more))


def _run_events(run: ItemRun, names: Mapping[str, str]) -> Iterator[Event]:
    for number, (phase, at) in enumerate(_phases(run)):
        more: Attributes = ()
        if not number:
            named = ((OURS + "name", names[run.item]),) if run.item in names else ()
            more = ((OURS + "fact", ITEM), *named, *_ours(run, ("project", "item")))
        agent = () if run.agent is None else ((_RESOURCE, run.agent),)
        who = ((_GROUP, run.department), *agent)
        instance = (_INSTANCE, f"{run.unit}/{run.item}/{run.attempt}")
        yield Event(attributes=(*_head(run.item, at, phase), instance, *who, *more))


def _phases(run: ItemRun) -> Iterator[tuple[str, datetime]]:
    yield "schedule", run.filed_at
    if run.received_at is not None:
        yield "assign", run.received_at
    begun = run.begun_at or run.accepted_at
    if begun is not None:
        yield "start", begun
    for pause in run.pauses:
        yield "suspend", pause.since
        if pause.until is not None:
            yield "resume", pause.until
    if run.ended_at is not None:
        yield _ENDS.get(run.result or "", _ABORTED), run.ended_at


def _head(activity: str, at: datetime, phase: str) -> Attributes:
    return (_NAME, activity), (_TIME, at), (_PHASE, phase)


def _when(event: Event) -> datetime:
    return cast("datetime", event.get(_TIME))


def _ours(fact: Any, without: tuple[str, ...] = ()) -> Iterator[tuple[str, Value]]:  # noqa: ANN401 - any fact
    """Yield the fields of a fact that are there; tuples by number: `pauses.0.kind`."""
    for field in fields(fact):
        value = getattr(fact, field.name)
        if field.name in without or value is None:
            continue
        if isinstance(value, tuple):
            for number, each in enumerate(value):
                for key, part in _ours(each):
                    yield f"{OURS}{field.name}.{number}.{key.removeprefix(OURS)}", part
        else:
            yield OURS + field.name, str(value) if isinstance(value, str) else value


def _made(kind: Any, told: Mapping[str, Value], **known: object) -> Any:  # noqa: ANN401 - any fact
    """Return the fact that `_ours` told."""
    plain: dict[str, Any] = dict(known)
    for key, value in told.items():
        name, _, rest = key.removeprefix(OURS).partition(".")
        if key.startswith(OURS) and rest:
            number, _, part = rest.partition(".")
            plain.setdefault(name, {}).setdefault(number, {})[part] = value
        elif key.startswith(OURS):
            plain[name] = value
    plain = {
        name: [value[number] for number in sorted(value, key=_number)]
        if isinstance(value, dict)
        else value
        for name, value in plain.items()
    }
    try:
        return msgspec.convert(plain, kind, from_attributes=True)
    except msgspec.ValidationError as error:
        raise NotXesError(root=str(error)[:100]) from error


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else -1
