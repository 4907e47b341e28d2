"""What changes what stands: longer limits, lapses, revocations, new facts, corrections."""

from __future__ import annotations

from typing import Any

from api.contract import orders
from api.desk import Done, carry_out
from api.notes import Notes
from api.parser import Nouns
from api.problems import InvalidError
from api.schemas.law import (
    STEP,
    AttemptReasonSchema,
    AttemptSchema,
    CorrectionSchema,
    ExtensionSchema,
    FactsSchema,
)
from api.schemas.orders import ItemReasonSchema
from workflows import commands as c

nouns = Nouns("law", __name__, description="Later decisions about what stands")
Row = dict[str, Any]
_PROJECT = "/projects/<project:code>"
_ITEM = f"{_PROJECT}/items/<item:item>"


@nouns.route(f"{_ITEM}/extend", methods=["POST"])
@orders(nouns, "extendLimit", ExtensionSchema)
def extend_limit(body: Row, code: str, item: str) -> Done:
    """Extend a limit.

    Once, while it lasts, by at most what the law allows, approved by a leader (延长审批); the
    owner sees the days. What was approved while it lasted may be entered later.
    """
    notes = Notes()
    reason = notes.note(body.pop("reason"))
    return carry_out(code, c.ExtendLimit(item=item, reason=reason, **body), notes)


@nouns.route(f"{_ITEM}/lapse", methods=["POST"])
@orders(nouns, "lapseItem", AttemptReasonSchema)
def lapse_item(body: Row, code: str, item: str) -> Done:
    """Let an attempt lapse.

    Its supplement went unanswered; the item is wanted again and may be re-filed.
    """
    notes = Notes()
    reason = notes.note(body.pop("reason"))
    return carry_out(code, c.LapseItem(item=item, reason=reason, **body), notes)


@nouns.route(f"{_ITEM}/issue", methods=["POST"])
@orders(nouns, "confirmIssue", AttemptSchema)
def confirm_issue(body: Row, code: str, item: str) -> Done:
    """Confirm the document of a default grant.

    The late department has issued it (超时默认); until then the day for it is listed and counted.
    """
    return carry_out(code, c.ConfirmIssue(item=item, **body))


@nouns.route(f"{_ITEM}/revoke", methods=["POST"])
@orders(nouns, "revokeItem", ItemReasonSchema)
def revoke_item(body: Row, code: str, item: str) -> Done:
    """Revoke a result.

    Its documents no longer count (撤销); what rests on them is flagged and goes on, the item is
    wanted again and its stage open.
    """
    notes = Notes()
    reason = notes.note(body["reason"])
    return carry_out(code, c.RevokeItem(item=item, unit=body["unit"], reason=reason), notes)


@nouns.route(f"{_PROJECT}/facts", methods=["POST"])
@orders(nouns, "changeFacts", FactsSchema, seen=True)
def change_facts(body: Row, code: str) -> Done:
    """Change facts.

    What applies now is wanted; what no longer applies is flagged; nothing that runs is cancelled.
    """
    notes = Notes()
    reason = notes.note(body["reason"])
    return carry_out(code, c.ChangeFacts(facts=body["facts"], reason=reason), notes)


@nouns.route(f"{_PROJECT}/corrections", methods=["POST"])
@orders(nouns, "correctEntry", CorrectionSchema, seen=True)
def correct_entry(body: Row, code: str) -> Done:
    """Correct an entry.

    The wrong event stays in the log; a second one sets its time right or takes it back: the last
    step of a running item, an extension, a lapse.
    """
    notes = Notes()
    at = body.get("happened_at")
    if (at is None) is not (body["kind"] == STEP):
        known = "api.field.required" if at is None else "api.field.unknown"
        raise InvalidError.at("/happened_at", known)
    reason = notes.note(body["reason"])
    command: c.Command = (
        c.RevertStep(event=body["event"], reason=reason)
        if at is None
        else c.CorrectTime(event=body["event"], happened_at=at, reason=reason)
    )
    return carry_out(code, command, notes)
