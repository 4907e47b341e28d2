"""What an adjusted catalogue or calendar makes of a project."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from workflows import events as e
from workflows.project import run_key

if TYPE_CHECKING:
    from workflows.project import Project


def adjusted(project: Project, body: e.CatalogueFollowed | e.TimersRearmed) -> Project:
    """Return the project under another catalogue, or with its timers set by another calendar."""
    if isinstance(body, e.CatalogueFollowed):
        return replace(project, catalogue=body.catalogue, applicable=body.applicable)
    runs = dict(project.runs)
    for moved in body.runs:
        key = run_key(moved.stage, moved.unit)
        timers = {**runs[key].timers, **{armed.path: armed for armed in moved.armed}}
        runs[key] = replace(runs[key], timers=timers)
    return replace(project, runs=runs)
