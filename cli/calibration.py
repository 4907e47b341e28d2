"""`abreast report calibration`: how often forecasts held."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from cli.office import opened
from cli.scope import Form, formed
from cli.speech import SpokenCommand, option
from cli.terminal import terminal
from exchange.sheets import Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.expected import Coverage
    from cli.terminal import Terminal
    from exchange.sheets import Cell

_COLUMNS = ("goal", "forecasts", "forecast_projects", "open_forecasts", "p50", "p80", "p95")


@click.command("calibration", cls=SpokenCommand, help="help.report_calibration")
@option("--make", is_flag=True, help="calibration_make")
@formed
def calibration(make: bool, form: Form) -> None:  # noqa: FBT001 - click hands flags over by name
    """Tell how often the truth came no later than was forecast."""
    from analysis.plain import plain  # noqa: PLC0415 - the columns take a while to load

    speaker = terminal()
    with closing(opened()) as parts:
        if make:
            parts.forecasting.make()
        learned, told = parts.forecasts.calibration(), parts.forecasts.held()
    replayed = () if learned is None else learned[1].coverage
    data = {
        "as_of": None if learned is None else learned[0].isoformat(),
        "fitted_from": None if learned is None else learned[1].since.isoformat(),
        "fitted_until": None if learned is None else learned[1].split.isoformat(),
        "until": None if learned is None else learned[1].until.isoformat(),
        "replayed": plain(replayed),
        "told": plain(told),
    }
    sheets = (
        _sheet(speaker, speaker.say("calibration.replayed"), replayed),
        _sheet(speaker, speaker.say("calibration.told"), told),
    )
    form.tell(speaker, data, sheets)
    if form.shown and learned is None:
        speaker.print("calibration.none")
    elif form.shown and learned is not None:
        found = learned[1]
        speaker.print("calibration.span", first=found.since, split=found.split, until=found.until)


def _sheet(speaker: Terminal, title: str, found: Sequence[Coverage]) -> Sheet:
    rows: list[tuple[Cell, ...]] = [
        (
            _goal(speaker, each),
            each.forecasts,
            each.projects,
            each.open,
            *(None if s.observed is None else round(s.observed, 3) for s in each.levels),
        )
        for each in found
    ]
    columns = tuple(speaker.say(f"column.{column}") for column in _COLUMNS)
    return Sheet(title=title, columns=columns, rows=rows)


def _goal(speaker: Terminal, found: Coverage) -> str:
    goal = "all" if found.goal is None else found.goal.value
    return speaker.say(f"calibration.{goal}", stage=found.stage)
