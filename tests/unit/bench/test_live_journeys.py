from __future__ import annotations

from bench.live import journeys


class TestJourneys:
    def test_are_other_projects_keys_and_words_each_time(self) -> None:
        first, second = list(journeys.orders(0)), list(journeys.orders(len(journeys.FLOWS)))

        keys = [given.order.key for given in (*first, *second)]
        assert len(set(keys)) == len(keys) == 2 * len(first)
        assert {given.order.project for given in first} == {journeys.code_of(0)}
        assert first[0].text is not None
        assert second[0].text is not None
        assert first[0].text.ref != second[0].text.ref
