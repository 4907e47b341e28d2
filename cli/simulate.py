"""`abreast simulate SCENARIO --compare SCENARIO`: what would be if, with intervals."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.office import opened
from cli.speech import SpokenCommand, as_json, option
from cli.terminal import Terminal, terminal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulation.intervals import Interval
    from simulation.scenario import Scenario
    from workflows.catalogue.values import Catalogue

# The simulation's libraries take a second to load: they are loaded when a command is called.
_SHOWN = 12  # levers


@click.command("simulate", cls=SpokenCommand, help="help.simulate")
@click.argument("scenario")
@option("--compare", "other", help="simulate_compare")
@option("--family", "whole_family", is_flag=True, help="simulate_family")
@option("--sensitivity", is_flag=True, help="simulate_sensitivity")
@option("--replications", type=click.IntRange(1, 5000), help="simulate_replications")
@option("--half-width", type=click.FloatRange(min=0.001), help="simulate_half_width")
@option("--svg", type=click.Path(dir_okay=False, path_type=Path), help="simulate_svg")
@as_json()
def simulate(  # noqa: PLR0913, PLR0917 - one argument for each option of the command line
    scenario: str,
    other: str | None,
    whole_family: bool,  # noqa: FBT001 - click hands flags over by name
    sensitivity: bool,  # noqa: FBT001 - as above
    replications: int | None,
    half_width: float | None,
    svg: Path | None,
    as_json: bool,  # noqa: FBT001 - as above
) -> None:
    """Run a scenario, compare two, or tell which change would bring most."""
    from simulation import answers  # noqa: PLC0415 - see above
    from simulation.sweeps import pool_at  # noqa: PLC0415 - see above

    speaker, pool = terminal(), pool_at(os.environ.get("RAY_ADDRESS"))
    with closing(opened()) as parts:
        catalogue = parts.library.catalogue
    chosen = answers.scenario(_asked(scenario), catalogue)
    if other is not None:
        after = answers.scenario(_asked(other), catalogue)
        with speaker.progress("simulate.running") as told:
            found = answers.compared(
                chosen,
                after,
                catalogue,
                replications=replications,
                half_width=half_width,
                progress=told,
                pool=pool,
            )
        _tell(speaker, found, _comparison, as_json=as_json)
        _draw(svg, speaker, [chosen, after], catalogue, replications)
    elif sensitivity:
        with speaker.progress("simulate.running") as told:
            ranked = answers.ranked(chosen, catalogue, replications or 20, told, pool)
        _tell(speaker, {"levers": ranked}, _levers, as_json=as_json)
    else:
        shown = _family(chosen, catalogue) if whole_family else [chosen]
        figures = [(each, answers.alone(each, catalogue, replications, pool)) for each in shown]
        _tell(speaker, _figures(figures), _alone, as_json=as_json)
        _draw(svg, speaker, shown, catalogue, replications)


def _asked(scenario: str) -> str:
    """Return the text of a scenario's file, or the name of a built-in one."""
    file = Path(scenario)
    return file.read_text(encoding="utf-8") if file.is_file() else scenario


def _family(base: Scenario, catalogue: Catalogue) -> list[Scenario]:
    """Return the built-in family on the projects and the luck of *base*."""
    from dataclasses import replace  # noqa: PLC0415 - only here

    from simulation.family import family  # noqa: PLC0415 - see above

    return [
        replace(
            each,
            arrivals=base.arrivals,
            departments=base.departments,
            service=base.service,
            chances=base.chances,
            agents=base.agents,
            seed=base.seed,
            replications=base.replications,
        )
        for each in family(catalogue)
    ]


def _tell(speaker: Terminal, found: Mapping[str, Any], shown: Any, *, as_json: bool) -> None:  # noqa: ANN401 - one of the functions below
    if as_json:
        speaker.data(found)
    else:
        shown(speaker, found)


def _comparison(speaker: Terminal, found: Mapping[str, Any]) -> None:
    """Show every difference that was measured, and who gets worse."""
    columns = ("figure", "before", "after", "moved", "bounds", "sure")
    numbers = ("before", "after", "moved", "bounds")
    table = speaker.table("simulate.compared", columns, numbers)
    for each in found["differences"]:
        if not each["of"]:
            table.add_row(*_line(speaker, each))
    speaker.out.print(table)
    if found["worse"]:
        worse = speaker.table("simulate.worse", columns, numbers)
        for each in found["worse"]:
            worse.add_row(*_line(speaker, each))
        speaker.out.print(worse)
    else:
        speaker.print("simulate.nobody_worse")
    speaker.print(
        "simulate.said", replications=found["replications"], before=found["before"],
        after=found["after"],
    )  # fmt: skip


def _line(speaker: Terminal, each: Mapping[str, Any]) -> tuple[str, ...]:
    name = speaker.say(f"figure.{each['figure']}")
    return (
        f"{name} {each['of']}".rstrip(),
        _number(each["before"]),
        _number(each["after"]),
        _number(each["moved"], signed=True),
        _bounds(each["low"], each["high"]),
        speaker.say("simulate.yes" if each["resolved"] else "simulate.no"),
    )


def _levers(speaker: Terminal, found: Mapping[str, Any]) -> None:
    """Show the changes that bring most."""
    table = speaker.table(
        "simulate.levers", ("change", "moved", "bounds", "rank_sure"), ("moved", "bounds")
    )
    for each in found["levers"][:_SHOWN]:
        what = "simulate.faster" if each["item"] else "simulate.reviewer"
        table.add_row(
            speaker.say(what, of=each["item"] or each["department"]),
            _number(each["moved"], signed=True),
            _bounds(each["low"], each["high"]),
            speaker.say("simulate.yes" if each["sure"] else "simulate.no"),
        )
    speaker.out.print(table)


def _figures(figures: Sequence[tuple[Scenario, Mapping[Any, Interval]]]) -> dict[str, Any]:
    from simulation.files import assumptions  # noqa: PLC0415 - see above

    return {
        "scenarios": [
            {
                "name": one.name,
                "figures": [
                    {"figure": figure.value, "of": of, "mean": v.mean, "low": v.low, "high": v.high}
                    for (figure, of), v in found.items()
                ],
                "assumptions": dict(assumptions(one)),
            }
            for one, found in figures
        ]
    }


def _alone(speaker: Terminal, found: Mapping[str, Any]) -> None:
    """Show the whole figures of each scenario."""
    table = speaker.table(
        "simulate.title", ("scenario", "figure", "mean", "bounds"), ("mean", "bounds")
    )
    for one in found["scenarios"]:
        for each in one["figures"]:
            if not each["of"]:
                table.add_row(
                    one["name"],
                    speaker.say(f"figure.{each['figure']}"),
                    _number(each["mean"]),
                    _bounds(each["low"], each["high"]),
                )
    speaker.out.print(table)


def _draw(
    file: Path | None,
    speaker: Terminal,
    shown: Sequence[Scenario],
    catalogue: Catalogue,
    replications: int | None,
) -> None:
    """Write a chart of the mean days of each scenario, if one was asked for."""
    if file is None:
        return
    from simulation import answers  # noqa: PLC0415 - see above
    from simulation.chart import Bar, bars  # noqa: PLC0415 - see above
    from simulation.measures import Figure  # noqa: PLC0415 - see above

    lines = [
        Bar(name=each.name, value=answers.alone(each, catalogue, replications)[Figure.DAYS, ""])
        for each in shown
    ]
    chart = bars(speaker.say("figure.days"), speaker.say("simulate.unit"), lines)
    file.write_text(chart, encoding="utf-8")


def _number(value: float | None, *, signed: bool = False) -> str:
    if value is None:
        return "-"
    return f"{value:+.2f}" if signed else f"{value:.2f}"


def _bounds(low: float | None, high: float | None) -> str:
    return "-" if low is None or high is None else f"{low:.2f} ... {high:.2f}"
