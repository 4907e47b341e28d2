"""The catalogue as clients need it to ask for a project."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.base import (
    FactAnswers,
    NameSchema,
    Strict,
    choice,
    codes,
    figure,
    lines,
    many,
    one,
    said,
    truth,
    whole,
)
from workflows.catalogue.values import Coupling, DayUnit, FactType, ItemKind


class FlowSchema(Strict):
    """One flow type."""

    code = figure("Flow type")
    name = one(NameSchema, "Name")
    limit_days = figure("Working days for the whole project")
    limit_source = said("Source key of that limit")
    stage_limits = fields.List(
        fields.Integer(), required=True, metadata={"description": "Working days of stages 1 to 4"}
    )
    stage_limits_source = said("Source key of the stages' limits")


class StageSchema(Strict):
    """One stage."""

    code = figure("Stage")
    name = one(NameSchema, "Name")
    lead = said("Leading department; null for stage 5", none=True)


class DepartmentSchema(Strict):
    """One department."""

    code = said("Code")
    name = one(NameSchema, "Name")
    kind = said("government, institution, owner or utility")


class CatalogueSchema(Strict):
    """The catalogue in force."""

    hash = said("Hash of the content")
    title = one(NameSchema, "Title")
    flows = many(FlowSchema, "Flow types")
    stages = many(StageSchema, "Stages")
    departments = many(DepartmentSchema, "Departments")


class ChoiceSchema(Strict):
    """One answer that a question allows."""

    value = said("Value to send")
    name = one(NameSchema, "Wording")


class QuestionSchema(Strict):
    """One question about a project."""

    code = said("Fact code")
    type = choice("bool or enum", [each.value for each in FactType])
    required = truth("Always asked; others only while their answer matters")
    question = one(NameSchema, "The question")
    choices = many(ChoiceSchema, "Answers of an enum question")


class QuestionsSchema(Strict):
    """Every question, in the order in which they are asked."""

    data = lines(QuestionSchema, "Questions")


class PartialFactsSchema(Strict):
    """What is known so far."""

    flow = whole("Flow type", most=99)
    facts = FactAnswers(
        required=True,
        metadata={
            "description": "Answers so far, by fact code; may be empty",
            **FactAnswers.SAID,
        },
    )


class SourceSchema(Strict):
    """What a limit or rule rests on."""

    code = said("Source key")
    name = one(NameSchema, "What it is called")


class SourcesSchema(Strict):
    """Every source."""

    data = lines(SourceSchema, "Sources by key")


class ToBringSchema(Strict):
    """A material that the owner will hand in."""

    material = said("Material code")
    name = one(NameSchema, "Name")
    items = codes("Items that certainly apply so far and ask for it")


class StillAskedSchema(Strict):
    """What partial facts leave open."""

    missing = codes("Questions that still matter, in order; file when there are none")
    contradictions = many(NameSchema, "Contradictions that certainly hold")
    wrong = codes("Codes of facts that are unknown or have a value that is not allowed")
    applicable = codes("Items that certainly apply so far")
    materials = many(ToBringSchema, "What they ask of the owner, each once")


class LimitSchema(Strict):
    """A limit of the catalogue."""

    days = figure("Length")
    unit = choice("What it counts", [each.value for each in DayUnit])
    source = said("Source key")


class NeedSchema(Strict):
    """A document that an item builds on."""

    document = said("Document kind")
    hard = truth("Without it the item cannot be filed")
    source = said("Source key")


class ProcedureUseSchema(Strict):
    """A special procedure that an item may take."""

    procedure = said("Procedure code")
    name = one(NameSchema, "Name")


class ItemSchema(Strict):
    """One item of the catalogue."""

    code = said("Item code")
    name = one(NameSchema, "Name")
    stage = figure("Stage")
    department = said("Department code")
    coupling = choice("How it goes beside others", [each.value for each in Coupling])
    kind = choice("Process that its file follows", [each.value for each in ItemKind])
    milestone = truth("The stage's milestone waits for it")
    flows = fields.List(
        fields.Integer(), required=True, metadata={"description": "Flow types it exists in"}
    )
    condition = one(NameSchema, "When it applies, in words; null = always", none=True)
    committed_limit = one(LimitSchema, "Committed limit; null = no clock", none=True)
    statutory_limit = one(LimitSchema, "Statutory limit", none=True)
    extension = one(LimitSchema, "Longest extension and its article; null = none", none=True)
    needs = many(NeedSchema, "Documents it builds on")
    produces = codes("Documents it results in")
    commitment = truth("Notice and commitment (告知承诺) is allowed")
    tolerance = truth("Tolerant acceptance (容缺) is allowed")
    procedures = many(ProcedureUseSchema, "Special procedures (特别程序) that it may take")


class ItemQuerySchema(Strict):
    """Which items."""

    stage = whole("Stage", least=1, most=5, required=False, query=True)
    flow = whole("Flow type", least=1, most=99, required=False, query=True)


class ItemsSchema(Strict):
    """Items in catalogue order."""

    data = lines(ItemSchema, "Items")
