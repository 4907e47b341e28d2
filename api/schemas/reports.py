"""Reports as they go out."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.base import NameSchema, Strict, coded, figure, many, one, said


class ReportQuerySchema(Strict):
    """Which projects the report is about."""

    project = coded("Only this project, by code", required=False)


class TallySchema(Strict):
    """Entries counted together."""

    entries = figure("Steps, pauses, resumptions and corrections that were recorded")
    late = figure("Those entered on a later legal date than they happened, and every correction")
    longest = figure("Longest delay, calendar days between the two legal dates")
    share = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "Late ones' part of all, 0 to 1; null without any entry"},
    )


class DepartmentTallySchema(TallySchema):
    """The entries on one department's items."""

    department = said("Department code")
    name = one(NameSchema, "Its name; null when the catalogue dropped it", none=True)


class ProjectTallySchema(TallySchema):
    """The entries of one project."""

    project = said("Project code")


class BackdatingSchema(TallySchema):
    """The back-dating report (补录报告)."""

    departments = many(DepartmentTallySchema, "By whose item it was; the most late ones first")
    projects = many(ProjectTallySchema, "By project; the most late ones first")
