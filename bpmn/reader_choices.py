"""Rules for exclusive gateways: one default, and never two ways at once."""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING

from bpmn.conditions import ConditionError
from bpmn.errors import (
    ConditionMisplacedError,
    ConditionMissingError,
    DefaultMissingError,
    NeverTrueError,
    OverlapError,
    TooManyOutcomesError,
)
from bpmn.reader_marks import bad_condition, condition, step

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bpmn.conditions import Condition
    from bpmn.reader_sketch import Flow, Sketch, SketchNode

NAMES = frozenset({"outcome", "inspection"})
MOST_OUTCOMES = 64  # every case is tried, so that their number must be small
OTHER = ""  # stands for any word that no task of the process knows


def check(sketch: Sketch) -> None:
    """Check every condition and every exclusive gateway.

    Conditions know only `outcome` and `inspection`, so that every case can be tried: two that hold
    in one case are refused, and so is one that holds in none (a misspelt outcome).

    Raises:
        BpmnError: A subclass for the first broken rule.
    """
    cases = tuple(_cases(sketch))
    choices = {node.id for node in sketch.of("exclusiveGateway")}
    for flow in sketch.flows:
        if flow.condition is not None and flow.source not in choices:
            raise ConditionMisplacedError(flow=flow.id, node=flow.source)
    for gateway in sketch.of("exclusiveGateway"):
        _check_gateway(gateway, sketch.outgoing[gateway.id], cases)


def _cases(sketch: Sketch) -> Iterator[Mapping[str, bool | str]]:
    outcomes = {OTHER}
    for task in sketch.of("userTask"):
        outcomes.update(step(task.xml).outcomes)
    if len(outcomes) > MOST_OUTCOMES:
        raise TooManyOutcomesError(count=len(outcomes), limit=MOST_OUTCOMES)
    for outcome, inspection in product(sorted(outcomes), (True, False)):
        yield {"outcome": outcome, "inspection": inspection}


def _check_gateway(
    gateway: SketchNode, flows: tuple[Flow, ...], cases: tuple[Mapping[str, bool | str], ...]
) -> None:
    default = gateway.xml.get("default")
    if default is not None and default not in {flow.id for flow in flows}:
        raise DefaultMissingError(gateway=gateway.id, default=default[:80])
    if len(flows) == 1:
        if flows[0].condition is not None:
            raise ConditionMisplacedError(flow=flows[0].id, node=gateway.id)
        return
    if default is None:
        raise DefaultMissingError(gateway=gateway.id, default="")
    _check_disjoint(gateway.id, _conditions(gateway, flows, default), cases)


def _conditions(gateway: SketchNode, flows: tuple[Flow, ...], default: str) -> dict[str, Condition]:
    found: dict[str, Condition] = {}
    for flow in flows:
        if flow.id == default:
            if flow.condition is not None:
                raise ConditionMisplacedError(flow=flow.id, node=gateway.id)
        elif not flow.condition:
            raise ConditionMissingError(flow=flow.id, gateway=gateway.id)
        else:
            found[flow.id] = condition(flow.condition, flow.id, NAMES)
    return found


def _check_disjoint(
    gateway: str,
    conditions: Mapping[str, Condition],
    cases: tuple[Mapping[str, bool | str], ...],
) -> None:
    holding = {
        flow: {number for number, case in enumerate(cases) if _holds(asked, case, flow)}
        for flow, asked in conditions.items()
    }
    for flow, numbers in holding.items():
        if not numbers:
            raise NeverTrueError(flow=flow, gateway=gateway, text=conditions[flow].text)
    for first, second in combinations(holding, 2):
        if holding[first] & holding[second]:
            raise OverlapError(gateway=gateway, first=first, second=second)


def _holds(asked: Condition, case: Mapping[str, bool | str], flow: str) -> bool:
    try:
        return asked(case) is True
    except ConditionError as error:  # an order of texts, a text as a truth value
        raise bad_condition(error, flow) from error
