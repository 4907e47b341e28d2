"""Single items: filed by themselves, withdrawn, declined."""

from __future__ import annotations

from typing import Any

from api.contract import orders
from api.desk import Done, carry_out
from api.notes import Notes
from api.parser import Nouns
from api.schemas.orders import ItemFilingSchema, ItemReasonSchema
from workflows import commands as c

nouns = Nouns("items", __name__, description="Single items of a project")
_ITEM = "/projects/<project:code>/items/<item:item>"


@nouns.route(f"{_ITEM}/file", methods=["POST"])
@orders(nouns, "fileItem", ItemFilingSchema)
def file_item(body: dict[str, Any], code: str, item: str) -> Done:
    """File one item.

    A free item at any time, a refused or withdrawn one again, a pairable one alone (单办) or, with
    `single`, as the odd one out on a pair slot.
    """
    notes = Notes()
    reason = notes.maybe(body.pop("reason", None))
    return carry_out(code, c.FileItem(item=item, reason=reason, **body), notes)


@nouns.route(f"{_ITEM}/withdraw", methods=["POST"])
@orders(nouns, "withdrawItem", ItemReasonSchema)
def withdraw_item(body: dict[str, Any], code: str, item: str) -> Done:
    """Withdraw an item.

    Ends the running attempt at the owner's wish; the item is wanted again and may be re-filed.
    """
    notes = Notes()
    reason = notes.note(body["reason"])
    return carry_out(code, c.WithdrawItem(item=item, unit=body["unit"], reason=reason), notes)


@nouns.route(f"{_ITEM}/decline", methods=["POST"])
@orders(nouns, "declineItem", ItemReasonSchema)
def decline_item(body: dict[str, Any], code: str, item: str) -> Done:
    """Decline an item.

    The owner does without a pairable or free item (不办), unless a wanted item needs its document.
    """
    notes = Notes()
    reason = notes.note(body["reason"])
    return carry_out(code, c.DeclineItem(item=item, unit=body["unit"], reason=reason), notes)
