"""The statutory letters of an item, made from the log alone: what an owner gets on paper.

A letter is values and codes of texts (workflows/texts/letters.toml), so that it reads the same in
either language and for ever. No person stands in it: roles, departments, the owner's organisation
only. Free text stays in its erasable table; a letter names its reference.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from workflows import events as e
from workflows.evolve import evolve
from workflows.letters._writer import Writer, concerns
from workflows.letters.values import Books, Letter, LetterKind, Line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from workflows.commands import Note
    from workflows.project import Project

__all__ = ["Books", "Letter", "LetterKind", "Line", "letters"]


def letters(
    events: Iterable[e.Event], books: Callable[[e.Event], Books], unit: int, item: str
) -> tuple[Letter, ...]:
    """Return every letter of one item of one unit, in the order of the log.

    Args:
        events: The project's whole log, by number.
        books: What was in force when an event was recorded, so that a letter once written reads
            the same for ever.
    """
    found: list[Letter] = []
    before: Project | None = None
    why: Note | None = None
    for event in events:
        after = evolve(before, event)
        found = [_superseded(letter, event) for letter in found]
        if isinstance(event.body, e.ProjectSuspended):
            why = event.body.reason
        if _names(event.body, unit, item):
            if isinstance(event.body, e.StepCompleted):
                why = event.body.reason
            found += Writer(before or after, after, event, books(event), why).letters(unit, item)
        before = after
    return tuple(found)


def _names(body: e.Body, unit: int, item: str) -> bool:
    """Tell whether an event may give rise to a letter of the item: only then are books asked for.

    Opening those of every event of a long log would be for nothing.
    """
    if isinstance(body, e.ItemPaused | e.ItemResumed):
        return concerns(body, unit, item)
    kinds = e.StepCompleted | e.TimerFired | e.ItemEnded | e.LimitExtended | e.ItemLapsed
    return isinstance(body, kinds) and (body.unit, body.item) == (unit, item)


# Letters that tell the last days as pauses have moved them until then.
TELLING_LAST_DAYS = {LetterKind.RESUMPTION, LetterKind.EXTENSION}
# Times of the attempt whose correction sets a letter right: those that it tells or counts from.
MOMENTS = {
    LetterKind.ACCEPTANCE: {"filed", "accepted"},
    LetterKind.NON_ACCEPTANCE: {"filed", "ended"},
    LetterKind.NOT_NEEDED: {"filed", "ended"},
    LetterKind.RESUMPTION: {"filed", "accepted"},
    LetterKind.EXTENSION: {"filed", "accepted"},
    LetterKind.DECISION: {"decided", "ended"},
}
_TakingBack = e.StepReverted | e.LapseReverted
_Correcting = _TakingBack | e.ExtensionReverted | e.TimeCorrected | e.PauseCorrected | e.ItemRevoked
_CORRECTING = (
    *(e.StepReverted, e.LapseReverted, e.ExtensionReverted),
    *(e.TimeCorrected, e.PauseCorrected, e.ItemRevoked),
)


def _superseded(letter: Letter, event: e.Event) -> Letter:
    """Mark a letter that *event* takes back or sets right."""
    body = event.body
    if not isinstance(body, _CORRECTING):
        return letter
    same = (letter.unit, letter.item, letter.attempt) == (body.unit, body.item, body.attempt)
    return replace(letter, superseded_by=event.number) if same and _meant(letter, body) else letter


def _meant(letter: Letter, body: _Correcting) -> bool:
    match body:
        case e.ItemRevoked():
            return letter.kind is LetterKind.DECISION
        case e.StepReverted() | e.LapseReverted():
            return letter.event == body.event
        case e.PauseCorrected() | e.ExtensionReverted():
            told_since = letter.kind in TELLING_LAST_DAYS and letter.event > body.event
            return letter.event == body.event or told_since
        case _:
            return body.moment in MOMENTS.get(letter.kind, set())
