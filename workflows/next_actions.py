"""What to do first: whose turn it is in several projects, set in one order, with the reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflows.clock import Lamp
from workflows.events import PauseKind
from workflows.moments import local_date
from workflows.progress.values import Cause, ItemStanding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date, datetime

    from workflows.catalogue.values import Catalogue, Coupling
    from workflows.progress.times import Clock
    from workflows.progress.values import Blocker, ItemProgress, Progress, StageProgress

TASK = Cause.RUNNING
# What is done by whoever hands things in, and is no open task: by how an item stands.
_PUSHED: Mapping[ItemStanding, Cause] = {
    ItemStanding.LACKS_MATERIALS: Cause.MATERIALS_MISSING,
    ItemStanding.WANTED: Cause.TO_BE_FILED,
    ItemStanding.REFUSED: Cause.FILE_AGAIN,
    ItemStanding.LAPSED: Cause.FILE_AGAIN,
    ItemStanding.WITHDRAWN: Cause.FILE_AGAIN,
    ItemStanding.REVOKED: Cause.FILE_AGAIN,
}
PUSHED = (Cause.SUPPLEMENT, *dict.fromkeys(_PUSHED.values()))
Place = tuple[int, int, str | None]  # unit, stage, item; no item = the joint application


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why something comes first: a code of texts/work.toml with its parameters."""

    code: str
    params: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing that can be done now.

    Attributes:
        item: None for the joint application of a stage.
        coupling: Of the item; a pairable one may be started beside another.
        cause: TASK for an open task; otherwise what is to be handed in or filed.
        accepting: The clock is that of the acceptance; else the committed limit's.
        left: Days left of the limit that runs, in *limit_unit*; None while no clock runs.
        milestone: The next milestone waits for it.
        waiting: How many items wait for what it gives.
        since: When it became possible.
    """

    project: str
    unit: int
    stage: int
    item: str | None
    coupling: Coupling | None
    cause: Cause
    accepting: bool
    left: int | None
    limit_unit: str | None
    due: date | None
    provisional: bool
    lamp: Lamp
    milestone: bool
    waiting: int
    since: datetime

    @property
    def place(self) -> Place:
        """Return where in the project it is."""
        return (self.unit, self.stage, self.item)


def rank(action: Action) -> tuple[object, ...]:
    """Return the place of an action: few legal days left first, then what most waits for.

    What has a running limit comes before what has none; among equals the milestone's, then the one
    that lets most items begin, then the oldest. The project's code makes every place the only one.
    """
    return (
        action.left is None,
        action.left or 0,
        not action.milestone,
        -action.waiting,
        action.since,
        action.project,
        action.unit,
        action.stage,
        action.item or "",
    )


def reasons(action: Action) -> tuple[Reason, ...]:
    """Return why an action stands where it stands, the weightiest first."""
    found = []
    if action.left is not None:
        code = "over" if action.left < 0 else "left"
        code = f"accept_{code}" if action.accepting else code
        params = {"days": abs(action.left), "day_unit": action.limit_unit, "day": action.due}
        found.append(Reason(code=f"next.{code}", params=params))
    else:
        found.append(Reason(code="next.untimed", params={"day": local_date(action.since)}))
    if action.milestone:
        found.append(Reason(code="next.milestone", params={"stage": action.stage}))
    if action.waiting:
        found.append(Reason(code="next.waiting", params={"count": action.waiting}))
    return tuple(found)


def actions(
    seen: Progress, catalogue: Catalogue, turns: Iterable[Place], *, pushes: bool
) -> Iterator[Action]:
    """Yield what somebody can do in one project.

    Args:
        turns: Their open tasks.
        pushes: They hand in what the project is to hand in, as its agent, or its owner without one.
    """
    blockers = {} if seen.next is None else {_of(each): each for each in seen.next.blockers}
    tasks = dict.fromkeys(turns, TASK)
    for unit in seen.units:
        for stage in unit.stages:
            mine = {at: cause for at, cause in tasks.items() if at[:2] == (unit.unit, stage.stage)}
            for place, cause in (mine | (_pushed(stage) if pushes else {})).items():
                yield from _action(seen, catalogue, stage, place, cause, blockers)


def _pushed(stage: StageProgress) -> dict[Place, Cause]:
    """Return what is to be handed in or filed in a stage; its mandated items come with it."""
    found: dict[Place, Cause] = {}
    for item in stage.items if stage.opened_at is not None else ():
        cause = _PUSHED.get(item.state)
        if any(pause.kind is PauseKind.SUPPLEMENT for pause in item.pauses):
            cause = Cause.SUPPLEMENT
        if cause is not None and (stage.filed_at is not None or not item.mandated):
            found[stage.unit, stage.stage, item.item] = cause
    return found


def _action(  # noqa: PLR0913, PLR0917 - the project, what it waits for, and one place in it
    seen: Progress,
    catalogue: Catalogue,
    stage: StageProgress,
    place: Place,
    cause: Cause,
    blockers: dict[Place, Blocker],
) -> Iterator[Action]:
    item = next((each for each in stage.items if each.item == place[2]), None)
    since = _since(stage, item, blockers.get(place))
    if since is None or _stands(item, cause):
        return
    clock = _running(item)
    yield Action(
        project=seen.code,
        unit=stage.unit,
        stage=stage.stage,
        item=place[2],
        coupling=None if item is None else item.coupling,
        cause=cause,
        accepting=item is not None and item.acceptance is not None,
        left=None if clock is None else clock.left,
        limit_unit=None if clock is None else clock.unit,
        due=None if clock is None else clock.due,
        provisional=clock is not None and clock.provisional,
        lamp=Lamp.NONE if item is None else item.lamp,
        milestone=place in blockers,
        waiting=_waiting(seen, catalogue, stage, item),
        since=since,
    )


def _of(blocker: Blocker) -> Place:
    return (blocker.unit, blocker.stage, blocker.item)


def _since(
    stage: StageProgress, item: ItemProgress | None, blocker: Blocker | None
) -> datetime | None:
    if blocker is not None:
        return blocker.since
    if item is not None and item.step is not None:
        return item.step.since
    if item is not None and item.ended_at is not None:
        return item.ended_at
    return stage.filed_at or stage.opened_at


def _stands(item: ItemProgress | None, cause: Cause) -> bool:
    """Tell whether an open task cannot be done, because a pause stops its item."""
    stopped = item is not None and any(not each.counted for each in item.pauses)
    return cause is TASK and stopped


def _running(item: ItemProgress | None) -> Clock | None:
    """Return the clock that runs, unless it stands still."""
    clock = None if item is None else item.clock
    known = clock is not None and clock.left is not None and clock.lamp is not Lamp.PAUSED
    return clock if known else None


def _waiting(
    seen: Progress, catalogue: Catalogue, stage: StageProgress, item: ItemProgress | None
) -> int:
    """Count the items that cannot begin before this is done."""
    if item is None:
        return sum(each.mandated and each.counts for each in stage.items)
    given = set(catalogue.items[item.item].produces)
    return sum(
        other.state is ItemStanding.HELD and not given.isdisjoint(other.missing)
        for other in seen.items
    )
