"""Whether a scenario fits the arrays of the compiled loops, told without laying it out."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from analysis.worktime import DAY
from simulation._layout import put_state
from simulation._rows import How, how_of
from simulation._tables import MOST_PLANNED, MOST_POOL
from simulation.draws import MOST_ATTEMPTS
from simulation.errors import BeyondCalendarError, UnsupportedFeatureError
from simulation.quantiles import NODES, mean_minutes
from simulation.scenario import Policy
from simulation.tables import Head
from workflows.applicability import applicable
from workflows.wiring import wiring

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from simulation.scenario import Scenario
    from workflows.calendar import Calendar
    from workflows.catalogue.values import Catalogue
    from workflows.wiring import Wiring

MOST_MEGABYTES = 256  # of the state of one run; several are run at once
_MEGABYTE = (1 << 20) // np.dtype(np.int32).itemsize  # words
_TIMES = 7  # that a scenario has beside those of its items


def check_room(scenario: Scenario, own: Catalogue, calendar: Calendar, first_day: date) -> None:
    """Check that the arrays can hold a scenario in which `simulation.check` found nothing wrong.

    Args:
        own: The catalogue with the scenario's edits made.
        first_day: Of the run.

    Raises:
        UnsupportedFeatureError: It names what the arrays cannot hold.
        BeyondCalendarError: If so many projects come after the last day of the calendar.
    """
    sets = {applicable(own, kind.flow, kind.facts) for kind in scenario.arrivals.kinds}
    kinds = {
        codes: wiring(own, codes)
        for applies in sets
        for codes in [tuple(code for code in own.items if code in applies)]
    }
    largest = max(_largest_pool(own, codes, wires) for codes, wires in kinds.items())
    most = MOST_PLANNED if scenario.pairing.policy is Policy.PLANNED else MOST_POOL
    if largest > most:
        raise UnsupportedFeatureError(feature="pairable_items", found=largest, most=most)
    tries = scenario.chances.patience + 1
    if tries >= MOST_ATTEMPTS:
        raise UnsupportedFeatureError(feature="attempts", found=tries, most=MOST_ATTEMPTS - 1)
    arrivals = scenario.arrivals
    if arrivals.projects * mean_minutes(arrivals.between) >= _minutes(calendar, first_day):
        raise BeyondCalendarError(last=calendar.last.isoformat())
    megabytes = -(-state_words(scenario, own, kinds) // _MEGABYTE)
    if megabytes > MOST_MEGABYTES:
        raise UnsupportedFeatureError(feature="megabytes", found=megabytes, most=MOST_MEGABYTES)


def state_words(scenario: Scenario, own: Catalogue, kinds: Mapping[tuple[str, ...], Wiring]) -> int:
    """Return how many words the state of a run has at most; hardly more than it will have.

    Args:
        own: The catalogue with the scenario's edits made.
        kinds: The applicable items of each kind of project, and how they hang together.
    """
    head = [0] * Head.WORDS
    head[Head.CASES] = scenario.arrivals.projects
    head[Head.WIDTH] = max(map(len, kinds))
    head[Head.TRIES] = 1 + (scenario.chances.patience if scenario.chances.refused else 0)
    head[Head.DOCUMENTS] = most_documents(own, kinds)
    tables = _TIMES + len(scenario.service.items) + 1
    put_state(head, len(own.departments), tables * NODES)
    return head[Head.STATE_WORDS]


def most_documents(own: Catalogue, kinds: Mapping[tuple[str, ...], Wiring]) -> int:
    """Return for how many documents and ends of items a project waits at most; as `state_words`.

    Who waits for whom by the arrows of a definition is not looked up: every item that has arrows
    may have a successor.
    """
    return max(
        len(frozenset().union(*wires.needs.values()))
        + sum(own.items[code].ordered for code in codes)
        for codes, wires in kinds.items()
    )


def _largest_pool(own: Catalogue, codes: tuple[str, ...], wires: Wiring) -> int:
    stages = [
        own.items[code].stage for code in codes if how_of(own.items[code], wires) is How.PAIRABLE
    ]
    return max(map(stages.count, stages), default=0)


@lru_cache(maxsize=8)
def _minutes(calendar: Calendar, first_day: date) -> int:
    """Return the minutes of working time from *first_day* to the calendar's last."""
    days = (first_day + timedelta(days=n) for n in range((calendar.last - first_day).days + 1))
    return sum(map(calendar.is_working, days)) * DAY
