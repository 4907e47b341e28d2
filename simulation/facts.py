"""A run as the facts that reports read: the same values as a live project's, so the same analysis.

`analysis.ledger.columns_of(cases_of(run), ...)` makes the columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation._rows import How as Handled
from simulation._rows import Row
from simulation.measures import townships_of
from simulation.memory import NOWHERE
from simulation.officehours import OfficeHours
from simulation.scenario import Policy
from simulation.tables import NONE, STAGES, Log, Made, StageRun
from simulation.tables import Case as Word
from workflows.applicability import pulled_in
from workflows.catalogue.values import Coupling, DayUnit
from workflows.events import How, PauseKind
from workflows.item_runs import LISTED, Case, ItemRun, StageFact, Stretch
from workflows.project import ProjectStatus

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from simulation.kernel import Run

_LATER = {"item_standard", "item_commitment"}  # kinds that are received before they are accepted


def project_code(number: int) -> str:
    """Return the code of a simulated project; it is of the national form."""
    return f"2601-120118-04-01-{number + 1:06}"


def cases_of(run: Run) -> Iterator[Case]:
    """Yield the facts of each project of a run."""
    teller = _Teller(run)
    for number in range(len(run.cases)):
        yield teller.case(number)


class _Teller:
    """Turns the words of a run into facts."""

    def __init__(self, run: Run) -> None:
        self.run, self.model = run, run.model
        self.hours = OfficeHours.of(run.model.calendar, run.model.first_day)
        self.townships = townships_of(run)
        self.pulled = [
            pulled_in(self.model.catalogue, [row.code for row in rows]) for rows in self.model.kinds
        ]

    def case(self, number: int) -> Case:
        words = self.run.cases[number]
        kind = self.model.scenario.arrivals.kinds[words[Word.KIND]]
        return Case(
            project=project_code(number),
            flow=kind.flow,
            township=self.model.townships[self.townships[number]] or NOWHERE,
            owner=f"org-{number}",
            agent=None,
            filed_at=self.hours.instant(int(words[Word.ARRIVED])),
            ended_at=self._at(words[Word.DONE]),
            status=ProjectStatus.COMPLETED.value,
            stages=tuple(self._stage(number, stage) for stage in range(STAGES)),
            runs=tuple(self._runs(number)),
        )

    def _at(self, minute: int) -> datetime | None:
        return None if minute == NONE else self.hours.instant(int(minute))

    def _stage(self, number: int, stage: int) -> StageFact:
        words = self.run.stages[number, stage]
        return StageFact(
            stage=stage + 1,
            unit=0,
            opened_at=self.hours.instant(int(words[StageRun.OPENED])),
            filed_at=self._at(words[StageRun.FILED]),
            milestone_at=self._at(words[StageRun.REACHED]),
            ended_at=self._at(words[StageRun.CLOSED]),
            join=self.model.catalogue.stages[stage + 1].join,
        )

    def _runs(self, number: int) -> Iterator[ItemRun]:
        kind = int(self.run.cases[number, Word.KIND])
        rows = self.model.kinds[kind]
        pairs = self._pairs(number, rows)
        for code, place in sorted((row.code, place) for place, row in enumerate(rows)):
            before: int | None = None
            for tried, entry in enumerate(self.run.log[number, place], start=1):
                words = [int(word) for word in entry]
                if words[Log.FILED] == NONE:
                    break
                how = self._how(number, rows[place], words, tried, code in self.pulled[kind])
                yield self._run(number, rows, place, tried, words, how, before, pairs)
                before = words[Log.ENDED]

    def _how(self, number: int, row: Row, words: list[int], tried: int, pulled: bool) -> How:  # noqa: FBT001 - one of many facts
        made = words[Log.MADE] & (Made.GRANTED - 1)
        if made == Made.PAIRED:
            return How.PAIR
        if made == Made.SINGLE:
            return How.SINGLE
        if row.how is Handled.FREE:
            return How.FREE
        if tried > 1:
            return How.AGAIN
        if self.model.catalogue.items[row.code].coupling is Coupling.SERIAL:
            return How.SERIAL
        filed = int(self.run.stages[number, row.stage - 1, StageRun.FILED])
        if words[Log.READY] > filed or words[Log.FILED] > filed:
            return How.HELD
        return How.PULLED if pulled else How.STAGE

    def _run(  # noqa: PLR0913, PLR0917 - where an attempt stands among the others
        self,
        number: int,
        rows: tuple[Row, ...],
        place: int,
        tried: int,
        words: list[int],
        how: How,
        before: int | None,
        pairs: dict[tuple[int, int], str],
    ) -> ItemRun:
        row, item = rows[place], self.model.catalogue.items[rows[place].code]
        wanted = self._wanted(number, row, words, how, before)
        late = words[Log.READY] > wanted
        paired = words[Log.PARTNER] != NONE
        limit = item.committed_limit
        received = words[Log.FILED] if item.kind.value in _LATER else words[Log.ACCEPTED]
        kind = self.model.scenario.arrivals.kinds[self.run.cases[number, Word.KIND]]
        return ItemRun(
            project=project_code(number),
            unit=0,
            stage=row.stage,
            item=row.code,
            attempt=tried,
            flow=kind.flow,
            township=self.model.townships[self.townships[number]] or NOWHERE,
            department=row.department,
            agent=None,
            how=how.value,
            wanted_at=self.hours.instant(wanted),
            documents_at=self._at(words[Log.READY]) if late else None,
            waited_for=rows[words[Log.BY]].code if late else None,
            filed_at=self.hours.instant(words[Log.FILED]),
            received_at=self.hours.instant(received),
            accepted_at=self._at(words[Log.ACCEPTED]),
            begun_at=self._at(words[Log.BEGUN]),
            decided_at=self._at(words[Log.ENDED]),
            ended_at=self._at(words[Log.ENDED]),
            result="granted" if words[Log.MADE] & Made.GRANTED else "refused",
            pauses=tuple(self._pauses(words)),
            limit=None if limit is None else limit.days,
            limit_unit=DayUnit.WORKING_DAY if limit is None else limit.unit,
            pair=pairs.get((place, tried)),
            partner=rows[words[Log.PARTNER]].code if paired else None,
            policy=self._policy(row, rows[words[Log.PARTNER]]) if paired else None,
            single=how is How.SINGLE,
            alone=False,
            milestone=row.milestone,
        )

    def _wanted(self, number: int, row: Row, words: list[int], how: How, before: int | None) -> int:
        """Return when an attempt could have been filed, as `derivation.wanted_at` does."""
        if before is not None:
            return before
        stage = self.run.stages[number, row.stage - 1]
        since = stage[StageRun.FILED] if how in LISTED else stage[StageRun.OPENED]
        return min(int(since), words[Log.FILED])

    def _pauses(self, words: list[int]) -> Iterator[Stretch]:
        for kind, since, until in (
            (PauseKind.SUPPLEMENT, words[Log.FILED], words[Log.ANSWERED]),
            (PauseKind.PROCEDURE, words[Log.ACCEPTED], words[Log.RESUMED]),
        ):
            if until != NONE:
                yield Stretch(
                    kind=kind, since=self.hours.instant(since), until=self.hours.instant(until)
                )

    def _pairs(self, number: int, rows: tuple[Row, ...]) -> dict[tuple[int, int], str]:
        """Number the pairs in the order of their start; members as (row, attempt)."""
        log = self.run.log[number]
        members = sorted(
            (int(entry[Log.FILED]), rows[place].stage, place, tried)
            for place in range(len(rows))
            for tried, entry in enumerate(log[place], start=1)
            if entry[Log.PARTNER] != NONE
        )
        found: dict[tuple[int, int], str] = {}
        for filed, _, place, tried in members:
            partner = int(log[place, tried - 1, Log.PARTNER])
            other = 1 + next(
                at for at, entry in enumerate(log[partner]) if entry[Log.FILED] == filed
            )
            name = found.get((partner, other)) or f"P{len(found) // 2 + 1}"
            found[place, tried] = name
        return found

    def _policy(self, row: Row, partner: Row) -> str:
        """Return who found a pair; a plan that saves nothing is no plan, and habit chooses."""
        policy = self.model.scenario.pairing.policy
        if policy is Policy.PLANNED and min(row.days, partner.days) == 0:
            return Policy.CHOSEN.value
        return policy.value
