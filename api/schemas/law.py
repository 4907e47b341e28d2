"""What commands take that change what stands: limits, results, facts, wrong entries."""

from __future__ import annotations

from api.schemas.base import FactAnswers, Strict, choice, coded, instant, whole
from api.schemas.pauses import attempt, happened_at, reason, unit

_LONGEST = 365
TIME, STEP = "time", "step"


class ExtensionSchema(Strict):
    """A longer limit (延长审批)."""

    unit = unit()
    attempt = attempt()
    days = whole("Days more, in the unit of the committed limit", least=1, most=_LONGEST)
    approved_by = coded("Leader who approved it, as the sender says; they are told")
    reason = reason()
    happened_at = happened_at("When it was approved, if earlier than now")


class AttemptSchema(Strict):
    """A command about one attempt."""

    unit = unit()
    attempt = attempt()


class AttemptReasonSchema(Strict):
    """A command about one attempt, with a reason."""

    unit = unit()
    attempt = attempt()
    reason = reason()


class FactsSchema(Strict):
    """Facts stated anew."""

    facts = FactAnswers(
        required=True,
        metadata={
            "description": "The changed answers by fact code; the others stand",
            **FactAnswers.SAID,
        },
    )
    reason = reason()


class CorrectionSchema(Strict):
    """A wrong entry to be set right."""

    event = whole("Number of the wrong event in the project's history", least=1)
    kind = choice(
        "time: it happened at another time; step: the step, extension or lapse did not happen",
        [TIME, STEP],
    )
    happened_at = instant("When it happened; only and always for a time", required=False, none=True)
    reason = reason()
