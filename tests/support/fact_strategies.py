"""Random facts for Hypothesis: times in any order, pauses that overlap, projects of many shapes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from workflows.catalogue.values import DayUnit, Join
from workflows.events import How, PauseKind
from workflows.item_runs import Case, ItemRun, StageFact, Stretch

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

START = datetime(2025, 9, 1, tzinfo=UTC)
NOW = START + timedelta(days=200)
ITEMS = ("A", "B", "C", "D")
DEPARTMENTS = ("x", "y")


def moments(least: int = 0, most: int = 180 * 24 * 60) -> st.SearchStrategy[datetime]:
    """Return instants within half a year, to the minute."""
    return st.integers(least, most).map(lambda minutes: START + timedelta(minutes=minutes))


@st.composite
def stretches(draw: DrawFn) -> Stretch:
    """Draw a pause; one in five is open."""
    since = draw(moments())
    length = draw(st.integers(0, 40 * 24 * 60))
    until = None if draw(st.integers(0, 4)) == 0 else since + timedelta(minutes=length)
    return Stretch(
        kind=draw(st.sampled_from(tuple(PauseKind))),
        since=since,
        until=until,
        counted=draw(st.booleans()),
    )


@st.composite
def item_runs(
    draw: DrawFn, project: str = "P", item: str = "A", *, ordered: bool = False
) -> ItemRun:
    """Draw an attempt; unless *ordered*, its times may contradict one another."""
    times = [draw(moments()) for _ in range(8)]
    if ordered:
        times.sort()
    wanted, documents, filed, received, accepted, begun, decided, ended = times
    reached = draw(st.sampled_from((0, 1, 2, 3, 4, 5, 5, 5, 5, 5)))  # how far it has come
    waits = draw(st.booleans())
    return ItemRun(
        project=project,
        item=item,
        department=draw(st.sampled_from(DEPARTMENTS)),
        stage=draw(st.integers(1, 2)),
        wanted_at=wanted,
        documents_at=documents if waits else None,
        waited_for=draw(st.sampled_from(ITEMS)) if waits else None,
        filed_at=max(filed, wanted),
        received_at=received if reached else None,
        accepted_at=accepted if reached > 1 else None,
        begun_at=begun if reached > 2 and draw(st.booleans()) else None,
        decided_at=decided if reached > 3 else None,
        ended_at=max(ended, filed, wanted) if reached > 4 else None,
        result=draw(st.sampled_from(("granted", "refused", "revoked"))) if reached > 4 else None,
        pauses=tuple(draw(st.lists(stretches(), max_size=4))),
        limit=draw(st.none() | st.integers(0, 40)),
        limit_unit=draw(st.sampled_from(DayUnit)),
        how=draw(st.sampled_from(How)).value,
        milestone=draw(st.booleans()),
        recorded_late=draw(st.floats(0, 1e9)),
    )


@st.composite
def cases(draw: DrawFn, project: str = "P", *, ordered: bool = False) -> Case:
    """Draw a project with up to four items and its stages."""
    runs = tuple(
        draw(item_runs(project, item, ordered=ordered))
        for item in draw(st.lists(st.sampled_from(ITEMS), unique=True, min_size=1))
    )
    stages = tuple(
        StageFact(
            stage=stage,
            unit=0,
            opened_at=draw(moments()),
            filed_at=draw(st.none() | moments()),
            milestone_at=draw(st.none() | moments()),
            ended_at=draw(st.none() | moments()),
            join=draw(st.sampled_from((None, *Join))),
        )
        for stage in (1, 2)
    )
    return Case(
        project=project,
        flow=1,
        township="t1",
        owner="o1",
        agent=None,
        filed_at=START,
        ended_at=None,
        status="running",
        stages=stages,
        runs=runs,
    )


@st.composite
def districts(draw: DrawFn, *, ordered: bool = False) -> tuple[Case, ...]:
    """Draw up to four projects."""
    count = draw(st.integers(1, 4))
    return tuple(draw(cases(f"P{number}", ordered=ordered)) for number in range(count))
