"""Which catalogue is in force from when: the stream `catalogue`, rules and state."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date  # noqa: TC003 - msgspec reads the annotations at run time
from typing import TYPE_CHECKING

from workflows.access import KEEPERS, Keep, Scope, may
from workflows.catalogue.difference import Difference, difference
from workflows.catalogue.findings import Severity
from workflows.errors import NotAllowedError, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workflows.catalogue.findings import Finding
    from workflows.catalogue.values import Catalogue
    from workflows.facts import Actor


class PastVersionError(Refusal):
    """A catalogue takes effect today or later; what was decided before stands."""

    code = "adjustment.past"


class VersionOrderError(Refusal):
    """A catalogue takes effect no earlier than the one adopted before it."""

    code = "adjustment.order"


class SameCatalogueError(Refusal):
    """The catalogue changes nothing against the version before it."""

    code = "adjustment.same"


class CatalogueRefusedError(Refusal):
    """The catalogue breaks a rule; *findings* say which and where, with the path of a circle."""

    code = "adjustment.refused"


class ItemMovedError(Refusal):
    """An item stays in its stage: in another one it is another item, with its own code."""

    code = "adjustment.item_moved"


class StagesChangedError(Refusal):
    """Every version has the same stages: running projects stand in them."""

    code = "adjustment.stages"


class NoDefinitionError(Refusal):
    """The process definitions that the catalogue asks for cannot be drawn or are not sound."""

    code = "adjustment.definitions"


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptCatalogue:
    """Bring a catalogue into force.

    Attributes:
        catalogue: Hash of its content.
        effective_from: The first day on which it holds.
    """

    catalogue: str
    effective_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueAdopted:
    """A catalogue that holds from *effective_from* on.

    Attributes:
        difference: Against the version before it.
        nets: Content hash of the net of each process, drawn by this catalogue.
    """

    catalogue: str
    effective_from: date
    difference: Difference
    nets: dict[str, str]


KINDS: dict[str, type[CatalogueAdopted]] = {"CatalogueAdopted": CatalogueAdopted}


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One adopted catalogue; *number* is that of its event."""

    number: int
    catalogue: str
    effective_from: date
    difference: Difference
    nets: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """Every adopted version, in the order of adoption, which is that of effect."""

    number: int = 0
    adopted: tuple[Version, ...] = ()

    def in_force(self, on: date) -> Version | None:
        """Return the version that holds on the date *on*; None = the shipped catalogue does."""
        begun = [version for version in self.adopted if version.effective_from <= on]
        return begun[-1] if begun else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a decision about a version looks at.

    Attributes:
        previous: The catalogue adopted last, or the shipped one.
        findings: What the publish check says of the new one.
        nets: Content hash of each net drawn by it; empty when the drawing failed.
    """

    actor: Actor
    today: date
    previous: Catalogue
    catalogue: Catalogue
    findings: Sequence[Finding]
    nets: Mapping[str, str]


def decide(versions: Versions, command: AdoptCatalogue, offer: Offer) -> CatalogueAdopted:
    """Return what comes of *command*.

    Raises:
        NotAllowedError: If the actor neither plans nor administers.
        PastVersionError, VersionOrderError: If the day of effect cannot be.
        CatalogueRefusedError: If the publish check found errors.
        SameCatalogueError: If the content is that of the version before.
        ItemMovedError, StagesChangedError: If running projects could not follow.
        NoDefinitionError: If no definitions could be drawn.
    """
    check_keeper(offer.actor, "catalogue")
    check(versions, command.effective_from, offer)
    return CatalogueAdopted(
        catalogue=command.catalogue,
        effective_from=command.effective_from,
        difference=difference(offer.previous, offer.catalogue),
        nets=dict(offer.nets),
    )


def evolve(versions: Versions, number: int, body: CatalogueAdopted) -> Versions:
    """Return the versions after event *number*."""
    version = Version(
        number=number,
        catalogue=body.catalogue,
        effective_from=body.effective_from,
        difference=body.difference,
        nets=body.nets,
    )
    return replace(versions, number=number, adopted=(*versions.adopted, version))


def check_keeper(actor: Actor, what: str) -> None:
    """Refuse everyone but planners and administrators.

    Raises:
        NotAllowedError: It names *what* was to be changed.
    """
    if not may(actor, KEEPERS[Keep(what)], Scope()):
        raise NotAllowedError(actor=actor.id, command=what)


def check(versions: Versions, effective_from: date, offer: Offer) -> None:
    """Refuse a version that may not come into force; see `decide`."""
    if effective_from < offer.today:
        raise PastVersionError(day=effective_from.isoformat(), today=offer.today.isoformat())
    if versions.adopted and effective_from < versions.adopted[-1].effective_from:
        last = versions.adopted[-1].effective_from
        raise VersionOrderError(day=effective_from.isoformat(), last=last.isoformat())
    check_findings(offer.findings)
    if offer.catalogue == offer.previous:
        raise SameCatalogueError(catalogue=offer.catalogue.hash[:12])
    _check_places(offer.previous, offer.catalogue)
    if not offer.nets:
        raise NoDefinitionError(reason=NONE)


def check_findings(findings: Sequence[Finding]) -> None:
    """Refuse a catalogue with errors.

    Raises:
        CatalogueRefusedError: It carries every error as a code with parameters.
    """
    errors = [found for found in findings if found.severity is Severity.ERROR]
    if errors:
        said = [{"code": found.code, **found.named} for found in errors]
        raise CatalogueRefusedError(errors=len(errors), findings=said)


def _check_places(previous: Catalogue, catalogue: Catalogue) -> None:
    if set(previous.stages) != set(catalogue.stages):
        raise StagesChangedError(stages=sorted(previous.stages))
    for code, item in previous.items.items():
        now = catalogue.items.get(code)
        if now is not None and now.stage != item.stage:
            raise ItemMovedError(item=code, before=item.stage, after=now.stage)


NONE = "-"
