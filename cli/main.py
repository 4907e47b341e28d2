"""`abreast`: shell in, commands out. Every sentence comes from workflows/texts/cli.toml."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from importlib.metadata import version
from types import MappingProxyType
from typing import TYPE_CHECKING

import click

from cli.speech import SpokenGroup, option, spoken
from cli.terminal import Failed, Terminal, locale_of, terminal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FAILED, MISUSED, INTERRUPTED = 1, 2, 130

# Where each command is: it is imported when it is called, so that help answers at once.
COMMANDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "serve": ("cli.serve", "serve"),
        "demo": ("cli.demo", "demo"),
        "doctor": ("cli.doctor", "doctor"),
        "project": ("cli.projects", "group"),
        "stages": ("cli.tasks", "stages"),
        "tasks": ("cli.tasks", "group"),
        "pairs": ("cli.pairs", "group"),
        "agents": ("cli.agents", "group"),
        "credit": ("cli.credit", "group"),
        "clock": ("cli.clocks", "clock"),
        "deadlines": ("cli.deadlines", "deadlines"),
        "calendar": ("cli.calendar", "group"),
        "people": ("cli.people", "group"),
        "token": ("cli.tokens", "group"),
        "audit": ("cli.audit", "group"),
        "bpmn": ("cli.definitions", "group"),
        "catalogue": ("cli.items", "group"),
        "verify": ("cli.upkeep", "verify"),
        "db": ("cli.upkeep", "database"),
        "worker": ("cli.worker", "worker"),
        "jobs": ("cli.jobs", "group"),
        "webhooks": ("cli.webhooks", "group"),
        "report": ("cli.reports", "group"),
        "simulate": ("cli.simulate", "simulate"),
        "fit": ("cli.fit", "fit"),
        "optimise": ("cli.optimise", "group"),
        "import": ("cli.imports", "group"),
        "export": ("cli.exports", "group"),
        "heads": ("cli.keeping", "heads"),
        "backup": ("cli.keeping", "backup"),
        "restore": ("cli.keeping", "restore"),
        "district": ("cli.districts", "group"),
    }
)


class Abreast(SpokenGroup):
    """The group of all commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names, what a newcomer wants first."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name]
        found: click.Command = getattr(import_module(module), attribute)
        return found

    def lines(self, ctx: click.Context) -> list[tuple[str, str]]:
        """Return the commands with what each does, importing none."""
        speaker = terminal(ctx)
        return [(name, speaker.gist(f"help.{name}")) for name in COMMANDS]


@click.group(cls=Abreast, help="help.abreast", invoke_without_command=True)
@option("--version", "asks_version", is_flag=True, help="version")
@click.pass_context
def abreast(context: click.Context, asks_version: bool) -> None:  # noqa: FBT001 - click hands flags over by name
    """Say the version, or what there is to do."""
    if asks_version:
        terminal().out.print(f"abreast {version('abreast')}")
    elif context.invoked_subcommand is None:
        click.echo(context.get_help())


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
    except BrokenPipeError:
        _forget_output()
        return FAILED
    except Exception as error:
        message = _told(error, speaker)
        if message is None:
            raise
        speaker.error(message)
        return FAILED
    return code if isinstance(code, int) else 0


def _forget_output() -> None:
    """Send what is still to be flushed nowhere: the reader (`| head`) has gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _told(error: Exception, speaker: Terminal) -> str | None:
    """Return what an error of the lower layers says; None for a fault of this program."""
    troubles = import_module("cli.troubles")
    message: str | None = troubles.told(error, speaker)
    return message
