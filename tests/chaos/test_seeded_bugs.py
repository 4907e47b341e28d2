from __future__ import annotations

import pytest

from tests.chaos import checker
from tests.chaos.bugs import SEEDS
from tests.chaos.nemesis import QUICK
from tests.chaos.run import Plan, run

PATIENCE = 3  # runs, each longer than the one before: some bugs need luck to show


# Slow with a reason: each bug needs a whole office under load, and some need luck to show. The
# checker's own rules are tested on tampered evidence in test_checker.py, in every run.
@pytest.mark.slow
class TestTheCheckerOnARunningOffice:
    @pytest.mark.parametrize("name", sorted(SEEDS))
    def test_sees_a_bug_that_was_put_in(self, name: str) -> None:
        found: dict[str, int] = {}
        for seed in range(1, PATIENCE + 1):
            plan = Plan(seconds=10 * seed, servers=2, projects=3, seed=seed, bug=name, kinds=QUICK)
            result = run(plan)
            found = dict(checker.by_rule(result.violations))
            if SEEDS[name].expect & found.keys():
                break

        assert SEEDS[name].expect & found.keys(), found
