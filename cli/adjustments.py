"""`abreast catalogue diff | adopt | versions | completeness | follow`: adjusting the catalogue."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.office import opened
from cli.speech import SpokenCommand, as_json, option
from cli.terminal import Failed, terminal
from engine.store import definitions
from workflows.catalogue.completeness import completeness as examine
from workflows.catalogue.difference import difference, sentence
from workflows.catalogue.load import load
from workflows.facts import SYSTEM
from workflows.moments import local_date
from workflows.texts import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cli.terminal import Terminal
    from engine.following import Line
    from wire import Parts
    from workflows.catalogue.completeness import Completeness
    from workflows.catalogue.difference import Difference, Statistics
    from workflows.catalogue.values import Catalogue
    from workflows.impact import Impact

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
SHIPPED, CURRENT = "shipped", "current"
SHORT = 12  # digits of a hash that are shown
SHORTEST = 6  # digits by which a version may be named


@click.command("diff", cls=SpokenCommand, help="help.catalogue_diff")
@click.argument("a")
@click.argument("b")
@as_json()
def diff(a: str, b: str, as_json: bool) -> None:  # noqa: FBT001 - click hands flags over by name
    """Compare two catalogues."""
    speaker = terminal()
    old, new = _catalogue(a), _catalogue(b)
    found = difference(old, new)
    if as_json:
        speaker.data(_told(speaker, found, old, new))
        return
    _show(speaker, found, old, new)


@click.command("adopt", cls=SpokenCommand, help="help.catalogue_adopt")
@click.argument("file", type=_FILE)
@option("--from", "effective_from", required=True, help="effective_from", metavar="DATE")
@option("--preview", is_flag=True, help="preview")
@as_json()
def adopt(file: Path, effective_from: str, preview: bool, as_json: bool) -> None:  # noqa: FBT001 - as above
    """Bring a catalogue into force."""
    speaker = terminal()
    day, content = _date(effective_from), file.read_text(encoding="utf-8")
    with closing(opened()) as parts:
        with speaker.err.status(speaker.say("catalogue.checking")):
            judged = parts.adjustments.judge(content)
            impacts = parts.following.impacts(judged.edition)
        old = parts.in_force.edition(judged.previous).catalogue
        new = judged.edition.catalogue
        if not preview:
            key = f"adopt-{new.hash[:32]}-{day.isoformat()}"
            parts.adjustments.adopt(content, day, SYSTEM, key)
    if as_json:
        told = _told(speaker, judged.difference, old, new)
        about = {"adopted": not preview, "catalogue": new.hash, "effective_from": day.isoformat()}
        speaker.data({**about, **told, "impacts": [asdict(each) for each in impacts]})
        return
    _show(speaker, judged.difference, old, new)
    _show_impacts(speaker, impacts)
    if not preview:
        speaker.print("adjustment.adopted", version=new.hash[:SHORT], day=day)


@click.command("versions", cls=SpokenCommand, help="help.catalogue_versions")
@as_json()
def versions(as_json: bool) -> None:  # noqa: FBT001 - as above
    """List the versions of the catalogue."""
    speaker = terminal()
    with closing(opened()) as parts:
        rows = _versions(parts)
    if as_json:
        speaker.data({"versions": rows})
        return
    columns = ("version", "effective", "in_force", "changes", "compressed", "running")
    table = speaker.table("adjustment.versions", columns, columns[3:])
    for row in rows:
        table.add_row(
            str(row["catalogue"])[:SHORT],
            str(row["effective_from"] or speaker.say("adjustment.shipped")),
            speaker.say("yes") if row["in_force"] else "",
            *("" if row[name] is None else str(row[name]) for name in columns[3:]),
        )
    speaker.out.print(table)


@click.command("completeness", cls=SpokenCommand, help="help.catalogue_completeness")
@click.argument("file", type=_FILE, required=False)
@as_json()
def completeness(file: Path | None, as_json: bool) -> None:  # noqa: FBT001 - as above
    """Check whether every item has all its elements."""
    speaker = terminal()
    catalogue = _catalogue(CURRENT if file is None else str(file))
    found = examine(catalogue)
    if as_json:
        speaker.data(_completeness(found))
        return
    lacking = [item for item in found.items if item.missing]
    table = speaker.table("adjustment.lacking", ("item", "name", "missing"))
    for item in lacking:
        missing = [text(f"adjustment.element.{each}", speaker.locale) for each in item.missing]
        name = speaker.name(catalogue.items[item.item].name)
        table.add_row(item.item, name, ", ".join(missing))
    if lacking:
        speaker.out.print(table)
    speaker.print(
        "adjustment.complete",
        percent=found.percent,
        asked=found.asked,
        present=found.present,
        items=len(found.items),
        whole=found.complete_items,
    )


@click.command("follow", cls=SpokenCommand, help="help.catalogue_follow")
@as_json()
def follow(as_json: bool) -> None:  # noqa: FBT001 - as above
    """Let the running projects follow the catalogue in force."""
    speaker = terminal()
    with closing(opened()) as parts:
        lines = list(parts.following.follow())
    show_lines(speaker, lines, as_json=as_json, said="adjustment.followed")


def show_lines(speaker: Terminal, lines: Sequence[Line], *, as_json: bool, said: str) -> None:
    """Print what became of each project, and how many went well by the text *said*.

    Raises:
        Failed: If one did not.
    """
    broken = [line for line in lines if line.problem is not None]
    if as_json:
        speaker.data({"projects": [asdict(line) for line in lines]})
    else:
        columns = ("project", "added", "dropped", "timers", "problem")
        table = speaker.table("adjustment.lines", columns, ("timers",))
        for line in lines:
            cells = (", ".join(line.added), ", ".join(line.dropped), str(line.timers))
            table.add_row(line.project, *cells, line.problem or "")
        if lines:
            speaker.out.print(table)
        speaker.out.print(speaker.say(said, number=len(lines) - len(broken)))
    if broken:
        raise Failed("adjustment.broken", number=len(broken))


def _date(given: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise Failed("adjustment.bad_day", day=given) from error


def _catalogue(named: str) -> Catalogue:
    """Return the catalogue of a file, of an adopted version, the shipped or the current one."""
    if Path(named).is_file():
        return load(Path(named).read_text(encoding="utf-8"))
    with closing(opened()) as parts:
        known = parts.in_force
        if named == CURRENT:
            return parts.library.catalogue
        hashes = [known.shipped.hash, *(each.catalogue for each in known.versions.adopted)]
        matching = {hash_ for hash_ in hashes if len(named) >= SHORTEST and hash_.startswith(named)}
        if named == SHIPPED:
            matching = {known.shipped.hash}
        if len(matching) != 1:
            raise Failed("adjustment.unknown_version", version=named)
        return known.edition(matching.pop()).catalogue


def _told(
    speaker: Terminal, found: Difference, old: Catalogue, new: Catalogue
) -> dict[str, object]:
    changes = [
        {**asdict(change), "text": sentence(change, speaker.locale, new, old)}
        for change in found.changes
    ]
    return {
        "before": found.before,
        "after": found.after,
        "changes": changes,
        "statistics": _figures(found.statistics),
    }


def _figures(statistics: Statistics) -> dict[str, object]:
    return {
        **asdict(statistics),
        "items_after": statistics.items_after,
        "materials_after": statistics.materials_after,
        "compressed_percent": statistics.compressed_percent,
    }


def _show(speaker: Terminal, found: Difference, old: Catalogue, new: Catalogue) -> None:
    if not found.changes:
        speaker.print("adjustment.same")
        return
    table = speaker.table("adjustment.title", ("direction", "change"))
    for change in found.changes:
        direction = text(f"adjustment.direction.{change.direction}", speaker.locale)
        table.add_row(direction, sentence(change, speaker.locale, new, old))
    speaker.out.print(table)
    figures = speaker.table("adjustment.figures", ("figure", "number"), ("number",))
    for name, value in _figures(found.statistics).items():
        figures.add_row(speaker.say(f"adjustment.figure.{name}"), str(value))
    speaker.out.print(figures)


def _show_impacts(speaker: Terminal, impacts: Sequence[Impact]) -> None:
    if not impacts:
        speaker.print("adjustment.untouched")
        return
    columns = ("project", "added", "dropped", "kept_items", "kept_limits", "asked")
    table = speaker.table("adjustment.impact", columns)
    for each in impacts:
        limits = (f"{limit.item} {limit.keeps}" for limit in each.limits)
        lists = (each.added, each.dropped, each.kept, limits, each.missing)
        table.add_row(each.project, *(", ".join(codes) for codes in lists))
    speaker.out.print(table)


def _versions(parts: Parts) -> list[dict[str, object]]:
    with parts.new_uow() as uow:
        running = definitions.under(uow.connection)
    known, today = parts.in_force, local_date(parts.clock.now())
    now = known.versions.in_force(today)
    shipped = known.shipped
    rows: list[dict[str, object]] = [
        {
            "catalogue": shipped.hash,
            "effective_from": None,
            "in_force": now is None,
            "changes": None,
            "compressed": None,
            "running": running.get(shipped.hash, 0),
        }
    ]
    rows += [
        {
            "catalogue": version.catalogue,
            "effective_from": version.effective_from.isoformat(),
            "in_force": version == now,
            "changes": len(version.difference.changes),
            "compressed": version.difference.statistics.compressed_percent,
            "running": running.get(version.catalogue, 0),
        }
        for version in known.versions.adopted
    ]
    return rows


def _completeness(found: Completeness) -> dict[str, object]:
    return {
        "percent": found.percent,
        "asked": found.asked,
        "present": found.present,
        "items": len(found.items),
        "complete_items": found.complete_items,
        "missing": dict(found.missing),
        "incomplete": [
            {"item": item.item, "missing": list(item.missing)}
            for item in found.items
            if item.missing
        ],
    }
