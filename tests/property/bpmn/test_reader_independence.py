"""What a diagram says depends on its elements, and on nothing about how the file was drawn."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from bpmn.errors import BpmnError
from bpmn.library import DEFINITIONS, shipped
from bpmn.reader import read
from bpmn.reader_words import full

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = tuple(sorted(path.stem for path in DEFINITIONS.glob("*.bpmn")))
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
MOVABLE = {full(name) for name in ("sequenceFlow", "userTask", "callActivity", "boundaryEvent")}


def shuffled(root: etree._Element, luck: Random) -> None:
    """Put the flow elements of the process and of its blocks into another order."""
    process = root.find(full("process"))
    assert process is not None
    for holder in (process, *process.iter(full("adHocSubProcess"))):
        places = [place for place, child in enumerate(holder) if child.tag in MOVABLE]
        children = [holder[place] for place in places]
        luck.shuffle(children)
        everything = list(holder)
        for place, child in zip(places, children, strict=True):
            everything[place] = child
        holder[:] = everything


def moved(root: etree._Element, luck: Random) -> None:
    for bounds in root.iter(f"{DC}Bounds"):
        bounds.set("x", str(luck.randrange(5000)))
        bounds.set("y", str(luck.randrange(5000)))


def undrawn(root: etree._Element, _luck: Random) -> None:
    for diagram in root.findall(f"{DI}BPMNDiagram"):
        root.remove(diagram)


def renamed_flows(root: etree._Element, luck: Random) -> None:
    """Give every sequence flow another id, wherever it is named."""
    flows = [e.get("id", "") for e in root.iter(full("sequenceFlow"))]
    numbers = luck.sample(range(10 * len(flows)), len(flows))
    names = {old: f"Flow_{number}" for old, number in zip(flows, numbers, strict=True)}
    for element in root.iter():
        for key in ("id", "default", "bpmnElement"):
            if element.get(key, "") in names:
                element.set(key, names[element.get(key, "")])
        if element.text in names:
            element.text = names[element.text]


def reattributed(root: etree._Element, luck: Random) -> None:
    for element in root.iter():
        pairs = list(element.attrib.items())
        luck.shuffle(pairs)
        element.attrib.clear()
        for key, value in pairs:
            element.set(key, value)


def unlisted(root: etree._Element, _luck: Random) -> None:
    """Leave out the lists of incoming and outgoing flows: the flows say the same."""
    for tag in ("incoming", "outgoing"):
        for element in list(root.iter(full(tag))):
            parent = element.getparent()
            assert parent is not None
            parent.remove(element)


class TestADiagram:
    @pytest.mark.parametrize(
        "change", [shuffled, moved, undrawn, renamed_flows, reattributed, unlisted]
    )
    @settings(max_examples=20)
    @given(name=st.sampled_from(NAMES), seed=st.integers(0, 2**32))
    def test_does_not_depend_on_how_it_was_drawn(
        self, change: Callable[[etree._Element, Random], None], name: str, seed: int
    ) -> None:
        root = etree.fromstring((DEFINITIONS / f"{name}.bpmn").read_bytes())

        change(root, Random(seed))

        assert read(etree.tostring(root)) == shipped()[name]


VALUES = ("", "x", "true", "start", "join", "-1", "P1D", "a.b", "99999", "outcome == 'refused'")


def mutated(root: etree._Element, luck: Random) -> None:
    """Do one thing at random: drop, double, move, retag an element; drop or set an attribute."""
    everything = [element for element in root.iter() if element.getparent() is not None]
    element, other = luck.choice(everything), luck.choice(everything)
    parent = element.getparent()
    assert parent is not None
    match luck.randrange(6):
        case 0:
            parent.remove(element)
        case 1:
            parent.insert(0, etree.fromstring(etree.tostring(element)))
        case 2 if other not in set(element.iter()):
            other.append(element)
        case 3:
            element.tag = other.tag
        case 4 if element.attrib:
            del element.attrib[luck.choice(list(element.attrib))]
        case _:
            keys = [*element.attrib, *other.attrib, "id"]
            values = [*VALUES, *(str(value) for value in other.attrib.values())]
            element.set(luck.choice(keys), luck.choice(values))


def answer(xml: bytes) -> str:
    """Read the file or say why not; any other error than ours passes through."""
    try:
        return read(xml).id
    except BpmnError as error:
        return error.code


class TestAMutatedFile:
    @settings(max_examples=150)
    @given(name=st.sampled_from(NAMES), seed=st.integers(0, 2**32), times=st.integers(1, 4))
    def test_is_read_or_refused_by_name(self, name: str, seed: int, times: int) -> None:
        root = etree.fromstring((DEFINITIONS / f"{name}.bpmn").read_bytes())
        luck = Random(seed)
        for _ in range(times):
            mutated(root, luck)

        assert answer(etree.tostring(root))

    @settings(max_examples=100)
    @given(
        name=st.sampled_from(NAMES),
        at=st.integers(0, 10_000),
        length=st.integers(0, 40),
        junk=st.binary(max_size=40),
    )
    def test_is_refused_by_name_or_read_when_its_bytes_were_changed(
        self, name: str, at: int, length: int, junk: bytes
    ) -> None:
        good = (DEFINITIONS / f"{name}.bpmn").read_bytes()

        assert answer(good[:at] + junk + good[at + length :])
