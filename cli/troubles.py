"""Errors of the lower layers that a user can do something about, in one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn.errors import BpmnError
from workflows.calendar import CalendarDataError, OutsideCalendarError
from workflows.catalogue.findings import CatalogueError
from workflows.errors import Refusal
from workflows.texts import text, texts

if TYPE_CHECKING:
    from cli.terminal import Terminal

TROUBLES = (
    Refusal,
    BpmnError,
    CatalogueError,
    CalendarDataError,
    OutsideCalendarError,
    OSError,
)


def told(error: Exception, speaker: Terminal) -> str:
    """Return what an error of TROUBLES says, in the user's language."""
    match error:
        case CatalogueError(findings=(first, *_)):
            where = {"item": first.item or "", "field": first.field or ""}
            return text(first.code, speaker.locale, **{**where, **first.params})
        case OSError(strerror=str(reason), filename=name):
            return speaker.say("wrong.file", name=name or "", reason=reason)
        case _:
            code = getattr(error, "code", "")
            known = code in texts()
            return (
                text(code, speaker.locale, **getattr(error, "params", {})) if known else str(error)
            )
