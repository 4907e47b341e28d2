"""What commands that stop and start a clock take."""

from __future__ import annotations

from marshmallow import fields, validate

from api.schemas.base import (
    CODED_PATTERN,
    ITEM_PATTERN,
    MOST,
    Instant,
    Strict,
    asked_day,
    coded,
    instant,
    whole,
    words,
)

_MOST_UNITS = 999
_MOST_CODES = 100


def unit() -> fields.Integer:
    """Describe the unit that a command is about."""
    return whole(
        "Unit: 0 = the whole project (default), others are buildings or phases",
        most=_MOST_UNITS,
        default=0,
    )


def attempt() -> fields.Integer:
    """Describe the attempt that a command is about."""
    return whole("Number of the running attempt", least=1, most=MOST)


def reason(*, required: bool = True) -> fields.String:
    """Describe a reason."""
    return words(
        "Reason, in plain words; kept apart from the log, where it can be erased",
        required=required,
        none=not required,
    )


def told_day(description: str, *, required: bool = True) -> fields.String:
    """Describe a date of a request."""
    return asked_day(description, required=required, none=not required)


def _codes(description: str, pattern: str) -> fields.List[str]:
    return fields.List(
        words(description, longest=64, pattern=pattern),
        required=True,
        validate=validate.Length(
            min=1, max=_MOST_CODES, error=f"api.field.length?min=1&max={_MOST_CODES}"
        ),
        metadata={"description": description},
    )


def happened_at(
    description: str = "When it happened, if earlier than now; on an earlier day it needs a reason",
) -> Instant:
    """Describe when a deed was done that is entered later."""
    return instant(description, required=False, none=True)


class SupplementSchema(Strict):
    """Everything that is missing, told once (一次性告知)."""

    unit = unit()
    attempt = attempt()
    missing = _codes("Material code of the item's list", CODED_PATTERN)
    answer_by = told_day("Last day for the owner's answer", required=False)
    reason = reason(required=False)
    happened_at = happened_at()


class SupplementAnswerSchema(Strict):
    """The owner's answer to a supplement."""

    unit = unit()
    attempt = attempt()
    reason = reason(required=False)
    happened_at = happened_at()


class ProcedureSchema(Strict):
    """A special procedure (特别程序) that begins."""

    unit = unit()
    attempt = attempt()
    procedure = coded("Procedure code; the catalogue lists them for the item")
    expected_end = told_day("Day on which it is expected to end; told in writing (art. 45)")
    approved_by = coded("Leader who approved it, as the sender says; they are told")
    reason = reason(required=False)
    happened_at = happened_at()


class ProcedureEndSchema(Strict):
    """A special procedure that ends."""

    unit = unit()
    attempt = attempt()
    procedure = coded("Procedure code")
    reason = reason(required=False)
    happened_at = happened_at()


class VisitSchema(Strict):
    """A joint inspection of several items (联合踏勘)."""

    unit = unit()
    items = _codes("Item code", ITEM_PATTERN)
    procedure = coded("Procedure code; the catalogue lists it for every one of the items")
    expected_end = told_day("Day on which it is expected to end")
    approved_by = coded("Leader who approved it, as the sender says; they are told")
    reason = reason(required=False)
    happened_at = happened_at()


class VisitEndSchema(Strict):
    """A joint inspection that ends."""

    reason = reason(required=False)
    happened_at = happened_at()


class MaybeReasonSchema(Strict):
    """A command that may carry a reason."""

    reason = reason(required=False)
