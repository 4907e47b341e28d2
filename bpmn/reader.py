"""Read one BPMN file into a Diagram; refuse, by name, what we would not execute as drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn import reader_choices, reader_gate, reader_marks, reader_rules, reader_spiff
from bpmn.diagram import Diagram, Element, Kind
from bpmn.errors import MarkMissingError, ResultsMixedError
from bpmn.reader_sandbox import read_safely
from bpmn.reader_sketch import sketch

if TYPE_CHECKING:
    from bpmn.reader_spiff import Spec

__all__ = ["read", "read_safely"]


def read(xml: bytes) -> Diagram:
    """Return what *xml* says; for files of our own (uploads go through `read_safely`).

    The result depends on neither the drawing, the order in the file, labels' places nor the ids
    of flows. Calls are not followed: `bpmn.net.link` does that.

    Raises:
        BpmnError: A subclass for the first broken rule.
    """
    root = reader_gate.tree(xml)
    drawn = sketch(root)
    reader_spiff.check_schema(root)
    reader_rules.check(drawn)
    reader_choices.check(drawn)
    elements = tuple(_element(spec) for spec in reader_spiff.specs(root, drawn))
    _check_results(elements)
    return Diagram(
        id=drawn.process.get("id", ""),
        name=drawn.process.get("name", ""),
        elements=elements,
        join=reader_marks.join(drawn.process),
    )


def _element(spec: Spec) -> Element:
    kind, xml = spec.kind, spec.xml
    item = reader_marks.item_mark(xml) if kind is Kind.CALL else None
    if spec.parent is not None and item is None:
        raise MarkMissingError(node=spec.id, mark="item")
    return Element(
        id=spec.id,
        kind=kind,
        name=spec.name,
        lane=spec.lane,
        parent=spec.parent,
        targets=spec.targets,
        conditions=tuple(
            (target, reader_marks.condition(text, spec.id, reader_choices.NAMES))
            for target, text in spec.conditions
        ),
        default=spec.default,
        called=spec.called,
        host=spec.host,
        interrupting=spec.interrupting,
        timer=None if spec.duration is None else reader_marks.timer(xml, spec.duration),
        item=item,
        pairing=reader_marks.pairing(xml) if kind is Kind.BLOCK else None,
        step=reader_marks.step(xml) if kind is Kind.TASK else None,
        result=reader_marks.result(xml) if kind is Kind.END else None,
    )


def _check_results(elements: tuple[Element, ...]) -> None:
    ends = [element for element in elements if element.kind is Kind.END]
    without = tuple(end.id for end in ends if end.result is None)
    if without and len(without) != len(ends):
        raise ResultsMixedError(nodes=without)
