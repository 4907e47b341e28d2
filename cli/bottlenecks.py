"""`abreast report bottlenecks | departments | ...`: where the days go, from the stored facts."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.office import opened
from cli.scope import Scope, day, scoped, show
from cli.speech import SpokenCommand, as_json, option
from cli.terminal import Failed, Terminal, terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analysis.columns import Columns
    from engine.report_tables import Wording
    from wire import Parts
    from workflows.catalogue.values import Catalogue

# The libraries behind the figures take a second to load: each command loads them when it is called.


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a report is made on."""

    speaker: Terminal
    parts: Parts
    columns: Columns
    words: Wording

    @property
    def catalogue(self) -> Catalogue:
        """Return the catalogue in force."""
        return self.words.catalogue


@contextmanager
def _desk(scope: Scope) -> Iterator[Desk]:
    """Yield the facts that were asked for.

    Raises:
        Failed: If there are none.
    """
    from engine.report_tables import Wording  # noqa: PLC0415 - see above

    speaker = terminal()
    with closing(opened()) as parts:
        with speaker.progress("report.facts") as told:
            columns = parts.facts.columns(told)
        if not len(columns):
            raise Failed("report.nothing")
        found = scope.chosen(columns)
        if not len(found):
            raise Failed("report.chosen_nothing")
        words = Wording(catalogue=parts.library.catalogue, locale=speaker.locale)
        yield Desk(speaker=speaker, parts=parts, columns=found, words=words)


@click.command("bottlenecks", cls=SpokenCommand, help="help.report_bottlenecks")
@scoped
def bottlenecks(scope: Scope) -> None:
    """Tell where the days go."""
    from analysis.plain import plain  # noqa: PLC0415 - see above
    from analysis.report import report  # noqa: PLC0415 - see above
    from engine import report_tables as tables  # noqa: PLC0415 - see above

    with _desk(scope) as desk:
        found = report(desk.columns, desk.parts.facts.reviewers())
        scope.tell(desk.speaker, plain(found), tables.bottlenecks(found, desk.words))
        _afterword(scope, desk, tables.first(found.path, desk.words))


@click.command("departments", cls=SpokenCommand, help="help.report_departments")
@scoped
def departments(scope: Scope) -> None:
    """Tell how the departments stand."""
    from analysis.plain import plain  # noqa: PLC0415 - see above
    from analysis.report import report  # noqa: PLC0415 - see above
    from engine import report_tables as tables  # noqa: PLC0415 - see above

    with _desk(scope) as desk:
        found = report(desk.columns, desk.parts.facts.reviewers())
        data = {
            name: plain(getattr(found, name))
            for name in ("today", "projects", "departments", "queues", "months")
        }
        scope.tell(desk.speaker, data, tables.departments(found, desk.words))
        _afterword(scope, desk, tables.definitions(desk.words))


@click.command("pairs", cls=SpokenCommand, help="help.report_pairs")
@scoped
def pairs(scope: Scope) -> None:
    """Tell what pairs saved, and what they could have saved."""
    from analysis.pairing import pairs_report  # noqa: PLC0415 - see above
    from analysis.plain import plain  # noqa: PLC0415 - see above
    from engine import report_tables as tables  # noqa: PLC0415 - see above
    from workflows.graph import related  # noqa: PLC0415 - see above

    with _desk(scope) as desk, desk.speaker.progress("report.planning") as told:
        barred = related(desk.catalogue, desk.catalogue.items)
        found = pairs_report(desk.columns, barred, told)
    scope.tell(desk.speaker, {"stages": plain(found)}, tables.pairs(found, desk.words))


@click.command("agents", cls=SpokenCommand, help="help.report_agents")
@scoped
def agents(scope: Scope) -> None:
    """Tell what agents and townships carry."""
    from analysis import fairness  # noqa: PLC0415 - see above
    from analysis.groups import measures  # noqa: PLC0415 - see above
    from analysis.plain import plain  # noqa: PLC0415 - see above
    from engine import report_tables as tables  # noqa: PLC0415 - see above

    with _desk(scope) as desk:
        measured = measures(desk.columns)
        own = fairness.agents(desk.columns, measured)
        towns = fairness.townships(desk.columns, measured)
        sheets = (
            tables.carried(own, desk.words, "carried"),
            tables.carried(towns, desk.words, "townships"),
        )
        scope.tell(desk.speaker, {"agents": plain(own), "townships": plain(towns)}, sheets)
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
    with _desk(scope) as desk:
        found = drilled(desk.columns, measures(desk.columns), asked)
        scope.tell(desk.speaker, {"cases": plain(found)}, tables.cases(found, desk.words))


@click.command("why", cls=SpokenCommand, help="help.report_why")
@click.argument("code", metavar="PROJECT")
@as_json()
def why(code: str, as_json: bool) -> None:  # noqa: FBT001 - as above
    """Tell why a project is late."""
    from analysis.plain import plain  # noqa: PLC0415 - see above
    from analysis.why import why as chain_of  # noqa: PLC0415 - see above
    from engine import report_tables as tables  # noqa: PLC0415 - see above
    from engine.report_tables import Wording  # noqa: PLC0415 - see above

    speaker = terminal()
    with closing(opened()) as parts:
        project = parts.handle.project(code)
        catalogue = parts.in_force.of(project).catalogue
        flow = catalogue.flows[project.flow]
        found = chain_of(parts.facts.columns(), code, flow.limit_days, flow.stage_limits)
    if as_json:
        speaker.data(plain(found))
        return
    for line in tables.chain(found, Wording(catalogue=catalogue, locale=speaker.locale)):
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
def monthly(month: str, out: Path) -> None:
    """Write the monthly report, to be printed."""
    from engine import report_page  # noqa: PLC0415 - see above
    from engine.report_tables import Wording  # noqa: PLC0415 - see above

    speaker = terminal()
    with closing(opened()) as parts:
        words = Wording(catalogue=parts.library.catalogue, locale=speaker.locale)
        page = report_page.monthly(parts.facts.columns(), month, words, parts.facts.reviewers())
    if page is None:
        raise Failed("report.no_month", month=month)
    out.write_text(page, encoding="utf-8")
    speaker.print("report.written", file=str(out))


@click.command("compare", cls=SpokenCommand, help="help.report_compare")
@option("--split", required=True, help="report_split")
@scoped
def compare(scope: Scope, split: str) -> None:
    """Compare what ended before a day with what ended from it on."""
    from analysis.comparison import compared  # noqa: PLC0415 - see above
    from analysis.plain import plain  # noqa: PLC0415 - see above
    from analysis.worktime import NEVER, number_of  # noqa: PLC0415 - see above
    from engine import report_tables as tables  # noqa: PLC0415 - see above

    border = day(split)
    assert border is not None  # noqa: S101 - click asks for it
    with _desk(scope) as desk:
        ended = desk.columns.ended_day
        early = (ended != NEVER) & (ended < number_of(border))
        late = ended >= number_of(border)
        if not early.any() or not late.any():
            raise Failed("report.chosen_nothing")
        found = compared(desk.columns.chosen(early), desk.columns.chosen(late))
        scope.tell(desk.speaker, plain(found), tables.comparison(found, desk.words))


def _afterword(scope: Scope, desk: Desk, sentence: str) -> None:
    if not (scope.as_json or scope.as_csv or scope.xlsx is not None):
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
