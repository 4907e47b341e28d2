"""`abreast simulate SCENARIO --compare SCENARIO`: what would be if, with intervals."""

from __future__ import annotations

import os
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.office import opened
from cli.speech import SpokenCommand, as_json, option
from cli.terminal import Terminal, terminal
from engine.store.naming import Kind
from workflows.texts import text, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from simulation.chart import Bar
    from simulation.scenario import Scenario
    from wire import Parts
    from workflows.catalogue.values import Catalogue, Name

    Row = Mapping[str, Any]

# The simulation's libraries take a second to load: they are loaded when a command is called.
_SHOWN = 12  # levers
_DAYS = "days"  # the figure that is drawn


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
    from simulation import answers, asked  # noqa: PLC0415 - see above
    from simulation.sweeps import pool_at  # noqa: PLC0415 - see above

    speaker, pool = terminal(), pool_at(os.environ.get("RAY_ADDRESS"))
    with closing(opened()) as parts:
        catalogue = parts.library.catalogue
        chosen = asked.scenario(_asked(scenario), catalogue)
        places = _places(parts, chosen)
    if other is not None:
        after = asked.scenario(_asked(other), catalogue, chosen)
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
        told_of = partial(_comparison, catalogue=catalogue, places=places)
        _tell(speaker, found, told_of, as_json=as_json)
        _draw(svg, speaker, _compared(speaker, found))
    elif sensitivity:
        with speaker.progress("simulate.running") as told:
            ranked = answers.ranked(chosen, catalogue, replications or 20, told, pool)
        _tell(speaker, ranked, partial(_levers, catalogue=catalogue), as_json=as_json)
    else:
        from simulation.family import family  # noqa: PLC0415 - see above

        shown = family(catalogue, chosen) if whole_family else (chosen,)
        found = answers.each_alone(shown, catalogue, replications, pool)
        _tell(speaker, found, _alone, as_json=as_json)
        _draw(svg, speaker, _bars(speaker, found))


def _asked(scenario: str) -> str:
    """Return the text of a scenario's file, or the name of a built-in one."""
    file = Path(scenario)
    return file.read_text(encoding="utf-8") if file.is_file() else scenario


def _places(parts: Parts, one: Scenario) -> dict[str, Name]:
    """Return what a scenario's townships are called; those of a built-in one have no name."""
    known = parts.naming.names((Kind.TOWNSHIP, code) for code in one.arrivals.townships)
    return {code: name for (_, code), name in known.items()}


def _tell(
    speaker: Terminal, found: Row, shown: Callable[[Terminal, Row], None], *, as_json: bool
) -> None:
    if as_json:
        speaker.data(found)
    else:
        shown(speaker, found)


def _comparison(
    speaker: Terminal, found: Row, catalogue: Catalogue, places: Mapping[str, Name]
) -> None:
    """Show every difference that was measured, and who gets worse."""
    columns = ("figure", "before", "after", "moved", "bounds", "sure")
    numbers = ("before", "after", "moved", "bounds")
    table = speaker.table("simulate.compared", columns, numbers)
    for each in found["differences"]:
        if not each["of"]:
            table.add_row(*_line(speaker, each, catalogue, places))
    speaker.out.print(table)
    if found["worse"]:
        worse = speaker.table("simulate.worse", columns, numbers)
        for each in found["worse"]:
            worse.add_row(*_line(speaker, each, catalogue, places))
        speaker.out.print(worse)
    else:
        speaker.print("simulate.nobody_worse")
    if found["reached"] is False:
        speaker.print("simulate.wider", replications=found["replications"])
    before, after = _called(speaker, found["before"]), _called(speaker, found["after"])
    for each in found["cautions"]:
        name = before if each["scenario"] == "before" else after
        why = text(f"move.rule.{each['rule']}", speaker.locale, **each["params"])
        speaker.print("simulate.caution", scenario=name, why=why)
    speaker.print("simulate.said", replications=found["replications"], before=before, after=after)


def _line(
    speaker: Terminal, each: Row, catalogue: Catalogue, places: Mapping[str, Name]
) -> tuple[str, ...]:
    from simulation.spoken import measured  # noqa: PLC0415 - see above

    return (
        speaker.name(measured(each["figure"], each["of"], catalogue, places)),
        _number(each["before"]),
        _number(each["after"]),
        _number(each["moved"], signed=True),
        _bounds(each["low"], each["high"]),
        speaker.say("simulate.yes" if each["resolved"] else "simulate.no"),
    )


def _called(speaker: Terminal, name: str) -> str:
    """Return the name of a scenario; built-in ones have one in words."""
    code = f"scenario.name.{name}"
    return text(code, speaker.locale) if code in texts() else name


def _levers(speaker: Terminal, found: Row, catalogue: Catalogue) -> None:
    """Show the changes that bring most."""
    table = speaker.table(
        "simulate.levers", ("change", "moved", "bounds", "rank_sure"), ("moved", "bounds")
    )
    for each in found["levers"][:_SHOWN]:
        what = "simulate.faster" if each["item"] else "simulate.reviewer"
        table.add_row(
            speaker.say(what, of=_lever(speaker, each, catalogue)),
            _number(each["moved"], signed=True),
            _bounds(each["low"], each["high"]),
            speaker.say("simulate.yes" if each["sure"] else "simulate.no"),
        )
    speaker.out.print(table)


def _lever(speaker: Terminal, each: Row, catalogue: Catalogue) -> str:
    """Return the item or the department that a lever is about, by name."""
    if each["item"] is None:
        return speaker.name(catalogue.departments[each["department"]].name)
    return f"{each['item']} {speaker.name(catalogue.items[each['item']].name)}"


def _alone(speaker: Terminal, found: Row) -> None:
    """Show the whole figures of each scenario."""
    table = speaker.table(
        "simulate.title", ("scenario", "figure", "mean", "bounds"), ("mean", "bounds")
    )
    for one in found["scenarios"]:
        for each in one["figures"]:
            if not each["of"]:
                table.add_row(
                    _called(speaker, one["name"]),
                    speaker.say(f"figure.{each['figure']}"),
                    _number(each["mean"]),
                    _bounds(each["low"], each["high"]),
                )
    speaker.out.print(table)


def _compared(speaker: Terminal, found: Row) -> Iterator[Bar]:
    """Yield the mean days of both scenarios, as they stand in the table."""
    days = next(each for each in found["differences"] if each["figure"] == _DAYS)
    for side in ("before", "after"):
        yield _bar(_called(speaker, found[side]), days[side], *days["bounds"][side])


def _bars(speaker: Terminal, found: Row) -> Iterator[Bar]:
    """Yield the mean days of each scenario, as they stand in the table."""
    for one in found["scenarios"]:
        days = next(each for each in one["figures"] if each["figure"] == _DAYS)
        yield _bar(_called(speaker, one["name"]), days["mean"], days["low"], days["high"])


def _bar(name: str, mean: float | None, low: float | None, high: float | None) -> Bar:
    from simulation.chart import Bar  # noqa: PLC0415 - see above

    return Bar(name=name, mean=mean, low=low, high=high)


def _draw(file: Path | None, speaker: Terminal, lines: Iterable[Bar]) -> None:
    """Write a chart of mean days, if one was asked for."""
    if file is None:
        return
    from simulation.chart import bars  # noqa: PLC0415 - see above

    chart = bars(speaker.say("figure.days"), speaker.say("simulate.unit"), tuple(lines))
    file.write_text(chart, encoding="utf-8")


def _number(value: float | None, *, signed: bool = False) -> str:
    if value is None:
        return "-"
    return f"{value:+.2f}" if signed else f"{value:.2f}"


def _bounds(low: float | None, high: float | None) -> str:
    return "-" if low is None or high is None else f"{low:.2f} ... {high:.2f}"
