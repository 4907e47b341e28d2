"""What could not be done in the background."""

from __future__ import annotations

from api.schemas.base import Strict, instant, many, said, words

_LONGEST = 400


class BuriedSchema(Strict):
    """A timer, a job or a delivery that nobody tries again by itself."""

    id = said("What it is, beginning with timer, job or delivery")
    reason = said("Why it failed the last time")
    since = instant("Since when it rests, UTC")


class BuriedListSchema(Strict):
    """Everything that rests."""

    letters = many(BuriedSchema, "Timers, then jobs, then deliveries")


class RevivalSchema(Strict):
    """What is to be tried again."""

    id = words(
        "Id as the list of dead letters says it",
        longest=_LONGEST,
        example="job:0a1b2c3d4e5f60718293a4b5c6d7e8f9",
    )
