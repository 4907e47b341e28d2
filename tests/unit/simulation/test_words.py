"""Words by address, as the compiled loops read and write them."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import pytest
from numba.core.errors import TypingError

from simulation._words import first_bit, fixed_words_of, words_of
from simulation.compiled import compiled, inner


class Place(IntEnum):
    FIRST = 0
    SECOND = 1


@inner
def add(t: np.ndarray, s: np.ndarray, place: int) -> int:
    s[Place.SECOND] += t[Place.FIRST]
    s[place] = Place.SECOND
    return int(s[place] + s[Place.SECOND])


@compiled
def added(fixed: np.ndarray, words: np.ndarray) -> int:
    return add(fixed_words_of(fixed), words_of(words), 2)


@compiled
def overwritten(fixed: np.ndarray) -> None:
    fixed_words_of(fixed)[Place.FIRST] = 1


@compiled
def lowest(word: int) -> int:
    return first_bit(word)


class TestWords:
    def test_are_read_and_written_by_the_names_of_their_places(self) -> None:
        words = np.array([0, -5, 0], dtype=np.int32)

        found = added(np.array([7, 0], dtype=np.int64), words)

        assert found == 3
        assert words.tolist() == [0, 2, 1]

    def test_are_wide_while_they_are_reckoned_with(self) -> None:
        words = np.array([0, 2**31 - 1, 0], dtype=np.int32)

        found = added(np.array([0, 0], dtype=np.int64), words)

        assert found == 2**31

    def test_cannot_be_written_where_they_are_fixed(self) -> None:
        with pytest.raises(TypingError):
            overwritten(np.array([7], dtype=np.int64))


class TestFirstBit:
    @pytest.mark.parametrize(("word", "place"), [(1, 0), (0b1101000, 3), (1 << 31, 31)])
    def test_is_the_lowest_that_a_word_has(self, word: int, place: int) -> None:
        assert lowest(word) == place
