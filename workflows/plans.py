"""What the builder of definitions is to draw, taken from the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn.conditions import all_of, parse
from bpmn.plan import ItemPlan, StagePlan
from workflows.catalogue.values import Coupling
from workflows.graph import drawn

if TYPE_CHECKING:
    from workflows.catalogue.values import Catalogue, Item, Stage


def stage_plans(catalogue: Catalogue) -> tuple[StagePlan, ...]:
    """Return one plan for each stage, by stage number; items in catalogue order.

    Raises:
        CycleError: If the hard needs among the ordered items of a stage form a circle.
    """
    return tuple(_plan(catalogue, catalogue.stages[code]) for code in sorted(catalogue.stages))


def applies_text(catalogue: Catalogue, item: Item) -> str | None:
    """Return when *item* applies, over facts and `flow`; None = to every project.

    The flow types are left out when the item exists in all of them.
    """
    flows = [parse(f"flow in [{', '.join(map(str, item.flows))}]")]
    own = [] if item.applies is None else [item.applies]
    everywhere = set(catalogue.flows) <= set(item.flows)
    parts = own if everywhere else flows + own
    return all_of(*parts).text if parts else None


def _plan(catalogue: Catalogue, stage: Stage) -> StagePlan:
    items = catalogue.items_of(stage.code)
    return StagePlan(
        number=stage.code,
        name=stage.name.zh,
        ordered=tuple(_item(catalogue, item) for item in items if item.ordered),
        edges=drawn(catalogue, [item.code for item in items if item.ordered]),
        pairable=_coupled(catalogue, items, Coupling.PAIRABLE),
        free=_coupled(catalogue, items, Coupling.FREE),
        join=None if stage.join is None else stage.join.value,
    )


def _coupled(
    catalogue: Catalogue, items: tuple[Item, ...], coupling: Coupling
) -> tuple[ItemPlan, ...]:
    return tuple(_item(catalogue, item) for item in items if item.coupling is coupling)


def _item(catalogue: Catalogue, item: Item) -> ItemPlan:
    return ItemPlan(
        code=item.code,
        name=item.name.zh,
        department=item.department,
        lane=catalogue.departments[item.department].name.zh,
        kind=item.kind.value,
        applies=applies_text(catalogue, item),
        needs=tuple(sorted(item.hard_needs)),
        milestone=item.milestone,
        inspection=item.inspection,
    )
