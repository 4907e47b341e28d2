"""Orders about pairs."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.commands.parts import Note  # noqa: TC001 - msgspec reads the annotations at run time


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposePair:
    """Propose two items; *policy* is "chosen" or "planned"."""

    first: str
    second: str
    unit: int = 0
    policy: str = "chosen"
    reason: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawPair:
    """Draw one pair by lot among all legal ready pairs of the stage run."""

    stage: int
    unit: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StartPair:
    """File both members of a proposed pair at the same instant."""

    pair: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DissolvePair:
    """Give up a proposed pair."""

    pair: str
    reason: Note | None = None
