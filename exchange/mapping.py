"""How a foreign log is to be read: a TOML file that says what the log itself leaves open."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

import msgspec

from exchange.columns import Phase
from exchange.errors import BadMappingError
from exchange.intake import Ways
from exchange.stamps import Rules
from workflows import toml

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST = 1 << 20  # bytes of a mapping
# Those in which offices write tables; the language knows others that are no alphabets.
ENCODINGS = (
    *("utf-8-sig", "utf-8", "utf-16"),
    *("gb18030", "gbk", "gb2312", "big5"),
    *("iso-8859-1", "windows-1252"),
)
_NAMED_ZONES = {"UTC": 0, "Z": 0, "Asia/Shanghai": 480}
_FURTHEST = 24 * 60
_E = TypeVar("_E", bound=StrEnum)


class Format(StrEnum):
    """What a file is."""

    XES = "xes"
    CSV = "csv"
    NATIONAL = "national"


class Begins(StrEnum):
    """From when an activity counts."""

    OWN = "own"  # its own start; without one it is an instant
    PREVIOUS = "previous"  # the end of the event before it in its case: waiting is part of it


class Holder(StrEnum):
    """What stands for the department of an activity."""

    GROUP = "group"
    RESOURCE = "resource"
    ACTIVITY = "activity"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableColumns:
    """Names of the columns of a table; the defaults are those that process mining tools write."""

    case: str = "case:concept:name"
    activity: str = "concept:name"
    time: str = "time:timestamp"
    start: str | None = None
    phase: str | None = None
    resource: str | None = None
    group: str | None = None
    instance: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableForm:
    """How a table is written."""

    encoding: str = "utf-8-sig"
    delimiter: str = ","


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What becomes of the events as facts.

    Attributes:
        case_ends: Activities with which a case is over; empty = nobody says when one is.
    """

    begins: Begins = Begins.OWN
    department: Holder = Holder.GROUP
    case_ends: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LogMapping:
    """A mapping; *columns* None = it names none, and the usual names are tried."""

    format: Format | None = None
    columns: TableColumns | None = None
    form: TableForm = field(default_factory=TableForm)
    ways: Ways = field(default_factory=Ways)
    meaning: Meaning = field(default_factory=Meaning)


class _Times(msgspec.Struct, forbid_unknown_fields=True):
    zone: str | None = None
    format: str | None = None
    whole_days: bool = False


class _Events(msgspec.Struct, forbid_unknown_fields=True):
    duplicates: str = "drop"
    phases: dict[str, str] = {}


class _Facts(msgspec.Struct, forbid_unknown_fields=True):
    begins: str = "own"
    department: str = "group"
    case_ends: list[str] = []


class _Columns(msgspec.Struct, forbid_unknown_fields=True):
    case: str
    activity: str
    time: str
    start: str | None = None
    phase: str | None = None
    resource: str | None = None
    group: str | None = None
    instance: str | None = None


class _Csv(msgspec.Struct, forbid_unknown_fields=True):
    encoding: str = "utf-8-sig"
    delimiter: str = ","


class _File(msgspec.Struct, forbid_unknown_fields=True):
    format: str | None = None
    columns: _Columns | None = None
    csv: _Csv = msgspec.field(default_factory=_Csv)
    times: _Times = msgspec.field(default_factory=_Times)
    events: _Events = msgspec.field(default_factory=_Events)
    facts: _Facts = msgspec.field(default_factory=_Facts)


def mapping_of(text: bytes) -> LogMapping:
    """Return the mapping that a TOML file says.

    Raises:
        BadMappingError: With the field, and why it cannot be.
    """
    if len(text) > LARGEST:
        raise BadMappingError(field="", why=f"> {LARGEST} bytes")
    try:
        told = msgspec.convert(toml.tree(text.decode("utf-8-sig")), _File)
    except msgspec.ValidationError as error:
        why, _, place = str(error).partition(" - at `$")
        raise BadMappingError(field=place.rstrip("`").lstrip("."), why=why[:200]) from error
    except ValueError as error:
        raise BadMappingError(field="", why=str(error)[:200]) from error
    return _mapping(told)


def _mapping(told: _File) -> LogMapping:
    columns = told.columns
    return LogMapping(
        format=None if told.format is None else _one(Format, "format", told.format),
        columns=None if columns is None else TableColumns(**msgspec.structs.asdict(columns)),
        form=_form(told.csv),
        ways=Ways(
            times=Rules(
                zone=None if told.times.zone is None else zone_of(told.times.zone),
                whole_days=told.times.whole_days,
                format=told.times.format,
            ),
            duplicates=_known("events.duplicates", told.events.duplicates, ("drop", "keep")),
            phases=_phases(told.events.phases),
        ),
        meaning=Meaning(
            begins=_one(Begins, "facts.begins", told.facts.begins),
            department=_one(Holder, "facts.department", told.facts.department),
            case_ends=tuple(told.facts.case_ends),
        ),
    )


def _form(told: _Csv) -> TableForm:
    if told.encoding.lower() not in ENCODINGS:
        why = f"{told.encoding[:60]}: {', '.join(ENCODINGS)}"
        raise BadMappingError(field="csv.encoding", why=why)
    if len(told.delimiter) != 1 or told.delimiter in '"\r\n':
        raise BadMappingError(field="csv.delimiter", why=repr(told.delimiter))
    return TableForm(encoding=told.encoding, delimiter=told.delimiter)


def zone_of(text: str) -> int:
    """Return the minutes east of UTC of a zone: "+08:00", "UTC" or "Asia/Shanghai".

    Zones with summer time are not taken, for an hour of theirs comes twice a year.

    >>> zone_of("-03:30")
    -210

    Raises:
        BadMappingError: If it is none of these.
    """
    if text in _NAMED_ZONES:
        return _NAMED_ZONES[text]
    sign, hours, colon, minutes = text[:1], text[1:3], text[3:4], text[4:]
    if sign not in {"+", "-"} or colon != ":" or not (hours + minutes).isdecimal():
        raise BadMappingError(field="times.zone", why=text[:60])
    east = int(hours) * 60 + int(minutes)
    if len(minutes) != 2 or int(minutes) >= 60 or east >= _FURTHEST:  # noqa: PLR2004 - a clock
        raise BadMappingError(field="times.zone", why=text[:60])
    return -east if sign == "-" else east


def _phases(told: Mapping[str, str]) -> tuple[tuple[str, Phase], ...]:
    known = {phase.name.lower(): phase for phase in Phase}
    for word, meant in told.items():
        if meant not in known:
            why = f"{meant}: {', '.join(known)}"
            raise BadMappingError(field=f"events.phases.{word}", why=why)
    return tuple((word, known[meant]) for word, meant in told.items())


def _known(field: str, text: str, known: tuple[str, str]) -> bool:
    """Tell whether *text* is the second of two words that are known."""
    if text not in known:
        raise BadMappingError(field=field, why=f"{text}: {', '.join(known)}")
    return text == known[1]


def _one(kind: type[_E], field: str, text: str) -> _E:
    try:
        return kind(text)
    except ValueError as error:
        known = ", ".join(each.value for each in kind)
        raise BadMappingError(field=field, why=f"{text}: {known}") from error
