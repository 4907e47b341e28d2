"""The daily work: done once a day by any number of workers, and the heads listed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import text

from engine import heads
from engine.housekeeping import HEADS, PRUNE, ExportHeads, Prune, Schedule, shelves
from engine.jobs import Jobs
from engine.leases import Leases
from engine.outbox import Outbox
from engine.settings import SHORTEST_HEADS_KEY, Settings
from engine.store.jobs import JobStatus
from engine.timers import Timers
from engine.worker import Worker
from wire import assemble

if TYPE_CHECKING:
    from pathlib import Path

    from engine.kind import Kind
    from engine.store.jobs import Job
    from tests.support.office import Office

KEY = "k" * SHORTEST_HEADS_KEY
DAY = timedelta(days=1)
KEPT = 7  # days


def gone(office: Office, code: str) -> None:
    """Let a project vanish without a trace."""
    with office.new_uow() as uow:
        uow.begin()
        for table in ("event", "head"):
            statement = text(f"DELETE FROM {table} WHERE stream = :stream")  # noqa: S608 - our own words
            uow.connection.execute(statement, {"stream": f"project:{code}"})
        uow.commit()


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
