"""Every flow type must be possible, and every milestone within reach, whatever the facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflows.applicability import applicable, hard_needs, pulled_in
from workflows.catalogue._check_references import STAGES_WITH_MILESTONE
from workflows.catalogue.fact_sets import samples
from workflows.catalogue.findings import Finding
from workflows.catalogue.values import Join

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from workflows.catalogue.values import Catalogue, Item, Stage

SEED = 1
_ALONGSIDE = 5


def flow_findings(catalogue: Catalogue, number: int) -> Iterator[Finding]:
    """Yield the errors of each flow type over its *number* + 2 sampled fact sets.

    A flow type and stage are reported once, with the first fact set that shows the fault.
    """
    for flow in catalogue.flows:
        yield from _milestone_findings(catalogue, flow)
        sampled = list(samples(catalogue, flow, number, SEED))
        if not sampled:
            yield Finding(code="catalogue.flow.impossible", params={"flow": flow})
        yield from _first_deadlocks(catalogue, flow, sampled)


def project_findings(
    catalogue: Catalogue, flow: int, facts: Mapping[str, bool | str]
) -> Iterator[Finding]:
    """Yield the errors of one flow type, tried with these facts alone."""
    uncertain = tuple(_milestone_findings(catalogue, flow))
    yield from uncertain or _first_deadlocks(catalogue, flow, [facts])


def _milestone_findings(catalogue: Catalogue, flow: int) -> Iterator[Finding]:
    for stage in STAGES_WITH_MILESTONE:
        certain = (
            item.milestone and flow in item.flows and item.applies is None
            for item in catalogue.items_of(stage)
        )
        if not any(certain):
            yield Finding(
                code="catalogue.milestone.not_certain", params={"flow": flow, "stage": stage}
            )


def _first_deadlocks(
    catalogue: Catalogue, flow: int, sampled: Collection[Mapping[str, bool | str]]
) -> Iterator[Finding]:
    found: dict[int, Finding] = {}
    for facts in sampled:
        run = _run(catalogue, applicable(catalogue, flow, facts))
        stage = _first_closed(run)
        if stage is not None and stage not in found:
            found[stage] = Finding(
                code="catalogue.milestone.unreachable",
                item=run.path[0] if run.path else None,
                params={
                    "flow": flow,
                    "stage": stage,
                    "path": " <- ".join(run.path) or "-",
                    "facts": ", ".join(f"{name}={value}" for name, value in facts.items()),
                },
            )
    yield from found.values()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """How far a project comes on what is certainly filed.

    Attributes:
        reached: Stages whose milestone is reached.
        path: What the first unreached milestone waits for: item, document, item ...
    """

    reached: frozenset[int]
    path: tuple[str, ...]


def _first_closed(run: _Run) -> int | None:
    return next((stage for stage in STAGES_WITH_MILESTONE if stage not in run.reached), None)


def _run(catalogue: Catalogue, applying: frozenset[str]) -> _Run:
    """Grant what can be granted, stage by stage, until nothing moves."""
    needs = hard_needs(catalogue, applying)
    sure = _sure(catalogue, applying)
    granted: set[str] = set()
    documents: set[str] = set()
    reached: set[int] = set()
    before = -1
    while before < len(granted) + len(reached):
        before = len(granted) + len(reached)
        opened = {1, _ALONGSIDE} | {stage + 1 for stage in reached}
        moving = [i for i in sure if i.stage in opened and needs[i.code] <= documents]
        granted.update(item.code for item in moving)
        documents.update(document for item in moving for document in item.produces)
        reached |= _closing(catalogue, sure, granted) & opened
    lacking = {item.code: sorted(needs[item.code] - documents) for item in sure}
    waiting = [item.code for item in sure if item.milestone and item.code not in granted]
    return _Run(reached=frozenset(reached), path=_path(catalogue, waiting[:1], lacking))


def _sure(catalogue: Catalogue, applying: frozenset[str]) -> tuple[Item, ...]:
    """Return what is certainly filed: an owner may decline pairable and free items."""
    pulled = pulled_in(catalogue, applying)
    return tuple(
        item
        for item in catalogue.items.values()
        if item.code in applying and (item.ordered or item.milestone or item.code in pulled)
    )


def _closing(catalogue: Catalogue, sure: tuple[Item, ...], granted: set[str]) -> set[int]:
    return {
        stage.code
        for stage in catalogue.stages.values()
        if _closes(
            stage, [i.code in granted for i in sure if i.milestone and i.stage == stage.code]
        )
    }


def _closes(stage: Stage, milestones: list[bool]) -> bool:
    if stage.join is None or not milestones:
        return False
    return all(milestones) if stage.join is Join.ALL else any(milestones)


def _path(
    catalogue: Catalogue, waiting: list[str], lacking: Mapping[str, list[str]]
) -> tuple[str, ...]:
    """Follow the first waiting item back to what lacks no document: its stage never opens."""
    path: list[str] = []
    while waiting and waiting[0] not in path:
        path.append(waiting[0])
        documents = lacking.get(waiting[0], [])[:1]
        path.extend(documents)
        makers = [item for each in documents for item in catalogue.producers(each)]
        waiting = [item.code for item in makers if item.code in lacking]
    return tuple(path + waiting[:1])
