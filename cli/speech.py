"""Commands whose help speaks Chinese and English: click, with every sentence a code of texts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from cli.terminal import LANGUAGES, Terminal, terminal

if TYPE_CHECKING:
    from collections.abc import Callable

Decorator = "Callable[[Any], Any]"
# Click tells these cases apart by its words alone.
_EXTRA = re.compile(r"Got unexpected extra arguments? \((.*)\)", re.DOTALL)
_TAKES_NONE = "does not take a value"


class SpokenOption(click.Option):
    """An option whose help is the code of a text."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option's names and what it does, in the user's language."""
        record = super().get_help_record(ctx)
        return None if record is None else (record[0], terminal(ctx).say(self.help or ""))


class SpokenCommand(click.Command):
    """A command whose help is the code of a text; every one knows --lang."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - handed on to click
        """Add --lang, which `locale_of` reads before the command line is parsed."""
        super().__init__(*args, **kwargs)
        choice = click.Choice(sorted(LANGUAGES), case_sensitive=False)
        lang = SpokenOption(
            ["--lang"], type=choice, metavar="zh|en", expose_value=False, help="option.lang"
        )
        self.params.append(lang)

    def get_short_help_str(self, limit: int = 45) -> str:  # noqa: ARG002 - click's signature
        """Return the first line of the help."""
        return terminal().gist(self.help or "")

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return what stands behind the command's name in its usage line."""
        own = [piece for param in self.get_params(ctx) for piece in param.get_usage_pieces(ctx)]
        return [terminal(ctx).say("usage.options"), *own]

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the usage line."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        prefix = terminal(ctx).say("usage.usage") + " "
        formatter.write_usage(ctx.command_path, pieces, prefix=prefix)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the command does, a paragraph a line."""
        formatter.write_paragraph()
        with formatter.indentation():
            for paragraph in terminal(ctx).say(self.help or "").splitlines():
                formatter.write_text(paragraph)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options."""
        with formatter.section(terminal(ctx).say("usage.options_title")):
            formatter.write_dl([record for record in self._records(ctx) if record is not None])

    def _records(self, ctx: click.Context) -> list[tuple[str, str] | None]:
        spoken = [param.get_help_record(ctx) for param in self.params]
        names = ", ".join(self.get_help_option_names(ctx))
        return [*spoken, (names, terminal(ctx).say("option.help"))]


class SpokenGroup(SpokenCommand, click.Group):
    """A group of spoken commands, listed in the order in which they were added."""

    command_class = SpokenCommand

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order of writing: the first thing to try comes first."""
        return list(self.commands)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return the usage pieces, the command's name last."""
        return [*super().collect_usage_pieces(ctx), terminal(ctx).say("usage.command")]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, which are what a reader looks for, and then the options."""
        with formatter.section(terminal(ctx).say("usage.commands_title")):
            formatter.write_dl(self.lines(ctx))
        super().format_options(ctx, formatter)

    def lines(self, ctx: click.Context) -> list[tuple[str, str]]:  # noqa: ARG002 - for subclasses
        """Return the commands with what each does."""
        return [(name, command.get_short_help_str()) for name, command in self.commands.items()]


SpokenGroup.group_class = SpokenGroup


def option(*names: str, help: str, **kwargs: Any) -> Callable[[Any], Any]:  # noqa: A002, ANN401 - click's words
    """Return a decorator for a spoken option; *help* is the code of its text."""
    return click.option(*names, cls=SpokenOption, help=f"option.{help}", **kwargs)


def as_json() -> Callable[[Any], Any]:
    """Return the decorator for --json, which every command that prints figures has."""
    return option("--json", "as_json", is_flag=True, help="json")


def spoken(error: click.ClickException, speaker: Terminal) -> str:
    """Return what was wrong with the command line, in one line."""
    match error:
        case click.NoSuchOption(option_name=name):
            return speaker.say("wrong.option", name=name)
        case click.exceptions.NoSuchCommand(command_name=name):
            return speaker.say("wrong.command", name=name)
        case click.BadOptionUsage(option_name=name):
            takes_none = _TAKES_NONE in error.message
            return speaker.say("wrong.no_value" if takes_none else "wrong.lacks_value", name=name)
        case click.MissingParameter(param=param) if param is not None:
            return speaker.say("wrong.missing", name=_named(param))
        case click.BadParameter(param=param) if param is not None:
            reason = _reason(param.type, speaker) or error.message
            return speaker.say("wrong.value", name=_named(param), reason=reason)
        case click.UsageError() if (extra := _EXTRA.fullmatch(error.message)) is not None:
            return speaker.say("wrong.extra", given=extra[1])
        case _:
            return error.format_message()


def _named(param: click.Parameter) -> str:
    """Return what a user calls a parameter: --option or ARGUMENT."""
    if isinstance(param, click.Option):
        return max(param.opts, key=len)
    return param.metavar or param.human_readable_name


def _reason(kind: click.ParamType[Any], speaker: Terminal) -> str | None:
    """Return what a value must be; None where only click can say it."""
    match kind:
        case click.Choice(choices=choices):
            return speaker.say("wrong.choice", choices=list(choices))
        case click.IntRange(min=int(least), max=int(most)):
            return speaker.say("wrong.range", least=least, most=most)
        case click.IntRange(min=int(least)):
            return speaker.say("wrong.least", least=least)
        case click.types.IntParamType():
            return speaker.say("wrong.whole")
        case click.Path():
            return speaker.say("wrong.path")
        case _:
            return None
