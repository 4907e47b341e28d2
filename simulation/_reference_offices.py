"""Attempts in hand, and the departments of the reference executor with their queues."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analysis.worktime import DAY
from simulation.trace import Attempt

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from simulation._reference_case import ReferenceCase
    from simulation.officehours import OfficeHours
    from simulation.scenario import Department


@dataclass(slots=True, kw_only=True)
class Handling:
    """An attempt as it goes on; fields as in `Attempt`."""

    case: ReferenceCase
    item: str
    number: int
    filed: int
    committed: bool = False
    answered: int | None = None
    accepted: int = -1
    resumed: int | None = None
    begun: int = 0
    partner: str | None = None
    slot: bool = False

    def ended(self, now: int, *, granted: bool) -> Attempt:
        """Return the attempt, which ends now."""
        return Attempt(
            case=self.case.number,
            item=self.item,
            number=self.number,
            filed=self.filed,
            answered=self.answered,
            accepted=self.accepted,
            resumed=self.resumed,
            begun=self.begun,
            ended=now,
            partner=self.partner,
            slot=self.slot,
            granted=granted,
            committed=self.committed,
        )


@dataclass(slots=True, kw_only=True)
class _Office:
    free: int
    queue: list[tuple[int, int, Handling]] = field(default_factory=list)


class Offices:
    """The departments that have so many reviewers and no more, and everybody's days."""

    def __init__(self, departments: Mapping[str, Department], hours: OfficeHours) -> None:
        """Begin with all reviewers idle."""
        self._departments = departments
        self._hours = hours
        self._joined = 0
        self._limited = {
            code: _Office(free=known.reviewers)
            for code, known in departments.items()
            if known.reviewers is not None
        }

    def join(self, h: Handling) -> bool:
        """Put an attempt into its department's queue; False where nobody waits."""
        row = h.case.rows[h.item]
        office = self._limited.get(row.department)
        if office is None:
            return False
        self._joined += 1
        office.queue.append((row.priority, self._joined, h))
        return True

    def leave(self, h: Handling) -> None:
        """Have the reviewer of an attempt idle again."""
        office = self._limited.get(h.case.rows[h.item].department)
        if office is not None:
            office.free += 1

    def taken(self) -> Iterator[Handling]:
        """Yield what idle reviewers take from their queues."""
        for office in self._limited.values():
            while office.queue and office.free:
                first = min(office.queue, key=lambda each: each[:2])
                office.queue.remove(first)
                office.free -= 1
                yield first[2]

    def worked(self, department: str, now: int, work: int) -> tuple[int, int]:
        """Return when work that could begin now begins and ends."""
        known = self._departments.get(department)
        closed = () if known is None else known.closed
        begun = at = self._open_from(now, closed)
        while work > DAY - at % DAY:
            work -= DAY - at % DAY
            at = self._open_from((at // DAY + 1) * DAY, closed)
        return begun, at + work

    def _open_from(self, at: int, closed: Sequence[int]) -> int:
        """Return the first minute from *at* on at which the department works."""
        while self._hours.day(at).weekday() in closed:
            at = (at // DAY + 1) * DAY
        return at
