"""What the office does by itself once a day: it drops what is old and lists its heads elsewhere."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from engine import heads
from engine.store.jobs import Line
from engine.store.pruning import prune_deliveries, prune_forecasts, prune_keys
from workflows.moments import local_date

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from engine.clock import Clock
    from engine.jobs import Jobs
    from engine.store.port import Connection
    from engine.unit_of_work import UnitOfWork

PRUNE, HEADS = "prune", "heads"
FORECASTS_DAYS = 730  # for which it is kept what people were told to expect
BATCH = 1000  # rows dropped in one transaction
LIST = "heads-{day}.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Rows that are kept for some days.

    Attributes:
        prune: Drops up to so many that are older than an instant, and returns how many.
        clock: By which they were written.
    """

    prune: Callable[[Connection, datetime, int], int]
    clock: Clock
    days: int


def shelves(office: Clock, machine: Clock, *, keys_days: int, sent_days: int) -> dict[str, Shelf]:
    """Return what is kept for a while only.

    Args:
        keys_days: How long an idempotency key is remembered with its answer.
        sent_days: How long it is kept that a message was sent.
    """
    return {
        "keys": Shelf(prune=prune_keys, clock=office, days=keys_days),
        "deliveries": Shelf(prune=prune_deliveries, clock=machine, days=sent_days),
        "forecasts": Shelf(prune=prune_forecasts, clock=office, days=FORECASTS_DAYS),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Prune:
    """Drops what was kept long enough; a line a shelf."""

    new_uow: Callable[[], UnitOfWork]
    shelves: Mapping[str, Shelf]

    def lines(self, parameters: Mapping[str, Any]) -> tuple[str, ...]:  # noqa: ARG002 - the port's signature
        """Return the names of the shelves."""
        return tuple(self.shelves)

    def do(self, parameters: Mapping[str, Any], line: str, key: str) -> Line:  # noqa: ARG002 - as above
        """Empty one shelf of what is old, a batch a transaction."""
        shelf = self.shelves[line]
        before = shelf.clock.now() - timedelta(days=shelf.days)
        dropped = 0
        while number := self._batch(shelf, before):
            dropped += number
        return Line(line=line, ok=True, detail={"dropped": dropped})

    def _batch(self, shelf: Shelf, before: datetime) -> int:
        with self.new_uow() as uow:
            uow.begin()
            number = shelf.prune(uow.connection, before, BATCH)
            uow.commit()
        return number


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportHeads:
    """Writes the signed list of all heads into a folder, and compares with the list before it."""

    new_uow: Callable[[], UnitOfWork]
    time: Clock
    folder: Path
    key: str

    def lines(self, parameters: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the day, as its list is named."""
        return (LIST.format(day=parameters["day"]),)

    def do(self, parameters: Mapping[str, Any], line: str, key: str) -> Line:  # noqa: ARG002 - the port's signature
        """Write one day's list, unless it is there: a list is never written over."""
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / line
        wrong = self._wrong(file)
        if not file.exists():
            _write(file, heads.exported(heads.signed(self.new_uow, self.time.now(), self.key)))
        return Line(line=line, ok=not wrong, detail={"file": str(file), "wrong": wrong})

    def _wrong(self, file: Path) -> list[str]:
        """Return the streams that have lost what the newest earlier list says of them."""
        earlier = [each for each in self.folder.glob(LIST.format(day="*")) if each.name < file.name]
        if not earlier:
            return []
        listed = heads.read(max(earlier).read_bytes(), self.key)
        found = heads.compare(self.new_uow, listed)
        return [f"{each.stream}/{each.number}: {each.rule}" for each in found]


class Schedule:
    """Puts the daily jobs into the queue: each once a day, however many workers there are."""

    def __init__(self, jobs: Jobs, time: Clock, kinds: Sequence[str]) -> None:
        """Keep where jobs are queued, the machine's clock and what is to be done."""
        self._jobs = jobs
        self._time = time
        self._kinds = tuple(kinds)
        self._done: date | None = None

    def arrange(self) -> int:
        """Queue what nobody has queued today, and return how many jobs that were."""
        today = local_date(self._time.now())
        if today == self._done:
            return 0
        queued = 0
        for kind in self._kinds:
            queued += self._jobs.enqueue_once(f"{kind}-{today}", kind, {"day": str(today)})
        self._done = today
        return queued


def _write(file: Path, data: bytes) -> None:
    """Put *data* into a new file, whole or not at all, and on the disk."""
    part = file.with_name(f".{file.name}.{os.getpid()}")
    with part.open("wb") as written:
        written.write(data)
        written.flush()
        os.fsync(written.fileno())
    part.replace(file)
