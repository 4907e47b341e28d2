"""`abreast report bottlenecks | departments | ...`: where the days go, from the stored facts."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.names import AGENT, names_of
from cli.office import opened
from cli.scope import Scope, day, from_facts, scoped, show
from cli.speech import SpokenCommand, as_json, option
from cli.terminal import Failed, Terminal, terminal
from engine.store.naming import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.columns import Columns
    from engine.report_tables import Wording
    from workflows.catalogue.values import Catalogue

# The libraries behind the figures take a second to load: each command loads them when it is called.


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a report is made on.

    Attributes:
        columns: The attempts that ended in the period.   every: Those that did not, too.
        reviewers: Of each department, where that is known.
    """

    speaker: Terminal
    columns: Columns
    every: Columns
    words: Wording
    reviewers: Mapping[str, int]

    @property
    def catalogue(self) -> Catalogue:
        """Return the catalogue in force."""
        return self.words.catalogue


def _desk(scope: Scope) -> Desk:
    """Return the facts that were asked for.

    Raises:
        Failed: If there are none.
    """
    from analysis.choice import chosen  # noqa: PLC0415 - see above

    desk = _whole(scope.facts)
    if not len(desk.every):
        raise Failed("report.nothing")
    every = scope.of_township(desk.every)
    found = chosen(every, scope.period)
    if not len(found):
        raise Failed("report.chosen_nothing")
    return replace(desk, columns=found, every=every)


def _whole(facts: Path | None) -> Desk:
    """Return all facts: those of the office, or those of a file that an import wrote."""
    from engine.report_tables import Wording  # noqa: PLC0415 - see above

    speaker = terminal()
    if facts is not None:
        return _strangers(speaker, facts)
    with closing(opened()) as parts:
        with speaker.progress("report.facts") as told:
            columns = parts.facts.columns(told)
        keys = chain(
            ((Kind.TOWNSHIP.value, code) for code in columns.names.townships),
            ((AGENT, code) for code in columns.names.agents),
        )
        return Desk(
            speaker=speaker,
            columns=columns,
            every=columns,
            words=Wording(
                catalogue=parts.library.catalogue,
                locale=speaker.locale,
                others=names_of(parts, speaker, keys),
            ),
            reviewers=parts.facts.reviewers(),
        )


def _strangers(speaker: Terminal, facts: Path) -> Desk:
    """Return the facts of a file; of the reviewers there it says nothing."""
    from engine.foreign import Source, columns_of_facts, strangers_words  # noqa: PLC0415 - see above
    from workflows.calendar import shipped  # noqa: PLC0415 - see above

    with facts.open("rb") as file, speaker.progress("report.facts") as told:
        source = Source(file=file, name=facts.name, size=facts.stat().st_size)
        columns = columns_of_facts(source, shipped(), told)
    words = strangers_words(speaker.locale)
    return Desk(speaker=speaker, columns=columns, every=columns, words=words, reviewers={})


@click.command("bottlenecks", cls=SpokenCommand, help="help.report_bottlenecks")
@scoped
def bottlenecks(scope: Scope) -> None:
    """Tell where the days go."""
    from analysis.plain import plain  # noqa: PLC0415 - see above
    from analysis.report import report  # noqa: PLC0415 - see above
    from engine import report_tables as tables  # noqa: PLC0415 - see above

    desk = _desk(scope)
    found = report(desk.every, desk.reviewers, scope.period)
    scope.tell(desk.speaker, plain(found), tables.bottlenecks(found, desk.words))
    _afterword(scope, desk, tables.first(found.path, desk.words))
    _afterword(scope, desk, tables.definitions(desk.words))


@click.command("departments", cls=SpokenCommand, help="help.report_departments")
@scoped
def departments(scope: Scope) -> None:
    """Tell how the departments stand."""
    from analysis.plain import plain  # noqa: PLC0415 - see above
    from analysis.report import report  # noqa: PLC0415 - see above
    from engine import report_tables as tables  # noqa: PLC0415 - see above

    desk = _desk(scope)
    found = report(desk.every, desk.reviewers, scope.period)
    data = {
        name: plain(getattr(found, name))
        for name in ("today", "projects", "departments", "rolled", "queues", "months")
    }
    scope.tell(desk.speaker, data, tables.departments(found, desk.words))
    _afterword(scope, desk, tables.definitions(desk.words))


@click.command("pairs", cls=SpokenCommand, help="help.report_pairs")
@scoped
def pairs(scope: Scope) -> None:
    """Tell what pairs saved, and what they could have saved."""
    from analysis.choice import chosen_runs  # noqa: PLC0415 - see above
    from analysis.pairing import pairs_report  # noqa: PLC0415 - see above
    from analysis.plain import plain  # noqa: PLC0415 - see above
    from engine import report_tables as tables  # noqa: PLC0415 - see above
    from workflows.graph import related  # noqa: PLC0415 - see above

    desk = _desk(scope)
    with desk.speaker.progress("report.planning") as told:
        barred = related(desk.catalogue, desk.catalogue.items)
        found = pairs_report(chosen_runs(desk.every, scope.period), barred, told)
    scope.tell(desk.speaker, {"stages": plain(found)}, tables.pairs(found, desk.words))


@click.command("agents", cls=SpokenCommand, help="help.report_agents")
@scoped
def agents(scope: Scope) -> None:
    """Tell what agents and townships carry."""
    from analysis import fairness  # noqa: PLC0415 - see above
    from analysis.groups import measures  # noqa: PLC0415 - see above
    from analysis.plain import plain  # noqa: PLC0415 - see above
    from engine import report_tables as tables  # noqa: PLC0415 - see above

    desk = _desk(scope)
    measured = measures(desk.columns)
    own = fairness.agents(desk.columns, measured)
    towns = fairness.townships(desk.columns, measured)
    sheets = (
        tables.carried(own, desk.words, "agent", "carried"),
        tables.carried(towns, desk.words, "township", "townships"),
    )
    scope.tell(desk.speaker, {"agents": plain(own), "townships": plain(towns)}, sheets)
    _afterword(scope, desk, tables.judged(desk.words))
    if own.gini is not None:
        _afterword(scope, desk, tables.evenness(own.gini, desk.words))


@click.command("cases", cls=SpokenCommand, help="help.report_cases")
@option("--department", help="report_department")
@option("--item", help="report_item")
@option("--overdue", is_flag=True, help="report_overdue")
@scoped
def cases(scope: Scope, department: str | None, item: str | None, overdue: bool) -> None:  # noqa: FBT001 - click hands flags over by name
    """List the attempts behind a figure."""
    from analysis.drill import Asked, drilled  # noqa: PLC0415 - see above
    from analysis.groups import measures  # noqa: PLC0415 - see above
    from analysis.plain import plain  # noqa: PLC0415 - see above
    from engine import report_tables as tables  # noqa: PLC0415 - see above

    asked = Asked(department=department, item=item, overdue=overdue)
    desk = _desk(scope)
    found = drilled(desk.columns, measures(desk.columns), asked)
    scope.tell(desk.speaker, {"cases": plain(found)}, tables.cases(found, desk.words))


@click.command("why", cls=SpokenCommand, help="help.report_why")
@click.argument("code", metavar="PROJECT")
@as_json()
def why(code: str, as_json: bool) -> None:  # noqa: FBT001 - as above
    """Tell why a project is late."""
    from analysis.plain import plain  # noqa: PLC0415 - see above
    from analysis.why import why as chain_of  # noqa: PLC0415 - see above
    from engine.report_tables import Wording  # noqa: PLC0415 - see above
    from engine.why_words import counted, story  # noqa: PLC0415 - see above
    from workflows.moments import local_date  # noqa: PLC0415 - see above
    from workflows.stage_clock import project_clock  # noqa: PLC0415 - see above

    speaker = terminal()
    with closing(opened()) as parts:
        project = parts.handle.project(code)
        library = parts.in_force.of(project)
        catalogue = library.catalogue
        flow = catalogue.flows[project.flow]
        today = local_date(parts.clock.now())
        clock = project_clock(project, catalogue, library.calendar, today)
        found = chain_of(parts.facts.columns(), code, flow.limit_days, flow.stage_limits)
    if as_json:
        speaker.data(plain(found))
        return
    words = Wording(catalogue=catalogue, locale=speaker.locale)
    for line in story(found, words, counted(found, clock)).lines:
        speaker.out.print(line)


@click.command("months", cls=SpokenCommand, help="help.report_months")
@option("--make", is_flag=True, help="report_make")
@as_json()
def months(make: bool, as_json: bool) -> None:  # noqa: FBT001 - as above
    """Tell the figures of each month, by department, with trends and breaks."""
    from engine import month_tables  # noqa: PLC0415 - see above
    from engine.report_tables import Wording  # noqa: PLC0415 - see above

    speaker = terminal()
    with closing(opened()) as parts:
        if make:
            parts.facts.roll_up()
        found = parts.facts.months()
        words = Wording(catalogue=parts.library.catalogue, locale=speaker.locale)
    if as_json:
        speaker.data(month_tables.data(found))
        return
    show(speaker, month_tables.series(found, words))
    for line in month_tables.trends(found, words):
        speaker.out.print(line)


@click.command("monthly", cls=SpokenCommand, help="help.report_monthly")
@option("--month", required=True, help="report_month")
@option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="report_out")
@from_facts()
def monthly(month: str, out: Path, facts: Path | None) -> None:
    """Write the monthly report, to be printed."""
    from engine import report_page  # noqa: PLC0415 - see above
    from exchange.pdf import as_pdf  # noqa: PLC0415 - see above

    desk = _whole(facts)
    page = report_page.monthly(desk.every, month, desk.words, desk.reviewers)
    if page is None:
        raise Failed("report.no_month", month=month)
    out.write_bytes(as_pdf(page) if out.suffix.lower() == ".pdf" else page.encode())
    desk.speaker.print("report.written", file=str(out))


@click.command("compare", cls=SpokenCommand, help="help.report_compare")
@option("--split", required=True, help="report_split")
@scoped
def compare(scope: Scope, split: str) -> None:
    """Compare what came up before a day with what came up from it on."""
    from analysis.comparison import compared  # noqa: PLC0415 - see above
    from analysis.plain import plain  # noqa: PLC0415 - see above
    from engine import report_tables as tables  # noqa: PLC0415 - see above

    border = day(split)
    assert border is not None  # noqa: S101 - click asks for it
    desk = _desk(scope)
    found = compared(desk.every, border, scope.period)
    scope.tell(desk.speaker, plain(found), tables.comparison(found, desk.words))
    _afterword(scope, desk, tables.followed(found, desk.words))


def _afterword(scope: Scope, desk: Desk, sentence: str) -> None:
    if scope.shown:
        desk.speaker.out.print(sentence)


COMMANDS: tuple[click.Command, ...] = (
    bottlenecks,
    departments,
    pairs,
    agents,
    cases,
    why,
    compare,
    months,
    monthly,
)
