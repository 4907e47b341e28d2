"""The catalogue as frozen values; every figure keeps the key of its source."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bpmn.conditions import Condition

INSPECTIONS = frozenset({"site_inspection", "joint_site_inspection"})


@dataclass(frozen=True, slots=True)
class Name:
    """One wording in both languages."""

    zh: str
    en: str


class DayUnit(StrEnum):
    """What a limit counts."""

    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"


class Coupling(StrEnum):
    """How an item goes beside the others of its stage (DESIGN.md, "Coupling and pairing")."""

    MANDATED = "mandated"
    PAIRABLE = "pairable"
    FREE = "free"
    SERIAL = "serial"


class ItemKind(StrEnum):
    """The BPMN process that an item's file is handled by."""

    STANDARD = "item_standard"
    COMMITMENT = "item_commitment"
    REVIEW = "item_review"
    UTILITY = "item_utility"


class Join(StrEnum):
    """Which milestone items close a stage: all of them, or any one."""

    ALL = "all"
    ANY = "any"


class FactType(StrEnum):
    """The type of an answer to a fact question."""

    BOOL = "bool"
    ENUM = "enum"


class DepartmentKind(StrEnum):
    """What sort of body a department is."""

    GOVERNMENT = "government"
    INSTITUTION = "institution"
    OWNER = "owner"
    UTILITY = "utility"


_KIND_OF_TYPE = {
    "市政公用服务": ItemKind.UTILITY,
    "技术审查": ItemKind.REVIEW,
    "中介服务": ItemKind.REVIEW,
    "工作环节": ItemKind.REVIEW,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A number of days, in its own unit, with its source."""

    days: int
    unit: DayUnit
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A remark, with its source if it has one."""

    text: Name
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One word of the vocabulary; code is None where the Chinese name is the code."""

    name: Name
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """Who decides."""

    code: str
    name: Name
    kind: DepartmentKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One flow type of projects.

    Attributes:
        limit_days: Working days for the whole project.
        stage_limits: Working days of stages 1 to 4, in order; stage 5 has no limit.
    """

    code: int
    name: Name
    limit_days: int
    limit_source: str
    stage_limits: tuple[int, ...]
    stage_limits_source: str
    note: Note | None = None

    def stage_limit(self, stage: int) -> int | None:
        """Return the working days of *stage*, or None when it has no limit."""
        return self.stage_limits[stage - 1] if 1 <= stage <= len(self.stage_limits) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage; the stage without a lead and a join (5) runs alongside and has no milestone."""

    code: int
    name: Name
    lead: str | None
    join: Join | None
    join_source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactValue:
    """One answer that an enum question allows."""

    value: str
    name: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class FactQuestion:
    """One typed fact about a project.

    Attributes:
        required: Whether it is always asked; any other only while its answer matters.
        choices: The answers of an enum question; empty for a bool.
    """

    code: str
    type: FactType
    required: bool
    question: Name
    choices: tuple[FactValue, ...] = ()

    @property
    def values(self) -> tuple[bool | str, ...]:
        """Return every answer there is, in catalogue order."""
        if self.type is FactType.BOOL:
            return (True, False)
        return tuple(choice.value for choice in self.choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """Facts that cannot be true together, or do not fit the flow type."""

    when: Condition
    message: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """How many months something holds from the day it is issued."""

    months: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartWithin:
    """Work must start within *months* of issue; the period may be extended so many times."""

    months: int
    extensions: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentKind:
    """A kind of result document, which preconditions name; validity None = it does not expire."""

    code: str
    name: Name
    validity: Validity | None = None
    start_within: StartWithin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A paper the owner hands in; *document* is set when it is the result of another item."""

    code: str
    name: Name
    document: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """A special procedure (特别程序).

    Attributes:
        counted: Whether the item's clock runs on during it.
        max_days: The longest it may take, with its unit; both None = no bound is known.
    """

    code: str
    name: Name
    counted: bool
    max_days: int | None
    unit: DayUnit | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A document kind that an item builds on; a soft need never holds the item."""

    document: str
    hard: bool
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureUse:
    """A special procedure that an item may call for."""

    procedure: str
    source: str
    note: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One approval item.

    Attributes:
        type: A Chinese term of the vocabulary, e.g. 行政许可.
        jointly: Departments that take part beside *department*.
        level: National level of exercise: 2 province, 3 city, 4 county, 5 town.
        flows: Flow types it exists in, ascending.
        applies: Over facts and `flow`; None = always, in those flows.
        committed_limit: None = no clock.
        extension: The longest by which its limit may be extended (延长审批), and the article that
            says so; None = by no day.
        commitment: Whether 告知承诺 is allowed.
        tolerance: Whether 容缺 is allowed.
    """

    code: str
    name: Name
    stage: int
    type: str
    department: str
    jointly: tuple[str, ...]
    level: int
    coupling: Coupling
    national_coupling: str
    milestone: bool
    flows: tuple[int, ...]
    applies: Condition | None
    condition_text: Name | None
    statutory_limit: Limit | None
    committed_limit: Limit | None
    extension: Limit | None = None
    needs: tuple[Need, ...]
    produces: tuple[str, ...]
    materials: tuple[str, ...]
    procedures: tuple[ProcedureUse, ...]
    commitment: bool
    tolerance: bool
    note: Note | None = None

    @property
    def kind(self) -> ItemKind:
        """Return the process its file follows."""
        other = ItemKind.COMMITMENT if self.commitment else ItemKind.STANDARD
        return _KIND_OF_TYPE.get(self.type, other)

    @property
    def inspection(self) -> bool:
        """Return whether its file takes the inspection branch; a review has none."""
        used = {use.procedure for use in self.procedures}
        return self.kind is not ItemKind.REVIEW and not used.isdisjoint(INSPECTIONS)

    @property
    def ordered(self) -> bool:
        """Return whether it is drawn outside the ad-hoc blocks."""
        return self.coupling in {Coupling.MANDATED, Coupling.SERIAL}

    @property
    def hard_needs(self) -> tuple[str, ...]:
        """Return the document kinds without which it cannot be filed, in catalogue order."""
        return tuple(need.document for need in self.needs if need.hard)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The words the catalogue may use."""

    types: tuple[Term, ...]
    national_couplings: tuple[Term, ...]
    couplings: tuple[Term, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Catalogue:
    """The whole catalogue; equal and hashed by its content hash. Mappings keep file order.

    Attributes:
        hash: SHA-256 of the canonical content, 64 hex digits; layout of the file is no part of it.
        sources: Source key -> what it stands for.
    """

    hash: str
    title: Name
    note: str
    vocabulary: Vocabulary
    departments: Mapping[str, Department]
    flows: Mapping[int, Flow]
    stages: Mapping[int, Stage]
    facts: Mapping[str, FactQuestion]
    contradictions: tuple[Contradiction, ...]
    documents: Mapping[str, DocumentKind]
    materials: Mapping[str, Material]
    procedures: Mapping[str, Procedure]
    items: Mapping[str, Item]
    sources: Mapping[str, str]
    _producers: Mapping[str, tuple[Item, ...]] = field(init=False)

    def __post_init__(self) -> None:
        """Index the producers once; readiness asks for them all the time."""
        producers: dict[str, tuple[Item, ...]] = {}
        for item in self.items.values():
            for document in item.produces:
                producers[document] = (*producers.get(document, ()), item)
        object.__setattr__(self, "_producers", producers)

    def __eq__(self, other: object) -> bool:
        """Compare content."""
        return isinstance(other, Catalogue) and self.hash == other.hash

    def __hash__(self) -> int:
        """Hash content."""
        return hash(self.hash)

    def __repr__(self) -> str:
        """Show which catalogue it is; all of it would fill a log."""
        return f"Catalogue({self.hash[:12]}, {len(self.items)} items)"

    def item(self, code: str) -> Item:
        """Return the item *code*.

        Raises:
            KeyError: If there is none.
        """
        return self.items[code]

    def items_of(self, stage: int) -> tuple[Item, ...]:
        """Return the items of *stage* in catalogue order."""
        return tuple(item for item in self.items.values() if item.stage == stage)

    def producers(self, document: str) -> tuple[Item, ...]:
        """Return the items that produce *document*, in catalogue order; any one satisfies."""
        return self._producers.get(document, ())
