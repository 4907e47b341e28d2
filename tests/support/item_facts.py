"""Facts of attempts by hand, their times in working days from the first of 2023."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.ledger import columns_of
from analysis.worktime import DAY
from tests.support.planted import instant
from workflows.calendar import shipped
from workflows.item_runs import Case, ItemRun, StageFact

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from analysis.columns import Columns


def at(day: float | None) -> datetime | None:
    """Return the instant that lies *day* working days after the first of 2023; None for None."""
    return None if day is None else instant(round(day * DAY))


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One attempt, in days; what is not said came with what was before it.

    Attributes:
        end: None while it is open.
        begun: When work began; None = nobody said so.
        more: Anything else that an ItemRun has.
    """

    item: str
    filed: float
    end: float | None
    wanted: float | None = None
    begun: float | None = None
    documents: float | None = None
    result: str = "granted"
    attempt: int = 1
    stage: int = 1
    department: str = "d"
    more: Mapping[str, Any] | None = None

    def run(self, project: str) -> ItemRun:
        """Return it as a fact of *project*."""
        wanted, filed = at(self.filed if self.wanted is None else self.wanted), at(self.filed)
        assert wanted is not None
        assert filed is not None
        return ItemRun(
            project=project,
            item=self.item,
            department=self.department,
            stage=self.stage,
            attempt=self.attempt,
            wanted_at=wanted,
            documents_at=at(self.documents),
            filed_at=filed,
            received_at=filed,
            accepted_at=filed,
            begun_at=at(self.begun),
            decided_at=at(self.end),
            ended_at=at(self.end),
            result=None if self.end is None else self.result,
            **(self.more or {}),
        )


def case(
    runs: Iterable[Told], *stages: StageFact, project: str = "P", agent: str = "a", filed: float = 0
) -> Case:
    """Return a project that is still running."""
    filed_at = at(filed)
    assert filed_at is not None
    return Case(
        project=project,
        flow=1,
        township="t",
        owner="o",
        agent=agent,
        filed_at=filed_at,
        ended_at=None,
        status="running",
        stages=stages,
        runs=tuple(told.run(project) for told in runs),
    )


def stage(number: int = 1, *, opened: float = 0, **days: Any) -> StageFact:
    """Return a stage run of the whole project: *filed*, *milestone*, *ended* in days, *join*."""
    opened_at = at(opened)
    assert opened_at is not None
    return StageFact(
        stage=number,
        unit=0,
        opened_at=opened_at,
        filed_at=at(days.get("filed")),
        milestone_at=at(days.get("milestone")),
        ended_at=at(days.get("ended")),
        join=days.get("join"),
    )


def columns(cases: Iterable[Case], now: float) -> Columns:
    """Return the columns of *cases* as of a day."""
    moment = at(now)
    assert moment is not None
    return columns_of(cases, shipped(), moment)
