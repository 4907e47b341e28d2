"""The words of our BPMN subset: which element may stand where, with which attributes."""

from __future__ import annotations

from dataclasses import dataclass

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ABREAST = "https://abreast.dev/bpmn/1"

_PREFIXES = {
    BPMN: "bpmn",
    ABREAST: "abreast",
    "http://www.omg.org/spec/BPMN/20100524/DI": "bpmndi",
    "http://www.omg.org/spec/DD/20100524/DC": "dc",
    "http://www.omg.org/spec/DD/20100524/DI": "di",
    "http://www.w3.org/2001/XMLSchema-instance": "xsi",
    "http://camunda.org/schema/modeler/1.0": "modeler",
    "http://bpmn.io/schema/bpmn/biocolor/1.0": "bioc",
    "http://www.omg.org/spec/BPMN/non-normative/color/1.0": "color",
}


@dataclass(frozen=True, slots=True)
class Word:
    """One element: its attributes and its children, by short name.

    Attributes:
        drawing: Its plain attributes are left to the schema, and it may be coloured.
    """

    attributes: frozenset[str]
    children: frozenset[str]
    drawing: bool = False


def short(tag: str) -> str:
    """Return *tag* with a prefix of ours for a known namespace; others keep theirs in braces.

    >>> short(full("process")), short("{urn:x}y"), short("id")
    ('bpmn:process', '{urn:x}y', 'id')
    """
    if not tag.startswith("{"):
        return tag
    namespace, _, name = tag[1:].partition("}")
    prefix = _PREFIXES.get(namespace)
    return tag if prefix is None else f"{prefix}:{name}"


def full(name: str) -> str:
    """Return the qualified tag of a BPMN element, `process` -> `{...}process`."""
    return f"{{{BPMN}}}{name}"


def _word(attributes: str = "", children: str = "") -> Word:
    return Word(frozenset(attributes.split()), frozenset(children.split()))


def _drawn(children: str = "") -> Word:
    return Word(frozenset(), frozenset(children.split()), drawing=True)


_NOTES = "bpmn:documentation bpmn:extensionElements"
_NODE = f"{_NOTES} bpmn:incoming bpmn:outgoing"
_ARTEFACTS = "bpmn:group bpmn:textAnnotation bpmn:association"
_FLOW_NODES = (
    "bpmn:startEvent bpmn:endEvent bpmn:userTask bpmn:parallelGateway bpmn:exclusiveGateway "
    "bpmn:callActivity bpmn:adHocSubProcess bpmn:boundaryEvent"
)

# What is not here is refused. That is on purpose for every element or attribute that would change
# what a process does (loops, multi-instance, scripts, messages, compensation, isForCompensation,
# triggeredByEvent ...): reading over it would run something else than what was drawn.
# `xsi:schemaLocation` is missing because libxml2 fetches what it names.
WORDS = {
    "bpmn:definitions": _word(
        "id name targetNamespace expressionLanguage typeLanguage exporter exporterVersion "
        "modeler:executionPlatform modeler:executionPlatformVersion",
        "bpmn:process bpmn:collaboration bpmn:signal bpmn:category bpmndi:BPMNDiagram",
    ),
    "bpmn:collaboration": _word("id name isClosed", f"{_NOTES} bpmn:participant {_ARTEFACTS}"),
    "bpmn:participant": _word("id name processRef", _NOTES),
    "bpmn:signal": _word("id name"),
    "bpmn:category": _word("id name", "bpmn:categoryValue"),
    "bpmn:categoryValue": _word("id value"),
    "bpmn:process": _word(
        "id name isExecutable isClosed processType",
        f"{_NOTES} bpmn:laneSet {_FLOW_NODES} bpmn:sequenceFlow {_ARTEFACTS}",
    ),
    "bpmn:laneSet": _word("id name", f"{_NOTES} bpmn:lane"),
    "bpmn:lane": _word("id name", f"{_NOTES} bpmn:flowNodeRef"),
    "bpmn:flowNodeRef": _word(),
    "bpmn:documentation": _word("id textFormat"),
    "bpmn:extensionElements": _word(
        "",
        "abreast:stage abreast:item abreast:pairing abreast:step abreast:result abreast:timer",
    ),
    "bpmn:incoming": _word(),
    "bpmn:outgoing": _word(),
    "bpmn:startEvent": _word("id name", _NODE),
    "bpmn:endEvent": _word("id name", _NODE),
    "bpmn:userTask": _word("id name", _NODE),
    "bpmn:parallelGateway": _word("id name gatewayDirection", _NODE),
    "bpmn:exclusiveGateway": _word("id name gatewayDirection default", _NODE),
    "bpmn:callActivity": _word("id name calledElement", _NODE),
    "bpmn:adHocSubProcess": _word(
        "id name ordering cancelRemainingInstances",
        f"{_NODE} bpmn:callActivity {_ARTEFACTS} bpmn:completionCondition",
    ),
    "bpmn:completionCondition": _word("id xsi:type"),
    "bpmn:boundaryEvent": _word(
        "id name attachedToRef cancelActivity",
        f"{_NODE} bpmn:timerEventDefinition bpmn:signalEventDefinition",
    ),
    "bpmn:timerEventDefinition": _word("id", "bpmn:timeDuration"),
    "bpmn:timeDuration": _word("id xsi:type"),
    "bpmn:signalEventDefinition": _word("id signalRef"),
    "bpmn:sequenceFlow": _word("id name sourceRef targetRef", f"{_NOTES} bpmn:conditionExpression"),
    "bpmn:conditionExpression": _word("id xsi:type"),
    "bpmn:group": _word("id categoryValueRef", _NOTES),
    "bpmn:textAnnotation": _word("id textFormat", f"{_NOTES} bpmn:text"),
    "bpmn:text": _word(),
    "bpmn:association": _word("id sourceRef targetRef associationDirection", _NOTES),
    "abreast:stage": _word("number join"),
    "abreast:item": _word("code department milestone inspection applies", "abreast:needs"),
    "abreast:needs": _word("document kind"),
    "abreast:pairing": _word("slots mode"),
    "abreast:step": _word("status performer outcomes"),
    "abreast:result": _word("value"),
    "abreast:timer": _word("days unit"),
    "bpmndi:BPMNDiagram": _drawn("bpmndi:BPMNPlane bpmndi:BPMNLabelStyle"),
    "bpmndi:BPMNPlane": _drawn("bpmndi:BPMNShape bpmndi:BPMNEdge"),
    "bpmndi:BPMNShape": _drawn("dc:Bounds bpmndi:BPMNLabel"),
    "bpmndi:BPMNEdge": _drawn("di:waypoint bpmndi:BPMNLabel"),
    "bpmndi:BPMNLabel": _drawn("dc:Bounds"),
    "bpmndi:BPMNLabelStyle": _drawn("dc:Font"),
    "dc:Bounds": _drawn(),
    "dc:Font": _drawn(),
    "di:waypoint": _drawn(),
}

# Where each of our extension elements says something.
EXTENSION_HOSTS = {
    "abreast:stage": "bpmn:process",
    "abreast:item": "bpmn:callActivity",
    "abreast:pairing": "bpmn:adHocSubProcess",
    "abreast:step": "bpmn:userTask",
    "abreast:result": "bpmn:endEvent",
    "abreast:timer": "bpmn:boundaryEvent",
}

COLOURED = frozenset({
    "bioc:stroke",
    "bioc:fill",
    "color:background-color",
    "color:border-color",
    "color:color",
})  # fmt: skip

FLOW_NODES = frozenset(_FLOW_NODES.split())
