"""Our own rules for a process, in our own words: the schema and the parser let much of it pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn.errors import (
    AutomaticLoopError,
    BlockConditionError,
    BlockEmptyError,
    BlockOrderingError,
    BoundaryError,
    CalledElementError,
    DeadEndError,
    FlowAcrossBorderError,
    FlowIntoEntryError,
    FlowListError,
    FlowOutOfEndError,
    HostError,
    InterruptingMilestoneError,
    LaneError,
    LooseFlowError,
    NoEndError,
    NotExecutableError,
    SelfCallError,
    SeveralOutgoingError,
    SignalError,
    StartCountError,
    TimerError,
    TwinFlowError,
    UnreachableError,
)
from bpmn.reader_sketch import ID
from bpmn.reader_words import full

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lxml import etree

    from bpmn.reader_sketch import Sketch, SketchNode

HOSTS = ("userTask", "callActivity", "adHocSubProcess")
GATEWAYS = ("parallelGateway", "exclusiveGateway")


def check(sketch: Sketch) -> None:
    """Check the shape of the process; conditions and extension elements are checked elsewhere.

    Raises:
        BpmnError: A subclass for the first broken rule.
    """
    _check_process(sketch)
    _check_flows(sketch)
    _check_flow_lists(sketch)
    for node in sketch.nodes.values():
        _check_degree(node, sketch)
    _check_blocks(sketch)
    _check_boundaries(sketch)
    _check_calls(sketch)
    _check_lanes(sketch)
    _check_reached(sketch)
    _check_no_automatic_loop(sketch)


def _check_process(sketch: Sketch) -> None:
    name = sketch.process.get("id", "")
    # The schema's default is "not executable", the parser's is the reverse: it must be written.
    if not _true(sketch.process.get("isExecutable", "false")):
        raise NotExecutableError(process=name)
    starts = sketch.of("startEvent")
    if len(starts) != 1:
        raise StartCountError(process=name, count=len(starts))
    if not sketch.of("endEvent"):
        raise NoEndError(process=name)


def _true(text: str) -> bool:
    return text.strip() in {"true", "1"}


def _check_flows(sketch: Sketch) -> None:
    seen: set[tuple[str, str]] = set()
    for flow in sketch.flows:
        for end in (flow.source, flow.target):
            if end not in sketch.nodes:
                raise LooseFlowError(flow=flow.id, node=end[:80])
        if sketch.nodes[flow.source].parent or sketch.nodes[flow.target].parent:
            raise FlowAcrossBorderError(flow=flow.id, source=flow.source, target=flow.target)
        if (flow.source, flow.target) in seen:
            raise TwinFlowError(source=flow.source, target=flow.target)
        seen.add((flow.source, flow.target))


def _check_flow_lists(sketch: Sketch) -> None:
    """The lists inside a node may be left out, but what they say must be so."""
    for node in sketch.nodes.values():
        for name, flows in (
            ("incoming", sketch.incoming[node.id]),
            ("outgoing", sketch.outgoing[node.id]),
        ):
            ids = {flow.id for flow in flows}
            for listed in node.xml.findall(full(name)):
                if listed.text not in ids:
                    raise FlowListError(node=node.id, flow=(listed.text or "")[:80], list=name)


def _check_degree(node: SketchNode, sketch: Sketch) -> None:
    incoming, outgoing = sketch.incoming[node.id], sketch.outgoing[node.id]
    if node.parent is not None:
        return
    if node.kind in {"startEvent", "boundaryEvent"} and incoming:
        raise FlowIntoEntryError(node=node.id, flow=incoming[0].id)
    if node.kind == "endEvent":
        if outgoing:
            raise FlowOutOfEndError(node=node.id, flow=outgoing[0].id)
        return
    if not outgoing:
        raise DeadEndError(node=node.id)
    if len(outgoing) > 1 and node.kind not in GATEWAYS:
        raise SeveralOutgoingError(node=node.id, count=len(outgoing))


def _check_blocks(sketch: Sketch) -> None:
    for block in sketch.of("adHocSubProcess"):
        # The parser never reads these two: it looks for them in the BPMN namespace.
        if block.xml.get("ordering", "Parallel") != "Parallel":
            raise BlockOrderingError(block=block.id, attribute="ordering")
        if _true(block.xml.get("cancelRemainingInstances", "true")):
            raise BlockOrderingError(block=block.id, attribute="cancelRemainingInstances")
        if block.xml.findtext(full("completionCondition")) != "all_done":
            raise BlockConditionError(block=block.id)
        if not any(node.parent == block.id for node in sketch.nodes.values()):
            raise BlockEmptyError(block=block.id)


def _check_boundaries(sketch: Sketch) -> None:
    signals = {s.get("id") for s in sketch.process.getroottree().iter(full("signal"))}
    for boundary in sketch.of("boundaryEvent"):
        host = sketch.nodes.get(boundary.xml.get("attachedToRef", ""))
        if host is None or host.kind not in HOSTS or host.parent is not None:
            raise HostError(boundary=boundary.id, host=boundary.xml.get("attachedToRef", "")[:80])
        timers = boundary.xml.findall(full("timerEventDefinition"))
        heard = boundary.xml.findall(full("signalEventDefinition"))
        if len(timers) + len(heard) != 1:
            raise BoundaryError(boundary=boundary.id, count=len(timers) + len(heard))
        if timers and timers[0].find(full("timeDuration")) is None:
            raise TimerError(boundary=boundary.id, value="")
        if heard and heard[0].get("signalRef") not in signals:
            raise SignalError(boundary=boundary.id, signal=heard[0].get("signalRef", "")[:80])
        if heard and _true(boundary.xml.get("cancelActivity", "true")):
            raise InterruptingMilestoneError(boundary=boundary.id)


def _check_calls(sketch: Sketch) -> None:
    for call in sketch.of("callActivity"):
        called = call.xml.get("calledElement", "")
        if not ID.fullmatch(called):
            raise CalledElementError(node=call.id, called=called[:80])
        if called == sketch.process.get("id"):
            raise SelfCallError(process=sketch.process.get("id", ""), node=call.id)


def _check_lanes(sketch: Sketch) -> None:
    seen: set[str] = set()
    for reference in sketch.process.iter(full("flowNodeRef")):
        name = reference.text or ""
        if name not in sketch.nodes or name in seen:
            raise LaneError(lane=_lane_name(reference), node=name[:80])
        seen.add(name)


def _lane_name(reference: etree._Element) -> str:
    lane = reference.getparent()
    return "" if lane is None else lane.get("name", "")[:80]


def _check_reached(sketch: Sketch) -> None:
    onward: dict[str, list[str]] = {
        name: [flow.target for flow in flows] for name, flows in sketch.outgoing.items()
    }
    for node in sketch.nodes.values():
        holder = node.xml.get("attachedToRef") if node.kind == "boundaryEvent" else node.parent
        if holder is not None:
            onward[holder].append(node.id)
    reached = _closure((node.id for node in sketch.of("startEvent")), onward)
    missed = tuple(name for name in sketch.nodes if name not in reached)
    if missed:
        raise UnreachableError(nodes=missed)


def _closure(first: Iterable[str], onward: Mapping[str, Iterable[str]]) -> set[str]:
    pending = list(first)
    reached = set(pending)
    while pending:
        fresh = set(onward[pending.pop()]) - reached
        reached |= fresh
        pending.extend(fresh)
    return reached


def _check_no_automatic_loop(sketch: Sketch) -> None:
    """Every circle must pass a user task: calls and blocks may have nothing to wait for."""
    automatic = {node.id for node in sketch.nodes.values() if node.kind != "userTask"}
    onward = {
        name: {flow.target for flow in sketch.outgoing[name]} & automatic for name in automatic
    }
    while leaves := {name for name in onward if not onward[name]}:
        onward = {name: onward[name] - leaves for name in onward if name not in leaves}
    if onward:
        raise AutomaticLoopError(nodes=tuple(sorted(onward)))
