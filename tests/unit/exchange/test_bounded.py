from __future__ import annotations

import gzip
from io import BytesIO

import pytest

from exchange.bounded import bounded
from exchange.errors import BadTableError, TooLargeError


class TestBounded:
    @pytest.mark.parametrize("packed", [False, True])
    def test_gives_the_whole_file_and_tells_how_far_it_is(self, packed: bool) -> None:
        text = bytes(range(256)) * 4096
        stored = gzip.compress(text) if packed else text
        told: list[float] = []

        found = bounded(BytesIO(stored), told.append, size=len(stored)).read()

        assert found == text
        assert told == sorted(told)
        assert told[-1] == 1.0

    def test_refuses_a_large_file_before_it_is_read(self) -> None:
        with pytest.raises(TooLargeError):
            bounded(BytesIO(b"x"), size=3 << 20, largest=2 << 20)

    def test_ends_a_file_that_unpacks_without_end(self) -> None:
        bomb = gzip.compress(bytes(64 << 20))

        with pytest.raises(TooLargeError):
            bounded(BytesIO(bomb), size=len(bomb), largest=1 << 20).read()

    def test_takes_a_file_of_just_the_largest_size(self) -> None:
        assert len(bounded(BytesIO(bytes(1 << 20)), largest=1 << 20).read()) == 1 << 20

    @pytest.mark.parametrize("cut", [3, 30])
    def test_refuses_a_packed_file_that_was_cut_off(self, cut: int) -> None:
        packed = gzip.compress(bytes(range(256)) * 99)[:-cut]

        with pytest.raises(BadTableError):
            bounded(BytesIO(packed)).read()
