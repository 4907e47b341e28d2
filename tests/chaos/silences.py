"""The times in which nobody was acknowledged anything, and what faults lay in them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.chaos.evidence import Call
    from tests.chaos.nemesis import Struck

GAPS = 5  # longest silences that are told


def longest_gap(acked: Sequence[Call]) -> float:
    """Return the longest time in which nobody was acknowledged anything, in seconds."""
    return max((length for length, _, _ in _silences(acked)), default=0.0)


def gaps(acked: Sequence[Call], struck: Sequence[Struck]) -> list[dict[str, Any]]:
    """Return the longest silences, each with the faults in it and just before it.

    Of each fault how long it took by itself: a server's restart is no shorter than its recovery.
    """
    longest = sorted(_silences(acked), reverse=True)[:GAPS]
    return [
        {
            "seconds": length,
            "faults": [
                f"{kind} {lasted:.1f} s"
                for at, lasted, kind in struck
                if begin - 1.0 <= at + lasted and at <= end
            ],
        }
        for length, begin, end in longest
    ]


def _silences(acked: Sequence[Call]) -> Iterator[tuple[float, float, float]]:
    """Yield length, begin and end of each time between two acknowledgements, in seconds."""
    moments = sorted(call.returned for call in acked)
    yield from ((round(after - before, 2), before, after) for before, after in pairwise(moments))
