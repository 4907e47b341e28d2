"""`abreast people password | link | codes | provider | unlock | sign-out | data | erase`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from cli.office import recorded
from cli.speech import SpokenCommand, as_json, option
from cli.terminal import Failed, terminal

if TYPE_CHECKING:
    from engine.store.queries import Person
    from wire import Parts


@click.command("password", cls=SpokenCommand, help="help.people_password")
@click.argument("identity", metavar="ID")
@option("--stdin", "from_stdin", is_flag=True, help="stdin")
def password(identity: str, from_stdin: bool) -> None:  # noqa: FBT001 - click hands flags over by name
    """Set a password, asked for twice and never shown."""
    speaker = terminal()
    with recorded("people.password", identity) as parts:
        person = _known(parts, identity)
        if from_stdin:
            secret = sys.stdin.readline().rstrip("\r\n")
        else:
            secret = click.prompt(
                speaker.say("people.password"),
                hide_input=True,
                confirmation_prompt=speaker.say("people.again"),
                err=True,
            )
        parts.accounts.set_password(person, secret)
    speaker.print("people.password_set", person=identity)


@click.command("link", cls=SpokenCommand, help="help.people_link")
@click.argument("identity", metavar="ID")
def link(identity: str) -> None:
    """Print a link by which the person sets a password, alone on standard output."""
    with recorded("people.link", identity) as parts:
        _known(parts, identity)
        secret = parts.accounts.link(identity)
        click.echo(f"{parts.settings.address}/reset/{secret}")


@click.command("codes", cls=SpokenCommand, help="help.people_codes")
@click.argument("identity", metavar="ID")
@option("--off", is_flag=True, help="codes_off")
def codes(identity: str, off: bool) -> None:  # noqa: FBT001 - click hands flags over by name
    """Ask a person for one-time codes from now on, or no more."""
    speaker = terminal()
    with recorded("people.codes", identity) as parts:
        _known(parts, identity)
        if off:
            parts.accounts.stop_codes(identity)
            speaker.print("people.codes_off", person=identity)
        else:
            click.echo(parts.accounts.start_codes(identity))


@click.command("provider", cls=SpokenCommand, help="help.people_provider")
@click.argument("identity", metavar="ID")
@click.argument("subject", required=False)
def provider(identity: str, subject: str | None) -> None:
    """Say by which name of the identity provider a person signs in; without a name: by none."""
    with recorded("people.provider", identity) as parts:
        _known(parts, identity)
        parts.accounts.name_at_provider(identity, subject)
    terminal().print("people.provider", person=identity, subject=subject or "-")


@click.command("unlock", cls=SpokenCommand, help="help.people_unlock")
@click.argument("identity", metavar="ID")
def unlock(identity: str) -> None:
    """Forget a person's tries to sign in."""
    with recorded("people.unlock", identity) as parts:
        _known(parts, identity)
        parts.accounts.unlock(identity)
    terminal().print("people.unlocked", person=identity)


@click.command("sign-out", cls=SpokenCommand, help="help.people_sign-out")
@click.argument("identity", metavar="ID")
def sign_out(identity: str) -> None:
    """End a person's sessions."""
    with recorded("people.sign_out", identity) as parts:
        _known(parts, identity)
        number = parts.sessions.end_all(identity)
    terminal().print("people.signed_out", person=identity, number=number)


@click.command("data", cls=SpokenCommand, help="help.people_data")
@click.argument("identity", metavar="ID")
def data(identity: str) -> None:
    """Print everything that is kept of a person, as JSON."""
    with recorded("people.data", identity) as parts:
        found = parts.personal.of(identity)
        if found is None:
            raise Failed("people.unknown", person=identity)
    told = asdict(found)
    told["person"]["roles"] = sorted(found.person.roles)
    click.echo(json.dumps(told, ensure_ascii=False, indent=2, default=str))


@click.command("erase", cls=SpokenCommand, help="help.people_erase")
@click.argument("identity", metavar="ID")
@option("--yes", is_flag=True, help="yes")
@as_json()
def erase(identity: str, yes: bool, as_json: bool) -> None:  # noqa: FBT001 - click hands flags over by name
    """Erase a person; the log keeps the bare id."""
    speaker = terminal()
    if not yes:
        raise Failed("people.erase_yes", person=identity)
    with recorded("people.erase", identity) as parts:
        erased = parts.people.erase(identity)
    if as_json:
        speaker.data({"person": identity, "erased": erased})
    elif not erased:
        raise Failed("people.unknown", person=identity)
    else:
        speaker.print("people.erased", person=identity)


COMMANDS = (password, link, codes, provider, unlock, sign_out, data, erase)


def _known(parts: Parts, identity: str) -> Person:
    """Return an active person.

    Raises:
        Failed: If there is none.
    """
    found = parts.people.get(identity)
    if found is None or not found.active:
        raise Failed("people.unknown", person=identity)
    return found
