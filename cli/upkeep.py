"""`abreast db` and `abreast verify`: the tables' version, and what the logs bear out."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.keeping import heads_key
from cli.office import opened
from cli.proof import examined
from cli.speech import SpokenCommand, SpokenGroup, as_json, option
from cli.terminal import Failed, Terminal, terminal
from engine import heads
from engine.settings import from_environment
from engine.store import schema
from engine.store.opening import check_there, open_store
from engine.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from engine.verify import Verification

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


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
@option("--heads", "file", type=_FILE, help="heads_file")
@as_json()
def verify(file: Path | None, as_json: bool) -> None:  # noqa: FBT001 - click hands flags over by name
    """Replay every log against what is stored, and compare it with a signed list of heads."""
    speaker = terminal()
    check_there(from_environment(os.environ))
    then = None if file is None else heads.read(file.read_bytes(), heads_key())
    with closing(opened()) as parts, speaker.progress("verify.checking") as told:
        found = examined(parts, told)
        if then is not None:
            cut = tuple(heads.compare(parts.new_uow, then))
            found = replace(found, violations=(*found.violations, *cut))
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
