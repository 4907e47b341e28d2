"""Opens the office that the environment describes, for commands that look or change."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cli import district
from engine.clock import PushableClock
from engine.settings import from_environment
from engine.store import queries
from wire import assemble

if TYPE_CHECKING:
    from datetime import datetime

    from wire import Parts


def opened() -> Parts:
    """Return the office on the database of ABREAST_DATABASE.

    The demonstration district lives at a time of its own: there the clock stands at its last
    event, or every project would look overdue by the months since.

    Raises:
        EngineError: If the database cannot be used.
        BadSettingError: If a setting cannot.
    """
    settings = from_environment(os.environ)
    parts = assemble(settings)
    if not demonstrates(parts):
        return parts
    clock = PushableClock(max(district.TODAY, last_moment(parts)))
    parts.close()
    return assemble(settings, clock)


def demonstrates(parts: Parts) -> bool:
    """Tell whether the database holds the demonstration district."""
    with parts.new_uow() as uow:
        return queries.project(uow.connection, district.cases()[0].code) is not None


def last_moment(parts: Parts) -> datetime:
    """Return when the last event of any project was recorded; the district's beginning for none."""
    with parts.new_uow() as uow:
        lines = queries.projects(uow.connection, limit=queries.LARGEST_PAGE)
    return max((line.last_at for line in lines), default=district.start())
