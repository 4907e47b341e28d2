"""Invariants between what clients were told and what the log holds: I1, I2, I3, I15, I16, I20."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.chaos import effects
from tests.chaos.evidence import READ, Evidence, Outcome, Violation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.chaos.evidence import Call
    from workflows.events import Event

SYSTEM = "system"


def acknowledged_is_done(evidence: Evidence) -> Iterator[Violation]:
    """I1: every acknowledged key has exactly its effect, and every effect has its call."""
    for call in evidence.commands:
        if call.outcome is not Outcome.OK:
            continue
        events = evidence.effect(call)
        if not events:
            yield _violation("I1", call, f"{call.op} was acknowledged and is not in the log")
            continue
        found = (events[0].number, events[-1].number)
        if found != (call.first, call.last):
            told = (call.first, call.last)
            yield _violation(
                "I1", call, f"{call.op} was told as events {told}, the log has {found}"
            )
        if not effects.main_events(call, events):
            kinds = [type(event.body).__name__ for event in events]
            yield _violation("I1", call, f"{call.op} did something else: {kinds}")
    yield from _effects_of_nobody(evidence)


def _effects_of_nobody(evidence: Evidence) -> Iterator[Violation]:
    """Yield commands in the logs that no client gave."""
    given = {call.command for call in evidence.commands}
    for ledger in evidence.ledgers.values():
        for command, events in ledger.effects.items():
            if command not in given and events[0].actor != SYSTEM:
                what = f"nobody gave the command {command} of {events[0].actor}"
                yield Violation(rule="I1", project=ledger.code, at=events[0].number, what=what)


def done_once(evidence: Evidence) -> Iterator[Violation]:
    """I2: a key has at most one effect: one stretch of one stream with one main event."""
    streams: dict[str, str] = {}
    for ledger in evidence.ledgers.values():
        for command, events in ledger.effects.items():
            at = events[0].number
            if streams.setdefault(command, ledger.code) != ledger.code:
                what = f"the command {command} is also in {streams[command]}"
                yield Violation(rule="I2", project=ledger.code, at=at, what=what)
            if [event.number for event in events] != list(range(at, at + len(events))):
                what = f"the command {command} left several stretches"
                yield Violation(rule="I2", project=ledger.code, at=at, what=what)
    for call in evidence.commands:
        main = effects.main_events(call, evidence.effect(call))
        if len(main) > 1:
            numbers = [event.number for event in main]
            yield _violation("I2", call, f"{call.op} was done {len(main)} times: {numbers}")


def refused_is_undone(evidence: Evidence) -> Iterator[Violation]:
    """I3 and I16: what was refused, at once or after a retry, has no effect."""
    for call in evidence.commands:
        events = evidence.effect(call) if call.outcome is Outcome.REFUSED else ()
        if events:
            rule = "I3" if call.tries == 1 else "I16"
            what = f"{call.op} was refused ({call.code}) on try {call.tries} and was done"
            yield _violation(rule, call, what, events[0])


def order_is_real_time(evidence: Evidence) -> Iterator[Violation]:
    """I15: what was acknowledged before another call began lies before it in the log."""
    for calls in evidence.by_project.values():
        done = [call for call in calls if call.op != READ and call.outcome is Outcome.OK]
        yield from _overtaken(done)


def _overtaken(calls: Iterable[Call]) -> Iterator[Violation]:
    """Sweep by time; remember the last number acknowledged before each invocation."""
    highest = 0
    for is_return, call in _moments(calls):
        if is_return:
            highest = max(highest, call.last)
        elif call.first <= highest:
            what = f"{call.op} began after event {highest} was acknowledged and became {call.first}"
            yield _violation("I15", call, what)


def _moments(calls: Iterable[Call]) -> list[tuple[bool, Call]]:
    """Return every invocation (False) and return (True) by time; invocations first."""
    moments = [(at, is_return, call) for call in calls for at, is_return in _ends(call)]
    moments.sort(key=lambda moment: moment[:2])
    return [(is_return, call) for _, is_return, call in moments]


def _ends(call: Call) -> tuple[tuple[float, bool], tuple[float, bool]]:
    return (call.invoked, False), (call.returned, True)


def own_acknowledgement_is_read(evidence: Evidence) -> Iterator[Violation]:
    """I20: a read that began after an acknowledgement shows it, whichever server answers."""
    for calls in evidence.by_project.values():
        told = [call for call in calls if call.outcome is Outcome.OK]
        highest = 0
        for is_return, call in _moments(told):
            if is_return:
                highest = max(highest, call.last)
            elif call.op == READ and call.last < highest:
                what = f"read {call.last} after {highest} had been shown or acknowledged"
                yield _violation("I20", call, what)


def _violation(rule: str, call: Call, what: str, event: Event | None = None) -> Violation:
    number = call.first if event is None else event.number
    return Violation(rule=rule, project=call.project, at=number, what=what)
