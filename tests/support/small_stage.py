"""A small stage with everything in it, for tests that play many short histories."""

from __future__ import annotations

from bpmn.conditions import parse
from bpmn.diagram import (
    Diagram,
    Element,
    ItemMark,
    Kind,
    Pairing,
    Performer,
    Result,
    Step,
    Timer,
)

FACTS: dict[str, bool | int | str] = {"flow": 1, "dug": True}


def diagrams(mode: str = "rounds", slots: int = 2) -> dict[str, Diagram]:
    """Return a stage with ordered, pairable and free items, and the item's process."""
    return {"stage": _stage(Pairing(slots=slots, mode=mode)), "item": _item()}


def _stage(pairing: Pairing) -> Diagram:
    elements = [
        Element(id="start", kind=Kind.START, name="", targets=("intake",)),
        _task("intake", "fork", "filed"),
        Element(
            id="late",
            kind=Kind.BOUNDARY,
            name="",
            host="intake",
            targets=("late_end",),
            interrupting=False,
            timer=Timer(days=3, unit="working_day"),
        ),
        Element(id="late_end", kind=Kind.END, name=""),
        Element(id="fork", kind=Kind.PARALLEL, name="", targets=("S_1", "S_3", "pairs", "others")),
        _call("S_1", target="S_2", milestone=True, applies="flow in [1, 2]"),
        _call("S_2", target="join", milestone=True, needs=("D1",)),
        _call("S_3", target="join", needs=("D2",)),
        Element(id="pairs", kind=Kind.BLOCK, name="", targets=("join",), pairing=pairing),
        _call("S_4", parent="pairs"),
        _call("S_5", parent="pairs", needs=("D1",)),
        _call("S_6", parent="pairs", applies="not dug"),
        _call("S_7", parent="pairs", applies="dug == true"),
        _call("S_8", parent="pairs", milestone=True),
        Element(
            id="others",
            kind=Kind.BLOCK,
            name="",
            targets=("join",),
            pairing=Pairing(slots=0, mode="rounds"),
        ),
        _call("S_9", parent="others", needs=("D3",)),
        _call("S_10", parent="others"),
        Element(id="join", kind=Kind.PARALLEL, name="", targets=("end",)),
        Element(id="end", kind=Kind.END, name=""),
    ]
    return Diagram(id="stage", name="", elements=_sorted(elements), join="all")


def _item() -> Diagram:
    """An item with two tokens at once, an interrupting timer and one that only reminds."""
    day = Timer(days=5, unit="working_day")
    elements = [
        Element(id="start", kind=Kind.START, name="", targets=("accept",)),
        _task("accept", "accepted", "accepted", "refused"),
        Element(
            id="deemed", kind=Kind.BOUNDARY, name="", host="accept", timer=day, targets=("merge",)
        ),
        Element(id="merge", kind=Kind.EXCLUSIVE, name="", targets=("split",), default="split"),
        Element(
            id="accepted",
            kind=Kind.EXCLUSIVE,
            name="",
            targets=("merge", "not_accepted"),
            conditions=(("not_accepted", parse("outcome == 'refused'")),),
            default="merge",
        ),
        Element(id="not_accepted", kind=Kind.END, name="", targets=(), result=Result.REFUSED),
        Element(id="split", kind=Kind.PARALLEL, name="", targets=("inspect", "review")),
        _task("inspect", "both", "inspected"),
        _task("review", "both", "reviewed"),
        Element(
            id="reminder",
            kind=Kind.BOUNDARY,
            name="",
            host="review",
            interrupting=False,
            timer=day,
            targets=("remind",),
        ),
        _task("remind", "reminded", "reminded"),
        Element(id="reminded", kind=Kind.END, name="", result=Result.GRANTED),
        Element(id="both", kind=Kind.PARALLEL, name="", targets=("decide",)),
        _task("decide", "decided", "granted", "refused"),
        Element(
            id="decided",
            kind=Kind.EXCLUSIVE,
            name="",
            targets=("granted", "refused"),
            conditions=(("refused", parse("outcome == 'refused'")),),
            default="granted",
        ),
        Element(id="granted", kind=Kind.END, name="", result=Result.GRANTED),
        Element(id="refused", kind=Kind.END, name="", result=Result.REFUSED),
    ]
    return Diagram(id="item", name="", elements=_sorted(elements))


def _task(name: str, target: str, *outcomes: str) -> Element:
    step = Step(status=8, performer=Performer.DEPARTMENT, outcomes=outcomes)
    return Element(id=name, kind=Kind.TASK, name="", targets=(target,), step=step)


def _call(  # noqa: PLR0913 - what a call may carry
    name: str,
    *,
    target: str | None = None,
    parent: str | None = None,
    needs: tuple[str, ...] = (),
    applies: str | None = None,
    milestone: bool = False,
) -> Element:
    mark = ItemMark(
        code=name.replace("_", "-"),
        department="office",
        applies=None if applies is None else parse(applies),
        needs=needs,
        milestone=milestone,
        inspection=False,
    )
    return Element(
        id=name,
        kind=Kind.CALL,
        name="",
        parent=parent,
        targets=() if target is None else (target,),
        called="item",
        item=mark,
    )


def _sorted(elements: list[Element]) -> tuple[Element, ...]:
    return tuple(sorted(elements, key=lambda element: element.id))
