"""The clock of a demonstration: shown, and pushed on by some working days."""

from __future__ import annotations

from datetime import datetime, time
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, abort, redirect, request, url_for

from api import actors, pages
from api.parts import parts
from engine.clock import PushableClock
from workflows.calendar import OutsideCalendarError
from workflows.catalogue.values import DayUnit
from workflows.moments import SHANGHAI, local_date

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

demo = Blueprint("demo", __name__)
OPENS = time(9)
STEPS = ("1", "5", "50")  # working days
_OURS = {None, "none", "same-origin"}  # what Sec-Fetch-Site says of a form of our own pages


@demo.route("/demo/clock")
def show() -> dict[str, str]:
    """Say which day it is in the demonstration."""
    return _told(_clock())


@demo.route("/demo/clock", methods=["POST"])
def push() -> dict[str, str] | Response:
    """Go on to nine o'clock of a later working day; what falls due until then, falls due.

    Answers a script with the day, and leads a form back to the start page.
    """
    clock = _clock()
    days = request.form.get("days", "")
    if days not in STEPS or request.headers.get("Sec-Fetch-Site") not in _OURS:
        abort(HTTPStatus.BAD_REQUEST)
    calendar, today = parts().library.calendar, local_date(clock.now())
    try:
        day = calendar.add(today, int(days), DayUnit.WORKING_DAY)
    except OutsideCalendarError:
        abort(HTTPStatus.BAD_REQUEST)
    clock.push_to(datetime.combine(day, OPENS, SHANGHAI))
    if request.accept_mimetypes.best == "application/json":
        return _told(clock)
    return redirect(url_for("pages.start", lang=pages.key()), HTTPStatus.SEE_OTHER)


def _clock() -> PushableClock:
    """Return the clock of the demonstration; anywhere else there is none to push."""
    clock = parts().clock
    if not actors.is_demonstration() or not isinstance(clock, PushableClock):
        abort(HTTPStatus.NOT_FOUND)
    return clock


def _told(clock: PushableClock) -> dict[str, str]:
    return {"today": local_date(clock.now()).isoformat()}
