"""Orders that let a running project follow an adjusted catalogue or calendar."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowCatalogue:
    """Go on under the catalogue that has come into force.

    Attributes:
        catalogue: Hash of its content.
    """

    catalogue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RearmTimers:
    """Set the armed timers by the calendar that has come into force."""
