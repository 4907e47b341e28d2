"""The lines of a stage's arithmetic, on dates of March 2026 (the 2nd is a Monday)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.support.attempts import attempt, blank_project, noon, stop
from tests.support.catalogues import shipped as catalogue
from tests.support.law_office import CALENDAR, march
from workflows.project import Attempt, ItemState, Project, Round, StageRun
from workflows.stage_clock import Part, StageClock, project_clock
from workflows.stage_lines import Stretch, stretches

DAY = timedelta(days=1)
RUN = StageRun(
    stage=2,
    unit=0,
    net="net",
    slots=2,
    mode="rounds",
    tokens=frozenset(),
    opened_at=noon(date(2026, 3, 2)),
    filed_at=noon(date(2026, 3, 2)),
    round=Round(number=1, opened_by=1),
)


def project(*attempts: Attempt) -> Project:
    """Return a project with an attempt of each of the first items of stage 2."""
    items = {
        f"0/S2-0{number}": ItemState(unit=0, stage=2, item=f"S2-0{number}", attempts=(each,))
        for number, each in enumerate(attempts, 1)
    }
    return blank_project(march(2), {"2/0": RUN}, items)


def told(one: Project, on: date, limit: int | None = None) -> tuple[Stretch, ...]:
    """Return the lines of stage 2."""
    seen = stage(one, on)
    if limit is not None and seen.reading is not None:
        seen = replace(seen, reading=replace(seen.reading, limit=limit))
    return stretches(one, seen, CALENDAR, on)


def stage(one: Project, on: date) -> StageClock:
    return project_clock(one, catalogue(), CALENDAR, on).stages[0]


class TestStretches:
    def test_name_the_items_whose_time_it_was(self) -> None:
        both = project(attempt(march(2), decided=march(4)), attempt(march(3), decided=march(6)))

        found = [(each.since.day, each.until.day, each.items) for each in told(both, march(6))]

        assert found[0] == (3, 3, ("S2-01",))
        assert found[1] == (4, 4, ("S2-01", "S2-02"))
        assert found[2][2] == ("S2-02",)

    def test_count_nothing_while_all_stands_still(self) -> None:
        stopped = project(attempt(march(2), pauses=[stop(march(4), march(9))]))

        found = told(stopped, march(11))

        assert [(each.part, each.counted, each.total) for each in found] == [
            (Part.APPROVAL, 2, 2),
            (Part.SUPPLEMENT, 0, 2),
            (Part.APPROVAL, 2, 4),
        ]

    def test_are_cut_where_the_limit_is_used_up(self) -> None:
        found = told(project(attempt(march(2))), march(13), limit=5)

        assert [(each.until.day, each.late) for each in found] == [(9, False), (13, True)]

    @given(
        st.lists(
            st.tuples(st.integers(2, 12), st.integers(0, 9), st.integers(0, 6), st.integers(0, 6)),
            min_size=1,
            max_size=4,
        ),
        st.integers(0, 20),
    )
    def test_add_up_to_the_clock(self, drawn: list[tuple[int, int, int, int]], limit: int) -> None:
        lives = [
            attempt(
                march(start),
                decided=march(start + length) if length else None,
                pauses=[stop(march(start + gap), march(start + gap + stood))] if stood else [],
            )
            for start, length, gap, stood in drawn
        ]
        one = project(*lives)

        found, clock = told(one, march(27), limit), stage(one, march(27))

        assert sum(each.counted for each in found) == clock.used
        assert sum(each.days for each in found) == clock.elapsed
        assert all(a.until + DAY == b.since for a, b in pairwise(found))
        for part, days in clock.parts.items():
            assert sum(each.days for each in found if each.part is part) == days
        late = sum(each.counted for each in found if each.late)
        assert late == max(0, clock.used - limit)
