"""What an adjusted catalogue means for a project that is running: what it keeps, what changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflows import applicability
from workflows.decide.adjust import followed, opened_stages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflows.catalogue.values import Catalogue
    from workflows.catalogue.values import Limit as CatalogueLimit
    from workflows.events import Limit
    from workflows.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLimit:
    """A running attempt that keeps the committed limit it was filed with.

    Attributes:
        keeps, would_be: Days and unit, e.g. "20 working_day"; "-" = no limit.
    """

    unit: int
    item: str
    attempt: int
    keeps: str
    would_be: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """What following a catalogue does to one project.

    Attributes:
        added, dropped: Items of stages yet to open that come, and that fall away.
        kept: Items of open stages that the catalogue has no more; they are handled to the end.
        limits: Running attempts whose item has another limit now.
        missing: Questions whose answer the new catalogue asks for.
    """

    project: str
    added: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    limits: tuple[KeptLimit, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def affected(self) -> bool:
        """Tell whether anything is to be told of the project."""
        return bool(self.added or self.dropped or self.kept or self.limits or self.missing)


def impact(project: Project, catalogue: Catalogue, blended: Catalogue) -> Impact:
    """Return what following *catalogue* does to *project*.

    Args:
        blended: The catalogue with the project's open stages as they were drawn.
    """
    change = followed(project, blended, catalogue.hash)
    opened = opened_stages(project)
    return Impact(
        project=project.code,
        added=change.added,
        dropped=change.dropped,
        kept=tuple(
            code
            for code in change.applicable
            if code not in catalogue.items and blended.items[code].stage in opened
        ),
        limits=tuple(_limits(project, blended)),
        missing=applicability.missing_facts(blended, project.flow, project.facts),
    )


def _limits(project: Project, blended: Catalogue) -> Iterator[KeptLimit]:
    for _, state in sorted(project.items.items()):
        attempt = state.open
        item = blended.items.get(state.item)
        if attempt is None or item is None:
            continue
        keeps, would_be = _figure(attempt.committed), _figure(item.committed_limit)
        if keeps != would_be:
            yield KeptLimit(
                unit=state.unit,
                item=state.item,
                attempt=attempt.number,
                keeps=keeps,
                would_be=would_be,
            )


def _figure(limit: Limit | CatalogueLimit | None) -> str:
    return "-" if limit is None else f"{limit.days} {limit.unit}"
