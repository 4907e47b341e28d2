"""`abreast calendar show | notice | recompute`: the year's days, and notices that change them."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.adjustments import show_lines
from cli.office import opened
from cli.speech import SpokenCommand, as_json, option
from cli.terminal import Failed, terminal
from engine.adjustments import recompute_job
from workflows import notices
from workflows.facts import SYSTEM
from workflows.moments import local_date
from workflows.notices import read_notice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cli.terminal import Terminal
    from workflows.calendar import Calendar
    from workflows.dues import DueChange
    from workflows.notices import NoticeAdopted

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("show", cls=SpokenCommand, help="help.calendar_show")
@click.argument("year", type=int)
@as_json()
def show(year: int, as_json: bool) -> None:  # noqa: FBT001 - click hands flags over by name
    """Show a year's days off and weekend days worked."""
    speaker = terminal()
    with closing(opened()) as parts:
        calendar = parts.library.calendar
        notice = parts.in_force.notices.by_year.get(year)
    if not calendar.first.year <= year <= calendar.last.year:
        first, last = calendar.first.year, calendar.last.year
        raise Failed("calendar.unknown_year", year=year, first=first, last=last)
    told = _year(calendar, year, notice)
    if as_json:
        speaker.data(told)
        return
    said = "calendar.year_provisional" if told["provisional"] else "calendar.year"
    speaker.out.print(speaker.say(said, year=year, working=told["working_days"]))
    if notice is not None:
        speaker.print("calendar.notice_source", source=notice.source)
    table = speaker.table("calendar.days_title", ("date", "day_kind"))
    days = notices.year_of(calendar, year)
    for day in sorted((*days.off, *days.worked)):
        said = "calendar.worked" if day in days.worked else "calendar.off"
        table.add_row(day.isoformat(), speaker.say(said))
    speaker.out.print(table)


@click.command("notice", cls=SpokenCommand, help="help.calendar_notice")
@click.argument("file", type=_FILE)
@option("--preview", is_flag=True, help="preview")
@as_json()
def notice(file: Path, preview: bool, as_json: bool) -> None:  # noqa: FBT001 - as above
    """Take a notice over, or show what it would change."""
    speaker = terminal()
    command = read_notice(file.read_text(encoding="utf-8"))
    with closing(opened()) as parts:
        known = parts.in_force.notices
        today = local_date(parts.clock.now())
        offered = notices.offered(known, command, today)
        before = parts.library.calendar
        after = notices.calendar(notices.evolve(known, known.number + 1, offered))
        days = list(notices.changed_days(before, after))
        changes = parts.following.due_changes(after)
        if not preview:
            key = f"notice-{offered.year}-{offered.calendar}"
            parts.adjustments.notice(command, SYSTEM, key)
    if as_json:
        speaker.data(
            {
                "adopted": not preview,
                "year": offered.year,
                "source": offered.source,
                "calendar_version": offered.calendar,
                "changed_days": [_day(day, after) for day in days],
                "due_changes": [asdict(change) for change in changes],
                "job": None if preview else recompute_job(offered.calendar),
            }
        )
        return
    _show_days(speaker, days, after)
    _show_changes(speaker, changes)
    if not preview:
        speaker.print("calendar.adopted", year=offered.year, job=recompute_job(offered.calendar))


@click.command("recompute", cls=SpokenCommand, help="help.calendar_recompute")
@as_json()
def recompute(as_json: bool) -> None:  # noqa: FBT001 - as above
    """Compute due dates and timers of running projects anew."""
    speaker = terminal()
    with closing(opened()) as parts, speaker.progress("calendar.recomputing") as told:
        lines = []
        codes = parts.following.running_codes()
        for done, code in enumerate(codes, start=1):
            lines.append(parts.following.recompute_one(code))
            told(done / len(codes))
    show_lines(speaker, lines, as_json=as_json, said="calendar.recomputed")


def _year(calendar: Calendar, year: int, notice: NoticeAdopted | None) -> dict[str, object]:
    days = notices.year_of(calendar, year)
    return {
        "year": year,
        "provisional": calendar.provisional(date(year, 1, 1)),
        "source": None if notice is None else notice.source,
        "calendar_version": calendar.version,
        "working_days": days.working,
        "off": [day.isoformat() for day in days.off],
        "worked": [day.isoformat() for day in days.worked],
    }


def _day(day: date, after: Calendar) -> dict[str, object]:
    return {"day": day.isoformat(), "worked": after.is_working(day)}


def _show_days(speaker: Terminal, days: Sequence[date], after: Calendar) -> None:
    table = speaker.table("calendar.changed", ("date", "day_kind"))
    for day in days:
        said = "calendar.worked" if after.is_working(day) else "calendar.off"
        table.add_row(day.isoformat(), speaker.say(said))
    if days:
        speaker.out.print(table)


def _show_changes(speaker: Terminal, changes: Sequence[DueChange]) -> None:
    if not changes:
        speaker.print("calendar.due_same")
        return
    table = speaker.table("calendar.due_changes", ("project", "item", "figure", "before", "after"))
    for change in changes:
        what = speaker.say(f"due.{change.what}")
        after = change.after or "-"
        if change.provisional:
            after = f"{after} {speaker.say('calendar.provisional')}"
        table.add_row(change.project, change.item, what, change.before or "-", after)
    speaker.out.print(table)
