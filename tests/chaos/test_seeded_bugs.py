from __future__ import annotations

import pytest

from tests.chaos import checker
from tests.chaos.bugs import SEEDS
from tests.chaos.nemesis import QUICK
from tests.chaos.run import Plan, run

SAMPLE = ("no_lock", "no_idempotency")  # the two that every test run tries; the others are slow
PATIENCE = 3  # runs, each longer than the one before: some bugs need luck to show


def _marked(name: str) -> object:
    return name if name in SAMPLE else pytest.param(name, marks=pytest.mark.slow)


class TestTheCheckerOnARunningOffice:
    @pytest.mark.parametrize("name", [_marked(name) for name in SEEDS])
    def test_sees_a_bug_that_was_put_in(self, name: str) -> None:
        found: dict[str, int] = {}
        for seed in range(1, PATIENCE + 1):
            plan = Plan(seconds=8 * seed, servers=2, projects=3, seed=seed, bug=name, kinds=QUICK)
            result = run(plan)
            found = dict(checker.by_rule(result.violations))
            if SEEDS[name].expect & found.keys():
                break

        assert SEEDS[name].expect & found.keys(), found
