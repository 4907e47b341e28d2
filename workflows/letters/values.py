"""What a statutory letter is made of: codes of texts with what they name, and a kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from workflows.calendar import Calendar
    from workflows.catalogue.values import Catalogue, Name


class LetterKind(StrEnum):
    """The letters."""

    ACCEPTANCE = "acceptance"  # 受理通知书
    SUPPLEMENT = "supplement"  # 补正通知书
    NON_ACCEPTANCE = "non_acceptance"  # 不予受理通知书
    NOT_NEEDED = "not_needed"  # 不受理通知书
    PROCEDURE = "procedure"  # 特别程序（停表）通知书
    SUSPENSION = "suspension"  # 中止办理通知书
    RESUMPTION = "resumption"  # 恢复办理通知书
    EXTENSION = "extension"  # 延长办理时限告知书
    LAPSE = "lapse"  # 终止办理（失效）通知书
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
        number: What it is quoted by: project code, entry of its log, and the item where the entry
            tells of several.
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


def both(name: Name) -> dict[str, str]:
    """Return a name as a text's parameter that reads in either language."""
    return {"zh": name.zh, "en": name.en}


def line(key: str, /, **params: object) -> Line:
    """Return a line of the letters' own texts."""
    return Line(code=f"letter.{key}", params=params)
