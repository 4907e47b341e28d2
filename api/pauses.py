"""Pauses: supplements, special procedures, joint visits, the suspension of a project."""

from __future__ import annotations

from typing import Any

from api.contract import orders
from api.desk import Done, carry_out
from api.notes import Notes
from api.parser import Nouns
from api.schemas.orders import ReasonSchema
from api.schemas.pauses import (
    MaybeReasonSchema,
    ProcedureEndSchema,
    ProcedureSchema,
    SupplementAnswerSchema,
    SupplementSchema,
    VisitEndSchema,
    VisitSchema,
)
from workflows import commands as c

nouns = Nouns("pauses", __name__, description="What stops a clock and lets it run again")
Row = dict[str, Any]
_PROJECT = "/projects/<project:code>"
_ITEM = f"{_PROJECT}/items/<item:item>"


@nouns.route(f"{_ITEM}/supplement", methods=["POST"])
@orders(nouns, "askSupplement", SupplementSchema)
def ask_supplement(body: Row, code: str, item: str) -> Done:
    """Ask for a supplement.

    Tells the owner once, within five working days, everything that is missing (补正); the clock
    stops until the answer.
    """
    notes = Notes()
    reason = notes.maybe(body.pop("reason", None))
    missing = tuple(body.pop("missing"))
    return carry_out(
        code, c.AskSupplement(item=item, missing=missing, reason=reason, **body), notes
    )


@nouns.route(f"{_ITEM}/answer", methods=["POST"])
@orders(nouns, "answerSupplement", SupplementAnswerSchema)
def answer_supplement(body: Row, code: str, item: str) -> Done:
    """Answer a supplement.

    What was missing is there: the clock runs again, and acceptance has its five days anew.
    """
    notes = Notes()
    reason = notes.maybe(body.pop("reason", None))
    return carry_out(code, c.AnswerSupplement(item=item, reason=reason, **body), notes)


@nouns.route(f"{_ITEM}/procedures", methods=["POST"])
@orders(nouns, "startProcedure", ProcedureSchema)
def start_procedure(body: Row, code: str, item: str) -> Done:
    """Start a special procedure.

    One that the catalogue lists for the item (特别程序), approved, with its expected end. Declared
    longer than the district allows it gives a pair slot back.
    """
    notes = Notes()
    reason = notes.maybe(body.pop("reason", None))
    return carry_out(code, c.StartProcedure(item=item, reason=reason, **body), notes)


@nouns.route(f"{_ITEM}/procedures/end", methods=["POST"])
@orders(nouns, "endProcedure", ProcedureEndSchema)
def end_procedure(body: Row, code: str, item: str) -> Done:
    """End a special procedure.

    The clock runs again from the next day on.
    """
    notes = Notes()
    reason = notes.maybe(body.pop("reason", None))
    return carry_out(code, c.EndProcedure(item=item, reason=reason, **body), notes)


@nouns.route(f"{_PROJECT}/visits", methods=["POST"])
@orders(nouns, "startVisit", VisitSchema)
def start_visit(body: Row, code: str) -> Done:
    """Start a joint visit.

    One inspection for several items (联合踏勘): one event and one interval for all of them.
    """
    notes = Notes()
    reason = notes.maybe(body.pop("reason", None))
    items = tuple(body.pop("items"))
    return carry_out(code, c.StartJointVisit(items=items, reason=reason, **body), notes)


@nouns.route(f"{_PROJECT}/visits/<word:visit>/end", methods=["POST"])
@orders(nouns, "endVisit", VisitEndSchema)
def end_visit(body: Row, code: str, visit: str) -> Done:
    """End a joint visit.

    For every item whose attempt still runs.
    """
    notes = Notes()
    reason = notes.maybe(body.pop("reason", None))
    return carry_out(code, c.EndJointVisit(visit=visit, reason=reason, **body), notes)


@nouns.route(f"{_PROJECT}/suspend", methods=["POST"])
@orders(nouns, "suspendProject", ReasonSchema)
def suspend_project(body: Row, code: str) -> Done:
    """Suspend a project.

    Every open attempt stands still, and nothing else is taken until it is resumed.
    """
    notes = Notes()
    return carry_out(code, c.SuspendProject(reason=notes.note(body["reason"])), notes)


@nouns.route(f"{_PROJECT}/resume", methods=["POST"])
@orders(nouns, "resumeProject", MaybeReasonSchema)
def resume_project(body: Row, code: str) -> Done:
    """Resume a project.

    Its clocks run again; timers get new instants that leave the suspended days out.
    """
    notes = Notes()
    return carry_out(code, c.ResumeProject(reason=notes.maybe(body.get("reason"))), notes)
