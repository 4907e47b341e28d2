"""What the builder of definitions is told: plain values; bpmn/ need not know the catalogue."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPlan:
    """One item to draw as a call activity.

    Attributes:
        code: Catalogue code, "S3-02"; the element id is the same with "_" for "-".
        name: Chinese name as drawn (without the code).
        department: Department code; `lane` is its Chinese name.
        kind: Called process: item_standard, item_commitment, item_review or item_utility.
        applies: Condition text or None; `flow in [...]` is already part of it.
        needs: Hard document kinds, sorted.
    """

    code: str
    name: str
    department: str
    lane: str
    kind: str
    applies: str | None
    needs: tuple[str, ...]
    milestone: bool
    inspection: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StagePlan:
    """One stage file to draw.

    Attributes:
        ordered: Mandated and serial items.
        edges: (before, after) codes among the ordered, transitively reduced.
        pairable, free: Children of the two ad-hoc blocks.
        join: "all", "any" or None.
    """

    number: int
    name: str
    ordered: tuple[ItemPlan, ...]
    edges: tuple[tuple[str, str], ...]
    pairable: tuple[ItemPlan, ...]
    free: tuple[ItemPlan, ...]
    join: str | None
    slots: int = 2
    mode: str = "rounds"
