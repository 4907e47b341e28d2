"""`abreast import`: logs of others become facts, and get the reports that ours get."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.exports import new_file
from cli.speech import SpokenGroup, as_json, option
from cli.terminal import Terminal, terminal
from workflows.moments import said_moment
from workflows.texts import text

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.foreign import Imported
    from exchange.account import Count, Noted, Unused

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_DAY = 86_400
_EDGES = 10  # that are shown

# The libraries behind the formats load when a command is called, not when help is asked for.


@click.group("import", cls=SpokenGroup, help="help.import")
def group() -> None:
    """Hold the imports."""


@group.command("log", help="help.import_log")
@click.argument("file", type=_FILE)
@option("--mapping", type=_FILE, help="import_mapping")
@option("--facts", type=click.Path(dir_okay=False, path_type=Path), help="import_facts")
@as_json()
def import_log(file: Path, mapping: Path | None, facts: Path | None, as_json: bool) -> None:  # noqa: FBT001 - click hands flags over by name
    """Take a foreign log in, and report on it."""
    speaker = terminal()
    with speaker.progress("exchange.reading") as told:
        if facts is None:
            found = _read(file, mapping, None, told)
        else:
            with new_file(facts) as temporary:
                found = _read(file, mapping, temporary, told)
    if as_json:
        speaker.data(_data(speaker, found, facts))
    else:
        _show(speaker, found, facts)


def _read(
    path: Path, mapping: Path | None, facts: Path | None, told: Callable[[float], None]
) -> Imported:
    """Read the file, and write its facts where that was asked for."""
    from engine.foreign import Source, import_log  # noqa: PLC0415 - see above
    from exchange.mapping import LogMapping, mapping_of  # noqa: PLC0415 - see above
    from workflows.calendar import shipped  # noqa: PLC0415 - see above

    how = LogMapping() if mapping is None else mapping_of(mapping.read_bytes())
    with ExitStack() as stack:
        file = stack.enter_context(path.open("rb"))
        source = Source(file=file, name=path.name, size=os.fstat(file.fileno()).st_size)
        out = None if facts is None else stack.enter_context(facts.open("wb"))
        return import_log(source, how, shipped(), told, out)


def _data(speaker: Terminal, found: Imported, facts: Path | None) -> dict[str, object]:
    from analysis.plain import plain  # noqa: PLC0415 - see above
    from analysis.report import report  # noqa: PLC0415 - see above

    account = found.account
    return {
        "format": found.format.value,
        "events": {"told": account.told, "used": account.used},
        "cases": account.cases,
        "activities": account.activities,
        "first": found.first.isoformat(),
        "last": found.last.isoformat(),
        "unused": [_reason(speaker, "unused", *each) for each in account.unused.items()],
        "noted": [_reason(speaker, "noted", *each) for each in account.noted.items()],
        "offsets": dict(account.offsets),
        "log": plain(found.mined),
        "report": plain(report(found.columns)),
        "facts": None if facts is None else str(facts),
    }


def _reason(
    speaker: Terminal, family: str, reason: Unused | Noted, count: Count
) -> dict[str, object]:
    return {
        "reason": reason.value,
        "text": text(f"exchange.{family}.{reason.value}", speaker.locale),
        "count": count.count,
        "examples": list(count.examples),
    }


def _show(speaker: Terminal, found: Imported, facts: Path | None) -> None:
    from analysis.report import report  # noqa: PLC0415 - see above
    from cli.scope import show  # noqa: PLC0415 - see above
    from engine import report_tables as tables  # noqa: PLC0415 - see above
    from engine.foreign import strangers_words  # noqa: PLC0415 - see above

    words = strangers_words(speaker.locale)
    for sheet in tables.bottlenecks(report(found.columns), words):
        show(speaker, sheet)
    _show_edges(speaker, found)
    _show_account(speaker, found)
    account = found.account
    speaker.print(
        "exchange.imported",
        told=account.told,
        used=account.used,
        cases=account.cases,
        activities=account.activities,
        first=said_moment(found.first),
        last=said_moment(found.last),
    )
    if facts is not None:
        speaker.print("exchange.kept", file=str(facts))


def _show_edges(speaker: Terminal, found: Imported) -> None:
    if found.mined is None:
        return
    columns = ("source", "target", "times", "mean_days")
    table = speaker.table("exchange.edges", columns, columns[2:])
    for edge in found.mined.edges[:_EDGES]:
        table.add_row(edge.source, edge.target, str(edge.count), f"{edge.mean / _DAY:.1f}")
    speaker.out.print(table)


def _show_account(speaker: Terminal, found: Imported) -> None:
    columns = ("account", "times", "places")
    table = speaker.table("exchange.account", columns, columns[1:2])
    account = found.account
    for family, counts in (("unused", account.unused), ("noted", account.noted)):
        for reason, count in counts.items():
            said = text(f"exchange.{family}.{reason.value}", speaker.locale)
            table.add_row(said, str(count.count), ", ".join(count.examples))
        table.add_section()
    speaker.out.print(table)
