from __future__ import annotations

import pytest
from lxml import etree

from bpmn import reader_gate, reader_spiff
from bpmn.conditions import parse
from bpmn.diagram import Element, ItemMark, Kind, Pairing, Performer, Result, Step, Timer
from bpmn.errors import LostError, ParserRefusedError
from bpmn.library import DEFINITIONS, shipped
from bpmn.reader import read
from bpmn.reader_sketch import sketch
from bpmn.reader_words import FLOW_NODES, short
from tests.support.bpmn_files import (
    ITEM,
    LANES,
    LIFECYCLE,
    STAGE,
    START,
    call,
    end,
    flow,
    task,
    wrapped,
)


def elements(xml: str) -> dict[str, Element]:
    return {element.id: element for element in read(xml.encode()).elements}


class TestAnItem:
    def test_has_its_step(self) -> None:
        step = Step(status=3, performer=Performer.WINDOW, outcomes=("accepted", "refused"))

        assert elements(ITEM)["accept"].step == step

    def test_leads_past_the_scaffolding_of_boundary_events(self) -> None:
        found = elements(ITEM)

        assert found["start"].targets == ("accept",)
        assert found["accept"].targets == ("accepted_or_not",)
        assert found["deemed"].targets == ("deliver",)

    def test_has_its_timer_on_its_host(self) -> None:
        deemed = elements(ITEM)["deemed"]

        assert deemed.host == "accept"
        assert deemed.interrupting
        assert deemed.timer == Timer(days=5, unit="working_day")

    def test_says_a_calendar_day_where_written(self) -> None:
        unit = (
            '"accept"><bpmn:extensionElements><abreast:timer days="5" unit="calendar_day"/>'
            "</bpmn:extensionElements><bpmn:timer"
        )

        deemed = elements(ITEM.replace('"accept"><bpmn:timer', unit))["deemed"]

        assert deemed.timer == Timer(days=5, unit="calendar_day")

    def test_has_conditions_by_target_and_a_default(self) -> None:
        choice = elements(ITEM)["accepted_or_not"]

        assert choice.conditions == (("end_refused", parse("outcome == 'refused'")),)
        assert choice.default == "deliver"
        assert choice.targets == ("deliver", "end_refused")

    def test_has_results_on_its_ends(self) -> None:
        found = elements(ITEM)

        assert found["end_granted"].result is Result.GRANTED
        assert found["end_refused"].result is Result.REFUSED

    def test_finds_the_guarded_target_of_a_condition(self) -> None:
        loop = (
            START
            + task("a", "done again")
            + '<bpmn:exclusiveGateway id="g" default="f_g__e"/>'
            + '<bpmn:boundaryEvent id="late" attachedToRef="a"><bpmn:timerEventDefinition>'
            + "<bpmn:timeDuration>P3D</bpmn:timeDuration></bpmn:timerEventDefinition>"
            + "</bpmn:boundaryEvent>"
            + end("e")
            + flow("start", "a")
            + flow("a", "g")
            + flow("g", "e")
            + flow("g", "a", "outcome == 'again'")
            + flow("late", "e")
        )

        choice = elements(wrapped(loop))["g"]

        assert choice.conditions == (("a", parse("outcome == 'again'")),)
        assert choice.targets == ("a", "e")

    def test_finds_the_guarded_target_of_a_default(self) -> None:
        swapped = ITEM.replace('targetRef="accept"', 'targetRef="first"').replace(
            START,
            START
            + '<bpmn:exclusiveGateway id="first" default="f_first__accept"/>'
            + flow("first", "accept")
            + flow("first", "deliver", "inspection"),
        )

        assert elements(swapped)["first"].default == "accept"

    def test_treats_the_only_flow_of_a_merge_as_its_default(self) -> None:
        merge = '<bpmn:exclusiveGateway id="m"/>'
        whole = START + task("a") + merge + end("e")

        found = elements(wrapped(whole + flow("start", "a") + flow("a", "m") + flow("m", "e")))

        assert found["m"].default == "e"
        assert found["m"].conditions == ()


class TestAStage:
    def test_has_its_join(self) -> None:
        assert read(STAGE.encode()).join == "all"

    def test_has_no_join_where_none_is_written(self) -> None:
        assert read(STAGE.replace(' join="all"', "").encode()).join is None

    def test_has_items_inside_their_block(self) -> None:
        found = elements(STAGE)

        assert found["pairs_1"].pairing == Pairing(slots=2, mode="rolling")
        assert found["S1_03"].parent == "pairs_1"
        assert found["S1_01"].parent is None
        assert found["S1_03"].targets == ()

    def test_has_the_marks_of_its_items(self) -> None:
        mark = elements(STAGE)["S1_03"].item

        assert mark == ItemMark(
            code="S1-03",
            department="housing",
            applies=None,
            needs=("D02",),
            milestone=False,
            inspection=False,
        )

    def test_has_lanes_by_name_and_blanks_do_not_matter(self) -> None:
        found = elements(STAGE)

        assert found["intake"].lane == "窗口"
        assert found["pairs_1"].lane == "可两两并事项"
        assert found["S1_02"].lane == "可两两并事项"
        assert found["join"].lane is None

    def test_reads_conditions_over_any_fact_in_applies(self) -> None:
        text = "flow in [1, 2] and eia == 'report'"
        written = STAGE.replace('code="S1-01"', f'code="S1-01" applies="{text}"')

        mark = elements(written)["S1_01"].item

        assert mark is not None
        assert mark.applies == parse(text)

    def test_may_do_without_lanes(self) -> None:
        assert elements(STAGE.replace(LANES, ""))["intake"].lane is None


class TestALifecycle:
    def test_has_milestones_that_do_not_interrupt(self) -> None:
        milestone = elements(LIFECYCLE)["milestone_1"]

        assert milestone.kind is Kind.BOUNDARY
        assert milestone.timer is None
        assert not milestone.interrupting
        assert milestone.host == "stage_1"

    def test_has_calls_without_item_marks(self) -> None:
        stage = elements(LIFECYCLE)["stage_2"]

        assert stage.called == "stage_2"
        assert stage.item is None


class TestNothingIsLost:
    def test_every_node_of_the_shipped_files_is_in_its_diagram(self) -> None:
        for name, diagram in shipped().items():
            root = etree.parse(DEFINITIONS / f"{name}.bpmn").getroot()
            drawn = {e.get("id") for e in root.iter() if short(e.tag) in FLOW_NODES}

            assert {element.id for element in diagram.elements} == drawn

    def test_every_flow_of_the_shipped_files_is_in_its_diagram(self) -> None:
        for name, diagram in shipped().items():
            root = etree.parse(DEFINITIONS / f"{name}.bpmn").getroot()
            drawn = {
                (e.get("sourceRef"), e.get("targetRef"))
                for e in root.iter()
                if short(e.tag) == "bpmn:sequenceFlow"
            }

            assert {(e.id, t) for e in diagram.elements for t in e.targets} == drawn

    def test_there_are_ten_shipped_files(self) -> None:
        assert len(shipped()) == 10

    def test_notices_a_node_that_the_parser_drops(self) -> None:
        dropped = ITEM.replace(START, START + task("island") + flow("island", "end_granted"))
        root = reader_gate.tree(dropped.encode())

        with pytest.raises(LostError) as caught:
            reader_spiff.specs(root, sketch(root))

        assert caught.value.params["dropped"] == ("island",)

    def test_notices_a_block_that_the_parser_drops(self) -> None:
        dropped = STAGE.replace(flow("fork", "pairs_1"), "")
        root = reader_gate.tree(dropped.encode())

        with pytest.raises(LostError) as caught:
            reader_spiff.specs(root, sketch(root))

        assert caught.value.params["dropped"] == ("S1_02", "S1_03", "pairs_1")

    def test_hands_on_what_the_parser_itself_refuses(self) -> None:
        refused = ITEM.replace('targetRef="deliver"', 'targetRef="ghost"')
        root = reader_gate.tree(refused.encode())

        with pytest.raises(ParserRefusedError):
            reader_spiff.specs(root, sketch(root))


class TestTheParser:
    def test_reads_the_longest_chain_that_the_gate_lets_through(self) -> None:
        names = [f"t{number}" for number in range(398)]
        chain = zip(["start", *names], [*names, "e"], strict=True)
        parts = [START, *map(task, names), end("e"), *(flow(a, b) for a, b in chain)]

        assert len(elements(wrapped("".join(parts)))) == 400

    def test_keeps_colours_notes_and_groups_out_of_the_diagram(self) -> None:
        notes = (
            '<bpmn:group id="g"/><bpmn:textAnnotation id="n"><bpmn:text>so</bpmn:text>'
            '</bpmn:textAnnotation><bpmn:association id="l" sourceRef="accept" targetRef="n"/>'
        )
        coloured = (
            '<bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane id="p"><bpmndi:BPMNShape id="s" '
            'bpmnElement="accept" bioc:fill="red" xmlns:bioc="http://bpmn.io/schema/bpmn/'
            'biocolor/1.0"><dc:Bounds x="1" y="2" width="3" height="4"/></bpmndi:BPMNShape>'
            "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>"
        )
        drawn = ITEM.replace("</bpmn:process>", f"{notes}</bpmn:process>").replace(
            "</bpmn:definitions>", coloured
        )

        assert read(drawn.encode()) == read(ITEM.encode())

    def test_reads_a_byte_order_mark_and_comments(self) -> None:
        commented = ITEM.replace(START, f"<!-- start -->{START}")

        assert read(commented.encode("utf-8-sig")) == read(ITEM.encode())

    def test_reads_a_call_in_a_plain_process(self) -> None:
        calling = START + call("S1-01", "item_y") + end("e")

        found = elements(wrapped(calling + flow("start", "S1_01") + flow("S1_01", "e")))

        assert found["S1_01"].called == "item_y"
