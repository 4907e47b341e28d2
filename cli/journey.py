"""How a journey is told on the terminal: each stage's set, pairs and milestone, and the sums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table

from workflows.catalogue.values import DayUnit, FactType
from workflows.events import Policy
from workflows.moments import local_date

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from rich.console import RenderableType

    from analysis.journey import Account, PairAccount, StageAccount
    from cli.terminal import Terminal
    from workflows.calendar import Calendar
    from workflows.catalogue.values import Catalogue, FactQuestion
    from workflows.project import Project

_SHORT = 8  # digits of a digest that are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Puts a project and its account into words of the user's language."""

    speaker: Terminal
    catalogue: Catalogue
    calendar: Calendar
    project: Project

    def opening(self, title: str, agents: int) -> Iterator[RenderableType]:
        """Yield who builds what, under which facts, and who helps."""
        say, project = self.speaker.say, self.project
        flow = self.catalogue.flows[project.flow]
        yield Rule(say("demo.title", name=title), style="bold")
        yield say(
            "demo.project",
            project=project.code,
            flow=self.speaker.name(flow.name),
            limit=flow.limit_days,
            date=_day(project.filed_at),
        )
        yield say("demo.facts", facts=tuple(self._facts()))
        yield say("demo.agent", agent=project.agent or "-", agents=agents)
        yield say("demo.applicable", number=len(project.applicable))

    def stage(self, account: StageAccount) -> Iterator[RenderableType]:
        """Yield the story of one stage."""
        say = self.speaker.say
        known = self.catalogue.stages[account.stage]
        yield ""
        yield Rule(
            say("demo.stage", number=account.stage, name=self.speaker.name(known.name)),
            align="left",
        )
        if account.milestone_at is None:
            yield say("demo.no_milestone", number=account.items_done, date=_day(account.ended_at))
            return
        yield say(
            "demo.mandated",
            number=len(account.mandated),
            date=_day(account.filed_at),
            held=len(account.held),
        )
        yield Padding(self._items(account.mandated, set(account.held)), (0, 0, 0, 2))
        for pull in account.pulled_in:
            document = self.speaker.name(self.catalogue.documents[pull.document].name)
            yield "  " + say(
                "demo.pulled", item=pull.item, needed_by=pull.needed_by, document=document
            )
        yield from self._pairs(account)
        for code in account.singles:
            yield "  " + say("demo.single", item=self._item(code))
        yield self._milestone(account)

    def closing(self, account: Account) -> RenderableType:
        """Return the last table: a line a stage, and the sums."""
        titles = ("stage", "filed", "milestone", "used", "limit", "mandated", "pairs", "saved")
        table = self.speaker.table("demo.closing", (*titles, "granted"), (*titles[3:], "granted"))
        table.show_footer = True
        for stage in account.stages:
            table.add_row(*self._row(stage))
        lines = [stage for stage in account.stages if stage.milestone_at is not None]
        sums: Sequence[object] = (
            self.speaker.say("demo.sum"),
            "",
            "",
            sum(filter(None, map(self._used, lines))),
            self.catalogue.flows[self.project.flow].limit_days,
            sum(len(stage.mandated) for stage in account.stages),
            account.pairs,
            sum(stage.days_saved for stage in account.stages),
            account.items_done,
        )
        for column, total in zip(table.columns, sums, strict=True):
            column.footer = str(total)
        return table

    def comparison(self, account: Account) -> str:
        """Return what the pairs brought against the named baseline, in committed days."""
        pairs = [pair for stage in account.stages for pair in stage.pairs]
        singles = [code for stage in account.stages for code in stage.singles]
        codes = [code for pair in pairs for code in (pair.first, pair.second)] + singles
        alone = sum(map(self._days, codes))
        saved = sum(pair.days_saved for pair in pairs)
        return self.speaker.say(
            "demo.comparison", items=len(codes), alone=alone, paired=alone - saved, saved=saved
        )

    def _facts(self) -> Iterator[str]:
        """Yield what is so; what is not so is left to --json and the log."""
        for code, question in self.catalogue.facts.items():
            answer = self.project.facts.get(code)
            if question.type is FactType.ENUM:
                chosen = next((c for c in question.choices if c.value == answer), None)
                if chosen is not None:
                    yield self._fact(question, self.speaker.name(chosen.name))
            elif answer is True:
                yield self._fact(question, self.speaker.say("yes"))

    def _fact(self, question: FactQuestion, answer: str) -> str:
        """Return one fact as a statement; a Chinese yes-or-no question becomes one by itself."""
        asked = self.speaker.name(question.question).rstrip("?？")
        told = asked.replace("是否", "", 1)
        return told if told != asked else self.speaker.say("demo.fact", asked=asked, answer=answer)

    def _items(self, codes: Sequence[str], held: set[str]) -> Table:
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
        for code in codes:
            item = self.catalogue.items[code]
            waits = (
                self.speaker.say("demo.held") if code in held else self.speaker.say("demo.at_once")
            )
            table.add_row(code, self.speaker.name(item.name), self._department(code), waits)
        return table

    def _pairs(self, account: StageAccount) -> Iterator[RenderableType]:
        if not account.pairs:
            return
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold", expand=True)
        for column, ratio in (("started", 2), ("two", 8), ("policy", 6), ("gain", 4)):
            table.add_column(self.speaker.say(f"column.{column}"), ratio=ratio, overflow="fold")
        for pair in account.pairs:
            two = f"{self._item(pair.first)}\n{self._item(pair.second)}"
            day = _day(pair.started_at)[5:]
            table.add_row(day, two, self._reason(pair), self._gain(pair))
        yield Padding(table, (0, 0, 0, 2))

    def _reason(self, pair: PairAccount) -> str:
        if pair.policy is Policy.DRAWN:
            ticket = (pair.ticket or "")[:_SHORT]
            return self.speaker.say("policy.drawn", number=pair.drawn_from, ticket=ticket)
        return self.speaker.say(f"policy.{pair.policy}")

    def _gain(self, pair: PairAccount) -> str:
        one, other = self._days(pair.first), self._days(pair.second)
        return self.speaker.say(
            "demo.gain", saved=pair.days_saved, one_by_one=one + other, together=max(one, other)
        )

    def _milestone(self, account: StageAccount) -> str:
        say = self.speaker.say
        return say(
            "demo.milestone",
            date=_day(account.milestone_at),
            used=self._used(account),
            limit=self._limit(account.stage),
            saved=account.days_saved,
        )

    def _row(self, account: StageAccount) -> tuple[str, ...]:
        name = self.speaker.name(self.catalogue.stages[account.stage].name)
        cells = (
            f"{account.stage} {name}",
            _day(account.filed_at),
            _day(account.milestone_at),
            self._used(account),
            self._limit(account.stage),
            len(account.mandated),
            len(account.pairs),
            account.days_saved,
            account.items_done,
        )
        return tuple("-" if cell is None else str(cell) for cell in cells)

    def _used(self, account: StageAccount) -> int | None:
        """Return the working days from the joint application to the milestone."""
        if account.filed_at is None or account.milestone_at is None:
            return None
        days = local_date(account.filed_at), local_date(account.milestone_at)
        return self.calendar.count(*days, DayUnit.WORKING_DAY)

    def _limit(self, stage: int) -> int | None:
        return self.catalogue.flows[self.project.flow].stage_limit(stage)

    def _item(self, code: str) -> str:
        return f"{code} {self.speaker.name(self.catalogue.items[code].name)}"

    def _department(self, code: str) -> str:
        department = self.catalogue.departments[self.catalogue.items[code].department]
        return self.speaker.name(department.name)

    def _days(self, code: str) -> int:
        limit = self.catalogue.items[code].committed_limit
        return 0 if limit is None else limit.days


def _day(instant: datetime | None) -> str:
    return "-" if instant is None else local_date(instant).isoformat()
