from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from engine.clock import PushableClock
from engine.errors import ConcurrentChangeError, DatabaseUnreachableError
from engine.jobs import Jobs
from engine.leases import SPAN, Leases
from engine.outbox import FIRST_PAUSE, MOST, LogSender, Message, NotDeliveredError, Outbox
from engine.store.deliveries import LONGEST_PAUSE
from engine.store.jobs import JobStatus, Line
from engine.timers import Timers
from engine.worker import Worker
from tests.contract.test_timers import armed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.envelope import Envelope
    from engine.kind import Kind
    from tests.support.office import Office

DAY = timedelta(days=1)
THREADS = 3  # of a worker


class Died(BaseException):
    """The process ends here."""


@dataclass
class Receiver:
    """Takes messages; *trouble* happens before one is taken."""

    name: str = "receiver"
    trouble: Callable[[Message], None] = lambda _message: None
    seen: list[str] = field(default_factory=list)

    def wants(self, envelope: Envelope) -> bool:
        return envelope.kind != "AgentJoined"

    def send(self, message: Message) -> None:
        self.trouble(message)
        self.seen.append(message.id)


def outbox_of(office: Office, *receivers: Receiver) -> Outbox:
    leases = Leases(office.new_uow, office.clock)
    return Outbox(office.new_uow, office.clock, leases, receivers)


def drained(office: Office, *receivers: Receiver) -> None:
    outbox = outbox_of(office, *receivers)
    while outbox.work("w", 5):
        pass


def expected(office: Office, code: str) -> list[str]:
    return [f"{each.stream}/{each.number}" for each in office.handle.history(code)]


def refuse(_message: Message) -> None:
    raise NotDeliveredError("no")


class TestWork:
    def test_sends_every_wanted_event_once_in_order(self, office: Office) -> None:
        project = office.pushed_on(office.filed(), 3)
        receiver = Receiver()

        drained(office, receiver)
        drained(office, receiver)

        assert receiver.seen == expected(office, project.code)

    def test_sends_again_what_was_not_taken_with_the_same_id(self, office: Office) -> None:
        project = office.filed()
        receiver = Receiver(trouble=refuse)
        drained(office, receiver)
        at_first = list(receiver.seen)
        receiver.trouble = lambda _message: None

        drained(office, receiver)
        too_early = list(receiver.seen)
        office.clock.push(DAY)
        drained(office, receiver)

        assert (at_first, too_early) == ([], [])
        assert receiver.seen == expected(office, project.code)

    def test_holds_a_stream_back_behind_what_was_not_taken(self, office: Office) -> None:
        stuck, other = office.filed(), office.filed(seed=1)
        bad, *_ = expected(office, stuck.code)

        def trouble(message: Message) -> None:
            if message.id == bad:
                raise NotDeliveredError

        receiver = Receiver(trouble=trouble)

        drained(office, receiver)
        drained(office, receiver)

        assert receiver.seen == expected(office, other.code)

    def test_sends_again_when_it_died_before_it_could_write_that_down(self, office: Office) -> None:
        project = office.filed()
        receiver = Receiver()

        def die(message: Message) -> None:
            receiver.seen.append(message.id)
            raise Died

        receiver.trouble = die
        with pytest.raises(Died):
            drained(office, receiver)
        receiver.trouble = lambda _message: None
        office.clock.push(SPAN)
        drained(office, receiver)

        first, *_ = wanted = expected(office, project.code)
        assert receiver.seen == [first, *wanted]

    def test_buries_what_is_never_taken_and_sends_the_rest(self, office: Office) -> None:
        project = office.filed()
        bad, *rest = expected(office, project.code)

        def trouble(message: Message) -> None:
            if message.id == bad:
                raise ValueError("broken")

        receiver = Receiver(trouble=trouble)
        for _ in range(MOST):
            drained(office, receiver)
            office.clock.push(DAY)
        drained(office, receiver)
        outbox = outbox_of(office, receiver)
        (dead,) = outbox.dead()
        receiver.trouble = lambda _message: None
        sent_without = list(receiver.seen)
        office.write(partial(outbox.retry, delivery=dead))
        drained(office, receiver)

        assert sent_without == rest
        assert (dead.last_error, dead.tries) == ("ValueError: broken", MOST)
        assert receiver.seen == [*rest, bad]
        assert outbox.dead() == ()

    def test_lets_one_receiver_fail_alone(self, office: Office) -> None:
        project = office.filed()
        bad, good = Receiver(name="bad", trouble=refuse), Receiver(name="good")

        drained(office, bad, good)

        assert bad.seen == []
        assert good.seen == expected(office, project.code)

    def test_waits_for_no_try_that_was_put_off_by_a_clock_that_was_ahead(
        self, office: Office
    ) -> None:
        project = office.filed()
        right = office.clock.now()
        office.clock.push(timedelta(days=365))
        receiver = Receiver(trouble=refuse)
        drained(office, receiver)
        receiver.trouble = lambda _message: None
        clock = PushableClock(right)

        outbox = Outbox(office.new_uow, clock, Leases(office.new_uow, clock), [receiver])
        while outbox.work("w"):
            pass

        assert receiver.seen == expected(office, project.code)

    def test_keeps_to_the_pause_before_the_next_try(self, office: Office) -> None:
        office.filed()
        receiver = Receiver(trouble=refuse)
        for _ in range(MOST - 1):
            drained(office, receiver)
            receiver.trouble = lambda message: pytest.fail(message.id)
            office.clock.push(FIRST_PAUSE / 2)
            drained(office, receiver)
            receiver.trouble = refuse
            office.clock.push(LONGEST_PAUSE)

    def test_sends_once_from_two_workers(self, office: Office) -> None:
        projects = [office.filed(seed=n) for n in range(3)]
        receiver = Receiver()
        outbox = outbox_of(office, receiver)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda n: [outbox.work(str(n), 3) for _ in range(10)], range(2)))
        drained(office, receiver)

        wanted = [name for project in projects for name in expected(office, project.code)]
        assert Counter(receiver.seen) == Counter(wanted)


class Broken(Timers):
    """Timers of which nothing can be known."""

    def __init__(self, office: Office, error: Exception) -> None:
        super().__init__(office.new_uow, office.clock, office.handle)
        self.error = error

    def waiting(self) -> bool:
        raise self.error


class Faulty(Receiver):
    """A receiver with a fault of its own."""

    name = "faulty"

    def wants(self, envelope: Envelope) -> bool:
        raise ValueError("damaged row", envelope.number)


@dataclass
class Long:
    """A job whose one line takes until it is told to stop."""

    began: threading.Event
    stop: threading.Event

    def lines(self, parameters: Mapping[str, Any]) -> tuple[str, ...]:
        assert parameters == {}
        return ("only",)

    def do(self, parameters: Mapping[str, Any], line: str, key: str) -> Line:
        return self.do_looking(parameters, line, key, lambda: None)

    def do_looking(
        self, parameters: Mapping[str, Any], line: str, key: str, look: Callable[[], None]
    ) -> Line:
        look()
        assert key
        self.began.set()
        self.stop.wait(60)
        return Line(line=line, ok=True, detail=dict(parameters))


class Short:
    """A job that is done at once."""

    def lines(self, parameters: Mapping[str, Any]) -> tuple[str, ...]:
        assert parameters == {}
        return ("only",)

    def do(self, parameters: Mapping[str, Any], line: str, key: str) -> Line:
        assert key
        return Line(line=line, ok=True, detail=dict(parameters))


class TestWorker:
    def worker(
        self, office: Office, receiver: Receiver | LogSender, timers: Timers | None = None
    ) -> Worker:
        leases = Leases(office.new_uow, office.clock)
        timers = timers or Timers(office.new_uow, office.clock, office.handle)
        jobs = Jobs(office.new_uow, office.clock, {})
        outbox = Outbox(office.new_uow, office.clock, leases, [receiver])
        return Worker("w", timers, jobs, outbox, leases)

    def test_does_what_there_is_to_do_and_then_waits(self, office: Office) -> None:
        project = office.filed()
        while not any(run.timers for run in project.runs.values()):
            project = office.pushed_on(project, 1)
        office.clock.push(timedelta(days=30))
        receiver, stop = Receiver(), threading.Event()

        idle: list[str] = []

        def nothing_to_do() -> float:
            idle.append(threading.current_thread().name)
            if len(set(idle)) == THREADS:
                stop.set()
            return 0.01

        self.worker(office, receiver).run(stop, nothing_to_do)

        history = office.handle.history(project.code)
        assert "TimerFired" in [each.kind for each in history]
        assert set(receiver.seen) == set(expected(office, project.code))

    def test_fires_timers_beside_a_job_that_takes_long(self, office: Office) -> None:
        armed(office)
        office.clock.push(timedelta(days=30))
        began, stop = threading.Event(), threading.Event()
        worker, timers = self.long_worker(office, began, stop)

        def nothing_to_do() -> float:
            if began.is_set() and not timers.waiting():
                stop.set()
            return 0.01

        worker.run(stop, nothing_to_do)

        assert not timers.waiting()

    def test_does_a_short_job_beside_one_that_takes_long(self, office: Office) -> None:
        began, stop = threading.Event(), threading.Event()
        kinds: dict[str, Kind] = {"long": Long(began, stop), "short": Short()}
        jobs = Jobs(office.new_uow, office.clock, kinds)
        first, then = jobs.enqueue("long", {}), jobs.enqueue("short", {})
        leases = Leases(office.new_uow, office.clock)
        timers = Timers(office.new_uow, office.clock, office.handle)
        worker = Worker("w", timers, jobs, Outbox(office.new_uow, office.clock, leases, []), leases)
        before: list[JobStatus] = []

        def nothing_to_do() -> float:
            if began.is_set() and jobs.get(then).status is JobStatus.DONE:
                before.append(jobs.get(first).status)
                stop.set()
            return 0.01

        worker.run(stop, nothing_to_do)

        assert before[0] is JobStatus.RUNNING

    def long_worker(
        self, office: Office, began: threading.Event, stop: threading.Event
    ) -> tuple[Worker, Timers]:
        """Return a worker whose one job does not end before *stop* is set, and its timers."""
        timers = Timers(office.new_uow, office.clock, office.handle)
        jobs = Jobs(office.new_uow, office.clock, {"long": Long(began, stop)})
        jobs.enqueue("long", {})
        leases = Leases(office.new_uow, office.clock)
        outbox = Outbox(office.new_uow, office.clock, leases, [])
        return Worker("w", timers, jobs, outbox, leases), timers

    def test_writes_names_and_no_contents_to_the_log(
        self, office: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        project = office.filed()

        self.worker(office, LogSender()).round()

        told = capsys.readouterr().out
        assert f"project:{project.code}" in told
        assert "ProjectFiled" in told
        assert "owner" not in told

    @pytest.mark.parametrize(
        "error", [DatabaseUnreachableError(), ConcurrentChangeError(), ValueError("damaged row")]
    )
    def test_does_everything_else_when_one_thing_goes_wrong(
        self, office: Office, error: Exception, capsys: pytest.CaptureFixture[str]
    ) -> None:
        project = office.filed()
        receiver = Receiver()
        worker = self.worker(office, receiver, Broken(office, error))

        rounds = [worker.round() for _ in range(20)]

        assert rounds[0] > 0
        assert set(receiver.seen) == set(expected(office, project.code))
        # It is tried again, and rests longer each time: after 1, 3 and 7 rounds.
        assert capsys.readouterr().out.count("worker.failed") == len((1, 3, 7, 15))

    @pytest.mark.parametrize("place", [0, 1])
    def test_sends_to_everybody_else_when_one_receiver_has_a_fault(
        self, office: Office, place: int
    ) -> None:
        project = office.filed()
        receiver = Receiver()
        senders: list[Receiver] = [receiver]
        senders.insert(place, Faulty())
        leases = Leases(office.new_uow, office.clock)
        outbox = Outbox(office.new_uow, office.clock, leases, senders)

        outbox.work("w")

        assert receiver.seen == expected(office, project.code)
