"""What bars a scenario from being run: names that mean nothing, and what contradicts itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.edits import edited
from simulation.errors import ScenarioError
from simulation.scenario import Mode, Policy
from workflows.applicability import applicable, bad_facts, contradictions, missing_facts
from workflows.catalogue.check import project_findings, statute_findings, working_days
from workflows.catalogue.findings import Finding
from workflows.catalogue.values import Coupling
from workflows.graph import cycles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulation.scenario import Kind, Scenario
    from workflows.catalogue.values import Catalogue

WEEK = 5
_TWO = 2


def checked(scenario: Scenario, catalogue: Catalogue) -> Scenario:
    """Return the scenario as it is, if nothing bars it.

    Raises:
        ScenarioError: With every reason.
    """
    findings = check(scenario, catalogue)
    if findings:
        raise ScenarioError(findings)
    return scenario


def check(scenario: Scenario, catalogue: Catalogue) -> tuple[Finding, ...]:
    """Return what is wrong; what rests on unknown names is judged once these are mended."""
    names = tuple(_names(scenario, catalogue))
    return names or tuple(_judged(scenario, catalogue))


def _names(scenario: Scenario, catalogue: Catalogue) -> Iterator[Finding]:
    edits, service = scenario.edits, scenario.service
    named = {
        "catalogue.couplings": edits.couplings,
        "catalogue.dropped": edits.dropped,
        "catalogue.limits": edits.limits,
        "catalogue.commitment": edits.commitment,
        "catalogue.needs": [item for item, _ in edits.needs],
        "service.items": service.items,
        "service.factors": service.factors,
        "chances.supplements": scenario.chances.supplements,
    }
    for field, codes in named.items():
        for code in codes:
            if code not in catalogue.items:
                yield Finding(code="scenario.item_unknown", item=code, field=field)
    for code in scenario.departments:
        if code not in catalogue.departments:
            yield Finding(code="scenario.department_unknown", item=code, field="departments")
    for item, document in edits.needs:
        known = catalogue.items.get(item)
        if known is not None and document not in {need.document for need in known.needs}:
            yield Finding(code="scenario.need_unknown", item=item, params={"document": document})
    if not scenario.arrivals.kinds:
        yield Finding(code="scenario.no_kinds", field="arrivals.kinds")
    for place, kind in enumerate(scenario.arrivals.kinds):
        yield from _facts(kind, place, catalogue)


def _facts(kind: Kind, place: int, catalogue: Catalogue) -> Iterator[Finding]:
    """Yield what keeps a kind of project from being filed at all."""
    field = f"arrivals.kinds[{place}]"
    bad = bad_facts(catalogue, kind.flow, kind.facts)
    for each in bad:
        yield Finding(code=each.code, item=each.item, field=each.field or field, params=each.params)
    if bad:
        return
    for fact in missing_facts(catalogue, kind.flow, kind.facts):
        yield Finding(code="scenario.fact_missing", field=field, params={"fact": fact})
    for rule in contradictions(catalogue, kind.flow, kind.facts):
        told = {"when": rule.when.text, "zh": rule.message.zh, "en": rule.message.en}
        yield Finding(code="scenario.facts_contradict", field=field, params={"rules": [told]})


def _judged(scenario: Scenario, catalogue: Catalogue) -> Iterator[Finding]:
    yield from _figures(scenario)
    yield from _dropped(scenario, catalogue)
    own = edited(catalogue, scenario.edits)
    yield from _classes(scenario, own)
    circles = cycles(own)
    for circle in circles:
        path = " -> ".join((*circle, circle[0]))
        yield Finding(code="catalogue.cycle", item=circle[0], params={"path": path})
    if not circles and own is not catalogue:
        yield from _milestones(scenario, own)
    yield from _staff(scenario, own)
    yield from _limits(scenario, own)


def _figures(scenario: Scenario) -> Iterator[Finding]:
    arrivals, pairing = scenario.arrivals, scenario.pairing
    if arrivals.warm_up >= arrivals.projects:
        params = {"warm_up": arrivals.warm_up, "projects": arrivals.projects}
        yield Finding(code="scenario.all_warm_up", field="arrivals.warm_up", params=params)
    if pairing.mode is Mode.ROUNDS and pairing.slots > _TWO:
        params = {"slots": pairing.slots}
        yield Finding(code="scenario.rounds_of_two", field="pairing.slots", params=params)
    if pairing.slots == 1 and pairing.policy is not Policy.SINGLE:
        named = {"policy": pairing.policy.value}
        yield Finding(code="scenario.no_room_for_two", field="pairing.slots", params=named)


def _dropped(scenario: Scenario, catalogue: Catalogue) -> Iterator[Finding]:
    """Yield what is said about dropped items, and items that wait for what only those made."""
    edits = scenario.edits
    gone = frozenset(edits.dropped)
    named = (*edits.couplings, *edits.limits, *edits.commitment, *(item for item, _ in edits.needs))
    for code in sorted(gone & {*named}):
        yield Finding(code="scenario.dropped_and_changed", item=code, field="catalogue.dropped")
    seen: set[tuple[str, str]] = set()
    for kind in scenario.arrivals.kinds:
        codes = applicable(catalogue, kind.flow, kind.facts)
        for code in sorted(codes - gone):
            for need in catalogue.items[code].needs:
                makers = {each.code for each in catalogue.producers(need.document)} & codes
                hard = edits.needs.get((code, need.document), need.hard)
                key = (code, need.document)
                if hard and makers and makers <= gone and key not in seen:
                    seen.add(key)
                    params = {"document": need.document, "dropped": ", ".join(sorted(makers))}
                    yield Finding(code="scenario.waits_for_dropped", item=code, params=params)


def _classes(scenario: Scenario, own: Catalogue) -> Iterator[Finding]:
    """Yield items of a stage that runs alongside in a class of which its rules know nothing."""
    for code, coupling in scenario.edits.couplings.items():
        item = own.items.get(code)
        if item is None or coupling is Coupling.FREE or own.stages[item.stage].join is not None:
            continue
        yield Finding(code="move.rule.alongside", item=code, params={"stage": item.stage})


def _milestones(scenario: Scenario, own: Catalogue) -> Iterator[Finding]:
    """Yield milestones that nothing makes any more, or that are out of reach."""
    told: set[tuple[object, ...]] = set()
    for kind in scenario.arrivals.kinds:
        for found in project_findings(own, kind.flow, kind.facts):
            what = (found.code, found.params["flow"], found.params["stage"])
            if what not in told:
                told.add(what)
                yield found


def _staff(scenario: Scenario, own: Catalogue) -> Iterator[Finding]:
    """Yield departments that have work and nobody, or no day, to do it."""
    needed: dict[str, str] = {}
    for kind in scenario.arrivals.kinds:
        for code in sorted(applicable(own, kind.flow, kind.facts)):
            needed.setdefault(own.items[code].department, code)
    for code, department in scenario.departments.items():
        if code not in needed:
            continue
        name = own.departments[code].name
        params = {"needed": needed[code], "department": {"zh": name.zh, "en": name.en}}
        if department.reviewers == 0:
            yield Finding(code="scenario.no_reviewers", item=code, params=params)
        if set(range(WEEK)) <= set(department.closed):
            yield Finding(code="scenario.always_closed", item=code, params=params)


def _limits(scenario: Scenario, own: Catalogue) -> Iterator[Finding]:
    """Yield limits beyond the law's, and mandated items that take longer than their stage may.

    Publication refuses both.
    """
    for code in scenario.edits.limits:
        if code in own.items:
            yield from statute_findings(own.items[code])
    for code in dict.fromkeys((*scenario.edits.limits, *scenario.edits.couplings)):
        item = own.items.get(code)
        if item is None or item.coupling is not Coupling.MANDATED or item.committed_limit is None:
            continue
        for flow in item.flows:
            limit = own.flows[flow].stage_limit(item.stage)
            days = working_days(item.committed_limit)
            if limit is not None and days > limit:
                params = {"days": days, "flow": flow, "stage": item.stage, "limit": limit}
                yield Finding(code="scenario.limit_beyond_stage", item=code, params=params)
