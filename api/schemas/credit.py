"""Credit of organisations (信用)."""

from __future__ import annotations

from api.schemas.base import Strict, asked_day, choice, day, figure, said, words
from workflows.credit import Level


class StandingSchema(Strict):
    """How an organisation is to stand."""

    level = choice("Level", [each.value for each in Level])
    until = asked_day("Last day of the listing; null for ordinary standing", none=True)
    reason = words("The ground")


class CreditSchema(Strict):
    """How an organisation stands today."""

    organisation = said("Organisation")
    level = choice("Level today", [each.value for each in Level])
    until = day("Last day of the listing; null when it stands in none", none=True)
    reason = said("The ground of the last listing; null when there is none, or erased", none=True)
    number = figure("How often it was set")
