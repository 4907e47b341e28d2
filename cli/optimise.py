"""`abreast optimise`: the best pairs, classes and schedules, and how sure that is."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from cli.office import opened
from cli.optimise_classes import classes
from cli.optimise_schedule import schedule
from cli.speech import SpokenGroup, as_json
from cli.terminal import Terminal, terminal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulation.optimise.beside import Beside
    from simulation.optimise.pairs import Plan
    from simulation.optimise.problem import Problem
    from simulation.optimise.rolling import Rolling


@click.group("optimise", cls=SpokenGroup, help="help.optimise")
def group() -> None:
    """Hold the commands that look for the best."""


@group.command("pairs", help="help.optimise_pairs")
@click.argument("code")
@click.argument("stage", type=click.IntRange(1, 5))
@as_json()
def pairs(code: str, stage: int, as_json: bool) -> None:  # noqa: FBT001 - click hands flags over by name
    """Show the best pairs of a stage beside every other way."""
    # The solver takes a second to load: it is loaded when the command is called.
    from simulation.optimise.beside import side_by_side  # noqa: PLC0415 - see above
    from simulation.optimise.problem import problem_of  # noqa: PLC0415 - see above

    speaker = terminal()
    with closing(opened()) as parts:
        project = parts.handle.project(code)
        catalogue = parts.in_force.of(project).catalogue
    problem = problem_of(catalogue, project.applicable, stage)
    found = side_by_side(problem)
    told = {"project": code, "stage": stage, **_told(problem, found)}
    if as_json:
        speaker.data(told)
    elif problem.days:
        _shown(speaker, told)
    else:
        speaker.print("optimise.none")


def _told(problem: Problem, found: Beside) -> dict[str, Any]:
    def exact(days: int) -> dict[str, Any]:
        return {"days": days, "bound": days, "proved": True}

    return {
        "ways": {
            "one_by_one": exact(found.one_by_one),
            "by_lot": {"days": found.by_lot, "lots": found.lots},
            "greedy": _bounded(found.greedy),
            "best": _bounded(found.best),
            "rolling": _bounded(found.rolling),
            "free": exact(found.free),
        },
        "rounds": [
            {"items": list(each), "days": max(problem.days[code] for code in each)}
            for each in found.best.rounds
        ],
        "starts": dict(sorted(found.rolling.starts.items())),
    }


def _bounded(plan: Plan | Rolling) -> dict[str, Any]:
    return {"days": plan.total, "bound": plan.bound, "proved": plan.proved}


def _shown(speaker: Terminal, told: Mapping[str, Any]) -> None:
    table = speaker.table(
        "optimise.rounds",
        ("optimise_round", "optimise_items", "optimise_takes"),
        ("optimise_round", "optimise_takes"),
    )
    for number, each in enumerate(told["rounds"], start=1):
        table.add_row(str(number), " + ".join(each["items"]), str(each["days"]))
    speaker.out.print(table)
    speaker.print("optimise.title", code=told["project"], stage=told["stage"])
    ways = speaker.table(
        "optimise.ways",
        ("optimise_way", "optimise_days", "optimise_bound", "optimise_sure"),
        ("optimise_days", "optimise_bound"),
    )
    for name, way in told["ways"].items():
        days, bound = f"{way['days']:g}", str(way.get("bound", "-"))
        ways.add_row(speaker.say(f"optimise.way.{name}"), days, bound, _sure(speaker, way))
    speaker.out.print(ways)


def _sure(speaker: Terminal, way: Mapping[str, Any]) -> str:
    if "lots" in way:
        lots = way["lots"]
        return speaker.say("optimise.drawn", lots=lots) if lots else speaker.say("optimise.exact")
    if way["proved"]:
        return speaker.say("optimise.proved")
    gap = 100 * (way["days"] - way["bound"]) / way["days"]
    return speaker.say("optimise.gap", gap=f"{gap:.1f}")


group.add_command(classes)
group.add_command(schedule)
