"""Two formats of the scheduling library PSPLIB: `.sm` (single mode) and `.rcp` (Patterson).

Format: R. Kolisch and A. Sprecher, "PSPLIB: a project scheduling problem library", EJOR 96 (1997).
Activities keep their numbers as codes; departments are R1, R2 ... Every line must be what it should
be: a file that is merely nearly right would be scheduled wrongly without anybody seeing it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from simulation.errors import WorkloadError
from simulation.optimise.workload import Activity, Workload
from workflows.catalogue.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_ACTIVITIES = 1_000
_LARGEST = 10_000
_HEAD = re.compile(r"^\s*(?:-\s*)?([a-z][a-z ()/.]*?)\s*:\s*(\d+)\b", re.IGNORECASE)
_RULE = re.compile(r"^\s*[*-]{5,}\s*$")
_ORDER, _WORK, _STOCK = (
    "PRECEDENCE RELATIONS:",
    "REQUESTS/DURATIONS:",
    "RESOURCEAVAILABILITIES:",
)
_SCALARS = ("jobs", "renewable", "nonrenewable", "doubly constrained")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """The whole numbers of one line."""

    line: int
    numbers: tuple[int, ...]


def sm(text: str) -> Workload:
    """Return the workload of a `.sm` file: one project, one mode each, renewable resources only.

    Raises:
        WorkloadError: With the line and what is wrong with it.
    """
    lines = text.splitlines()
    head = _head(lines)
    kinds = head["renewable"]
    for name in ("nonrenewable", "doubly constrained"):
        if head[name]:
            _wrong("workload.not_renewable", kind=name, found=head[name])
    rows = _section(lines, _ORDER, head["jobs"])
    works = _section(lines, _WORK, head["jobs"])
    stock = _section(lines, _STOCK, 1, last=True)[0]
    _long(stock, kinds)
    followers = [_followers(row, number, head["jobs"]) for number, row in enumerate(rows, start=1)]
    activities = [
        (row.numbers[2], row.numbers[3:])
        for number, row in enumerate(works, start=1)
        if _work(row, number, kinds)
    ]
    return _workload(stock.numbers, activities, followers)


def rcp(text: str) -> Workload:
    """Return the workload of a `.rcp` file: counts, capacities, then a line for each activity.

    Raises:
        WorkloadError: With the line and what is wrong with it.
    """
    rows = [
        _numbers(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()
    ]
    if len(rows) <= 1:
        _wrong("workload.section", section="jobs, resources, capacities")
    _long(rows[0], 2)
    count, kinds = rows[0].numbers
    _few(rows[0].line, count)
    _long(rows[1], kinds)
    records = _joined(rows[2:], kinds)
    if len(records) != count:
        line = rows[-1].line
        _wrong("workload.line.rows", line=line, found=len(records), wanted=count)
    followers = []
    for row in records:
        many, after = row.numbers[1 + kinds], row.numbers[2 + kinds :]
        followers.append(_among(row.line, many, after, count))
    activities = [(row.numbers[0], row.numbers[1 : 1 + kinds]) for row in records]
    return _workload(rows[1].numbers, activities, followers)


def _joined(rows: Sequence[_Row], kinds: int) -> list[_Row]:
    """Return a row for each activity: the writers of the format break long lists of followers."""
    found: list[_Row] = []
    for row in rows:
        last = found[-1] if found else None
        if last is not None and len(last.numbers) < 2 + kinds + last.numbers[1 + kinds]:
            found[-1] = _Row(line=row.line, numbers=(*last.numbers, *row.numbers))
        elif len(row.numbers) < 2 + kinds:
            _long(row, 2 + kinds)
        else:
            found.append(row)
    return found


def _head(lines: Sequence[str]) -> dict[str, int]:
    """Return the counts above the first section."""
    found: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        if line.strip() == _ORDER:
            break
        named = _HEAD.match(line)
        if named is not None:
            name = named[1].lower().partition("(")[0].strip()
            found[name] = int(named[2])
            if name == "jobs":
                _few(number, found[name])
    for name in _SCALARS:
        if name not in found:
            _wrong("workload.section", section=name)
    if found.get("projects", 1) != 1:
        _wrong("workload.projects", found=found["projects"])
    return found


def _section(lines: Sequence[str], title: str, count: int, *, last: bool = False) -> list[_Row]:
    """Return the rows below a title and its line of names, up to the rule or the next title."""
    places = [number for number, line in enumerate(lines) if line.strip() == title]
    if len(places) != 1:
        _wrong("workload.section", section=title)
    rows: list[_Row] = []
    begin = places[0] + 2
    for number, line in enumerate(lines[begin:], start=begin + 1):
        if _RULE.match(line) and line.lstrip()[0] == "*":
            begin = number
            break
        if line.strip() and not _RULE.match(line):
            rows.append(_numbers(number, line))
            begin = number
    if len(rows) != count:
        _wrong("workload.line.rows", line=begin, found=len(rows), wanted=count)
    for number, line in enumerate(lines[begin:] if last else (), start=begin + 1):
        if line.strip() and not _RULE.match(line):
            _wrong("workload.line.left_over", line=number, found=line.strip()[:40])
    return rows


def _numbers(line: int, words: str) -> _Row:
    for word in words.split():
        if not re.fullmatch(r"\d{1,9}", word):
            _wrong("workload.line.number", line=line, found=word[:40])
    row = _Row(line=line, numbers=tuple(map(int, words.split())))
    if max(row.numbers, default=0) > _LARGEST:
        _wrong("workload.line.large", line=line, found=max(row.numbers), most=_LARGEST)
    return row


def _long(row: _Row, wanted: int) -> None:
    if len(row.numbers) != wanted:
        _wrong("workload.line.count", line=row.line, found=len(row.numbers), wanted=wanted)


def _few(line: int, count: int) -> None:
    if not 1 <= count <= MOST_ACTIVITIES:
        _wrong("workload.line.many", line=line, found=count, most=MOST_ACTIVITIES)


def _followers(row: _Row, number: int, count: int) -> tuple[int, ...]:
    """Return who waits for activity *number*, whose row says: number, modes, how many, which."""
    if len(row.numbers) < 3:  # noqa: PLR2004 - number, modes, how many
        _wrong("workload.line.count", line=row.line, found=len(row.numbers), wanted=3)
    own, modes, many, *after = row.numbers
    _in_turn(row.line, own, number)
    if modes != 1:
        _wrong("workload.line.modes", line=row.line, found=modes)
    return _among(row.line, many, after, count)


def _work(row: _Row, number: int, kinds: int) -> bool:
    """Tell that a row says: number, mode 1, days, and an amount for each resource."""
    _long(row, 3 + kinds)
    _in_turn(row.line, row.numbers[0], number)
    if row.numbers[1] != 1:
        _wrong("workload.line.modes", line=row.line, found=row.numbers[1])
    return True


def _in_turn(line: int, found: int, wanted: int) -> None:
    if found != wanted:
        _wrong("workload.line.turn", line=line, found=found, wanted=wanted)


def _among(line: int, many: int, after: Sequence[int], count: int) -> tuple[int, ...]:
    if len(after) != many:
        _wrong("workload.line.followers", line=line, found=len(after), wanted=many)
    for each in after:
        if not 1 <= each <= count:
            _wrong("workload.line.unknown", line=line, found=each, most=count)
    return tuple(after)


def _workload(
    stock: Sequence[int],
    activities: Sequence[tuple[int, Sequence[int]]],
    followers: Sequence[Sequence[int]],
) -> Workload:
    names = [f"R{number}" for number in range(1, len(stock) + 1)]
    after: dict[int, list[str]] = {number: [] for number in range(1, len(activities) + 1)}
    for number, which in enumerate(followers, start=1):
        for each in which:
            after[each].append(str(number))
    return Workload(
        capacities=dict(zip(names, stock, strict=True)),
        activities={
            str(number): Activity(
                days=days,
                after=tuple(after[number]),
                demand={name: taken for name, taken in zip(names, amounts, strict=True) if taken},
            )
            for number, (days, amounts) in enumerate(activities, start=1)
        },
    )


def _wrong(code: str, **params: object) -> NoReturn:
    """Refuse the file.

    Raises:
        WorkloadError: Always.
    """
    raise WorkloadError([Finding(code=code, field=str(params.get("line", "")), params=params)])
