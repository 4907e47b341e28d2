"""Adjusting the catalogue (减、调、放) and the calendar: planners and administrators only."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from api import actors
from api.contract import orders, reads
from api.desk import expected, idempotency_key, keep, order, tag
from api.parser import Nouns
from api.parts import parts
from api.problems import InvalidError, RequestError
from api.schemas.adjustments import (
    AdoptionSchema,
    CatalogueTextSchema,
    CompletenessSchema,
    JudgementSchema,
    NoticeAdoptedSchema,
    NoticePreviewSchema,
    NoticeSchema,
    VersionSchema,
    VersionsSchema,
    YearSchema,
)
from engine.adjustments import recompute_job
from engine.store import definitions
from workflows import notices
from workflows.adjustment import check_keeper
from workflows.catalogue.completeness import completeness
from workflows.catalogue.difference import sentence
from workflows.moments import local_date
from workflows.notices import AdoptNotice, year_of
from workflows.texts import text

if TYPE_CHECKING:
    from engine.adjustments import Judged
    from workflows.adjustment import Version
    from workflows.catalogue.difference import Change, Statistics
    from workflows.catalogue.findings import Finding
    from workflows.catalogue.values import Catalogue
    from workflows.dues import DueChange
    from workflows.facts import Actor

nouns = Nouns(
    "adjustments", __name__, description="Versions of the catalogue, and notices on working days"
)
Row = dict[str, Any]
Tagged = tuple[Row, dict[str, str]]
ZH, EN = "zh-CN", "en"


@nouns.route("/catalogue/versions", methods=["GET"])
@reads(nouns, "listVersions", VersionsSchema, etag=True)
def list_versions() -> Tagged:
    """List the versions of the catalogue.

    The shipped one and every adopted one with what it changed, when it holds, and how many
    running projects are under it.
    """
    _keeper("catalogue")
    known = parts().in_force
    now = known.versions.in_force(_today())
    with parts().new_uow() as uow:
        running = definitions.under(uow.connection)
    shipped: Row = {
        "catalogue": known.shipped.hash,
        "effective_from": None,
        "in_force": now is None,
        "running": running.get(known.shipped.hash, 0),
        "changes": [],
        "statistics": None,
    }
    adopted = [_version(version, now, running) for version in known.versions.adopted]
    return {"data": [shipped, *adopted]}, {"ETag": tag(known.versions.number)}


@nouns.route("/catalogue/completeness", methods=["GET"])
@reads(nouns, "getCompleteness", CompletenessSchema)
def show_completeness() -> Row:
    """Show how complete the catalogue in force is.

    Which of the elements that an item must have are missing, item by item.
    """
    _keeper("catalogue")
    catalogue = parts().library.catalogue
    found = completeness(catalogue)
    return {
        "catalogue": catalogue.hash,
        "percent": found.percent,
        "asked": found.asked,
        "present": found.present,
        "items": len(found.items),
        "complete_items": found.complete_items,
        "incomplete": [item for item in found.items if item.missing],
    }


@nouns.route("/catalogue/preview", methods=["POST"])
@orders(nouns, "previewCatalogue", CatalogueTextSchema, answer=JudgementSchema, tagged=False)
def preview_catalogue(body: Row) -> Row:
    """Preview a catalogue.

    Checks it, draws its definitions, and tells what it changes against the version adopted last
    and what that means for each running project. Changes nothing.
    """
    _keeper("catalogue")
    keep(order("previewCatalogue", body))
    judged = parts().adjustments.judge(body["text"])
    old = parts().in_force.edition(judged.previous).catalogue
    return _judged(judged, old)


@nouns.route("/catalogue/versions", methods=["POST"])
@orders(
    nouns,
    "adoptCatalogue",
    AdoptionSchema,
    answer=VersionSchema,
    status=HTTPStatus.CREATED,
    tagged=False,
    seen=True,
)
def adopt_catalogue(body: Row) -> Row:
    """Adopt a catalogue.

    It holds from the given day on. Stages that are open stay as they were drawn and filed items
    keep their limits; a running project follows with its next step. If-Match names the tag of the
    versions that were looked at.
    """
    actor = _keeper("catalogue")
    key = idempotency_key()
    day = _day(body["effective_from"], "/effective_from")
    version = parts().adjustments.adopt(body["text"], day, actor, key, expected=expected())
    now = parts().in_force.versions.in_force(_today())
    with parts().new_uow() as uow:
        running = definitions.under(uow.connection)
    return _version(version, now, running)


@nouns.route("/calendar/<number:year>", methods=["GET"])
@reads(nouns, "getYear", YearSchema, etag=True)
def show_year(year: int) -> Tagged:
    """Show a year's days.

    Weekdays off, weekend days worked, and whether the year is provisional.
    """
    actors.current()
    calendar = parts().library.calendar
    if not calendar.first.year <= year <= calendar.last.year:
        first, last = calendar.first.isoformat(), calendar.last.isoformat()
        raise RequestError(
            HTTPStatus.NOT_FOUND, "calendar.outside", day=str(year), first=first, last=last
        )
    days = year_of(calendar, year)
    known = parts().in_force.notices
    notice = known.by_year.get(year)
    told = {
        "year": year,
        "provisional": year in calendar.provisional_years,
        "source": None if notice is None else notice.source,
        "calendar_version": calendar.version,
        "working_days": days.working,
        "off": [day.isoformat() for day in days.off],
        "worked": [day.isoformat() for day in days.worked],
    }
    return told, {"ETag": tag(known.number)}


@nouns.route("/calendar/preview", methods=["POST"])
@orders(nouns, "previewNotice", NoticeSchema, answer=NoticePreviewSchema, tagged=False)
def preview_notice(body: Row) -> Row:
    """Preview a notice.

    Which days change, and which due dates and timers of running items move. Changes nothing.
    """
    _keeper("calendar")
    keep(order("previewNotice", body))
    return _preview(_notice(body))


@nouns.route("/calendar/notices", methods=["POST"])
@orders(
    nouns,
    "adoptNotice",
    NoticeSchema,
    answer=NoticeAdoptedSchema,
    status=HTTPStatus.CREATED,
    tagged=False,
    seen=True,
)
def adopt_notice(body: Row) -> Row:
    """Adopt a notice.

    The year is final by it. A job then computes the due dates and timers of running items anew, one
    transaction a project; its address tells how far it is. If-Match names the tag of a year that
    was looked at; it is the same for all years.
    """
    actor = _keeper("calendar")
    key = idempotency_key()
    found = parts().adjustments.notice(_notice(body), actor, key, expected=expected())
    version = notices.calendar(found).version
    job = recompute_job(version)
    return {
        "year": body["year"],
        "calendar_version": version,
        "job": job,
        "link": f"/api/v1/jobs/{job}",
    }


def _keeper(what: str) -> Actor:
    """Return the sender.

    Raises:
        NotAllowedError: If they neither plan nor administer.
    """
    actor = actors.current()
    check_keeper(actor, what)
    return actor


def _today() -> date:
    return local_date(parts().clock.now())


def _day(given: str, pointer: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise InvalidError.at(pointer, "api.field.pattern") from error


def _notice(body: Row) -> AdoptNotice:
    return AdoptNotice(
        year=body["year"],
        off=tuple(_day(day, f"/off/{at}") for at, day in enumerate(body["off"])),
        worked=tuple(_day(day, f"/worked/{at}") for at, day in enumerate(body["worked"])),
        source=body["source"],
    )


def _preview(command: AdoptNotice) -> Row:
    known = parts().in_force.notices
    before = parts().library.calendar
    offered = notices.offered(known, command, _today())
    after = notices.calendar(notices.evolve(known, known.number + 1, offered))
    return {
        "year": offered.year,
        "calendar_version": offered.calendar,
        "days": [
            {"day": day, "worked": after.is_working(day)}
            for day in notices.changed_days(before, after)
        ],
        "dues": [_due(change) for change in parts().following.due_changes(after)],
    }


def _due(change: DueChange) -> Row:
    days = {"before": change.before, "after": change.after}
    return {
        **asdict(change),
        **{name: None if day is None else date.fromisoformat(day) for name, day in days.items()},
    }


def _judged(judged: Judged, old: Catalogue) -> Row:
    found, new = judged.difference, judged.edition.catalogue
    return {
        "catalogue": new.hash,
        "previous": judged.previous,
        "changes": [_change(change, new, old) for change in found.changes],
        "statistics": _statistics(found.statistics),
        "findings": [_finding(finding) for finding in judged.findings],
        "impacts": list(parts().following.impacts(judged.edition)),
    }


def _version(version: Version, now: Version | None, running: dict[str, int]) -> Row:
    known = parts().in_force
    names = (known.edition(version.catalogue), known.edition(version.difference.before))
    return {
        "catalogue": version.catalogue,
        "effective_from": version.effective_from,
        "in_force": version == now,
        "running": running.get(version.catalogue, 0),
        "changes": [
            _change(change, *(name.catalogue for name in names))
            for change in version.difference.changes
        ],
        "statistics": _statistics(version.difference.statistics),
    }


def _change(change: Change, *names: Catalogue) -> Row:
    return {
        **asdict(change),
        "zh": sentence(change, ZH, *names),
        "en": sentence(change, EN, *names),
    }


def _statistics(statistics: Statistics) -> Row:
    return {
        **asdict(statistics),
        "items_after": statistics.items_after,
        "materials_after": statistics.materials_after,
        "compressed_percent": statistics.compressed_percent,
    }


def _finding(finding: Finding) -> Row:
    return {
        "severity": finding.severity,
        "code": finding.code,
        "zh": text(finding.code, ZH, **finding.named),
        "en": text(finding.code, EN, **finding.named),
    }
