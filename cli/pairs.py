"""`abreast pairs`: what could be paired now and why the rest could not; proposing, starting."""

from __future__ import annotations

from contextlib import closing
from itertools import combinations
from typing import TYPE_CHECKING

import click

from cli.acting import acting, of_unit, order, tell
from cli.office import opened
from cli.speech import SpokenGroup, as_json, option
from cli.terminal import Terminal, terminal
from engine.notes import write
from workflows import commands as c
from workflows import pairing
from workflows.events import PairProposed
from workflows.facts import SYSTEM, Facts
from workflows.texts import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.notes import Text
    from wire import Parts
    from workflows.project import Project, StageRun


@click.group("pairs", cls=SpokenGroup, help="help.pairs")
def group() -> None:
    """Hold the commands about pairs."""


@group.command("show", help="help.pairs_show")
@click.argument("code")
@as_json()
def show(code: str, as_json: bool) -> None:  # noqa: FBT001 - click hands flags over by name
    """Show which items of a project could be paired now, and why others not."""
    speaker = terminal()
    with closing(opened()) as parts:
        project = parts.handle.project(code)
        runs = [run for run in project.runs.values() if run.filed_at and not run.ended_at]
        views = [_view(parts, project, run) for run in runs]
    views = [view for view in views if view.pool]
    if as_json:
        speaker.data({"project": code, "runs": [_run(speaker, view) for view in views]})
        return
    for view in views:
        _matrix(speaker, view)
    if not views:
        speaker.print("pairs.none")


@group.command("propose", help="help.pairs_propose")
@click.argument("code")
@click.argument("first")
@click.argument("second")
@of_unit()
@acting()
@as_json()
def propose(code: str, first: str, second: str, unit: int, person: str, as_json: bool) -> None:  # noqa: FBT001, PLR0913, PLR0917 - one argument an option
    """Propose two items."""
    _order(code, c.ProposePair(first=first, second=second, unit=unit), person, as_json=as_json)


@group.command("draw", help="help.pairs_draw")
@click.argument("code")
@click.argument("stage", type=click.IntRange(1, 5))
@of_unit()
@acting()
@as_json()
def draw(code: str, stage: int, unit: int, person: str, as_json: bool) -> None:  # noqa: FBT001 - as above
    """Draw a pair by lot."""
    _order(code, c.DrawPair(stage=stage, unit=unit), person, as_json=as_json)


@group.command("start", help="help.pairs_start")
@click.argument("code")
@click.argument("pair")
@acting()
@as_json()
def start(code: str, pair: str, person: str, as_json: bool) -> None:  # noqa: FBT001 - as above
    """File both members of a proposed pair at the same instant."""
    _order(code, c.StartPair(pair=pair), person, as_json=as_json)


@group.command("dissolve", help="help.pairs_dissolve")
@click.argument("code")
@click.argument("pair")
@option("--reason", help="reason")
@acting()
@as_json()
def dissolve(code: str, pair: str, reason: str | None, person: str, as_json: bool) -> None:  # noqa: FBT001 - as above
    """Give up a proposed pair."""
    texts = [] if reason is None else [write(reason)]
    note = texts[0].note if texts else None
    _order(code, c.DissolvePair(pair=pair, reason=note), person, texts, as_json=as_json)


def _order(
    code: str, command: c.Command, person: str, texts: Sequence[Text] = (), *, as_json: bool
) -> None:
    """Carry an order about a pair out, and say which pair came of it."""
    speaker = terminal()
    with closing(opened()) as parts:
        answer = order(parts, code, command, person, texts)
    tell(speaker, answer, as_json=as_json)
    for event in () if as_json else answer.events:
        if isinstance(event.body, PairProposed):
            made = event.body
            speaker.print(
                "pairs.proposed",
                pair=made.pair,
                first=made.first,
                second=made.second,
                days=made.days_saved,
            )


def _view(parts: Parts, project: Project, run: StageRun) -> pairing.View:
    library = parts.in_force.of(project)
    facts = Facts(
        actor=SYSTEM,
        recorded_at=parts.clock.now(),
        calendar=library.calendar,
        catalogue=library.catalogue,
        nets=library.nets,
        in_force=library.in_force,
    )
    return pairing.view(project, run, facts)


def _run(speaker: Terminal, view: pairing.View) -> dict[str, object]:
    return {
        "stage": view.run.stage,
        "unit": view.run.unit,
        "round": view.run.round.number,
        "slots": view.run.slots,
        "holders": list(view.holders),
        "candidates": [
            {"item": code, "missing": list(pairing.missing(view, code))}
            for code in pairing.candidates(view)
        ],
        "ready_pairs": [
            {
                "first": first,
                "second": second,
                "days_saved": pairing.days_saved(view.catalogue, first, second),
                "baseline": pairing.BASELINE,
            }
            for first, second in pairing.legal_pairs(view, ready=True)
        ],
        "refused": [
            {"first": first, "second": second, "rule": why.rule, "message": _why(speaker, why)}
            for first, second, why in _refused(view)
        ],
    }


def _matrix(speaker: Terminal, view: pairing.View) -> None:
    run = view.run
    speaker.print(
        "pairs.head",
        stage=run.stage,
        unit=run.unit,
        round=run.round.number,
        slots=run.slots,
        holders=view.holders or speaker.say("pairs.nobody"),
    )
    table = speaker.table("pairs.legal", ("two", "gain_days"), ("gain_days",))
    for first, second in pairing.legal_pairs(view, ready=True):
        saved = pairing.days_saved(view.catalogue, first, second)
        table.add_row(
            f"{_named(speaker, view, first)}\n{_named(speaker, view, second)}", str(saved)
        )
    if table.row_count:
        speaker.out.print(table)
    for code in pairing.candidates(view):
        documents = pairing.missing(view, code)
        if documents:
            names = [speaker.name(view.catalogue.documents[d].name) for d in documents]
            speaker.print("pairs.not_ready", item=_named(speaker, view, code), documents=names)
    for first, second, why in _refused(view):
        speaker.print("pairs.refused", first=first, second=second, why=_why(speaker, why))


def _refused(view: pairing.View) -> Iterator[tuple[str, str, pairing.Why]]:
    """Yield the pairs of candidates that no rule allows; that one is under way is no news."""
    for first, second in combinations(pairing.candidates(view), 2):
        why = pairing.why_not(view, first, second)
        if why is not None:
            yield first, second, why


def _why(speaker: Terminal, why: pairing.Why) -> str:
    return text(f"pair.rule.{why.rule}", speaker.locale, **why.params)


def _named(speaker: Terminal, view: pairing.View, code: str) -> str:
    return f"{code} {speaker.name(view.catalogue.items[code].name)}"
