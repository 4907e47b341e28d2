"""What a milestone waits for: the walk from its items back to what can be done now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflows.events import PauseKind
from workflows.progress.values import Blocked, Blocker, Cause, ItemStanding, Turn
from workflows.wiring import STAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from workflows.progress.items import View
    from workflows.progress.values import ItemProgress

Items = dict[str, "ItemProgress"]
OWNER = Turn(performer="owner")
AGENT = Turn(performer="agent")
_AGAIN = (
    *(ItemStanding.REFUSED, ItemStanding.LAPSED),
    *(ItemStanding.WITHDRAWN, ItemStanding.REVOKED),
)
_CAUSES = {
    PauseKind.SUPPLEMENT: Cause.SUPPLEMENT,
    PauseKind.PROCEDURE: Cause.PROCEDURE,
    PauseKind.JOINT: Cause.PROCEDURE,
    PauseKind.SUSPENSION: Cause.SUSPENDED,
}
_MOVING = (Cause.RUNNING, Cause.PROCEDURE)
_DONE = (ItemStanding.GRANTED, ItemStanding.LEFT_OUT, ItemStanding.DECLINED, ItemStanding.CLOSED)


@dataclass(frozen=True, slots=True)
class Walk:
    """One unit's items as the walk sees them.

    Attributes:
        items: Of the unit; an item that the unit does not run itself is the whole project's.
    """

    view: View
    unit: int
    items: Mapping[str, ItemProgress]

    def blockers(self, starts: Iterable[ItemProgress]) -> tuple[Blocker, ...]:
        """Return what must happen next before all of *starts* are granted, oldest first."""
        found: dict[tuple[int, str | None], Blocker] = {}
        seen: set[str] = set()
        ahead = [item for item in starts if item.state not in _DONE]
        while ahead:
            item = ahead.pop()
            if item.item in seen:
                continue
            seen.add(item.item)
            earlier = self._earlier(item)
            if earlier:
                ahead += earlier
            else:
                blocker = self._blocker(item)
                found[blocker.stage, blocker.item] = blocker
        return tuple(sorted(found.values(), key=lambda b: (b.since, b.stage, b.item or "")))

    def _earlier(self, item: ItemProgress) -> list[ItemProgress]:
        """Return the items whose documents a held one waits for."""
        if item.state is not ItemStanding.HELD or not self._filed(item):
            return []
        producers = (self.view.catalogue.producers(document) for document in item.missing)
        codes = {producer.code for each in producers for producer in each}
        return [
            self.items[code]
            for code in sorted(codes)
            if code in self.items and self.items[code].state not in _DONE
        ]

    def _blocker(self, item: ItemProgress) -> Blocker:
        run = self.view.run(item.stage, item.unit)
        if item.step is not None:
            pause = next(iter(item.pauses), None)
            if pause is not None:
                return self._of(item, _CAUSES[pause.kind], item.step.turn, pause.since)
            return self._of(item, Cause.RUNNING, item.step.turn, item.step.since)
        if run is None:
            return self._of(item, Cause.NOT_OPEN, self.pusher(), self.view.project.filed_at)
        if not self._filed(item):
            return Blocker(
                unit=item.unit,
                stage=item.stage,
                item=None,
                cause=Cause.NOT_FILED,
                turn=self.pusher(),
                since=run.opened_at,
            )
        begun = run.filed_at or run.opened_at
        if item.state in _AGAIN:
            return self._of(item, Cause.FILE_AGAIN, self.pusher(), item.ended_at or begun)
        if item.state is ItemStanding.HELD:
            return self._of(item, Cause.DOCUMENT_MISSING, self.pusher(), begun)
        if item.state is ItemStanding.LACKS_MATERIALS:
            return self._of(item, Cause.MATERIALS_MISSING, self.pusher(), begun)
        return self._of(item, Cause.TO_BE_FILED, self.pusher(), begun)

    def _of(self, item: ItemProgress, cause: Cause, turn: Turn, since: datetime) -> Blocker:
        days = [each.due for each in item.told if each.due is not None]
        return Blocker(
            unit=item.unit,
            stage=item.stage,
            item=item.item,
            cause=cause,
            turn=turn,
            since=since,
            missing=item.missing,
            step=item.step.name if item.step else None,
            told=min(days, default=None),
            told_passed=any(each.passed for each in item.told),
        )

    def _filed(self, item: ItemProgress) -> bool:
        if not item.mandated or item.stage > STAGES:
            return True
        run = self.view.run(item.stage, item.unit)
        return run is not None and run.filed_at is not None

    def pusher(self) -> Turn:
        """Return who hands things in: the project's agent, or the owner without one."""
        return OWNER if self.view.project.agent is None else AGENT


def standstill(blockers: tuple[Blocker, ...]) -> Blocked | None:
    """Return that a filed stage stands still, or None while something on the way is moving."""
    if not blockers or any(blocker.cause in _MOVING for blocker in blockers):
        return None
    return Blocked(by=blockers, since=max(blocker.since for blocker in blockers))


def remaining(items: Iterable[ItemProgress]) -> Iterator[ItemProgress]:
    """Return the items that are neither granted nor given up."""
    return (item for item in items if item.state not in _DONE)
