"""Values of reports as plain data, for JSON: the same members on the command line and over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import IntEnum, StrEnum
from typing import Any

from analysis.causes import Ranking
from analysis.comparison import Difference
from analysis.groups import Figures
from analysis.pairing import PairFigures
from analysis.queues import Queue
from analysis.report import Report
from analysis.worktime import date_of

Plain = Any  # what JSON can hold
# Members that follow from others, and are said all the same.
_ALSO: Mapping[type, tuple[str, ...]] = {
    Figures: ("attempts", "share", "elapsed_days", "lost_days"),
    Queue: ("utilisation",),
    Ranking: ("first",),
    PairFigures: ("reached",),
    Difference: ("resolved",),
}


def plain(value: object) -> Plain:
    """Return *value* as dicts, lists, texts and numbers.

    >>> from analysis.causes import Cause, Kind
    >>> plain({"first": Cause(Kind.QUEUE, "D07")})
    {'first': {'kind': 'queue', 'key': 'D07'}}
    """
    match value:
        case IntEnum():
            return value.name.lower()
        case StrEnum():
            return value.value
        case Mapping():
            return {str(plain(key)): plain(each) for key, each in value.items()}
        case tuple() | list():
            return [plain(each) for each in value]
        case _ if is_dataclass(value) and not isinstance(value, type):
            names = [field.name for field in fields(value)] + list(_ALSO.get(type(value), ()))
            members = {name: plain(getattr(value, name)) for name in names}
            if isinstance(value, Report):
                members["today"] = date_of(value.today).isoformat()
            return members
        case _:
            return value
