"""Bulk work in the background: a job is a list of lines, each its own transaction and result."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from time import sleep
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import structlog

from engine import leases
from engine.errors import EngineError, LostLeaseError, UnknownJobError, UnknownKindError
from engine.heartbeat import beating
from engine.kind import LongKind, WatchKind
from engine.store import jobs
from engine.store.jobs import ANY, Job, JobStatus, Kinds, Line
from workflows.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from engine.clock import Clock
    from engine.kind import Kind
    from engine.store.port import Connection
    from engine.unit_of_work import UnitOfWork

SPAN, BEAT = leases.SPAN, leases.BEAT
MOST = 5  # attempts
FIRST_PAUSE = timedelta(seconds=2)  # before the second attempt; each later one doubles it
REST = 2  # times what a line took
NO_REST, LONGEST_REST = timedelta(), timedelta(milliseconds=50)
_STOPPED = (JobStatus.FAILED, JobStatus.CANCELLED)


class Jobs:
    """The jobs of all kinds."""

    def __init__(
        self, new_uow: Callable[[], UnitOfWork], time: Clock, kinds: Mapping[str, Kind]
    ) -> None:
        """Keep where jobs are stored, the machine's clock (the office's may stand), the kinds."""
        self._new_uow = new_uow
        self._time = time
        self._kinds = kinds

    @property
    def brief(self) -> Kinds:
        """All kinds but those whose lines take long."""
        return replace(self.long, others=True)

    @property
    def long(self) -> Kinds:
        """The kinds whose lines take long: what else there is to do need not wait for them."""
        names = (name for name, kind in self._kinds.items() if isinstance(kind, LongKind))
        return Kinds(names=frozenset(names))

    def enqueue(self, kind: str, parameters: Mapping[str, Any], most: int = MOST) -> str:
        """Put a job into the queue and return its id."""
        with self._new_uow() as uow:
            uow.begin()
            identity = self.put(uow.connection, kind, parameters, most)
            uow.commit()
        return identity

    def enqueue_once(self, identity: str, kind: str, parameters: Mapping[str, Any]) -> bool:
        """Put a job with an id of the caller's into the queue, unless there is one of that id.

        Returns:
            Whether it was put there now.
        """
        with self._new_uow() as uow:
            uow.begin()
            new = self.put_once(uow.connection, identity, kind, parameters)
            uow.commit()
        return new

    def put_once(
        self, connection: Connection, identity: str, kind: str, parameters: Mapping[str, Any]
    ) -> bool:
        """Put such a job into the queue within the caller's transaction; tell whether it is new."""
        return jobs.put(connection, self._queued(identity, kind, parameters, MOST))

    def put(
        self, connection: Connection, kind: str, parameters: Mapping[str, Any], most: int = MOST
    ) -> str:
        """Put a job into the queue within the caller's transaction, and return its id.

        Raises:
            UnknownKindError: It names the kinds there are.
        """
        job = self._queued(uuid4().hex, kind, parameters, most)
        jobs.put(connection, job)
        return job.id

    def get(self, identity: str) -> Job:
        """Return a job.

        Raises:
            UnknownJobError: If there is none.
        """
        with self._new_uow() as uow:
            return _known(jobs.get(uow.connection, identity), identity)

    def lines(self, identity: str) -> tuple[Line, ...]:
        """Return what became of a job's lines so far, by line."""
        with self._new_uow() as uow:
            return jobs.lines(uow.connection, identity)

    def wrong(self, *identities: str) -> dict[str, int]:
        """Return how many lines of each job could not be done; those without any are left out."""
        with self._new_uow() as uow:
            return jobs.wrong(uow.connection, identities)

    def listed(self, *statuses: JobStatus, limit: int | None = 100) -> tuple[Job, ...]:
        """Return the newest jobs of some statuses (none = of all), the newest first.

        Args:
            limit: Most of them; None = all.
        """
        with self._new_uow() as uow:
            return jobs.listed(uow.connection, statuses, limit)

    def call_off(self, connection: Connection, identity: str) -> Job:
        """Call a job off within the caller's transaction, and return it as it stands then.

        Lines that are done stay done, and a job that has ended is left as it is.

        Raises:
            UnknownJobError: If there is none.
        """
        job = _known(jobs.get(connection, identity), identity)
        cells: dict[str, Any] = {"ended_at": self._time.now(), "fence": job.fence + 1}
        if job.status not in jobs.OPEN or not jobs.change(
            connection, job, status=JobStatus.CANCELLED.value, **cells
        ):
            return _known(jobs.get(connection, identity), identity)
        return replace(job, status=JobStatus.CANCELLED, **cells)

    def retry(self, connection: Connection, identity: str) -> None:
        """Put a failed or cancelled job back into the queue, within the caller's transaction.

        Lines with a result stay done.

        Raises:
            UnknownJobError: If there is none.
        """
        job = _known(jobs.get(connection, identity), identity)
        begun = {"attempts": 0, "run_at": self._time.now(), "ended_at": None}
        # Whoever holds it still has lost it.
        again = {**begun, "status": JobStatus.QUEUED.value, "fence": job.fence + 1}
        if job.status not in _STOPPED or not jobs.change(connection, job, **again):
            raise UnknownJobError(job=identity)

    def take(self, holder: str, kinds: Kinds = ANY) -> Job | None:
        """Return the next job of *kinds*, held by *holder* for a while; None when there is none.

        One that *holder* holds already is an attempt of its own that broke off.
        """
        while True:
            now = self._time.now()
            with self._new_uow() as uow:
                if not jobs.waiting(uow.connection, now, holder, kinds):
                    return None  # an idle office keeps no writer waiting
            with self._new_uow() as uow:
                uow.begin()
                found = jobs.next_job(uow.connection, now, holder, kinds)
                if found is None:
                    return None
                held = _held(found, holder, now)
                self._change(uow.connection, found, **_cells(held))
                uow.commit()
            if held.status is JobStatus.RUNNING:
                return held

    def record(self, job: Job, line: Line) -> None:
        """Keep the result of one line, and hold the job longer.

        Raises:
            LostLeaseError: If another worker took the job, or it was called off.
        """
        with self._new_uow() as uow:
            uow.begin()
            self._change(uow.connection, job, until=self._time.now() + SPAN)
            done = jobs.put_line(uow.connection, job.id, line)
            self._change(uow.connection, job, done=done)
            uow.commit()

    def finish(self, job: Job) -> None:
        """Close a job whose lines all have a result.

        Raises:
            LostLeaseError: If another worker took the job, or it was called off.
        """
        self._write(job, status=JobStatus.DONE.value, ended_at=self._time.now(), error=None)

    def fail(self, job: Job, error: str) -> None:
        """Let go of a job after an attempt that broke off: later again, or never.

        Raises:
            LostLeaseError: If another worker took the job, or it was called off.
        """
        now = self._time.now()
        if job.attempts >= job.most:
            self._bury(job, error)
            return
        pause = min(FIRST_PAUSE * 2 ** (job.attempts - 1), jobs.LONGEST_PAUSE)
        self._write(job, status=JobStatus.QUEUED.value, run_at=now + pause, error=error)

    def run_next(
        self, holder: str, stopping: Callable[[], bool] = lambda: False, kinds: Kinds = ANY
    ) -> Job | None:
        """Take the next job of *kinds* and do it to its end, and return it; None = there is none.

        An attempt that breaks off is no error of the worker's: the job says what happened.

        Args:
            stopping: Tells whether the worker is to end; the job is then set aside between two
                lines, or within a long one, and goes on where it was, with any worker.

        Raises:
            EngineError: If the database fails while the job's state is written.
        """
        job = self.take(holder, kinds)
        if job is None:
            return None
        try:
            with beating(lambda: self._write(job, until=self._time.now() + SPAN), BEAT) as lost:
                self._run(job, partial(_look, lost.is_set, stopping))
        except _SetAsideError:
            self._set_aside(job)
        except LostLeaseError:
            pass  # somebody else has it now, and tells how it ends
        except Exception as error:  # noqa: BLE001 - a broken job must not stop the others; it stays visible
            self._give_up(job, error)
        return self.get(job.id)

    def _run(self, job: Job, look: Callable[[], None]) -> None:
        kind = self._kind(job.kind)
        names = kind.lines(job.parameters)
        self._write(job, total=len(names))
        watches = isinstance(kind, WatchKind)
        done = {line.line for line in self.lines(job.id) if line.ok or not watches}
        for name in names:
            if name not in done:
                look()
                began = self._time.now()
                self.record(job, _result(kind, job, name, look))
                _rest(self._time.now() - began)
        wrong = [line for line in self.lines(job.id) if not line.ok]
        if wrong and isinstance(kind, WatchKind):
            self._bury(job, kind.alarm(wrong))
        else:
            self.finish(job)

    def _bury(self, job: Job, error: str) -> None:
        """Let a job rest until somebody has it tried again; an error's words are not logged."""
        failed = JobStatus.FAILED.value
        self._write(job, status=failed, ended_at=self._time.now(), error=error)
        structlog.get_logger().error("job.failed", job=job.id, kind=job.kind)

    def _set_aside(self, job: Job) -> None:
        """Put a job back into the queue as if this attempt had not been."""
        with suppress(LostLeaseError):  # as above
            again = {"attempts": job.attempts - 1, "run_at": self._time.now(), "holder": None}
            self._write(job, status=JobStatus.QUEUED.value, **again)

    def _give_up(self, job: Job, error: Exception) -> None:
        with suppress(LostLeaseError):  # as above
            self.fail(job, f"{type(error).__name__}: {error}")

    def _queued(self, identity: str, kind: str, parameters: Mapping[str, Any], most: int) -> Job:
        self._kind(kind)
        now = self._time.now()
        return Job(
            id=identity,
            kind=kind,
            parameters=parameters,
            status=JobStatus.QUEUED,
            most=most,
            run_at=now,
            created_at=now,
        )

    def _kind(self, name: str) -> Kind:
        if name not in self._kinds:
            raise UnknownKindError(kind=name, known=sorted(self._kinds))
        return self._kinds[name]

    def _write(self, job: Job, **cells: object) -> None:
        with self._new_uow() as uow:
            uow.begin()
            self._change(uow.connection, job, **cells)
            uow.commit()

    def _change(self, connection: Connection, job: Job, **cells: object) -> None:
        if not jobs.change(connection, job, **cells):
            raise LostLeaseError(name=job.id)


def _held(found: Job, holder: str, now: datetime) -> Job:
    """Return *found* as held by *holder*; failed where each of its holders has died."""
    if found.attempts >= found.most:
        return replace(
            found, status=JobStatus.FAILED, ended_at=now, error=found.error or "workers died"
        )
    return replace(
        found,
        status=JobStatus.RUNNING,
        attempts=found.attempts + 1,
        fence=found.fence + 1,
        holder=holder,
        until=now + SPAN,
    )


def _cells(job: Job) -> dict[str, object]:
    names = ("attempts", "fence", "holder", "until", "ended_at", "error")
    return {name: getattr(job, name) for name in names} | {"status": job.status.value}


def _known(job: Job | None, identity: str) -> Job:
    if job is None:
        raise UnknownJobError(job=identity)
    return job


class _SetAsideError(Exception):
    """A job is let go of before its end, and nobody's fault."""


def _look(lost: Callable[[], bool], stopping: Callable[[], bool]) -> None:
    """End a line at once that is called off, another's, or to be left."""
    if lost() or stopping():
        raise _SetAsideError


def _rest(took: timedelta) -> None:
    """Leave the machine to those who wait for an answer: many short lines would not let it be."""
    sleep(min(max(REST * took, NO_REST), LONGEST_REST).total_seconds())  # a clock may be set back


def _result(kind: Kind, job: Job, line: str, look: Callable[[], None]) -> Line:
    """Do a line; one that cannot be done says why, and the next ones are done all the same."""
    key = f"job-{job.id}-{line}"
    try:
        if isinstance(kind, LongKind):
            return kind.do_looking(job.parameters, line, key, look)
        return kind.do(job.parameters, line, key)
    except Refusal as refusal:
        problem = refusal.code
    except EngineError as error:
        if error.retry_after is not None:
            raise
        problem = error.code
    return Line(line=line, ok=False, detail={"problem": problem})
