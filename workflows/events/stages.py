"""Stages: opened, filed together, milestone, end."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.events.parts import (  # noqa: TC001 - msgspec reads the annotations at run time
    Filing,
    Held,
    PulledIn,
    Tokens,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageOpened:
    """A stage run came to be, pinned to the net in force."""

    stage: int
    unit: int
    net: str
    slots: int
    mode: str
    tokens: Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class StageFiled:
    """The joint application: the mandated set in full, what was filed at once, what is held."""

    stage: int
    unit: int
    mandated: tuple[str, ...]
    filings: tuple[Filing, ...]
    held: tuple[Held, ...]
    pulled_in: tuple[PulledIn, ...]
    left_out: tuple[str, ...]
    tokens: Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneReached:
    """The stage's milestone items are granted; tokens move the lifecycle (None beside unit 0)."""

    stage: int
    unit: int
    tokens: Tokens | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StageEnded:
    """Nothing is open or wanted in the run any more."""

    stage: int
    unit: int
    tokens: Tokens | None
