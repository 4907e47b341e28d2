"""What was recorded on a later day than it happened (补录): the facts of the back-dating report.

Approval that happens on paper and is entered later shows times that nobody can check; so every
entry keeps both instants, and this says how far they lie apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from workflows import events as e
from workflows.moments import local_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from workflows.commands import Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One step, timer, pause, extension or correction as it was recorded.

    Attributes:
        event: Its number in the project's stream.
        what: The step, the timer, the kind of pause, "extension", or what was set right.
        late: Calendar days between the two legal dates; 0 = entered the same day.
        reason: Why, if anybody had to say.
    """

    event: int
    kind: str
    unit: int
    item: str
    attempt: int
    what: str
    actor: str
    happened_at: datetime
    recorded_at: datetime
    late: int
    reason: Note | None


_OfOne = (
    e.StepCompleted
    | e.TimerFired
    | e.LimitExtended
    | e.ExtensionReverted
    | e.StepReverted
    | e.LapseReverted
    | e.TimeCorrected
    | e.PauseCorrected
)
_CORRECTIONS = frozenset(
    kind.__name__
    for kind in (
        *(e.TimeCorrected, e.PauseCorrected),
        *(e.StepReverted, e.ExtensionReverted, e.LapseReverted),
    )
)


def entries(events: Iterable[e.Event]) -> tuple[Entry, ...]:
    """Return every entry that may be late, with its recording delay, in the log's order."""
    return tuple(entry for event in events for entry in _entries(event))


def late_entries(events: Iterable[e.Event]) -> tuple[Entry, ...]:
    """Return what was recorded on a later legal date than it happened, and every correction."""
    return tuple(entry for entry in entries(events) if entry.late or entry.kind in _CORRECTIONS)


def _entries(event: e.Event) -> Iterator[Entry]:
    match event.body:
        case e.ItemPaused() | e.ItemResumed() as body:
            named = body.paused if isinstance(body, e.ItemPaused) else body.resumed
            for one in named:
                where = (body.unit, one.item, one.attempt)
                yield _entry(event, where, body.kind.value, body.reason, None)
        case (
            e.StepCompleted() | e.TimerFired() | e.LimitExtended() | e.ExtensionReverted()
            | e.StepReverted() | e.LapseReverted() | e.TimeCorrected() | e.PauseCorrected()
        ) as body:  # fmt: skip
            yield _entry(event, (body.unit, body.item, body.attempt), *_told(body))
        case _:
            return


def _told(body: _OfOne) -> tuple[str, Note | None, datetime | None]:
    """Return what an entry is about, why, and the moment that it sets, if it does."""
    match body:
        case e.StepCompleted() | e.StepReverted():
            return body.step, body.reason, None
        case e.TimerFired():
            # A worker that slept records late what the law had said in time.
            return body.timer, None, None
        case e.LimitExtended() | e.ExtensionReverted():
            return "extension", body.reason, None
        case e.LapseReverted():
            return "lapsed", body.reason, None
        case e.TimeCorrected() | e.PauseCorrected():
            return body.moment, body.reason, body.now
        case _:
            assert_never(body)


def _entry(
    event: e.Event,
    where: tuple[int, str, int],
    what: str,
    reason: Note | None,
    corrected: datetime | None,
) -> Entry:
    unit, item, attempt = where
    happened = corrected or event.happened_at
    return Entry(
        event=event.number,
        kind=type(event.body).__name__,
        unit=unit,
        item=item,
        attempt=attempt,
        what=what,
        actor=event.actor,
        happened_at=happened,
        recorded_at=event.recorded_at,
        late=(local_date(event.recorded_at) - local_date(happened)).days,
        reason=reason,
    )
