"""`abreast optimise classes STAGE`: what another class would bring, and the fewest moves needed."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from cli.office import opened
from cli.speech import SpokenCommand, as_json, option
from cli.terminal import Failed, Terminal, terminal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulation.optimise.planner import Question

MODES = ("rounds", "rolling")
Row = dict[str, Any]


@click.command("classes", cls=SpokenCommand, help="help.optimise_classes")
@click.argument("stage", type=click.IntRange(1, 5))
@option("--flow", type=click.IntRange(min=1), help="optimise_flow")
@option("--project", "code", help="optimise_project")
@option("--mode", type=click.Choice(MODES), default=MODES[0], help="optimise_mode")
@option("--move", "moves", multiple=True, help="optimise_move")
@as_json()
def classes(  # noqa: PLR0913, PLR0917 - one argument for each option of the command line
    stage: int,
    flow: int | None,
    code: str | None,
    mode: str,
    moves: tuple[str, ...],
    as_json: bool,  # noqa: FBT001 - click hands flags over by name
) -> None:
    """Show what each move would bring a stage."""
    # The solver takes a second to load: it is loaded when the command is called.
    from simulation.optimise.classes import board  # noqa: PLC0415 - see above
    from simulation.optimise.told import told  # noqa: PLC0415 - see above

    speaker = terminal()
    found = told(board(_question(stage, flow, code, mode, moves)))
    if as_json:
        speaker.data({"project": code, **found})
    else:
        _shown(speaker, found)


def _question(
    stage: int, flow: int | None, code: str | None, mode: str, moves: tuple[str, ...]
) -> Question:
    """Return what is asked.

    Raises:
        Failed: If neither or both of flow type and project are given, or the flow type is none.
        MoveRefusedError: If a move may not be made.
    """
    from simulation.optimise.moves import check_moves, move_of  # noqa: PLC0415 - see above
    from simulation.optimise.planner import Question, all_items  # noqa: PLC0415 - see above
    from simulation.scenario import Mode  # noqa: PLC0415 - see above

    if (flow is None) == (code is None):
        raise Failed("optimise.one_of")
    with closing(opened()) as parts:
        if code is None:
            catalogue, asked = parts.library.catalogue, flow or 0
            applicable = all_items(catalogue, asked)
        else:
            project = parts.handle.project(code)
            catalogue = parts.in_force.of(project).catalogue
            asked, applicable = project.flow, project.applicable
    if asked not in catalogue.flows:
        raise Failed("optimise.no_flow", flow=asked, allowed=list(catalogue.flows))
    made = tuple(map(move_of, moves))
    check_moves(catalogue, applicable, stage, made)
    return Question(
        catalogue=catalogue,
        applicable=applicable,
        flow=asked,
        stage=stage,
        mode=Mode(mode),
        made=made,
    )


def _shown(speaker: Terminal, told: Mapping[str, Any]) -> None:
    _items(speaker, told)
    speaker.print(
        "optimise.stage_now",
        stage=told["stage"],
        flow=told["flow"],
        days=told["days"],
        sure=_plan_sure(speaker, told),
        limit=speaker.say("optimise.no_limit") if told["limit"] is None else told["limit"],
        chain=told["chain"],
    )
    _ranked(speaker, told)
    if told["fewest"] is not None:
        _fewest(speaker, told["fewest"])


def _plan_sure(speaker: Terminal, told: Mapping[str, Any]) -> str:
    if told["proved"]:
        return speaker.say("optimise.proved")
    return speaker.say("optimise.gap", gap=f"{100 * told['gap']:.1f}")


def _items(speaker: Terminal, told: Mapping[str, Any]) -> None:
    """Show each item with its class and the best of the moves that the catalogue allows."""
    columns = (
        "optimise_item",
        "optimise_class",
        "optimise_takes",
        "optimise_best",
        "optimise_saved",
    )
    table = speaker.table("optimise.board", columns, ("optimise_takes", "optimise_saved"))
    for item in told["items"]:
        allowed = [each for each in (*item["moves"], *item["needs"]) if each["allowed"]]
        useful = [each for each in allowed if each["saved"] > 0]
        best = max(useful, key=lambda each: (each["saved"], each.get("to") == "free"), default=None)
        table.add_row(
            f"{item['item']} {item['name'][_language(speaker)]}",
            speaker.say(f"optimise.class.{item['coupling']}"),
            str(item["days"]),
            "-" if best is None else _move(speaker, item["item"], best),
            "-" if best is None else str(best["saved"]),
        )
    speaker.out.print(table)


def _ranked(speaker: Terminal, told: Mapping[str, Any]) -> None:
    """Show single moves; where several classes bring an item the same, the first of them."""
    columns = ("optimise_move", "optimise_after", "optimise_saved")
    table = speaker.table("optimise.ranked", columns, columns[1:])
    known: set[tuple[str, str | None, int]] = set()
    for each in told["ranked"]:
        same = (each["item"], each["document"], each["days"])
        if same not in known:
            known.add(same)
            move = _move(speaker, each["item"], each)
            table.add_row(move, str(each["days"]), str(each["saved"]))
    if table.row_count:
        speaker.out.print(table)


def _fewest(speaker: Terminal, fewest: Mapping[str, Any]) -> None:
    columns = ("optimise_move", "optimise_without")
    table = speaker.table("optimise.fewest", columns, columns[1:])
    for each in fewest["moves"]:
        table.add_row(_move(speaker, each["item"], each), str(each["without"]))
    if table.row_count:
        speaker.out.print(table)
    named = {"count": len(fewest["moves"]), "days": fewest["days"]}
    kind = "fewest" if fewest["met"] else "days"
    state = "sure" if fewest["proved"] else "least"
    sure = speaker.say(f"optimise.{kind}_{state}", least=fewest["least"])
    if fewest["met"] and not fewest["moves"]:
        speaker.print("optimise.met_already")
    else:
        speaker.print(
            "optimise.met_by" if fewest["met"] else "optimise.not_met", **named, sure=sure
        )


def _move(speaker: Terminal, item: str, move: Mapping[str, Any]) -> str:
    if move.get("to") is None:
        return speaker.say("optimise.soften", item=item, document=move["document"])
    to = speaker.say(f"optimise.class.{move['to']}")
    return speaker.say("optimise.move", item=item, to=to)


def _language(speaker: Terminal) -> str:
    return "en" if speaker.locale == "en" else "zh"
