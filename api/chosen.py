"""The attempts that a report is about: those within the sender's sight that were asked for."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from analysis.choice import Period, chosen
from api import actors
from api.parts import parts
from workflows.access import READS, Read, Scope, may
from workflows.errors import NotAllowedError

if TYPE_CHECKING:
    from analysis.columns import Columns

Row = dict[str, Any]


def columns_of(query: Row) -> Columns:
    """Return the attempts that the sender may have a report on and asked for, by their end.

    Raises:
        NotAllowedError: If there are none.
    """
    return chosen(every(query), period_of(query))


def every(query: Row) -> Columns:
    """Return the attempts that the sender may have a report on, of any period.

    Raises:
        NotAllowedError: If there are none.
    """
    return chosen(parts().facts.columns(), township=township_of(query))


def township_of(query: Row) -> str | None:
    """Return the township that the sender may have a report on and asked for; None = all of them.

    Raises:
        NotAllowedError: If there is none.
    """
    actor = actors.current()
    township: str | None = query.get("township")
    if not may(actor, READS[Read.REPORT], Scope()):
        if not may(actor, READS[Read.REPORT], Scope(township=actor.township)):
            raise NotAllowedError(command="ReadReport", actor=actor.id)
        if township not in (None, actor.township):
            raise NotAllowedError(command="ReadReport", actor=actor.id)
        township = actor.township
    return township


def period_of(query: Row) -> Period:
    """Return the period that a query asks for; without bounds where it says none."""
    return Period(since=_day(query.get("since")), until=_day(query.get("until")))


def _day(given: str | None) -> date | None:
    return None if given is None else date.fromisoformat(given)
