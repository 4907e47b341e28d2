from __future__ import annotations

from engine.rests import LONGEST, Rests


class TestRests:
    def test_grow_with_each_failure_up_to_a_longest_one(self) -> None:
        rests, lengths = Rests(), []
        for _ in range(8):
            rests.failed("a")
            length = 0
            while rests.resting():
                length += 1
            lengths.append(length)

        assert lengths == [1, 3, 7, 15, 31, LONGEST - 1, LONGEST - 1, LONGEST - 1]

    def test_are_each_ones_own(self) -> None:
        rests = Rests()
        rests.failed("a")
        rests.failed("a")
        rests.failed("b")

        assert [rests.resting() for _ in range(4)] == [{"a", "b"}, {"a"}, {"a"}, set()]

    def test_begin_anew_after_a_recovery(self) -> None:
        rests = Rests()
        for _ in range(5):
            rests.failed("a")

        rests.recovered("a")

        assert rests.resting() == set()
        assert rests.failed("a") == 1

    def test_bear_years_of_failures(self) -> None:
        rests = Rests()
        for _ in range(5_000):
            rests.failed("a")

        assert rests.resting() == {"a"}
