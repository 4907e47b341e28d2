"""Random histories in which clocks stop, limits grow, results are taken back and facts change."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tests.support.facts import random_facts
from tests.support.histories import Story
from tests.support.law_office import DAY, LawOffice
from tests.support.memory_office import NOTE, OWNER, STAGE_LEAD, WINDOW
from tests.support.paper_work import supplying
from workflows import commands as c
from workflows import events as e
from workflows.catalogue.values import Coupling
from workflows.clock import stands
from workflows.errors import ItemStoppedError, Refusal
from workflows.moments import end_of, local_date
from workflows.wiring import documents_at_hand, wiring

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workflows.catalogue.values import Item
    from workflows.project import Attempt, ItemState, Pause, StageRun

ACTS = 60  # acts of the law in one history; after them everything runs to its end
CHANCE = 0.25


@dataclass(slots=True, kw_only=True)
class LawStory(Story):
    """A life with pauses, corrections and changes of mind.

    Attributes:
        tried: How often each kind of act was taken, by the command's name.
        refused_acts: How often it was refused.
    """

    acts: int = 0
    tried: dict[str, int] = field(default_factory=dict)
    refused_acts: int = 0

    @property
    def law(self) -> LawOffice:
        """Return the office, which knows pauses."""
        assert isinstance(self.office, LawOffice)
        return self.office

    def step(self) -> None:
        """Do one thing; when everything stands still, let something go on."""
        self.office.now += timedelta(hours=self.rng.choice((0, 0, 0, 24, 72)))
        if self.office.project.suspended:
            self.order(c.ResumeProject(), STAGE_LEAD)
            return
        if self.acts < ACTS and self.happens(CHANCE):
            self.acts += 1
            self.rng.choice(self._acts())()
            return
        things = list(self._things())
        self.rng.shuffle(things)
        if not any(self._done(run, path) for run, path in things):
            assert self._go_on(), f"stuck: {things}"

    def order(self, command: c.Command, actor: object = OWNER) -> bool:
        """Give a command; tell whether it was taken."""
        name = type(command).__name__
        try:
            self.law.give(command, actor)  # type: ignore[arg-type]
        except Refusal:
            self.refused_acts += 1
            return False
        self.tried[name] = self.tried.get(name, 0) + 1
        return True

    def _things(self) -> Iterator[tuple[StageRun, str]]:
        """Yield what Story does, but for the tasks of attempts that stand still."""
        for run, path in Story._things(self):  # noqa: SLF001 - super() fails on a class with slots
            task = run.tasks.get(path)
            state = None
            if task is not None and task.task.item is not None:
                state = self.office.item(task.task.item, run.unit).open
            if state is None or not stands(state):
                yield run, path

    def _done(self, run: StageRun, path: str) -> bool:
        """Do what Story does; a deed dated back into a suspension that was corrected is refused."""
        try:
            return Story._done(self, run, path)  # noqa: SLF001 - as above
        except ItemStoppedError:
            self.refused_acts += 1
            return True

    def _door(self, run: StageRun, item: Item) -> bool:
        """File what is wanted; what is mandated and ready was filed by the rules."""
        project, known = self.office.project, self.office.catalogue
        hand = documents_at_hand(project, run.unit, known, local_date(self.office.now))
        ready = hand.issuperset(self.office.nets.by_hash[run.net].items[item.code].mark.needs)
        if item.ordered or item.code in wiring(known, project.applicable).pulled:
            return ready and self._file(run, item)
        if item.coupling is Coupling.FREE:
            return ready and self._file(run, item)
        return self._pairable(run, item, ready=ready)

    def _go_on(self) -> bool:
        """End some pause."""
        for state, attempt in self._open():
            for pause in attempt.open_pauses:
                if self._end(state, attempt, pause):
                    return True
        return False

    def _end(self, state: ItemState, attempt: Attempt, pause: Pause) -> bool:
        head = self.law.head(state.item)
        if pause.kind is e.PauseKind.SUPPLEMENT:
            if self.happens(0.5) and pause.expected_end is not None:
                self.law.now = max(self.law.now, end_of(date.fromisoformat(pause.expected_end)))
                lapse = c.LapseItem(
                    unit=state.unit, item=state.item, attempt=attempt.number, reason=NOTE
                )
                return self.order(lapse, head)
            answer = c.AnswerSupplement(unit=state.unit, item=state.item, attempt=attempt.number)
            return self.order(answer)
        if pause.visit is not None:
            return self.order(c.EndJointVisit(visit=pause.visit), STAGE_LEAD)
        end = c.EndProcedure(
            unit=state.unit,
            item=state.item,
            attempt=attempt.number,
            procedure=pause.procedure or "",
        )
        return self.order(end, head)

    def _open(self) -> list[tuple[ItemState, Attempt]]:
        found = [
            (state, state.open)
            for state in self.office.project.items.values()
            if state.open is not None
        ]
        self.rng.shuffle(found)
        return found

    def _acts(self) -> list[Callable[[], object]]:
        return [
            self._ask,
            self._begin,
            self._visit,
            self._extend,
            self._revoke,
            self._change,
            self._revert,
            self._correct,
            self._take_back,
            self._tolerate,
            self._supply,
            lambda: self.order(c.SuspendProject(reason=NOTE), STAGE_LEAD),
            self._go_on,
            self._go_on,
        ]

    def _ask(self) -> None:
        for state, attempt in self._open()[:1]:
            materials = self.office.catalogue.items[state.item].materials
            ask = c.AskSupplement(
                unit=state.unit,
                item=state.item,
                attempt=attempt.number,
                missing=materials[:1],
                answer_by=str(local_date(self.office.now) + DAY),
            )
            self.order(ask, WINDOW)

    def _begin(self) -> None:
        for state, attempt in self._open():
            uses = self.office.catalogue.items[state.item].procedures
            if uses and attempt.accepted_at is not None:
                days = self.rng.choice((1, 5, 30))
                begin = c.StartProcedure(
                    unit=state.unit,
                    item=state.item,
                    attempt=attempt.number,
                    procedure=self.rng.choice(uses).procedure,
                    expected_end=str(local_date(self.office.now) + days * DAY),
                    approved_by="head-1",
                )
                self.order(begin, self.law.head(state.item))
                return

    def _visit(self) -> None:
        listed: dict[tuple[int, str], list[str]] = {}
        for state, attempt in self._open():
            if attempt.accepted_at is not None and not stands(attempt):
                for use in self.office.catalogue.items[state.item].procedures:
                    listed.setdefault((state.unit, use.procedure), []).append(state.item)
        shared = [(key, items) for key, items in listed.items() if len(items) > 1]
        if shared:
            (unit, procedure), items = self.rng.choice(shared)
            visit = c.StartJointVisit(
                unit=unit,
                items=tuple(items),
                procedure=procedure,
                expected_end=str(local_date(self.office.now) + DAY),
                approved_by="head-1",
            )
            self.order(visit, STAGE_LEAD)

    def _extend(self) -> None:
        items = self.office.catalogue.items
        open_ = [each for each in self._open() if items[each[0].item].extension is not None]
        for state, attempt in open_[:1]:
            extend = c.ExtendLimit(
                unit=state.unit,
                item=state.item,
                attempt=attempt.number,
                days=self.rng.randint(1, 10),
                approved_by="head-1",
                reason=NOTE,
            )
            self.order(extend, self.law.head(state.item))

    def _revoke(self) -> None:
        granted = [state for state in self.office.project.items.values() if state.granted]
        if granted and self.happens(0.4):
            state = self.rng.choice(granted)
            revoke = c.RevokeItem(unit=state.unit, item=state.item, reason=NOTE)
            self.order(revoke, self.law.head(state.item))

    def _change(self) -> None:
        """State one or two facts as another consistent project would."""
        project = self.office.project
        other = random_facts(self.office.catalogue, project.flow, self.rng)
        unlike = sorted(name for name in other if other[name] != project.facts.get(name))
        chosen = self.rng.sample(unlike, min(2, len(unlike)))
        facts = {name: other[name] for name in chosen}
        if facts:
            self.order(c.ChangeFacts(facts=facts, reason=NOTE))

    def _last(self, kind: type[e.Body]) -> e.Event | None:
        return next((ev for ev in reversed(self.office.log) if isinstance(ev.body, kind)), None)

    def _revert(self) -> None:
        last = self._last(e.StepCompleted)
        if last is not None:
            self.order(c.RevertStep(event=last.number, reason=NOTE), STAGE_LEAD)

    def _take_back(self) -> None:
        """Say that an extension or a lapse was none."""
        last = self._last(self.rng.choice((e.LimitExtended, e.ItemLapsed)))
        if last is not None:
            self.order(c.RevertStep(event=last.number, reason=NOTE), STAGE_LEAD)

    def _tolerate(self) -> None:
        """Let something be handled without one of its papers, for a few days."""
        items = self.office.catalogue.items
        for state, attempt in self._open():
            item = items[state.item]
            if item.tolerance and item.materials:
                order = c.Tolerate(
                    unit=state.unit,
                    item=item.code,
                    attempt=attempt.number,
                    missing=(self.rng.choice(item.materials),),
                    due=str(local_date(self.office.now) + self.rng.randint(1, 9) * DAY),
                )
                self.order(order, WINDOW)
                return

    def _supply(self) -> None:
        """Hand in what is owed, or anything."""
        owed = sorted(
            (state.unit, material)
            for state in self.office.project.items.values()
            for each in state.tolerances
            if each.met_at is None
            for material in each.missing
        )
        if owed:
            unit, material = self.rng.choice(owed)
            self.order(supplying(material, str(self.rng.random()), unit))

    def _correct(self) -> None:
        kinds = (e.StepCompleted, e.ItemEnded, e.ItemPaused, e.ItemResumed, e.TimerFired)
        kind = self.rng.choice(kinds)
        last = self._last(kind)
        if last is not None:
            at = last.happened_at + self.rng.randint(-2, 2) * timedelta(hours=7)
            self.order(c.CorrectTime(event=last.number, happened_at=at, reason=NOTE), STAGE_LEAD)
