"""SpiffWorkflow's parser, made to carry our extension elements and to be the second reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import XSD_PATH, BpmnParser
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs.control import (
    BoundaryEventJoin,
    BoundaryEventSplit,
    BpmnStartTask,
    SimpleBpmnTask,
    _EndJoin,
)
from SpiffWorkflow.bpmn.specs.defaults import (
    AdHocSubprocess,
    BoundaryEvent,
    CallActivity,
    EndEvent,
    ExclusiveGateway,
    ParallelGateway,
    StartEvent,
    UserTask,
)
from SpiffWorkflow.bpmn.specs.event_definitions.timer import DurationTimerEventDefinition

from bpmn.diagram import Kind
from bpmn.errors import LostError, ParserRefusedError, SchemaError
from bpmn.reader_words import FLOW_NODES, full

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bpmn.reader_sketch import Sketch

_SPLIT = ".BoundaryEventSplit"
_SCAFFOLDING = (BpmnStartTask, _EndJoin, SimpleBpmnTask, BoundaryEventSplit, BoundaryEventJoin)
_KINDS = {
    StartEvent: Kind.START,
    EndEvent: Kind.END,
    UserTask: Kind.TASK,
    ParallelGateway: Kind.PARALLEL,
    ExclusiveGateway: Kind.EXCLUSIVE,
    CallActivity: Kind.CALL,
    AdHocSubprocess: Kind.BLOCK,
    BoundaryEvent: Kind.BOUNDARY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """One flow node as SpiffWorkflow understood it, its scaffolding resolved.

    Attributes:
        conditions: (target, text) of the conditional flows of an exclusive gateway.
        default: Target of the default flow; of the only flow, where there is one only.
        host: Id of the activity a boundary event is attached to.
        duration: Text of a boundary timer.
        xml: The node, as it came through the parser beside its extension elements.
    """

    id: str
    kind: Kind
    name: str
    lane: str | None
    parent: str | None
    targets: tuple[str, ...]
    conditions: tuple[tuple[str, str], ...]
    default: str | None
    called: str | None
    host: str | None
    interrupting: bool
    duration: str | None
    xml: etree._Element


def check_schema(root: etree._Element) -> None:
    """Validate against the OMG schema that comes with SpiffWorkflow.

    Raises:
        SchemaError: With the validator's message for the first violation, which names the line.
    """
    try:
        etree.XMLSchema(file=XSD_PATH).assertValid(root)
    except etree.DocumentInvalid as error:
        raise SchemaError(message=str(error)[:300]) from error


def specs(root: etree._Element, sketch: Sketch) -> tuple[Spec, ...]:
    """Parse the process and return its nodes by id; nothing of *sketch* is lost on the way.

    Raises:
        ParserRefusedError: If SpiffWorkflow refuses it.
        LostError: If its specs hold other nodes than the file (it drops some silently).
    """
    name = sketch.process.get("id", "")
    parser = _Parser()
    try:
        parser.add_bpmn_xml(root)
        found = list(_specs(parser.get_spec(name), None))
        for block in sketch.of("adHocSubProcess"):
            if parser.get_process_parser(block.id) is not None:
                found.extend(_specs(parser.get_spec(block.id), block.id))
    except ValidationException as error:
        raise ParserRefusedError(message=str(error)[:300]) from error
    _check_nothing_lost(sketch, found)
    return tuple(sorted(found, key=lambda spec: spec.id))


def _check_nothing_lost(sketch: Sketch, found: Iterable[Spec]) -> None:
    drawn = {(node.id, node.kind, node.parent) for node in sketch.nodes.values()}
    parsed = {(spec.id, spec.kind.value, spec.parent) for spec in found}
    if drawn != parsed:
        raise LostError(
            dropped=tuple(sorted(name for name, _, _ in drawn - parsed)),
            invented=tuple(sorted(name for name, _, _ in parsed - drawn)),
        )
    flows = {(flow.source, flow.target) for flow in sketch.flows}
    followed = {(spec.id, target) for spec in found for target in spec.targets}
    if flows != followed:
        raise LostError(
            dropped=tuple(sorted(map("->".join, flows - followed))),
            invented=tuple(sorted(map("->".join, followed - flows))),
        )


# SpiffWorkflow is untyped: its objects are Any inside these functions and never leave them.
def _specs(process: Any, parent: str | None) -> Iterator[Spec]:  # noqa: ANN401
    for spec in process.task_specs.values():
        kind = _KINDS.get(type(spec))
        if kind is not None:
            yield _spec(spec, kind, parent)
        elif not isinstance(spec, _SCAFFOLDING):
            raise LostError(dropped=(), invented=(str(spec.name)[:80],))


def _spec(spec: Any, kind: Kind, parent: str | None) -> Spec:  # noqa: ANN401
    choice, boundary = kind is Kind.EXCLUSIVE, kind is Kind.BOUNDARY
    timed = boundary and isinstance(spec.event_definition, DurationTimerEventDefinition)
    default = spec.default_task_spec if choice else None
    return Spec(
        id=spec.name,
        kind=kind,
        name=spec.bpmn_name or "",
        lane=spec.lane,
        parent=parent,
        targets=tuple(sorted(_targets(spec))),
        conditions=tuple(sorted(_conditions(spec))) if choice else (),
        default=None if default is None else default.removesuffix(_SPLIT),
        called=spec.spec if kind is Kind.CALL else None,
        host=spec.inputs[0].name.removesuffix(_SPLIT) if boundary else None,
        interrupting=spec.cancel_activity if boundary else True,
        duration=spec.event_definition.expression if timed else None,
        xml=spec.extensions["node"],
    )


def _targets(spec: Any) -> Iterator[str]:  # noqa: ANN401
    """Resolve the scaffolding: into a guarded task through its split, out of it past its join."""
    for output in spec.outputs:
        if isinstance(output, BoundaryEventSplit):
            yield output.name.removesuffix(_SPLIT)
        elif not isinstance(output, _SCAFFOLDING):
            yield output.name


def _conditions(spec: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    for condition, target in spec.cond_task_specs:
        if condition is not None:
            yield target.removesuffix(_SPLIT), condition.args[0]


def _carrying(kind: type) -> type:
    """Make a subclass of a parser class that hands the node on with the spec."""

    def parse_extensions(self: Any, _node: Any = None) -> dict[str, Any]:  # noqa: ANN401
        return {"node": self.node}

    return type(f"Carrying{kind.__name__}", (kind,), {"parse_extensions": parse_extensions})


class _Parser(BpmnParser):  # type: ignore[misc]
    """SpiffWorkflow's parser for our subset; every spec keeps its XML node."""

    PARSER_CLASSES = {  # noqa: RUF012 - the name and form are the library's
        tag: (_carrying(parser), spec)
        for tag, (parser, spec) in BpmnParser.PARSER_CLASSES.items()
        if tag in {full(name.removeprefix("bpmn:")) for name in FLOW_NODES}
    }
