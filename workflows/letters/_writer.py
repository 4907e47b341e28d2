"""Which letters an event gives rise to, and what each of them says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows import events as e
from workflows.letters._page import Page
from workflows.letters.values import LetterKind, both, line
from workflows.moments import local_date
from workflows.project import item_key
from workflows.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflows.letters.values import Letter
    from workflows.project import Attempt, Project


class Writer(Page):
    """Writes the letters of one event."""

    def letters(self, unit: int, code: str) -> Iterator[Letter]:
        """Yield the letters of one item."""
        attempt = _last(self.after, unit, code)
        body = self.event.body
        if attempt is None:
            return
        if self._accepts(unit, code, attempt):
            yield self._acceptance(unit, code, attempt)
        match body:
            case e.ItemPaused(kind=e.PauseKind.SUPPLEMENT) if concerns(body, unit, code):
                yield self._supplement(unit, code, attempt, body)
            case e.ItemPaused(kind=e.PauseKind.PROCEDURE | e.PauseKind.JOINT) if concerns(
                body, unit, code
            ):
                yield self._procedure(unit, code, attempt, body)
            case e.ItemPaused(kind=e.PauseKind.SUSPENSION) if concerns(body, unit, code):
                yield self._suspended(unit, code, attempt)
            case e.ItemResumed(kind=e.PauseKind.SUSPENSION) if concerns(body, unit, code):
                yield self._resumed(unit, code, attempt)
            case e.LimitExtended():
                yield self._extended(unit, code, attempt, body)
            case e.ItemLapsed():
                yield self._lapsed(unit, code, attempt, body)
            case e.ItemEnded():
                yield from self._ended(unit, code, attempt, body)
            case _:
                pass

    def _accepts(self, unit: int, code: str, attempt: Attempt) -> bool:
        """Tell whether the event is the acceptance; a correction of its time is none."""
        body = self.event.body
        if not isinstance(body, e.StepCompleted | e.TimerFired) or attempt.accepted_at is None:
            return False
        if (body.unit, body.item, body.attempt) != (unit, code, attempt.number):
            return False
        earlier = _last(self.before, unit, code)
        return earlier is not None and earlier.accepted_at is None

    def _acceptance(self, unit: int, code: str, attempt: Attempt) -> Letter:
        accepted = local_date(attempt.accepted_at or attempt.filed_at)
        owed = self._owed(unit, code, attempt)
        paragraphs = [line("acceptance.body", item=self._name(code))]
        if isinstance(self.event.body, e.TimerFired):
            paragraphs.append(line("acceptance.deemed", date=accepted))
        if isinstance(self.event.body, e.StepCompleted) and self.event.body.outcome == "committed":
            paragraphs.append(line("acceptance.committed"))
        if owed is not None:
            paragraphs.append(line("acceptance.tolerated", due=owed[1]))
        return self._letter(
            LetterKind.ACCEPTANCE,
            (unit, code, attempt),
            dated=accepted,
            fields=(
                self._dated("filed", attempt.filed_at),
                self._dated("accepted", attempt.accepted_at or attempt.filed_at),
                *self._limits(attempt, accepted),
            ),
            paragraphs=paragraphs,
            entries=() if owed is None else self._materials(owed[0]),
            closing=(line("acceptance.not_counted"),),
            basis=("XKF32", "XKF42", "XKF45"),
        )

    def _supplement(self, unit: int, code: str, attempt: Attempt, body: e.ItemPaused) -> Letter:
        told = self.event.happened_at
        closing = [line("supplement.once"), line("supplement.clock")]
        if body.reason is not None:
            closing.insert(0, line("supplement.words", ref=body.reason.ref))
        fields = [self._dated("filed", attempt.filed_at), self._dated("told", told)]
        if body.expected_end is not None:
            last = line("value.text", text=body.expected_end)
            fields.append((line("field.answer_by"), last))
            closing.append(line("supplement.answer_by", last=body.expected_end))
        return self._letter(
            LetterKind.SUPPLEMENT,
            (unit, code, attempt),
            dated=local_date(told),
            fields=fields,
            paragraphs=(line("supplement.body", item=self._name(code)),),
            entries=self._materials(body.missing),
            closing=closing,
            basis=("XKF32",) if attempt.accepted_at is None else (),
        )

    def _procedure(self, unit: int, code: str, attempt: Attempt, body: e.ItemPaused) -> Letter:
        begun = self.event.happened_at
        procedure = self.catalogue.procedures.get(body.procedure or "")
        name = body.procedure if procedure is None else both(procedure.name)
        fields = [
            self._dated("accepted", attempt.accepted_at or attempt.filed_at),
            (line("field.procedure"), line("value.text", text=name)),
            self._dated("begun", begun),
            (line("field.expected_end"), line("value.text", text=body.expected_end or "—")),
        ]
        counted = "procedure.counted" if body.counted else "procedure.not_counted"
        paragraphs = [line("procedure.body", item=self._name(code), name=name), line(counted)]
        if body.kind is e.PauseKind.JOINT:
            paragraphs.append(line("procedure.joint", items=len(body.paused)))
        return self._letter(
            LetterKind.PROCEDURE,
            (unit, code, attempt),
            dated=local_date(begun),
            fields=fields,
            paragraphs=paragraphs,
            title="procedure.title_counted" if body.counted else None,
            **self._rests(None if body.counted or procedure is None else procedure.source),
        )

    def _suspended(self, unit: int, code: str, attempt: Attempt) -> Letter:
        begun = self.event.happened_at
        return self._letter(
            LetterKind.SUSPENSION,
            (unit, code, attempt),
            dated=local_date(begun),
            fields=(self._dated("filed", attempt.filed_at), self._dated("suspended", begun)),
            paragraphs=(
                line("suspension.body", item=self._name(code)),
                *self._reason("suspension"),
                line("suspension.clock"),
            ),
        )

    def _resumed(self, unit: int, code: str, attempt: Attempt) -> Letter:
        resumed = self.event.happened_at
        return self._letter(
            LetterKind.RESUMPTION,
            (unit, code, attempt),
            dated=local_date(resumed),
            fields=(
                self._dated("filed", attempt.filed_at),
                self._dated("resumed", resumed),
                *self._last_days(attempt),
            ),
            paragraphs=(line("resumption.body", item=self._name(code)),),
        )

    def _extended(self, unit: int, code: str, attempt: Attempt, body: e.LimitExtended) -> Letter:
        unit_of = "working_day" if attempt.committed is None else attempt.committed.unit
        days = line("value.limit", days=body.days, day_unit=unit_of)
        return self._letter(
            LetterKind.EXTENSION,
            (unit, code, attempt),
            dated=local_date(self.event.happened_at),
            fields=(
                self._dated("accepted", attempt.accepted_at or attempt.filed_at),
                (line("field.extension"), days),
                *self._last_days(attempt),
            ),
            paragraphs=(
                line("extension.body", item=self._name(code)),
                line("extension.words", ref=body.reason.ref),
            ),
            rule=body.source,
        )

    def _lapsed(self, unit: int, code: str, attempt: Attempt, body: e.ItemLapsed) -> Letter:
        asked = [p for p in attempt.pauses if p.kind is e.PauseKind.SUPPLEMENT][-1]
        last = line("value.text", text=asked.expected_end or "—")
        ended = self.event.happened_at
        return self._letter(
            LetterKind.LAPSE,
            (unit, code, attempt),
            dated=local_date(ended),
            fields=(
                self._dated("filed", attempt.filed_at),
                self._dated("told", asked.since),
                (line("field.answer_by"), last),
                self._dated("lapsed", ended),
            ),
            paragraphs=(
                line("lapse.body", item=self._name(code)),
                line("lapse.words", ref=body.reason.ref),
                line("lapse.again"),
                line("rights"),
            ),
        )

    def _ended(self, unit: int, code: str, attempt: Attempt, body: e.ItemEnded) -> Iterator[Letter]:
        if body.status == Status.NOT_TAKEN:
            yield self._not_taken(unit, code, attempt)
        elif body.status == Status.NOT_ACCEPTED:
            yield self._not_accepted(unit, code, attempt)
        elif body.result == "granted":
            yield self._granted(unit, code, attempt, body)
        elif body.status == Status.REFUSED:
            yield self._refused(unit, code, attempt)

    def _not_accepted(self, unit: int, code: str, attempt: Attempt) -> Letter:
        return self._letter(
            LetterKind.NON_ACCEPTANCE,
            (unit, code, attempt),
            dated=local_date(self.event.happened_at),
            fields=(
                self._dated("filed", attempt.filed_at),
                self._dated("not_accepted", self.event.happened_at),
            ),
            paragraphs=(
                line("non_acceptance.body", item=self._name(code)),
                *self._reason("non_acceptance"),
                line("non_acceptance.again"),
                line("rights"),
            ),
            basis=("XKF32",),
        )

    def _not_taken(self, unit: int, code: str, attempt: Attempt) -> Letter:
        return self._letter(
            LetterKind.NOT_NEEDED,
            (unit, code, attempt),
            dated=local_date(self.event.happened_at),
            fields=(
                self._dated("filed", attempt.filed_at),
                self._dated("not_taken", self.event.happened_at),
            ),
            paragraphs=(
                line("not_needed.body", item=self._name(code)),
                *self._reason("not_needed"),
                line("not_needed.facts"),
                line("rights"),
            ),
            basis=("XKF32",),
        )

    def _granted(self, unit: int, code: str, attempt: Attempt, body: e.ItemEnded) -> Letter:
        owed = self._owed(unit, code, attempt) if body.status == Status.GRANTED_TOLERANT else None
        paragraphs = [line("decision.granted", item=self._name(code))]
        if attempt.by_default:
            paragraphs.append(line("decision.by_default"))
        if body.issued:
            paragraphs.append(line("decision.documents"))
        closing = []
        if owed is not None:
            materials = [both(self._material(each)) for each in owed[0]]
            closing.append(line("decision.tolerated", materials=materials, due=owed[1]))
        return self._letter(
            LetterKind.DECISION,
            (unit, code, attempt),
            dated=local_date(attempt.decided_at or self.event.happened_at),
            fields=self._decided(attempt),
            paragraphs=paragraphs,
            entries=tuple(self._document(each) for each in body.issued),
            closing=closing,
            basis=("XKF44",),
        )

    def _refused(self, unit: int, code: str, attempt: Attempt) -> Letter:
        return self._letter(
            LetterKind.DECISION,
            (unit, code, attempt),
            dated=local_date(attempt.decided_at or self.event.happened_at),
            fields=self._decided(attempt),
            paragraphs=(
                line("decision.refused", item=self._name(code)),
                *self._reason("decision"),
                line("rights"),
            ),
            basis=("XKF38", "XKF44"),
        )


def concerns(body: e.ItemPaused | e.ItemResumed, unit: int, code: str) -> bool:
    """Tell whether a pause or its end is one of the item's."""
    named = body.paused if isinstance(body, e.ItemPaused) else body.resumed
    return body.unit == unit and any(one.item == code for one in named)


def _last(project: Project, unit: int, code: str) -> Attempt | None:
    state = project.items.get(item_key(unit, code))
    return state.attempts[-1] if state is not None and state.attempts else None
