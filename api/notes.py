"""Free text of a request on its way into the erasable table; commands take its reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.notes import write

if TYPE_CHECKING:
    from engine.notes import Text
    from workflows.commands import Note


class Notes:
    """The texts of one request."""

    def __init__(self) -> None:
        """Begin without any."""
        self.texts: list[Text] = []

    def note(self, text: str) -> Note:
        """Keep *text* and return what a command may hold of it."""
        written = write(text)
        self.texts.append(written)
        return written.note

    def maybe(self, text: str | None) -> Note | None:
        """Keep *text* if there is one."""
        return None if text is None else self.note(text)
