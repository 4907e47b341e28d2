from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from engine.errors import ConcurrentChangeError, DatabaseUnreachableError
from engine.jobs import Jobs
from engine.leases import SPAN, Leases
from engine.outbox import MOST, LogSender, Message, NotDeliveredError, Outbox
from engine.timers import Timers
from engine.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.envelope import Envelope
    from tests.support.office import Office

DAY = timedelta(days=1)


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
        outbox.retry(dead)
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

    def test_sends_once_from_two_workers(self, office: Office) -> None:
        projects = [office.filed(seed=n) for n in range(3)]
        receiver = Receiver()
        outbox = outbox_of(office, receiver)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda n: [outbox.work(str(n), 3) for _ in range(10)], range(2)))
        drained(office, receiver)

        wanted = [name for project in projects for name in expected(office, project.code)]
        assert Counter(receiver.seen) == Counter(wanted)


class TestWorker:
    def worker(self, office: Office, receiver: Receiver | LogSender) -> Worker:
        leases = Leases(office.new_uow, office.clock)
        timers = Timers(office.new_uow, office.clock, office.handle)
        jobs = Jobs(office.new_uow, office.clock, {})
        outbox = Outbox(office.new_uow, office.clock, leases, [receiver])
        return Worker("w", timers, jobs, outbox, leases)

    def test_does_what_there_is_to_do_and_then_waits(self, office: Office) -> None:
        project = office.filed()
        while not any(run.timers for run in project.runs.values()):
            project = office.pushed_on(project, 1)
        office.clock.push(timedelta(days=30))
        receiver, stop = Receiver(), threading.Event()

        def nothing_to_do() -> float:
            stop.set()
            return 0.0

        self.worker(office, receiver).run(stop, nothing_to_do)

        history = office.handle.history(project.code)
        assert "TimerFired" in [each.kind for each in history]
        assert set(receiver.seen) == set(expected(office, project.code))

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
    def test_outlives_what_goes_wrong_in_a_round(self, office: Office, error: Exception) -> None:
        stop = threading.Event()
        worker = self.worker(office, Receiver())
        office.store.engine.dispose()
        broken = self.broken(worker, error)
        pauses = iter([0.0, 0.0])

        def pause() -> float:
            found = next(pauses, None)
            if found is None:
                stop.set()
            return found or 0.0

        worker.run(stop, pause)

        assert broken == ["once"]

    def broken(self, worker: Worker, error: Exception) -> list[str]:
        """Let the worker's first round fail with *error*."""
        times: list[str] = []
        whole = worker.round

        def once() -> int:
            if not times:
                times.append("once")
                raise error
            return whole()

        worker.round = once  # type: ignore[method-assign]
        return times
