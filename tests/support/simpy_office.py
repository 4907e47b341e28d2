"""The same office in SimPy, written from the rules alone: processes, events, and a board for turns.

It shares the rows, the draws and the tables of quantiles with the kernel, and no line of its loops.
What falls on one minute goes by SimPy's own priorities; what was drawn once is not drawn again.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, fields
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any, cast

import simpy
from simpy.events import EventPriority

from analysis.worktime import DAY
from simulation._rows import How, Row
from simulation.draws import Purpose, threshold_of
from simulation.scenario import Mode, Policy
from simulation.trace import Attempt, Trace, ordered
from tests.support.simpy_luck import Luck
from workflows.catalogue.values import Join
from workflows.graph import planned_pairs

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from simulation.model import Model
    from simulation.scenario import Duration

    Process = Generator[simpy.Event, Any, None]
    Key = tuple[int, int, int]  # case, item, attempt

END, RESUME, FILE, OPEN, ARRIVE = range(5)
PAIRS, DISPATCH = 1 << 60, 1 << 61  # priorities of what comes after all turns of a minute


_WORDS = tuple(each.name for each in fields(Attempt))


@dataclass
class Stage:
    """One stage of one case."""

    filed: bool = False
    reached: int | None = None
    to_reach: int | None = None
    held: set[str] = field(default_factory=set)
    ready: set[str] = field(default_factory=set)
    starts: int = 0


@dataclass(eq=False)
class Project:
    """One case."""

    number: int
    rows: dict[str, Row]
    order: dict[str, int]
    documents: set[str] = field(default_factory=set)
    granted: set[str] = field(default_factory=set)
    tries: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    stages: dict[int, Stage] = field(default_factory=lambda: {n: Stage() for n in range(1, 6)})
    done: int | None = None
    touched: bool = False


class SimPyOffice:
    """All departments and cases of one replication."""

    def __init__(self, model: Model, replication: int = 0, luck: Luck | None = None) -> None:
        self.model, self.scenario = model, model.scenario
        self.luck = luck or Luck(model, replication)
        self.env = simpy.Environment()
        self.touched: list[Project] = []
        self.queues: dict[str, list[tuple[int, int, simpy.Event]]] = defaultdict(list)
        self.free = {c: d.reviewers for c, d in self.scenario.departments.items()}
        self.joined = 0
        self.calling: dict[str, None] = {}  # departments where somebody came or went
        self.attempts: list[tuple[Any, ...]] = []  # words of `Attempt`
        self.projects: list[Project] = []
        self.days: dict[str, tuple[list[int], list[int]]] = {
            code: self._open_days(known.closed)
            for code, known in self.scenario.departments.items()
            if known.closed
        }
        self.waiting: dict[int, dict[str, list[str]]] = {}
        self.kinds = [
            ({row.code: row for row in rows}, {row.code: at for at, row in enumerate(rows)})
            for rows in model.kinds
        ]

    def run(self) -> None:
        self.env.process(self._arrivals())
        self.env.run()

    def trace(self) -> Trace:
        return Trace(
            attempts=ordered([_attempt(*words) for words in self.attempts]),
            milestones=tuple(
                (project.number, number, stage.reached)
                for project in self.projects
                for number, stage in project.stages.items()
                if stage.reached is not None
            ),
            done=tuple(-1 if p.done is None else p.done for p in self.projects),
        )

    @property
    def now(self) -> int:
        return cast("int", self.env.now)  # all delays are whole

    def _strikes(self, chance: float, *key: int) -> bool:
        return chance > 0 and self.luck.strikes(chance, *key)

    def _after(self, delay: int, what: int, stage: int, item: int, case: int) -> simpy.Event:
        """Return what comes after a delay, in its turn among all of that minute."""
        event = simpy.Event(self.env)
        event._ok, event._value = True, None  # noqa: SLF001 - as SimPy's own Timeout does
        turn = what + 1 << 56 | stage << 48 | item << 32 | case
        self.env.schedule(event, EventPriority(turn), delay)
        return event

    def _later(self, priority: int, do: Any) -> None:
        event = simpy.Event(self.env)
        event.callbacks.append(do)
        event._ok, event._value = True, None  # noqa: SLF001 - as SimPy's own Timeout does
        self.env.schedule(event, priority=EventPriority(priority))

    # ------------------------------------------------------------------ projects

    def _arrivals(self) -> Process:
        scenario = self.scenario
        kinds = scenario.arrivals.kinds
        whole = sum(kind.weight for kind in kinds)
        for number in range(scenario.arrivals.projects):
            delay = self.luck.time(scenario.arrivals.between, number, 0, 0, Purpose.ARRIVAL)
            yield self._after(delay, ARRIVE, 0, 0, number)
            chance = self.luck.draws.word(number, 0, 0, Purpose.KIND) >> 11
            at, below = 0, kinds[0].weight
            while at + 1 < len(kinds) and chance >= threshold_of(below / whole):
                at += 1
                below += kinds[at].weight
            rows = self.model.kinds[at]
            by_code, order = self.kinds[at]
            project = Project(number, by_code, order)
            for stage, known in project.stages.items():
                items = sum(r.milestone for r in rows if r.stage == stage)
                match self.model.catalogue.stages[stage].join:
                    case Join.ALL:
                        known.to_reach = items
                    case Join.ANY:
                        known.to_reach = min(items, 1)
            self.projects.append(project)
            self._open(project, 1)
            self._enter(project, 5)

    def _open(self, project: Project, stage: int) -> None:
        if stage > 4:
            return
        delay = self.luck.time(
            self.scenario.agents.preparation, project.number, stage - 1, 0, Purpose.PREPARATION
        )
        if delay == 0:
            self._enter(project, stage)
        else:
            self.env.process(self._prepared(project, stage, delay))

    def _prepared(self, project: Project, stage: int, delay: int) -> Process:
        yield self._after(delay, OPEN, stage, 0, project.number)
        self._enter(project, stage)

    def _enter(self, project: Project, stage: int) -> None:
        known = project.stages[stage]
        known.filed = True
        for row in project.rows.values():
            if row.stage == stage and self._has_all(project, row):
                self._come_ready(project, row)
        if known.to_reach == 0:
            self._reach(project, stage)
        self._close(project)

    def _reach(self, project: Project, stage: int) -> None:
        known = project.stages[stage]
        known.reached, known.to_reach = self.now, None
        self._open(project, stage + 1)

    def _close(self, project: Project) -> None:
        whole = len(project.granted) == len(project.rows)
        if whole and project.stages[4].reached is not None and project.done is None:
            project.done = self.now

    # ------------------------------------------------------------------ items

    def _has_all(self, project: Project, row: Row) -> bool:
        return project.documents.issuperset(row.waits)

    def _come_ready(self, project: Project, row: Row) -> None:
        if row.how is How.LISTED:
            self.env.process(self._attempt(project, row))
        elif row.how is How.PAIRABLE:
            project.stages[row.stage].ready.add(row.code)
            self._touch(project)
        else:
            number = self.model.numbers[row.code]
            delay = self.luck.time(
                self.scenario.agents.free, project.number, number, 0, Purpose.FREE
            )
            self.env.process(self._attempt(project, row, delay=delay))

    def _attempt(
        self,
        project: Project,
        row: Row,
        *,
        delay: int = 0,
        partner: str | None = None,
        slot: bool = False,
    ) -> Process:
        item, case = self.model.numbers[row.code], project.number
        chances = self.scenario.chances
        if delay:
            yield self._after(delay, FILE, row.stage, item, case)
        project.tries[row.code] += 1
        number = project.tries[row.code]
        key = (case, item, number)
        filed, answered, resumed = self.now, None, None
        committed = row.committable and self._strikes(chances.committed, *key, Purpose.COMMITMENT)
        if not committed and self._short(row, key):
            answered = yield from self._paused(project, row, key, chances.answer, Purpose.ANSWER)
        accepted = self.now
        if not committed and self._special(row, key):
            resumed = yield from self._paused(
                project, row, key, chances.procedure_time, Purpose.PROCEDURE_TIME
            )
        limited = self.free.get(row.department) is not None
        if limited:
            yield self._queue(row)
        how_long = chances.on_commitment if committed else row.service
        work = max(1, self.luck.time(how_long, *key, Purpose.SERVICE))
        begun, ended = self._worked(row.department, work)
        yield self._after(ended - self.now, END, row.stage, item, case)
        if limited:
            self.free[row.department] += 1  # type: ignore[operator]
            self._dispatch_later(row.department)
        granted = number > chances.patience or not self._strikes(
            chances.refused, *key, Purpose.REFUSAL
        )
        ways = partner, slot, granted, committed
        times = filed, answered, accepted, resumed, begun, self.now
        self.attempts.append((case, row.code, number, *times, *ways))
        self._over(project, row, key, granted=granted)

    def _paused(
        self, project: Project, row: Row, key: Key, duration: Duration, purpose: Purpose
    ) -> Generator[simpy.Event, Any, int | None]:
        """Stand still for a time that is drawn; say when it went on, None if it took no time."""
        pause = self.luck.time(duration, *key, purpose)
        if not pause:
            return None
        case, item, _ = key
        self._stand(project, row, pause)
        yield self._after(pause, RESUME, row.stage, item, case)
        return self.now

    def _over(self, project: Project, row: Row, key: Key, *, granted: bool) -> None:
        """Let an attempt that has ended make room, and its item go on or come again."""
        self._let_go(project, row)
        if granted:
            self._grant(project, row)
        elif row.how is How.PAIRABLE:
            self._come_ready(project, row)
        else:
            again = self.luck.time(self.scenario.chances.again, *key, Purpose.AGAIN)
            self.env.process(self._attempt(project, row, delay=again))

    def _special(self, row: Row, key: Key) -> bool:
        return bool(row.procedure) and self._strikes(
            self.scenario.chances.procedure, *key, Purpose.PROCEDURE
        )

    def _short(self, row: Row, key: Key) -> bool:
        checked = self._strikes(self.scenario.agents.precheck, *key, Purpose.PRECHECK)
        chance = row.checked if checked else row.supplement
        return self._strikes(chance, *key, Purpose.SUPPLEMENT)

    def _stand(self, project: Project, row: Row, pause: int) -> None:
        if (self.now + pause) // DAY - self.now // DAY > self.scenario.park_after:
            self._let_go(project, row)

    def _let_go(self, project: Project, row: Row) -> None:
        held = project.stages[row.stage].held
        if row.code in held:
            held.discard(row.code)
            self._touch(project)

    def _worked(self, department: str, work: int) -> tuple[int, int]:
        """Return when work begins and ends, by the days on which a department is open."""
        calendar = self.days.get(department)
        if calendar is None:
            return self.now, self.now + work
        days, places = calendar
        place = places[self.now // DAY]
        begun = max(self.now, days[place] * DAY)
        left = (days[place] + 1) * DAY - begun
        if work <= left:
            return begun, begun + work
        whole, rest = divmod(work - left - 1, DAY)
        return begun, days[place + 1 + whole] * DAY + rest + 1

    def _open_days(self, closed: tuple[int, ...]) -> tuple[list[int], list[int]]:
        """Return a department's own days, and by common day the place of the first from then on."""
        from datetime import timedelta  # noqa: PLC0415 - only here

        calendar, day = self.model.calendar, self.model.first_day
        days: list[int] = []
        places: list[int] = []
        while day <= calendar.last:
            if calendar.is_working(day):
                places.append(len(days))
                if day.weekday() not in closed:
                    days.append(len(places) - 1)
            day += timedelta(days=1)
        return days, places

    def _grant(self, project: Project, row: Row) -> None:
        project.granted.add(row.code)
        fresh = [name for name in row.makes if name not in project.documents]
        project.documents.update(fresh)
        wait = self._waiting(project)
        reached = {code for name in fresh for code in wait.get(name, ())}
        for code in sorted(reached, key=project.order.__getitem__):
            other = project.rows[code]
            if project.stages[other.stage].filed and self._has_all(project, other):
                self._come_ready(project, other)
        stage = project.stages[row.stage]
        if row.milestone and stage.to_reach:
            stage.to_reach -= 1
            if stage.to_reach == 0:
                self._reach(project, row.stage)
        self._close(project)

    def _waiting(self, project: Project) -> dict[str, list[str]]:
        """Return who waits for each document in a kind of project."""
        found = self.waiting.get(id(project.rows))
        if found is None:
            found = self.waiting[id(project.rows)] = {}
            for row in project.rows.values():
                for name in row.waits:
                    found.setdefault(name, []).append(row.code)
        return found

    # ------------------------------------------------------------------ departments

    def _queue(self, row: Row) -> simpy.Event:
        turn = self.env.event()
        self.joined += 1
        heappush(self.queues[row.department], (row.priority, self.joined, turn))
        self._dispatch_later(row.department)
        return turn

    def _dispatch_later(self, department: str) -> None:
        if not self.calling:
            self._later(DISPATCH, self._dispatch)
        self.calling[department] = None

    def _dispatch(self, _: simpy.Event) -> None:
        calling, self.calling = self.calling, {}
        for department in calling:
            queue = self.queues[department]
            while queue and self.free[department]:
                first = heappop(queue)
                self.free[department] -= 1  # type: ignore[operator]
                first[2].succeed()

    # ------------------------------------------------------------------ pairs

    def _touch(self, project: Project) -> None:
        if not self.touched:
            self._later(PAIRS, lambda _: self.env.process(self._pair_all()))
        if not project.touched:
            project.touched = True
            self.touched.append(project)

    def _pair_all(self) -> Process:
        at = 0
        while at < len(self.touched):
            for number in range(1, 6):
                while self._start_next(self.touched[at], number):
                    yield self.env.timeout(0)
            at += 1
        for project in self.touched:
            project.touched = False
        self.touched = []

    def _start_next(self, project: Project, number: int) -> bool:
        stage, pairing = project.stages[number], self.scenario.pairing
        if not stage.ready:
            return False
        free = (pairing.slots or 99) - len(stage.held)
        if free <= 0 or (stage.held and pairing.mode is Mode.ROUNDS):
            return False
        ready = sorted(code for code in stage.ready if not project.rows[code].related & stage.held)
        if not ready:
            return False
        word = self.luck.draws.word(project.number, number - 1, stage.starts, Purpose.LOT)
        stage.starts += 1
        pair = self._pair(project, ready, word) if free > 1 else None
        chosen = pair or (self._single(project, ready, word),)
        stage.ready -= set(chosen)
        stage.held |= set(chosen)
        for code in chosen:
            partner = None if pair is None else next(other for other in pair if other != code)
            row = project.rows[code]
            self.env.process(self._attempt(project, row, partner=partner, slot=True))
        return True

    def _pair(self, project: Project, ready: list[str], word: int) -> tuple[str, str] | None:
        rows = project.rows
        legal = [
            (a, b) for i, a in enumerate(ready) for b in ready[i + 1 :] if b not in rows[a].related
        ]
        policy = self.scenario.pairing.policy
        if policy is Policy.SINGLE or not legal:
            return None
        if policy is Policy.DRAWN:
            return legal[word % len(legal)]

        def saved(pair: tuple[str, str]) -> tuple[int, tuple[str, str]]:
            return min(rows[pair[0]].days, rows[pair[1]].days), pair

        if policy is Policy.PLANNED:
            barred = [
                frozenset((a, b)) for a in ready for b in ready if a < b and (a, b) not in legal
            ]
            plan = planned_pairs({code: rows[code].days for code in ready}, barred)
            if plan:
                return max(plan, key=saved)
        return max(legal, key=saved)

    def _single(self, project: Project, ready: list[str], word: int) -> str:
        if self.scenario.pairing.policy is Policy.DRAWN:
            return ready[word % len(ready)]
        return max(ready, key=lambda code: (project.rows[code].days, code))


def simpy_trace(model: Model, replication: int = 0) -> Trace:
    """Return what the SimPy model does."""
    office = SimPyOffice(model, replication)
    office.run()
    return office.trace()


def _attempt(*words: Any) -> Attempt:
    return Attempt(**dict(zip(_WORDS, words, strict=True)))


def kinds(trace: Trace) -> Iterator[str]:
    """Yield the sorts of things that happened, for tests that must have seen them."""
    for each in trace.attempts:
        yield "granted" if each.granted else "refused"
        if each.answered is not None:
            yield "supplement"
        if each.resumed is not None:
            yield "procedure"
        if each.committed:
            yield "committed"
        if each.partner:
            yield "pair"
        elif each.slot:
            yield "single"
