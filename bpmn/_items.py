"""Sketches of the four kinds of item: what happens between receipt and delivery."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bpmn._sketch import Flow, Lane, Node, Sketch
from bpmn.diagram import Kind, Performer, Result, Step, Timer

WINDOW: Final = Lane(id="lane_window", name="综合窗口")
INSPECTOR: Final = Lane(id="lane_inspector", name="踏勘人员")
DEPARTMENT: Final = Lane(id="lane_department", name="审批部门")
EXTERNAL: Final = Lane(id="lane_external", name="施工单位")

RECEIVED, ACCEPTED, IN_REVIEW, DELIVERED = 1, 3, 8, 11  # national status codes (BLZT)
REFUSED: Final = "outcome == 'refused'"
NOT_NEEDED: Final = "outcome == 'not_needed'"
DEEMED: Final = Timer(days=5, unit="working_day")

_PERFORMERS: Final = {
    WINDOW.id: Performer.WINDOW,
    INSPECTOR.id: Performer.INSPECTOR,
    DEPARTMENT.id: Performer.DEPARTMENT,
    EXTERNAL.id: Performer.EXTERNAL,
}


def items() -> tuple[Sketch, ...]:
    """Return the sketches of all kinds of item."""
    return standard(), commitment(), review(), utility()


def standard() -> Sketch:
    """Return 接件 → 受理 → (踏勘) → 审查 → 决定 → 送达; silence for five days is acceptance."""
    return Sketch(
        id="item_standard",
        name="一般事项",
        lanes=(WINDOW, INSPECTOR, DEPARTMENT),
        nodes=(
            _start(row=2),
            _receive("received", row=2),
            _silence("deemed_unreceived", "receive", row=2),
            *_acceptance(row=2),
            *_examination(),
            _deliver(row=2),
            _end(Result.GRANTED, WINDOW, "end_granted", "办结送达", row=2),
        ),
        flows=(
            Flow(source="start", target="receive"),
            Flow(source="receive", target="accept"),
            *_acceptance_flows(),
            *_examination_flows(),
            Flow(source="decided", target="deliver", name="是", default=True),
            Flow(source="deliver", target="end_granted"),
        ),
    )


def commitment() -> Sketch:
    """Return the standard way with a short cut: decided on the spot against a commitment."""
    return Sketch(
        id="item_commitment",
        name="告知承诺事项",
        lanes=(WINDOW, INSPECTOR, DEPARTMENT),
        nodes=(
            _start(row=2),
            _receive("received", "committed", row=2),
            _silence("deemed_unreceived", "receive", row=2),
            _exclusive("committed", "是否承诺", WINDOW, row=2),
            *_acceptance(row=2),
            *_examination(),
            _task("decide_on_commitment", "当场决定", DEPARTMENT, "granted", "refused", row=1),
            _exclusive("decided_on_commitment", "是否准予", DEPARTMENT, row=1),
            _end(Result.REFUSED, DEPARTMENT, "end_refused_on_commitment", "不予办理", row=2),
            _exclusive("to_deliver", "", WINDOW, row=2),
            _deliver(row=2),
            _end(Result.GRANTED, WINDOW, "end_granted", "办结送达", row=2),
        ),
        flows=(
            Flow(source="start", target="receive"),
            Flow(source="receive", target="committed"),
            Flow(source="committed", target="accept", name="否", default=True),
            Flow(
                source="committed",
                target="decide_on_commitment",
                name="是",
                condition="outcome == 'committed'",
            ),
            *_acceptance_flows(),
            *_examination_flows(),
            Flow(source="decided", target="to_deliver", name="是", default=True),
            Flow(source="decide_on_commitment", target="decided_on_commitment"),
            Flow(source="decided_on_commitment", target="to_deliver", name="是", default=True),
            Flow(
                source="decided_on_commitment",
                target="end_refused_on_commitment",
                name="否",
                condition=REFUSED,
            ),
            Flow(source="to_deliver", target="deliver"),
            Flow(source="deliver", target="end_granted"),
        ),
    )


def review() -> Sketch:
    """Return 接件 → 审查 → 出具意见 → 送达."""
    return Sketch(
        id="item_review",
        name="技术审查与中介服务",
        lanes=(WINDOW, replace(DEPARTMENT, name="审查机构")),
        nodes=(
            _start(),
            _receive("received", status=ACCEPTED),
            _task("review", "审查", DEPARTMENT, "reviewed"),
            _task("opinion", "出具意见", DEPARTMENT, "granted", "refused"),
            *_decision(),
            _deliver(),
            _end(Result.GRANTED, WINDOW, "end_granted", "办结送达"),
        ),
        flows=(
            Flow(source="start", target="receive"),
            Flow(source="receive", target="review"),
            Flow(source="review", target="opinion"),
            Flow(source="opinion", target="decided"),
            Flow(source="decided", target="end_refused", name="否", condition=REFUSED),
            Flow(source="decided", target="deliver", name="是", default=True),
            Flow(source="deliver", target="end_granted"),
        ),
    )


def utility() -> Sketch:
    """Return 接件 → 联合踏勘 → 接入方案 → 施工接通 → 送达."""
    return Sketch(
        id="item_utility",
        name="市政公用服务接入",
        lanes=(WINDOW, INSPECTOR, replace(DEPARTMENT, name="公用服务单位"), EXTERNAL),
        nodes=(
            _start(),
            _receive("received", status=ACCEPTED),
            _task("survey", "联合踏勘", INSPECTOR, "surveyed"),
            _task("plan", "接入方案", DEPARTMENT, "granted", "refused"),
            *_decision(),
            _task("connect", "施工接通", EXTERNAL, "connected"),
            _deliver(),
            _end(Result.GRANTED, WINDOW, "end_granted", "办结送达"),
        ),
        flows=(
            Flow(source="start", target="receive"),
            Flow(source="receive", target="survey"),
            Flow(source="survey", target="plan"),
            Flow(source="plan", target="decided"),
            Flow(source="decided", target="end_refused", name="否", condition=REFUSED),
            Flow(source="decided", target="connect", name="是", default=True),
            Flow(source="connect", target="deliver"),
            Flow(source="deliver", target="end_granted"),
        ),
    )


def _acceptance(*, row: int) -> tuple[Node, ...]:
    """Return 受理 with its deemed acceptance; the two ways of turning it away end above.

    What by law needs no approval is not taken in (不受理), what this authority may not take, or not
    so, is refused (不予受理). Source: XKF32 (1), (2).

    The days run from the filing, whether or not the window has noted the receipt: what it leaves
    unread is accepted as well. Source: XKF32.
    """
    return (
        _task(
            "accept", "受理", WINDOW, "accepted", "refused", "not_needed", row=row, status=ACCEPTED
        ),
        _silence("deemed", "accept", row=row),
        _exclusive("accepted_or_not", "是否受理", WINDOW, row=row),
        _end(Result.REFUSED, WINDOW, "end_not_accepted", "不予受理", row=row - 1),
        _end(Result.REFUSED, WINDOW, "end_not_needed", "不受理", row=row - 2),
        _exclusive("accepted", "", WINDOW, row=row),
        _exclusive("to_inspect", "是否踏勘", WINDOW, row=row),
    )


def _silence(element: str, host: str, *, row: int) -> Node:
    return Node(
        id=element,
        kind=Kind.BOUNDARY,
        name="视为受理",
        lane=WINDOW.id,
        row=row,
        host=host,
        timer=DEEMED,
    )


def _acceptance_flows() -> tuple[Flow, ...]:
    return (
        Flow(source="accept", target="accepted_or_not"),
        Flow(source="accepted_or_not", target="end_not_accepted", name="否", condition=REFUSED),
        Flow(
            source="accepted_or_not", target="end_not_needed", name="不需要", condition=NOT_NEEDED
        ),
        Flow(source="accepted_or_not", target="accepted", name="是", default=True),
        Flow(source="deemed", target="accepted"),
        Flow(source="deemed_unreceived", target="accepted"),
        Flow(source="accepted", target="to_inspect"),
    )


def _examination() -> tuple[Node, ...]:
    """Return 踏勘, 审查 and 决定."""
    return (
        _task("inspect", "踏勘", INSPECTOR, "inspected"),
        _exclusive("to_review", "", DEPARTMENT),
        _task("review", "审查", DEPARTMENT, "reviewed"),
        _task("decide", "决定", DEPARTMENT, "granted", "refused"),
        *_decision(),
    )


def _examination_flows() -> tuple[Flow, ...]:
    return (
        Flow(source="to_inspect", target="inspect", name="是", condition="inspection"),
        Flow(source="to_inspect", target="to_review", name="否", default=True),
        Flow(source="inspect", target="to_review"),
        Flow(source="to_review", target="review"),
        Flow(source="review", target="decide"),
        Flow(source="decide", target="decided"),
        Flow(source="decided", target="end_refused", name="否", condition=REFUSED),
    )


def _decision() -> tuple[Node, ...]:
    return (
        _exclusive("decided", "是否准予", DEPARTMENT),
        _end(Result.REFUSED, DEPARTMENT, "end_refused", "不予办理"),
    )


def _start(*, row: int = 0) -> Node:
    return Node(id="start", kind=Kind.START, name="申请", lane=WINDOW.id, row=row)


def _receive(*outcomes: str, row: int = 0, status: int = RECEIVED) -> Node:
    """A file without a step of acceptance is accepted on receipt: its clock runs from there."""
    return _task("receive", "接件", WINDOW, *outcomes, row=row, status=status)


def _deliver(*, row: int = 0) -> Node:
    return _task("deliver", "送达", WINDOW, "delivered", row=row, status=DELIVERED)


def _task(  # the step's words are the point: they stay positional
    element: str, name: str, lane: Lane, *outcomes: str, row: int = 0, status: int = IN_REVIEW
) -> Node:
    return Node(
        id=element,
        kind=Kind.TASK,
        name=name,
        lane=lane.id,
        row=row,
        step=Step(status=status, performer=_PERFORMERS[lane.id], outcomes=outcomes),
    )


def _exclusive(element: str, name: str, lane: Lane, *, row: int = 0) -> Node:
    return Node(id=element, kind=Kind.EXCLUSIVE, name=name, lane=lane.id, row=row)


def _end(result: Result, lane: Lane, element: str, name: str, *, row: int = 0) -> Node:
    return Node(id=element, kind=Kind.END, name=name, lane=lane.id, row=row, result=result)
