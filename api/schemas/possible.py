"""What could be done now."""

from __future__ import annotations

from api.schemas.base import NameSchema, Strict, choice, figure, lines, many, one, said, truth
from workflows.materials import Standing


class ProcedureNamedSchema(Strict):
    """A special procedure."""

    procedure = said("Procedure code")
    name = one(NameSchema, "What it is called")


class ApproverSchema(Strict):
    """Somebody who may approve that a clock stops."""

    id = said("Person id")
    name = said("Name; null when it was erased", none=True)
    department = said("Department that they lead; null for who leads a stage", none=True)


class WaysSchema(Strict):
    """What the sender could do with an item besides completing its step."""

    project = said("Project code")
    unit = figure("Unit")
    item = said("Item code")
    file = truth("File it by itself")
    supplement = truth("Tell its owner what is missing (补正)")
    answer = truth("Say that what was missing is there")
    procedures = many(ProcedureNamedSchema, "Special procedures that could begin")
    ends = many(ProcedureNamedSchema, "Open ones that could be ended")
    approvers = many(ApproverSchema, "Who could approve one; empty where none could begin")


class VisitedSchema(Strict):
    """An item of a visit."""

    item = said("Item code")
    name = one(NameSchema, "Name of the item")
    department = said("Department code")


class OpenVisitSchema(Strict):
    """A joint visit that goes on."""

    visit = said("Visit id")
    items = many(VisitedSchema, "What is visited")
    may_end = truth("The sender could end it")


class PossibleVisitSchema(Strict):
    """A procedure that could begin for several items at once."""

    unit = figure("Unit")
    procedure = said("Procedure code")
    name = one(NameSchema, "What it is called")
    items = many(VisitedSchema, "Two of these at least")


class VisitsSchema(Strict):
    """Joint visits of a project (联合踏勘)."""

    project = said("Project code")
    open = many(OpenVisitSchema, "Those that go on")
    possible = many(PossibleVisitSchema, "Those that the sender could begin")
    approvers = many(ApproverSchema, "Who could approve one; empty where none could begin")


class TakenSchema(Strict):
    """An item that a joint application files or holds."""

    item = said("Item code")
    name = one(NameSchema, "Name of the item")
    department = said("Department code")
    days = figure("Committed days; null without a limit", none=True)
    held = truth("It is listed, and filed when what it waits for is there")
    waits_for = many(NameSchema, "Documents and materials that it waits for")


class NeededSchema(Strict):
    """A material that the items of a joint application ask for."""

    material = said("Material code")
    name = one(NameSchema, "Name")
    state = choice("Where it stands, see the list of materials", [each.value for each in Standing])


class IntakeSchema(Strict):
    """What a joint application would take in."""

    project = said("Project code")
    stage = figure("Stage")
    unit = figure("Unit")
    items = many(TakenSchema, "Items, those filed at once first")
    materials = many(NeededSchema, "What they ask for, each once")


class DeskSchema(Strict):
    """A stage run in which something can be paired."""

    project = said("Project code")
    name = said("Name of the project; null when it was erased", none=True)
    stage = figure("Stage")
    unit = figure("Unit")
    candidates = figure("Items that could be in a new pair")
    pairs = figure("Pairs of them that are legal")
    ready = figure("Legal pairs that could start now, but for a slot")
    slots = figure("Pair slots")
    held = figure("Pair slots that are taken")


class DesksSchema(Strict):
    """Stage runs in which something can be paired."""

    data = lines(DeskSchema, "Stage runs, those with most pairs that could start first")
