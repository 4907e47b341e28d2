"""The page that every letter shares: its head, its limits and days, and what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from workflows import events as e
from workflows.calendar import OutsideCalendarError
from workflows.catalogue.values import DayUnit
from workflows.clock import reading
from workflows.letters.values import Letter, LetterKind, Line, both, line
from workflows.moments import local_date
from workflows.project import item_key
from workflows.spans import due, provisional

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from workflows.catalogue.values import Name
    from workflows.commands import Note
    from workflows.letters.values import Books
    from workflows.project import Attempt, Project

PERMIT = "行政许可"  # for other types of items the permit law is a model, not the basis


class _Rest(TypedDict, total=False):
    """What `Page._letter` is told a letter rests on: articles or one rule; neither = practice."""

    basis: tuple[str, ...]
    rule: str


class Page:
    """Writes what stands on each letter that one event gives rise to.

    Attributes:
        before, after: The project around the event.
        why: Reason of the item's last step, or of the project's suspension: a refusal ends the
            attempt with the step that says it, a suspension stops it.
    """

    def __init__(
        self,
        before: Project,
        after: Project,
        event: e.Event,
        books: Books,
        why: Note | None = None,
    ) -> None:
        """Keep the event, the project around it, and the books of its day."""
        self.why = why
        self.before = before
        self.after = after
        self.event = event
        self.catalogue = books.catalogue
        self.calendar = books.calendar

    def _reason(self, kind: str) -> Iterator[Line]:
        """Yield where the reasons of a refusal stand; its words are no part of the log."""
        if self.why is not None:
            yield line(f"{kind}.words", ref=self.why.ref)

    def _letter(  # noqa: PLR0913 - one keyword a part of the page
        self,
        kind: LetterKind,
        of: tuple[int, str, Attempt],
        *,
        dated: date,
        fields: Iterable[tuple[Line, Line]],
        paragraphs: Iterable[Line],
        basis: tuple[str, ...] = (),
        rule: str | None = None,
        title: str | None = None,
        entries: tuple[Line, ...] = (),
        closing: Iterable[Line] = (),
    ) -> Letter:
        unit, code, attempt = of
        item = self.catalogue.items[code]
        project = self.after
        head = [
            (line("field.owner"), line("value.text", text=project.owner)),
            (line("field.project"), line("value.text", text=project.code)),
            (line("field.item"), line("value.item", item=code, name=self._name(code))),
            (line("field.attempt"), line("value.text", text=attempt.number)),
        ]
        if unit:
            head.insert(2, (line("field.unit"), line("value.text", text=unit)))
        return Letter(
            kind=kind,
            number=_number(project.code, self.event, code),
            event=self.event.number,
            project=project.code,
            owner=project.owner,
            unit=unit,
            item=code,
            attempt=attempt.number,
            department=self.catalogue.departments[attempt.department].name,
            dated=dated,
            title=line(title or f"{kind.value}.title"),
            fields=(*head, *fields),
            paragraphs=tuple(paragraphs),
            entries=entries,
            closing=tuple(closing),
            basis=_basis(kind, item.type, basis, rule),
        )

    @staticmethod
    def _rests(source: str | None) -> _Rest:
        """Return what a procedure rests on, by the source that the catalogue names for it."""
        match source:
            case None | "A":  # the catalogue's key for local practice: no article was found
                return {}
            case "XKF45":
                return {"basis": (source,)}
            case _:
                return {"rule": source}

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
                yield line(f"field.{label}"), line("value.limit", **said)
                continue
            unsure = provisional(start, last, self.calendar, unit)
            code = "value.limit_provisional" if unsure else "value.limit_due"
            yield line(f"field.{label}"), line(code, **said, due=last)

    def _last_days(self, attempt: Attempt) -> Iterator[tuple[Line, Line]]:
        """Yield each limit's last day as it is known now, pauses and extension counted."""
        on = local_date(self.event.happened_at)
        for label, limit in (("committed", attempt.committed), ("statutory", attempt.statutory)):
            seen = reading(attempt, limit, self.calendar, on)
            if seen is None or seen.due is None:
                continue
            code = "value.limit_provisional" if seen.provisional else "value.limit_due"
            said = {"days": seen.limit, "day_unit": seen.unit.value, "due": seen.due}
            yield line(f"field.{label}"), line(code, **said)

    def _owed(self, unit: int, code: str, attempt: Attempt) -> tuple[tuple[str, ...], str] | None:
        """Return what the attempt was tolerated without, and until when."""
        given = self.after.items[item_key(unit, code)].tolerances
        for each in given:
            if each.attempt == attempt.number:
                return each.missing, each.due
        return None

    def _materials(self, codes: Iterable[str]) -> tuple[Line, ...]:
        return tuple(
            line("entry.material", code=code, name=both(self._material(code))) for code in codes
        )

    def _material(self, code: str) -> Name:
        return self.catalogue.materials[code].name

    def _document(self, issued: e.Issued) -> Line:
        name = both(self.catalogue.documents[issued.document].name)
        until = issued.valid_until
        return line(
            "entry.document" if until is None else "entry.document_until",
            name=name,
            number=issued.number or "—",
            sha256=issued.sha256 or "—",
            **({} if until is None else {"until": until}),
        )

    def _name(self, code: str) -> dict[str, str]:
        return both(self.catalogue.items[code].name)

    def _dated(self, label: str, at: datetime) -> tuple[Line, Line]:
        return line(f"field.{label}"), line("value.text", text=local_date(at))


def _number(project: str, event: e.Event, item: str) -> str:
    """Return what a letter is quoted by; of an entry that tells of several items, by each."""
    body = event.body
    named: tuple[e.Paused, ...] = ()
    if isinstance(body, e.ItemPaused | e.ItemResumed):
        named = body.paused if isinstance(body, e.ItemPaused) else body.resumed
    number = f"{project}-{event.number}"
    return f"{number}-{item}" if len(named) > 1 else number


def _basis(kind: LetterKind, item_type: str, articles: tuple[str, ...], rule: str | None) -> Line:
    """Return what a letter rests on: articles, one rule by its key, or a practice of its own."""
    if rule is not None:
        return line("basis.rule", rule=rule)
    if not articles:
        return line(f"basis.practice.{kind.value}")
    by = "basis.permit" if item_type == PERMIT else "basis.model"
    return line(by, articles=[{"code": f"letter.article.{key}"} for key in articles])
