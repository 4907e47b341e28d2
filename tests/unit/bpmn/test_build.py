from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from bpmn._xml import NAMESPACES
from bpmn.build import definitions
from bpmn.plan import ItemPlan, StagePlan

if TYPE_CHECKING:
    from lxml.etree import _Element as Xml


def item(code: str, *, department: str = "housing", **changes: object) -> ItemPlan:
    plain = ItemPlan(
        code=code,
        name="施工许可证核发",
        department=department,
        lane=f"部门 {department}",
        kind="item_standard",
        applies=None,
        needs=(),
        milestone=False,
        inspection=False,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


# a -> c, b -> c, a -> d: c has two ways in, a has two ways out
A, B, C, D = (item(f"S3-0{number}") for number in range(1, 5))
STAGE = StagePlan(
    number=3,
    name="施工许可",
    ordered=(A, replace(B, department="water", lane="水务局"), C, D),
    edges=(("S3-01", "S3-03"), ("S3-02", "S3-03"), ("S3-01", "S3-04")),
    pairable=(item("S3-05", needs=("D39", "D40"), applies="flow in [1, 2]"),),
    free=(item("S3-06", kind="item_utility", inspection=True, milestone=True),),
    join="all",
)
ALONGSIDE = StagePlan(
    number=5, name="并行推进", ordered=(), edges=(), pairable=(), free=(item("S5-01"),), join=None
)
PLANS = (
    *(replace(STAGE, number=number) for number in (1, 2)),
    STAGE,
    replace(STAGE, number=4),
    ALONGSIDE,
)


def process(name: str, plans: tuple[StagePlan, ...] = PLANS) -> Xml:
    root = etree.fromstring(definitions(plans)[f"{name}.bpmn"])
    return found(root, "bpmn:process")[0]


def found(element: Xml, path: str) -> list[Xml]:
    return element.findall(path, NAMESPACES)


def one(element: Xml, path: str) -> Xml:
    (only,) = found(element, path)
    return only


def attributes(element: Xml) -> dict[str, str]:
    return {str(name): str(value) for name, value in element.attrib.items()}


def flows(root: Xml) -> set[tuple[str, str]]:
    return {
        (attributes(f)["sourceRef"], attributes(f)["targetRef"])
        for f in found(root, "bpmn:sequenceFlow")
    }


def by_id(root: Xml, name: str) -> Xml:
    return one(root, f".//*[@id='{name}']")


class TestDefinitions:
    def test_are_the_lifecycle_the_stages_and_the_kinds_of_item(self) -> None:
        assert list(definitions(PLANS)) == [
            "lifecycle.bpmn",
            *(f"stage_{number}.bpmn" for number in range(1, 6)),
            "item_standard.bpmn",
            "item_commitment.bpmn",
            "item_review.bpmn",
            "item_utility.bpmn",
        ]

    def test_are_the_same_bytes_each_time(self) -> None:
        assert definitions(PLANS) == definitions(PLANS)

    @pytest.mark.parametrize("name", definitions(PLANS))
    def test_list_the_flows_of_every_node(self, name: str) -> None:
        root = process(name.removesuffix(".bpmn"))

        for flow in found(root, "bpmn:sequenceFlow"):
            source, target = (
                by_id(root, attributes(flow)[end]) for end in ("sourceRef", "targetRef")
            )
            assert attributes(flow)["id"] in [out.text for out in found(source, "bpmn:outgoing")]
            assert attributes(flow)["id"] in [way.text for way in found(target, "bpmn:incoming")]

    @pytest.mark.parametrize("name", definitions(PLANS))
    def test_put_every_node_outside_a_block_into_one_lane(self, name: str) -> None:
        root = process(name.removesuffix(".bpmn"))

        in_lanes = [str(ref.text) for ref in found(root, ".//bpmn:flowNodeRef")]

        outside = {
            attributes(node)["id"]
            for node in root
            if found(node, "bpmn:incoming") or found(node, "bpmn:outgoing") or has_host(node)
        }
        assert sorted(in_lanes) == sorted(outside)

    @pytest.mark.parametrize("name", definitions(PLANS))
    def test_draw_everything(self, name: str) -> None:
        root = etree.fromstring(definitions(PLANS)[name])

        drawn = {attributes(shape)["bpmnElement"] for shape in found(root, ".//*[@bpmnElement]")}

        kinds = "lane startEvent endEvent boundaryEvent userTask callActivity adHocSubProcess"
        gateways = "parallelGateway exclusiveGateway sequenceFlow"
        for kind in (kinds + " " + gateways).split():
            assert {attributes(e)["id"] for e in found(root, f".//bpmn:{kind}")} <= drawn

    @pytest.mark.parametrize("name", definitions(PLANS))
    def test_give_tasks_one_way_in_and_one_way_out(self, name: str) -> None:
        root = process(name.removesuffix(".bpmn"))

        for kind in ("userTask", "callActivity", "adHocSubProcess"):
            for task in found(root, f"bpmn:{kind}"):
                assert len(found(task, "bpmn:incoming")) == 1
                assert len(found(task, "bpmn:outgoing")) == 1


def has_host(node: Xml) -> bool:
    return "attachedToRef" in attributes(node)


class TestStage:
    def test_draws_the_order_with_gateways_where_ways_meet_or_part(self) -> None:
        assert flows(process("stage_3")) == {
            ("start", "intake_3"),
            ("intake_3", "fork"),
            ("fork", "S3_01"),
            ("fork", "S3_02"),
            ("S3_01", "fork_S3_01"),
            ("fork_S3_01", "join_S3_03"),
            ("S3_02", "join_S3_03"),
            ("join_S3_03", "S3_03"),
            ("fork_S3_01", "S3_04"),
            ("S3_03", "join"),
            ("S3_04", "join"),
            ("fork", "pairs_3"),
            ("pairs_3", "join"),
            ("fork", "free_3"),
            ("free_3", "join"),
            ("join", "end"),
        }

    def test_marks_an_item(self) -> None:
        call = by_id(process("stage_3"), "S3_05")

        mark = one(call, "bpmn:extensionElements/abreast:item")

        assert attributes(call)["calledElement"] == "item_standard"
        assert attributes(call)["name"] == "S3-05 施工许可证核发"
        assert attributes(mark) == {
            "code": "S3-05",
            "department": "housing",
            "milestone": "false",
            "inspection": "false",
            "applies": "flow in [1, 2]",
        }
        assert [attributes(need) for need in mark] == [
            {"document": "D39", "kind": "hard"},
            {"document": "D40", "kind": "hard"},
        ]

    def test_leaves_out_the_condition_of_an_item_that_always_applies(self) -> None:
        mark = one(by_id(process("stage_3"), "S3_06"), ".//abreast:item")

        assert "applies" not in attributes(mark)
        assert attributes(mark)["milestone"] == attributes(mark)["inspection"] == "true"

    def test_gives_the_pairable_block_its_slots_and_the_free_block_none(self) -> None:
        root = process("stage_3")

        pairs, free = by_id(root, "pairs_3"), by_id(root, "free_3")

        assert attributes(one(pairs, "bpmn:extensionElements/abreast:pairing")) == {
            "slots": "2",
            "mode": "rounds",
        }
        assert attributes(one(free, "bpmn:extensionElements/abreast:pairing"))["slots"] == "0"
        assert attributes(pairs)["cancelRemainingInstances"] == "false"
        assert one(pairs, "bpmn:completionCondition").text == "all_done"

    def test_leaves_out_a_block_without_items(self) -> None:
        root = process("stage_3", (replace(STAGE, free=()),))

        assert found(root, ".//*[@id='free_3']") == []
        assert [attributes(lane)["name"] for lane in found(root, ".//bpmn:lane")][
            -1
        ] == "可两两并事项"

    def test_has_no_intake_and_no_gateways_when_all_items_are_free(self) -> None:
        assert flows(process("stage_5")) == {("start", "free_5"), ("free_5", "end")}

    def test_says_how_its_milestone_closes(self) -> None:
        with_milestone = one(process("stage_3"), "bpmn:extensionElements/abreast:stage")
        without = one(process("stage_5"), "bpmn:extensionElements/abreast:stage")

        assert attributes(with_milestone) == {"number": "3", "join": "all"}
        assert attributes(without) == {"number": "5"}

    def test_orders_its_lanes_by_first_appearance(self) -> None:
        lanes = [attributes(lane)["name"] for lane in found(process("stage_3"), ".//bpmn:lane")]

        assert lanes == ["综合窗口", "部门 housing", "水务局", "可两两并事项", "并行推进事项"]

    def test_frames_departments_only_in_a_block_of_more_than_a_dozen(self) -> None:
        def frames(count: int) -> int:
            many = tuple(
                item(f"S3-{number}", department="water" if number % 2 else "housing")
                for number in range(10, 10 + count)
            )
            root = process("stage_3", (replace(STAGE, pairable=many),))
            return len(found(root, ".//bpmn:group"))

        assert (frames(12), frames(13)) == (0, 2)


class TestLifecycle:
    def test_lets_each_milestone_open_the_next_stage(self) -> None:
        root = process("lifecycle")

        assert flows(root) == {
            ("start", "fork"),
            ("fork", "stage_1"),
            ("fork", "stage_5"),
            ("milestone_1", "stage_2"),
            ("milestone_2", "stage_3"),
            ("milestone_3", "stage_4"),
            *((f"stage_{number}", "join") for number in range(1, 6)),
            ("join", "end"),
        }

    def test_has_a_milestone_on_every_stage_that_opens_another(self) -> None:
        events = found(process("lifecycle"), "bpmn:boundaryEvent")

        assert [attributes(e)["id"] for e in events] == [f"milestone_{n}" for n in (1, 2, 3)]

    def test_keeps_a_stage_running_beyond_its_milestone(self) -> None:
        event = by_id(process("lifecycle"), "milestone_2")

        assert attributes(event)["attachedToRef"] == "stage_2"
        assert attributes(event)["cancelActivity"] == "false"
        assert (
            attributes(one(event, "bpmn:signalEventDefinition"))["signalRef"]
            == "milestone_2_reached"
        )


class TestItems:
    @pytest.mark.parametrize(
        ("name", "steps"),
        [
            (
                "item_standard",
                {
                    "receive": "1 window received",
                    "accept": "3 window accepted refused not_needed",
                    "inspect": "8 inspector inspected",
                    "review": "8 department reviewed",
                    "decide": "8 department granted refused",
                    "deliver": "11 window delivered",
                },
            ),
            (
                "item_commitment",
                {
                    "receive": "1 window received committed",
                    "accept": "3 window accepted refused not_needed",
                    "inspect": "8 inspector inspected",
                    "review": "8 department reviewed",
                    "decide": "8 department granted refused",
                    "decide_on_commitment": "8 department granted refused",
                    "deliver": "11 window delivered",
                },
            ),
            (
                "item_review",
                {
                    "receive": "3 window received",
                    "review": "8 department reviewed",
                    "opinion": "8 department granted refused",
                    "deliver": "11 window delivered",
                },
            ),
            (
                "item_utility",
                {
                    "receive": "3 window received",
                    "survey": "8 inspector surveyed",
                    "plan": "8 department granted refused",
                    "connect": "8 external connected",
                    "deliver": "11 window delivered",
                },
            ),
        ],
    )
    def test_have_the_steps_of_their_kind(self, name: str, steps: dict[str, str]) -> None:
        tasks = found(process(name), "bpmn:userTask")

        marks = {attributes(task)["id"]: attributes(one(task, ".//abreast:step")) for task in tasks}

        assert {
            task: f"{mark['status']} {mark['performer']} {mark['outcomes']}"
            for task, mark in marks.items()
        } == steps

    @pytest.mark.parametrize("kind", ["standard", "commitment", "review", "utility"])
    def test_end_granted_once_and_otherwise_refused(self, kind: str) -> None:
        ends = found(process(f"item_{kind}"), "bpmn:endEvent")

        results = {
            attributes(end)["id"]: attributes(one(end, ".//abreast:result"))["value"]
            for end in ends
        }

        assert results.pop("end_granted") == "granted"
        assert set(results.values()) == {"refused"}

    @pytest.mark.parametrize("kind", ["standard", "commitment", "review", "utility"])
    def test_choose_by_conditions_against_one_default(self, kind: str) -> None:
        root = process(f"item_{kind}")

        for gateway in found(root, "bpmn:exclusiveGateway"):
            ways = [by_id(root, str(out.text)) for out in found(gateway, "bpmn:outgoing")]
            if len(ways) > 1:
                default = attributes(gateway)["default"]
                others = [way for way in ways if attributes(way)["id"] != default]
                assert {len(found(way, "bpmn:conditionExpression")) for way in others} == {1}
                assert found(by_id(root, default), "bpmn:conditionExpression") == []

    @pytest.mark.parametrize("kind", ["standard", "commitment"])
    def test_count_five_days_of_silence_as_acceptance(self, kind: str) -> None:
        root = process(f"item_{kind}")

        deemed = by_id(root, "deemed")

        assert attributes(deemed)["attachedToRef"] == "accept"
        assert attributes(deemed)["cancelActivity"] == "true"
        assert one(deemed, ".//bpmn:timeDuration").text == "P5D"
        timer = one(deemed, "bpmn:extensionElements/abreast:timer")
        assert attributes(timer) == {"days": "5", "unit": "working_day"}
        assert {("deemed", "accepted"), ("accepted_or_not", "accepted")} <= flows(root)
