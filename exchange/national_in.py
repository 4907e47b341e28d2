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
from exchange.national_steps import History
from exchange.stamps import NEVER, Reading
from workflows.catalogue.values import DayUnit
from workflows.item_runs import Case, ItemRun
from workflows.status import Status

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
_RUN = ("gcdm", "spsxslbm")
_UNITS = {"WD": DayUnit.WORKING_DAY, "ND": DayUnit.CALENDAR_DAY}
_A_BATCH = 20_000
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
                self.tally.drop(Unused.OUTSIDE_CALENDAR, [step[1] for step in steps])
                continue
            case = self._case(name, keys, horizon)
            if case is not None:
                yield case

    def account(self) -> Account:
        """Return what became of the steps."""
        gone = frozenset(self.tally.dropped)
        used = [key for key, steps in self.steps.items() if any(s[1] not in gone for s in steps)]
        projects = {self._project(code) for code, _ in used}
        items = {self.runs[key].get("spsxbm") for key in used}
        return self.tally.account(cases=len(projects), activities=len(items))

    def _project(self, engineering: str) -> str:
        known = self.projects.get(engineering)
        return (known or {}).get("xmdm") or engineering

    def _case(self, name: str, keys: list[tuple[str, str]], horizon: Horizon) -> Case | None:
        codes = sorted({name, *(code for code, _ in keys)}, key=lambda code: (code != name, code))
        units = {code: number for number, code in enumerate(codes)}
        known = [self.projects[code] for code in codes if code in self.projects]
        own = known[0] if known else {}  # flow and township are those of the whole project
        flow = _whole(own.get("splclx")) or 0
        attempts: Counter[tuple[str, str]] = Counter()
        runs = []
        for key in sorted(keys, key=lambda each: (self.steps[each][0], each)):
            line = self.runs[key]
            thing = key[0], line["spsxbm"]
            run = self._run(name, line, self.steps[key])
            if run is None:
                continue
            attempts[thing] += 1
            runs.append(
                replace(
                    run,
                    unit=units[key[0]],
                    attempt=attempts[thing],
                    flow=flow,
                    township=own.get("xzqhdm", ""),
                )
            )
        if not runs:
            return None
        filed, ended = self._dates(name, known, horizon)
        return Case(
            project=name,
            flow=flow,
            township=own.get("xzqhdm", ""),
            owner="",
            agent=None,
            filed_at=filed or min(run.filed_at for run in runs),
            ended_at=ended,
            status="running" if ended is None else "completed",
            stages=(),
            runs=tuple(sorted(runs, key=lambda run: (run.unit, run.item, run.attempt))),
        )

    def _dates(
        self, name: str, lines: list[Line], horizon: Horizon
    ) -> tuple[datetime | None, datetime | None]:
        """Return when a project was filed, and when the last of its parts ended; what can be."""
        told = [[line.get(column, "").strip() for line in lines] for column in ("sbsj", "bjsj")]
        filed, ended = ([_moment(text, horizon) for text in texts if text] for texts in told)
        first = min((at for at in filed if at is not None), default=None)
        last = max((at for at in ended if at is not None), default=None)
        turned = first is not None and last is not None and last < first
        if turned or None in filed or None in ended:
            self.tally.note(Noted.PROJECT_DATE, [name])
        whole = len(ended) == len(lines) and None not in ended and not turned
        return first, last if whole else None

    def _run(self, name: str, line: Line, steps: list[Step]) -> ItemRun | None:
        """Return the facts of an attempt; None where no step of it could be used."""
        told = History(self.tally)
        for at, number, status in steps:
            told.hear(at, number, Status(status))
        if told.filed_at is None:
            return None
        told.finish()
        filed = told.filed_at
        limit, unit = _whole(line.get("sxblsx")), _UNITS.get(line.get("sjsxdw", "").strip().upper())
        if limit is not None and unit is None:
            self.tally.note(Noted.LIMIT_UNIT, [f"{name} {line['spsxbm']}"])
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
            limit=None if unit is None else limit,
            limit_unit=unit or DayUnit.WORKING_DAY,
            milestone=(stage, line["spsxbm"]) in self.milestones,
        )


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

    tally = Tally()
    stages = _keyed(lines(STAGES), ("spjdbm",), tally)
    log = NationalLog(
        runs={(at[0], at[1]): line for at, line in _keyed(lines(RUNS), _RUN, tally).items()},
        steps={},
        projects={at[0]: each for at, each in _keyed(lines(PROJECTS), ("gcdm",), tally).items()},
        stages={at[0]: _whole(line.get("dybzspjdxh")) or 0 for at, line in stages.items()},
        tally=tally,
        milestones=frozenset(
            (line.get("spjdbm", ""), line.get("spsxbm", ""))
            for line in lines(STAGE_ITEMS)
            if line.get("sflcbsx") == "1"
        ),
    )
    _take_steps(log, lines(STEPS), mapping)
    return log


def _keyed(
    lines: Iterable[Line], key: tuple[str, ...], tally: Tally
) -> dict[tuple[str, ...], Line]:
    """Return lines by their key: the first of each; of others that say the like is noted."""
    found: dict[tuple[str, ...], Line] = {}
    for line in lines:
        at = tuple(line.get(column, "") for column in key)
        if found.setdefault(at, line) != line:
            tally.note(Noted.LINE_AGAIN, [" ".join(at)])
    return found


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


def _moment(text: str, horizon: Horizon) -> datetime | None:
    """Return the instant of a local time; None where it cannot be read or counted from."""
    at = int(stamps.read([text], stamps.Rules(zone=SHANGHAI)).at[0])
    found = None if at == NEVER else stamps.moment(at)
    if found is None or not horizon.first < found.date() < horizon.last:
        return None
    return found
