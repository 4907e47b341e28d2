from __future__ import annotations

import json

from bench.__main__ import benches
from bench.result import Goal, Result, interleaved, medians


def a_result(ratio: float, goal: float, *others: Goal) -> Result:
    return Result(
        name="example",
        ours=200.0,
        peer=2.0,
        ratio=ratio,
        goal=goal,
        checked="3 answers",
        unit="steps/s",
        cpu_s=1.0,
        wall_s=1.5,
        versions={"python": "3.11"},
        rounds=[(200.0, 2.0)],
        goals=others,
        more={"p50_ms": 4.0},
    )


class TestInterleaved:
    def test_lets_the_sides_change_who_goes_first(self) -> None:
        order: list[str] = []

        def ours() -> float:
            order.append("ours")
            return 6.0

        def peer() -> float:
            order.append("peer")
            return 2.0

        taken = interleaved(3, ours, peer)

        assert order == ["ours", "peer", "peer", "ours", "ours", "peer"]
        assert taken == [(6.0, 2.0)] * 3


class TestMedians:
    def test_takes_the_median_of_the_ratios_and_not_the_ratio_of_the_medians(self) -> None:
        found = medians([(10.0, 1.0), (20.0, 10.0), (90.0, 30.0)])

        assert found == {"ours": 20.0, "peer": 10.0, "ratio": 3.0}


class TestResult:
    def test_meets_its_goal_at_the_goal(self) -> None:
        assert a_result(ratio=100.0, goal=100.0).met
        assert not a_result(ratio=99.9, goal=100.0).met

    def test_is_one_json_object_with_the_fields_that_are_promised(self) -> None:
        fields = json.loads(json.dumps(a_result(ratio=100.0, goal=10.0).fields()))

        promised = {"name", "ours", "peer", "ratio", "goal", "met", "checked", "unit", "cpu_s"}
        assert promised | {"versions"} <= set(fields)
        assert fields["met"] is True

    def test_asks_for_every_other_figure_too(self) -> None:
        quick = Goal(name="p99_ms", value=30.0, wanted=30.0, most=True)
        slow = Goal(name="p99_ms", value=30.1, wanted=30.0, most=True)
        often = Goal(name="steps_s", value=1500.0, wanted=1500.0)
        seldom = Goal(name="steps_s", value=1499.0, wanted=1500.0)

        assert a_result(100.0, 100.0, quick, often).met
        assert not a_result(100.0, 100.0, slow).met
        assert not a_result(100.0, 100.0, seldom).met
        assert a_result(100.0, 100.0, quick).fields()["p50_ms"] == 4.0


class TestBenches:
    def test_are_the_modules_that_are_not_the_frame(self) -> None:
        assert {"tokens", "handle", "http"} <= set(benches())
        assert not {"__main__", "result", "peers", "live"} & set(benches())
