"""Pin the faults of SpiffWorkflow 3.2.0 that keep it a reader and a witness, never the executor.

Every test here asserts behaviour that is *wrong*. Each fails the day upstream mends it; then
revisit docs/adr/0001.
"""

from __future__ import annotations

from importlib.metadata import version
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.util.task import BpmnTaskIterator
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.exceptions import TaskNotFoundException
from SpiffWorkflow.util.task import TaskState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"

ITEM = """
<process id="item" isExecutable="true">
  <startEvent id="item_start"/><userTask id="review"/><endEvent id="item_end"/>
  <sequenceFlow id="i1" sourceRef="item_start" targetRef="review"/>
  <sequenceFlow id="i2" sourceRef="review" targetRef="item_end"/>
</process>"""

# A round: choose two of the remaining, take them off the list, run them beside each other.
ROUNDS = """
<process id="stage" isExecutable="true">
  <startEvent id="start"/><userTask id="file"/>
  <subProcess id="rounds">
    <standardLoopCharacteristics testBefore="true">
      <loopCondition>len(remaining) &gt; 0</loopCondition>
    </standardLoopCharacteristics>
    <startEvent id="round_start"/><userTask id="choose"/>
    <scriptTask id="take">
      <script>remaining = [code for code in remaining if code not in pair]</script>
    </scriptTask>
    <callActivity id="both" calledElement="item">
      <multiInstanceLoopCharacteristics isSequential="false">
        <loopDataInputRef>pair</loopDataInputRef><loopDataOutputRef>verdicts</loopDataOutputRef>
        <inputDataItem id="code"/><outputDataItem id="verdict"/>
      </multiInstanceLoopCharacteristics>
    </callActivity>
    <endEvent id="round_end"/>
    <sequenceFlow id="r1" sourceRef="round_start" targetRef="choose"/>
    <sequenceFlow id="r2" sourceRef="choose" targetRef="take"/>
    <sequenceFlow id="r3" sourceRef="take" targetRef="both"/>
    <sequenceFlow id="r4" sourceRef="both" targetRef="round_end"/>
  </subProcess>
  <endEvent id="end"/>
  <sequenceFlow id="s1" sourceRef="start" targetRef="file"/>
  <sequenceFlow id="s2" sourceRef="file" targetRef="rounds"/>
  <sequenceFlow id="s3" sourceRef="rounds" targetRef="end"/>
</process>"""

FIVE = ["i0", "i1", "i2", "i3", "i4"]

# A correction loop: fill in, and back to fill in until the papers are complete.
CORRECTIONS = """
<process id="corrections" isExecutable="true">
  <startEvent id="start"/><userTask id="file"/><userTask id="supplement"/>
  <exclusiveGateway id="complete" default="again"/><endEvent id="end"/>
  <sequenceFlow id="s1" sourceRef="start" targetRef="file"/>
  <sequenceFlow id="s2" sourceRef="file" targetRef="supplement"/>
  <sequenceFlow id="s3" sourceRef="supplement" targetRef="complete"/>
  <sequenceFlow id="again" sourceRef="complete" targetRef="supplement"/>
  <sequenceFlow id="out" sourceRef="complete" targetRef="end">
    <conditionExpression>papers == 'complete'</conditionExpression>
  </sequenceFlow>
</process>"""

# As many items beside each other as the list is long.
PARALLEL = """
<process id="parallel" isExecutable="true">
  <startEvent id="start"/><userTask id="file"/>
  <callActivity id="all" calledElement="item">
    <multiInstanceLoopCharacteristics isSequential="false">
      <loopDataInputRef>codes</loopDataInputRef><loopDataOutputRef>verdicts</loopDataOutputRef>
      <inputDataItem id="code"/><outputDataItem id="verdict"/>
    </multiInstanceLoopCharacteristics>
  </callActivity>
  <endEvent id="end"/>
  <sequenceFlow id="s1" sourceRef="start" targetRef="file"/>
  <sequenceFlow id="s2" sourceRef="file" targetRef="all"/>
  <sequenceFlow id="s3" sourceRef="all" targetRef="end"/>
</process>"""

# Two reviews at once, lapsing together when the timer fires.
DEADLINE = """
<process id="stage" isExecutable="true">
  <startEvent id="start"/><userTask id="file"/>
  <callActivity id="both" calledElement="item">
    <multiInstanceLoopCharacteristics isSequential="false">
      <loopDataInputRef>pair</loopDataInputRef><loopDataOutputRef>verdicts</loopDataOutputRef>
      <inputDataItem id="code"/><outputDataItem id="verdict"/>
    </multiInstanceLoopCharacteristics>
  </callActivity>
  <boundaryEvent id="lapse" attachedToRef="both" cancelActivity="true">
    <timerEventDefinition><timeDuration>'PT0S'</timeDuration></timerEventDefinition>
  </boundaryEvent>
  <endEvent id="end"/><endEvent id="lapsed"/>
  <sequenceFlow id="s1" sourceRef="start" targetRef="file"/>
  <sequenceFlow id="s2" sourceRef="file" targetRef="both"/>
  <sequenceFlow id="s3" sourceRef="both" targetRef="end"/>
  <sequenceFlow id="s4" sourceRef="lapse" targetRef="lapsed"/>
</process>"""


def document(*processes: str) -> bytes:
    """Wrap *processes* into one BPMN file."""
    return (
        f'<definitions xmlns="{MODEL}" id="d" targetNamespace="t">{"".join(processes)}'.encode()
        + (b"</definitions>")
    )


def workflow(process: str, *processes: str) -> BpmnWorkflow:
    """Start *process* of the given files as SpiffWorkflow's documentation shows."""
    parser = BpmnParser()
    parser.add_bpmn_xml(etree.fromstring(document(*processes)))
    running = BpmnWorkflow(parser.get_spec(process), parser.get_subprocess_specs(process))
    running.do_engine_steps()
    return running


def ready(running: BpmnWorkflow) -> list[Any]:
    """List the user tasks that SpiffWorkflow shows as open."""
    return list(running.get_tasks(state=TaskState.READY, manual=True))


def complete(running: BpmnWorkflow, task: Any, **data: object) -> None:
    """Complete one user task and let the engine run on."""
    task.set_data(**data)
    task.run()
    running.do_engine_steps()


def names(tasks: Iterable[Any]) -> list[str]:
    """Name the element of each task, sorted."""
    return sorted(task.task_spec.bpmn_id for task in tasks)


def test_the_pinned_version_is_the_one_judged_here() -> None:
    """Fails on an upgrade, so that the faults below are looked at again (docs/adr/0001)."""
    assert version("SpiffWorkflow") == "3.2.0"


class TestRunTimePairs:
    """F1: the natural model of pairs chosen at run time runs the wrong items, silently."""

    def test_runs_two_items_twice_and_three_never_and_reports_completed(self) -> None:
        """Fails the day upstream mends it; then revisit docs/adr/0001.

        Cause: on leaving the sub-process the shorter list is merged *into* the longer one
        (`DeepMerge.merge_array`), so what was taken off comes back and the tail is cut off.
        """
        running = workflow("stage", ITEM, ROUNDS)
        complete(running, ready(running)[0], remaining=FIVE, verdicts={})

        reviewed = []
        while open_tasks := ready(running):
            task = open_tasks[0]
            if task.task_spec.bpmn_id == "choose":
                complete(running, task, pair=task.data["remaining"][:2])
            else:
                reviewed.append(task.data["code"])
                complete(running, task, verdict="granted")

        assert reviewed == ["i0", "i1", "i0", "i1", "i0"]
        assert running.completed


class TestLongInstances:
    """F2: the task iterator stops at depth 1000 and loses a level at every sub-process."""

    def test_report_completion_after_499_rounds_of_a_loop_with_a_task_still_ready(self) -> None:
        """Fails the day upstream mends it; then revisit docs/adr/0001."""
        running = workflow("corrections", CORRECTIONS)
        complete(running, ready(running)[0])

        rounds = 0
        while open_tasks := ready(running):
            complete(running, open_tasks[0], papers="missing")
            rounds += 1

        hidden = [task for task in running.tasks.values() if task.state == TaskState.READY]
        assert rounds == 499
        assert running.is_completed()
        assert names(hidden) == ["supplement"]

    def test_lose_count_of_their_depth_at_every_parallel_call(self) -> None:
        """Fails the day upstream mends it; then revisit docs/adr/0001.

        The count of depth goes up into an instance of a parallel call and never fully down again,
        so a wide instance meets the limit that was meant for a deep one.
        """
        calls = 30
        running = workflow("parallel", ITEM, PARALLEL)
        complete(running, ready(running)[0], codes=list(range(calls)))

        iterator = BpmnTaskIterator(running.task_tree)
        deepest = max(_depth(task) for task in iterator)

        assert deepest < 15
        assert iterator.depth > calls


def _depth(task: Any) -> int:
    """Count the ancestors of *task*, through the calls around it."""
    steps = 0
    while task is not None:
        above = task.parent
        if above is None and task.workflow.parent_task_id is not None:
            above = task.workflow.top_workflow.get_task_from_id(task.workflow.parent_task_id)
        task, steps = above, steps + 1
    return steps


class TestInterruptingTimerOnParallelCalls:
    """F3: a deadline on a parallel multi-instance call activity breaks the instance."""

    def test_raises_task_not_found(self) -> None:
        """Fails the day upstream mends it; then revisit docs/adr/0001."""
        running = workflow("stage", ITEM, DEADLINE)

        with pytest.raises(TaskNotFoundException):
            complete(running, ready(running)[0], pair=["i0", "i1"])


class TestPredictedTree:
    """F6: the tree of predicted tasks grows as the product of the widths of the stages."""

    def test_multiplies_when_one_parallel_block_follows_another(self) -> None:
        """Fails the day upstream mends it; then revisit docs/adr/0001."""
        sizes = [len(workflow("blocks", _blocks(count)).tasks) for count in (1, 2, 3, 4)]

        growth = [later / earlier for earlier, later in pairwise(sizes[1:])]
        assert min(growth) > 3.5  # four tasks wide: nearly fourfold with every further block


def _blocks(count: int, width: int = 4) -> str:
    """Draw *count* parallel blocks of *width* user tasks, one after the other."""
    nodes, flows = '<startEvent id="start"/>', ""
    last = "start"
    for block in range(count):
        fork, join = f"fork_{block}", f"join_{block}"
        nodes += f'<parallelGateway id="{fork}"/><parallelGateway id="{join}"/>'
        flows += f'<sequenceFlow id="s_{block}" sourceRef="{last}" targetRef="{fork}"/>'
        for number in range(width):
            task = f"task_{block}_{number}"
            nodes += f'<userTask id="{task}"/>'
            flows += f'<sequenceFlow id="f_{task}" sourceRef="{fork}" targetRef="{task}"/>'
            flows += f'<sequenceFlow id="j_{task}" sourceRef="{task}" targetRef="{join}"/>'
        last = join
    nodes += '<endEvent id="end"/>'
    flows += f'<sequenceFlow id="s_end" sourceRef="{last}" targetRef="end"/>'
    return f'<process id="blocks" isExecutable="true">{nodes}{flows}</process>'


class TestCompletingTwice:
    """F7: nothing guards a task against being completed a second time."""

    def test_accepts_a_completed_task_silently(self) -> None:
        """Fails the day upstream mends it; then revisit docs/adr/0001."""
        running = workflow("item", ITEM)
        task = ready(running)[0]

        complete(running, task)
        complete(running, task)

        assert task.state == TaskState.COMPLETED

    def test_lets_two_copies_of_one_state_both_complete(self) -> None:
        """Fails the day upstream mends it; then revisit docs/adr/0001."""
        serializer = BpmnWorkflowSerializer()
        stored = serializer.serialize_json(workflow("item", ITEM))
        first, second = serializer.deserialize_json(stored), serializer.deserialize_json(stored)

        complete(first, ready(first)[0], officer="li")
        complete(second, ready(second)[0], officer="wang")

        assert first.completed
        assert second.completed
        assert {copy.last_task.data["officer"] for copy in (first, second)} == {"li", "wang"}


def _ad_hoc(children: Mapping[str, str], *, condition: str = "", data_object: str = "") -> str:
    """Draw one ad-hoc block holding *children* (id to element name)."""
    nodes = "".join(f'<{kind} id="{name}"/>' for name, kind in children.items())
    return (
        '<process id="stage" isExecutable="true"><startEvent id="start"/>'
        f'<adHocSubProcess id="pairs">{data_object}{nodes}{condition}</adHocSubProcess>'
        '<endEvent id="end"/><sequenceFlow id="s1" sourceRef="start" targetRef="pairs"/>'
        '<sequenceFlow id="s2" sourceRef="pairs" targetRef="end"/></process>'
    )


CONDITION = "<completionCondition>False</completionCondition>"
DATA_OBJECT = (
    '<dataObject id="papers"/><dataObjectReference id="papers_ref" dataObjectRef="papers"/>'
)
SEVEN = {f"item_{number}": "userTask" for number in range(7)}


class TestAdHocBlock:
    """P3: an ad-hoc block parses but cannot be executed as drawn."""

    def test_raises_key_error_without_a_data_object(self) -> None:
        """Fails the day upstream mends it; then revisit docs/adr/0001."""
        with pytest.raises(KeyError, match="data_objects"):
            workflow("stage", _ad_hoc(SEVEN, condition=CONDITION))

    def test_raises_type_error_without_a_completion_condition(self) -> None:
        """Fails the day upstream mends it; then revisit docs/adr/0001."""
        with pytest.raises(TypeError):
            workflow("stage", _ad_hoc(SEVEN, data_object=DATA_OBJECT))

    def test_starts_all_seven_at_once_with_a_data_object(self) -> None:
        """Fails the day upstream mends it; then revisit docs/adr/0001."""
        running = workflow("stage", _ad_hoc(SEVEN, condition=CONDITION, data_object=DATA_OBJECT))

        assert names(ready(running)) == sorted(SEVEN)
