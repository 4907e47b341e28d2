"""`abreast export`: what the office knows, in the formats of other people's tools."""

from __future__ import annotations

import os
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import mkstemp
from typing import TYPE_CHECKING

import click

from cli.office import opened
from cli.speech import SpokenGroup, option
from cli.terminal import Failed, terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from engine.outgoing import Outgoing
    from wire import Parts

# The libraries behind the formats load when a command is called, not when help is asked for.


@click.group("export", cls=SpokenGroup, help="help.export")
def group() -> None:
    """Hold the exports."""


def _command(name: str) -> Callable[[Callable[..., None]], click.Command]:
    """Return the decorator of an export: which projects, and to which file."""

    def made(function: Callable[..., None]) -> click.Command:
        called: Callable[..., None] = function
        called = option("--project", "codes", multiple=True, help="export_project")(called)
        path = click.Path(dir_okay=False, path_type=Path)
        called = option("--out", type=path, required=True, help="export_out")(called)
        return group.command(name, help=f"help.export_{name}")(called)

    return made


@_command("log")
def export_log(codes: tuple[str, ...], out: Path) -> None:
    """Write an event log in XES."""
    _ending(out, (".xes",))
    with (
        _outgoing(codes, out) as outgoing,
        new_file(out) as temporary,
        temporary.open("wb") as file,
    ):
        file.writelines(outgoing.log())


@_command("ocel")
def export_ocel(codes: tuple[str, ...], out: Path) -> None:
    """Write an object-centric log in OCEL 2.0."""
    from exchange.ocel import as_json  # noqa: PLC0415 - see above
    from exchange.ocel_sqlite import write  # noqa: PLC0415 - see above

    ending = _ending(out, (".json", ".jsonocel", ".sqlite"))
    with _outgoing(codes, out) as outgoing, new_file(out) as temporary:
        if ending == ".sqlite":
            temporary.unlink()
            write(outgoing.objects(), temporary)
        else:
            temporary.write_bytes(as_json(outgoing.objects()))


@_command("national")
def export_national(codes: tuple[str, ...], out: Path) -> None:
    """Write the tables of the national data standard 2.0."""
    from exchange.national import sql  # noqa: PLC0415 - see above

    ending = _ending(out, (".zip", ".sql"))
    with _outgoing(codes, out) as outgoing, new_file(out) as temporary:
        if ending == ".zip":
            temporary.write_bytes(outgoing.national_zip())
        else:
            with temporary.open("wb") as file:
                file.writelines(line.encode() for line in sql(outgoing.national()))


@contextmanager
def _outgoing(codes: tuple[str, ...], out: Path) -> Iterator[Outgoing]:
    """Yield the projects that are to go out, and say in the end that they went."""
    from engine.outgoing import Outgoing  # noqa: PLC0415 - see above

    speaker = terminal()
    with closing(opened()) as parts, speaker.progress("exchange.projects") as told:
        chosen = codes or _all(parts)
        yield Outgoing(
            handle=parts.handle,
            known=parts.in_force,
            clock=parts.clock,
            codes=chosen,
            told=told,
        )
    speaker.print("exchange.exported", projects=len(chosen), file=str(out))


@contextmanager
def new_file(out: Path) -> Iterator[Path]:
    """Yield a file beside *out* that takes its place once all is well; else nothing is left.

    Raises:
        Failed: If *out* is there already.
    """
    if out.exists():
        raise Failed("exchange.there", file=str(out))
    handle, name = mkstemp(prefix=f".{out.name}.", dir=out.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)
        try:
            os.link(temporary, out)  # unlike a rename it fails where somebody was quicker
        except FileExistsError as error:
            raise Failed("exchange.there", file=str(out)) from error
    finally:
        temporary.unlink(missing_ok=True)


def _ending(out: Path, known: tuple[str, ...]) -> str:
    if out.suffix not in known:
        raise Failed("exchange.kind", file=str(out), known=list(known))
    return out.suffix


def _all(parts: Parts) -> tuple[str, ...]:
    from engine.backdating import codes  # noqa: PLC0415 - see above
    from engine.store.queries import ProjectFilter  # noqa: PLC0415 - see above

    return tuple(sorted(codes(parts.new_uow, ProjectFilter())))
