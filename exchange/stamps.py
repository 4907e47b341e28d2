"""Reads moments as files write them, many at once: ISO 8601, or a format that a mapping names.

Nothing is guessed: each text is read, or it is told why it was not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Times = NDArray[np.int64]
    Bytes = NDArray[np.uint8]

NEVER = int(np.iinfo(np.int64).min)
MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECONDS_A_DAY, MICROSECONDS = 86_400, 1_000_000
_LONGEST = 40  # characters of a moment; anything longer is none
_DATE, _MINUTES, _SECONDS = 10, 16, 19  # lengths of the forms without a zone
_FINEST = 6  # digits of a second that are kept
_MONTHS, _HOURS, _SIXTY = 12, 24, 60
_CLOCKS = ("%H", "%I", "%X", "%c")  # what tells a time of day in a format


class Reading(IntEnum):
    """How a text was read."""

    READ = 0
    MISSING = 1
    UNREADABLE = 2
    ZONELESS = 3  # a time of day, and nobody says where
    DAY_ONLY = 4
    ASSUMED = 5  # read in the zone that the mapping names


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamps:
    """What became of some texts.

    Attributes:
        at: int64, shape (texts,): microseconds since 1970-01-01 UTC, NEVER where not READ or
            ASSUMED.
        reading: int8, shape (texts,): of `Reading`.
        offset: int16, shape (texts,): minutes east of UTC that the text itself says; 0 without.
        midnight: bool, shape (texts,): exactly 00:00:00 where it was written.
    """

    at: Times
    reading: NDArray[np.int8]
    offset: NDArray[np.int16]
    midnight: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How moments are to be read.

    Attributes:
        zone: Minutes east of UTC for moments that name no zone; None = they cannot be used.
        whole_days: A bare date stands for its first instant; else it cannot be used.
        format: As strptime takes it; None = ISO 8601.
    """

    zone: int | None = None
    whole_days: bool = False
    format: str | None = None


def read(texts: Sequence[str], rules: Rules) -> Stamps:
    """Return what *texts* say; "" is MISSING.

    >>> stamps = read(["1970-01-01T08:00:01+08:00", "1970-01-01", "soon", ""], Rules())
    >>> [int(at) for at in stamps.at if at != NEVER], [int(each) for each in stamps.reading]
    ([1000000], [0, 4, 2, 1])
    """
    stamps = _blank(len(texts))
    if rules.format is not None:
        _by_format(texts, rules, stamps)
        return stamps
    cells, lengths = _cells(texts)
    stamps.reading[:] = np.where(lengths == 0, Reading.MISSING, Reading.UNREADABLE)
    tails = _tails(cells, lengths)
    for length, tail in {(int(a), int(b)) for a, b in _distinct(lengths, tails)}:
        rows = np.flatnonzero((lengths == length) & (tails == tail))
        _read_form(cells[rows, :length], tail, rows, rules, stamps)
    return stamps


def moment(at: int) -> datetime:
    """Return an instant in UTC.

    >>> moment(1_000_000)
    datetime.datetime(1970, 1, 1, 0, 0, 1, tzinfo=datetime.timezone.utc)
    """
    return EPOCH + timedelta(microseconds=at)


def microseconds(at: datetime) -> int:
    """Return an aware instant as microseconds since 1970-01-01 UTC."""
    return (at - EPOCH) // MICROSECOND


def _blank(count: int) -> Stamps:
    return Stamps(
        at=np.full(count, NEVER, dtype=np.int64),
        reading=np.full(count, Reading.UNREADABLE, dtype=np.int8),
        offset=np.zeros(count, dtype=np.int16),
        midnight=np.zeros(count, dtype=np.bool_),
    )


def _cells(texts: Sequence[str]) -> tuple[Bytes, NDArray[np.int64]]:
    """Return the characters of short ASCII texts, one row each, and their lengths.

    What is longer, or not ASCII, becomes "?": no moment.
    """
    try:
        coded = np.array(texts, dtype=np.bytes_)
        if coded.dtype.itemsize > _LONGEST:
            raise ValueError  # noqa: TRY301 - both cases take the longer way
    except ValueError:
        kept = [text if len(text) <= _LONGEST and text.isascii() else "?" for text in texts]
        coded = np.array(kept, dtype=np.bytes_)
    width = max(1, coded.dtype.itemsize)
    cells = np.frombuffer(coded.tobytes(), dtype=np.uint8).reshape(len(texts), width)
    return cells, np.char.str_len(coded).astype(np.int64)


def _tails(cells: Bytes, lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many characters at the end of each text say the zone."""

    def behind(back: int) -> Bytes:
        place = np.maximum(lengths - back, 0)
        found: Bytes = np.where(lengths > _DATE + back, cells[rows, place], 0)
        return found

    rows = np.arange(len(cells))
    signed = [np.isin(behind(back), (ord("+"), ord("-"))) for back in (6, 5, 3)]
    return np.select(
        [behind(1) == ord("Z"), signed[0] & (behind(3) == ord(":")), signed[1], signed[2]],
        [1, 6, 5, 3],
        0,
    )


def _distinct(lengths: NDArray[np.int64], tails: NDArray[np.int64]) -> Times:
    pairs = np.unique(lengths * 8 + tails)
    some = pairs[pairs >= _DATE * 8]
    return np.stack((some // 8, some % 8), axis=1)


def _read_form(cells: Bytes, tail: int, rows: Times, rules: Rules, stamps: Stamps) -> None:
    """Read the texts of one form: one length, and one length of zone."""
    body = cells.shape[1] - tail
    day, good = _day(cells)
    seconds, fraction = np.zeros(len(cells), dtype=np.int64), np.zeros(len(cells), dtype=np.int64)
    if body > _DATE:
        seconds, fraction, timed = _time(cells[:, :body])
        good &= timed
    offset, zoned = _offset(cells[:, body:])
    good &= zoned
    reading = _reading(rules, tail, body)
    if reading is Reading.ASSUMED:
        offset[:] = rules.zone or 0
    at = (day * SECONDS_A_DAY + seconds - offset * 60) * MICROSECONDS + fraction
    usable = reading in {Reading.READ, Reading.ASSUMED}
    kept = rows[good]
    stamps.at[kept] = at[good] if usable else NEVER
    stamps.reading[kept] = reading
    stamps.offset[kept] = offset[good] if tail else 0
    stamps.midnight[kept] = ((seconds == 0) & (fraction == 0))[good]


def _reading(rules: Rules, tail: int, body: int) -> Reading:
    if body == _DATE and not rules.whole_days:
        return Reading.DAY_ONLY
    if tail:
        return Reading.READ
    return Reading.ZONELESS if rules.zone is None else Reading.ASSUMED


def _day(cells: Bytes) -> tuple[Times, NDArray[np.bool_]]:
    """Return the day numbers of dates "2026-03-02", and which of them exist."""
    year, month, day = _number(cells, 0, 4), _number(cells, 5, 7), _number(cells, 8, 10)
    good = (year >= 1) & (month >= 1) & (month <= _MONTHS) & (day >= 1)
    good &= (cells[:, 4] == ord("-")) & (cells[:, 7] == ord("-"))
    months = np.where(good, (year - 1970) * _MONTHS + month - 1, 0).astype("datetime64[M]")
    first = months.astype("datetime64[D]").astype(np.int64)
    after = (months + 1).astype("datetime64[D]").astype(np.int64)
    good &= day <= after - first
    return first + np.where(good, day - 1, 0), good


def _time(cells: Bytes) -> tuple[Times, Times, NDArray[np.bool_]]:
    """Return seconds and microseconds of "…T08:30", "…T08:30:00" or "…T08:30:00.123"."""
    width = cells.shape[1]
    nothing = np.zeros(len(cells), dtype=np.int64)
    if width not in {_MINUTES, _SECONDS} and width < _SECONDS + 2:
        return nothing, nothing, nothing != 0
    hour, minute = _number(cells, 11, 13), _number(cells, 14, 16)
    second = _number(cells, 17, 19) if width >= _SECONDS else nothing
    good = (hour >= 0) & (hour < _HOURS) & (minute >= 0) & (minute < _SIXTY) & (second >= 0)
    good &= (second < _SIXTY) & (cells[:, 13] == ord(":"))
    good &= np.isin(cells[:, 10], (ord("T"), ord(" ")))
    fraction = nothing
    if width >= _SECONDS:
        good &= cells[:, 16] == ord(":")
    if width > _SECONDS:
        good &= np.isin(cells[:, 19], (ord("."), ord(",")))
        digits = min(width - _SECONDS - 1, _FINEST)
        fraction = _number(cells, _SECONDS + 1, _SECONDS + 1 + digits) * 10 ** (_FINEST - digits)
        finer = cells[:, _SECONDS + 1 + digits :]
        good &= (fraction >= 0) & np.all((finer >= ord("0")) & (finer <= ord("9")), axis=1)
    return hour * 3600 + minute * 60 + second, fraction, good


def _offset(cells: Bytes) -> tuple[Times, NDArray[np.bool_]]:
    """Return the minutes east of UTC that "", "Z", "+08:00", "+0800" or "+08" say."""
    width = cells.shape[1]
    if width <= 1:
        return np.zeros(len(cells), dtype=np.int64), np.ones(len(cells), dtype=np.bool_)
    hours = _number(cells, 1, 3)
    minutes = _number(cells, width - 2, width) if width > 3 else np.zeros_like(hours)  # noqa: PLR2004 - "+08"
    good = (hours >= 0) & (hours < _HOURS) & (minutes >= 0) & (minutes < _SIXTY)
    return np.where(cells[:, 0] == ord("-"), -1, 1) * (hours * 60 + minutes), good


def _number(cells: Bytes, first: int, last: int) -> Times:
    """Return the number that stands in some columns; below 0 where a character is no digit."""
    total = np.zeros(len(cells), dtype=np.int64)
    wrong = np.zeros(len(cells), dtype=np.bool_)
    for column in range(first, last):
        digit = cells[:, column].astype(np.int64) - ord("0")
        wrong |= (digit < 0) | (digit > 9)  # noqa: PLR2004 - a digit
        total = total * 10 + digit
    return np.where(wrong, -1, total)


def _by_format(texts: Sequence[str], rules: Rules, stamps: Stamps) -> None:
    for row, text in enumerate(texts):
        at, reading, offset, midnight = _formatted(text, rules)
        stamps.at[row], stamps.reading[row] = at, reading
        stamps.offset[row], stamps.midnight[row] = offset, midnight


@lru_cache(maxsize=65_536)
def _formatted(text: str, rules: Rules) -> tuple[int, Reading, int, bool]:
    """Return one text's microseconds, reading, offset, and whether it is midnight."""
    if not text:
        return NEVER, Reading.MISSING, 0, False
    try:
        found = datetime.strptime(text, rules.format or "")  # noqa: DTZ007 - zoned below
    except ValueError:
        return NEVER, Reading.UNREADABLE, 0, False
    midnight = (found.hour, found.minute, found.second, found.microsecond) == (0, 0, 0, 0)
    if not any(mark in (rules.format or "") for mark in _CLOCKS) and not rules.whole_days:
        return NEVER, Reading.DAY_ONLY, 0, midnight
    said = found.utcoffset()
    if said is not None:
        minutes = int(said.total_seconds()) // 60
        return microseconds(found), Reading.READ, minutes, midnight
    if rules.zone is None:
        return NEVER, Reading.ZONELESS, 0, midnight
    placed = found.replace(tzinfo=timezone(timedelta(minutes=rules.zone)))
    return microseconds(placed), Reading.ASSUMED, 0, midnight
