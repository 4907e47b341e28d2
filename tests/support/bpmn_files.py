"""Small BPMN files written by hand, for tests that bend them."""

from __future__ import annotations

NAMESPACES = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:abreast="https://abreast.dev/bpmn/1" '
    'targetNamespace="https://abreast.dev/bpmn/1"'
)


def wrapped(inside: str, *, process: str = "item_x", before: str = "", after: str = "") -> str:
    """Return a whole file around the flow elements *inside*."""
    return (
        f"<bpmn:definitions {NAMESPACES}>{before}"
        f'<bpmn:process id="{process}" name="{process}" isExecutable="true">{inside}</bpmn:process>'
        f"{after}</bpmn:definitions>"
    )


def extended(*marks: str) -> str:
    """Return extensionElements around *marks*."""
    return f"<bpmn:extensionElements>{''.join(marks)}</bpmn:extensionElements>"


def task(name: str, outcomes: str = "done") -> str:
    """Return a user task of the window."""
    step = f'<abreast:step status="3" performer="window" outcomes="{outcomes}"/>'
    return f'<bpmn:userTask id="{name}" name="{name}">{extended(step)}</bpmn:userTask>'


def flow(source: str, target: str, condition: str | None = None) -> str:
    """Return a sequence flow, called f_SOURCE__TARGET."""
    head = (
        f'<bpmn:sequenceFlow id="f_{source}__{target}" sourceRef="{source}" targetRef="{target}">'
    )
    test = (
        ""
        if condition is None
        else '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">'
        f"{condition}</bpmn:conditionExpression>"
    )
    return f"{head}{test}</bpmn:sequenceFlow>"


def call(code: str, called: str = "item_x", *, inside: str = "") -> str:
    """Return a call activity with its item mark."""
    mark = f'<abreast:item code="{code}" department="housing">{inside}</abreast:item>'
    return (
        f'<bpmn:callActivity id="{code.replace("-", "_")}" calledElement="{called}">'
        f"{extended(mark)}</bpmn:callActivity>"
    )


def end(name: str, result: str | None = None) -> str:
    """Return an end event."""
    mark = "" if result is None else extended(f'<abreast:result value="{result}"/>')
    return f'<bpmn:endEvent id="{name}">{mark}</bpmn:endEvent>'


START = '<bpmn:startEvent id="start"/>'
TIMER = (
    '<bpmn:boundaryEvent id="deemed" attachedToRef="accept">'
    '<bpmn:timerEventDefinition><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">P5D'
    "</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>"
)

# start -> accept (deemed after 5 days) -> refused? -> end_refused | deliver -> end_granted
ITEM_PARTS = (
    START,
    task("accept", "accepted refused"),
    TIMER,
    '<bpmn:exclusiveGateway id="accepted_or_not" default="f_accepted_or_not__deliver"/>',
    task("deliver", "delivered"),
    end("end_refused", "refused"),
    end("end_granted", "granted"),
    flow("start", "accept"),
    flow("accept", "accepted_or_not"),
    flow("accepted_or_not", "end_refused", "outcome == 'refused'"),
    flow("accepted_or_not", "deliver"),
    flow("deemed", "deliver"),
    flow("deliver", "end_granted"),
)
ITEM = wrapped("".join(ITEM_PARTS))

_PAIRING = extended('<abreast:pairing slots="2" mode="rolling"/>')
_NEEDING = call("S1-03", inside='<abreast:needs document="D02" kind="hard"/>')
ALL_DONE = (
    '<bpmn:completionCondition xsi:type="bpmn:tFormalExpression">all_done'
    "</bpmn:completionCondition>"
)
BLOCK = (
    '<bpmn:adHocSubProcess id="pairs_1" name="pairs" ordering="Parallel" '
    f'cancelRemainingInstances="false">{_PAIRING}{call("S1-02")}{_NEEDING}{ALL_DONE}'
    "</bpmn:adHocSubProcess>"
)

LANES = (
    '<bpmn:laneSet id="lanes"><bpmn:lane id="lane_1" name="窗口">'
    "<bpmn:flowNodeRef> intake </bpmn:flowNodeRef></bpmn:lane>"
    '<bpmn:lane id="lane_2" name="可两两并事项">'
    "<bpmn:flowNodeRef>pairs_1</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>"
)

# start -> intake -> fork -> S1-01 | pairs_1 (S1-02, S1-03) -> join -> end
STAGE_PARTS = (
    extended('<abreast:stage number="1" join="all"/>'),
    LANES,
    START,
    task("intake", "filed"),
    '<bpmn:parallelGateway id="fork"/>',
    call("S1-01"),
    BLOCK,
    '<bpmn:parallelGateway id="join"/>',
    end("end"),
    flow("start", "intake"),
    flow("intake", "fork"),
    flow("fork", "S1_01"),
    flow("fork", "pairs_1"),
    flow("S1_01", "join"),
    flow("pairs_1", "join"),
    flow("join", "end"),
)
STAGE = wrapped("".join(STAGE_PARTS), process="stage_1")

# start -> S (milestone signal -> S_next) -> end
LIFECYCLE = wrapped(
    START
    + '<bpmn:callActivity id="stage_1" calledElement="stage_1"/>'
    + '<bpmn:boundaryEvent id="milestone_1" attachedToRef="stage_1" cancelActivity="false">'
    + '<bpmn:signalEventDefinition signalRef="milestone_1_reached"/></bpmn:boundaryEvent>'
    + '<bpmn:callActivity id="stage_2" calledElement="stage_2"/>'
    + '<bpmn:parallelGateway id="join"/>'
    + end("end")
    + flow("start", "stage_1")
    + flow("stage_1", "join")
    + flow("milestone_1", "stage_2")
    + flow("stage_2", "join")
    + flow("join", "end"),
    process="lifecycle",
    before='<bpmn:signal id="milestone_1_reached" name="reached"/>',
)
