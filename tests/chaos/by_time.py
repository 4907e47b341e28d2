"""Invariants of time and of what goes out: I17 due days, I18 timers, I19 messages."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import chinese_calendar

from tests.chaos.evidence import Evidence, Ledger, Violation
from tests.chaos.story import filings, moves, told
from workflows import events as e

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_Attempt = tuple[int, str, int]  # unit, item, number
_Span = tuple[date, date]
DEEMED_AFTER = 5  # working days of silence (行政许可法 art. 32)
LAST_KNOWN = date(2026, 12, 31)
CHINA = timezone(timedelta(hours=8))


@dataclass(slots=True)
class _Waits:
    """When each attempt was received whole, and the days on which its project stood still."""

    received: dict[_Attempt, date] = field(default_factory=dict)
    stopped: dict[_Attempt, date] = field(default_factory=dict)
    stood: dict[_Attempt, list[_Span]] = field(default_factory=dict)

    def tell(self, body: e.Body, on: date) -> None:
        """Go on to after an event of that day."""
        unit = getattr(body, "unit", 0)
        self.received |= {(unit, one.item, one.attempt): on for one in filings(body)}
        match body:
            case e.ItemPaused(kind=e.PauseKind.SUSPENSION, paused=paused):
                self.stopped |= {(unit, one.item, one.attempt): on for one in paused}
            case e.ItemResumed(kind=e.PauseKind.SUSPENSION, resumed=resumed):
                for one in resumed:
                    attempt = (unit, one.item, one.attempt)
                    span = (self.stopped.pop(attempt, on), on)
                    self.stood.setdefault(attempt, []).append(span)
            case e.ItemResumed(kind=e.PauseKind.SUPPLEMENT, resumed=resumed):
                self.received |= {(unit, one.item, one.attempt): on for one in resumed}
            case _:
                pass


def due_days_are_right(evidence: Evidence) -> Iterator[Violation]:
    """I17: a timer is due when an independent calendar says so, counted from the receipt.

    An application is received when it is filed, or, if it had to be supplemented, when it was;
    days on which the project was suspended do not count.
    """
    for ledger in evidence.ledgers.values():
        waits = _Waits()
        for _, event in told(ledger):
            on = event.happened_at.astimezone(CHINA).date()
            waits.tell(event.body, on)
            for unit, tokens in moves(event.body):
                for timer in tokens.armed:
                    attempt = (unit, timer.item, timer.attempt)
                    began = waits.received.get(attempt, on)
                    wanted = due(began, DEEMED_AFTER, waits.stood.get(attempt, []))
                    if wanted is not None and timer.due_at != wanted:
                        what = f"{timer.path} is due {timer.due_at}, the oracle says {wanted}"
                        yield _violation("I17", ledger, event.number, what)


def due(began: date, days: int, stood: Iterable[_Span] = ()) -> datetime | None:
    """Return the instant after the last of *days* working days; None beyond the known years.

    Args:
        stood: Spans that do not count, each without its first day and with its last.

    >>> due(date(2026, 9, 29), 5).isoformat()
    '2026-10-13T00:00:00+08:00'
    """
    spans, day = tuple(stood), began
    while days:
        day += timedelta(days=1)
        if day > LAST_KNOWN:
            return None
        counts = chinese_calendar.is_workday(day)
        days -= counts and not any(first < day <= last for first, last in spans)
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), CHINA)


def timers_fire_once(evidence: Evidence) -> Iterator[Violation]:
    """I18: a timer fires once, armed and due; after a worker ran, none that was due is left."""
    for ledger in evidence.ledgers.values():
        fired: set[tuple[int, str, int, str]] = set()
        for story, event in told(ledger):
            body = event.body
            if not isinstance(body, e.TimerFired):
                continue
            name = (body.unit, body.item, body.attempt, body.timer)
            if name in fired:
                yield _violation("I18", ledger, event.number, f"{name} fired twice")
            fired.add(name)
            armed = [
                timer
                for (unit, path), timer in story.timers.items()
                if (unit, timer.item, timer.attempt, path.rpartition("/")[2]) == name
            ]
            if not armed:
                yield _violation("I18", ledger, event.number, f"{name} fired and was not armed")
            elif event.recorded_at < armed[0].due_at:
                yield _violation("I18", ledger, event.number, f"{name} fired before it was due")
        yield from _never_fired(ledger, evidence.drained_at)


def _never_fired(ledger: Ledger, drained_at: datetime | None) -> Iterator[Violation]:
    """Yield the timers of a running project that were due and never fired."""
    if drained_at is None or not ledger.events:
        return
    *_, (story, last) = told(ledger)
    story.tell(last)
    for (_, path), timer in story.timers.items():
        if not story.over and timer.due_at < drained_at:
            what = f"{path} was due {timer.due_at} and never fired"
            yield _violation("I18", ledger, 0, what)


def messages_arrive(evidence: Evidence) -> Iterator[Violation]:
    """I19: every event reaches its receiver at least once and is applied exactly once."""
    if evidence.deliveries is None:
        return
    got = Counter((one.project, one.number) for one in evidence.deliveries)
    applied = Counter((one.project, one.number) for one in evidence.deliveries if one.applied)
    for ledger in evidence.ledgers.values():
        for envelope in ledger.envelopes:
            key = (ledger.code, envelope.number)
            if not got[key]:
                yield _violation("I19", ledger, envelope.number, "no receiver heard of it")
            elif applied[key] != 1:
                what = f"it was applied {applied[key]} times"
                yield _violation("I19", ledger, envelope.number, what)


def _violation(rule: str, ledger: Ledger, at: int, what: str) -> Violation:
    return Violation(rule=rule, project=ledger.code, at=at, what=what)
