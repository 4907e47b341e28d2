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
KEYS = "keys"  # the shelf of answers
FORECASTS_DAYS = 730  # for which it is kept what people were told to expect
BATCH = 1000  # rows dropped in one transaction
LIST = "heads-{day}.json"
UNSETTLED = "unsettled-{day}.json"  # made while the logs were not what a list says of them
EXAMPLES = 5  # streams that are named where only some can be


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
        KEYS: Shelf(prune=prune_keys, clock=office, days=keys_days),
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
        return Line(line=line, ok=True, detail={"dropped": dropped, "before": before.isoformat()})

    def _batch(self, shelf: Shelf, before: datetime) -> int:
        with self.new_uow() as uow:
            uow.begin()
            number = shelf.prune(uow.connection, before, BATCH)
            uow.commit()
        return number


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportHeads:
    """Writes the signed list of all heads into a folder, and compares with the list before it.

    While something is wrong, the list has another name and vouches for nothing: each day's job
    fails against the last list that stands, until somebody gives the newest one its name.
    """

    new_uow: Callable[[], UnitOfWork]
    time: Clock
    folder: Path
    key: str

    def lines(self, parameters: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the day, as its list is named."""
        return (LIST.format(day=parameters["day"]),)

    def do(self, parameters: Mapping[str, Any], line: str, key: str) -> Line:  # noqa: ARG002 - the port's signature
        """Compare, and write one day's list, unless it is there: none is ever written over."""
        self.folder.mkdir(parents=True, exist_ok=True)
        wrong = self._wrong()
        name = UNSETTLED if wrong else LIST
        file = self.folder / name.format(day=parameters["day"])
        if not file.exists():
            _write(file, heads.exported(heads.signed(self.new_uow, self.time.now(), self.key)))
        told: dict[str, Any] = {"file": str(file), "wrong": wrong}
        if wrong:
            params = {"count": len(wrong), "examples": wrong[:EXAMPLES]}
            told |= {"problem": "engine.heads_wrong", "params": params}
        return Line(line=line, ok=not wrong, detail=told)

    def alarm(self, wrong: Sequence[Line]) -> str:
        """Return the code of what is wrong, and the first of the streams."""
        detail = wrong[0].detail
        examples = ", ".join(detail.get("wrong", ())[:EXAMPLES])
        return f"{detail['problem']}: {examples}" if examples else str(detail["problem"])

    def _wrong(self) -> list[str]:
        """Return the streams that have lost what was said of them in the newest list that stands.

        What came in after it is compared with the newest of the lists that were made since.
        """
        settled = self._newest(LIST)
        since = self._newest(UNSETTLED)
        day = "" if settled is None else settled.name.removeprefix(LIST.partition("{")[0])
        if since is not None and since.name.removeprefix(UNSETTLED.partition("{")[0]) <= day:
            since = None
        found: dict[str, None] = {}
        for file in filter(None, (settled, since)):
            listed = heads.read(file.read_bytes(), self.key)
            for each in heads.compare(self.new_uow, listed):
                found[f"{each.stream}/{each.number}: {each.rule}"] = None
        return list(found)

    def _newest(self, name: str) -> Path | None:
        return max(self.folder.glob(name.format(day="*")), default=None)


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
