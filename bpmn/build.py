"""Making the definitions: every process of the catalogue as a BPMN file that any tool opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn._items import items
from bpmn._lifecycle import lifecycle
from bpmn._stages import stage
from bpmn._xml import write
from bpmn.layout import lay_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bpmn.plan import StagePlan


def definitions(plans: Sequence[StagePlan]) -> dict[str, bytes]:
    """Return the files by name: the lifecycle, the stages in the order given, the kinds of item.

    The same plans give the same bytes.
    """
    sketches = (lifecycle(plans), *(stage(plan) for plan in plans), *items())
    return {f"{sketch.id}.bpmn": write(sketch, lay_out(sketch)) for sketch in sketches}
