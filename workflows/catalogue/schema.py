"""The shape of a catalogue file: marshmallow turns checked fields into values, strictly."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from bpmn.conditions import Condition, ConditionError, parse
from workflows.catalogue.values import (
    Contradiction,
    Coupling,
    DayUnit,
    Department,
    DepartmentKind,
    DocumentKind,
    FactQuestion,
    FactType,
    FactValue,
    Flow,
    Item,
    Join,
    Limit,
    Material,
    Name,
    Need,
    Note,
    Procedure,
    ProcedureUse,
    Stage,
    StartWithin,
    Term,
    Validity,
    Vocabulary,
)

LONGEST_NAME = 200
LONGEST_TEXT = 2000
MOST_DAYS = 3650
MOST_MONTHS = 600
STAGES_WITH_LIMITS = 4
STAGES = 5
LEVELS = 5


class _Bool(fields.Field[bool]):
    """True or false and nothing that merely looks like it."""

    def _deserialize(self, value: object, *_: object, **__: object) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("catalogue.field.wrong_type|true, false")
        return value


class _Condition(fields.Field[Condition]):
    """A condition in the language of bpmn/conditions.py; its names are checked later."""

    def _deserialize(self, value: object, *_: object, **__: object) -> Condition:
        if not isinstance(value, str):
            raise ValidationError("catalogue.field.wrong_type|text")
        try:
            return parse(value)
        except ConditionError as error:
            raise ValidationError(
                f"catalogue.field.condition|{error.reason}: {error.part}"
            ) from error


def _text(*, longest: int = LONGEST_NAME, none: bool = False) -> fields.String:
    return fields.String(
        required=True, allow_none=none, validate=validate.Length(min=1, max=longest)
    )


def _code() -> fields.String:
    return fields.String(
        required=True, validate=validate.Regexp(r"\A[A-Za-z][A-Za-z0-9_-]{0,39}\Z")
    )


def _count(least: int, most: int, *, none: bool = False) -> fields.Integer:
    return fields.Integer(
        required=True, strict=True, allow_none=none, validate=validate.Range(least, most)
    )


def _codes() -> fields.List[str]:
    return fields.List(_code(), required=True, validate=_no_repeats)


def _no_repeats(values: list[Any]) -> None:
    if len(set(values)) < len(values):
        raise ValidationError("catalogue.field.repeated")


class _Strict(Schema):
    """Unknown fields are errors (marshmallow's default); the checked fields become one value."""

    makes: type

    @post_load
    def made(self, data: dict[str, Any], **_: object) -> object:
        """Make the frozen value."""
        return self.makes(**self.folded(data))

    def folded(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return the arguments of the value; fields that belong together become one.

        Raises:
            ValidationError: If they do not fit together.
        """
        return data


class _Named(_Strict):
    """Anything with `name` and `name_en`."""

    name = _text()
    name_en = _text()

    def folded(self, data: dict[str, Any]) -> dict[str, Any]:
        """Fold the two names into one value."""
        name = Name(data.pop("name"), data.pop("name_en"))
        return {**data, "name": name}


class _Noted(_Named):
    """A named thing that may carry a note."""

    note = fields.String(validate=validate.Length(min=1, max=LONGEST_TEXT))
    note_en = fields.String(validate=validate.Length(min=1, max=LONGEST_TEXT))
    note_source = fields.String(load_default=None)

    def folded(self, data: dict[str, Any]) -> dict[str, Any]:
        """Fold the note."""
        return super().folded(_with_note(data))


def _with_note(data: dict[str, Any]) -> dict[str, Any]:
    zh, en = data.pop("note", None), data.pop("note_en", None)
    source = data.pop("note_source", None)
    if (zh is None) is not (en is None):
        raise ValidationError({"note": ["catalogue.field.one_language"]})
    return {**data, "note": None if zh is None else Note(text=Name(zh, en), source=source)}


class TermSchema(_Named):
    """One word of the vocabulary."""

    makes = Term
    code = fields.String(load_default=None)


class VocabularySchema(_Strict):
    """The words an item may use."""

    makes = Vocabulary
    types = fields.List(fields.Nested(TermSchema), required=True)
    national_couplings = fields.List(fields.Nested(TermSchema), required=True)
    couplings = fields.List(fields.Nested(TermSchema), required=True)

    def folded(self, data: dict[str, Any]) -> dict[str, Any]:
        """Freeze the lists."""
        return super().folded({name: tuple(terms) for name, terms in data.items()})


class DepartmentSchema(_Named):
    """Who decides."""

    makes = Department
    code = _code()
    kind = fields.Enum(DepartmentKind, by_value=True, required=True)


class FlowSchema(_Noted):
    """One flow type."""

    makes = Flow
    code = _count(1, 99)
    limit_days = _count(1, MOST_DAYS)
    limit_source = _text()
    stage_limits = fields.List(
        _count(1, MOST_DAYS),
        required=True,
        validate=validate.Length(equal=STAGES_WITH_LIMITS),
    )
    stage_limits_source = _text()

    def folded(self, data: dict[str, Any]) -> dict[str, Any]:
        """Freeze the limits."""
        return super().folded({**data, "stage_limits": tuple(data["stage_limits"])})


class StageSchema(_Named):
    """One stage."""

    makes = Stage
    code = _count(1, STAGES)
    lead = fields.String(required=True, allow_none=True)
    join = fields.Enum(Join, by_value=True, required=True, allow_none=True)
    join_source = fields.String(load_default=None)


class FactValueSchema(_Named):
    """One answer of an enum question."""

    makes = FactValue
    value = _code()


class FactSchema(_Strict):
    """One typed question; an enum says its values twice, the second time with their names."""

    makes = FactQuestion
    code = _code()
    type = fields.Enum(FactType, by_value=True, required=True)
    required = _Bool(required=True)
    question = _text()
    question_en = _text()
    values = fields.List(_code(), load_default=list)
    value_names = fields.List(fields.Nested(FactValueSchema), load_default=list)

    def folded(self, data: dict[str, Any]) -> dict[str, Any]:
        """Fold the question, and hold the two lists of values against each other."""
        values, choices = data.pop("values"), tuple(data.pop("value_names"))
        if values != [choice.value for choice in choices] or len(set(values)) < len(values):
            raise ValidationError({"value_names": ["catalogue.field.value_names"]})
        if bool(values) is not (data["type"] is FactType.ENUM):
            raise ValidationError({"values": ["catalogue.field.values"]})
        question = Name(data.pop("question"), data.pop("question_en"))
        return super().folded({**data, "question": question, "choices": choices})


class ContradictionSchema(_Strict):
    """Facts that exclude each other."""

    makes = Contradiction
    when = _Condition(required=True)
    message = _text()
    message_en = _text()

    def folded(self, data: dict[str, Any]) -> dict[str, Any]:
        """Fold the message."""
        message = Name(data.pop("message"), data.pop("message_en"))
        return super().folded({**data, "message": message})


class ValiditySchema(_Strict):
    """How long a document holds."""

    makes = Validity
    months = _count(1, MOST_MONTHS)
    source = _text()


class DocumentSchema(_Named):
    """One kind of result document."""

    makes = DocumentKind
    code = _code()
    validity = fields.Nested(ValiditySchema, required=True, allow_none=True)
    start_within_months = fields.Integer(strict=True, validate=validate.Range(1, MOST_MONTHS))
    extensions = fields.Integer(strict=True, validate=validate.Range(0, 99))
    start_source = fields.String()

    def folded(self, data: dict[str, Any]) -> dict[str, Any]:
        """Fold the three fields of the start period, which go together."""
        parts = [
            data.pop(name, None) for name in ("start_within_months", "extensions", "start_source")
        ]
        if None in parts and any(part is not None for part in parts):
            raise ValidationError({"start_within_months": ["catalogue.field.start_period"]})
        months, extensions, source = parts
        start = months and StartWithin(months=months, extensions=extensions, source=source)
        return super().folded({**data, "start_within": start})


class MaterialSchema(_Named):
    """One paper handed in."""

    makes = Material
    code = _code()
    document = fields.String(required=True, allow_none=True)


class ProcedureSchema(_Named):
    """One special procedure."""

    makes = Procedure
    code = _code()
    counted = _Bool(required=True)
    max_days = _count(1, MOST_DAYS, none=True)
    unit = fields.Enum(DayUnit, by_value=True, required=True, allow_none=True)
    source = _text()

    def folded(self, data: dict[str, Any]) -> dict[str, Any]:
        """Refuse days without a unit."""
        if (data["max_days"] is None) is not (data["unit"] is None):
            raise ValidationError({"unit": ["catalogue.field.days_without_unit"]})
        return super().folded(data)


class LimitSchema(_Strict):
    """Days, unit, source: none may be missing."""

    makes = Limit
    days = _count(1, MOST_DAYS)
    unit = fields.Enum(DayUnit, by_value=True, required=True)
    source = _text()


class NeedSchema(_Strict):
    """One precondition."""

    makes = Need
    document = _code()
    kind = fields.String(required=True, validate=validate.OneOf(["hard", "soft"]))
    source = _text()

    def folded(self, data: dict[str, Any]) -> dict[str, Any]:
        """Say hard as a truth value."""
        hard = data.pop("kind") == "hard"
        return super().folded({**data, "hard": hard})


class ProcedureUseSchema(_Strict):
    """One special procedure of an item."""

    makes = ProcedureUse
    procedure = _code()
    source = _text()
    note = fields.String(validate=validate.Length(min=1, max=LONGEST_TEXT))
    note_en = fields.String(validate=validate.Length(min=1, max=LONGEST_TEXT))

    def folded(self, data: dict[str, Any]) -> dict[str, Any]:
        """Fold the note."""
        return super().folded(_with_note(data))


class ItemSchema(_Noted):
    """One approval item."""

    makes = Item
    code = fields.String(required=True, validate=validate.Regexp(r"\AS[1-5]-[0-9]{2,3}\Z"))
    stage = _count(1, STAGES)
    type = _text()
    department = _code()
    jointly = _codes()
    level = _count(1, LEVELS)
    coupling = fields.Enum(Coupling, by_value=True, required=True)
    national_coupling = _text()
    milestone = _Bool(required=True)
    flows = fields.List(
        fields.Integer(strict=True),
        required=True,
        validate=[validate.Length(min=1), _no_repeats],
    )
    applies = _Condition(required=True, allow_none=True)
    condition_text = _text(none=True)
    condition_text_en = _text(none=True)
    statutory_limit = fields.Nested(LimitSchema, required=True, allow_none=True)
    committed_limit = fields.Nested(LimitSchema, required=True, allow_none=True)
    extension = fields.Nested(LimitSchema, load_default=None, allow_none=True)
    needs = fields.List(fields.Nested(NeedSchema), required=True)
    produces = _codes()
    materials = _codes()
    special_procedures = fields.List(fields.Nested(ProcedureUseSchema), required=True)
    commitment = _Bool(required=True)
    tolerance = _Bool(required=True)

    def folded(self, data: dict[str, Any]) -> dict[str, Any]:
        """Fold the condition's wording and freeze the lists."""
        zh, en = data.pop("condition_text"), data.pop("condition_text_en")
        if (zh is None) is not (en is None):
            raise ValidationError({"condition_text": ["catalogue.field.one_language"]})
        lists = {name: tuple(data[name]) for name in ("jointly", "needs", "produces", "materials")}
        folded = {
            **data,
            **lists,
            "flows": tuple(sorted(data["flows"])),
            "condition_text": None if zh is None else Name(zh, en),
            "procedures": tuple(data["special_procedures"]),
        }
        del folded["special_procedures"]
        return super().folded(folded)


class MetaSchema(Schema):
    """Title and remarks of the file."""

    title = _text()
    title_en = _text()
    note = _text(longest=LONGEST_TEXT)


class CatalogueSchema(Schema):
    """The whole file."""

    meta = fields.Nested(MetaSchema, required=True)
    vocabulary = fields.Nested(VocabularySchema, required=True)
    departments = fields.List(fields.Nested(DepartmentSchema), required=True)
    flows = fields.List(fields.Nested(FlowSchema), required=True)
    stages = fields.List(fields.Nested(StageSchema), required=True)
    facts = fields.List(fields.Nested(FactSchema), required=True)
    contradictions = fields.List(fields.Nested(ContradictionSchema), required=True)
    documents = fields.List(fields.Nested(DocumentSchema), required=True)
    materials = fields.List(fields.Nested(MaterialSchema), required=True)
    procedures = fields.List(fields.Nested(ProcedureSchema), required=True)
    items = fields.List(fields.Nested(ItemSchema), required=True)
    sources = fields.Dict(
        keys=fields.String(), values=fields.String(validate=validate.Length(min=1)), required=True
    )


class ShapeError(ValueError):
    """The tree has not the shape of its file; *messages* are nested by field and position."""

    def __init__(self, messages: object) -> None:
        """Keep the messages."""
        self.messages = messages
        super().__init__(str(messages))


def checked(schema: Schema, tree: object) -> dict[str, Any]:
    """Return the fields of a file's tree as *schema* reads them.

    Raises:
        ShapeError: With everything that is wrong.
    """
    try:
        found: dict[str, Any] = schema.load(tree)  # type: ignore[arg-type]
    except ValidationError as error:
        raise ShapeError(error.messages) from error
    return found


def parts_of(tree: object) -> dict[str, Any]:
    """Return the parts of a catalogue file as values, by the names of the file.

    Raises:
        ShapeError: With everything that is wrong.
    """
    return checked(CatalogueSchema(), tree)
