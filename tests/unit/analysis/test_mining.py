from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import mining
from analysis.mining import MICROSECONDS, durations, performance, sorted_log, variants

if TYPE_CHECKING:
    import pytest

Rows = list[tuple[int, int, int]]
CASES, ACTIVITIES = ("x", "y", "z"), ("a", "b", "c")
ROWS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 10**12)), max_size=30
)


def log_of(rows: Rows) -> mining.EventLog:
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return sorted_log(
        columns[0].astype(np.int32), columns[1].astype(np.int32), columns[2], CASES, ACTIVITIES
    )


def cases_of(rows: Rows) -> dict[int, Rows]:
    ordered = sorted(rows, key=lambda row: (row[0], row[2]))
    return {code: [row for row in ordered if row[0] == code] for code in range(3)}


class TestPerformance:
    @given(ROWS)
    @settings(max_examples=60)
    def test_counts_and_times_what_follows(self, rows: Rows) -> None:
        spans: dict[tuple[str, str], list[int]] = {}
        for case in cases_of(rows).values():
            for one, other in pairwise(case):
                key = ACTIVITIES[one[1]], ACTIVITIES[other[1]]
                spans.setdefault(key, []).append(other[2] - one[2])

        found = {(edge.source, edge.target): edge for edge in performance(log_of(rows))}

        assert found.keys() == spans.keys()
        for key, each in spans.items():
            edge = found[key]
            assert edge.count == len(each)
            assert abs(edge.mean - sum(each) / len(each) / MICROSECONDS) < 1e-6
            assert (edge.least, edge.most) == (min(each) / MICROSECONDS, max(each) / MICROSECONDS)

    def test_is_the_same_with_very_many_activities(self, monkeypatch: pytest.MonkeyPatch) -> None:
        log = log_of([(0, 0, 5), (0, 2, 9), (1, 0, 1), (1, 2, 2), (1, 1, 8)])
        few = performance(log)

        monkeypatch.setattr(mining, "_FEW", 0)

        assert performance(log) == few


class TestVariants:
    @given(ROWS)
    @settings(max_examples=60)
    def test_count_the_sequences(self, rows: Rows) -> None:
        sequences = Counter(
            tuple(ACTIVITIES[row[1]] for row in case) for case in cases_of(rows).values() if case
        )

        assert {v.activities: v.count for v in variants(log_of(rows))} == sequences

    def test_come_the_most_frequent_first(self) -> None:
        found = variants(log_of([(0, 1, 1), (1, 0, 1), (2, 0, 1)]))

        assert [(v.activities, v.count, v.example) for v in found] == [
            (("a",), 2, "y"),
            (("b",), 1, "x"),
        ]


class TestDurations:
    def test_are_from_the_first_to_the_last(self) -> None:
        found = durations(log_of([(0, 0, 5_000_000), (0, 1, 2_000_000), (2, 0, 7)]))

        assert found[0] == 3.0
        assert np.isnan(found[1])
        assert found[2] == 0.0
