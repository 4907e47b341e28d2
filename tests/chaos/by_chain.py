"""Invariants of the log as a thing: I5 dense numbers, I6 the chain of hashes, I14 the fold."""

from __future__ import annotations

import json
from hashlib import sha256
from itertools import pairwise
from typing import TYPE_CHECKING

from engine import streams
from tests.chaos.evidence import Evidence, Ledger, Outcome, Violation
from workflows import derivation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from engine.envelope import Envelope

FIRST = "0" * 64


def numbers_are_dense(evidence: Evidence) -> Iterator[Violation]:
    """I5: every log counts 1, 2, 3 ... without a gap, and its time never goes back.

    Whatever is done to clocks, an event is recorded no earlier than the one before it.
    """
    for ledger in evidence.ledgers.values():
        for first, second in pairwise(ledger.envelopes):
            if second.recorded_at < first.recorded_at:
                what = f"it was recorded {second.recorded_at}, the one before {first.recorded_at}"
                yield _violation("I5", ledger, second.number, what)
        for wanted, envelope in enumerate(ledger.envelopes, start=1):
            if envelope.number != wanted:
                what = f"{envelope.number} stands where {wanted} belongs"
                yield _violation("I5", ledger, envelope.number, what)
                break


def chain_is_whole(evidence: Evidence) -> Iterator[Violation]:
    """I6: each hash is right and names the one before; head and anchors agree with the log."""
    for ledger in evidence.ledgers.values():
        previous = FIRST
        for envelope in ledger.envelopes:
            if envelope.previous != previous:
                yield _violation("I6", ledger, envelope.number, "it does not follow the one before")
            if envelope.hash != digest(envelope):
                yield _violation("I6", ledger, envelope.number, "its hash is not its own")
            previous = envelope.hash
        last = ledger.envelopes[-1] if ledger.envelopes else None
        if last is None or ledger.head != (last.number, last.hash):
            yield _violation("I6", ledger, 0, f"the head {ledger.head} is not the last event")
    yield from _forgotten(evidence)


def _forgotten(evidence: Evidence) -> Iterator[Violation]:
    """Yield what clients remember of a log and the log does not: a cut or rewritten tail."""
    hashes = {
        (ledger.code, envelope.number): envelope.hash
        for ledger in evidence.ledgers.values()
        for envelope in ledger.envelopes
    }
    for anchor in evidence.anchors:
        if hashes.get((anchor.project, anchor.number)) != anchor.hash:
            what = "a client remembers another event of this number"
            yield Violation(rule="I6", project=anchor.project, at=anchor.number, what=what)
    for call in evidence.history:
        if call.outcome is Outcome.OK and call.last and (call.project, call.last) not in hashes:
            what = f"a client was told of event {call.last}, the log ends before"
            yield Violation(rule="I6", project=call.project, at=call.last, what=what)


def digest(envelope: Envelope) -> str:
    """Return the hash that an envelope ought to carry, by the documented recipe alone."""
    head = json.dumps(
        [
            envelope.stream,
            envelope.number,
            envelope.kind,
            envelope.version,
            envelope.unit,
            envelope.stage,
            envelope.item,
            envelope.attempt,
            _instant(envelope.happened_at),
            _instant(envelope.recorded_at),
            envelope.actor,
            envelope.command,
            envelope.catalogue,
            envelope.net,
        ],
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return sha256(f"{envelope.previous}\n{head}\n{envelope.body}".encode()).hexdigest()


def _instant(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


def state_is_the_fold(evidence: Evidence) -> Iterator[Violation]:
    """I14: snapshot and rows are what the log adds up to, to the last cell."""
    for ledger in evidence.ledgers.values():
        try:
            project = streams.replay(ledger.envelopes)
        except (ValueError, KeyError, IndexError) as error:
            yield _violation("I14", ledger, 0, f"the log cannot be replayed: {error!r}")
            continue
        if ledger.snapshot != project:
            number = 0 if ledger.snapshot is None else ledger.snapshot.number
            yield _violation("I14", ledger, number, "the snapshot is not what the log adds up to")
        made = derivation.rows(project).by_key
        for key in sorted(made.keys() | ledger.rows.keys(), key=str):
            if made.get(key) != ledger.rows.get(key):
                how = "different" if key in made and key in ledger.rows else "missing or surplus"
                yield _violation("I14", ledger, 0, f"the row {key} is {how}")


def _violation(rule: str, ledger: Ledger, at: int, what: str) -> Violation:
    return Violation(rule=rule, project=ledger.code, at=at, what=what)
