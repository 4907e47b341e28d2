"""The classes of a stage's items: the planner's board, and what each move would bring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api import actors, limits, sight
from api.contract import reads
from api.parser import Nouns
from api.parts import parts
from api.problems import InvalidError, pointer_to
from api.schemas.classes import ClassesQuerySchema, ClassesSchema
from api.worked_out import READING
from workflows.access import READS, Read, Scope, may
from workflows.errors import NotAllowedError, UnknownStageError

if TYPE_CHECKING:
    from simulation.optimise.moves import Move
    from simulation.optimise.planner import Question
    from workflows.catalogue.values import Catalogue

nouns = Nouns("classes", __name__, description="What another class of an item would bring a stage")
Row = dict[str, Any]


@nouns.route("/stages/<number:stage>/classes", methods=["GET"])
@reads(nouns, "getClasses", ClassesSchema, query=ClassesQuerySchema)
def show_classes(query: Row, stage: int) -> Row:
    """Show the classes of a stage's items, and what each move would bring.

    For those who may read reports of the whole district. Every item with its class, whether it
    takes a slot and why not; every other class and every hard need with the days of the stage
    after that one move, or with what stands against it; and the fewest moves that meet the limit.
    With `moves` all of this is told of the stage after those. By committed limits, with the best
    pairs; nothing is changed by it.
    """
    from simulation.optimise.classes import board  # noqa: PLC0415 - OR-Tools takes a second
    from simulation.optimise.told import told  # noqa: PLC0415 - as above

    actor = actors.current()
    if not may(actor, READS[Read.REPORT], Scope()):
        raise NotAllowedError(actor=actor.id, command="ReadClasses")
    limits.count(actor.id, READING)
    asked = _question(query, stage)
    return {"project": query.get("project"), **told(board(asked))}


def _question(query: Row, stage: int) -> Question:
    """Return what is asked.

    Raises:
        InvalidError: If neither or both of flow type and project are given, the flow type is
            none, or a move may not be made.
        UnknownStageError: If there is no such stage.
    """
    from simulation.optimise.planner import Question  # noqa: PLC0415 - as above
    from simulation.scenario import Mode  # noqa: PLC0415 - as above

    catalogue, flow, applicable = _whose(query)
    if stage not in catalogue.stages:
        raise UnknownStageError(stage=stage, unit=0)
    return Question(
        catalogue=catalogue,
        applicable=applicable,
        flow=flow,
        stage=stage,
        mode=Mode(query["mode"]),
        made=_made(query.get("moves", ""), catalogue, applicable, stage),
    )


def _whose(query: Row) -> tuple[Catalogue, int, tuple[str, ...]]:
    """Return the catalogue, the flow type and the items of a flow type or of a project."""
    from simulation.optimise.planner import all_items  # noqa: PLC0415 - as above

    if ("flow" in query) == ("project" in query):
        raise InvalidError.at("", "move.one_of")
    if "project" in query:
        project = sight.project(query["project"], actors.current())
        return parts().in_force.of(project).catalogue, project.flow, project.applicable
    catalogue, flow = parts().library.catalogue, query["flow"]
    if flow not in catalogue.flows:
        known = ", ".join(map(str, catalogue.flows))
        raise InvalidError.at("/flow", "facts.flow_unknown", flow=flow, allowed=known)
    return catalogue, flow, all_items(catalogue, flow)


def _made(
    said: str, catalogue: Catalogue, applicable: tuple[str, ...], stage: int
) -> tuple[Move, ...]:
    """Return the moves that are made already, if each of them may be."""
    from simulation.optimise.moves import MoveRefusedError, check_moves, move_of  # noqa: PLC0415 - as above

    try:
        moves = tuple(move_of(each) for each in said.split(",") if each.strip())
        check_moves(catalogue, applicable, stage, moves)
    except MoveRefusedError as error:
        raise InvalidError.at(pointer_to("moves"), error.code, **error.params) from error
    return moves
