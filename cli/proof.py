"""What a project's log proves: an unbroken chain, and a replay that equals what is stored."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from engine import streams
from engine.envelope import NOTHING, digest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.envelope import Envelope
    from workflows.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was checked.

    Attributes:
        chain_ok: Every event carries the hash of its content and of the event before it.
        replay_ok: The events add up to the stored snapshot and to the stored rows.
    """

    chain_ok: bool
    replay_ok: bool


def chain_holds(envelopes: Sequence[Envelope]) -> bool:
    """Tell whether the log is dense from 1, and every hash is what it ought to be."""
    if not envelopes or envelopes[0].previous != NOTHING:
        return False
    sealed = all(envelope.hash == digest(envelope) for envelope in envelopes)
    dense = all(envelope.number == number for number, envelope in enumerate(envelopes, 1))
    linked = all(after.previous == before.hash for before, after in pairwise(envelopes))
    return sealed and dense and linked


def replays_to(envelopes: Sequence[Envelope], stored: Project) -> bool:
    """Tell whether the events add up to the stored project; a broken log does not."""
    try:
        return streams.replay(envelopes) == stored
    except (ValueError, KeyError, IndexError):
        return False
