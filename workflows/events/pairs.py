"""Pairs: proposed, started, ended, dissolved."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.commands import Note  # noqa: TC001 - msgspec reads the annotations at run time
from workflows.events.parts import (  # noqa: TC001 - msgspec reads the annotations at run time
    Draw,
    Filing,
    Policy,
    Tokens,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairProposed:
    """Days saved, in working days, against *baseline* (the two committed limits one by one)."""

    pair: str
    stage: int
    unit: int
    first: str
    second: str
    policy: Policy
    days_saved: int
    baseline: str
    draw: Draw | None = None
    reason: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PairStarted:
    """Both members filed at the same instant, each with a slot."""

    pair: str
    stage: int
    unit: int
    filings: tuple[Filing, Filing]
    tokens: Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class PairEnded:
    """The second of the two attempts ended."""

    pair: str
    stage: int
    unit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PairDissolved:
    """A pair that was only proposed binds its members no more.

    Attributes:
        cause: asked, filed_alone, declined, drawn, not_applicable, pulled_in, lapse_reverted or
            closed.
    """

    pair: str
    stage: int
    unit: int
    cause: str
    reason: Note | None = None
