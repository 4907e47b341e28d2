"""Luck by key: a number hangs on (case, item, attempt, purpose) only, never on earlier draws.

So two scenarios that handle the same case are compared on the same luck, whatever else they do.
The counters of splitmix64 are the packed keys. Source of the mixer: Steele, Lea and Flood, "Fast
splittable pseudorandom number generators", OOPSLA 2014.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from simulation.compiled import compiled

WHOLE = 1 << 64
CHANCE_BITS = 53  # of a word that decide whether something of a chance happens
MOST_ITEMS, MOST_ATTEMPTS, MOST_PURPOSES = 1 << 12, 1 << 8, 1 << 4

_MASK = WHOLE - 1
_GOLDEN = 0x9E3779B97F4A7C15
_FIRST = 0xBF58476D1CE4E5B9
_SECOND = 0x94D049BB133111EB
_U_GOLDEN, _U_FIRST, _U_SECOND = np.uint64(_GOLDEN), np.uint64(_FIRST), np.uint64(_SECOND)
_U30, _U27, _U31, _U11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)


class Purpose(IntEnum):
    """What a draw decides; part of its key."""

    ARRIVAL = 0  # minutes to the case's arrival after the one before
    KIND = 1  # which kind of project
    TOWNSHIP = 2
    PREPARATION = 3  # item = stage
    SERVICE = 4
    SUPPLEMENT = 5  # whether the owner is asked for more (补正)
    ANSWER = 6  # how long the owner takes
    COMMITMENT = 7  # whether the owner commits (告知承诺)
    PRECHECK = 8  # whether an agent looked it over before
    REFUSAL = 9
    AGAIN = 10  # how long until a refused item is filed again
    FREE = 11  # how long a free item is left lying
    LOT = 12  # which pair or single is drawn; item = stage, attempt = starts so far
    PROCEDURE = 13  # whether a special procedure is called for
    PROCEDURE_TIME = 14


@dataclass(frozen=True, slots=True)
class Draws:
    """The luck of one replication.

    >>> Draws(7, 0).word(3, 5, 1, Purpose.SERVICE) == Draws(7, 0).word(3, 5, 1, Purpose.SERVICE)
    True
    """

    seed: int
    replication: int = 0

    @property
    def stream(self) -> int:
        """Return what tells this replication's words from all others': 64 bits."""
        return _mixed(_mixed(self.seed & _MASK) ^ _mixed((self.replication + 1) * _GOLDEN & _MASK))

    def word(self, case: int, item: int, attempt: int, purpose: int) -> int:
        """Return 64 drawn bits."""
        return _mixed(_mixed(packed(case, item, attempt, purpose) * _GOLDEN & _MASK) ^ self.stream)

    def strikes(self, threshold: int, case: int, item: int, attempt: int, purpose: int) -> bool:
        """Tell whether something happens whose chance is *threshold* / 2^CHANCE_BITS."""
        return self.word(case, item, attempt, purpose) >> (64 - CHANCE_BITS) < threshold


def threshold_of(chance: float) -> int:
    """Return a chance from 0 to 1 as the words are held against it.

    >>> threshold_of(0.5) == 1 << 52
    True
    """
    return round(chance * (1 << CHANCE_BITS))


def packed(case: int, item: int, attempt: int, purpose: int) -> int:
    """Return a key as one number; no two keys share one.

    >>> packed(1, 2, 3, 4)
    16785460
    """
    return case << 24 | item << 12 | attempt << 4 | purpose


def _mixed(word: int) -> int:
    word = (word ^ word >> 30) * _FIRST & _MASK
    word = (word ^ word >> 27) * _SECOND & _MASK
    return word ^ word >> 31


@compiled
def _mixed_bits(word: np.uint64) -> np.uint64:
    word = (word ^ (word >> _U30)) * _U_FIRST
    word = (word ^ (word >> _U27)) * _U_SECOND
    return word ^ (word >> _U31)


@compiled
def word_of(stream: np.uint64, case: int, item: int, attempt: int, purpose: int) -> np.uint64:
    """Return the bits that `Draws.word` does, for compiled loops."""
    key = np.uint64(case << 24 | item << 12 | attempt << 4 | purpose)
    return _mixed_bits(_mixed_bits(key * _U_GOLDEN) ^ stream)


@compiled
def strikes(word: np.uint64, threshold: int) -> bool:
    """Tell what `Draws.strikes` does, of a drawn word."""
    return bool((word >> _U11) < np.uint64(threshold))
