"""What the steps of one attempt add up to, told by the status codes of the national standard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exchange import stamps
from exchange.account import Noted, Unused
from workflows.events import PauseKind
from workflows.item_runs import Stretch
from workflows.status import TERMINAL, Status, legal

if TYPE_CHECKING:
    from datetime import datetime

    from exchange.account import Tally

_RESULTS = {
    Status.GRANTED: "granted",
    Status.GRANTED_TOLERANT: "granted",
    Status.REFUSED: "refused",
    Status.NOT_TAKEN: "refused",
    Status.NOT_ACCEPTED: "refused",
    Status.TAKEN_BACK: "withdrawn",
    Status.WITHDRAWN: "withdrawn",
    Status.REVOKED: "revoked",
}
_PAUSES = {
    Status.SUPPLEMENT: (PauseKind.SUPPLEMENT, Status.SUPPLEMENTED),
    Status.SPECIAL: (PauseKind.PROCEDURE, Status.SPECIAL_ENDED),
}
_CLOSES = {end: start for start, (_, end) in _PAUSES.items()}


class History:
    """One attempt, step after step."""

    def __init__(self, tally: Tally) -> None:
        """Begin with nothing."""
        self.first: dict[Status, datetime] = {}
        self.pauses: list[Stretch] = []
        self.filed_at: datetime | None = None
        self.ended_at: datetime | None = None
        self.result: str | None = None
        self._open: dict[Status, datetime] = {}
        self._status: Status | None = None
        self._tally, self._number = tally, 0

    def hear(self, at: int, number: int, status: Status) -> None:
        """Take in one step; one that cannot follow the one before is left out."""
        if not self._follows(status):
            self._tally.drop(Unused.STATUS_ORDER, [number])
            return
        moment = stamps.moment(at)
        self._status, self._number = status, number
        self.filed_at = self.filed_at or moment
        self.first.setdefault(status, moment)
        if status in _PAUSES:
            self._open.setdefault(status, moment)
        elif status in _CLOSES and _CLOSES[status] in self._open:
            start = _CLOSES[status]
            kind = _PAUSES[start][0]
            self.pauses.append(Stretch(kind=kind, since=self._open.pop(start), until=moment))
        if status in TERMINAL:
            self.ended_at = self.ended_at or moment
            self.result = _RESULTS[status]

    def finish(self) -> None:
        """Settle what is open at the end."""
        if self.ended_at is None:
            self._tally.note(Noted.UNFINISHED, [self._number])
        for start, since in self._open.items():
            if self.ended_at is not None:
                self._tally.note(Noted.PAUSE_OPEN, [self._number])
            kind = _PAUSES[start][0]
            self.pauses.append(Stretch(kind=kind, since=since, until=self.ended_at))
        self.pauses.sort(key=lambda pause: pause.since)

    def _follows(self, status: Status) -> bool:
        """Tell whether a step may come now; pauses of two kinds may overlap, as they really do."""
        if self._status is None:
            return status not in _CLOSES
        if status in _CLOSES:
            return _CLOSES[status] in self._open
        if status in _PAUSES and self._status in (*_PAUSES, *_CLOSES):
            return status not in self._open and self.ended_at is None
        return legal(self._status, status)
