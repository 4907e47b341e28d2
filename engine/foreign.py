"""Logs of other systems: read, made facts of, and reported on like our own. No database.

Nothing is kept unless everything was read: facts go to a file that the caller puts in its place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from analysis import mining
from analysis.ledger import Ledger
from engine.library import shipped
from engine.report_tables import Wording
from exchange import facts_file, importing, national_in, stamps
from exchange.as_facts import Horizon
from exchange.bounded import bounded
from exchange.errors import NotFactsError, NothingUsableError
from exchange.mapping import Format

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from typing import BinaryIO

    from analysis.columns import Columns
    from analysis.mining import Edge, EventLog
    from exchange.account import Account
    from exchange.importing import TakenIn
    from exchange.mapping import LogMapping
    from exchange.national_in import NationalLog
    from workflows.calendar import Calendar
    from workflows.item_runs import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file of others.

    Attributes:
        size: Bytes; 0 = nobody knows.
    """

    file: BinaryIO
    name: str
    size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mined:
    """The log as activities that follow one another; days are calendar days.

    Attributes:
        edges: By their total time, the longest first.
        variants: How many different sequences of activities.
        most_frequent: Cases of the most frequent one.
        median_days, p90_days: From a case's first start to its last event.
    """

    edges: tuple[Edge, ...]
    variants: int
    most_frequent: int
    median_days: float
    p90_days: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import found.

    Attributes:
        first, last: Of all events that were made facts of; open attempts count up to *last*.
        columns: The facts, as of *last*.
        mined: None for tables, which are more than a log of events.
    """

    format: Format
    account: Account
    first: datetime
    last: datetime
    columns: Columns
    mined: Mined | None


def import_log(
    source: Source,
    mapping: LogMapping,
    calendar: Calendar,
    told: Callable[[float], None] = lambda _: None,
    facts: BinaryIO | None = None,
) -> Imported:
    """Read a log, and write its facts to *facts* where that is asked for.

    Raises:
        Refusal: A class of exchange.errors, when something is wrong with the whole file; what
            *facts* then holds is no file of facts.
    """
    kind = importing.format_of(source.name, mapping)
    taken = _taken_in(source, kind, mapping, told)
    ledger, times = Ledger(calendar), _Span()
    cases = _put(taken.cases(Horizon(first=calendar.first, last=calendar.last)), ledger, times)
    if facts is None:
        for _ in cases:
            pass
    else:
        facts_file.write(cases, facts)
    account = taken.account()
    if times.first is None or times.last is None:
        reasons = [{"code": f"exchange.unused.{each.value}"} for each in account.unused]
        raise NothingUsableError(told=account.told, reasons=reasons)
    return Imported(
        format=kind,
        account=account,
        first=times.first,
        last=times.last,
        columns=ledger.columns(times.last),
        mined=None if isinstance(taken, national_in.NationalLog) else mined(event_log(taken)),
    )


def columns_of_facts(
    source: Source, calendar: Calendar, told: Callable[[float], None] = lambda _: None
) -> Columns:
    """Return the facts that an import wrote, as of the last of their events.

    Raises:
        NotFactsError: If the file holds none, or was cut off or changed.
        OutsideCalendarError: If one of them lies beyond the calendar.
    """
    ledger, times = Ledger(calendar), _Span()
    for _ in _put(facts_file.read(source.file), ledger, times):
        told(source.file.tell() / source.size if source.size else 0.0)
    if times.last is None:
        raise NotFactsError
    return ledger.columns(times.last)


def strangers_words(locale: str) -> Wording:
    """Return the words for facts of others: their codes mean what they mean there."""
    nobodys = replace(shipped().catalogue, items={}, departments={}, flows={}, stages={})
    return Wording(catalogue=nobodys, locale=locale)


def event_log(taken: TakenIn) -> EventLog:
    """Return the log as mining reads it."""
    columns = taken.used()
    begun = columns.start != stamps.NEVER
    return mining.EventLog(
        case=columns.case,
        activity=columns.activity,
        at=columns.at,
        start=np.where(begun, columns.start, columns.at) if begun.any() else None,
        cases=columns.cases,
        activities=columns.activities,
    )


def mined(log: EventLog) -> Mined:
    """Return what activities and times alone tell."""
    durations = mining.durations(log)
    known = durations[~np.isnan(durations)] / 86_400
    variants = mining.variants(log)
    edges = sorted(
        mining.performance(log),
        key=lambda edge: (-edge.mean * edge.count, edge.source, edge.target),
    )
    return Mined(
        edges=tuple(edges),
        variants=len(variants),
        most_frequent=variants[0].count if variants else 0,
        median_days=float(np.median(known)),
        p90_days=float(np.quantile(known, 0.9)),
    )


@dataclass(slots=True)
class _Span:
    """The first and the last instant that was seen."""

    first: datetime | None = None
    last: datetime | None = None

    def see(self, case: Case) -> None:
        ends = [run.ended_at for run in case.runs if run.ended_at is not None]
        filed = [run.filed_at for run in case.runs]
        moments = [case.filed_at, *ends, *filed]
        moments += [] if case.ended_at is None else [case.ended_at]
        self.first = min(moments if self.first is None else [self.first, *moments])
        self.last = max(moments if self.last is None else [self.last, *moments])


def _taken_in(
    source: Source, kind: Format, mapping: LogMapping, told: Callable[[float], None]
) -> TakenIn | NationalLog:
    if kind is Format.NATIONAL:
        return national_in.take_in(source.file, mapping)
    reading = bounded(source.file, told, size=source.size)
    return importing.take_in(reading, kind, mapping)


def _put(cases: Iterator[Case], ledger: Ledger, times: _Span) -> Iterator[Case]:
    for case in cases:
        ledger.put(case)
        times.see(case)
        yield case
