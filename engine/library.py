"""What the rules know by heart: catalogue, nets and calendar, by content hash."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from bpmn import library as definitions
from bpmn.net import link
from workflows import calendar
from workflows.catalogue.load import load
from workflows.snapshot import Packing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bpmn.net import Net
    from engine.store.port import Connection
    from workflows.calendar import Calendar
    from workflows.catalogue.values import Catalogue
    from workflows.project import Project

CATALOGUE = Path(__file__).resolve().parents[1] / "catalogue" / "catalogue.yaml"


@dataclass(frozen=True, kw_only=True)
class Library:
    """Everything that a decision looks up by content.

    Attributes:
        catalogue: The catalogue in force.
        nets: By content hash.
        in_force: Content hash by process id ("lifecycle", "stage_3").
        shared: How snapshots are packed, where several libraries share it.
    """

    catalogue: Catalogue
    nets: Mapping[str, Net]
    in_force: Mapping[str, str]
    calendar: Calendar
    shared: Packing | None = None

    @cached_property
    def packing(self) -> Packing:
        """Return how snapshots are packed beside this catalogue and these nets."""
        return self.shared or Packing(self.catalogue, self.nets)

    # A library that stands still is a source for the handle (engine.in_force.Source).

    def current(self) -> Library:
        """Return what is in force: this."""
        return self

    def of(self, project: Project | None) -> Library:  # noqa: ARG002 - the source's signature
        """Return what *project* runs under: this."""
        return self

    def under(self, project: Project, catalogue: str) -> Library:  # noqa: ARG002 - as above
        """Return what *project* would run under: this."""
        return self

    def following(self, project: Project | None) -> str | None:  # noqa: ARG002 - as above
        """Return None: nothing is ever to be followed."""
        return None

    def keep(self, connection: Connection, catalogue: str, now: datetime) -> None:
        """Store nothing: whoever made this library has it."""


@cache
def shipped() -> Library:
    """Return the library of the files that come with the program.

    Raises:
        CatalogueError: If the catalogue is misshapen.
        BpmnError: If a definition breaks a rule.
    """
    diagrams = definitions.shipped()
    nets = {
        name: link(diagram, diagrams)
        for name, diagram in diagrams.items()
        if name == "lifecycle" or name.startswith("stage_")
    }
    return Library(
        catalogue=load(CATALOGUE.read_text(encoding="utf-8")),
        nets=MappingProxyType({net.hash: net for net in nets.values()}),
        in_force=MappingProxyType({name: net.hash for name, net in nets.items()}),
        calendar=calendar.shipped(),
    )
