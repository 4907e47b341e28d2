"""What a store has of many projects, a column at a time, in the order of their keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Instants = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCells:
    """The projects by code.

    Instants are microseconds since 1970-01-01 UTC: int64, negative where they did not come.
    """

    project: Sequence[str]
    flow: Sequence[int]
    township: Sequence[str]
    agent: Sequence[str | None]
    catalogue: Sequence[str]
    filed_at: Instants
    ended_at: Instants


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCells:
    """The units of the projects, and the stage from which each runs by itself."""

    project: Sequence[str]
    unit: Sequence[int]
    stage: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageCells:
    """The stage runs by project, stage and unit; instants as in CaseCells."""

    project: Sequence[str]
    stage: Sequence[int]
    unit: Sequence[int]
    opened_at: Instants
    filed_at: Instants
    milestone_at: Instants
    ended_at: Instants


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCells:
    """The attempts by project, unit, item and number; instants as in CaseCells.

    Attributes:
        first, second, policy: Of the pair.
        limit: Days, extension included.
        late: Seconds.
    """

    project: Sequence[str]
    unit: Sequence[int]
    item: Sequence[str]
    attempt: Sequence[int]
    stage: Sequence[int]
    department: Sequence[str]
    how: Sequence[str]
    pair: Sequence[str | None]
    first: Sequence[str | None]
    second: Sequence[str | None]
    policy: Sequence[str | None]
    result: Sequence[str | None]
    limit: Sequence[int | None]
    limit_unit: Sequence[str | None]
    late: Sequence[float]
    wanted_at: Instants
    filed_at: Instants
    received_at: Instants
    accepted_at: Instants
    begun_at: Instants
    decided_at: Instants
    ended_at: Instants


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseCells:
    """The pauses by attempt and number; instants as in CaseCells."""

    project: Sequence[str]
    unit: Sequence[int]
    item: Sequence[str]
    attempt: Sequence[int]
    kind: Sequence[str]
    counted: Sequence[bool]
    since: Instants
    until: Instants


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Everything that a store has of its projects, a column at a time."""

    cases: CaseCells
    units: UnitCells
    stages: StageCells
    runs: RunCells
    pauses: PauseCells
