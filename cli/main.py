"""`abreast`: shell in, commands out. Every sentence comes from workflows/texts/cli.toml."""

from __future__ import annotations

import os
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING

import click

from cli import definitions, items
from cli.speech import SpokenGroup, option, spoken
from cli.terminal import Failed, Terminal, locale_of, terminal
from cli.troubles import TROUBLES, told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FAILED, MISUSED, INTERRUPTED = 1, 2, 130


@click.group(cls=SpokenGroup, help="help.abreast", invoke_without_command=True)
@option("--version", "asks_version", is_flag=True, help="version")
@click.pass_context
def abreast(context: click.Context, asks_version: bool) -> None:  # noqa: FBT001 - click hands flags over by name
    """Say the version, or what there is to do."""
    if asks_version:
        terminal().out.print(f"abreast {version('abreast')}")
    elif context.invoked_subcommand is None:
        click.echo(context.get_help())


for command in (
    definitions.group,
    items.group,
):
    abreast.add_command(command)


def main() -> None:
    """Run the command line of this process."""
    sys.exit(run(sys.argv[1:], os.environ))


def run(args: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run one command line and return its exit code; an error is one line on standard error."""
    speaker = Terminal.of(locale_of(args, environ))
    try:
        code = abreast.main(list(args), "abreast", standalone_mode=False, obj=speaker)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return MISUSED
    except click.ClickException as error:
        speaker.error(spoken(error, speaker))
        return MISUSED
    except (click.Abort, KeyboardInterrupt):
        speaker.error(speaker.say("interrupted"))
        return INTERRUPTED
    except Failed as error:
        speaker.error(speaker.say(error.code, **error.params))
        return FAILED
    except TROUBLES as error:
        speaker.error(told(error, speaker))
        return FAILED
    return code if isinstance(code, int) else 0
