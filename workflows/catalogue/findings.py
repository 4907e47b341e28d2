"""What is wrong with a catalogue: codes with parameters; the words are in texts/catalogue.toml."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as kept
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Severity(StrEnum):
    """An error bars publication; a warning is shown."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        code: Key of the text.
        item: Code of the catalogue entry (an item, a document, a flow ...); None = the whole file.
        field: Path of the field in the entry or the file, e.g. "needs[2].document".
        params: What the text names beside item and field.
    """

    code: str
    item: str | None = None
    field: str | None = None
    params: Mapping[str, object] = kept(default_factory=dict)
    severity: Severity = Severity.ERROR

    @property
    def named(self) -> Mapping[str, object]:
        """Return everything that the text may name; a missing item or field is a dash."""
        return {"item": self.item or "-", "field": self.field or "-", **self.params}

    def __str__(self) -> str:
        """Say it for logs and tests, not for users."""
        where = ", ".join(part for part in (self.item, self.field) if part)
        rest = ", ".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.severity} {self.code} [{where}] {rest}".rstrip()


class CatalogueError(ValueError):
    """The text is no catalogue; *findings* say all that is wrong with it."""

    code = "catalogue.invalid"

    def __init__(self, findings: Sequence[Finding]) -> None:
        """Keep the findings; the message is for logs."""
        self.findings = tuple(findings)
        super().__init__("; ".join(map(str, self.findings[:5])))
