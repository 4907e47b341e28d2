"""Attempts and projects drawn for the laws of the clocks: any dates, pauses, ends and units."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from tests.support.attempts import attempt, blank_project, limit, noon, stop
from workflows.catalogue.values import DayUnit
from workflows.events import PauseKind
from workflows.project import Attempt, ItemState, Pause, Project, Round, StageRun

DAY = timedelta(days=1)
FIRST = date(2025, 12, 1)
KINDS = [kind.value for kind in PauseKind]
UNITS = [unit.value for unit in DayUnit]
# Stage and unit of each run: alone, in line, beside stage 5, and two units in one stage.
SHAPES = (((1, 0),), ((1, 0), (2, 0)), ((2, 0), (5, 0)), ((3, 0), (3, 1)), ((3, 0), (4, 0), (4, 1)))

days = st.integers(0, 120).map(lambda number: FIRST + number * DAY)


@st.composite
def pauses(draw: st.DrawFn, since: date, until: date) -> list[Pause]:
    """Draw pauses that touch, overlap, hold each other, are counted or still open."""
    found = []
    for number in range(1, draw(st.integers(0, 5)) + 1):
        begin = draw(st.dates(since, until))
        end = draw(st.none() | st.dates(begin, until))
        kind = draw(st.sampled_from(KINDS))
        counted = draw(st.integers(0, 4)) == 0
        found.append(replace(stop(begin, end, kind, counted=counted), number=number))
    return found


@st.composite
def attempts(draw: st.DrawFn, *, accepted: bool = False, number: int = 1) -> Attempt:
    """Draw one life of an attempt: running, decided, delivered, refused, never accepted."""
    filed = draw(days)
    moments = sorted(draw(st.lists(st.integers(0, 90), min_size=3, max_size=3)))
    begun, decided, ended = (filed + moment * DAY for moment in moments)
    state = draw(st.integers(0 if not accepted else 1, 3))
    one = attempt(
        begun if state else None,
        filed=filed,
        decided=decided if state > 1 else None,
        ended=ended if state > 2 else None,
        pauses=draw(pauses(filed, ended)),
        committed=limit(draw(st.integers(0, 40)), draw(st.sampled_from(UNITS))),
        statutory=limit(draw(st.integers(0, 60)), draw(st.sampled_from(UNITS))),
        extension=draw(st.sampled_from((0, 0, 10))),
        status=draw(st.sampled_from((3, 8, 11, 13, 14))),
        number=number,
    )
    if state < 3:
        return one
    ended_pauses = tuple(replace(p, until=p.until or noon(ended)) for p in one.pauses)
    return replace(one, pauses=ended_pauses)


@st.composite
def projects(draw: st.DrawFn) -> Project:
    """Draw a project: up to three stage runs of up to three items of up to two attempts."""
    runs: dict[str, StageRun] = {}
    items: dict[str, ItemState] = {}
    for stage, unit in draw(st.sampled_from(SHAPES)):
        milestone = draw(st.none() | days.map(noon))
        runs[f"{stage}/{unit}"] = StageRun(
            stage=stage,
            unit=unit,
            net="net",
            slots=2,
            mode="rounds",
            tokens=frozenset(),
            opened_at=noon(FIRST),
            filed_at=noon(FIRST),
            round=Round(number=1, opened_by=1),
            milestone_at=milestone,
            ended_at=milestone and draw(st.sampled_from((None, milestone))),
        )
        for place in range(1, draw(st.integers(0, 3)) + 1):
            code = f"S{stage}-{place:02}"
            tries = tuple(
                draw(attempts(number=number)) for number in range(1, draw(st.integers(1, 2)) + 1)
            )
            items[f"{unit}/{code}"] = ItemState(unit=unit, stage=stage, item=code, attempts=tries)
    return blank_project(FIRST, runs, items)
