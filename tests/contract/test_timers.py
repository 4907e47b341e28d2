from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert, text

from engine import notes
from engine.dues import with_dues
from engine.envelope import NOTHING, Circumstances, Entry, chain
from engine.errors import ConcurrentChangeError
from engine.handle import Handle
from engine.jobs import Jobs
from engine.leases import Leases
from engine.outbox import Outbox
from engine.store import timers as stored
from engine.store.port import Writes
from engine.store.tables import TimerRow as TimerTable
from engine.streams import head, of_project, recorded, replay
from engine.timers import BATCH, PASSES, UNKNOWN, Fired, Timers, key
from engine.verify import verify
from engine.worker import Worker
from tests.support.office import OWNER, START
from workflows import commands as c
from workflows.changes import changes
from workflows.events import ProjectFiled, TimerFired
from workflows.project import ProjectStatus
from workflows.rows import TimerRow

if TYPE_CHECKING:
    from engine.handle import Answer
    from tests.support.office import Office
    from workflows.project import Project

DOWN = timedelta(days=30)  # how long nobody was there
TIMERS = 3  # armed in each project that is copied


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


def fired_in_order(office: Office) -> list[tuple[str, int, str, int]]:
    """Return the timers of all logs as they were recorded: project, unit, item and attempt."""
    place = "xid" if office.store.engine.dialect.name == "postgresql" else "rowid"
    query = "SELECT stream, unit, item, attempt FROM event WHERE kind = 'TimerFired'"
    with office.new_uow() as uow:
        found = uow.connection.execute(text(f"{query} ORDER BY {place}")).all()
    return [(stream.removeprefix("project:"), *rest) for stream, *rest in found]


def copy(office: Office, project: Project, code: str) -> None:
    """Write *project* once more under another code, as if it had gone the same way."""
    stream = of_project(code)
    events = [each.event for each in office.handle.history(project.code)]
    filed = events[0].body
    assert isinstance(filed, ProjectFiled)
    events[0] = replace(events[0], body=replace(filed, code=code))
    catalogue = office.library.catalogue.hash
    at = Circumstances(stream=stream, command=code, catalogue=catalogue)
    entries = (
        Entry(
            number=event.number,
            happened_at=event.happened_at,
            recorded_at=event.recorded_at,
            actor=event.actor,
            body=event.body,
        )
        for event in events
    )
    envelopes = chain(at, NOTHING, entries)
    made = replay(envelopes)
    difference = with_dues(changes(None, made), None, made, office.library.calendar)
    with office.new_uow() as uow:
        uow.load(stream, "copy", code)
        uow.save(
            Writes(
                envelopes=envelopes,
                head=head(envelopes[-1], office.library.packing.pack(made)),
                recorded=recorded("copy", code, "", envelopes),
                difference=difference,
            )
        )
        uow.commit()


def due(office: Office) -> tuple[TimerRow, ...]:
    with office.new_uow() as uow:
        return stored.due(uow.connection, office.clock.now(), 100_000)


def tampered(office: Office, statement: str, **given: object) -> None:
    with office.new_uow() as uow:
        uow.begin()
        uow.connection.execute(text(statement), given)
        uow.commit()


class TestKey:
    @pytest.mark.parametrize(
        "other",
        [
            {"project": "q"},
            {"unit": 1},
            {"path": "/S1-02/silence"},
            {"attempt": 2},
            {"due_at": START + DOWN},  # set anew: what was answered before is another one
        ],
    )
    def test_is_another_one_for_another_timer(self, other: dict[str, Any]) -> None:
        timer = TimerRow(
            project="p", unit=0, path="/S1-01/silence", stage=1, item="S1-01", attempt=1,
            due_at=START,
        )  # fmt: skip

        assert key(timer) == key(replace(timer))
        assert key(timer) != key(replace(timer, **other))


class Withdrawing(Handle):
    """Is told of each timer just after the owner has withdrawn the project."""

    def execute(self, code: str, command: c.Command, *told: Any, **more: Any) -> Answer:
        if isinstance(command, c.FireTimer) and self.project(code).status is ProjectStatus.RUNNING:
            reason = notes.write("不再建设").note
            super().execute(code, c.WithdrawProject(reason=reason), OWNER, "end")
        return super().execute(code, command, *told, **more)


class TestFireDue:
    def test_buries_no_timer_of_a_project_that_ended_meanwhile(self, office: Office) -> None:
        number = armed(office)
        office.clock.push(DOWN)
        handle = Withdrawing(office.new_uow, office.clock, office.library)

        fired = Timers(office.new_uow, office.clock, handle).fire_due()

        assert fired == Fired(passed=number)
        assert not timers_of(office).dead()
        assert verify(office.new_uow, office.library).ok

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
        oldest, *later = sorted(due(office), key=lambda timer: timer.due_at)

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


@dataclass
class Noting(Timers):
    """Timers that write down how many each batch looked at."""

    office: Office
    batches: list[int]

    def __post_init__(self) -> None:
        super().__init__(self.office.new_uow, self.office.clock, self.office.handle)

    def fire_due(self, limit: int = BATCH) -> Fired:
        found = super().fire_due(limit)
        self.batches.append(found.all)
        return found


class Overtaken(Handle):
    """A handle that finds another writer at work each time."""

    def __init__(self) -> None:
        """Need nothing."""

    def execute(self, *_order: object, **_more: object) -> Answer:
        """Raise what a faster writer leads to."""
        raise ConcurrentChangeError


class TestATimerThatAnotherWriterOvertook:
    def test_stays_due_and_fires_later(self, office: Office) -> None:
        number = armed(office)
        office.clock.push(DOWN)
        overtaken = Timers(office.new_uow, office.clock, Overtaken())

        batch = overtaken.fire_due()

        assert batch == Fired(put_off=1)
        assert overtaken.dead() == ()
        assert timers_of(office).fire_due() == Fired(fired=number)


class TestAfterDaysOfDowntime:
    def many(self, office: Office, number: int) -> None:
        """Let *number* timers or a few more be due, at several instants, with nobody there."""
        bases = []
        for seed in range(1, 4):
            project = office.filed(seed=seed)
            while sum(len(run.timers) for run in project.runs.values()) < TIMERS:
                project = office.pushed_on(project, 1)
            bases.append(project)
            office.clock.push(timedelta(days=1))
        for place in range(number // TIMERS - len(bases) + 1):
            copy(office, bases[place % len(bases)], f"2601-120118-04-02-{place:06d}")
        office.clock.push(DOWN)

    def worked_off(self, office: Office) -> list[int]:
        """Let two workers go on until nothing is due, and return the size of each batch."""
        timers = Noting(office, [])
        # The leases' clock stands: how long the machine takes must not matter.
        leases = Leases(office.new_uow, office.clock)
        jobs = Jobs(office.new_uow, office.clock, {})
        outbox = Outbox(office.new_uow, office.clock, leases, [])
        stop = threading.Event()

        def work(name: str) -> None:
            Worker(name, timers, jobs, outbox, leases).run(stop, lambda: 0.05)

        with ThreadPoolExecutor(2) as pool:
            both = [pool.submit(work, name) for name in ("a", "b")]
            while timers.waiting() and not any(each.done() for each in both):
                stop.wait(0.2)
            stop.set()
        for each in both:
            each.result()
        return timers.batches

    def check(self, office: Office, number: int) -> None:
        self.many(office, number)
        instants = {(t.project, t.unit, t.item, t.attempt): t.due_at for t in due(office)}

        batches = self.worked_off(office)

        fired = fired_in_order(office)
        assert len(fired) >= number
        assert sorted(fired) == sorted(instants)
        # By what the timers say, not by how the store hands them out.
        in_order = [instants[timer] for timer in fired]
        assert in_order == sorted(in_order)
        assert len(set(in_order)) > 1
        assert max(batches) == BATCH

    def test_two_workers_fire_each_once_in_due_order_batch_by_batch(self, office: Office) -> None:
        self.check(office, 2 * BATCH + 1)

        assert verify(office.new_uow, office.library).ok

    # Slow with a reason: ten thousand commands on a real database.
    @pytest.mark.slow
    def test_two_workers_fire_ten_thousand_so(self, office: Office) -> None:
        self.check(office, 10_000)


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

    def test_are_what_no_state_knows_of_and_let_those_behind_them_fire(
        self, office: Office
    ) -> None:
        number = armed(office)
        office.clock.push(DOWN)
        (stray,) = strays = [replace(due(office)[0], path="no/such/timer", due_at=START)]
        office.write(lambda connection: connection.execute(insert(TimerTable), [asdict(stray)]))
        timers = timers_of(office)

        batches = [timers.fire_due(len(strays)) for _ in range(PASSES + number)]

        assert batches[0] == Fired(passed=1)
        assert sum(batch.fired for batch in batches) == number
        assert [(each.path, each.code) for each in timers.dead()] == [(stray.path, UNKNOWN)]

    def test_are_tried_again_when_somebody_says_so(self, office: Office) -> None:
        timers = self.dead(office)
        timers.fire_due()
        (dead,) = timers.dead()

        office.write(partial(stored.revive, timer=dead))

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
