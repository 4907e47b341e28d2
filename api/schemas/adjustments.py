"""Adjusted catalogues and notices on working days: what is asked, what is answered."""

from __future__ import annotations

from marshmallow import fields, validate

from api.schemas.base import (
    Strict,
    asked_day,
    choice,
    codes,
    day,
    figure,
    lines,
    many,
    one,
    said,
    truth,
    whole,
    words,
)
from workflows.catalogue.completeness import Element
from workflows.catalogue.difference import ChangeKind, Direction
from workflows.catalogue.findings import Severity
from workflows.notices import LONGEST_SOURCE, MOST_DAYS

LONGEST_CATALOGUE = 900_000  # characters; a whole body has 1 MiB


def _days(description: str) -> fields.List[str]:
    most = f"api.field.length?min=0&max={MOST_DAYS}"
    return fields.List(
        asked_day("Day"),
        required=True,
        validate=validate.Length(max=MOST_DAYS, error=most),
        metadata={"description": description},
    )


class CatalogueTextSchema(Strict):
    """A catalogue file."""

    text = words("The catalogue as YAML or JSON", longest=LONGEST_CATALOGUE)


class AdoptionSchema(CatalogueTextSchema):
    """A catalogue file and the day from which it is to hold."""

    effective_from = asked_day("First day on which it holds: today or later")


class ChangeSchema(Strict):
    """One change of a catalogue."""

    kind = choice("What was changed", [each.value for each in ChangeKind])
    direction = choice("减, 调 or 放", [each.value for each in Direction])
    item = said("Item, or entry of the catalogue's part named by field")
    field = said("Which limit, field or part; empty where the kind says all")
    before = said("Value before; - = none")
    after = said("Value after; - = none")
    zh = said("The change in Chinese")
    en = said("The change in English")


class StatisticsSchema(Strict):
    """Figures of an adjustment."""

    items_before = figure("Items before")
    items_cancelled = figure("Items cancelled")
    items_added = figure("Items added")
    items_after = figure("Items after")
    materials_before = figure("Demands of a material by an item, before")
    materials_removed = figure("Demands removed, those of cancelled items among them")
    materials_added = figure("Demands added")
    materials_after = figure("Demands after")
    days_kept_before = figure("Committed working days of items with a limit in both, before")
    days_kept_after = figure("Committed working days of items with a limit in both, after")
    days_cancelled = figure("Committed working days of cancelled items and of dropped limits")
    days_added = figure("Committed working days of added items and of new limits")
    limits_cut = figure("Items whose committed limit is shorter")
    limits_raised = figure("Items whose committed limit is longer")
    delegated = figure("Items that a lower level takes over")
    compressed_percent = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "By how much the days of kept items fell, %; null without any"},
    )


class FindingSchema(Strict):
    """What the publish check says."""

    severity = choice("Errors bar adoption", [each.value for each in Severity])
    code = said("Key of the sentence")
    zh = said("The finding in Chinese")
    en = said("The finding in English")


class KeptLimitSchema(Strict):
    """A running attempt that keeps the limit it was filed with."""

    unit = figure("Unit")
    item = said("Item")
    attempt = figure("Attempt")
    keeps = said("Days and unit; - = no limit")
    would_be = said("Days and unit of a filing under the new catalogue; - = no limit")


class ImpactSchema(Strict):
    """What a catalogue does to one running project."""

    project = said("Project code")
    added = codes("Items of stages yet to open that come")
    dropped = codes("Items of stages yet to open that fall away")
    kept = codes("Cancelled items of open stages, handled to the end")
    limits = many(KeptLimitSchema, "Running attempts that keep their limit")
    missing = codes("Fact questions that the new catalogue asks")


class JudgementSchema(Strict):
    """What a catalogue would change."""

    catalogue = said("Hash of its content")
    previous = said("Hash of the version before it")
    changes = many(ChangeSchema, "Changes, items first")
    statistics = one(StatisticsSchema, "Figures")
    findings = many(FindingSchema, "Warnings of the publish check")
    impacts = many(ImpactSchema, "Running projects that it touches")


class VersionSchema(Strict):
    """One version of the catalogue."""

    catalogue = said("Hash of its content")
    effective_from = day("First day on which it holds; null = shipped", none=True)
    in_force = truth("In force today")
    running = figure("Running projects that are under it")
    changes = many(ChangeSchema, "Against the version before")
    statistics = one(StatisticsSchema, "Figures; null = shipped", none=True)


class VersionLineSchema(VersionSchema):
    """A version in a list."""


class VersionsSchema(Strict):
    """All versions."""

    data = lines(VersionLineSchema, "Versions, the shipped one first")


class IncompleteSchema(Strict):
    """One item that lacks something."""

    item = said("Item")
    missing = fields.List(
        choice("Element", [each.value for each in Element]),
        required=True,
        metadata={"description": "Missing elements"},
    )


class CompletenessSchema(Strict):
    """Whether every item has all its elements."""

    catalogue = said("Hash of the catalogue in force")
    percent = fields.Float(
        required=True, allow_none=True, metadata={"description": "Elements that are there, %"}
    )
    asked = figure("Elements asked for")
    present = figure("Elements that are there")
    items = figure("Items")
    complete_items = figure("Items that lack nothing")
    incomplete = many(IncompleteSchema, "Items that lack something")


class NoticeSchema(Strict):
    """A notice on one year's days."""

    year = whole("Year", least=1900, most=2999)
    source = words("Number of the notice", longest=LONGEST_SOURCE, example="国办发明电〔2025〕7号")
    off = _days("Days off; those on weekends are off anyway")
    worked = _days("Weekend days that are worked")


class DueChangeSchema(Strict):
    """A due date of a running item that a notice moves."""

    project = said("Project code")
    unit = figure("Unit")
    item = said("Item")
    attempt = figure("Attempt")
    what = said("committed, statutory, or the timer")
    before = day("Last day now; null = not known", none=True)
    after = day("Last day by the notice; null = not known", none=True)
    provisional = truth("Working days up to it are not published yet even so")


class DayChangeSchema(Strict):
    """A day that becomes another."""

    day = day("Day")
    worked = truth("Worked by the notice")


class NoticePreviewSchema(Strict):
    """What a notice changes."""

    year = figure("Year")
    calendar_version = said("Version of the calendar with the notice")
    days = many(DayChangeSchema, "Days that change")
    dues = many(DueChangeSchema, "Due dates of running items that change")


class NoticeAdoptedSchema(Strict):
    """What a notice brought about."""

    year = figure("Year")
    calendar_version = said("Version of the calendar in force")
    job = said("The job that computes the running projects anew")
    link = said("Address of the job")


class YearSchema(Strict):
    """A year's days."""

    year = figure("Year")
    provisional = truth("No notice is known: by the holidays of the law alone")
    source = said("Number of the adopted notice; null = the shipped table", none=True)
    calendar_version = said("Version of the calendar")
    working_days = figure("Working days of the year")
    off = codes("Weekdays off, ISO dates")
    worked = codes("Weekend days worked, ISO dates")
