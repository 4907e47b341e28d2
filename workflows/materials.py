"""The materials of an item: which are at hand, from where, which are tolerated, which are missing.

A material counts for every item and stage that asks for it, in the unit it was handed in for and,
from the whole project, in each of its units. One that is the result of another item is satisfied by
that document alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from workflows.deadlines import tolerated_until
from workflows.moments import local_date
from workflows.project import ItemState, ProjectStatus, item_key, run_key
from workflows.wiring import documents_at_hand, home, wiring

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from workflows.catalogue.values import Catalogue, Item, Material
    from workflows.project import Document, Project, Supplied, Tolerance


class Standing(StrEnum):
    """Where one material of one item stands, from the best to the worst."""

    SUPPLIED = "supplied"  # handed in
    DOCUMENT = "document"  # the result document exists
    NOT_NEEDED = (
        "not_needed"  # nobody produces that document here, or nobody asks any more (不需要)
    )
    NOT_DUE = "not_due"  # to be handed in once a later stage opens (未到阶段)
    AWAITED = "awaited"  # the result document does not exist yet
    MISSING = "missing"  # the owner is to hand it in


_WORST_FIRST = tuple(reversed(Standing))
AT_HAND = frozenset({Standing.SUPPLIED, Standing.DOCUMENT, Standing.NOT_NEEDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One required material.

    Attributes:
        material: Code.
        document: The document kind that satisfies it; None = the owner hands it in.
        supplied: What was handed in.
        tolerated_until: ISO date, while it is missing and tolerated.
    """

    material: str
    document: str | None
    state: Standing
    supplied: Supplied | None = None
    tolerated_until: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grace:
    """What became of a tolerance (容缺) by a certain date.

    Attributes:
        attempt: The attempt it was given to.
        left: Materials still missing; empty = fulfilled. What was at hand once and is missing
            again, by a supplement or a revocation, is not tolerated any more.
        due: ISO date that was told.
        last: That day, and those more on which the project stood still.
        met: When the last of them came; None before, and where nobody recorded it.
        overdue: Something was still missing after the last day.
    """

    attempt: int
    missing: tuple[str, ...]
    left: tuple[str, ...]
    due: str
    last: date
    met: date | None
    overdue: bool

    @property
    def fulfilled(self) -> bool:
        """Tell whether everything was handed in."""
        return not self.left


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """The materials of one item in one unit, in the catalogue's order.

    Attributes:
        graces: Of every attempt that was tolerated, oldest first.
        missing: Neither at hand nor tolerated for the running or the next attempt.
        tolerated: Missing, but tolerated for that attempt.
    """

    item: str
    unit: int
    lines: tuple[Line, ...]
    graces: tuple[Grace, ...]
    missing: tuple[str, ...]
    tolerated: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Tell whether nothing at all is missing, tolerated or not."""
        return not self.missing and not self.tolerated

    @property
    def satisfied(self) -> bool:
        """Tell whether the item may be handled: what is missing is tolerated."""
        return not self.missing


def worst(*standings: Standing) -> Standing:
    """Return the worst of where a material stands for several items: what is still to be done."""
    return min(standings, key=_WORST_FIRST.index)


class Shelf:
    """What is at hand in one unit on one date; makes the checklists of its items."""

    def __init__(self, project: Project, catalogue: Catalogue, unit: int, on: date) -> None:
        """Look once; nothing is changed by looking."""
        self._project = project
        self._catalogue = catalogue
        self._unit = unit
        self._on = on
        self._documents = documents_at_hand(project, unit, catalogue, on)
        self._producers = wiring(catalogue, project.applicable).producers

    def checklist(self, code: str) -> Checklist:
        """Return the checklist of item *code*."""
        item = self._catalogue.items[code]
        state = self._state(item)
        number = state.attempts[-1].number if state.open is not None else len(state.attempts) + 1
        graces = tuple(self._grace(each, state) for each in state.tolerances)
        until = {
            material: grace.last.isoformat()
            for grace in graces
            if grace.attempt == number
            for material in grace.left
        }
        lines = tuple(self._line(material, until, state) for material in item.materials)
        lacking = [line for line in lines if line.state not in AT_HAND]
        return Checklist(
            item=code,
            unit=self._unit,
            lines=lines,
            graces=graces,
            missing=tuple(each.material for each in lacking if each.tolerated_until is None),
            tolerated=tuple(each.material for each in lacking if each.tolerated_until is not None),
        )

    def grace(self, code: str, attempt: int) -> Grace | None:
        """Return what became of the tolerance of one attempt of item *code*; None = it had none."""
        state = self._state(self._catalogue.items[code])
        given = (each for each in state.tolerances if each.attempt == attempt)
        return next((self._grace(each, state) for each in given), None)

    def met_at(self, code: str, attempt: int, now: datetime) -> datetime | None:
        """Return when the last of the materials that an attempt was let do without was at hand.

        Args:
            now: When it is for one that is not needed any more: nothing was handed in or issued.

        Returns:
            None while one of them is missing, and if the attempt had no tolerance.
        """
        state = self._state(self._catalogue.items[code])
        given = next((each for each in state.tolerances if each.attempt == attempt), None)
        if given is None:
            return None
        materials = [self._catalogue.materials[code] for code in given.missing]
        if any(self.standing(each, state) not in AT_HAND for each in materials):
            return None
        since = (self._since(each, state) or now for each in materials)
        return min(now, max([given.since, *since]))

    def _since(self, material: Material, state: ItemState) -> datetime | None:
        """Return since when a material that is at hand has been; None for one that nobody needs."""
        supplied = self.supplied(material.code)
        if supplied is not None:
            told = (pause for attempt in state.attempts for pause in attempt.pauses)
            back = any(material.code in p.missing and supplied.first_at <= p.since for p in told)
            return supplied.supplied_at if back else supplied.first_at
        held = () if material.document is None else self._held(material.document)
        return min((each.issued_at for each in held if self._holds(each)), default=None)

    def standing(self, material: Material, state: ItemState | None = None) -> Standing:
        """Return where a material stands: for one item, or None = for any that asks for it.

        One that a supplement found wanting is missing again until another version comes.
        """
        supplied = self.supplied(material.code)
        if supplied is not None:
            asked = self._project.items.values() if state is None else (state,)
            sent_back = any(self._sent_back(each, supplied) for each in asked)
            return Standing.MISSING if sent_back else Standing.SUPPLIED
        if material.document is None:
            return Standing.MISSING
        if self._exists(material.document):
            return Standing.DOCUMENT
        return Standing.NOT_NEEDED if material.document in self._documents else Standing.AWAITED

    def wanted(self, material: Material) -> Standing:
        """Return where a material stands for whoever still asks for it.

        What is missing or awaited is not needed any more where every item that asks for it is
        granted or declined, or the project has ended; what a grant tolerated still is. What is
        missing is not due while none of those that still ask belongs to a stage that has opened.
        """
        standing = self.standing(material)
        if standing in AT_HAND:
            return standing
        asking = [each for each in self._askers(material) if self._asks(each, material.code)]
        if not asking:
            return Standing.NOT_NEEDED
        due = any(run_key(each.stage, each.unit) in self._project.runs for each in asking)
        return standing if due or standing is not Standing.MISSING else Standing.NOT_DUE

    def supplied(self, code: str) -> Supplied | None:
        """Return what was handed in: for the unit itself, else for the whole project."""
        held: Mapping[str, Supplied] = self._project.materials
        found = (held.get(item_key(unit, code)) for unit in (self._unit, 0))
        return next((each for each in found if each is not None and self._came(each)), None)

    def _askers(self, material: Material) -> tuple[ItemState, ...]:
        codes = askers(self._project, self._catalogue, material.code)
        return tuple(self._of_home(self._catalogue.items[code]) for code in codes)

    def _of_home(self, item: Item) -> ItemState:
        """Return the item where it is run: by the unit itself, or by the whole project."""
        unit = home(self._project, self._unit, item.stage)
        blank = ItemState(unit=unit, stage=item.stage, item=item.code)
        return self._project.items.get(item_key(unit, item.code), blank)

    def _asks(self, state: ItemState, material: str) -> bool:
        """Tell whether an item still asks for a material."""
        if state.granted:
            tolerated = (each for each in state.tolerances if each.met_at is None)
            return any(material in each.missing for each in tolerated)
        return self._project.status is ProjectStatus.RUNNING and not state.declined

    def _came(self, supplied: Supplied) -> bool:
        """Tell whether a material had been handed in by the date, in its first version or later."""
        return local_date(supplied.first_at) <= self._on

    def _exists(self, document: str) -> bool:
        return any(self._holds(each) for each in self._held(document))

    def _held(self, document: str) -> tuple[Document, ...]:
        stages = {self._catalogue.items[code].stage for code in self._producers[document]}
        homes = {home(self._project, self._unit, stage) for stage in stages}
        held = (self._project.documents.get(item_key(unit, document)) for unit in homes)
        return tuple(each for each in held if each is not None)

    def _holds(self, held: Document) -> bool:
        """Tell whether a document is neither revoked nor out of date."""
        until = held.valid_until
        if held.revoked_at is not None or local_date(held.issued_at) > self._on:
            return False
        return until is None or self._on.isoformat() <= until

    def _sent_back(self, state: ItemState, supplied: Supplied) -> bool:
        """Tell whether a supplement of the item named this version of a material."""
        return state.unit in (0, self._unit) and any(
            supplied.material in pause.missing and supplied.supplied_at <= pause.since
            for attempt in state.attempts
            for pause in attempt.pauses
        )

    def _line(self, code: str, until: Mapping[str, str], state: ItemState) -> Line:
        material = self._catalogue.materials[code]
        return Line(
            material=code,
            document=material.document,
            state=self.standing(material, state),
            supplied=self.supplied(code),
            tolerated_until=until.get(code),
        )

    def _grace(self, tolerance: Tolerance, state: ItemState) -> Grace:
        met = None if tolerance.met_at is None else local_date(tolerance.met_at)
        met = None if met is None or met > self._on else met
        left = tuple(
            code
            for code in tolerance.missing
            if met is None and self.standing(self._catalogue.materials[code], state) not in AT_HAND
        )
        last = tolerated_until(self._project, tolerance, self._on)
        until = self._on if left else met
        return Grace(
            attempt=tolerance.attempt,
            missing=tolerance.missing,
            left=left,
            due=tolerance.due,
            last=last,
            met=met,
            overdue=until is not None and until > last,
        )

    def _state(self, item: Item) -> ItemState:
        blank = ItemState(unit=self._unit, stage=item.stage, item=item.code)
        return self._project.items.get(item_key(self._unit, item.code), blank)


def askers(project: Project, catalogue: Catalogue, material: str) -> tuple[str, ...]:
    """Return the applicable items that ask for *material*, in catalogue order."""
    return tuple(c for c in project.applicable if material in catalogue.items[c].materials)
