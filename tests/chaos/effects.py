"""What each operation of the interface must leave in the log: its one main event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows import events as e

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tests.chaos.evidence import Call
    from workflows.events import Body, Event


def main_events(call: Call, events: Iterable[Event]) -> list[Event]:
    """Return those of *events* that are what *call* asked for; there must be exactly one."""
    is_main = _MAIN[call.op]
    return [event for event in events if is_main(event.body, call.sent, call)]


def known(op: str) -> bool:
    """Tell whether it is said here what *op* does."""
    return op in _MAIN


def _same(body: Body, sent: Mapping[str, object], *names: str) -> bool:
    return all(getattr(body, name) == sent[name] for name in names)


def _filed_project(body: Body, sent: Mapping[str, object], _: Call) -> bool:
    return isinstance(body, e.ProjectFiled) and _same(body, sent, "code", "flow", "owner")


def _filed_stage(body: Body, sent: Mapping[str, object], _: Call) -> bool:
    return isinstance(body, e.StageFiled) and _same(body, sent, "stage", "unit")


def _filed_item(body: Body, sent: Mapping[str, object], _: Call) -> bool:
    return (
        isinstance(body, e.ItemFiled)
        and body.filing.item == sent["item"]
        and body.unit == sent["unit"]
    )


def _step(body: Body, sent: Mapping[str, object], _: Call) -> bool:
    return isinstance(body, e.StepCompleted) and _same(
        body, sent, "unit", "item", "attempt", "step", "outcome"
    )


def _withdrawn(body: Body, sent: Mapping[str, object], _: Call) -> bool:
    return isinstance(body, e.ItemWithdrawn) and _same(body, sent, "unit", "item")


def _declined(body: Body, sent: Mapping[str, object], _: Call) -> bool:
    return isinstance(body, e.ItemDeclined) and _same(body, sent, "unit", "item")


def _proposed(body: Body, sent: Mapping[str, object], _: Call) -> bool:
    return isinstance(body, e.PairProposed) and {body.first, body.second} == {
        sent["first"],
        sent["second"],
    }


def _drawn(body: Body, sent: Mapping[str, object], _: Call) -> bool:
    return (
        isinstance(body, e.PairProposed)
        and body.policy is e.Policy.DRAWN
        and _same(body, sent, "stage", "unit")
    )


def _started(body: Body, sent: Mapping[str, object], _: Call) -> bool:
    return isinstance(body, e.PairStarted) and _same(body, sent, "pair")


def _dissolved(body: Body, sent: Mapping[str, object], _: Call) -> bool:
    return isinstance(body, e.PairDissolved) and _same(body, sent, "pair")


def _claimed(body: Body, sent: Mapping[str, object], call: Call) -> bool:
    return (
        isinstance(body, e.TaskClaimed)
        and _same(body, sent, "unit", "item", "attempt")
        and body.person == call.actor
    )


def _released(body: Body, sent: Mapping[str, object], _: Call) -> bool:
    return isinstance(body, e.TaskReleased) and _same(body, sent, "unit", "item", "attempt")


def _fired(body: Body, sent: Mapping[str, object], _: Call) -> bool:
    return isinstance(body, e.TimerFired) and _same(body, sent, "unit", "item", "attempt", "timer")


def _gave_up(body: Body, _: Mapping[str, object], __: Call) -> bool:
    return isinstance(body, e.ProjectWithdrawn)


def _ended(body: Body, _: Mapping[str, object], __: Call) -> bool:
    return isinstance(body, e.ProjectTerminated)


def _paused(body: Body, sent: Mapping[str, object], _: Call) -> bool:
    if not isinstance(body, e.ItemPaused) or body.unit != sent["unit"]:
        return False
    items = sent.get("items", (sent.get("item"),))
    return tuple(one.item for one in body.paused) == items and body.procedure == sent.get(
        "procedure"
    )


def _resumed(body: Body, sent: Mapping[str, object], _: Call) -> bool:
    return (
        isinstance(body, e.ItemResumed)
        and [one.item for one in body.resumed] == [sent["item"]]
        and _same(body, sent, "unit")
        and body.procedure == sent.get("procedure")
    )


def _visited(body: Body, sent: Mapping[str, object], _: Call) -> bool:
    return isinstance(body, e.ItemResumed) and _same(body, sent, "visit")


def _suspended(body: Body, _: Mapping[str, object], __: Call) -> bool:
    return isinstance(body, e.ProjectSuspended)


def _goes_on(body: Body, _: Mapping[str, object], __: Call) -> bool:
    return isinstance(body, e.ProjectResumed)


def _added(body: Body, sent: Mapping[str, object], _: Call) -> bool:
    return isinstance(body, e.UnitAdded) and _same(body, sent, "unit", "stage")


def _supplied(body: Body, sent: Mapping[str, object], _: Call) -> bool:
    return isinstance(body, e.MaterialSupplied) and _same(body, sent, "unit", "material")


_MAIN: dict[str, Callable[[Body, Mapping[str, object], Call], bool]] = {
    "fileProject": _filed_project,
    "fileStage": _filed_stage,
    "fileItem": _filed_item,
    "completeTask": _step,
    "claimTask": _claimed,
    "releaseTask": _released,
    "withdrawItem": _withdrawn,
    "declineItem": _declined,
    "proposePair": _proposed,
    "drawPair": _drawn,
    "startPair": _started,
    "dissolvePair": _dissolved,
    "fireTimer": _fired,
    "withdrawProject": _gave_up,
    "terminateProject": _ended,
    "askSupplement": _paused,
    "answerSupplement": _resumed,
    "startProcedure": _paused,
    "endProcedure": _resumed,
    "startVisit": _paused,
    "endVisit": _visited,
    "suspendProject": _suspended,
    "resumeProject": _goes_on,
    "addUnit": _added,
    "supplyMaterial": _supplied,
}
