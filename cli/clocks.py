"""`abreast clock`: the arithmetic of an item's time; the clocks of a project and its stages."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click
import msgspec

from cli.office import opened
from cli.speech import SpokenCommand, as_json, option
from cli.terminal import Failed, Terminal, terminal
from workflows.clock_lines import Account, Line, Sheet, sheet
from workflows.moments import local_date
from workflows.reported import ProjectReported, reported
from workflows.stage_clock import ProjectClock, StageClock, project_clock
from workflows.texts import text

if TYPE_CHECKING:
    from wire import Parts


@click.command("clock", cls=SpokenCommand, help="help.clock")
@click.argument("code")
@click.argument("item", required=False)
@option("--unit", type=click.IntRange(0), default=0, help="project_unit")
@as_json()
def clock(code: str, item: str | None, unit: int, as_json: bool) -> None:  # noqa: FBT001 - click hands flags over by name
    """Show the time of an item, or of a project."""
    speaker = terminal()
    with closing(opened()) as parts:
        if item is None:
            _project(speaker, parts, code, as_json=as_json)
        else:
            _item(speaker, _sheet(parts, code, item, unit), as_json=as_json)


def _sheet(parts: Parts, code: str, item: str, unit: int) -> Sheet:
    today = local_date(parts.clock.now())
    project = parts.handle.project(code)
    library = parts.in_force.of(project)
    return sheet(project, item, unit, library.catalogue, library.calendar, today)


def _item(speaker: Terminal, seen: Sheet, *, as_json: bool) -> None:
    if as_json:
        speaker.data(msgspec.to_builtins(seen))
        return
    if not seen.attempt:
        raise Failed("clock.not_filed", item=seen.item)
    accounts = [(kind, getattr(seen, kind)) for kind in ("committed", "statutory")]
    if not any(account for _, account in accounts):
        speaker.print("clock.not_accepted", item=seen.item)
    for kind, account in accounts:
        if account is not None:
            _account(speaker, seen, kind, account)
    if seen.clock is not None and seen.clock.owner_days:
        unit = text(f"clock.unit.{seen.clock.unit}", speaker.locale)
        speaker.print("clock.owner_days", days=seen.clock.owner_days, unit=unit)
    if seen.delivery is not None:
        handed = seen.delivery
        speaker.print(
            "clock.delivery",
            used=handed.used,
            limit=handed.limit,
            due=handed.due,
            source=handed.source,
        )
    national = seen.reported
    if national is not None and national.used is not None:
        speaker.print("clock.national", used=national.used, span=national.span)


def _account(speaker: Terminal, seen: Sheet, kind: str, account: Account) -> None:
    reading = account.reading
    speaker.print(
        "clock.title",
        item=seen.item,
        attempt=seen.attempt,
        kind=speaker.say(f"clock.{kind}"),
        limit=reading.limit,
        unit=text(f"clock.unit.{reading.unit}", speaker.locale),
        source=reading.source,
    )
    table = speaker.table(
        "clock.lines",
        ("clock_date", "clock_number", "clock_rule", "clock_source"),
        ("clock_number",),
    )
    for line in account.lines:
        table.add_row(
            line.day.isoformat(),
            "" if line.number is None else str(line.number),
            _remarked(speaker, line),
            line.source if line.procedure is None else f"{line.source} ({line.procedure})",
        )
    speaker.out.print(table)
    flags = {"committed": "lamp", "statutory": "statutory_lamp"}
    lamp = "none" if seen.clock is None else getattr(seen.clock, flags[kind]).value
    speaker.print(
        "clock.summary",
        used=reading.used,
        left=reading.left,
        due=reading.due or speaker.say("clock.beyond" if reading.beyond else "clock.unknown_due"),
        lamp=text(f"clock.lamp.{lamp}", speaker.locale),
        span=0 if seen.clock is None else seen.clock.span,
    )
    if reading.provisional:
        speaker.print("calendar.provisional")


def _remarked(speaker: Terminal, line: Line) -> str:
    """Return a line's rule in words, and whether its day lies ahead or beyond the limit."""
    said = text(f"clock.rule.{line.rule}", speaker.locale)
    said += speaker.say("clock.ahead") if line.ahead else ""
    said += speaker.say("calendar.provisional") if line.provisional else ""
    return said + (speaker.say("clock.late") if line.late else "")


def _project(speaker: Terminal, parts: Parts, code: str, *, as_json: bool) -> None:
    today = local_date(parts.clock.now())
    project = parts.handle.project(code)
    library = parts.in_force.of(project)
    seen = project_clock(project, library.catalogue, library.calendar, today)
    national = reported(project, library.catalogue, library.calendar, today)
    if as_json:
        told = msgspec.to_builtins(seen)
        more = {"project": code, "on": today.isoformat(), "reported": msgspec.to_builtins(national)}
        speaker.data({**told, **more})
        return
    speaker.out.print(speaker.say("clock.stages", project=code, on=today))
    speaker.out.print(_table(speaker, seen, national))
    readings = (seen.reading, *(stage.reading for stage in seen.stages))
    if any(reading is not None and reading.provisional for reading in readings):
        speaker.print("calendar.provisional")


def _table(speaker: Terminal, seen: ProjectClock, national: ProjectReported) -> object:
    columns = ("stage", "used", "limit", "clock_lamp", "clock_parts", "clock_reported")
    table = speaker.table("clock.whole", columns, ("used", "limit", "clock_reported"))
    for stage, other in zip(seen.stages, national.stages, strict=True):
        name = str(stage.stage) if not stage.unit else f"{stage.stage}/{stage.unit}"
        table.add_row(name, *_cells(speaker, stage), str(other.approval))
    table.add_row(speaker.say("clock.whole"), *_cells(speaker, seen), str(national.total))
    return table


def _cells(speaker: Terminal, seen: StageClock | ProjectClock) -> tuple[str, ...]:
    parts = ", ".join(
        f"{text(f'clock.part.{part}', speaker.locale)} {days}" for part, days in seen.parts.items()
    )
    limit = "" if seen.reading is None else str(seen.reading.limit)
    return str(seen.used), limit, text(f"clock.lamp.{seen.lamp}", speaker.locale), parts
