"""What the simulation does for the office: people of a demonstration, what-ifs, forecasts.

The engine knows none of it: it is handed these functions, or the names of such.
"""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from engine.library import shipped
from engine.store import queries
from engine.what_if import WhatIf

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator
    from datetime import datetime

    from analysis.columns import Columns
    from analysis.expected import Calibration, Expected
    from engine.aside import Aside
    from engine.forecasts import Outlines
    from engine.in_force import InForce
    from engine.unit_of_work import UnitOfWork
    from simulation.journey import Order
    from simulation.officers import Officers
    from simulation.world import World
    from workflows.catalogue.values import Catalogue
    from workflows.project import Project

DISTRICT = Path(__file__).resolve().parents[1] / "district" / "three_years.abreast"


def officers(known: InForce, there: Container[str] | None = None) -> Officers:
    """Return the simulated people of the demonstration district, who know of no project yet.

    Args:
        there: Who of them lives in the part of the district that is there, and has visitors;
            None = all, among themselves.
    """
    from simulation import district  # noqa: PLC0415 - numba takes a while, most need none
    from simulation.officers import Officers as Simulated  # noqa: PLC0415 - as above
    from simulation.world import World as Surroundings  # noqa: PLC0415 - as above

    desks = district.desks(there)
    habits_of = district.habits_of if there is None else district.habits_beside_visitors
    people = cache(lambda code: (habits_of(code), district.luck_of(code)))

    def world_of(project: Project) -> World:
        library = known.of(project)
        habits, luck = people(project.code)
        return Surroundings(
            catalogue=library.catalogue,
            calendar=library.calendar,
            nets=library.nets,
            habits=habits,
            luck=luck,
            desks=frozenset(desks),
        )

    return Simulated(world_of, desks)


def living_there(new_uow: Callable[[], UnitOfWork], known: InForce) -> Officers:
    """Return the simulated people whom the database knows: a small district has fewer."""
    with new_uow() as uow:
        people = queries.people(uow.connection)
    return officers(known, {each.id for each in people})


def arrivals(
    new_uow: Callable[[], UnitOfWork], known: InForce, since: datetime, until: datetime
) -> Iterator[Order]:
    """Yield the filings that come to the part of the demonstration district that is there."""
    from simulation.arrivals import coming, filing_of  # noqa: PLC0415 - as above

    with new_uow() as uow:
        townships = queries.townships(uow.connection)
        people = queries.people(uow.connection)
    library = known.current()
    organisations = {each.organisation for each in people if each.organisation is not None}
    for case in coming(since, until, townships, organisations, library.calendar):
        yield filing_of(case, library.catalogue)


def specimen(known: InForce, digest: str) -> bytes | None:
    """Return a file that a simulated owner handed in, made when it is opened; None = no such."""
    from simulation.specimens import specimens  # noqa: PLC0415 - most are never opened

    catalogues = (known.current().catalogue, shipped().catalogue)
    found = (specimens(each).get(digest) for each in catalogues)
    return next((each for each in found if each is not None), None)


def what_if(aside: Aside, known: InForce, parts: str, part: str) -> WhatIf:
    """Return what-if questions that the simulation answers aside, by two of its functions."""
    return WhatIf(
        library=known.current,
        batches=partial(aside.call, f"simulation.answers.{parts}"),
        answer=partial(aside.call, f"simulation.answers.{part}"),
    )


def replay(columns: Columns, outlines: Outlines, catalogue: Catalogue) -> Calibration | None:
    """Have the simulation replay the past."""
    from simulation.calibration import calibrated  # noqa: PLC0415 - as above

    return calibrated(columns, outlines, catalogue)


def foresee(
    columns: Columns, outlines: Outlines, catalogue: Catalogue, learned: Calibration | None
) -> tuple[Expected, ...]:
    """Have the simulation forecast the running projects."""
    from simulation.forecast import forecasts  # noqa: PLC0415 - as above

    return forecasts(columns, outlines, catalogue, learned)
