"""`abreast audit`: who read and changed what."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from cli.office import opened, recorded
from cli.serving import sweep
from cli.speech import SpokenGroup, as_json, option
from cli.terminal import terminal
from engine.store.audit import LARGEST_PAGE, AuditFilter
from workflows.moments import said_moment

if TYPE_CHECKING:
    from engine.store.audit import Seen

_FEW = 50


@click.group("audit", cls=SpokenGroup, help="help.audit")
def group() -> None:
    """Hold the commands about the audit trail."""


@group.command("list", help="help.audit_list")
@option("--actor", help="audit_actor")
@option("--object", "object_", help="audit_object")
@option("--since", type=click.DateTime(["%Y-%m-%d"]), help="audit_since")
@option("--limit", type=click.IntRange(1, LARGEST_PAGE), default=_FEW, help="audit_limit")
@as_json()
def list_(
    actor: str | None,
    object_: str | None,
    since: datetime | None,
    limit: int,
    as_json: bool,  # noqa: FBT001 - click hands flags over by name
) -> None:
    """List the newest lines."""
    speaker = terminal()
    first = None if since is None else since.replace(tzinfo=UTC)
    with closing(opened()) as parts:
        which = AuditFilter(actor=actor, object=object_, since=first)
        lines = [line.seen for line in parts.audit.lines(which, limit=limit)]
    if as_json:
        speaker.data({"lines": [_told(line) for line in lines]})
        return
    table = speaker.table("audit.title", ("at", "person", "operation", "object", "status"))
    for line in lines:
        at = said_moment(line.at)
        table.add_row(at, line.actor, line.operation, line.object, str(line.status))
    speaker.out.print(table)


@group.command("prune", help="help.audit_prune")
def prune() -> None:
    """Drop what was kept long enough; a server does so every hour by itself."""
    with recorded("audit.prune", "-") as parts:
        number = sweep(parts)
    terminal().print("audit.pruned", number=number)


def _told(line: Seen) -> dict[str, object]:
    return {**asdict(line), "at": line.at.isoformat()}
