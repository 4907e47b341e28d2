"""Paper for an unrolled history: plain BPMN processes, written node by node and flow by flow."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterable

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"

Flow = tuple[str, str, str | None]  # source, target, condition


@dataclass(slots=True)
class Sheet:
    """One process being written: nodes, flows, and what hangs on them.

    Attributes:
        nodes: Tag and attributes by id.
        defaults: Target of the default flow, by id of the exclusive gateway.
        scripts: Text of a script task, by id.
    """

    id: str
    nodes: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)
    defaults: dict[str, str] = field(default_factory=dict)
    scripts: dict[str, str] = field(default_factory=dict)

    def node(self, tag: str, name: str, **attributes: str) -> str:
        """Add a node and return its id."""
        self.nodes[name] = (tag, attributes)
        return name

    def flow(self, source: str, target: str, condition: str | None = None) -> None:
        """Lead from *source* to *target*."""
        self.flows.append((source, target, condition))

    def fan(self, source: str, targets: Iterable[str]) -> None:
        """Lead from *source* to every target, through a fork when there are several."""
        listed = list(targets)
        if len(listed) > 1:
            fork = self.node("parallelGateway", f"{source}__fork")
            self.flow(source, fork)
            source = fork
        for target in listed:
            self.flow(source, target)

    def choice(self, name: str, default: str, **ways: str) -> str:
        """Add an exclusive gateway: *ways* are target=condition."""
        self.node("exclusiveGateway", name)
        self.defaults[name] = default
        self.flow(name, default)
        for target, condition in ways.items():
            self.flow(name, target, condition)
        return name

    def join(self, name: str) -> str:
        """Add a gateway that waits for all of its incoming flows."""
        return self.node("parallelGateway", name)

    def tighten(self) -> None:
        """Take out gateways with one way in and one way out: each costs SpiffWorkflow a scan."""
        gateways = [name for name, (tag, _) in self.nodes.items() if tag == "parallelGateway"]
        for name in gateways:
            into = [flow for flow in self.flows if flow[1] == name]
            out = [flow for flow in self.flows if flow[0] == name]
            if len(into) == 1 and len(out) == 1:
                self._short_cut(name, into[0], out[0][1])

    def _short_cut(self, name: str, into: Flow, target: str) -> None:
        source, _, condition = into
        del self.nodes[name]
        self.flows = [flow for flow in self.flows if name not in flow[:2]]
        self.flow(source, target, condition)
        if self.defaults.get(source) == name:
            self.defaults[source] = target

    def element(self) -> etree._Element:
        """Return the process as XML; every boundary event hears the signal of its own id."""
        process = etree.Element(f"{{{MODEL}}}process", id=self.id, isExecutable="true")
        for name, (tag, attributes) in self.nodes.items():
            node = etree.SubElement(process, f"{{{MODEL}}}{tag}", {"id": name, **attributes})
            if name in self.defaults:
                node.set("default", _flow(name, self.defaults[name]))
            if tag == "boundaryEvent":
                signal = {"signalRef": f"signal__{name}"}
                etree.SubElement(node, f"{{{MODEL}}}signalEventDefinition", signal)
            if name in self.scripts:
                etree.SubElement(node, f"{{{MODEL}}}script").text = self.scripts[name]
        for source, target, condition in self.flows:
            ends = {"id": _flow(source, target), "sourceRef": source, "targetRef": target}
            flow = etree.SubElement(process, f"{{{MODEL}}}sequenceFlow", ends)
            if condition is not None:
                etree.SubElement(flow, f"{{{MODEL}}}conditionExpression").text = condition
        return process


def _flow(source: str, target: str) -> str:
    return f"flow__{source}__{target}"


def document(sheets: Iterable[Sheet]) -> bytes:
    """Return one BPMN file with all *sheets* and a signal for each boundary event."""
    root = etree.Element(f"{{{MODEL}}}definitions", id="unrolled", targetNamespace="unrolled")
    processes = []
    for sheet in sheets:
        for name, (tag, _) in sheet.nodes.items():
            if tag == "boundaryEvent":
                etree.SubElement(
                    root, f"{{{MODEL}}}signal", {"id": f"signal__{name}", "name": name}
                )
        processes.append(sheet.element())
    root.extend(processes)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
