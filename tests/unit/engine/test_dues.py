from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from engine.dues import with_dues
from tests.support.paper_office import START, PaperOffice
from workflows.dues import due_rows
from workflows.events import Limit
from workflows.rows import Difference

if TYPE_CHECKING:
    from collections.abc import Callable

    from workflows.project import Attempt, Project


@pytest.fixture(scope="module")
def accepted() -> Project:
    """Return a project with a running, accepted attempt."""
    return PaperOffice().play(lambda project: bool(running(project)))


def running(project: Project) -> list[str]:
    return [
        key
        for key, state in sorted(project.items.items())
        if state.open is not None and state.open.accepted_at is not None
    ]


def changed(project: Project, change: Callable[[Attempt], Attempt]) -> Project:
    key = running(project)[0]
    state = project.items[key]
    attempts = (*state.attempts[:-1], change(state.attempts[-1]))
    return replace(project, items={**project.items, key: replace(state, attempts=attempts)})


def difference(before: Project | None, after: Project) -> Difference:
    return with_dues(Difference(), before, after, PaperOffice().library.calendar)


class TestWithDues:
    def test_writes_a_row_with_the_acceptance(self, accepted: Project) -> None:
        found = difference(None, accepted)

        assert found.inserts == due_rows(accepted, PaperOffice().library.calendar)
        assert (found.updates, found.deletes) == ((), ())

    @pytest.mark.parametrize(("days", "provisional"), [(20, False), (400, True)])
    def test_is_provisional_by_either_limit(
        self, accepted: Project, days: int, *, provisional: bool
    ) -> None:
        law = Limit(days=days, unit="working_day", source="A")
        two = changed(
            accepted,
            lambda attempt: replace(attempt, committed=replace(law, days=1), statutory=law),
        )
        calendar = PaperOffice().library.calendar

        (row,) = (row for row in due_rows(two, calendar) if row.item == running(two)[0][2:])

        assert row.provisional is provisional

    def test_writes_it_anew_when_the_limit_grows(self, accepted: Project) -> None:
        longer = changed(accepted, lambda attempt: replace(attempt, extension=5))

        found = difference(accepted, longer)

        (row,) = found.updates
        assert row in due_rows(longer, PaperOffice().library.calendar)
        assert (found.inserts, found.deletes) == ((), ())

    @pytest.mark.parametrize("over", [{"decided_at"}, {"ended_at"}, {"decided_at", "ended_at"}])
    def test_takes_it_away_with_the_decision_or_the_end(
        self, accepted: Project, over: set[str]
    ) -> None:
        ended = changed(
            accepted,
            lambda attempt: replace(
                attempt,
                decided_at=START if "decided_at" in over else None,
                ended_at=START if "ended_at" in over else None,
            ),
        )

        found = difference(accepted, ended)

        assert len(found.deletes) == 1
        assert (found.inserts, found.updates) == ((), ())

    def test_leaves_alone_what_nothing_touched(self, accepted: Project) -> None:
        assert difference(accepted, replace(accepted, agent="a")) == Difference()


class TestDueRows:
    def test_say_nothing_of_what_is_not_accepted(self, accepted: Project) -> None:
        before = changed(accepted, lambda attempt: replace(attempt, accepted_at=None))

        rows = due_rows(before, PaperOffice().library.calendar)

        assert len(rows) == len(due_rows(accepted, PaperOffice().library.calendar)) - 1

    def test_know_no_day_beyond_the_calendar(self, accepted: Project) -> None:
        def long(attempt: Attempt) -> Attempt:
            limit = Limit(days=9_000, unit="working_day", source="A")
            return replace(attempt, committed=limit)

        key = running(accepted)[0]

        rows = due_rows(changed(accepted, long), PaperOffice().library.calendar)

        row = next(each for each in rows if f"{each.unit}/{each.item}" == key)
        assert (row.committed_due, row.provisional) == (None, True)
