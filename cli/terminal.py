"""The two ends of the command line: what is printed, in which language, and how errors are told."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from workflows.texts import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from rich.console import OverflowMethod

    from workflows.catalogue.values import Name

Side = Literal["left", "right"]
ZH, EN = "zh-CN", "en"
LANGUAGES = {"zh": ZH, "zh-cn": ZH, "en": EN}
WIDTH = 100  # columns where the output is no terminal


class Failed(Exception):  # noqa: N818 - what it says: the command failed
    """A command that could not do what was asked; *code* is the text that says why."""

    def __init__(self, code: str, **params: object) -> None:
        """Keep the text's code and parameters."""
        self.code, self.params = code, params
        super().__init__(code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """Where a command speaks to: results to *out*, errors and progress to *err*."""

    locale: str
    out: Console
    err: Console

    @classmethod
    def of(cls, locale: str) -> Terminal:
        """Return the terminal of this process."""
        width = None if sys.stdout.isatty() else WIDTH
        return cls(
            locale=locale,
            # Names are data: brackets and colons in them are neither markup nor emoji.
            out=Console(width=width, highlight=False, markup=False, emoji=False),
            err=Console(stderr=True, highlight=False, markup=False, emoji=False),
        )

    def say(self, code: str, /, **params: object) -> str:
        """Return a text of the command line in the user's language."""
        return text(f"cli.{code}", self.locale, **params)

    def gist(self, code: str) -> str:
        """Return the first line of a text, without its full stop."""
        return self.say(code).splitlines()[0].rstrip("。.")

    def name(self, name: Name) -> str:
        """Return a catalogue name in the user's language."""
        return name.en if self.locale == EN else name.zh

    def print(self, code: str, /, **params: object) -> None:
        """Print a text."""
        self.out.print(self.say(code, **params))

    def data(self, value: Mapping[str, object]) -> None:
        """Print exactly one JSON object."""
        sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")

    def error(self, message: str) -> None:
        """Print one line to standard error."""
        line = " ".join(message.split())
        sys.stderr.write(f"{self.say('error', message=line)}\n")

    @contextmanager
    def progress(self, code: str) -> Iterator[Callable[[float], None]]:
        """Show a bar for long work and yield what moves it, from 0 to 1; it leaves no trace."""
        with Progress(console=self.err, transient=True, disable=not self.err.is_terminal) as bar:
            task = bar.add_task(self.say(code), total=1.0)
            yield lambda done: bar.update(task, completed=done)

    def table(
        self,
        title: str,
        columns: Sequence[str],
        right: Sequence[str] = (),
        whole: Sequence[str] = (),
    ) -> Table:
        """Return an empty table; all named by code.

        Args:
            right: Columns set to the right.
            whole: Columns never broken or cut while others can give way: codes to be copied.
        """
        table = Table(title=self.say(title), title_justify="left", header_style="bold")
        for column in columns:
            side: Side = "right" if column in right else "left"
            heading = self.say(f"column.{column}")
            kept = column in whole
            # Chinese has no blanks to break at: folding loses nothing, an ellipsis would.
            folds: OverflowMethod = "ellipsis" if kept else "fold"
            table.add_column(heading, justify=side, no_wrap=kept, overflow=folds)
        return table


def locale_of(args: Sequence[str], environ: Mapping[str, str]) -> str:
    """Return the language asked for: by --lang wherever it stands, else by the environment.

    >>> locale_of(["demo", "--lang", "en"], {}), locale_of([], {"LANG": "en_GB.UTF-8"})
    ('en', 'en')
    >>> locale_of([], {"LANG": "C.UTF-8"})
    'zh-CN'
    """
    for before, arg in zip(["", *args], args, strict=False):
        if arg.startswith("--lang="):
            return LANGUAGES.get(arg.removeprefix("--lang=").lower(), ZH)
        if before == "--lang":
            return LANGUAGES.get(arg.lower(), ZH)
    named = next((environ[n] for n in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(n)), "")
    return EN if named.lower().startswith("en") else ZH


def terminal(context: click.Context | None = None) -> Terminal:
    """Return the terminal that the running command was given."""
    found = (context or click.get_current_context()).find_object(Terminal)
    if found is None:
        raise RuntimeError("a command needs a Terminal as its context's object")
    return found
