"""The harness's own reading of a log, event by event; it asks none of the rules it checks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workflows import events as e

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from tests.chaos.evidence import Ledger
    from workflows.catalogue.values import Catalogue, Item

IN_LINE = 4  # stages that follow each other
ENDED = ("withdrawn", "terminated", "completed")


@dataclass(slots=True)
class Try:
    """One attempt; *result* None = it runs."""

    number: int
    how: e.How
    result: str | None = None


@dataclass(slots=True)
class Run:
    """One stage of one unit."""

    slots: int
    mandated: tuple[str, ...] | None = None
    milestone: bool = False
    ended: bool = False
    holders: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Story:
    """Where a project stands before an event.

    Attributes:
        over: How the project ended, or empty.
        first: First stage that each unit runs by itself.
        tries: Attempts by (unit, item).
        documents: Last day of validity (ISO, or None) by (unit, kind).
        tasks, timers: Open tasks and armed timers by (unit, path).
        duties: Who did which duty in an attempt: (unit, item, attempt, person) to performer.
    """

    code: str
    over: str = ""
    owner: str = ""
    township: str = ""
    agent: str | None = None
    applicable: frozenset[str] = frozenset()
    runs: dict[tuple[int, int], Run] = field(default_factory=dict)
    first: dict[int, int] = field(default_factory=dict)
    tries: dict[tuple[int, str], list[Try]] = field(default_factory=dict)
    declined: set[tuple[int, str]] = field(default_factory=set)
    documents: dict[tuple[int, str], str | None] = field(default_factory=dict)
    tasks: dict[tuple[int, str], e.TaskOpened] = field(default_factory=dict)
    timers: dict[tuple[int, str], e.TimerArmed] = field(default_factory=dict)
    duties: dict[tuple[int, str, int, str], str] = field(default_factory=dict)

    def running(self, unit: int, item: str) -> Try | None:
        """Return the open attempt of an item."""
        tries = self.tries.get((unit, item), [])
        return tries[-1] if tries and tries[-1].result is None else None

    def granted(self, unit: int, item: str) -> bool:
        """Tell whether an item stands granted."""
        return any(one.result == "granted" for one in self.tries.get((unit, item), []))

    def missing(self, unit: int, item: str, catalogue: Catalogue, on: date) -> list[str]:
        """Return the hard documents of an item that do not exist and that somebody makes."""
        return [
            document
            for document in catalogue.items[item].hard_needs
            if (makers := self._makers(unit, document, catalogue))
            and not any(self._exists(unit, document, maker.stage, on) for maker in makers)
        ]

    def _makers(self, unit: int, document: str, catalogue: Catalogue) -> list[Item]:
        return [
            item
            for item in catalogue.producers(document)
            if item.code in self.applicable
            and (self.home(unit, item.stage), item.code) not in self.declined
        ]

    def _exists(self, unit: int, document: str, stage: int, on: date) -> bool:
        until = self.documents.get((self.home(unit, stage), document), "")
        return until is None or until >= on.isoformat()

    def home(self, unit: int, stage: int) -> int:
        """Return who runs *stage* for *unit*: itself from its first one on, else the whole.

        What runs alongside the stages in line is the whole project's.
        """
        return unit if self.first.get(unit, 1) <= stage <= IN_LINE else 0

    def tell(self, event: e.Event) -> None:
        """Go on to after *event*."""
        body = event.body
        for unit, tokens in moves(body):
            self._move(unit, tokens)
        for filing in filings(body):
            unit = getattr(body, "unit", 0)
            made = Try(filing.attempt, filing.how)
            self.tries.setdefault((unit, filing.item), []).append(made)
        self._tell(event, body)

    def _tell(self, event: e.Event, body: e.Body) -> None:  # noqa: C901, PLR0912 - a line an event
        match body:
            case e.ProjectFiled():
                self.owner, self.township = body.owner, body.township
                self.applicable = frozenset(body.applicable)
            case e.UnitAdded():
                self.first[body.unit] = body.stage
            case e.AgentAssigned():
                self.agent = body.agent
            case e.FactsChanged():
                self.applicable = frozenset(body.applicable)
            case e.StageOpened():
                self.runs.setdefault((body.stage, body.unit), Run(body.slots))
            case e.StageFiled():
                self._run(body).mandated = body.mandated
            case e.MilestoneReached():
                self._run(body).milestone = True
            case e.StageEnded():
                self._run(body).ended = True
            case e.StepCompleted():
                who = (body.unit, body.item, body.attempt, event.actor)
                self.duties.setdefault(who, body.performer)
            case e.ItemEnded():
                self._end(body)
            case e.ItemDeclined():
                self.declined.add((body.unit, body.item))
            case e.ItemRevoked():
                self._revoke(body)
            case e.ProjectWithdrawn():
                self.over = "withdrawn"
            case e.ProjectTerminated():
                self.over = "terminated"
            case e.ProjectCompleted():
                self.over = "completed"
            case _:
                pass

    def _run(self, body: e.StageFiled | e.MilestoneReached | e.StageEnded) -> Run:
        return self.runs.setdefault((body.stage, body.unit), Run(0))

    def _end(self, body: e.ItemEnded) -> None:
        for one in self.tries.get((body.unit, body.item), []):
            if one.number == body.attempt:
                one.result = body.result
        for issued in body.issued:
            self.documents[body.unit, issued.document] = issued.valid_until

    def _revoke(self, body: e.ItemRevoked) -> None:
        for one in self.tries.get((body.unit, body.item), []):
            if one.result == "granted":
                one.result = "revoked"
        for document in body.documents:
            self.documents.pop((body.unit, document), None)

    def _move(self, unit: int, tokens: e.Tokens) -> None:
        for path in tokens.took:
            self.tasks.pop((unit, path), None)
            self.timers.pop((unit, path), None)
            if path.endswith(":slot"):
                self._run_of(unit, path).holders.discard(path)
        for path in tokens.put:
            if path.endswith(":slot"):
                self._run_of(unit, path).holders.add(path)
        self.tasks.update({(unit, task.path): task for task in tokens.opened})
        self.timers.update({(unit, timer.path): timer for timer in tokens.armed})

    def _run_of(self, unit: int, path: str) -> Run:
        stage = int(path.partition("/")[0].removeprefix("stage_"))
        return self.runs.setdefault((stage, unit), Run(0))


def told(ledger: Ledger) -> Iterator[tuple[Story, e.Event]]:
    """Yield every event with the story before it; the story goes on when the next is asked for."""
    story = Story(ledger.code)
    for event in ledger.events:
        yield story, event
        story.tell(event)


def filings(body: e.Body) -> tuple[e.Filing, ...]:
    """Return the attempts that an event begins."""
    match body:
        case e.StageFiled() | e.PairStarted():
            return body.filings
        case e.ItemFiled():
            return (body.filing,)
        case _:
            return ()


def moves(body: e.Body) -> Iterator[tuple[int, e.Tokens]]:
    """Yield the moves of tokens in stage runs, each with its unit."""
    match body:
        case e.FactsChanged():
            yield from ((run.unit, run.tokens) for run in body.runs)
        case e.ItemPaused():
            yield from ((body.unit, one.tokens) for one in body.paused if one.tokens is not None)
        case e.ItemResumed():
            yield from ((body.unit, one.tokens) for one in body.resumed if one.tokens is not None)
            yield body.unit, e.Tokens(took=(), put=(), armed=body.armed)
        case _:
            tokens = getattr(body, "tokens", None)
            if isinstance(tokens, e.Tokens):
                yield getattr(body, "unit", 0), tokens
