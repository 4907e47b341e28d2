"""`abreast db` and `abreast verify`: the tables' version, and what the logs bear out."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from cli.office import opened
from cli.speech import SpokenCommand, SpokenGroup, as_json
from cli.terminal import Failed, Terminal, terminal
from engine.settings import from_environment
from engine.store import schema
from engine.store.opening import open_store
from engine.unit_of_work import UnitOfWork
from engine.verify import verify as examine

if TYPE_CHECKING:
    from engine.verify import Verification


@click.group("db", cls=SpokenGroup, help="help.db")
def database() -> None:
    """Hold the commands about the database."""


@database.command("upgrade", help="help.db_upgrade")
@as_json()
def upgrade(as_json: bool) -> None:  # noqa: FBT001 - click hands flags over by name
    """Bring the tables to the newest version; nothing happens when they are."""
    speaker = terminal()
    store = open_store(from_environment(os.environ))
    try:
        with UnitOfWork(store):  # which turns the driver's errors into ours
            before = schema.current(store.engine)
        schema.upgrade(store.engine)
        after = schema.current(store.engine)
    finally:
        store.engine.dispose()
    if as_json:
        speaker.data({"before": before, "after": after})
    else:
        speaker.print("db.upgraded", revision=after)


@click.command("verify", cls=SpokenCommand, help="help.verify")
@as_json()
def verify(as_json: bool) -> None:  # noqa: FBT001 - click hands flags over by name
    """Replay every log against what is stored."""
    speaker = terminal()
    with closing(opened()) as parts, speaker.progress("verify.checking") as told:
        found = examine(parts.new_uow, parts.library, lambda done, all_: told(done / all_))
    if as_json:
        speaker.data({**asdict(found), "ok": found.ok})
    else:
        _show(speaker, found)
    if not found.ok:
        raise Failed("verify.broken" if found.events else "verify.empty")


def _show(speaker: Terminal, found: Verification) -> None:
    table = speaker.table("verify.title", ("what", "number"), ("number",))
    for name, value in asdict(found).items():
        number = value if isinstance(value, int) else len(value)
        table.add_row(speaker.say(f"verify.{name}"), str(number))
    speaker.out.print(table)
    for broken in found.violations:
        speaker.print("verify.violation", **asdict(broken))
    for deviation in found.differences:
        speaker.print("verify.difference", **asdict(deviation))
