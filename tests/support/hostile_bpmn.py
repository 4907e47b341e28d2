"""A corpus of BPMN files that must be refused, each with the code of its refusal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.support.bpmn_files import (
    ALL_DONE,
    BLOCK,
    ITEM,
    LIFECYCLE,
    NAMESPACES,
    STAGE,
    START,
    TIMER,
    call,
    end,
    extended,
    flow,
    task,
    wrapped,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLAIN = wrapped(START + task("a") + end("e") + flow("start", "a") + flow("a", "e"))
SIX = '<abreast:timer days="6" unit="working_day"/>'
LUNAR = '<abreast:timer days="5" unit="lunar_day"/>'
_ELEMENT, _ATTRIBUTE = "bpmn.element_refused", "bpmn.attribute_refused"


@dataclass(frozen=True, slots=True)
class Hostile:
    """One file, and the code with which it must be refused."""

    name: str
    xml: bytes
    code: str


def corpus(canary: Path) -> tuple[Hostile, ...]:
    """Return every case; those that run code try to write *canary*."""
    attack = f"__import__('pathlib').Path('{canary}').write_text('owned')"
    return (
        *_entities(canary),
        *_encodings(),
        *_sizes(),
        *_code(attack),
        *_elements(),
        *_attributes(),
        *_shapes(),
        *_choices(),
        *_events(),
        *_blocks(),
        *_marks(),
        *_documents(),
    )


def bent(good: str, old: str, new: str) -> bytes:
    """Return *good* with *old* replaced, which must be there."""
    if old not in good:
        raise ValueError(old)
    return good.replace(old, new).encode()


def inside(element: str) -> bytes:
    """Return the plain process with *element* on its way from a to the end."""
    return wrapped(
        START + task("a") + element + end("e")
        + flow("start", "a") + flow("a", "x") + flow("x", "e")
    ).encode()  # fmt: skip


def _doctype(declaration: str, name: str = "x") -> bytes:
    return f"<!DOCTYPE d [{declaration}]>{PLAIN}".replace('name="a"', f'name="{name}"').encode()


def _entities(canary: Path) -> Iterator[Hostile]:
    laughs = '<!ENTITY l0 "ha">' + "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)
    )
    quadratic = f'<!ENTITY big "{"a" * 50_000}">'
    for name, xml in (
        ("xxe file", _doctype('<!ENTITY x SYSTEM "file:///etc/passwd">', "&x;")),
        ("xxe canary", _doctype(f'<!ENTITY x SYSTEM "file://{canary}">', "&x;")),
        ("xxe http", _doctype('<!ENTITY x SYSTEM "http://127.0.0.1:9/x">', "&x;")),
        ("parameter entity", _doctype('<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;')),
        ("billion laughs", _doctype(laughs, "&l9;")),
        ("quadratic blow-up", _doctype(quadratic, "&big;" * 100)),
        ("internal entity", _doctype('<!ENTITY x "INTERNAL">', "&x;")),
        ("external dtd", f'<!DOCTYPE d SYSTEM "http://127.0.0.1:9/d.dtd">{PLAIN}'.encode()),
        ("bare doctype", f"<!DOCTYPE d>{PLAIN}".encode()),
        ("doctype after a declaration", f'<?xml version="1.0"?><!DOCTYPE d>{PLAIN}'.encode()),
    ):
        yield Hostile(name, xml, "bpmn.doctype")
    yield Hostile("undefined entity", bent(PLAIN, 'name="a"', 'name="&x;"'), "bpmn.not_xml")


def _encodings() -> Iterator[Hostile]:
    yield Hostile("utf-16", PLAIN.encode("utf-16"), "bpmn.not_utf8")
    yield Hostile("utf-32", PLAIN.encode("utf-32"), "bpmn.not_utf8")
    yield Hostile("utf-16 without a mark", PLAIN.encode("utf-16-le"), "bpmn.not_xml")
    seven = f'<?xml version="1.0" encoding="UTF-7"?>{PLAIN}'
    yield Hostile("declared utf-7", seven.encode(), "bpmn.not_utf8")
    yield Hostile("declared gbk", seven.replace("UTF-7", "GBK").encode(), "bpmn.not_utf8")
    yield Hostile("lone byte", PLAIN.encode() + b"\xff", "bpmn.not_utf8")
    yield Hostile("nul", bent(PLAIN, 'name="a"', 'name="\0"'), "bpmn.not_xml")
    yield Hostile("empty", b"", "bpmn.not_xml")
    yield Hostile("blank", b"   \n", "bpmn.not_xml")
    yield Hostile("json", b'{"bpmn": true}', "bpmn.not_xml")
    yield Hostile("cut off", PLAIN[: len(PLAIN) // 2].encode(), "bpmn.not_xml")
    yield Hostile("zip", b"PK\x03\x04" + bytes(200), "bpmn.not_xml")


def _chain(length: int, *, guarded: bool = False) -> bytes:
    names = [f"t{number}" for number in range(length)]
    parts = [START, *(task(name) for name in names), end("e")]
    parts += [flow(a, b) for a, b in zip(["start", *names], [*names, "e"], strict=True)]
    if guarded:
        parts += [TIMER.replace("accept", name).replace("deemed", f"b{name}") for name in names]
        parts += [flow(f"b{name}", "e") for name in names]
    return wrapped("".join(parts)).encode()


def _sizes() -> Iterator[Hostile]:
    deep = "<a>" * 200 + "</a>" * 200
    deeper = "<bpmn:subProcess>" * 5_000 + "</bpmn:subProcess>" * 5_000
    yield Hostile("two megabytes", PLAIN.encode() + b" " * 2_000_000, "bpmn.too_large")
    yield Hostile("chain of 500", _chain(500), "bpmn.too_many_nodes")
    yield Hostile("10,000 nodes", wrapped(START * 10_000).encode(), "bpmn.too_many_nodes")
    yield Hostile("guarded chain of 250", _chain(250, guarded=True), "bpmn.too_many_nodes")
    twins = "".join(flow("start", f"x{number}") for number in range(1_001))
    yield Hostile("1,001 flows", wrapped(START + twins).encode(), "bpmn.too_many_nodes")
    yield Hostile("deep nesting", wrapped(deep).encode(), _ELEMENT)
    yield Hostile("deeper nesting", wrapped(deeper).encode(), "bpmn.not_xml")
    yield Hostile("200,000 elements", wrapped("<a/>" * 200_000).encode(), _ELEMENT)
    yield Hostile(
        "huge attribute", bent(PLAIN, 'name="a"', f'name="{"a" * 500_000}"'), "bpmn.text_too_long"
    )
    note = f"<bpmn:documentation>{'a' * 500_000}</bpmn:documentation>"
    yield Hostile("huge text", wrapped(note + START).encode(), "bpmn.text_too_long")
    many = " ".join(f'a{number}="1"' for number in range(20_000))
    yield Hostile(
        "20,000 attributes",
        bent(PLAIN, "<bpmn:userTask ", f"<bpmn:userTask {many} "),
        "bpmn.too_many_attributes",
    )
    long_id = "a" * 81
    yield Hostile("long id", PLAIN.replace('"a"', f'"{long_id}"').encode(), "bpmn.bad_id")


def _code(attack: str) -> Iterator[Hostile]:
    script = f'<bpmn:scriptTask id="x"><bpmn:script>{attack}</bpmn:script></bpmn:scriptTask>'
    yield Hostile("script task", inside(script), _ELEMENT)
    yield Hostile("script loop", inside(script.replace(attack, "while True: pass")), _ELEMENT)
    for extension in (
        f"<spiff:preScript>{attack}</spiff:preScript>",
        f"<spiff:postScript>{attack}</spiff:postScript>",
        '<spiff:serviceTaskOperator id="http/GetRequest"/>',
        f"<camunda:script>{attack}</camunda:script>",
        "<camunda:executionListener event='start' expression='${x}'/>",
        "<camunda:inputOutput/>",
        "<zeebe:taskDefinition type='x'/>",
        "<zeebe:ioMapping/>",
        "<abreast:script>1</abreast:script>",
    ):
        prefix = extension[1:].split(":")[0]
        declared = f'<bpmn:extensionElements xmlns:{prefix}="urn:{prefix}">'
        if prefix == "abreast":
            declared = "<bpmn:extensionElements>"
        task_with = (
            f'<bpmn:userTask id="x">{declared}{extension}</bpmn:extensionElements></bpmn:userTask>'
        )
        yield Hostile(extension[:40], inside(task_with), _ELEMENT)
    yield from _hostile_conditions(attack)
    duration = bent(ITEM, "P5D", f'"P5D" if {attack} else "P1D"'.replace('"', "&quot;"))
    yield Hostile("code in a duration", duration, "bpmn.timer")
    yield Hostile("code in a completion", bent(STAGE, "all_done", attack), "bpmn.block_condition")


def _hostile_conditions(attack: str) -> Iterator[Hostile]:
    for text in (
        attack,
        "().__class__.__base__.__subclasses__()",
        "outcome.upper() == 'X'",
        "9**9**9 == 1",
        "'a' * 1000000000 == 'b'",
        "[x for x in outcome] == 1",
        "(lambda: 1)() == 1",
        "(outcome := 'x') == 'x'",
        "f'{outcome}' == 'x'",
        "outcome[0] == 'x'",
        "outcome == 'refused' if inspection else outcome",
        "(" * 400 + "outcome" + ")" * 400,
        "not " * 300 + "inspection",
        "outcome == '" + "x" * 3_000 + "'",
        "unknown_name == 1",
        "outcome",
        "outcome > 'a'",
        "import os",
        "",
    ):
        code = "bpmn.bad_condition" if text else "bpmn.condition_missing"
        escaped = text.replace("<", "&lt;")
        yield Hostile(f"condition {text[:30]}", bent(ITEM, "outcome == 'refused'", escaped), code)


def _event(kind: str, definition: str) -> str:
    return f'<bpmn:{kind} id="x">{definition}</bpmn:{kind}>'


def _elements() -> Iterator[Hostile]:
    for element in (
        '<bpmn:serviceTask id="x"/>',
        '<bpmn:sendTask id="x"/>',
        '<bpmn:receiveTask id="x"/>',
        '<bpmn:businessRuleTask id="x"/>',
        '<bpmn:manualTask id="x"/>',
        '<bpmn:task id="x"/>',
        '<bpmn:subProcess id="x"/>',
        '<bpmn:subProcess id="x" triggeredByEvent="true"/>',
        '<bpmn:transaction id="x"/>',
        '<bpmn:complexGateway id="x"/>',
        '<bpmn:inclusiveGateway id="x"/>',
        '<bpmn:eventBasedGateway id="x"/>',
        _event("intermediateThrowEvent", '<bpmn:linkEventDefinition name="l"/>'),
        _event("intermediateThrowEvent", "<bpmn:compensateEventDefinition/>"),
        _event("intermediateCatchEvent", '<bpmn:linkEventDefinition name="l"/>'),
        '<bpmn:dataObject id="x"/>',
        '<bpmn:dataObjectReference id="x"/>',
        '<bpmn:dataStoreReference id="x"/>',
        '<bpmn:ioSpecification id="x"/>',
        '<bpmn:property id="x"/>',
        '<bpmn:choreographyTask id="x"/>',
        '<bpmn:callChoreography id="x"/>',
        '<userTask id="x" xmlns="urn:other"/>',
        '<userTask id="x" xmlns=""/>',
        "<?php system('id') ?>",
    ):
        yield Hostile(element[:80], inside(element), _ELEMENT)
    for loop in (
        '<bpmn:standardLoopCharacteristics testBefore="true"/>',
        '<bpmn:standardLoopCharacteristics loopMaximum="10000000"/>',
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>10000000</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>",
        '<bpmn:multiInstanceLoopCharacteristics isSequential="true"/>',
        '<bpmn:humanPerformer id="h"/>',
        '<bpmn:rendering id="r"/>',
    ):
        yield Hostile(loop[:50], inside(f'<bpmn:userTask id="x">{loop}</bpmn:userTask>'), _ELEMENT)
        in_call = f'<bpmn:callActivity id="x" calledElement="y">{loop}</bpmn:callActivity>'
        yield Hostile(f"call {loop[:45]}", inside(in_call), _ELEMENT)


def _attributes() -> Iterator[Hostile]:
    for attribute in (
        'isForCompensation="true"',
        'startQuantity="3"',
        'completionQuantity="9"',
        'implementation="http://127.0.0.1:9/"',
        'default="f_a__e"',
        'camunda:expression="${x}" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"',
        'activiti:class="java.lang.Runtime" xmlns:activiti="http://activiti.org/bpmn"',
        'abreast:code="S1-01"',
        'xsi:type="bpmn:tScriptTask"',
        'xml:base="http://127.0.0.1:9/"',
    ):
        bad = bent(PLAIN, "<bpmn:userTask ", f"<bpmn:userTask {attribute} ")
        yield Hostile(attribute[:40], bad, _ATTRIBUTE)
    for attribute in (
        'xsi:schemaLocation="urn:x http://127.0.0.1:9/x.xsd"',
        'xsi:noNamespaceSchemaLocation="http://127.0.0.1:9/x.xsd"',
    ):
        bad = bent(PLAIN, "<bpmn:definitions ", f"<bpmn:definitions {attribute} ")
        yield Hostile(attribute[:30], bad, _ATTRIBUTE)
    language = bent(
        ITEM,
        '"bpmn:tFormalExpression">outcome',
        '"bpmn:tFormalExpression" language="python">outcome',
    )
    yield Hostile("expression language", language, _ATTRIBUTE)
    sub_type = bent(
        ITEM, 'xsi:type="bpmn:tFormalExpression">outcome', 'xsi:type="bpmn:tScript">outcome'
    )
    yield Hostile("expression type", sub_type, _ATTRIBUTE)
    many = bent(ITEM, "<bpmn:boundaryEvent ", '<bpmn:boundaryEvent parallelMultiple="true" ')
    yield Hostile("parallelMultiple", many, _ATTRIBUTE)


def _process(*parts: str) -> bytes:
    return wrapped("".join(parts)).encode()


def _shapes() -> Iterator[Hostile]:
    a, b, e = task("a"), task("b"), end("e")
    start_a, a_e = flow("start", "a"), flow("a", "e")
    loop = '<bpmn:exclusiveGateway id="g" default="f_g__e"/><bpmn:exclusiveGateway id="h"/>'
    for name, xml, code in (
        ("flow to nowhere", _process(START, a, e, start_a, flow("a", "ghost")), "loose_flow"),
        ("flow from nowhere", _process(START, a, e, start_a, flow("ghost", "e")), "loose_flow"),
        ("flow to a lane", bent(STAGE, 'targetRef="intake"', 'targetRef="lane_1"'), "loose_flow"),
        ("no start", _process(a, e, a_e), "start_count"),
        (
            "two starts",
            _process(START, START.replace('"start"', '"start_2"'), a, e, start_a, a_e),
            "start_count",
        ),
        ("no end", _process(START, a, start_a, flow("a", "a")), "no_end"),
        (
            "two ways out of a task",
            _process(START, a, e, end("e2"), start_a, a_e, flow("a", "e2")),
            "several_outgoing",
        ),
        (
            "two ways out of a start",
            _process(START, a, b, e, start_a, flow("start", "b"), a_e, flow("b", "e")),
            "several_outgoing",
        ),
        (
            "dead end",
            _process(
                START,
                a,
                b,
                e,
                '<bpmn:parallelGateway id="g"/>',
                start_a,
                flow("a", "g"),
                flow("g", "b"),
                flow("g", "e"),
            ),
            "dead_end",
        ),
        (
            "flow into the start",
            _process(START, a, e, start_a, flow("a", "start")),
            "flow_into_entry",
        ),
        (
            "flow out of an end",
            _process(START, a, e, start_a, a_e, flow("e", "a")),
            "flow_out_of_end",
        ),
        ("unreachable task", _process(START, a, b, e, start_a, a_e, flow("b", "e")), "unreachable"),
        (
            "unreachable circle",
            _process(START, a, b, task("c"), e, start_a, a_e, flow("b", "c"), flow("c", "b")),
            "unreachable",
        ),
        (
            "twin flows",
            _process(START, a, e, start_a, a_e, a_e.replace("f_a", "f2_a")),
            "twin_flow",
        ),
        ("duplicate node id", _process(START, a, a, e, start_a, a_e), "duplicate_id"),
        ("duplicate flow id", _process(START, a, e, start_a, a_e, a_e), "duplicate_id"),
        ("id of another part", bent(STAGE, 'id="lane_1"', 'id="intake"'), "duplicate_id"),
        ("no id", bent(PLAIN, 'id="a" ', ""), "bad_id"),
        ("id with a slash", PLAIN.replace('"a"', '"a/b"').encode(), "bad_id"),
        ("id of a split", PLAIN.replace('"a"', '"a.BoundaryEventSplit"').encode(), "bad_id"),
        ("id of the parser's end", PLAIN.replace('"a"', '"End"').encode(), "bad_id"),
        ("id of the parser's start", PLAIN.replace('"a"', '"Start"').encode(), "bad_id"),
        (
            "gateway circle",
            _process(
                START,
                a,
                e,
                loop,
                start_a,
                flow("a", "h"),
                flow("h", "g"),
                flow("g", "e"),
                flow("g", "h", "inspection"),
            ),
            "automatic_loop",
        ),
        (
            "token bomb",
            _process(
                START,
                a,
                e,
                '<bpmn:parallelGateway id="g"/>',
                start_a,
                flow("a", "g"),
                flow("g", "g"),
                flow("g", "e"),
            ),
            "automatic_loop",
        ),
        (
            "circle of calls",
            _process(
                START,
                a,
                e,
                loop,
                call("S1-01", "item_y"),
                start_a,
                flow("a", "h"),
                flow("h", "S1_01"),
                flow("S1_01", "g"),
                flow("g", "e"),
                flow("g", "h", "inspection"),
            ),
            "automatic_loop",
        ),
        (
            "self call",
            _process(START, call("S1-01", "item_x"), e, flow("start", "S1_01"), flow("S1_01", "e")),
            "self_call",
        ),
    ):
        yield Hostile(name, xml, f"bpmn.{code}")
    listed = bent(
        PLAIN,
        "</bpmn:extensionElements></bpmn:userTask>",
        "</bpmn:extensionElements><bpmn:outgoing>f_start__a</bpmn:outgoing></bpmn:userTask>",
    )
    yield Hostile("listed flow of another node", listed, "bpmn.flow_list")
    lanes = bent(STAGE, "<bpmn:flowNodeRef>pairs_1", "<bpmn:flowNodeRef>intake")
    yield Hostile("node in two lanes", lanes, "bpmn.lane")
    ghost = bent(STAGE, "<bpmn:flowNodeRef>pairs_1", "<bpmn:flowNodeRef>ghost")
    yield Hostile("lane of a ghost", ghost, "bpmn.lane")


def _many_outcomes() -> bytes:
    names = [f"t{number}" for number in range(9)]
    tasks = [task(n, " ".join(f"{n}o{number}" for number in range(8))) for n in names]
    flows = [flow(a, b) for a, b in zip(["start", *names], [*names, "e"], strict=True)]
    return _process(START, *tasks, end("e"), *flows)


def _only_way() -> bytes:
    merge = '<bpmn:exclusiveGateway id="g"/>'
    flows = flow("start", "a"), flow("a", "g"), flow("g", "e", "inspection")
    return _process(START, task("a"), merge, end("e"), *flows)


def _choices() -> Iterator[Hostile]:
    third = '<bpmn:exclusiveGateway id="accepted_or_not" default="f_accepted_or_not__deliver"/>'
    more = third + task("other") + flow("other", "end_refused")
    for name, xml, code in (
        ("no default", bent(ITEM, ' default="f_accepted_or_not__deliver"', ""), "default_missing"),
        (
            "default elsewhere",
            bent(ITEM, 'default="f_accepted_or_not__deliver"', 'default="f_start__accept"'),
            "default_missing",
        ),
        (
            "default is the wrong flow",
            bent(
                ITEM,
                'default="f_accepted_or_not__deliver"',
                'default="f_accepted_or_not__end_refused"',
            ),
            "condition_missing",
        ),
        (
            "condition on a task's flow",
            bent(
                ITEM, flow("deliver", "end_granted"), flow("deliver", "end_granted", "inspection")
            ),
            "condition_misplaced",
        ),
        (
            "condition on a fork",
            bent(STAGE, flow("fork", "S1_01"), flow("fork", "S1_01", "inspection")),
            "condition_misplaced",
        ),
        (
            "default with a condition",
            bent(
                ITEM,
                flow("accepted_or_not", "deliver"),
                flow("accepted_or_not", "deliver", "inspection"),
            ),
            "condition_misplaced",
        ),
        (
            "no condition",
            bent(ITEM, third, more + flow("accepted_or_not", "other")),
            "condition_missing",
        ),
        (
            "overlap",
            bent(ITEM, third, more + flow("accepted_or_not", "other", "inspection")),
            "overlap",
        ),
        (
            "same condition twice",
            bent(ITEM, third, more + flow("accepted_or_not", "other", "outcome == 'refused'")),
            "overlap",
        ),
        (
            "misspelt outcome",
            bent(ITEM, "outcome == 'refused'", "outcome == 'refuse'"),
            "never_true",
        ),
        ("condition on the only way", _only_way(), "condition_misplaced"),
        ("many outcomes", _many_outcomes(), "too_many_outcomes"),
        (
            "contradiction",
            bent(ITEM, "outcome == 'refused'", "inspection and not inspection"),
            "never_true",
        ),
        ("fact in a gateway", bent(ITEM, "outcome == 'refused'", "flow == 1"), "bad_condition"),
    ):
        yield Hostile(name, xml, f"bpmn.{code}")


def _events() -> Iterator[Hostile]:
    definition = TIMER[TIMER.index("<bpmn:timerEventDefinition") : -len("</bpmn:boundaryEvent>")]
    error, message = "<bpmn:errorEventDefinition/>", "<bpmn:messageEventDefinition/>"
    terminate = '<bpmn:endEvent id="end_refused"><bpmn:terminateEventDefinition/>'
    for name, xml, code in (
        ("missing timer", bent(ITEM, definition, ""), "boundary"),
        ("two timers", bent(ITEM, definition, definition * 2), "boundary"),
        ("empty timer", bent(ITEM, definition, "<bpmn:timerEventDefinition/>"), "timer"),
        ("cycle timer", bent(ITEM, "timeDuration", "timeCycle"), "element_refused"),
        ("date timer", bent(ITEM, "timeDuration", "timeDate"), "element_refused"),
        ("hours", bent(ITEM, "P5D", "PT5H"), "timer"),
        ("negative days", bent(ITEM, "P5D", "-P5D"), "timer"),
        ("no days", bent(ITEM, "P5D", "P0D"), "timer"),
        ("too many days", bent(ITEM, "P5D", "P9999999D"), "timer"),
        ("host is a ghost", bent(ITEM, 'attachedToRef="accept"', 'attachedToRef="ghost"'), "host"),
        (
            "host is a gateway",
            bent(ITEM, 'attachedToRef="accept"', 'attachedToRef="accepted_or_not"'),
            "host",
        ),
        ("host is itself", bent(ITEM, 'attachedToRef="accept"', 'attachedToRef="deemed"'), "host"),
        ("error boundary", bent(ITEM, definition, error), "element_refused"),
        ("message boundary", bent(ITEM, definition, message), "element_refused"),
        (
            "unknown signal",
            bent(LIFECYCLE, 'signalRef="milestone_1_reached"', 'signalRef="other"'),
            "signal",
        ),
        (
            "interrupting milestone",
            bent(LIFECYCLE, 'cancelActivity="false"', 'cancelActivity="true"'),
            "interrupting_milestone",
        ),
        (
            "flow into a boundary",
            bent(ITEM, 'targetRef="end_granted"', 'targetRef="deemed"'),
            "flow_into_entry",
        ),
        (
            "message start",
            bent(ITEM, START, f'<bpmn:startEvent id="start">{message}</bpmn:startEvent>'),
            "element_refused",
        ),
        (
            "terminate end",
            bent(ITEM, '<bpmn:endEvent id="end_refused">', terminate),
            "element_refused",
        ),
        (
            "days disagree",
            bent(ITEM, TIMER, TIMER.replace('"accept">', f'"accept">{extended(SIX)}')),
            "timer",
        ),
        (
            "unknown unit",
            bent(ITEM, TIMER, TIMER.replace('"accept">', f'"accept">{extended(LUNAR)}')),
            "mark_value",
        ),
    ):
        yield Hostile(name, xml, f"bpmn.{code}")


def _blocks() -> Iterator[Hostile]:
    empty = BLOCK[: BLOCK.index("<bpmn:callActivity")] + ALL_DONE + "</bpmn:adHocSubProcess>"
    in_block = "<bpmn:completionCondition"
    for name, xml, code in (
        (
            "call of nothing",
            bent(STAGE, 'id="S1_01" calledElement="item_x"', 'id="S1_01"'),
            "called_element",
        ),
        (
            "call of a dotted name",
            bent(STAGE, 'id="S1_01" calledElement="item_x"', 'id="S1_01" calledElement="a.b"'),
            "called_element",
        ),
        ("sequential block", bent(STAGE, '"Parallel"', '"Sequential"'), "block_ordering"),
        (
            "cancelling block",
            bent(STAGE, 'cancelRemainingInstances="false"', 'cancelRemainingInstances="1"'),
            "block_ordering",
        ),
        ("default cancels", bent(STAGE, ' cancelRemainingInstances="false"', ""), "block_ordering"),
        ("no completion", bent(STAGE, ALL_DONE, ""), "block_condition"),
        ("other completion", bent(STAGE, "all_done", "any_done"), "block_condition"),
        ("empty block", bent(STAGE, BLOCK, empty), "block_empty"),
        ("task in a block", bent(STAGE, in_block, task("t") + in_block), "element_refused"),
        (
            "block in a block",
            bent(STAGE, in_block, BLOCK.replace("pairs_1", "pairs_2") + in_block),
            "element_refused",
        ),
        (
            "flow in a block",
            bent(STAGE, in_block, flow("S1_02", "S1_03") + in_block),
            "element_refused",
        ),
        (
            "flow across the border",
            bent(STAGE, 'targetRef="pairs_1"', 'targetRef="S1_02"'),
            "flow_across_border",
        ),
        (
            "boundary in a block",
            bent(STAGE, in_block, TIMER.replace("accept", "S1_02") + in_block),
            "element_refused",
        ),
        (
            "boundary on a child",
            bent(STAGE, BLOCK, BLOCK + TIMER.replace("accept", "S1_02") + flow("deemed", "join")),
            "host",
        ),
        (
            "plain call in a block",
            bent(STAGE, in_block, '<bpmn:callActivity id="c" calledElement="y"/>' + in_block),
            "mark_missing",
        ),
        (
            "no pairing",
            bent(STAGE, '<abreast:pairing slots="2" mode="rolling"/>', ""),
            "mark_missing",
        ),
        ("many slots", bent(STAGE, 'slots="2"', 'slots="99"'), "mark_value"),
        ("unknown mode", bent(STAGE, '"rolling"', '"free"'), "mark_value"),
    ):
        yield Hostile(name, xml, f"bpmn.{code}")


def _marks() -> Iterator[Hostile]:
    step = '<abreast:step status="3" performer="window" outcomes="done"/>'
    item = '<abreast:item code="S1-01" department="housing"></abreast:item>'
    needs = '<abreast:needs document="D02" kind="hard"/>'
    for name, xml, code in (
        ("no step", bent(PLAIN, step, ""), "mark_missing"),
        ("two steps", bent(PLAIN, step, step * 2), "mark_twice"),
        ("unknown performer", bent(PLAIN, '"window"', '"root"'), "mark_value"),
        ("no outcome", bent(PLAIN, 'outcomes="done"', 'outcomes=""'), "mark_value"),
        ("same outcome twice", bent(PLAIN, 'outcomes="done"', 'outcomes="a a"'), "mark_value"),
        ("outcome with a quote", bent(PLAIN, 'outcomes="done"', 'outcomes="a\'b"'), "mark_value"),
        ("status word", bent(PLAIN, 'status="3"', 'status="accepted"'), "mark_value"),
        ("status missing", bent(PLAIN, 'status="3" ', ""), "mark_value"),
        (
            "unknown mark attribute",
            bent(PLAIN, "<abreast:step ", '<abreast:step run="x" '),
            "attribute_refused",
        ),
        ("item of another id", bent(STAGE, 'code="S1-01"', 'code="S1-09"'), "item_id"),
        ("code with a path", bent(STAGE, 'code="S1-01"', 'code="../S1"'), "mark_value"),
        ("two items", bent(STAGE, item, item * 2), "mark_twice"),
        ("item on a task", bent(PLAIN, step, item), "element_refused"),
        (
            "step on an end",
            bent(ITEM, '<abreast:result value="granted"/>', step),
            "element_refused",
        ),
        ("soft need", bent(STAGE, 'kind="hard"', 'kind="soft"'), "mark_value"),
        ("need twice", bent(STAGE, needs, needs * 2), "mark_twice"),
        ("need with markup", bent(STAGE, '"D02"', '"&lt;b&gt;"'), "mark_value"),
        (
            "bad applies",
            bent(STAGE, 'code="S1-01"', 'applies="exec(1)" code="S1-01"'),
            "bad_condition",
        ),
        ("unknown result", bent(ITEM, '"granted"', '"maybe"'), "mark_value"),
        (
            "results on some ends",
            bent(ITEM, '<abreast:result value="granted"/>', ""),
            "results_mixed",
        ),
        ("unknown join", bent(STAGE, 'join="all"', 'join="most"'), "mark_value"),
        ("stage of letters", bent(STAGE, 'number="1"', 'number="one"'), "mark_value"),
    ):
        yield Hostile(name, xml, f"bpmn.{code}")


def _documents() -> Iterator[Hostile]:
    process = PLAIN[PLAIN.index("<bpmn:process") : PLAIN.index("</bpmn:definitions>")]
    second = process.replace('id="', 'id="z').replace('Ref="', 'Ref="z')
    imported = '<bpmn:import namespace="x" location="http://127.0.0.1:9/" importType="x"/>'
    for name, xml, code in (
        ("no process", f"<bpmn:definitions {NAMESPACES}/>".encode(), "process_count"),
        ("two processes", bent(PLAIN, process, process + second), "process_count"),
        (
            "not executable",
            bent(PLAIN, 'isExecutable="true"', 'isExecutable="false"'),
            "not_executable",
        ),
        ("not said executable", bent(PLAIN, ' isExecutable="true"', ""), "not_executable"),
        ("import", bent(PLAIN, process, imported + process), "element_refused"),
        (
            "data store",
            bent(PLAIN, process, '<bpmn:dataStore id="d"/>' + process),
            "element_refused",
        ),
        ("message", bent(PLAIN, process, '<bpmn:message id="m"/>' + process), "element_refused"),
        (
            "other root",
            process.replace("<bpmn:process", f"<bpmn:process {NAMESPACES}")
            .replace('targetNamespace="https://abreast.dev/bpmn/1"', "")
            .encode(),
            "element_refused",
        ),
        ("no namespace", PLAIN.replace("bpmn:", "").encode(), "element_refused"),
        ("old namespace", bent(PLAIN, "20100524/MODEL", "20090101/MODEL"), "element_refused"),
        (
            "undeclared prefix",
            bent(PLAIN, 'xmlns:abreast="https://abreast.dev/bpmn/1"', ""),
            "not_xml",
        ),
        (
            "own namespace with a slash",
            bent(PLAIN, "abreast.dev/bpmn/1", "abreast.dev/bpmn/1/"),
            "element_refused",
        ),
        (
            "no target namespace",
            bent(PLAIN, 'targetNamespace="https://abreast.dev/bpmn/1"', ""),
            "schema",
        ),
        (
            "wrong order",
            bent(
                ITEM,
                "<bpmn:extensionElements><abreast:step",
                "<bpmn:incoming>f_start__accept</bpmn:incoming><bpmn:extensionElements><abreast:step",
            ),
            "schema",
        ),
        ("html", b"<html><script>alert(1)</script></html>", "element_refused"),
        ("svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "element_refused"),
        (
            "xslt",
            b"<x:stylesheet xmlns:x='http://www.w3.org/1999/XSL/Transform'/>",
            "element_refused",
        ),
        (
            "xinclude",
            bent(
                PLAIN,
                process,
                '<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>'
                + process,
            ),
            "element_refused",
        ),
    ):
        yield Hostile(name, xml, f"bpmn.{code}")
