"""`abreast heads | backup | restore`: what is kept elsewhere, in case the database is lost."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import click

from cli.office import opened
from cli.proof import examined
from cli.speech import SpokenCommand, as_json, option
from cli.terminal import Failed, terminal
from engine import heads as kept
from engine.clock import SystemClock
from engine.settings import from_environment
from engine.store import backup as copies
from engine.store.opening import check_there

KEY = "ABREAST_HEADS_KEY"
_FILE = click.Path(dir_okay=False, path_type=Path)


def heads_key() -> str:
    """Return the key of the list of heads; the empty text, which is refused, where none is set."""
    return os.environ.get(KEY, "")


@click.command("heads", cls=SpokenCommand, help="help.heads")
@option("--sign", is_flag=True, required=True, help="sign")
@option("--out", type=_FILE, help="heads_out")
def heads(sign: bool, out: Path | None) -> None:  # noqa: ARG001, FBT001 - click hands flags over by name
    """Sign the list of all heads and export it as JSON."""
    check_there(from_environment(os.environ))
    with closing(opened()) as parts:
        # The moment of signing is the machine's, also where the office plays in another year.
        data = kept.exported(kept.signed(parts.new_uow, SystemClock().now(), heads_key()))
    if out is None:
        click.echo(data, nl=False)
    else:
        out.write_bytes(data)
        terminal().print("heads.written", file=out)


@click.command("backup", cls=SpokenCommand, help="help.backup")
@click.argument("file", type=_FILE)
@as_json()
def backup(file: Path, as_json: bool) -> None:  # noqa: FBT001 - as above
    """Copy the database while it is in use."""
    speaker = terminal()
    copies.backup(from_environment(os.environ).database, file)
    size = file.stat().st_size
    if as_json:
        speaker.data({"file": str(file), "bytes": size})
    else:
        speaker.print("backup.written", file=file, bytes=size)


@click.command("restore", cls=SpokenCommand, help="help.restore")
@click.argument("file", type=_FILE)
@option("--replace", is_flag=True, help="replace")
@as_json()
def restore(file: Path, replace: bool, as_json: bool) -> None:  # noqa: FBT001 - as above
    """Take a copy back, and verify it."""
    speaker = terminal()
    copies.restore(from_environment(os.environ).database, file, replace=replace)
    with closing(opened()) as parts, speaker.progress("verify.checking") as told:
        found = examined(parts, told)
    if as_json:
        figures = {"streams": found.streams, "events": found.events, "projects": found.projects}
        speaker.data({"file": str(file), **figures, "ok": found.ok})
    else:
        speaker.print("restore.done", file=file, events=found.events, projects=found.projects)
    if not found.ok:
        raise Failed("verify.broken" if found.events else "verify.empty")
