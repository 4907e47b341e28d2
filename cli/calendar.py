"""`abreast calendar`: due dates, for anyone to check."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from cli import calendar_notices
from cli.office_calendar import calendar_in_force
from cli.speech import SpokenGroup, as_json, option
from cli.terminal import Failed, terminal
from workflows.catalogue.values import DayUnit
from workflows.clock_lines import days as counted
from workflows.spans import Span, due, provisional
from workflows.texts import text

LONGEST = 10_000  # days; the table ends long before


class Days(click.IntRange):
    """A number of days in the digits 0 to 9; full-width ones are taken for a slip."""

    def convert(
        self,
        value: Any,  # noqa: ANN401 - as click hands it
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> int:
        """Return the number."""
        if not str(value).isascii():
            self.fail(repr(value), param, ctx)
        return int(super().convert(value, param, ctx))


@click.group("calendar", cls=SpokenGroup, help="help.calendar")
def group() -> None:
    """Hold the commands about working days."""


@group.command("due", help="help.calendar_due")
@click.argument("start")
@click.argument("days", type=Days(0, LONGEST))
@option(
    "--unit",
    type=click.Choice([unit.value for unit in DayUnit]),
    default=DayUnit.WORKING_DAY.value,
    help="unit_of_days",
)
@option("--pause", "pauses", multiple=True, metavar="FROM..TO", help="pause")
@as_json()
def due_date(start: str, days: int, unit: str, pauses: tuple[str, ...], as_json: bool) -> None:  # noqa: FBT001 - click hands flags over by name
    """Compute a due date."""
    speaker = terminal()
    begin, kind = _date(start), DayUnit(unit)
    stops = tuple(_pause(pause) for pause in pauses)
    calendar = calendar_in_force()
    day = due(begin, days, stops, calendar, kind)
    dates = [each.isoformat() for each in counted(begin, day, stops, kind, calendar)]
    ahead = provisional(begin, day, calendar, kind)
    if as_json:
        speaker.data(
            {
                "start": begin.isoformat(),
                "due": day.isoformat(),
                "unit": kind.value,
                "provisional": ahead,
                "days": dates,
            }
        )
        return
    said = text(f"clock.unit.{kind}", speaker.locale)
    speaker.print("calendar.due", start=begin, days=days, unit=said, due=day)
    if ahead:
        speaker.print("calendar.provisional")
    if dates:
        speaker.out.print(f"{speaker.say('calendar.counted')}: {', '.join(dates)}")


def _date(value: str) -> date:
    try:
        day = date.fromisoformat(value)
    except ValueError as error:
        raise Failed("calendar.bad_date", value=value) from error
    if day.isoformat() != value:  # week dates and bare digits would be taken for something else
        raise Failed("calendar.bad_date", value=value)
    return day


def _pause(value: str) -> Span:
    begin, dots, end = value.partition("..")
    if not dots:
        raise Failed("calendar.bad_pause", value=value)
    span = _date(begin), _date(end)
    if span[1] < span[0]:
        raise Failed("calendar.bad_pause", value=value)
    return span


for _command in (calendar_notices.show, calendar_notices.notice, calendar_notices.recompute):
    group.add_command(_command)
