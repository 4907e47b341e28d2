"""The statutory letters of an item, made from the log alone: what an owner gets on paper.

A letter is values and codes of texts (workflows/texts/letters.toml), so that it reads the same in
either language and for ever. No person stands in it: roles, departments, the owner's organisation
only. Free text stays in its erasable table; a letter names its reference.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from workflows import events as e
from workflows.calendar import OutsideCalendarError
from workflows.catalogue.values import DayUnit
from workflows.clock import due, provisional
from workflows.evolve import evolve
from workflows.moments import local_date
from workflows.project import item_key
from workflows.status import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import date, datetime

    from workflows.calendar import Calendar
    from workflows.catalogue.values import Catalogue, Name
    from workflows.commands import Note
    from workflows.project import Attempt, Project

PERMIT = "行政许可"  # for other types of items the permit law is a model, not the basis


class LetterKind(StrEnum):
    """The five letters."""

    ACCEPTANCE = "acceptance"  # 受理通知书
    SUPPLEMENT = "supplement"  # 补正通知书
    NON_ACCEPTANCE = "non_acceptance"  # 不予受理通知书
    PROCEDURE = "procedure"  # 特别程序（停表）通知书
    DECISION = "decision"  # 决定书


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One sentence, cell or list entry: the code of a text and what it names."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter.

    Attributes:
        number: What it is quoted by: project code and entry of its log.
        event: Number of the entry that it tells of.
        dated: Legal date of what it tells.
        fields: Label and value, in the order of the page.
        entries: The list between *paragraphs* and *closing*: materials, or documents.
        basis: The articles that it rests on.
        superseded_by: Number of the later entry that took it back or set its dates right.
    """

    kind: LetterKind
    number: str
    event: int
    project: str
    owner: str
    unit: int
    item: str
    attempt: int
    department: Name
    dated: date
    title: Line
    fields: tuple[tuple[Line, Line], ...]
    paragraphs: tuple[Line, ...]
    entries: tuple[Line, ...]
    closing: tuple[Line, ...]
    basis: Line
    superseded_by: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What a letter was written by: names from the catalogue, last days from the calendar."""

    catalogue: Catalogue
    calendar: Calendar


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
        if _names(event.body, unit, item):
            if isinstance(event.body, e.StepCompleted):
                why = event.body.reason
            found += _Writer(before or after, after, event, books(event), why).letters(unit, item)
        before = after
    return tuple(found)


def _names(body: e.Body, unit: int, item: str) -> bool:
    """Tell whether an event may give rise to a letter of the item: only then are books asked for.

    Opening those of every event of a long log would be for nothing.
    """
    if isinstance(body, e.ItemPaused):
        return _concerns(body, unit, item)
    kinds = e.StepCompleted | e.TimerFired | e.ItemEnded
    return isinstance(body, kinds) and (body.unit, body.item) == (unit, item)


def _superseded(letter: Letter, event: e.Event) -> Letter:
    """Mark a letter that *event* takes back or sets right."""
    body = event.body
    if not isinstance(body, e.StepReverted | e.TimeCorrected | e.ItemRevoked):
        return letter
    same = (letter.unit, letter.item, letter.attempt) == (body.unit, body.item, body.attempt)
    return replace(letter, superseded_by=event.number) if same and _meant(letter, body) else letter


def _meant(letter: Letter, body: e.StepReverted | e.TimeCorrected | e.ItemRevoked) -> bool:
    match body:
        case e.ItemRevoked():
            return letter.kind is LetterKind.DECISION
        case e.StepReverted():
            return letter.event == body.event
        case _:
            moments = {
                LetterKind.ACCEPTANCE: {"filed", "accepted"},
                LetterKind.DECISION: {"decided", "ended"},
            }
            return body.moment in moments.get(letter.kind, set())


class _Writer:
    """Writes the letters that one event gives rise to.

    Attributes:
        why: Reason of the item's last step: a refusal ends the attempt with the step that says it.
    """

    def __init__(
        self,
        before: Project,
        after: Project,
        event: e.Event,
        books: Books,
        why: Note | None = None,
    ) -> None:
        self.why = why
        self.before = before
        self.after = after
        self.event = event
        self.catalogue = books.catalogue
        self.calendar = books.calendar

    def letters(self, unit: int, code: str) -> Iterator[Letter]:
        attempt = _last(self.after, unit, code)
        body = self.event.body
        if attempt is None:
            return
        if self._accepts(unit, code, attempt):
            yield self._acceptance(unit, code, attempt)
        match body:
            case e.ItemPaused(kind=e.PauseKind.SUPPLEMENT) if _concerns(body, unit, code):
                yield self._supplement(unit, code, attempt, body)
            case e.ItemPaused(kind=e.PauseKind.PROCEDURE | e.PauseKind.JOINT) if _concerns(
                body, unit, code
            ):
                yield self._procedure(unit, code, attempt, body)
            case e.ItemEnded() if (body.unit, body.item) == (unit, code):
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
        paragraphs = [_line("acceptance.body", item=self._name(code))]
        if isinstance(self.event.body, e.TimerFired):
            paragraphs.append(_line("acceptance.deemed", date=accepted))
        if isinstance(self.event.body, e.StepCompleted) and self.event.body.outcome == "committed":
            paragraphs.append(_line("acceptance.committed"))
        if owed is not None:
            paragraphs.append(_line("acceptance.tolerated", due=owed[1]))
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
            closing=(_line("acceptance.not_counted"),),
            basis=("XKF32", "XKF42", "XKF45"),
        )

    def _supplement(self, unit: int, code: str, attempt: Attempt, body: e.ItemPaused) -> Letter:
        told = self.event.happened_at
        closing = [_line("supplement.once"), _line("supplement.clock")]
        if body.reason is not None:
            closing.insert(0, _line("supplement.words", ref=body.reason.ref))
        fields = [self._dated("filed", attempt.filed_at), self._dated("told", told)]
        if body.expected_end is not None:
            last = _line("value.text", text=body.expected_end)
            fields.append((_line("field.answer_by"), last))
            closing.append(_line("supplement.answer_by", last=body.expected_end))
        return self._letter(
            LetterKind.SUPPLEMENT,
            (unit, code, attempt),
            dated=local_date(told),
            fields=fields,
            paragraphs=(_line("supplement.body", item=self._name(code)),),
            entries=self._materials(body.missing),
            closing=closing,
            basis=("XKF32",),
        )

    def _procedure(self, unit: int, code: str, attempt: Attempt, body: e.ItemPaused) -> Letter:
        begun = self.event.happened_at
        procedure = self.catalogue.procedures.get(body.procedure or "")
        name = body.procedure if procedure is None else _both(procedure.name)
        fields = [
            self._dated("accepted", attempt.accepted_at or attempt.filed_at),
            (_line("field.procedure"), _line("value.text", text=name)),
            self._dated("begun", begun),
            (_line("field.expected_end"), _line("value.text", text=body.expected_end or "—")),
        ]
        counted = "procedure.counted" if body.counted else "procedure.not_counted"
        paragraphs = [_line("procedure.body", item=self._name(code), name=name), _line(counted)]
        if body.kind is e.PauseKind.JOINT:
            paragraphs.append(_line("procedure.joint", items=len(body.paused)))
        return self._letter(
            LetterKind.PROCEDURE,
            (unit, code, attempt),
            dated=local_date(begun),
            fields=fields,
            paragraphs=paragraphs,
            basis=("XKF45",),
        )

    def _ended(self, unit: int, code: str, attempt: Attempt, body: e.ItemEnded) -> Iterator[Letter]:
        if body.status in (Status.NOT_TAKEN, Status.NOT_ACCEPTED) and body.result == "refused":
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
                _line("non_acceptance.body", item=self._name(code)),
                *self._reason("non_acceptance"),
                _line("non_acceptance.again"),
                _line("rights"),
            ),
            basis=("XKF32",),
        )

    def _granted(self, unit: int, code: str, attempt: Attempt, body: e.ItemEnded) -> Letter:
        owed = self._owed(unit, code, attempt) if body.status == Status.GRANTED_TOLERANT else None
        paragraphs = [_line("decision.granted", item=self._name(code))]
        if attempt.by_default:
            paragraphs.append(_line("decision.by_default"))
        if body.issued:
            paragraphs.append(_line("decision.documents"))
        closing = []
        if owed is not None:
            materials = [_both(self._material(each)) for each in owed[0]]
            closing.append(_line("decision.tolerated", materials=materials, due=owed[1]))
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
                _line("decision.refused", item=self._name(code)),
                *self._reason("decision"),
                _line("rights"),
            ),
            basis=("XKF38", "XKF44"),
        )

    def _reason(self, kind: str) -> Iterator[Line]:
        """Yield where the reasons of a refusal stand; its words are no part of the log."""
        if self.why is not None:
            yield _line(f"{kind}.words", ref=self.why.ref)

    def _letter(  # noqa: PLR0913 - one keyword a part of the page
        self,
        kind: LetterKind,
        of: tuple[int, str, Attempt],
        *,
        dated: date,
        fields: Iterable[tuple[Line, Line]],
        paragraphs: Iterable[Line],
        basis: tuple[str, ...],
        entries: tuple[Line, ...] = (),
        closing: Iterable[Line] = (),
    ) -> Letter:
        unit, code, attempt = of
        item = self.catalogue.items[code]
        project = self.after
        by = "basis.permit" if item.type == PERMIT else "basis.model"
        articles = [{"code": f"letter.article.{key}"} for key in basis]
        head = [
            (_line("field.owner"), _line("value.text", text=project.owner)),
            (_line("field.project"), _line("value.text", text=project.code)),
            (_line("field.item"), _line("value.item", item=code, name=self._name(code))),
            (_line("field.attempt"), _line("value.text", text=attempt.number)),
        ]
        if unit:
            head.insert(2, (_line("field.unit"), _line("value.text", text=unit)))
        return Letter(
            kind=kind,
            number=f"{project.code}-{self.event.number}",
            event=self.event.number,
            project=project.code,
            owner=project.owner,
            unit=unit,
            item=code,
            attempt=attempt.number,
            department=self.catalogue.departments[attempt.department].name,
            dated=dated,
            title=_line(f"{kind.value}.title"),
            fields=(*head, *fields),
            paragraphs=tuple(paragraphs),
            entries=entries,
            closing=tuple(closing),
            basis=_line(by, articles=articles),
        )

    def _decided(self, attempt: Attempt) -> list[tuple[Line, Line]]:
        decided = attempt.decided_at or self.event.happened_at
        accepted = [self._dated("accepted", attempt.accepted_at)] if attempt.accepted_at else []
        delivered = self._dated("delivered", self.event.happened_at)
        return [
            self._dated("filed", attempt.filed_at),
            *accepted,
            self._dated("decided", decided),
            delivered,
        ]

    def _limits(self, attempt: Attempt, start: date) -> Iterator[tuple[Line, Line]]:
        """Yield each limit with its last day; a day beyond the calendar is left out."""
        for label, limit in (("committed", attempt.committed), ("statutory", attempt.statutory)):
            if limit is None:
                continue
            unit = DayUnit(limit.unit)
            said = {"days": limit.days, "day_unit": unit.value}
            try:
                last = due(start, limit.days, (), self.calendar, unit)
            except OutsideCalendarError:
                yield _line(f"field.{label}"), _line("value.limit", **said)
                continue
            unsure = provisional(start, last, self.calendar, unit)
            code = "value.limit_provisional" if unsure else "value.limit_due"
            yield _line(f"field.{label}"), _line(code, **said, due=last)

    def _owed(self, unit: int, code: str, attempt: Attempt) -> tuple[tuple[str, ...], str] | None:
        """Return what the attempt was tolerated without, and until when."""
        given = self.after.items[item_key(unit, code)].tolerances
        for each in given:
            if each.attempt == attempt.number:
                return each.missing, each.due
        return None

    def _materials(self, codes: Iterable[str]) -> tuple[Line, ...]:
        return tuple(
            _line("entry.material", code=code, name=_both(self._material(code))) for code in codes
        )

    def _material(self, code: str) -> Name:
        return self.catalogue.materials[code].name

    def _document(self, issued: e.Issued) -> Line:
        name = _both(self.catalogue.documents[issued.document].name)
        until = issued.valid_until
        return _line(
            "entry.document" if until is None else "entry.document_until",
            name=name,
            number=issued.number or "—",
            sha256=issued.sha256 or "—",
            **({} if until is None else {"until": until}),
        )

    def _name(self, code: str) -> dict[str, str]:
        return _both(self.catalogue.items[code].name)

    def _dated(self, label: str, at: datetime) -> tuple[Line, Line]:
        return _line(f"field.{label}"), _line("value.text", text=local_date(at))


def _concerns(body: e.ItemPaused, unit: int, code: str) -> bool:
    return body.unit == unit and any(one.item == code for one in body.paused)


def _last(project: Project, unit: int, code: str) -> Attempt | None:
    state = project.items.get(item_key(unit, code))
    return state.attempts[-1] if state is not None and state.attempts else None


def _both(name: Name) -> dict[str, str]:
    return {"zh": name.zh, "en": name.en}


def _line(key: str, /, **params: object) -> Line:
    return Line(code=f"letter.{key}", params=params)
