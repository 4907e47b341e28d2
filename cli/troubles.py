"""Errors of the lower layers that a user can do something about, in one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn.errors import BpmnError
from engine.errors import EngineError
from simulation.errors import FaultyFileError
from workflows.calendar import CalendarDataError, OutsideCalendarError
from workflows.catalogue.findings import CatalogueError
from workflows.errors import Refusal
from workflows.texts import refusal_text, text, texts

if TYPE_CHECKING:
    from cli.terminal import Terminal


def told(error: Exception, speaker: Terminal) -> str | None:
    """Return what an error says, in the user's language; None when no user can do anything."""
    match error:
        case Refusal():
            return refusal_text(error, speaker.locale)
        case CatalogueError(findings=(first, *_)) | FaultyFileError(findings=(first, *_)):
            where = {"item": first.item or "", "field": first.field or ""}
            return text(first.code, speaker.locale, **{**where, **first.params})
        case EngineError() | BpmnError() | CalendarDataError() | OutsideCalendarError():
            known = error.code in texts()
            return text(error.code, speaker.locale, **error.params) if known else str(error)
        case OSError(strerror=str(reason)):
            return speaker.say("wrong.file", name=error.filename or "", reason=reason)
        case _:
            return None
