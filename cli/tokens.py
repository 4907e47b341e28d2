"""`abreast token`: by which tokens programs act for people."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from datetime import timedelta

import click

from cli.office import opened, recorded
from cli.speech import SpokenGroup, as_json, option
from cli.terminal import Failed, terminal
from engine.people import USUAL, Scope

LONGEST_TOKEN = 366  # days
_SCOPES = [each.value for each in Scope]


@click.group("token", cls=SpokenGroup, help="help.token")
def group() -> None:
    """Hold the commands about tokens."""


@group.command("create", help="help.token_create")
@click.argument("identity", metavar="ID")
@option("--days", type=click.IntRange(1, LONGEST_TOKEN), default=90, help="days")
@option("--scope", "scopes", multiple=True, type=click.Choice(_SCOPES), help="scope")
@option("--label", default="", help="label")
def create(identity: str, days: int, scopes: tuple[str, ...], label: str) -> None:
    """Issue a token and print it, alone on standard output."""
    with recorded("token.create", f"{identity} {' '.join(scopes)}".strip()) as parts:
        person = parts.people.get(identity)
        if person is None or not person.active:
            raise Failed("people.unknown", person=identity)
        wanted = frozenset(map(Scope, scopes)) or USUAL
        secret = parts.people.issue_token(
            identity, timedelta(days=days), scopes=wanted, label=label
        )
    click.echo(secret)


@group.command("list", help="help.token_list")
@click.argument("identity", metavar="ID")
@as_json()
def list_(identity: str, as_json: bool) -> None:  # noqa: FBT001 - click hands flags over by name
    """List a person's tokens."""
    speaker = terminal()
    with closing(opened()) as parts:
        found = parts.people.tokens(identity)
    if as_json:
        rows = [asdict(each) for each in found]
        speaker.data({"tokens": [{k: str(v) for k, v in row.items()} for row in rows]})
        return
    table = speaker.table("people.tokens", ("token", "label", "scopes", "ends"), whole=("token",))
    for each in found:
        table.add_row(each.id, each.label, each.scopes, f"{each.expires_at:%Y-%m-%d}")
    speaker.out.print(table)


@group.command("revoke", help="help.token_revoke")
@click.argument("identity", metavar="ID")
@click.argument("token", metavar="TOKEN")
def revoke(identity: str, token: str) -> None:
    """Take a token back by its id."""
    with recorded("token.revoke", f"{identity} {token}") as parts:
        if not parts.people.revoke_token_of(identity, token):
            raise Failed("people.no_token", token=token)
    terminal().print("people.revoked", token=token)
