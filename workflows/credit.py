"""How an organisation's word stands (信用): the stream `credit:ORGANISATION`, rules and state.

A district lists organisations red (守信) or black (失信), each for a time and on a ground; everyone
else is ordinary. Whoever is on the black list cannot have an item decided against a commitment
(告知承诺). Source: DOMAIN 红/黑名单: a gate that must expire.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date  # noqa: TC003 - msgspec reads the annotations at run time
from enum import StrEnum
from typing import TYPE_CHECKING

from workflows.access import KEEPERS, Keep, Scope, may
from workflows.commands import Note  # noqa: TC001 - msgspec reads the annotations at run time
from workflows.errors import NotAllowedError, Refusal

if TYPE_CHECKING:
    from workflows.facts import Actor

LONGEST_YEARS = 5  # a listing ends, or is renewed (A)


class Level(StrEnum):
    """How an organisation stands."""

    RED = "red"
    ORDINARY = "ordinary"
    BLACK = "black"


class BadStandingError(Refusal):
    """A listing has a last day, after today and within five years; ordinary standing has none."""

    code = "credit.bad_days"


class SameStandingError(Refusal):
    """The organisation stands so already, up to the same day."""

    code = "credit.same"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetStanding:
    """Put an organisation on a list until a day, or take it off.

    Attributes:
        until: Last day of the listing; None for ordinary standing.
        reason: The ground, in words.
    """

    level: Level
    until: date | None
    reason: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingSet:
    """An organisation stands so from the day of the event, up to and with *until*."""

    level: Level
    until: date | None
    reason: Note


KINDS: dict[str, type[StandingSet]] = {"StandingSet": StandingSet}


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """How one organisation stands; *number* is that of the last event."""

    organisation: str
    number: int = 0
    listed: tuple[StandingSet, ...] = field(default=())

    def level(self, on: date) -> Level:
        """Return how it stands on a day: as it was listed last, while that lasts."""
        if not self.listed:
            return Level.ORDINARY
        last = self.listed[-1]
        over = last.until is not None and on > last.until
        return Level.ORDINARY if over else last.level

    @property
    def last(self) -> StandingSet | None:
        """Return the last listing, over or not."""
        return self.listed[-1] if self.listed else None


def decide(credit: Credit, command: SetStanding, actor: Actor, today: date) -> StandingSet:
    """Return what comes of *command*.

    Raises:
        NotAllowedError: If the actor neither supervises nor administers.
        BadStandingError: If the listing has no last day, or one that is over or too far.
        SameStandingError: If nothing would change.
    """
    if not may(actor, KEEPERS[Keep.CREDIT], Scope()):
        raise NotAllowedError(actor=actor.id, command="credit")
    _check_days(command, today)
    last = credit.last
    stands = (command.level, command.until)
    if credit.level(today) is command.level and (
        last is None or stands == (last.level, last.until)
    ):
        raise SameStandingError(organisation=credit.organisation, level=command.level.value)
    return StandingSet(level=command.level, until=command.until, reason=command.reason)


def evolve(credit: Credit, number: int, body: StandingSet) -> Credit:
    """Return how the organisation stands after event *number*."""
    return Credit(organisation=credit.organisation, number=number, listed=(*credit.listed, body))


def _check_days(command: SetStanding, today: date) -> None:
    until = command.until
    if command.level is Level.ORDINARY:
        fits = until is None
    else:
        fits = until is not None and today < until and until.year <= today.year + LONGEST_YEARS
    if not fits:
        shown = "-" if until is None else until.isoformat()
        raise BadStandingError(level=command.level.value, until=shown, years=LONGEST_YEARS)
