"""The tables of the national data standard 2.0, from our projects: as CSV in a zip, or as SQL.

The text of the standard was not found. Names of tables and of the main columns, the status codes
and the time rules are those of two production systems that implement it (docs/sources.md, BLZT);
the tables TJ_* carry the figures by its rules (用时), which those systems compute from the others.
Times are local (Asia/Shanghai), to the second. No names of people and no free text.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, TypeAlias
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from workflows.catalogue.values import DayUnit
from workflows.events import How, PauseKind
from workflows.moments import SHANGHAI
from workflows.reported import reported, reported_item
from workflows.status import TERMINAL, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date, datetime
    from typing import BinaryIO

    from workflows.calendar import Calendar
    from workflows.catalogue.values import Catalogue
    from workflows.project import Attempt, ItemState, Project

Cell: TypeAlias = "str | int | None"
Row: TypeAlias = tuple[Cell, ...]
FLOWS, STAGES, STAGE_ITEMS = "SPGL_DFXMSPLCXXB", "SPGL_DFXMSPLCJDXXB", "SPGL_DFXMSPLCJDSXXXB"
PROJECTS, ORGANISATIONS = "SPGL_XMJBXXB", "SPGL_XMDWXXB"
RUNS, STEPS, RESULTS = "SPGL_XMSPSXBLXXB", "SPGL_XMSPSXBLXXXXB", "SPGL_XMSPSXPFWJXXB"
RUN_FIGURES, STAGE_FIGURES, PROJECT_FIGURES = "TJ_SXYS", "TJ_JDYS", "TJ_XMYS"
TABLES: Mapping[str, tuple[str, ...]] = {
    FLOWS: ("splcbm", "splcbbh", "splcmc", "splclx", "splcsx"),
    STAGES: ("splcbm", "splcbbh", "spjdbm", "spjdmc", "dybzspjdxh", "spjdsx"),
    STAGE_ITEMS: (
        *("splcbm", "splcbbh", "spjdbm", "spsxbm", "spsxmc", "dybzspsxbm", "spbmbm"),
        *("qzspsxbm", "sflcbsx", "sfsxgzcnz", "sxblsx", "sjsxdw"),
    ),
    PROJECTS: (
        *("xmdm", "gcdm", "qjdgcdm", "splcbm", "splcbbh", "splclx", "xzqhdm", "sbsj", "bjsj"),
        "xmzt",
    ),
    ORGANISATIONS: ("xmdm", "gcdm", "dwbm", "dwlx"),
    RUNS: (
        *("gcdm", "spsxslbm", "splcbm", "splcbbh", "spjdbm", "spsxbm", "spbmbm", "blspslbm"),
        *("blcs", "sxblsx", "sjsxdw"),
    ),
    STEPS: ("gcdm", "spsxslbm", "xh", "blzt", "blsj"),
    RESULTS: ("gcdm", "spsxslbm", "pfwjbm", "pfrq", "yxqx", "cxsj"),
    RUN_FIGURES: ("gcdm", "spsxslbm", "slrq", "bjrq", "kdys", "spys", "sxblsx", "sfyq"),
    STAGE_FIGURES: (
        *("xmdm", "gcdm", "spjdbm", "ksrq", "jsrq", "spys", "tscxys", "jdys", "jsdwys"),
        *("spjdsx", "sfyq", "sfytj", "sfyqt"),
    ),
    PROJECT_FIGURES: ("xmdm", "spys", "bxys", "zys", "kdys", "sfyq"),
}
NO_STANDARD_ITEM = "9990"  # not mapped to an item of the national list
_UNITS = {DayUnit.WORKING_DAY: "WD", DayUnit.CALENDAR_DAY: "ND"}
_TOGETHER = frozenset({How.STAGE, How.HELD, How.PULLED})
_OPENS = {
    PauseKind.SUPPLEMENT: (Status.SUPPLEMENT, Status.SUPPLEMENTED),
    PauseKind.PROCEDURE: (Status.SPECIAL, Status.SPECIAL_ENDED),
    PauseKind.JOINT: (Status.SPECIAL, Status.SPECIAL_ENDED),
}
_EPOCH_OF_ZIP = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A project, and the catalogue that it runs under."""

    project: Project
    catalogue: Catalogue


def tables(projects: Iterable[Filed], calendar: Calendar, on: date) -> dict[str, list[Row]]:
    """Return the rows of each table, with figures as they would be reported on *on*.

    Raises:
        OutsideCalendarError: If a date lies beyond the calendar.
    """
    found: dict[str, list[Row]] = {name: [] for name in TABLES}
    seen: set[str] = set()
    for each in projects:
        if each.catalogue.hash not in seen:
            seen.add(each.catalogue.hash)
            _put_catalogue(found, each.catalogue)
        _put_project(found, each)
        _put_items(found, each, calendar, on)
        _put_figures(found, each, calendar, on)
    return found


def write_zip(rows: Mapping[str, Iterable[Row]], file: BinaryIO) -> None:
    """Write every table as CSV (RFC 4180, UTF-8 with mark), in one zip; the same twice."""
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, lines in rows.items():
            text = StringIO()
            writer = csv.writer(text, lineterminator="\r\n")
            writer.writerow(TABLES[name])
            writer.writerows(["" if cell is None else cell for cell in line] for line in lines)
            info = ZipInfo(f"{name}.csv", _EPOCH_OF_ZIP)
            info.compress_type = ZIP_DEFLATED
            archive.writestr(info, text.getvalue().encode("utf-8-sig"))


def sql(rows: Mapping[str, Iterable[Row]]) -> Iterator[str]:
    """Yield statements that make the tables and fill them, in SQL that every database takes."""
    for name, lines in rows.items():
        columns = ", ".join(f"{column} VARCHAR(255)" for column in TABLES[name])
        yield f"CREATE TABLE {name} ({columns});\n"
        for line in lines:
            cells = ", ".join(map(_literal, line))
            yield f"INSERT INTO {name} ({', '.join(TABLES[name])}) VALUES ({cells});\n"  # noqa: S608 - _literal


def engineering(code: str, unit: int) -> str:
    """Return the 工程代码 of a unit: that of the whole project is its own code.

    >>> engineering("2603-120118-04-01-000001", 2)
    '2603-120118-04-01-000001-002'
    """
    return code if unit == 0 else f"{code}-{unit:03d}"


def local(at: datetime | None) -> str | None:
    """Return an instant as the tables write it."""
    return None if at is None else at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def steps(attempt: Attempt) -> list[tuple[datetime, Status]]:
    """Return the statuses that an attempt went through, in order; only those that happened."""
    found = [(attempt.filed_at, Status.RECEIVED)]
    if attempt.accepted_at is not None:
        found.append((attempt.accepted_at, Status.ACCEPTED))
    if attempt.begun_at is not None:
        found.append((attempt.begun_at, Status.IN_HAND))
    for pause in attempt.pauses:
        codes = _OPENS.get(pause.kind)  # a suspension has none
        if codes is not None:
            found.append((pause.since, codes[0]))
            if pause.until is not None:
                found.append((pause.until, codes[1]))
    found.sort(key=lambda step: step[0])
    if attempt.ended_at is not None:
        last = Status(attempt.status)
        end = Status.GRANTED if last is Status.REVOKED else last
        found.append((attempt.ended_at, end if end in TERMINAL else Status.GRANTED))
    if attempt.revoked is not None:
        found.append((attempt.revoked.at, Status.REVOKED))
    return found


def _literal(cell: Cell) -> str:
    if cell is None:
        return "NULL"
    return str(cell) if isinstance(cell, int) else "'" + cell.replace("'", "''") + "'"


def _flow(catalogue: Catalogue, flow: int) -> tuple[str, str]:
    return f"{flow:02d}", catalogue.hash[:12]


def _stage(flow: int, stage: int) -> str:
    return f"{flow:02d}-{stage}"


def _put_catalogue(found: dict[str, list[Row]], catalogue: Catalogue) -> None:
    for flow in catalogue.flows.values():
        key = _flow(catalogue, flow.code)
        found[FLOWS].append((*key, flow.name.zh, flow.code, flow.limit_days))
        for stage in catalogue.stages.values():
            code, limit = _stage(flow.code, stage.code), flow.stage_limit(stage.code)
            found[STAGES].append((*key, code, stage.name.zh, stage.code, limit))
        for item in catalogue.items.values():
            if flow.code not in item.flows:
                continue
            before = [p.code for need in item.hard_needs for p in catalogue.producers(need)]
            limit_, unit = None, None
            if item.committed_limit is not None:
                limit_ = item.committed_limit.days
                unit = _UNITS[DayUnit(item.committed_limit.unit)]
            found[STAGE_ITEMS].append(
                (
                    *key,
                    _stage(flow.code, item.stage),
                    item.code,
                    item.name.zh,
                    NO_STANDARD_ITEM,
                    item.department,
                    ",".join(before),
                    int(item.milestone),
                    int(item.commitment),
                    limit_,
                    unit,
                )
            )


def _put_project(found: dict[str, list[Row]], each: Filed) -> None:
    project = each.project
    flow = _flow(each.catalogue, project.flow)
    for unit in sorted({0, *project.units}):
        code = engineering(project.code, unit)
        found[PROJECTS].append(
            (
                project.code,
                code,
                project.code if unit else None,
                *flow,
                project.flow,
                project.township,
                local(project.filed_at),
                local(project.ended_at),
                project.status.value,
            )
        )
        found[ORGANISATIONS].append((project.code, code, project.owner, "建设单位"))


def _put_items(found: dict[str, list[Row]], each: Filed, calendar: Calendar, on: date) -> None:
    project = each.project
    for key in sorted(project.items):
        state = project.items[key]
        code = engineering(project.code, state.unit)
        for attempt in state.attempts:
            number = instance(code, state.item, attempt.number)
            found[RUNS].append(_run(each, state, attempt, code))
            found[STEPS].extend(
                (code, number, place, int(status), local(at))
                for place, (at, status) in enumerate(steps(attempt), start=1)
            )
            told = reported_item(attempt, calendar, on)
            found[RUN_FIGURES].append(
                (
                    code,
                    number,
                    _day(told.start),
                    _day(told.end),
                    told.span,
                    told.used,
                    told.limit,
                    int(told.overdue),
                )
            )
    for key in sorted(project.documents):
        document = project.documents[key]
        code = engineering(project.code, document.unit)
        number = instance(code, document.item, document.attempt)
        issued, revoked = local(document.issued_at), local(document.revoked_at)
        row = (code, number, document.document, issued, document.valid_until, revoked)
        found[RESULTS].append(row)


def instance(code: str, item: str, attempt: int) -> str:
    """Return the 审批事项实例编码 of an attempt."""
    return f"{code}/{item}/{attempt}"


def _run(each: Filed, state: ItemState, attempt: Attempt, code: str) -> Row:
    project, limit = each.project, attempt.committed
    together = attempt.pair
    if attempt.how in _TOGETHER:
        together = f"{code}/stage_{state.stage}"
    return (
        code,
        instance(code, state.item, attempt.number),
        *_flow(each.catalogue, project.flow),
        _stage(project.flow, state.stage),
        state.item,
        attempt.department,
        together,
        attempt.number,
        None if limit is None else limit.days + attempt.extension,
        None if limit is None else _UNITS[DayUnit(limit.unit)],
    )


def _put_figures(found: dict[str, list[Row]], each: Filed, calendar: Calendar, on: date) -> None:
    project = each.project
    told = reported(project, each.catalogue, calendar, on)
    found[PROJECT_FIGURES].append(
        (project.code, told.approval, told.parallel, told.total, told.span, int(told.overdue))
    )
    for stage in told.stages:
        found[STAGE_FIGURES].append(
            (
                project.code,
                engineering(project.code, stage.unit),
                _stage(project.flow, stage.stage),
                _day(stage.start),
                _day(stage.end),
                stage.approval,
                stage.special,
                stage.stage_days,
                stage.owner,
                stage.limit,
                int(stage.overdue),
                int(stage.returned),
                int(stage.otherwise),
            )
        )


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
