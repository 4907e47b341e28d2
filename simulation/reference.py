"""The reference executor: every step is a real command, and the rules themselves say what follows.

A heap of what is due, by the same order as the kernel's. Who carries a command out (decide and
evolve in memory, or a live handle) is the caller's affair. What is open, held, ready or reached is
read from the projects alone, so a fault of the kernel's arrays shows as another trace.
"""

from __future__ import annotations

from collections import defaultdict
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from analysis.worktime import DAY
from simulation._reference_case import ReferenceCase
from simulation._reference_lots import next_start
from simulation._reference_offices import Handling, Offices
from simulation._rows import How
from simulation.draws import Draws, Purpose, threshold_of
from simulation.officehours import OfficeHours
from simulation.quantiles import mean_minutes, minutes, table_of
from simulation.tables import ALONGSIDE, STAGES
from simulation.trace import Trace, ordered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulation._reference_case import Execute
    from simulation.model import Model
    from simulation.scenario import Duration
    from simulation.trace import Attempt

END, RESUME, FILE, OPEN, ARRIVE, CLAIM = range(6)


class Reference:
    """One replication of a model, by real commands."""

    def __init__(self, model: Model, execute: Execute, replication: int = 0) -> None:
        """Begin with nothing filed."""
        self.model, self.scenario = model, model.scenario
        self.luck = Draws(model.scenario.seed, replication)
        self.hours = OfficeHours.of(model.calendar, model.first_day)
        self.execute = execute
        self.now = 0
        self.heap: list[tuple[int, int, int, int, int, int, Handling | ReferenceCase]] = []
        self.entries = 0
        self.cases: list[ReferenceCase] = []
        self.touched: dict[int, ReferenceCase] = {}
        self.offices = Offices(self.scenario.departments, self.hours)
        self.attempts: list[Attempt] = []
        self._pools: dict[int, tuple[frozenset[str], int]] = defaultdict(lambda: (frozenset(), 0))

    def run(self) -> Trace:
        """Run until the last project is completed and return what happened."""
        at = 0
        for number in range(self.scenario.arrivals.projects):
            at += self._time(self.scenario.arrivals.between, number, 0, 0, Purpose.ARRIVAL)
            case = self._case(number)
            self.cases.append(case)
            self._due(at, ARRIVE, 0, 0, case)
        while self.heap:
            self.now = self.heap[0][0]
            while self.heap and self.heap[0][0] == self.now:
                self._do(*heappop(self.heap))
            self._pair_all()
            self._dispatch()
        return self._trace()

    # ------------------------------------------------------------------ draws and times

    def _word(self, *key: int) -> int:
        return self.luck.word(*key)

    def _time(self, duration: Duration, *key: int) -> int:
        mean = mean_minutes(duration)
        return minutes(table_of(duration), mean, self._word(*key)) if mean else 0

    def _strikes(self, chance: float, *key: int) -> bool:
        return self.luck.strikes(threshold_of(chance), *key)

    def _key(self, h: Handling) -> tuple[int, int, int]:
        return h.case.number, self.model.numbers[h.item], h.number

    def _due(
        self, at: int, event: int, stage: int, item: int, what: Handling | ReferenceCase
    ) -> None:
        case = what.number if isinstance(what, ReferenceCase) else what.case.number
        self.entries += 1
        heappush(self.heap, (at, event, stage, item, case, self.entries, what))

    def _case(self, number: int) -> ReferenceCase:
        kinds = self.scenario.arrivals.kinds
        chance = self._word(number, 0, 0, Purpose.KIND) >> 11
        whole, below, kind = sum(each.weight for each in kinds), kinds[0].weight, 0
        while kind + 1 < len(kinds) and chance >= threshold_of(below / whole):
            kind += 1
            below += kinds[kind].weight
        chance = self._word(number, 0, 0, Purpose.TOWNSHIP) >> 11
        at = next((p for p, top in enumerate(self.model.township_until) if chance < top), -1)
        return ReferenceCase(
            number=number,
            model=self.model,
            execute=self.execute,
            kind=kinds[kind],
            rows={row.code: row for row in self.model.kinds[kind]},
            township=self.model.townships[at],
        )

    # ------------------------------------------------------------------ what is due

    def _do(  # noqa: PLR0913, PLR0917 - an entry of the heap
        self,
        at: int,
        event: int,
        stage: int,
        item: int,
        case: int,
        entry: int,
        what: Handling | ReferenceCase,
    ) -> None:
        del at, case, entry
        if isinstance(what, ReferenceCase):
            self._do_case(event, stage, item, what)
        elif event == END:
            self._end(what)
        elif event == RESUME:
            self._resume(what)
        else:
            what.case.claim(what.item, self.hours.instant(self.now))

    def _do_case(self, event: int, stage: int, item: int, case: ReferenceCase) -> None:
        if event == ARRIVE:
            case.file(self.hours.instant(self.now))
        elif event == OPEN:
            case.file_stage(stage, self.hours.instant(self.now))
        else:
            code = next(code for code in case.rows if self.model.numbers[code] == item)
            case.file_item(code, self.hours.instant(self.now))
        self._follow(case)

    def _follow(self, case: ReferenceCase) -> None:
        """Take in hand what the last commands brought about, until nothing is new."""
        while True:
            fresh = case.open_attempts()
            free = self._free_ready(case)
            order = list(case.rows)
            for code in sorted({*(code for code, _ in fresh), *free}, key=order.index):
                self._take(case, code, fresh, free)
            if self._open_stages(case):
                continue
            if not fresh and not free:
                break
        self._touch(case)

    def _take(
        self,
        case: ReferenceCase,
        code: str,
        fresh: Sequence[tuple[str, int]],
        free: Sequence[str],
    ) -> None:
        """Handle a new attempt, or file a free item, now or when its owner gets round to it."""
        if code in free:
            number = self.model.numbers[code]
            wait = self._time(self.scenario.agents.free, case.number, number, 0, Purpose.FREE)
            case.left.add(code)
            if wait:
                self._due(self.now + wait, FILE, case.rows[code].stage, number, case)
                return
            case.file_item(code, self.hours.instant(self.now))
            fresh = case.open_attempts()
        number = next(number for each, number in fresh if each == code)
        self._begin(Handling(case=case, item=code, number=number, filed=self.now))

    def _free_ready(self, case: ReferenceCase) -> list[str]:
        ready = case.ready(How.FREE, self.hours.day(self.now))
        return [code for code in ready if code not in case.left]

    def _open_stages(self, case: ReferenceCase) -> bool:
        """Prepare each stage that has opened; tell whether one was filed at once."""
        for stage in range(1, STAGES + 1):
            run = case.run(stage)
            if run is None or stage in case.opened:
                continue
            case.opened.add(stage)
            if stage == ALONGSIDE + 1:
                continue
            key = (case.number, stage - 1, 0, Purpose.PREPARATION)
            delay = self._time(self.scenario.agents.preparation, *key)
            if delay == 0:
                case.file_stage(stage, self.hours.instant(self.now))
                return True
            self._due(self.now + delay, OPEN, stage, 0, case)
        return False

    def _touch(self, case: ReferenceCase) -> None:
        """Remember a case whose pool of ready items grew, or that got a slot back."""
        ready = frozenset(case.ready(How.PAIRABLE, self.hours.day(self.now)))
        held = case.held()
        before, slots = self._pools[case.number]
        self._pools[case.number] = (ready, held)
        if ready - before or held < slots:
            self.touched.setdefault(case.number, case)

    # ------------------------------------------------------------------ attempts

    def _begin(self, h: Handling) -> None:
        """Handle a new attempt: committed, short of something, or accepted."""
        chances, row, at = self.scenario.chances, h.case.rows[h.item], self.hours.instant(self.now)
        h.case.known.add((h.item, h.number))
        key = self._key(h)
        state = h.case.attempt(h.item, h.number)
        h.slot = state.slot
        if state.pair is not None:
            pair = h.case.project.pairs[state.pair]
            h.partner = next(code for code in pair.key if code != h.item)
        h.committed = row.committable and self._strikes(chances.committed, *key, Purpose.COMMITMENT)
        if h.committed:
            h.case.step(h.item, "committed", at)
            self._queue(h)
            return
        checked = self._strikes(self.scenario.agents.precheck, *key, Purpose.PRECHECK)
        chance = row.checked if checked else row.supplement
        if self._strikes(chance, *key, Purpose.SUPPLEMENT):
            pause = self._time(chances.answer, *key, Purpose.ANSWER)
            if pause:
                same = (self.now + pause) // DAY == self.now // DAY
                until = None if same else self.hours.day(self.now + pause)
                h.case.ask(h.item, h.number, at, until)
                self._pause(h, pause)
                return
        self._accept(h)

    def _pause(self, h: Handling, pause: int) -> None:
        stage = h.case.rows[h.item].stage
        self._due(self.now + pause, RESUME, stage, self.model.numbers[h.item], h)

    def _resume(self, h: Handling) -> None:
        at = self.hours.instant(self.now)
        if h.accepted < h.filed:
            h.case.answer(h.item, h.number, at)
            h.answered = self.now
            self._accept(h)
        else:
            h.case.end_procedure(h.item, h.number, at)
            h.resumed = self.now
            self._queue(h)
        self._touch(h.case)

    def _accept(self, h: Handling) -> None:
        chances, row, at = self.scenario.chances, h.case.rows[h.item], self.hours.instant(self.now)
        h.case.accept(h.item, at)
        h.accepted = self.now
        key = self._key(h)
        if row.procedure and self._strikes(chances.procedure, *key, Purpose.PROCEDURE):
            pause = self._time(chances.procedure_time, *key, Purpose.PROCEDURE_TIME)
            if pause:
                until = self.hours.day(self.now + pause)
                h.case.start_procedure(h.item, h.number, at, until)
                self._pause(h, pause)
                return
        self._queue(h)

    def _queue(self, h: Handling) -> None:
        h.accepted = h.accepted if h.accepted >= h.filed else self.now
        if not self.offices.join(h):
            self._work(h)

    def _dispatch(self) -> None:
        """Have idle reviewers take from their queues."""
        for h in self.offices.taken():
            self._work(h)

    def _work(self, h: Handling) -> None:
        """Have a reviewer work on an attempt, on the days of the department."""
        row, number = h.case.rows[h.item], self.model.numbers[h.item]
        duration = self.scenario.chances.on_commitment if h.committed else row.service
        work = max(1, self._time(duration, *self._key(h), Purpose.SERVICE))
        h.begun, ended = self.offices.worked(row.department, self.now, work)
        if h.begun == self.now:
            h.case.claim(h.item, self.hours.instant(self.now))
        else:
            self._due(h.begun, CLAIM, row.stage, number, h)
        self._due(ended, END, row.stage, number, h)

    def _end(self, h: Handling) -> None:
        """End an attempt, granted or refused."""
        chances, row = self.scenario.chances, h.case.rows[h.item]
        refused = h.number <= chances.patience and self._strikes(
            chances.refused, *self._key(h), Purpose.REFUSAL
        )
        h.case.finish(h.item, h.number, self.hours.instant(self.now), refused=refused)
        self.offices.leave(h)
        self.attempts.append(h.ended(self.now, granted=not refused))
        if refused and row.how is not How.PAIRABLE:
            self._again(h)
        self._follow(h.case)

    def _again(self, h: Handling) -> None:
        """Have the owner file a refused item again, in a while or at once."""
        again = self._time(self.scenario.chances.again, *self._key(h), Purpose.AGAIN)
        h.case.left.add(h.item)
        if again:
            number = self.model.numbers[h.item]
            self._due(self.now + again, FILE, h.case.rows[h.item].stage, number, h.case)
        else:
            h.case.file_item(h.item, self.hours.instant(self.now))

    # ------------------------------------------------------------------ pairs

    def _pair_all(self) -> None:
        for case in self.touched.values():
            for stage in range(1, STAGES + 1):
                self._pair_stage(case, stage)
        for case in self.touched.values():
            ready = frozenset(case.ready(How.PAIRABLE, self.hours.day(self.now)))
            self._pools[case.number] = (ready, case.held())
        self.touched = {}

    def _pair_stage(self, case: ReferenceCase, stage: int) -> None:
        """Start what the slots of a stage allow."""
        at = self.hours.instant(self.now)
        while next_start(case, stage, at, self.luck):
            for code, number in case.open_attempts():
                self._begin(Handling(case=case, item=code, number=number, filed=self.now))

    def _trace(self) -> Trace:
        return Trace(
            attempts=ordered(self.attempts),
            milestones=tuple(
                (case.number, stage, self.hours.minute(run.milestone_at))
                for case in self.cases
                for stage in range(1, STAGES + 1)
                if (run := case.run(stage)) is not None and run.milestone_at is not None
            ),
            done=tuple(self.hours.minute(case.project.ended_at) for case in self.cases),
        )
