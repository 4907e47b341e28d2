"""`abreast fit --out scenario.toml`: a scenario out of the facts, and how good it is."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.office import opened
from cli.scope import from_facts
from cli.speech import SpokenCommand, as_json, option
from cli.terminal import terminal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.columns import Columns
    from cli.terminal import Terminal
    from simulation.fit import Fitted
    from simulation.goodness import Goodness
    from simulation.scenario import Kind
    from wire import Parts
    from workflows.catalogue.values import Catalogue

# The simulation's libraries take a second to load: they are loaded when a command is called.
_SEEDS = 10


@click.command("fit", cls=SpokenCommand, help="help.fit")
@from_facts()
@option("--out", type=click.Path(dir_okay=False, path_type=Path), help="fit_out")
@option("--seeds", type=click.IntRange(2, 100), default=_SEEDS, help="fit_seeds")
@as_json()
def fit(facts: Path | None, out: Path | None, seeds: int, as_json: bool) -> None:  # noqa: FBT001 - click hands flags over by name
    """Fit a scenario and judge it."""
    from simulation.fit import fitted  # noqa: PLC0415 - see above
    from simulation.goodness import goodness  # noqa: PLC0415 - see above
    from simulation.writing import toml_of  # noqa: PLC0415 - see above

    speaker = terminal()
    columns, catalogue, kinds = _read(speaker, facts)
    found = fitted(columns, catalogue, kinds)
    with speaker.progress("fit.judging") as told:
        good = goodness(columns, found.scenario, catalogue, seeds, told)
    if out is not None:
        out.write_text(toml_of(found.tree), encoding="utf-8")
    if as_json:
        speaker.data({"scenario": found.tree, "goodness": _judged(good)})
        return
    _show(speaker, found, good, catalogue)
    if out is not None:
        speaker.print("fit.written", file=str(out))


def _read(speaker: Terminal, facts: Path | None) -> tuple[Columns, Catalogue, tuple[Kind, ...]]:
    """Return the facts, the catalogue in force, and what projects were like where that is known."""
    from engine.foreign import Source, columns_of_facts  # noqa: PLC0415 - see above

    with closing(opened()) as parts, speaker.progress("report.facts") as told:
        catalogue = parts.library.catalogue
        if facts is None:
            return parts.facts.columns(told), catalogue, _kinds(parts)
        with facts.open("rb") as file:
            source = Source(file=file, name=facts.name, size=facts.stat().st_size)
            return columns_of_facts(source, parts.library.calendar, told), catalogue, ()


def _kinds(parts: Parts) -> tuple[Kind, ...]:
    """Return what the office's projects are like, each kind weighted by how many there are."""
    from engine import backdating  # noqa: PLC0415 - see above
    from engine.store.queries import ProjectFilter  # noqa: PLC0415 - see above
    from simulation.scenario import Kind  # noqa: PLC0415 - see above

    counts: Counter[tuple[int, tuple[tuple[str, Any], ...]]] = Counter()
    for code in backdating.codes(parts.new_uow, ProjectFilter()):
        project = parts.handle.project(code)
        counts[project.flow, tuple(sorted(project.facts.items()))] += 1
    return tuple(
        Kind(flow=flow, facts=dict(answers), weight=float(number))
        for (flow, answers), number in counts.items()
    )


def _judged(good: Goodness) -> Mapping[str, float]:
    return {
        "distance": good.distance,
        "floor": good.floor,
        "ratio": good.ratio,
        "observed_median": good.observed,
        "modelled_median": good.modelled,
        "projects": good.projects,
        "seeds": good.seeds,
    }


def _show(speaker: Terminal, found: Fitted, good: Goodness, catalogue: Catalogue) -> None:
    """Show the departments, and how good the fit is."""
    table = speaker.table("fit.title", ("department", "reviewers", "closed_days"), ("reviewers",))
    for code, each in sorted(found.scenario.departments.items()):
        name = speaker.name(catalogue.departments[code].name)
        reviewers = speaker.say("fit.any") if each.reviewers is None else str(each.reviewers)
        table.add_row(name, reviewers, ", ".join(str(day + 1) for day in each.closed) or "-")
    speaker.out.print(table)
    speaker.print(
        "fit.good",
        distance=f"{good.distance:.2f}",
        floor=f"{good.floor:.2f}",
        ratio=f"{good.ratio:.2f}",
        observed=f"{good.observed:.1f}",
        modelled=f"{good.modelled:.1f}",
        projects=good.projects,
        seeds=good.seeds,
    )
