"""Writing a sketch and its layout as BPMN 2.0: the same input gives the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml import etree

from bpmn.diagram import Kind

if TYPE_CHECKING:
    from lxml.etree import _Element as Xml

    from bpmn._geometry import Box, Layout
    from bpmn._sketch import Flow, Node, Sketch
    from bpmn.plan import ItemPlan

ABREAST: Final = "https://abreast.dev/bpmn/1"
NAMESPACES: Final = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "abreast": ABREAST,
}
FORMAL: Final = {"xsi:type": "bpmn:tFormalExpression"}
ALL_DONE: Final = "all_done"  # for other tools: our token core ends a block by itself


def write(sketch: Sketch, layout: Layout) -> bytes:
    """Return the file: UTF-8, pretty printed, with a final newline."""
    root = etree.Element(
        _tag("bpmn:definitions"),
        {
            "id": f"definitions_{sketch.id}",
            "targetNamespace": ABREAST,
            "exporter": "abreast",
        },
        nsmap=NAMESPACES,
    )
    for signal, name in sketch.signals:
        _add(root, "bpmn:signal", id=signal, name=name)
    for group in sketch.groups:
        category = _add(root, "bpmn:category", id=f"{group.id}_category")
        _add(category, "bpmn:categoryValue", id=f"{group.id}_value", value=group.name)
    _process(root, sketch)
    _diagram(root, sketch, layout)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _process(root: Xml, sketch: Sketch) -> None:
    process = _add(
        root, "bpmn:process", id=sketch.id, name=sketch.name, isExecutable=_yes(value=True)
    )
    if sketch.stage is not None:
        extensions = _add(process, "bpmn:extensionElements")
        _add(extensions, "abreast:stage", number=str(sketch.stage), join=sketch.join)
    _lanes(process, sketch)
    for node in sketch.nodes:
        if node.parent is None:
            _node(process, sketch, node)
    for flow in sketch.flows:
        _flow(process, flow)


def _lanes(process: Xml, sketch: Sketch) -> None:
    lanes = _add(process, "bpmn:laneSet", id=f"lanes_{sketch.id}")
    for lane in sketch.lanes:
        element = _add(lanes, "bpmn:lane", id=lane.id, name=lane.name)
        for node in sketch.nodes:
            if node.lane == lane.id:
                _add(element, "bpmn:flowNodeRef").text = node.id


def _node(parent: Xml, sketch: Sketch, node: Node) -> None:
    """Write one flow node; the schema fixes the order of its parts."""
    element = _add(parent, f"bpmn:{node.kind}", **_attributes(sketch, node))
    _extensions(element, node)
    for flow in sketch.flows:
        if flow.target == node.id:
            _add(element, "bpmn:incoming").text = flow.id
    for flow in sketch.flows:
        if flow.source == node.id:
            _add(element, "bpmn:outgoing").text = flow.id
    if node.kind is Kind.BLOCK:
        _block(element, sketch, node)
    elif node.kind is Kind.BOUNDARY:
        _trigger(element, node)


def _attributes(sketch: Sketch, node: Node) -> dict[str, str | None]:
    attributes: dict[str, str | None] = {"id": node.id, "name": node.name or None}
    match node.kind:
        case Kind.CALL:
            attributes |= {"calledElement": node.called}
        case Kind.BLOCK:
            attributes |= {"ordering": "Parallel", "cancelRemainingInstances": _yes(value=False)}
        case Kind.BOUNDARY:
            attributes |= {
                "attachedToRef": node.host,
                "cancelActivity": _yes(value=node.interrupting),
            }
        case Kind.EXCLUSIVE:
            defaults = (flow.id for flow in sketch.flows if flow.source == node.id and flow.default)
            attributes |= {"default": next(defaults, None)}
        case _:
            pass
    return attributes


def _extensions(element: Xml, node: Node) -> None:
    parts: list[Xml] = []
    if node.item:
        parts.append(_item(node.item))
    if node.pairing:
        parts.append(_new("abreast:pairing", slots=str(node.pairing.slots), mode=node.pairing.mode))
    if node.step:
        parts.append(
            _new(
                "abreast:step",
                status=str(node.step.status),
                performer=node.step.performer,
                outcomes=" ".join(node.step.outcomes),
            )
        )
    if node.result:
        parts.append(_new("abreast:result", value=node.result))
    if node.timer:
        parts.append(_new("abreast:timer", days=str(node.timer.days), unit=node.timer.unit))
    if parts:
        _add(element, "bpmn:extensionElements").extend(parts)


def _item(item: ItemPlan) -> Xml:
    element = _new(
        "abreast:item",
        code=item.code,
        department=item.department,
        milestone=_yes(value=item.milestone),
        inspection=_yes(value=item.inspection),
        applies=item.applies,
    )
    for document in item.needs:
        _add(element, "abreast:needs", document=document, kind="hard")
    return element


def _block(element: Xml, sketch: Sketch, node: Node) -> None:
    for child in sketch.children(node.id):
        _node(element, sketch, child)
    for group in sketch.groups:
        if group.block == node.id:
            _add(element, "bpmn:group", id=group.id, categoryValueRef=f"{group.id}_value")
    _add(element, "bpmn:completionCondition", **FORMAL).text = ALL_DONE


def _trigger(element: Xml, node: Node) -> None:
    if node.timer:
        timer = _add(element, "bpmn:timerEventDefinition", id=f"{node.id}_timer")
        _add(timer, "bpmn:timeDuration", **FORMAL).text = f"P{node.timer.days}D"
    else:
        _add(
            element,
            "bpmn:signalEventDefinition",
            id=f"{node.id}_signal",
            signalRef=node.signal,
        )


def _flow(process: Xml, flow: Flow) -> None:
    element = _add(
        process,
        "bpmn:sequenceFlow",
        id=flow.id,
        name=flow.name or None,
        sourceRef=flow.source,
        targetRef=flow.target,
    )
    if flow.condition:
        _add(element, "bpmn:conditionExpression", **FORMAL).text = flow.condition


def _diagram(root: Xml, sketch: Sketch, layout: Layout) -> None:
    diagram = _add(root, "bpmndi:BPMNDiagram", id=f"diagram_{sketch.id}")
    plane = _add(diagram, "bpmndi:BPMNPlane", id=f"plane_{sketch.id}", bpmnElement=sketch.id)
    for lane in sketch.lanes:
        _shape(plane, lane.id, layout, isHorizontal=_yes(value=True))
    for node in sketch.nodes:
        block = node.kind is Kind.BLOCK
        _shape(plane, node.id, layout, **({"isExpanded": _yes(value=True)} if block else {}))
    for group in sketch.groups:
        _shape(plane, group.id, layout)
    for flow in sketch.flows:
        _edge(plane, flow, layout)


def _shape(plane: Xml, element: str, layout: Layout, **attributes: str) -> None:
    box = layout.lanes.get(element) or layout.shapes[element]
    shape = _add(plane, "bpmndi:BPMNShape", id=f"{element}_di", bpmnElement=element, **attributes)
    _bounds(shape, box)
    _label(shape, element, layout)


def _edge(plane: Xml, flow: Flow, layout: Layout) -> None:
    edge = _add(plane, "bpmndi:BPMNEdge", id=f"{flow.id}_di", bpmnElement=flow.id)
    for point in layout.routes[flow.id]:
        _add(edge, "di:waypoint", x=str(point.x), y=str(point.y))
    _label(edge, flow.id, layout)


def _label(parent: Xml, element: str, layout: Layout) -> None:
    if box := layout.labels.get(element):
        _bounds(_add(parent, "bpmndi:BPMNLabel"), box)


def _bounds(parent: Xml, box: Box) -> None:
    _add(
        parent,
        "dc:Bounds",
        x=str(box.x),
        y=str(box.y),
        width=str(box.width),
        height=str(box.height),
    )


def _add(parent: Xml, tag: str, /, **attributes: str | None) -> Xml:
    """Append a new element to *parent* and return it; attributes of None are left out."""
    return etree.SubElement(parent, _tag(tag), _clark(attributes))


def _new(tag: str, /, **attributes: str | None) -> Xml:
    return etree.Element(_tag(tag), _clark(attributes), nsmap=NAMESPACES)


def _clark(attributes: dict[str, str | None]) -> dict[str, str]:
    return {
        _tag(name) if ":" in name else name: value
        for name, value in attributes.items()
        if value is not None
    }


def _tag(name: str) -> str:
    """Return the name as lxml wants it.

    >>> _tag("abreast:item")
    '{https://abreast.dev/bpmn/1}item'
    """
    prefix, local = name.split(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


def _yes(*, value: bool) -> str:
    return "true" if value else "false"
