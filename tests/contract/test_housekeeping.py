from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from engine import heads
from engine.housekeeping import HEADS, PRUNE, ExportHeads, Prune, Schedule, shelves
from engine.jobs import Jobs
from engine.leases import Leases
from engine.outbox import NotDeliveredError, Outbox
from engine.settings import SHORTEST_HEADS_KEY, Settings
from engine.store.jobs import JobStatus
from engine.timers import Timers
from engine.verify import verify
from engine.worker import Worker
from tests.support.office import OWNER
from wire import assemble
from workflows import commands as c
from workflows.errors import ProjectExistsError, UnknownProjectError
from workflows.facts import SYSTEM
from workflows.roster import JoinRoster, SetAbsence

if TYPE_CHECKING:
    from pathlib import Path

    from engine.envelope import Envelope
    from engine.kind import Kind
    from engine.outbox import Message
    from engine.store.jobs import Job
    from tests.support.office import Office

KEY = "k" * SHORTEST_HEADS_KEY
DAY = timedelta(days=1)
KEPT = 7  # days


@dataclass
class Receiver:
    """Takes every message, unless it refuses them all."""

    refuses: bool = False
    name: str = "receiver"
    seen: list[str] = field(default_factory=list)

    def wants(self, envelope: Envelope) -> bool:  # noqa: ARG002 - the port's signature
        return True

    def send(self, message: Message) -> None:
        if self.refuses:
            raise NotDeliveredError
        self.seen.append(message.id)


def gone(office: Office, code: str) -> None:
    """Let a project vanish without a trace."""
    with office.new_uow() as uow:
        uow.begin()
        for table in ("event", "head"):
            statement = text(f"DELETE FROM {table} WHERE stream = :stream")  # noqa: S608 - our own words
            uow.connection.execute(statement, {"stream": f"project:{code}"})
        uow.commit()


def number_of(office: Office, table: str) -> int:
    with office.new_uow() as uow:
        counted = uow.connection.execute(text(f"SELECT count(*) FROM {table}"))  # noqa: S608 - a word of this test
        return int(counted.scalar_one())


def pruned(office: Office, shelf: str) -> int:
    """Drop what is old of one shelf and return how much that was."""
    clock = office.clock
    kept = shelves(clock, clock, keys_days=KEPT, sent_days=KEPT)
    found = Prune(new_uow=office.new_uow, shelves=kept).do({}, shelf, "")
    dropped: int = found.detail["dropped"]
    return dropped


class TestPruningCommands:
    def test_keeps_what_may_be_asked_again_and_drops_the_rest(self, office: Office) -> None:
        old, name = office.filing()
        office.handle.execute(old.code, old, OWNER, "old", [name])
        office.clock.push(KEPT * DAY - timedelta(hours=1))
        young, other = office.filing()
        office.handle.execute(young.code, young, OWNER, "young", [other])
        kept = number_of(office, "command")

        too_early = pruned(office, "keys")
        office.clock.push(timedelta(hours=2))
        dropped = pruned(office, "keys")

        assert (too_early, dropped) == (0, kept - 1)
        again = office.handle.execute(young.code, young, OWNER, "young", [other])
        assert again.repeated

    def test_takes_more_than_one_batch(self, office: Office) -> None:
        office.filed()
        with office.new_uow() as uow:
            uow.begin()
            for place in range(2_100):
                uow.connection.execute(
                    text(
                        "INSERT INTO command SELECT actor, :key, id, stream, request, first, last, "
                        "recorded_at FROM command WHERE key LIKE 'file-%' AND actor <> 'x' LIMIT 1"
                    ),
                    {"key": f"k{place}"},
                )
            uow.commit()
        office.clock.push(KEPT * DAY + DAY)

        assert pruned(office, "keys") >= 2_100
        assert number_of(office, "command") == 0

    def test_leaves_what_an_unfinished_job_may_ask_again(self, office: Office) -> None:
        jobs = Jobs(
            office.new_uow, office.clock, {PRUNE: Prune(new_uow=office.new_uow, shelves={})}
        )
        identity = jobs.enqueue(PRUNE, {})
        command, name = office.filing()
        office.handle.execute(command.code, command, OWNER, f"job-{identity}-0", [name])
        office.clock.push(KEPT * DAY + DAY)

        pruned(office, "keys")
        waiting = number_of(office, "command")
        jobs.run_next("w")
        pruned(office, "keys")

        assert (waiting, number_of(office, "command")) == (1, 0)

    def test_makes_what_comes_again_afterwards_a_new_command(self, office: Office) -> None:
        filing, name = office.filing()
        stage = c.FileStage(stage=1)
        away = SetAbsence(agent="agent-1", first=date(2026, 5, 1), last=date(2026, 5, 3))
        with pytest.raises(UnknownProjectError):
            office.handle.execute(filing.code, stage, OWNER, "refused", final=True)
        office.handle.execute(filing.code, filing, OWNER, "filed", [name], final=True)
        before = office.rosters.execute("t", JoinRoster(agent="agent-1"), SYSTEM, "join")
        office.rosters.execute("t", away, SYSTEM, "away")
        office.clock.push(KEPT * DAY + DAY)
        pruned(office, "keys")

        # What cannot be done twice is refused by its rule, which tells nothing of the first time.
        with pytest.raises(ProjectExistsError):
            office.handle.execute(filing.code, filing, OWNER, "filed", [name], final=True)
        # What was refused is judged by what stands now.
        now = office.handle.execute(filing.code, stage, OWNER, "refused", final=True)
        # What may be done twice is done twice.
        after = office.rosters.execute("t", away, SYSTEM, "away")

        assert not now.repeated
        assert after.number == before.number + 2
        assert verify(office.new_uow, office.library).ok

    def test_takes_nothing_from_what_can_be_verified(self, office: Office) -> None:
        office.pushed_on(office.filed(), 5)
        office.clock.push(KEPT * DAY + DAY)

        assert pruned(office, "keys") > 0
        assert verify(office.new_uow, office.library).ok


class TestPruningDeliveries:
    def work(self, office: Office, receiver: Receiver) -> None:
        """Send what can be sent."""
        leases = Leases(office.new_uow, office.clock)
        outbox = Outbox(office.new_uow, office.clock, leases, [receiver])
        while outbox.work("w"):
            pass

    def test_drops_what_was_sent_long_ago_and_sends_none_of_it_again(self, office: Office) -> None:
        receiver = Receiver()
        office.filed()
        self.work(office, receiver)
        sent = len(receiver.seen)
        office.clock.push(KEPT * DAY - timedelta(hours=1))
        too_early = pruned(office, "deliveries")
        office.clock.push(timedelta(hours=2))

        dropped = pruned(office, "deliveries")
        self.work(office, receiver)

        assert (too_early, dropped) == (0, sent)
        assert len(receiver.seen) == sent

    def test_counts_from_the_sending_and_leaves_what_waits(self, office: Office) -> None:
        receiver = Receiver(refuses=True)
        office.filed()
        self.work(office, receiver)
        office.clock.push(KEPT * DAY + DAY)
        waiting = number_of(office, "delivery")

        before = pruned(office, "deliveries")
        receiver.refuses = False
        self.work(office, receiver)
        just_sent = pruned(office, "deliveries")

        assert (before, just_sent) == (0, 0)
        assert number_of(office, "delivery") == waiting


@dataclass
class Daily:
    """An office with a folder for its lists of heads, and one schedule."""

    office: Office
    folder: Path

    def __post_init__(self) -> None:
        office, clock = self.office, self.office.clock
        kept = shelves(clock, clock, keys_days=KEPT, sent_days=KEPT)
        export = ExportHeads(new_uow=office.new_uow, time=clock, folder=self.folder, key=KEY)
        kinds: dict[str, Kind] = {PRUNE: Prune(new_uow=office.new_uow, shelves=kept), HEADS: export}
        self.jobs = Jobs(office.new_uow, clock, kinds)

    def worker(self, name: str) -> Worker:
        """Return a worker as a process of its own would have it."""
        office, clock = self.office, self.office.clock
        leases = Leases(office.new_uow, clock)
        timers = Timers(office.new_uow, clock, office.handle)
        outbox = Outbox(office.new_uow, clock, leases, [])
        schedule = Schedule(self.jobs, clock, [PRUNE, HEADS])
        return Worker(name, timers, self.jobs, outbox, leases, schedule)

    def round(self, name: str = "w") -> None:
        """Let one worker do all there is."""
        worker = self.worker(name)
        while worker.round():
            pass

    @property
    def heads_jobs(self) -> list[Job]:
        """Return the jobs that list heads, the newest first."""
        return [each for each in self.jobs.listed() if each.kind == HEADS]

    @property
    def lists(self) -> list[Path]:
        """Return the lists of heads, the oldest first."""
        return sorted(self.folder.iterdir())


class TestTheDailyWork:
    def test_is_done_once_a_day_by_any_number_of_workers(
        self, office: Office, tmp_path: Path
    ) -> None:
        daily = Daily(office, tmp_path / "heads")
        office.pushed_on(office.filed(), 2)

        for _ in range(3):
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(daily.round, ("a", "b")))
            office.clock.push(DAY)

        done = daily.jobs.listed(JobStatus.DONE)
        assert len(done) == len(daily.jobs.listed()) == 6
        assert len(daily.lists) == 3

    def test_lists_the_heads_where_they_can_be_compared_later(
        self, office: Office, tmp_path: Path
    ) -> None:
        daily = Daily(office, tmp_path / "heads")
        project = office.pushed_on(office.filed(), 2)

        daily.round()

        (file,) = daily.lists
        listed = heads.read(file.read_bytes(), KEY)
        assert (f"project:{project.code}", project.number) in {
            (line.stream, line.number) for line in listed.heads
        }
        assert list(heads.compare(office.new_uow, listed)) == []

    def test_tells_of_a_log_that_lost_its_end_since_the_day_before(
        self, office: Office, tmp_path: Path
    ) -> None:
        daily = Daily(office, tmp_path / "heads")
        project = office.pushed_on(office.filed(), 2)
        daily.round()
        with office.new_uow() as uow:
            uow.begin()
            uow.connection.execute(
                text("DELETE FROM event WHERE number = :last"), {"last": project.number}
            )
            uow.commit()
        office.clock.push(DAY)

        daily.round()

        job, *_ = daily.heads_jobs
        (line,) = daily.jobs.lines(job.id)
        cut = f"project:{project.code}/{project.number}: cut"
        assert not line.ok
        assert line.detail["wrong"] == [cut]
        assert (job.status, job.error) == (JobStatus.FAILED, f"engine.heads_wrong: {cut}")
        assert daily.jobs.wrong(job.id) == {job.id: 1}

    def test_goes_on_telling_it_every_day_and_signs_no_list_that_stands(
        self, office: Office, tmp_path: Path
    ) -> None:
        daily = Daily(office, tmp_path / "heads")
        project = office.pushed_on(office.filed(), 2)
        daily.round()
        (good,) = daily.lists
        gone(office, project.code)

        for _ in range(3):
            office.clock.push(DAY)
            daily.round()

        assert [each.status for each in daily.heads_jobs[:3]] == [JobStatus.FAILED] * 3
        assert [each for each in daily.lists if each.name.startswith("heads-")] == [good]
        assert len(daily.lists) == 4

    def test_sees_what_is_cut_meanwhile(self, office: Office, tmp_path: Path) -> None:
        daily = Daily(office, tmp_path / "heads")
        first = office.filed()
        daily.round()
        gone(office, first.code)
        second = office.filed(seed=1)
        office.clock.push(DAY)
        daily.round()
        gone(office, second.code)
        office.clock.push(DAY)

        daily.round()

        job, *_ = daily.heads_jobs
        assert job.error is not None
        assert first.code in job.error
        assert second.code in job.error

    def test_is_content_when_somebody_has_settled_it(self, office: Office, tmp_path: Path) -> None:
        daily = Daily(office, tmp_path / "heads")
        project = office.filed()
        daily.round()
        gone(office, project.code)
        for _ in range(2):
            office.clock.push(DAY)
            daily.round()
        newest = max(daily.folder.glob("unsettled-*"))
        unsettled, *_ = daily.heads_jobs
        office.write(partial(daily.jobs.retry, identity=unsettled.id))
        daily.round()
        still = daily.jobs.get(unsettled.id).status

        newest.rename(newest.with_name(newest.name.replace("unsettled", "heads")))
        for each in daily.jobs.listed(JobStatus.FAILED):
            office.write(partial(daily.jobs.retry, identity=each.id))
        daily.round()
        office.clock.push(DAY)
        daily.round()

        assert still is JobStatus.FAILED
        assert {each.status for each in daily.heads_jobs} == {JobStatus.DONE}

    def test_writes_over_no_list(self, office: Office, tmp_path: Path) -> None:
        daily = Daily(office, tmp_path / "heads")
        office.filed()
        daily.round()
        (file,) = daily.lists
        before = file.read_bytes()
        office.filed()

        for job in daily.jobs.listed():
            with office.new_uow() as uow:
                uow.begin()
                uow.connection.execute(text("DELETE FROM job WHERE id = :id"), {"id": job.id})
                uow.connection.execute(text("DELETE FROM job_line WHERE job = :id"), {"id": job.id})
                uow.commit()
        daily.round()

        assert daily.lists == [file]
        assert file.read_bytes() == before


class TestTheWholeOffice:
    def test_does_the_daily_work_that_its_settings_ask_for(self, tmp_path: Path) -> None:
        database = f"sqlite:///{tmp_path}/a.db"
        folder = tmp_path / "heads"
        settings = Settings(database=database, heads_folder=str(folder), heads_key=KEY)

        with closing(assemble(settings)) as parts:
            while parts.worker("w").round():
                pass
            done = {job.kind for job in parts.jobs.listed(JobStatus.DONE)}

        assert done >= {PRUNE, HEADS}
        assert [file.suffix for file in folder.iterdir()] == [".json"]

    def test_lists_no_heads_where_no_folder_is_named(self, tmp_path: Path) -> None:
        with closing(assemble(Settings(database=f"sqlite:///{tmp_path}/a.db"))) as parts:
            while parts.worker("w").round():
                pass

            kinds = {job.kind for job in parts.jobs.listed()}

        assert PRUNE in kinds
        assert HEADS not in kinds
