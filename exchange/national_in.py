"""Reads the tables of the national data standard 2.0: facts of another office.

The tables may come from any system: what they need are SPGL_XMSPSXBLXXB (who handles which item)
and SPGL_XMSPSXBLXXXXB (what happened); the others are used where they are there. Pauses are those
between 6 and 7 and between 9 and 10, matched in time and not by their place in the list. Times
without a zone are local, as the standard has them.
"""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass, field, replace
from io import TextIOWrapper
from itertools import pairwise
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

from exchange import stamps
from exchange.account import Noted, Tally, Unused
from exchange.bounded import bounded
from exchange.errors import BadTableError, MissingColumnError, NothingUsableError, NotTextError
from exchange.national import PROJECTS, RUNS, STAGE_ITEMS, STAGES, STEPS, TABLES
from exchange.stamps import NEVER, Reading
from workflows.catalogue.values import DayUnit
from workflows.events import PauseKind
from workflows.item_runs import Case, ItemRun, Stretch
from workflows.status import TERMINAL, Status, legal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from typing import IO, BinaryIO

    from exchange.account import Account
    from exchange.as_facts import Horizon
    from exchange.mapping import LogMapping

SHANGHAI = 480  # minutes east of UTC
_NEEDED = {
    RUNS: ("gcdm", "spsxslbm", "spsxbm"),
    STEPS: ("gcdm", "spsxslbm", "blzt", "blsj"),
}
_A_BATCH = 20_000
_RESULTS = {
    Status.GRANTED: "granted",
    Status.GRANTED_TOLERANT: "granted",
    Status.REFUSED: "refused",
    Status.NOT_TAKEN: "refused",
    Status.NOT_ACCEPTED: "refused",
    Status.TAKEN_BACK: "withdrawn",
    Status.WITHDRAWN: "withdrawn",
    Status.REVOKED: "revoked",
}
_PAUSES = {
    Status.SUPPLEMENT: (PauseKind.SUPPLEMENT, Status.SUPPLEMENTED),
    Status.SPECIAL: (PauseKind.PROCEDURE, Status.SPECIAL_ENDED),
}
_CLOSES = {end: start for start, (_, end) in _PAUSES.items()}
_STATUSES = frozenset(int(each) for each in Status)
Line = dict[str, str]
Step = tuple[int, int, int]  # microseconds, place in the file, status


@dataclass(slots=True)
class NationalLog:
    """Tables that were read; *steps* by item instance, in order of time."""

    runs: dict[tuple[str, str], Line]
    steps: dict[tuple[str, str], list[Step]]
    projects: Mapping[str, Line]
    stages: Mapping[str, int]
    milestones: frozenset[tuple[str, str]]
    tally: Tally = field(default_factory=Tally)

    def cases(self, horizon: Horizon) -> Iterator[Case]:
        """Yield the facts of each project; the account is complete after the last."""
        by_project: dict[str, list[tuple[str, str]]] = {}
        for key in self.steps:
            by_project.setdefault(self._project(key[0]), []).append(key)
        for name in sorted(by_project):
            keys = by_project[name]
            steps = [step for key in keys for step in self.steps[key]]
            first, last = (stamps.moment(edge(steps)[0]).date() for edge in (min, max))
            if not horizon.first < first <= last < horizon.last:
                self.tally.leave(Unused.OUTSIDE_CALENDAR, [step[1] for step in steps])
                continue
            yield self._case(name, keys)

    def account(self) -> Account:
        """Return what became of the steps."""
        projects = {self._project(code) for code, _ in self.steps}
        items = {self.runs[key].get("spsxbm") for key in self.steps}
        return self.tally.account(cases=len(projects), activities=len(items))

    def _project(self, engineering: str) -> str:
        known = self.projects.get(engineering)
        return (known or {}).get("xmdm") or engineering

    def _case(self, name: str, keys: list[tuple[str, str]]) -> Case:
        codes = sorted({name, *(code for code, _ in keys)}, key=lambda code: (code != name, code))
        units = {code: number for number, code in enumerate(codes)}
        own = self.projects.get(name, {})
        flow = _whole(own.get("splclx")) or 0
        attempts: Counter[tuple[str, str]] = Counter()
        runs = []
        for key in sorted(keys, key=lambda each: (self.steps[each][0], each)):
            line = self.runs[key]
            thing = key[0], line["spsxbm"]
            attempts[thing] += 1
            run = self._run(name, line, self.steps[key])
            runs.append(
                replace(
                    run,
                    unit=units[key[0]],
                    attempt=attempts[thing],
                    flow=flow,
                    township=own.get("xzqhdm", ""),
                )
            )
        ended = _moment(own.get("bjsj"))
        return Case(
            project=name,
            flow=flow,
            township=own.get("xzqhdm", ""),
            owner="",
            agent=None,
            filed_at=_moment(own.get("sbsj")) or min(run.filed_at for run in runs),
            ended_at=ended,
            status="running" if ended is None else "completed",
            stages=(),
            runs=tuple(sorted(runs, key=lambda run: (run.unit, run.item, run.attempt))),
        )

    def _run(self, name: str, line: Line, steps: list[Step]) -> ItemRun:
        told = _History(self.tally)
        for at, number, status in steps:
            told.hear(at, number, Status(status))
        told.finish()
        filed = stamps.moment(steps[0][0])
        stage = line.get("spjdbm", "")
        return ItemRun(
            project=name,
            item=line["spsxbm"],
            stage=self.stages.get(stage, 0),
            department=line.get("spbmbm", ""),
            wanted_at=filed,
            filed_at=filed,
            accepted_at=told.first.get(Status.ACCEPTED),
            begun_at=told.first.get(Status.IN_HAND),
            ended_at=told.ended_at,
            result=told.result,
            pauses=tuple(told.pauses),
            limit=_whole(line.get("sxblsx")),
            limit_unit=DayUnit.CALENDAR_DAY if line.get("sjsxdw") == "ND" else DayUnit.WORKING_DAY,
            milestone=(stage, line["spsxbm"]) in self.milestones,
        )


class _History:
    """What the steps of one attempt add up to."""

    def __init__(self, tally: Tally) -> None:
        self.first: dict[Status, datetime] = {}
        self.pauses: list[Stretch] = []
        self.ended_at: datetime | None = None
        self.result: str | None = None
        self._open: dict[Status, datetime] = {}
        self._status: Status | None = None
        self._tally, self._number = tally, 0

    def hear(self, at: int, number: int, status: Status) -> None:
        """Take in one step; one that cannot follow the one before is left out."""
        if self._status is not None and not legal(self._status, status):
            self._tally.leave(Unused.UNKNOWN_STATUS, [number])
            self._tally.used -= 1
            return
        moment = stamps.moment(at)
        self._status, self._number = status, number
        self.first.setdefault(status, moment)
        if status in _PAUSES:
            self._open.setdefault(status, moment)
        elif status in _CLOSES and _CLOSES[status] in self._open:
            start = _CLOSES[status]
            kind = _PAUSES[start][0]
            self.pauses.append(Stretch(kind=kind, since=self._open.pop(start), until=moment))
        if status in TERMINAL:
            self.ended_at = self.ended_at or moment
            self.result = _RESULTS[status]

    def finish(self) -> None:
        """Settle what is open at the end."""
        if self.ended_at is None:
            self._tally.note(Noted.UNFINISHED, [self._number])
        for start, since in self._open.items():
            if self.ended_at is not None:
                self._tally.note(Noted.PAUSE_OPEN, [self._number])
            kind = _PAUSES[start][0]
            self.pauses.append(Stretch(kind=kind, since=since, until=self.ended_at))
        self.pauses.sort(key=lambda pause: pause.since)


def take_in(file: BinaryIO, mapping: LogMapping) -> NationalLog:
    """Return the tables of a zip.

    Raises:
        BadTableError: If it is no zip, or a table cannot be read.
        MissingColumnError: If a table or column that is needed is not there.
        NothingUsableError: If no step could be used.
    """
    try:
        with ZipFile(file) as archive:
            return _read(archive, mapping)
    except BadZipFile as error:
        raise BadTableError(line=0, why=str(error)) from error


def _read(archive: ZipFile, mapping: LogMapping) -> NationalLog:
    names = {_table(name): name for name in archive.namelist()}
    for table in _NEEDED:
        if table not in names:
            raise MissingColumnError(column=table, known=sorted(set(names) & set(TABLES)))

    def lines(table: str) -> Iterator[Line]:
        if table in names:
            with archive.open(names[table]) as member:
                reading = bounded(member, size=archive.getinfo(names[table]).file_size)
                yield from _lines(reading, table, mapping)

    log = NationalLog(
        runs={(line["gcdm"], line["spsxslbm"]): line for line in lines(RUNS)},
        steps={},
        projects={line["gcdm"]: line for line in lines(PROJECTS) if "gcdm" in line},
        stages={
            line.get("spjdbm", ""): _whole(line.get("dybzspjdxh")) or 0 for line in lines(STAGES)
        },
        milestones=frozenset(
            (line.get("spjdbm", ""), line.get("spsxbm", ""))
            for line in lines(STAGE_ITEMS)
            if line.get("sflcbsx") == "1"
        ),
    )
    _take_steps(log, lines(STEPS), mapping)
    return log


def _table(name: str) -> str:
    return name.rpartition("/")[2].rpartition(".")[0].upper()


def _lines(file: IO[bytes], table: str, mapping: LogMapping) -> Iterator[Line]:
    text = TextIOWrapper(file, encoding=mapping.form.encoding, newline="")
    reader = csv.reader(text, delimiter=mapping.form.delimiter, strict=True)
    try:
        heading = [name.strip().lower() for name in next(reader, [])]
        for column in _NEEDED.get(table, ()):
            if heading.count(column) != 1:
                raise MissingColumnError(column=f"{table}.{column}", known=heading)
        for row in reader:
            if len(row) != len(heading):
                raise BadTableError(line=reader.line_num, why=f"{len(row)} / {len(heading)}")
            yield dict(zip(heading, row, strict=True))
    except UnicodeDecodeError as error:
        raise NotTextError(encoding=mapping.form.encoding) from error
    except csv.Error as error:
        raise BadTableError(line=reader.line_num, why=str(error)) from error


def _take_steps(log: NationalLog, lines: Iterable[Line], mapping: LogMapping) -> None:
    """Take the steps in, in the order of time."""
    times = mapping.ways.times
    rules = times if times.zone is not None else replace(times, zone=SHANGHAI)
    pending: list[Line] = []
    for line in lines:
        pending.append(line)
        if len(pending) == _A_BATCH:
            _take_some(log, pending, rules)
            pending = []
    _take_some(log, pending, rules)
    for steps in log.steps.values():
        _sort(log.tally, steps, kept=mapping.ways.duplicates)
    if not log.steps:
        reasons = [{"code": f"exchange.unused.{each.value}"} for each in log.account().unused]
        raise NothingUsableError(told=log.tally.told, reasons=reasons)


def _take_some(log: NationalLog, lines: list[Line], rules: stamps.Rules) -> None:
    read = stamps.read([line["blsj"] for line in lines], rules)
    faults = {
        Reading.MISSING: Unused.NO_TIME,
        Reading.UNREADABLE: Unused.UNREADABLE_TIME,
        Reading.DAY_ONLY: Unused.DAY_ONLY,
        Reading.ZONELESS: Unused.ZONELESS,
    }
    for line, at, reading in zip(lines, read.at.tolist(), read.reading.tolist(), strict=True):
        log.tally.told += 1
        number, status = log.tally.told, _whole(line["blzt"])
        key = line["gcdm"], line["spsxslbm"]
        if key not in log.runs:
            log.tally.leave(Unused.UNKNOWN_ITEM, [number])
        elif at == NEVER:
            log.tally.leave(faults[Reading(reading)], [number])
        elif status is None or status not in _STATUSES:
            log.tally.leave(Unused.UNKNOWN_STATUS, [number])
        else:
            log.steps.setdefault(key, []).append((at, number, status))
            log.tally.used += 1


def _sort(tally: Tally, steps: list[Step], *, kept: bool) -> None:
    """Sort steps by time, those of one instant as the file has them, without repetitions."""
    back = [after[1] for before, after in pairwise(steps) if after < before]
    tally.note(Noted.OUT_OF_ORDER, back)
    steps.sort()
    seen: set[tuple[int, int]] = set()
    again = []
    for step in steps:
        if (step[0], step[2]) in seen:
            again.append(step)
        seen.add((step[0], step[2]))
    numbers = [step[1] for step in again]
    if kept:
        tally.note(Noted.DUPLICATE_KEPT, numbers)
    else:
        tally.leave(Unused.DUPLICATE, numbers)
        tally.used -= len(again)
        gone = set(again)
        steps[:] = [step for step in steps if step not in gone]


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.strip().isdecimal() else None


def _moment(text: str | None) -> datetime | None:
    """Return the instant of a local time; None where there is none that can be read."""
    at = int(stamps.read([text or ""], stamps.Rules(zone=SHANGHAI)).at[0])
    return None if at == NEVER else stamps.moment(at)
