from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from engine.store import timers as stored
from engine.timers import Fired, Timers
from engine.verify import verify
from workflows.events import TimerFired

if TYPE_CHECKING:
    from tests.support.office import Office
    from workflows.rows import TimerRow

DOWN = timedelta(days=30)  # how long nobody was there


def timers_of(office: Office) -> Timers:
    return Timers(office.new_uow, office.clock, office.handle)


def armed(office: Office, projects: int = 1) -> int:
    """Run *projects* until each has timers, and return how many there are."""
    for seed in range(projects):
        project = office.filed(seed=seed % 7)
        while not any(run.timers for run in project.runs.values()):
            project = office.pushed_on(project, 1)
    with office.new_uow() as uow:
        return int(uow.connection.execute(text("SELECT count(*) FROM timer")).scalar_one())


def fired_in(office: Office) -> list[TimerFired]:
    """Return every timer that fired, by project and number."""
    with office.new_uow() as uow:
        codes = uow.connection.execute(text("SELECT project FROM project ORDER BY project"))
        found = list(codes.scalars())
    bodies = (each.event.body for code in found for each in office.handle.history(code))
    return [body for body in bodies if isinstance(body, TimerFired)]


def due(office: Office) -> tuple[TimerRow, ...]:
    with office.new_uow() as uow:
        return stored.due(uow.connection, office.clock.now(), 10_000)


def tampered(office: Office, statement: str, **given: object) -> None:
    with office.new_uow() as uow:
        uow.begin()
        uow.connection.execute(text(statement), given)
        uow.commit()


class TestFireDue:
    def test_leaves_what_is_not_due(self, office: Office) -> None:
        armed(office)

        assert timers_of(office).fire_due() == Fired()

    def test_fires_each_once_after_a_month_of_downtime(self, office: Office) -> None:
        number = armed(office, 3)
        office.clock.push(DOWN)

        first = timers_of(office).fire_due()
        second = timers_of(office).fire_due()

        assert (first.fired, first.dead, second) == (number, 0, Fired())
        assert len(fired_in(office)) == number
        assert verify(office.new_uow, office.library).ok

    def test_happens_at_the_due_instant_not_when_it_was_fired(self, office: Office) -> None:
        armed(office)
        office.clock.push(DOWN)
        instants = {timer.due_at for timer in due(office)}

        timers_of(office).fire_due()

        assert {body.due_at for body in fired_in(office)} == instants

    def test_takes_the_longest_due_first_and_no_more_than_the_batch(self, office: Office) -> None:
        number = armed(office, 3)
        office.clock.push(DOWN)
        oldest, *later = due(office)

        batch = timers_of(office).fire_due(1)

        assert batch == Fired(fired=1)
        assert [body.item for body in fired_in(office)] == [oldest.item]
        assert list(due(office)) == later
        assert len(later) == number - 1

    def test_fires_once_with_two_workers_at_once(self, office: Office) -> None:
        number = armed(office, 6)
        office.clock.push(DOWN)

        with ThreadPoolExecutor(2) as pool:
            batches = list(pool.map(lambda _: timers_of(office).fire_due(), range(2)))

        assert sum(batch.fired for batch in batches) == number
        assert sum(batch.dead for batch in batches) == 0
        assert len(fired_in(office)) == number

    @pytest.mark.slow
    def test_fires_ten_thousand_once_with_two_workers(self, office: Office) -> None:
        while armed(office, 100) < 10_000:
            pass
        office.clock.push(DOWN)
        names = Counter((t.project, t.unit, t.item, t.attempt) for t in due(office))

        def work(_: int) -> int:
            mine, timers = 0, timers_of(office)
            while (batch := timers.fire_due()).all:
                mine += batch.fired
            return mine

        with ThreadPoolExecutor(2) as pool:
            fired = sum(pool.map(work, range(2)))

        assert fired == len(fired_in(office)) >= names.total()
        assert due(office) == ()


class TestDeadTimers:
    """A row that no project stands behind can never fire."""

    def dead(self, office: Office) -> Timers:
        armed(office, 2)
        office.clock.push(DOWN)
        oldest = due(office)[0]
        tampered(
            office,
            "UPDATE timer SET project = 'nobody' WHERE project = :project AND path = :path",
            project=oldest.project,
            path=oldest.path,
        )
        return timers_of(office)

    def test_are_kept_and_do_not_stop_the_others(self, office: Office) -> None:
        timers = self.dead(office)

        batch = timers.fire_due()

        assert batch.dead == 1
        assert batch.fired > 0
        assert [(each.project, each.code) for each in timers.dead()] == [
            ("nobody", "project.unknown")
        ]
        assert timers.fire_due() == Fired()

    def test_are_tried_again_when_somebody_says_so(self, office: Office) -> None:
        timers = self.dead(office)
        timers.fire_due()
        (dead,) = timers.dead()

        timers.retry(dead)

        assert timers.dead() == ()
        assert timers.fire_due() == Fired(dead=1)

    def test_live_again_when_they_are_set_anew(self, office: Office) -> None:
        timers = self.dead(office)
        timers.fire_due()
        other = office.clock.now().isoformat(timespec="microseconds")

        statement = "UPDATE timer SET due_at = CAST(:other AS timestamptz)"
        if office.store.engine.dialect.name == "sqlite":
            statement = "UPDATE timer SET due_at = :other"
        tampered(office, statement, other=other)

        assert timers.fire_due() == Fired(dead=1)

    def test_do_not_come_of_an_attempt_that_moved_on(self, office: Office) -> None:
        armed(office)
        office.clock.push(DOWN)
        stale = due(office)
        timers_of(office).fire_due()

        outcomes = {timers_of(office)._fire(timer) for timer in stale}  # noqa: SLF001 - as a slow worker would

        assert outcomes == {"passed"}
