"""Limits, and whose the days were, as the progress view shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflows.catalogue.values import DayUnit
from workflows.clock import COUNTS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from workflows.clock import Lamp
    from workflows.events import PauseKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A limit set against the calendar (workflows/clock.py).

    Attributes:
        days: Length, extension included.
        due: None also while an open pause keeps it from being known.
        used, left: Days in *unit*; None before acceptance or before the calendar. *left* is
            negative when overdue.
        provisional: The due date lies in a year whose holidays are not published yet.
    """

    days: int
    unit: str
    source: str
    due: date | None
    used: int | None
    left: int | None
    lamp: Lamp
    provisional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemTime:
    """Whose the days of an item's last attempt were.

    Attributes:
        unit: What *used* and *paused* count: the committed limit's unit, else working days.
        source: Of the rule by which these days count.
        used: Days on which its clock ran.
        paused: Days on which it stood still, by kind of pause; each date once.
        owner_days: Days that were the owner's: supplements, those before acceptance as well.
        waited_days: Working days that a listed item waited for its last document, before filing.
        waited_source: Of the rule by which those count.
    """

    unit: str
    source: str
    used: int
    paused: Mapping[PauseKind, int]
    owner_days: int
    waited_days: int
    waited_source: str = COUNTS[DayUnit.WORKING_DAY]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageUse:
    """Working days on which an accepted attempt of the stage ran unpaused, and their lamp."""

    used: int | None
    lamp: Lamp
