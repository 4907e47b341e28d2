from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from engine.handle import Handle
from engine.verify import verify
from simulation.journey import next_order

if TYPE_CHECKING:
    from datetime import datetime

    from engine.clock import Clock
    from tests.support.office import Office
    from workflows.project import Project


@dataclass
class Behind:
    """A clock that is wrong by so much."""

    right: Clock
    by: timedelta

    def now(self) -> datetime:
        return self.right.now() - self.by


def pushed_on(office: Office, handle: Handle, project: Project, steps: int) -> Project:
    """Carry out the next orders with *handle*, whatever its clock says."""
    for _ in range(steps):
        order = next_order(project, office.world())
        assert order is not None
        office.clock.push_to(max(order.at, office.clock.now()))
        handle.execute(project.code, order.command, order.actor, order.key)
        project = handle.project(project.code)
    return project


@pytest.mark.parametrize(
    "by", [timedelta(milliseconds=1), timedelta(hours=1), timedelta(days=1), timedelta(days=366)]
)
class TestAClockThatWasPutBack:
    def test_refuses_nobody_and_leaves_the_log_in_order(
        self, office: Office, by: timedelta
    ) -> None:
        project = office.pushed_on(office.filed(seed=1), 6)
        behind = Handle(office.new_uow, Behind(office.clock, by), office.library)

        after = pushed_on(office, behind, project, 4)
        later = pushed_on(office, office.handle, after, 2)

        recorded = [each.recorded_at for each in office.handle.history(project.code)]
        assert after.number > project.number
        assert later.number > after.number
        assert all(first <= second for first, second in pairwise(recorded))
        assert verify(office.new_uow, office.library).ok
