"""`abreast district`: make the demonstration district, pack it, and unpack it elsewhere."""

from __future__ import annotations

import os
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

import wire
from cli import three_years
from cli.office import demonstrates, last_moment
from cli.speech import SpokenCommand, SpokenGroup, as_json, option
from cli.terminal import Failed, terminal
from engine.clock import PushableClock
from engine.settings import from_environment
from engine.store import queries
from simulation.district import Plan
from wire import assemble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wire import Parts

_USUAL = Plan()
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group("district", cls=SpokenGroup, help="help.district")
def group() -> None:
    """Hold the commands about the demonstration district."""


def _planned(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say how large the district is."""
    for add in (
        option("--seed", default=_USUAL.seed, help="seed"),
        option("--years", type=click.IntRange(1, 5), default=_USUAL.years, help="years"),
        option("--projects", type=click.IntRange(1), default=_USUAL.projects, help="projects"),
    ):
        command = add(command)
    return command


@group.command("build", cls=SpokenCommand, help="help.district_build")
@_planned
@as_json()
def build(projects: int, years: int, seed: str, as_json: bool) -> None:  # noqa: FBT001 - click hands flags over by name
    """Make the district through the handle; a second run goes on where the first one stopped."""
    speaker = terminal()
    plan = Plan(projects=projects, years=years, seed=seed)
    with _office(plan) as (parts, clock), speaker.progress("district.building") as told:
        built = three_years.build(parts, clock, plan, told)
    if as_json:
        speaker.data(asdict(built))
    else:
        speaker.print("district.built", **asdict(built))


@group.command("pack", cls=SpokenCommand, help="help.district_pack")
@click.argument("file", type=_FILE, default=wire.DISTRICT)
@_planned
@as_json()
def pack(file: Path, projects: int, years: int, seed: str, as_json: bool) -> None:  # noqa: FBT001 - as above
    """Write the district of the database to a file, small enough to be kept with the program."""
    speaker = terminal()
    plan = Plan(projects=projects, years=years, seed=seed)
    with _office(plan) as (parts, _), speaker.progress("district.packing") as told:
        header = three_years.pack(parts, plan, file, told)
    figures = _figures(file, header.projects, header.events)
    if as_json:
        speaker.data(figures)
    else:
        speaker.print("district.packed", **figures)


@group.command("load", cls=SpokenCommand, help="help.district_load")
@click.argument("file", type=_FILE, default=wire.DISTRICT)
@as_json()
def load(file: Path, as_json: bool) -> None:  # noqa: FBT001 - as above
    """Load a packed district, all of it, before the office is served."""
    speaker = terminal()
    with _office(_USUAL) as (parts, clock), speaker.progress("serve.loading") as told:
        found = three_years.loading(parts, file)
        if found is None:
            raise Failed("district.unfit", file=file)
        three_years.unpack(parts, clock, found, told)
        shelves = found.shelves
    projects, events = (sum(getattr(s, n) for s in shelves) for n in ("projects", "events"))
    figures = _figures(file, projects, events)
    if as_json:
        speaker.data(figures)
    else:
        speaker.print("district.loaded", **figures)


def _figures(file: Path, projects: int, events: int) -> dict[str, object]:
    return {
        "file": str(file),
        "bytes": file.stat().st_size,
        "projects": projects,
        "events": events,
    }


@contextmanager
def _office(plan: Plan) -> Iterator[tuple[Parts, PushableClock]]:
    """Open the database of the environment at the district's time.

    Raises:
        Failed: If it holds other projects.
    """
    clock = PushableClock(three_years.start(plan))
    with closing(assemble(from_environment(os.environ), clock)) as parts:
        with parts.new_uow() as uow:
            newest = queries.projects(uow.connection, limit=1)
        if newest and not demonstrates(parts):
            raise Failed("serve.not_demo", database=parts.settings.database)
        if newest:
            clock.push_to(max(clock.now(), last_moment(parts)))
        yield parts, clock
