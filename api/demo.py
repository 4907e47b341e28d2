"""The clock of a demonstration: shown, and pushed on by some working days.

Pushing is a job: meanwhile the district's simulated people do what falls to them, day after day.
"""

from __future__ import annotations

from datetime import datetime, time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, redirect, request, url_for

from api import actors, pages
from api.parts import parts
from engine.clock import PushableClock
from engine.forecasts import FORECAST
from engine.loading import HISTORY
from engine.playing import PLAY
from engine.store.jobs import JobStatus
from workflows.calendar import OutsideCalendarError
from workflows.catalogue.values import DayUnit
from workflows.moments import SHANGHAI, local_date

if TYPE_CHECKING:
    from collections.abc import Iterator

    from werkzeug.wrappers import Response

    from engine.store.jobs import Job

demo = Blueprint("demo", __name__)
OPENS = time(9)
STEPS = ("1", "5", "50")  # working days
_OURS = {None, "none", "same-origin"}  # what Sec-Fetch-Site says of a form of our own pages


@demo.route("/demo/clock")
def show() -> dict[str, Any]:
    """Say which day it is in the demonstration, how far a push has come, and what is still coming.

    As long as the past comes in, and the first forecasts are made of it, figures are those of a
    part of the district.
    """
    return _told(_clock())


@demo.route("/demo/clock", methods=["POST"])
def push() -> tuple[dict[str, Any], HTTPStatus] | Response:
    """Go on to nine o'clock of a later working day; what falls due until then, falls due.

    Answers a script with the job that does so, and leads a form back to the start page. One push
    at a time: 409 while another one goes on.
    """
    clock = _clock()
    days = request.form.get("days", "")
    if days not in STEPS or request.headers.get("Sec-Fetch-Site") not in _OURS:
        abort(HTTPStatus.BAD_REQUEST)
    try:
        mornings = tuple(_mornings(clock, int(days)))
    except OutsideCalendarError:
        abort(HTTPStatus.BAD_REQUEST)
    if _going_on():
        abort(HTTPStatus.CONFLICT)
    parts().jobs.enqueue(PLAY, {"days": mornings})
    if request.accept_mimetypes.best == "application/json":
        return _told(clock), HTTPStatus.ACCEPTED
    return redirect(url_for("pages.start", lang=pages.key()), HTTPStatus.SEE_OTHER)


def _mornings(clock: PushableClock, days: int) -> Iterator[str]:
    """Yield nine o'clock of each of the next working days, in ISO."""
    calendar, today = parts().library.calendar, local_date(clock.now())
    for day in range(1, days + 1):
        morning = calendar.add(today, day, DayUnit.WORKING_DAY)
        yield datetime.combine(morning, OPENS, SHANGHAI).isoformat()


def _going_on(kind: str = PLAY) -> Job | None:
    """Return the job of a kind that goes on: the push."""
    listed = parts().jobs.listed(JobStatus.QUEUED, JobStatus.RUNNING)
    return next((job for job in listed if job.kind == kind), None)


def _clock() -> PushableClock:
    """Return the clock of the demonstration; anywhere else there is none to push."""
    clock = parts().clock
    if not actors.is_demonstration() or not isinstance(clock, PushableClock):
        abort(HTTPStatus.NOT_FOUND)
    return clock


def _told(clock: PushableClock) -> dict[str, Any]:
    job = _going_on()
    going = (
        None
        if job is None
        else {"id": job.id, "done": job.done, "days": len(job.parameters["days"])}
    )
    past = _going_on(HISTORY)
    return {
        "today": local_date(clock.now()).isoformat(),
        "push": going,
        "past": None if past is None else {"done": past.done, "shelves": past.total},
        "foreseen": _going_on(FORECAST) is None,
    }
