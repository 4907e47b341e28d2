"""Which items a project needs, from flow type and facts; which facts are still to be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from workflows.catalogue.findings import Finding
from workflows.catalogue.values import FactType

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from bpmn.conditions import Condition, Value
    from workflows.catalogue.values import Catalogue, Contradiction, FactQuestion, Item

    Facts = Mapping[str, bool | str]


class Pull(NamedTuple):
    """Why an item is pulled in: *needed_by* cannot be filed without *document*."""

    needed_by: str
    document: str


def values_of(flow: int, facts: Facts) -> dict[str, Value | None]:
    """Return what a condition is asked with: the facts and `flow`."""
    return {**facts, "flow": flow}


def missing_facts(catalogue: Catalogue, flow: int, facts: Facts) -> tuple[str, ...]:
    """Return the questions that still matter, in catalogue order.

    A question matters when it is required, or when its answer can still change whether an item
    of the flow applies or whether facts contradict each other. With none left, no applicability
    is unknown.
    """
    values = values_of(flow, facts)
    open_conditions = [each for each in _conditions(catalogue, flow) if each(values) is None]
    wanted = {name for each in open_conditions for name in each.open_names(values)}
    return tuple(
        code
        for code, question in catalogue.facts.items()
        if values.get(code) is None and (question.required or code in wanted)
    )


def contradictions(catalogue: Catalogue, flow: int, facts: Facts) -> tuple[Contradiction, ...]:
    """Return the contradictions that certainly hold, in catalogue order."""
    values = values_of(flow, facts)
    return tuple(each for each in catalogue.contradictions if each.when(values) is True)


def bad_facts(catalogue: Catalogue, flow: int, facts: Facts) -> tuple[Finding, ...]:
    """Return what is wrong with each answer by itself: unknown flow or fact, value not allowed."""
    return tuple(_bad_facts(catalogue, flow, facts))


def applicable(catalogue: Catalogue, flow: int, facts: Facts) -> frozenset[str]:
    """Return the codes of the items that certainly apply.

    While `missing_facts` names questions more items may come to apply.
    """
    values = values_of(flow, facts)
    return frozenset(
        item.code
        for item in catalogue.items.values()
        if flow in item.flows and (item.applies is None or item.applies(values) is True)
    )


def possible(catalogue: Catalogue, flow: int, facts: Facts) -> frozenset[str]:
    """Return the codes of the items that apply or, while questions are open, may apply.

    These are the items that a net does not leave out.
    """
    values = values_of(flow, facts)
    return frozenset(
        item.code
        for item in catalogue.items.values()
        if flow in item.flows and (item.applies is None or item.applies(values) is not False)
    )


def hard_needs(catalogue: Catalogue, applicable: Collection[str]) -> Mapping[str, frozenset[str]]:
    """Return, for each applicable item, the document kinds that hold it.

    A need without an applicable producer is vacuous (不需要) and left out.
    """
    present = {document for code in applicable for document in catalogue.item(code).produces}
    return {
        item.code: frozenset(item.hard_needs) & present for item in _in_order(catalogue, applicable)
    }


def pulled_in(catalogue: Catalogue, applicable: Collection[str]) -> Mapping[str, Pull]:
    """Return the pairable and free items that count as mandated, each with one reason.

    Such an item produces a document that an applicable mandated, serial or itself pulled-in item
    hard-needs, and no applicable mandated or serial item produces that document. The reason is
    the first in catalogue order.
    """
    pulls: dict[str, Pull] = {}
    waiting = [item for item in _in_order(catalogue, applicable) if item.ordered]
    while waiting:
        needy = waiting.pop(0)
        for producer, document in _pullers(catalogue, needy, applicable):
            if producer.code not in pulls:
                pulls[producer.code] = Pull(needy.code, document)
                waiting.append(producer)
    return {item.code: pulls[item.code] for item in _in_order(catalogue, pulls)}


def _pullers(
    catalogue: Catalogue, needy: Item, applicable: Collection[str]
) -> Iterator[tuple[Item, str]]:
    for document in needy.hard_needs:
        producers = [item for item in catalogue.producers(document) if item.code in applicable]
        if not any(item.ordered for item in producers):
            yield from ((item, document) for item in producers)


def _in_order(catalogue: Catalogue, codes: Collection[str]) -> Iterator[Item]:
    return (item for item in catalogue.items.values() if item.code in codes)


def _conditions(catalogue: Catalogue, flow: int) -> Iterator[Condition]:
    for item in catalogue.items.values():
        if item.applies is not None and flow in item.flows:
            yield item.applies
    for contradiction in catalogue.contradictions:
        yield contradiction.when


def _bad_facts(catalogue: Catalogue, flow: int, facts: Facts) -> Iterator[Finding]:
    if flow not in catalogue.flows:
        flows = ", ".join(map(str, catalogue.flows))
        yield Finding(code="facts.flow_unknown", params={"flow": flow, "allowed": flows})
    for name, value in sorted(facts.items()):
        question = catalogue.facts.get(name)
        if question is None:
            yield Finding(code="facts.unknown", field=name, params={"fact": name})
        elif not _fits(question, value):
            yield Finding(
                code="facts.value_not_allowed",
                field=name,
                params={"fact": name, "value": str(value), "allowed": _allowed(question)},
            )


def _fits(question: FactQuestion, value: object) -> bool:
    if question.type is FactType.BOOL:
        return isinstance(value, bool)
    return isinstance(value, str) and value in question.values


def _allowed(question: FactQuestion) -> str:
    return ", ".join(str(value).lower() for value in question.values)
