"""Generated event logs of a permit process, as tables and as XES; nobody real is in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO
from random import Random
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

START = datetime(2020, 1, 2, 1, tzinfo=UTC)
ACTIVITIES = tuple(f"A-{number:02d}" for number in range(1, 41))
DEPARTMENTS = tuple(f"D-{number:02d}" for number in range(1, 13))
HEADING = "case:concept:name,concept:name,time:timestamp,org:group,lifecycle:transition"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<log xmlns="http://www.xes-standard.org/">\n'


class Told(NamedTuple):
    """One event."""

    case: str
    activity: str
    at: str
    group: str = "D-01"
    phase: str = "complete"


def permits(events: int, seed: int = 7) -> Iterator[Told]:
    """Yield the events of a process in which every case takes its own way; no two at an instant."""
    rng = Random(seed)
    case = told = 0
    while True:
        case += 1
        at = START + timedelta(minutes=rng.randrange(1_500_000))
        for activity in rng.sample(ACTIVITIES, rng.randrange(5, 40)):
            if told == events:
                return
            at += timedelta(seconds=1 + rng.randrange(200_000))
            told += 1
            department = DEPARTMENTS[ACTIVITIES.index(activity) % len(DEPARTMENTS)]
            yield Told(f"P-{case:06d}", activity, at.isoformat(timespec="milliseconds"), department)


def table(events: Iterable[Told], heading: str = HEADING) -> bytes:
    """Return events as CSV."""
    lines = [heading, *(",".join(event) for event in events)]
    return "".join(f"{line}\r\n" for line in lines).encode()


def xes(events: Iterable[Told]) -> bytes:
    """Return events as XES; those of a case follow one another."""
    file = BytesIO()
    file.write(HEAD.encode())
    before = None
    for event in events:
        if event.case != before:
            file.write(b"" if before is None else b"</trace>\n")
            file.write(f'<trace><string key="concept:name" value="{event.case}"/>\n'.encode())
            before = event.case
        file.write(element(event).encode())
    file.write(b"</log>\n" if before is None else b"</trace>\n</log>\n")
    return file.getvalue()


def element(event: Told) -> str:
    """Return one event as XES."""
    return (
        f'<event><string key="concept:name" value="{event.activity}"/>'
        f'<date key="time:timestamp" value="{event.at}"/>'
        f'<string key="lifecycle:transition" value="{event.phase}"/>'
        f'<string key="org:group" value="{event.group}"/></event>\n'
    )
