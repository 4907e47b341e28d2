from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from engine.clock import PushableClock
from engine.errors import (
    DatabaseUnreachableError,
    LostLeaseError,
    UnknownJobError,
    UnknownKindError,
)
from engine.jobs import SPAN, Jobs
from engine.store.jobs import LONGEST_PAUSE, Job, JobStatus, Line
from workflows.errors import UnknownProjectError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.support.office import Office

LINES = ("a", "b", "c")


@dataclass
class Letters:
    """A kind of job that writes its lines down; *trouble* happens before a line is done."""

    trouble: Callable[[str], None] = lambda _line: None
    done: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def lines(self, parameters: Mapping[str, Any]) -> tuple[str, ...]:
        assert parameters == {"of": "letters"}
        return LINES

    def do(self, parameters: Mapping[str, Any], line: str, key: str) -> Line:
        self.trouble(line)
        self.done.append(line)
        self.keys.append(key)
        return Line(line=line, ok=True, detail=dict(parameters))


@dataclass
class LongLetters(Letters):
    """Letters that are written word by word, with a look after each; *word* happens before it."""

    words: int = 3
    word: Callable[[str], None] = lambda _line: None

    def do_looking(
        self, parameters: Mapping[str, Any], line: str, key: str, look: Callable[[], None]
    ) -> Line:
        for _ in range(self.words):
            self.word(line)
            look()
        return self.do(parameters, line, key)


def jobs_of(office: Office, kind: Letters | None = None) -> Jobs:
    return Jobs(office.new_uow, office.clock, {"letters": kind or Letters()})


def queued(jobs: Jobs, most: int = 5) -> str:
    return jobs.enqueue("letters", {"of": "letters"}, most)


def taken(jobs: Jobs, holder: str) -> Job:
    job = jobs.take(holder)
    assert job is not None
    return job


def called_off(jobs: Jobs, office: Office, identity: str) -> Job:
    with office.new_uow() as uow:
        uow.begin()
        job = jobs.call_off(uow.connection, identity)
        uow.commit()
    return job


class TestEnqueueOnce:
    def test_puts_one_job_there_however_often_it_is_asked(self, office: Office) -> None:
        kind = Letters()
        jobs = jobs_of(office, kind)

        with ThreadPoolExecutor(4) as pool:
            new = list(
                pool.map(lambda _: jobs.enqueue_once("today", "letters", {"of": "letters"}), "abcd")
            )
        jobs.run_next("w")
        again = jobs.enqueue_once("today", "letters", {"of": "letters"})

        assert sorted(new) == [False, False, False, True]
        assert not again
        assert jobs.run_next("w") is None
        assert kind.done == list(LINES)


class TestRunNext:
    def test_does_every_line_and_keeps_its_result(self, office: Office) -> None:
        kind = Letters()
        jobs = jobs_of(office, kind)
        identity = queued(jobs)

        job = jobs.run_next("w")

        assert job == jobs.get(identity)
        assert (job.status, job.done, job.total) == (JobStatus.DONE, 3, 3)
        assert [(line.line, line.ok) for line in jobs.lines(identity)] == [
            (name, True) for name in LINES
        ]
        assert jobs.run_next("w") is None

    def test_does_the_other_lines_when_one_is_refused(self, office: Office) -> None:
        def trouble(line: str) -> None:
            if line == "b":
                raise UnknownProjectError(project=line)

        jobs = jobs_of(office, Letters(trouble))
        identity = queued(jobs)

        job = jobs.run_next("w")

        assert job is not None
        assert job.status is JobStatus.DONE
        bad = [line for line in jobs.lines(identity) if not line.ok]
        assert [(line.line, line.detail) for line in bad] == [("b", {"problem": "project.unknown"})]

    def test_goes_on_behind_the_lines_that_are_done(self, office: Office) -> None:
        kind = Letters()
        jobs = jobs_of(office, kind)
        queued(jobs)
        jobs.record(taken(jobs, "who dies"), Line(line="a", ok=True, detail={}))
        office.clock.push(SPAN)

        job = jobs.run_next("w")

        assert kind.done == ["b", "c"]
        assert job is not None
        assert (job.status, job.attempts) == (JobStatus.DONE, 2)

    def test_takes_up_its_own_attempt_that_broke_off_at_once(self, office: Office) -> None:
        kind = Letters()
        jobs = jobs_of(office, kind)
        queued(jobs)
        jobs.record(taken(jobs, "w"), Line(line="a", ok=True, detail={}))

        others = jobs.run_next("other")
        job = jobs.run_next("w")

        assert others is None
        assert kind.done == ["b", "c"]
        assert job is not None
        assert (job.status, job.attempts) == (JobStatus.DONE, 2)

    def test_uses_one_key_for_every_try_of_a_line(self, office: Office) -> None:
        failing = True

        def trouble(_line: str) -> None:
            if failing:
                raise DatabaseUnreachableError

        kind = Letters(trouble)
        jobs = jobs_of(office, kind)
        identity = queued(jobs)
        jobs.run_next("w")
        failing = False
        office.clock.push(timedelta(minutes=1))
        jobs.run_next("w")

        assert kind.keys == [f"job-{identity}-{name}" for name in LINES]

    def test_tries_again_later_and_gives_up_at_last(self, office: Office) -> None:
        def trouble(_line: str) -> None:
            raise ValueError("broken")

        jobs = jobs_of(office, Letters(trouble))
        identity = queued(jobs, most=2)

        first = jobs.run_next("w")
        too_early = jobs.run_next("w")
        office.clock.push(timedelta(minutes=1))
        second = jobs.run_next("w")

        assert first is not None
        assert second is not None
        assert (first.status, first.error) == (JobStatus.QUEUED, "ValueError: broken")
        assert too_early is None
        assert second.status is JobStatus.FAILED
        assert [job.id for job in jobs.listed(JobStatus.FAILED)] == [identity]

    def test_logs_what_it_gives_up_without_its_words(self, office: Office) -> None:
        jobs = jobs_of(office)
        identity = queued(jobs, most=1)

        with capture_logs() as logged:
            jobs.fail(taken(jobs, "w"), "said by somebody")

        (line,) = (each for each in logged if each["event"] == "job.failed")
        assert (line["log_level"], line["job"]) == ("error", identity)
        assert "somebody" not in str(line)

    def test_runs_a_dead_one_again_when_somebody_says_so(self, office: Office) -> None:
        jobs = jobs_of(office)
        identity = queued(jobs, most=1)
        jobs.fail(taken(jobs, "w"), "broken")

        office.write(partial(jobs.retry, identity=identity))

        job = jobs.run_next("w")
        assert job is not None
        assert job.status is JobStatus.DONE


class TestTake:
    def test_gives_each_job_to_one(self, office: Office) -> None:
        jobs = jobs_of(office)
        identities = {queued(jobs) for _ in range(6)}

        with ThreadPoolExecutor(6) as pool:
            found = list(pool.map(lambda n: taken(jobs, str(n)).id, range(6)))

        assert sorted(found) == sorted(identities)

    def test_leaves_alone_what_is_held(self, office: Office) -> None:
        jobs = jobs_of(office)
        queued(jobs)
        taken(jobs, "a")

        assert jobs.take("b") is None

    def test_takes_over_what_was_taken_while_the_clock_was_ahead(self, office: Office) -> None:
        jobs = jobs_of(office)
        queued(jobs)
        ahead = PushableClock(office.clock.now() + timedelta(days=365))
        first = taken(Jobs(office.new_uow, ahead, {"letters": Letters()}), "who dies")

        second = taken(jobs, "b")

        assert (second.id, second.fence) == (first.id, first.fence + 1)

    def test_fences_off_a_holder_that_was_held_up(self, office: Office) -> None:
        jobs = jobs_of(office)
        identity = queued(jobs)
        slow = taken(jobs, "slow")
        office.clock.push(SPAN)
        quick = taken(jobs, "quick")

        with pytest.raises(LostLeaseError):
            jobs.record(slow, Line(line="a", ok=False, detail={}))
        with pytest.raises(LostLeaseError):
            jobs.finish(slow)
        with pytest.raises(LostLeaseError):
            jobs.fail(slow, "slow")

        jobs.record(quick, Line(line="a", ok=True, detail={}))
        jobs.finish(quick)
        assert [line.ok for line in jobs.lines(identity)] == [True]

    def test_gives_up_a_job_that_kills_its_workers(self, office: Office) -> None:
        jobs = jobs_of(office)
        identity = queued(jobs, most=2)
        for _ in range(2):
            taken(jobs, "who dies")
            office.clock.push(SPAN)

        assert jobs.take("w") is None
        assert jobs.get(identity).status is JobStatus.FAILED


class TestCancel:
    def test_stops_the_holder_at_the_next_line(self, office: Office) -> None:
        jobs = jobs_of(office)
        identity = queued(jobs)
        job = taken(jobs, "w")

        called_off(jobs, office, identity)

        with pytest.raises(LostLeaseError):
            jobs.record(job, Line(line="a", ok=True, detail={}))
        assert jobs.get(identity).status is JobStatus.CANCELLED
        assert jobs.take("w") is None

    def test_leaves_alone_what_has_ended(self, office: Office) -> None:
        jobs = jobs_of(office)
        identity = queued(jobs)
        jobs.run_next("w")

        assert called_off(jobs, office, identity).status is JobStatus.DONE
        assert jobs.get(identity).status is JobStatus.DONE

    def test_refuses_a_job_that_is_unknown(self, office: Office) -> None:
        with pytest.raises(UnknownJobError):
            called_off(jobs_of(office), office, "nothing")


class TestLettingGo:
    def test_between_two_lines_leaves_the_rest_to_anybody(self, office: Office) -> None:
        kind = Letters()
        jobs = jobs_of(office, kind)
        identity = queued(jobs)

        left = jobs.run_next("w", lambda: len(kind.done) == 1)
        assert left is not None
        assert (left.status, left.attempts, left.holder) == (JobStatus.QUEUED, 0, None)
        assert left.error is None
        jobs.run_next("other")

        assert jobs.get(identity).status is JobStatus.DONE
        assert kind.done == list(LINES)

    def test_within_a_long_line_leaves_that_line_undone(self, office: Office) -> None:
        seen: list[str] = []
        kind = LongLetters(word=seen.append)
        jobs = jobs_of(office, kind)
        identity = queued(jobs)

        left = jobs.run_next("w", lambda: seen == ["a", "a", "a", "b", "b"])

        assert left is not None
        assert left.status is JobStatus.QUEUED
        assert [line.line for line in jobs.lines(identity)] == ["a"]
        jobs.run_next("other")
        assert jobs.get(identity).status is JobStatus.DONE
        assert kind.done == list(LINES)

    def test_uses_up_no_attempt_however_often(self, office: Office) -> None:
        jobs = jobs_of(office)
        identity = queued(jobs, most=2)

        for _ in range(5):
            jobs.run_next("w", lambda: True)

        assert jobs.get(identity).status is JobStatus.QUEUED

    def test_within_a_long_line_follows_from_calling_it_off(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("engine.jobs.BEAT", timedelta(milliseconds=5))
        calling = iter([True])

        def word(line: str) -> None:
            assert line == "a"
            if next(calling, False):
                called_off(jobs, office, identity)
            time.sleep(0.001)

        kind = LongLetters(word=word, words=60_000)
        jobs = jobs_of(office, kind)
        identity = queued(jobs)

        left = jobs.run_next("w")

        assert left is not None
        assert left.status is JobStatus.CANCELLED
        assert kind.done == []
        assert jobs.lines(identity) == ()


class TestAClockThatWasAhead:
    def test_holds_up_no_job_that_was_queued_meanwhile(self, office: Office) -> None:
        right = office.clock.now()
        office.clock.push(timedelta(days=365))
        jobs = jobs_of(office)
        early, late = queued(jobs), queued(jobs)
        jobs.fail(taken(jobs, "w"), "broken")

        jobs = Jobs(office.new_uow, PushableClock(right), {"letters": Letters()})

        assert {taken(jobs, "w").id, taken(jobs, "v").id} == {early, late}

    def test_lets_no_job_come_before_its_pause_is_over(self, office: Office) -> None:
        jobs = jobs_of(office)
        queued(jobs, most=99)
        for _ in range(20):
            jobs.fail(taken(jobs, "w"), "broken")

            assert jobs.take("w") is None
            office.clock.push(LONGEST_PAUSE)


class TestEnqueue:
    def test_refuses_a_kind_that_nobody_knows(self, office: Office) -> None:
        with pytest.raises(UnknownKindError, match="letters"):
            jobs_of(office).enqueue("other", {})

    def test_is_undone_with_the_transaction_it_was_part_of(self, office: Office) -> None:
        jobs = jobs_of(office)
        with office.new_uow() as uow:
            uow.begin()
            jobs.put(uow.connection, "letters", {"of": "letters"})

        assert jobs.listed() == ()
