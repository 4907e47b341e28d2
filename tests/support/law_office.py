"""The office in memory with pauses and law: timers may stand, corrections find their entries."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from tests.support.memory_office import (
    HOUR,
    NOTE,
    OWNER,
    STAGE_LEAD,
    SYSTEM,
    WINDOW,
    Office,
    person,
    reviewer,
)
from workflows import calendar
from workflows import commands as c
from workflows import events as e
from workflows.clock import clock, stands
from workflows.decide import decide
from workflows.evolve import evolve
from workflows.facts import Facts, Role, Rules
from workflows.moments import SHANGHAI, local_date
from workflows.status import legal

if TYPE_CHECKING:
    from workflows.clock import Clock
    from workflows.facts import Actor
    from workflows.project import Attempt, Project

CALENDAR = calendar.shipped()


def morning(day: date) -> datetime:
    """Return nine o'clock in Shanghai."""
    return datetime.combine(day, time(9), SHANGHAI).astimezone(UTC)


def leader(department: str) -> Actor:
    """Return the head of a department."""
    return person(f"head-{department}", Role.DEPARTMENT_LEAD, department=department)


@dataclass(slots=True, kw_only=True)
class LawOffice(Office):
    """Watches what holds when clocks may stand still.

    Attributes:
        rules: The district's local rules.
    """

    rules: Rules = field(default_factory=Rules)

    def facts(self, actor: Actor) -> Facts:
        """Return what a decision may look at now; a correction's entry is added by `give`."""
        return replace(Office.facts(self, actor), rules=self.rules)

    def give(self, command: c.Command, actor: Actor = OWNER) -> tuple[e.Event, ...]:
        """Give a command an hour after the last one and return the events that came of it."""
        self.now += HOUR
        events = decide(self.standing, command, self._facts_of(command, actor))
        for event in events:
            before = self.standing
            self.standing = evolve(self.standing, event)
            self.log.append(event)
            if before is not None:
                check_statuses(before, self.standing, event)
        check_standing(self.project, self)
        return events

    def refusal(self, command: c.Command, actor: Actor = OWNER) -> str:
        """Return the code with which a command is refused; nothing changes."""
        if isinstance(command, c.CorrectTime | c.RevertStep):
            found = [event for event in self.log if event.number == command.event]
            subject = found[0] if found else None
            copied = replace_facts(self, subject)
            return copied.refused(command, actor).code
        return self.refused(command, actor).code

    def _facts_of(self, command: c.Command, actor: Actor) -> Facts:
        if not isinstance(command, c.CorrectTime | c.RevertStep):
            return self.asked(command, actor)
        subject = next((ev for ev in self.log if ev.number == command.event), None)
        return replace(self.facts(actor), subject=subject, history=tuple(self.log))

    def on(self, day: date) -> LawOffice:
        """Move the clock on to the morning of *day*, an hour before the next command."""
        assert morning(day) - HOUR >= self.now, (day, self.now)
        self.now = morning(day) - HOUR
        return self

    def attempt(self, code: str, unit: int = 0) -> Attempt:
        """Return the last attempt of an item."""
        return self.item(code, unit).attempts[-1]

    def clock(self, code: str, on: date | None = None) -> Clock:
        """Return the clock of an item's last attempt, today or on another date."""
        return clock(self.attempt(code), CALENDAR, on or local_date(self.now))

    def accept(self, code: str) -> None:
        """Receive and accept an item."""
        while self.attempt(code).accepted_at is None:
            self.do(code)

    def ask(self, code: str, answer_by: str | None = None) -> tuple[e.Event, ...]:
        """Ask for what stands first on the item's list of materials."""
        missing = self.catalogue.items[code].materials[:2]
        number = self.attempt(code).number
        command = c.AskSupplement(item=code, attempt=number, missing=missing, answer_by=answer_by)
        return self.give(command, WINDOW)

    def answer(self, code: str) -> tuple[e.Event, ...]:
        """Answer the open supplement."""
        number = self.attempt(code).number
        return self.give(c.AnswerSupplement(item=code, attempt=number), OWNER)

    def begin(self, code: str, procedure: str, end: date, **more: str) -> tuple[e.Event, ...]:
        """Begin a special procedure."""
        return self.give(self.beginning(code, procedure, end, **more), self.examiner(code))

    def beginning(
        self, code: str, procedure: str, end: date | str, approved_by: str = "head-1"
    ) -> c.StartProcedure:
        """Return the command that begins a special procedure."""
        return c.StartProcedure(
            item=code,
            attempt=self.attempt(code).number,
            procedure=procedure,
            expected_end=str(end),
            approved_by=approved_by,
        )

    def over(self, code: str, procedure: str) -> tuple[e.Event, ...]:
        """End a special procedure."""
        number = self.attempt(code).number
        command = c.EndProcedure(item=code, attempt=number, procedure=procedure)
        return self.give(command, self.examiner(code))

    def suspend(self) -> tuple[e.Event, ...]:
        """Suspend the project."""
        return self.give(c.SuspendProject(reason=NOTE), STAGE_LEAD)

    def resume(self) -> tuple[e.Event, ...]:
        """Resume the project."""
        return self.give(c.ResumeProject(), STAGE_LEAD)

    def fire(self, code: str) -> tuple[e.Event, ...]:
        """Let the timer of acceptance happen."""
        return self.give(self.firing(code), SYSTEM)

    def firing(self, code: str) -> c.FireTimer:
        """Return the command of the timer of acceptance: before the receipt it is another one."""
        run = self.run(self.catalogue.items[code].stage)
        armed = (t.path.rpartition("/")[2] for t in run.timers.values() if t.item == code)
        name = next(armed, "deemed")
        return c.FireTimer(item=code, attempt=self.attempt(code).number, timer=name)

    def due_at(self, code: str) -> datetime | None:
        """Return when the timer of acceptance is due; None while it is not armed."""
        run = self.run(self.catalogue.items[code].stage)
        return next((t.due_at for t in run.timers.values() if t.item == code), None)

    def examiner(self, code: str) -> Actor:
        """Return who examines an item."""
        return reviewer(self.catalogue.items[code].department)

    def head(self, code: str) -> Actor:
        """Return the head of an item's department."""
        return leader(self.catalogue.items[code].department)

    def entry(self, kind: type[e.Body], /, **members: object) -> int:
        """Return the number of the last event of a kind with these members."""
        return next(
            event.number
            for event in reversed(self.log)
            if isinstance(event.body, kind)
            and all(getattr(event.body, name) == value for name, value in members.items())
        )


@dataclass(slots=True, kw_only=True)
class _Corrected(LawOffice):
    subject: e.Event | None = None

    def facts(self, actor: Actor) -> Facts:
        facts = LawOffice.facts(self, actor)
        return replace(facts, subject=self.subject, history=tuple(self.log))


def replace_facts(office: LawOffice, subject: e.Event | None) -> LawOffice:
    """Return the same office with an entry at hand, for a command that must be refused."""
    return _Corrected(
        catalogue=office.catalogue,
        nets=office.nets,
        roster=office.roster,
        credit=office.credit,
        now=office.now,
        standing=office.standing,
        log=office.log,
        rules=office.rules,
        subject=subject,
    )


def march(day: int) -> date:
    """Return a day of the month in which most projects of tests go on."""
    return date(2026, 3, day)


def filed(flow: int = 3, *, rules: Rules | None = None, **chosen: bool | str) -> LawOffice:
    """Return an office with a project whose first stage is filed."""
    office = LawOffice(rules=rules or Rules())
    office.file(flow, **chosen)
    office.give(c.FileStage(stage=1))
    return office


def check_statuses(before: Project, after: Project, event: e.Event) -> None:
    """Check that every change of a national status follows a legal arrow, corrections apart."""
    if isinstance(event.body, e.StepReverted | e.LapseReverted):
        return
    for key, state in after.items.items():
        known = before.items.get(key)
        if known is None or known is state:
            continue
        for old, new in zip(known.attempts, state.attempts, strict=False):
            assert legal(old.status, new.status), (event, old.status, new.status)


def check_standing(project: Project, office: LawOffice) -> None:
    """Check that tokens, tasks, timers and attempts tell one story."""
    for run in () if project.ended_at is not None else project.runs.values():
        net = office.nets.by_hash[run.net]
        marking = net.marking(run.tokens)
        assert set(net.paths(marking & net.tasks)) == set(run.tasks), run.key
        assert run.held_slots <= run.slots, run.key
        assert bool(marking & net.ended) == (run.ended_at is not None), run.key
        armed = set(net.paths(marking & net.timers))
        assert set(run.timers) <= armed, run.key
        for path in armed - set(run.timers):
            state = project.items[f"{run.unit}/{net.item_of(path)}"]
            assert state.open is not None, path
            assert stands(state.open), path
    for state in project.items.values():
        if project.ended_at is not None:
            assert state.open is None, state.item
            continue
        net = office.nets.by_hash[project.runs[f"{state.stage}/{state.unit}"].net]
        marking = net.marking(project.runs[f"{state.stage}/{state.unit}"].tokens)
        item = net.items[state.item]
        assert bool(marking & item.inside) == (state.open is not None), state.item
        assert bool(marking & item.granted) == state.granted, state.item
        assert bool(marking & item.slot) == (state.open is not None and state.open.slot)
        for attempt in state.attempts:
            assert attempt.ended_at is None or not attempt.open_pauses, state.item


DAY = timedelta(days=1)
