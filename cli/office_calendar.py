"""The days in force for commands that need no office: the adopted notices, if there is a database.

Looking up a due date makes no database: without one the shipped table is all that is in force.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from engine.in_force import read_notices
from engine.settings import from_environment
from engine.store import schema
from engine.store.opening import open_store
from engine.unit_of_work import UnitOfWork
from workflows import notices
from workflows.calendar import shipped

if TYPE_CHECKING:
    from engine.settings import Settings
    from workflows.calendar import Calendar

_EMBEDDED = "sqlite:///"


def calendar_in_force() -> Calendar:
    """Return the calendar with every notice that the office of the environment has adopted.

    Raises:
        EngineError: If the database cannot be used.
        BadSettingError: If a setting cannot.
    """
    settings = from_environment(os.environ)
    if not exists(settings):
        return shipped()
    store = open_store(settings)
    try:
        with UnitOfWork(store) as uow:
            empty = schema.current(store.engine) is None
            found = notices.Notices() if empty else read_notices(uow.connection)
    finally:
        store.engine.dispose()
    return notices.calendar(found) if found.number else shipped()


def exists(settings: Settings) -> bool:
    """Tell whether the database is there; that of a server always is."""
    path = settings.database.removeprefix(_EMBEDDED)
    return path == settings.database or Path(path).exists()
