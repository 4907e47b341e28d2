"""`abreast credit show | set`: how an organisation stands, which opens or bars commitments."""

from __future__ import annotations

from contextlib import closing
from datetime import date

import click

from cli.acting import acting, actor, new_key
from cli.office import opened
from cli.speech import SpokenGroup, as_json, option
from cli.terminal import Failed, Terminal, terminal
from engine.notes import write
from workflows.credit import Credit, Level, SetStanding
from workflows.moments import local_date


@click.group("credit", cls=SpokenGroup, help="help.credit")
def group() -> None:
    """Hold the commands about credit."""


@group.command("show", help="help.credit_show")
@click.argument("organisation")
@as_json()
def show(organisation: str, as_json: bool) -> None:  # noqa: FBT001 - click hands flags over by name
    """Show how an organisation stands."""
    speaker = terminal()
    with closing(opened()) as parts:
        found, today = parts.credits.credit(organisation), local_date(parts.clock.now())
    _tell(speaker, found, today, as_json=as_json)


@group.command("set", help="help.credit_set")
@click.argument("organisation")
@click.argument("level", type=click.Choice([each.value for each in Level]))
@option("--until", help="credit_until", metavar="DATE")
@option("--reason", required=True, help="credit_reason")
@acting()
@as_json()
def set_(  # noqa: PLR0913, PLR0917 - click hands options over by name
    organisation: str,
    level: str,
    until: str | None,
    reason: str,
    person: str,
    as_json: bool,  # noqa: FBT001 - as above
) -> None:
    """Put an organisation on a list, or take it off."""
    speaker = terminal()
    words = write(reason)
    command = SetStanding(level=Level(level), until=_day(until), reason=words.note)
    with closing(opened()) as parts:
        who = actor(parts, person)
        found = parts.credits.execute(organisation, command, who, new_key(), words)
        today = local_date(parts.clock.now())
    _tell(speaker, found, today, as_json=as_json)


def _tell(speaker: Terminal, found: Credit, today: date, *, as_json: bool) -> None:
    level, last = found.level(today), found.last
    until = None if last is None or level is Level.ORDINARY else last.until
    if as_json:
        shown = None if until is None else until.isoformat()
        speaker.data(
            {
                "organisation": found.organisation,
                "level": level.value,
                "until": shown,
                "number": found.number,
            }
        )
        return
    said = speaker.say(f"credit.{level.value}")
    code = "credit.stands" if until is None else "credit.stands_until"
    speaker.print(code, organisation=found.organisation, level=said, until=until)


def _day(given: str | None) -> date | None:
    try:
        return None if given is None else date.fromisoformat(given)
    except ValueError as error:
        raise Failed("calendar.bad_date", value=given) from error
