"""Opens the office that the environment describes, for commands that look or change."""

from __future__ import annotations

import os
import sys
import time
from contextlib import closing, contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING

from cli import district
from engine.clock import PushableClock
from engine.errors import EngineError
from engine.settings import from_environment
from engine.store import facts, queries
from simulation.district import reviewers_of
from wire import assemble

PATIENCE, PAUSE = 60.0, 0.25  # seconds in all, and between two tries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from cli.terminal import Terminal
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


def patiently(
    open_: Callable[[], Parts],
    speaker: Terminal,
    waited: Callable[[float], object] = time.sleep,
) -> Parts:
    """Open the office for what runs on and on, and wait for a database that is just coming back.

    A process that is started while the database recovers would end at once otherwise, and nobody
    would be there when it is back.

    Raises:
        EngineError: If the database cannot be used, or stays away for a minute.
    """
    for left in range(round(PATIENCE / PAUSE), -1, -1):
        try:
            return open_()
        except EngineError as error:
            if error.retry_after is None or left == 0:
                raise
            if left == round(PATIENCE / PAUSE):
                speaker.print("database.waiting", reason=error.params.get("reason", ""))
                sys.stdout.flush()  # whoever waits for the line in a pipe shall have it now
            waited(PAUSE)
    raise AssertionError  # the last round returns or raises


@contextmanager
def recorded(operation: str, object_: str) -> Iterator[Parts]:
    """Open the office for something that the audit trail must tell, whether it succeeds or not.

    The actor is the account of the machine on which the command was given.
    """
    with closing(opened()) as parts:
        status = HTTPStatus.CONFLICT
        try:
            yield parts
            status = HTTPStatus.OK
        finally:
            parts.audit.note(
                actor=f"shell:{os.getuid()}",
                operation=operation,
                object_=object_,
                status=status,
                request="-",
            )
            parts.audit.flush()


def demonstrates(parts: Parts) -> bool:
    """Tell whether the database holds a demonstration district."""
    with parts.new_uow() as uow:
        known = queries.person(uow.connection, _OF_THE_DISTRICT)
    return known is not None or shows_the_small_one(parts)


def shows_the_small_one(parts: Parts) -> bool:
    """Tell whether the database holds the district of twelve projects."""
    with parts.new_uow() as uow:
        return queries.project(uow.connection, district.cases()[0].code) is not None


def last_moment(parts: Parts) -> datetime:
    """Return when the last event of any project was recorded; the district's beginning for none."""
    with parts.new_uow() as uow:
        return facts.last_moment(uow.connection) or district.start()


# Nobody else has so many reviewers in one department.
_OF_THE_DISTRICT = reviewers_of("natural_resources")[-1]
