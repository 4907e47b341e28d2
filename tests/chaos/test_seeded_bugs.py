from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.chaos import checker
from tests.chaos.bugs import SEEDS
from tests.chaos.run import Plan, run

if TYPE_CHECKING:
    from tests.chaos.grounds import Grounds

PATIENCE = 6  # runs, each longer than the one before: some bugs need luck to show
ACKED = 100  # commands in the first run
FAULTY = 2.0  # seconds between faults, for the bugs that only a fault brings out

# A bug of each kind: one that forgets, one that lies, one that lets through. One that races
# (no_lock) may take minutes to be seen where much else runs, and is among the slow ones.
SAMPLE = (
    "acknowledged_before_commit",
    "no_idempotency",
    "refused_after_commit",
    "rows_forgotten",
    "wrong_actor",
)


def check(name: str, grounds: Grounds) -> None:
    """Run an office with a bug until the checker sees it, a few times at most."""
    seed, found = SEEDS[name], dict[str, int]()
    pause = FAULTY if seed.kinds else 0.0
    for number in range(1, PATIENCE + 1):
        plan = Plan(
            seconds=0, acked=ACKED * number, servers=2, projects=3, seed=number, bug=name,
            pause=pause, struck=3 * number if seed.kinds else 0,
        )  # fmt: skip
        found = dict(checker.by_rule(run(plan, grounds=grounds).violations))
        if seed.expect & found.keys():
            return
    pytest.fail(f"{name} was not seen: {found}")


class TestTheCheckerOnARunningOffice:
    @pytest.mark.parametrize("name", SAMPLE)
    def test_sees_a_bug_that_was_put_in(self, name: str, grounds: Grounds) -> None:
        check(name, grounds)

    # Slow with a reason: each of them needs a whole office under load.
    @pytest.mark.slow
    @pytest.mark.parametrize("name", sorted(SEEDS.keys() - set(SAMPLE)))
    def test_sees_each_other_one(self, name: str, grounds: Grounds) -> None:
        check(name, grounds)
