"""What every refusal is."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 - the office's word: a command is refused, nothing changed
    """A command that breaks a rule; nothing was changed.

    Attributes:
        code: Stable, dotted key of the text and part of the problem type.
        params: What the text names.
        passes: It is of the moment, not of what was asked: the same key may be judged anew.
    """

    code = "refusal"
    passes = False

    def __init__(self, **params: object) -> None:
        """Keep the parameters that the text names."""
        self.params = params
        named = ", ".join(f"{key}={value!r}" for key, value in params.items())
        super().__init__(f"{self.code}: {named}" if named else self.code)
