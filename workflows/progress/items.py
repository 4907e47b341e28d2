"""Where each item of a unit stands: read off the project, its catalogue and the calendar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from workflows.deadlines import DeadlineKind, deadlines, told
from workflows.events import PauseKind, PulledIn
from workflows.facts import Materials
from workflows.materials import Shelf
from workflows.moments import local_date
from workflows.progress.clocks import ahead, of_acceptance, of_attempt, of_delivery, time_of
from workflows.progress.later import extension, revocation, standing_flags
from workflows.progress.values import ItemProgress, ItemStanding, Step, Turn
from workflows.project import ItemState, ProjectStatus, item_key, run_key
from workflows.spans import PRIORITY
from workflows.wiring import documents_at_hand, wiring

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from workflows.calendar import Calendar
    from workflows.catalogue import values as c
    from workflows.catalogue.values import Catalogue
    from workflows.deadlines import DeadlineRow, Told
    from workflows.project import Attempt, OpenTask, Pause, Project, StageRun

_OF_DEPARTMENT = ("department", "inspector", "external")


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A project beside what is needed to read it.

    Attributes:
        on: The date in the office.
        needs: Hard documents of each applicable item, vacuous ones left out.
        pulls: Items that are pulled in, with the reason.
        at_hand: Document kinds that hold nothing back, by unit.
        materials: What the district makes of incomplete materials.
    """

    project: Project
    catalogue: Catalogue
    calendar: Calendar
    on: date
    applicable: frozenset[str]
    needs: Mapping[str, frozenset[str]]
    pulls: Mapping[str, PulledIn]
    at_hand: Mapping[int, frozenset[str]]
    materials: Materials = Materials.SHOWN

    @classmethod
    def of(
        cls,
        project: Project,
        catalogue: Catalogue,
        calendar: Calendar,
        now: datetime,
        materials: Materials = Materials.SHOWN,
    ) -> View:
        """Prepare a project for reading."""
        wired = wiring(catalogue, project.applicable)
        return cls(
            project=project,
            catalogue=catalogue,
            calendar=calendar,
            on=local_date(now),
            materials=materials,
            applicable=frozenset(project.applicable),
            needs=wired.needs,
            pulls={
                code: PulledIn(item=code, needed_by=needed_by, document=document)
                for code, (needed_by, document) in wired.pulled.items()
            },
            at_hand={
                unit: documents_at_hand(project, unit, catalogue, local_date(now))
                for unit in project.units
            },
        )

    def run(self, stage: int, unit: int) -> StageRun | None:
        """Return the stage run, or None before it opens."""
        return self.project.runs.get(run_key(stage, unit))


def item_progress(view: View, item: c.Item, unit: int) -> ItemProgress:
    """Return where one item of one unit stands."""
    state = view.project.items.get(
        item_key(unit, item.code), ItemState(unit=unit, stage=item.stage, item=item.code)
    )
    run = view.run(item.stage, unit)
    last = state.attempts[-1] if state.attempts else None
    missing = tuple(sorted(view.needs.get(item.code, frozenset()) - view.at_hand[unit]))
    standing = _standing(view, state, run, missing)
    pull = view.pulls.get(item.code)
    return ItemProgress(
        item=item.code,
        stage=item.stage,
        unit=unit,
        department=item.department,
        coupling=item.coupling,
        mandated=item.ordered or pull is not None,
        milestone=item.milestone,
        state=standing,
        pulled_in=pull,
        missing=missing if standing is ItemStanding.HELD else (),
        step=_step(run, item, last) if standing is ItemStanding.RUNNING else None,
        pauses=_pauses(last) if standing is ItemStanding.RUNNING else (),
        stops=tuple(each for each in last.pauses if not each.counted) if last else (),
        attempt=last.number if last else 0,
        how=last.how if last else None,
        pair=last.pair if last else None,
        slot=last.slot if last else False,
        without=last.without if last else (),
        filed_at=last.filed_at if last else None,
        accepted_at=last.accepted_at if last else None,
        decided_at=last.decided_at if last else None,
        ended_at=last.ended_at if last else None,
        acceptance=of_acceptance(run, item, last, view.calendar, view.on),
        committed=of_attempt(last.committed, last, view.calendar, view.on)
        if last
        else ahead(item.committed_limit),
        statutory=of_attempt(last.statutory, last, view.calendar, view.on)
        if last
        else ahead(item.statutory_limit),
        delivery=of_delivery(last, view.calendar, view.on),
        time=time_of(run, last, view.calendar, view.on, held=standing is ItemStanding.HELD),
        extension=extension(last),
        revocation=revocation(state),
        flags=standing_flags(view, item, state),
        told=tuple(_told(view, state, each) for each in deadlines(view.project, state)),
    )


def _standing(
    view: View, state: ItemState, run: StageRun | None, missing: tuple[str, ...]
) -> ItemStanding:
    """Judge by what is settled first, then by what runs, then by why nothing runs."""
    settled = _settled(view, state)
    if settled is not None:
        return settled
    if state.open is not None:
        return ItemStanding.RUNNING
    if view.project.status is not ProjectStatus.RUNNING:
        revoked = bool(state.attempts) and state.attempts[-1].revoked is not None
        return ItemStanding.REVOKED if revoked else ItemStanding.CLOSED
    if run is None:
        return ItemStanding.NOT_OPEN
    if state.attempts and state.attempts[-1].result is not None:
        return ItemStanding(state.attempts[-1].result)
    if missing:
        return ItemStanding.HELD
    return ItemStanding.LACKS_MATERIALS if _lacks_materials(view, state) else ItemStanding.WANTED


def _lacks_materials(view: View, state: ItemState) -> bool:
    """Tell whether its materials alone keep an item from being filed."""
    if view.materials is not Materials.REQUIRED or state.item not in view.catalogue.items:
        return False
    shelf = Shelf(view.project, view.catalogue, state.unit, view.on)
    return not shelf.checklist(state.item).satisfied


def _settled(view: View, state: ItemState) -> ItemStanding | None:
    if state.granted:
        return ItemStanding.GRANTED
    if state.item not in view.applicable and state.open is None:
        return ItemStanding.LEFT_OUT
    return ItemStanding.DECLINED if state.declined else None


def _step(run: StageRun | None, item: c.Item, attempt: Attempt | None) -> Step | None:
    """Return the open step; the files of our items have one at a time."""
    if run is None or attempt is None:
        return None
    tasks = (task for task in run.tasks.values() if task.task.item == item.code)
    task = min(tasks, key=lambda each: each.task.path, default=None)
    if task is None:
        return None
    return Step(
        name=task.task.path.rpartition("/")[2],
        path=task.task.path,
        status=attempt.status,
        since=task.opened_at,
        turn=_turn_of(task, attempt),
        outcomes=task.task.outcomes,
    )


def _turn_of(task: OpenTask, attempt: Attempt) -> Turn:
    """Return whose turn it is: a pause's, if one is open, else the task's."""
    performer = task.task.performer
    department = task.task.department
    for pause in _pauses(attempt):
        match pause.kind:
            case PauseKind.SUSPENSION:
                return Turn(performer="leader")
            case PauseKind.SUPPLEMENT:
                return Turn(performer="owner")
            case PauseKind.PROCEDURE:
                return Turn(performer="procedure", department=department)
            case PauseKind.JOINT:
                return Turn(performer="inspector", department=department)
            case _:
                assert_never(pause.kind)
    acting = department if performer in _OF_DEPARTMENT else None
    return Turn(performer=performer, department=acting, person=task.person)


def _pauses(attempt: Attempt | None) -> tuple[Pause, ...]:
    """Return the open pauses, the one that a date is counted for first."""
    found = () if attempt is None else attempt.open_pauses
    return tuple(sorted(found, key=lambda pause: PRIORITY.index(pause.kind)))


def _told(view: View, state: ItemState, row: DeadlineRow) -> Told:
    """Return a told day with what is to be handed in by then."""
    materials: tuple[str, ...] = ()
    if row.kind == DeadlineKind.ANSWER:
        asked = (pause.missing for pause in _pauses(state.open))
        materials = tuple(dict.fromkeys(each for missing in asked for each in missing))
    elif row.kind == DeadlineKind.TOLERANCE:
        shelf = Shelf(view.project, view.catalogue, state.unit, view.on)
        grace = shelf.grace(state.item, row.attempt)
        materials = () if grace is None else grace.left
    return told(row, view.calendar, view.on, materials)
