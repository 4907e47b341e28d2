from __future__ import annotations

from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import SpiffWorkflow.bpmn.parser
from lxml import etree

from bpmn._geometry import Box
from bpmn._items import items
from bpmn._lifecycle import lifecycle
from bpmn._stages import stage
from bpmn.build import definitions
from bpmn.layout import lay_out
from workflows.catalogue.load import load
from workflows.plans import stage_plans

if TYPE_CHECKING:
    from bpmn._sketch import Sketch
    from bpmn.plan import StagePlan

ROOT = Path(__file__).parents[3]
SHIPPED = ROOT / "bpmn" / "definitions"
NAMES = (
    "lifecycle",
    *(f"stage_{number}" for number in range(1, 6)),
    *(f"item_{kind}" for kind in ("standard", "commitment", "review", "utility")),
)


@cache
def plans() -> tuple[StagePlan, ...]:
    return stage_plans(load((ROOT / "catalogue" / "catalogue.yaml").read_text(encoding="utf-8")))


@cache
def schema() -> etree.XMLSchema:
    """Return OMG's schema as SpiffWorkflow ships it."""
    folder = Path(SpiffWorkflow.bpmn.parser.__file__).parent / "schema"
    return etree.XMLSchema(etree.parse(folder / "BPMN20.xsd"))


class TestShippedDefinitions:
    def test_are_all_there_and_nothing_else(self) -> None:
        assert {path.name for path in SHIPPED.iterdir()} == {f"{name}.bpmn" for name in NAMES}

    def test_are_what_the_catalogue_says_today(self) -> None:
        built = definitions(plans())

        stale = [name for name, xml in built.items() if (SHIPPED / name).read_bytes() != xml]

        assert stale == [], "run `abreast bpmn build`"

    @pytest.mark.parametrize("name", NAMES)
    def test_are_valid_bpmn(self, name: str) -> None:
        document = etree.parse(SHIPPED / f"{name}.bpmn")

        assert schema().validate(document), schema().error_log


def sketches() -> tuple[Sketch, ...]:
    return (lifecycle(plans()), *map(stage, plans()), *items())


class TestShippedDrawings:
    def test_put_no_name_on_a_shape_a_line_or_another_name(self) -> None:
        covered = [
            (sketch.id, name)
            for sketch in sketches()
            for layout in [lay_out(sketch)]
            for name, label in layout.labels.items()
            for other in (
                *layout.shapes.values(),
                *(Box.around(a, b) for way in layout.routes.values() for a, b in pairwise(way)),
                *(box for key, box in layout.labels.items() if key != name),
            )
            if label.meets(other) or crossed(label, other)
        ]

        assert covered == []

    def test_keep_every_name_in_a_lane(self) -> None:
        for sketch in sketches():
            layout = lay_out(sketch)
            lanes = layout.lanes.values()
            assert all(any(la.holds(box) for la in lanes) for box in layout.labels.values())

    def test_let_only_flows_of_one_source_or_one_target_share_a_line(self) -> None:
        shared = [
            (one.id, two.id)
            for sketch in sketches()
            for layout in [lay_out(sketch)]
            for one, two in combinations(sketch.flows, 2)
            if one.source != two.source and one.target != two.target
            for first in pairwise(layout.routes[one.id])
            for second in pairwise(layout.routes[two.id])
            if lie_on_each_other(Box.around(*first), Box.around(*second))
        ]

        assert shared == []


def crossed(label: Box, line: Box) -> bool:
    """Tell whether a line without width runs through the label."""
    thick = Box(line.x, line.y, line.width or 1, line.height or 1)
    return label.grown(-1).meets(thick)


def lie_on_each_other(one: Box, two: Box) -> bool:
    """Tell whether two straight runs share more than a point."""
    across = one.y == two.y and one.height == two.height == 0
    down = one.x == two.x and one.width == two.width == 0
    return (across and one.x < two.right and two.x < one.right) or (
        down and one.y < two.bottom and two.y < one.bottom
    )
