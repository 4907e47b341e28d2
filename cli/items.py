"""`abreast catalogue`: judge a catalogue file, and list what it holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import adjustments
from cli.speech import SpokenGroup, as_json, option
from cli.terminal import Failed, terminal
from engine.library import CATALOGUE
from workflows.catalogue.check import check as judge
from workflows.catalogue.findings import CatalogueError, Finding, Severity
from workflows.catalogue.load import load
from workflows.texts import text

if TYPE_CHECKING:
    from cli.terminal import Terminal
    from workflows.catalogue.values import Catalogue, Item

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("catalogue", cls=SpokenGroup, help="help.catalogue")
def group() -> None:
    """Hold the commands about the catalogue."""


@group.command("check", help="help.catalogue_check")
@click.argument("file", type=_FILE, required=False)
@as_json()
def check(file: Path | None, as_json: bool) -> None:  # noqa: FBT001 - click hands flags over by name
    """Judge a catalogue; fails when it may not be published."""
    speaker = terminal()
    with speaker.err.status(speaker.say("catalogue.checking")):
        findings = _findings((file or CATALOGUE).read_text(encoding="utf-8"))
    errors = sum(found.severity is Severity.ERROR for found in findings)
    if as_json:
        rows = [_told(speaker, found) for found in findings]
        speaker.data({"errors": errors, "warnings": len(findings) - errors, "findings": rows})
    else:
        _show(speaker, findings)
        speaker.print("catalogue.checked", errors=errors, warnings=len(findings) - errors)
    if errors:
        raise Failed("catalogue.refused", errors=errors)


@group.command("items", help="help.catalogue_items")
@option("--stage", type=click.IntRange(1, 5), help="stage")
@option("--flow", type=click.IntRange(1), help="flow")
@as_json()
def items(stage: int | None, flow: int | None, as_json: bool) -> None:  # noqa: FBT001 - as above
    """List the items of the shipped catalogue."""
    speaker = terminal()
    shipped = load(CATALOGUE.read_text(encoding="utf-8"))
    chosen = [
        item
        for item in shipped.items.values()
        if stage in (None, item.stage) and (flow is None or flow in item.flows)
    ]
    if as_json:
        speaker.data({"items": [_item(speaker, shipped, item) for item in chosen]})
        return
    table = speaker.table(
        "catalogue.items", ("item", "name", "department", "coupling", "days"), ("days",)
    )
    for item in chosen:
        days = "" if item.committed_limit is None else str(item.committed_limit.days)
        table.add_row(
            item.code,
            speaker.name(item.name),
            speaker.name(shipped.departments[item.department].name),
            speaker.say(f"coupling.{item.coupling}"),
            days,
        )
    speaker.out.print(table)


for _command in (
    adjustments.diff,
    adjustments.adopt,
    adjustments.versions,
    adjustments.completeness,
    adjustments.follow,
):
    group.add_command(_command)


def _findings(content: str) -> tuple[Finding, ...]:
    """Return all that is wrong, whether it already shows in the form or only in the meaning."""
    try:
        return judge(load(content))
    except CatalogueError as error:
        return error.findings


def _show(speaker: Terminal, findings: tuple[Finding, ...]) -> None:
    if not findings:
        return
    table = speaker.table("catalogue.findings", ("severity", "item", "field", "finding"))
    for found in findings:
        table.add_row(
            speaker.say(f"severity.{found.severity}"),
            found.item or "",
            found.field or "",
            sentence(speaker, found),
        )
    speaker.out.print(table)


def sentence(speaker: Terminal, found: Finding) -> str:
    """Return a finding in words."""
    where = {"item": found.item or "", "field": found.field or ""}
    return text(found.code, speaker.locale, **{**where, **found.params})


def _told(speaker: Terminal, found: Finding) -> dict[str, object]:
    return {
        "severity": found.severity.value,
        "code": found.code,
        "item": found.item,
        "field": found.field,
        "message": sentence(speaker, found),
    }


def _item(speaker: Terminal, shipped: Catalogue, item: Item) -> dict[str, object]:
    limit = item.committed_limit
    return {
        "code": item.code,
        "name": speaker.name(item.name),
        "stage": item.stage,
        "department": item.department,
        "department_name": speaker.name(shipped.departments[item.department].name),
        "coupling": item.coupling.value,
        "flows": list(item.flows),
        "committed_limit": None
        if limit is None
        else {"days": limit.days, "unit": limit.unit.value, "source": limit.source},
        "needs": [{"document": need.document, "hard": need.hard} for need in item.needs],
        "produces": list(item.produces),
    }
