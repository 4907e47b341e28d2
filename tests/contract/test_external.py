from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert

from engine.clock import PushableClock
from engine.errors import HoldLostError, KeyReusedError
from engine.external import ExternalTasks, Held
from engine.receipts import Order
from engine.store.tables import TaskRow
from workflows.facts import Actor, Role

if TYPE_CHECKING:
    from engine.external import Fetched
    from tests.support.office import Office

SPAN = timedelta(minutes=5)
POWER = Actor(id="power-system", roles=frozenset({Role.REVIEWER}), department="power")
WATER = Actor(id="water-system", roles=frozenset({Role.REVIEWER}), department="water")
OPENED = datetime(2026, 3, 2, 1, tzinfo=UTC)


def task(number: int, department: str = "power") -> dict[str, object]:
    return {
        "project": f"P-{number}", "unit": 0, "path": "stage_5/S5-01/connect", "stage": 5,
        "item": "S5-01", "attempt": 1, "step": "connect", "performer": "external",
        "department": department, "outcomes": "connected", "person": None,
        "opened_at": OPENED + timedelta(minutes=number), "township": "T", "agent": None,
        "owner": "O",
    }  # fmt: skip


@pytest.fixture
def tasks(office: Office) -> ExternalTasks:
    """Return the register beside three open tasks of the power company."""
    with office.new_uow() as uow:
        uow.begin()
        uow.connection.execute(insert(TaskRow), [task(number) for number in (1, 2, 3)])
        uow.commit()
    return ExternalTasks(office.new_uow, office.clock)


def held(one: Fetched, actor: Actor = POWER) -> Held:
    hold = one.hold
    return Held(actor=actor.id, project=hold.project, task=hold.task, fence=hold.fence)


def order(name: str, key: str, **content: object) -> Order:
    return Order(actor=POWER.id, key=key, name=name, content=content)


def fetched(  # noqa: PLR0913, PLR0917 - what a fetch says
    tasks: ExternalTasks, actor: Actor, worker: str, key: str, most: int, span: timedelta
) -> tuple[Fetched, ...]:
    told = Order(actor=actor.id, key=key, name="fetch", content={"worker": worker, "most": most})
    return tasks.fetch(told, actor, worker, most, span)


class TestFetching:
    def test_gives_the_longest_open_first_and_to_nobody_else(self, tasks: ExternalTasks) -> None:
        first = fetched(tasks, POWER, "a", "k1", 2, SPAN)
        second = fetched(tasks, POWER, "b", "k2", 9, SPAN)

        assert [each.line.project for each in first] == ["P-1", "P-2"]
        assert [each.line.project for each in second] == ["P-3"]
        assert fetched(tasks, POWER, "c", "k3", 9, SPAN) == ()

    def test_gives_the_same_again_for_the_same_key(self, tasks: ExternalTasks) -> None:
        first = fetched(tasks, POWER, "a", "k1", 2, SPAN)

        assert fetched(tasks, POWER, "a", "k1", 2, SPAN) == first

    def test_refuses_a_key_that_came_with_another_wish(self, tasks: ExternalTasks) -> None:
        fetched(tasks, POWER, "a", "k1", 1, SPAN)

        with pytest.raises(KeyReusedError):
            fetched(tasks, POWER, "a", "k1", 2, SPAN)

    def test_remembers_no_key_under_which_nothing_was_to_be_had(self, tasks: ExternalTasks) -> None:
        (mine,) = fetched(tasks, POWER, "a", "k1", 1, SPAN)
        fetched(tasks, POWER, "a", "k2", 9, SPAN)

        assert fetched(tasks, POWER, "a", "k3", 9, SPAN) == ()
        tasks.fail(order("fail", "f"), held(mine), "later", None, timedelta(0))
        assert fetched(tasks, POWER, "a", "k3", 9, SPAN) != ()

    def test_gives_another_department_nothing(self, tasks: ExternalTasks) -> None:
        assert fetched(tasks, WATER, "a", "k", 9, SPAN) == ()

    def test_gives_what_ran_out_to_the_next_under_a_greater_fence(
        self, office: Office, tasks: ExternalTasks
    ) -> None:
        (first,) = fetched(tasks, POWER, "a", "k1", 1, SPAN)
        office.clock.push(SPAN)

        (second,) = fetched(tasks, POWER, "b", "k2", 1, SPAN)

        assert second.line == first.line
        assert second.hold.fence > first.hold.fence

    def test_gives_what_was_held_by_a_clock_that_was_ahead(
        self, office: Office, tasks: ExternalTasks
    ) -> None:
        right = office.clock.now()
        office.clock.push(timedelta(days=365))
        fetched(tasks, POWER, "a", "k1", 9, SPAN)
        put_right = ExternalTasks(office.new_uow, PushableClock(right))

        found = fetched(put_right, POWER, "b", "k2", 9, SPAN)

        assert [each.hold.fence for each in found] == [2, 2, 2]

    def test_gives_each_task_once_to_many_at_the_same_time(self, tasks: ExternalTasks) -> None:
        with ThreadPoolExecutor(4) as pool:
            found = list(
                pool.map(lambda n: fetched(tasks, POWER, f"w{n}", f"k{n}", 1, SPAN), range(6))
            )

        taken = [each.line.project for some in found for each in some]
        assert sorted(taken) == ["P-1", "P-2", "P-3"]


class TestAHold:
    def test_is_checked_before_a_task_is_completed(
        self, office: Office, tasks: ExternalTasks
    ) -> None:
        (mine,) = fetched(tasks, POWER, "a", "k1", 1, SPAN)
        tasks.hold(held(mine), "complete-1")
        office.clock.push(SPAN + timedelta(minutes=2))

        with pytest.raises(HoldLostError):
            tasks.hold(held(mine), "complete-1")

    def test_lasts_while_the_completion_is_under_way(
        self, office: Office, tasks: ExternalTasks
    ) -> None:
        (mine,) = fetched(tasks, POWER, "a", "k1", 1, timedelta(seconds=1))
        tasks.hold(held(mine), "complete-1")
        office.clock.push(timedelta(seconds=30))

        again = fetched(tasks, POWER, "b", "k2", 9, SPAN)

        assert mine.line.project not in [each.line.project for each in again]

    def test_is_of_no_use_to_somebody_else(self, tasks: ExternalTasks) -> None:
        (mine,) = fetched(tasks, POWER, "a", "k1", 1, SPAN)

        with pytest.raises(HoldLostError):
            tasks.hold(held(mine, WATER), "complete-1")

    def test_of_an_older_fence_completes_nothing(
        self, office: Office, tasks: ExternalTasks
    ) -> None:
        (old,) = fetched(tasks, POWER, "a", "k1", 1, SPAN)
        office.clock.push(SPAN)
        fetched(tasks, POWER, "b", "k2", 1, SPAN)

        with pytest.raises(HoldLostError):
            tasks.hold(held(old), "complete-1")

    def test_is_extended_once_for_one_key(self, office: Office, tasks: ExternalTasks) -> None:
        (mine,) = fetched(tasks, POWER, "a", "k1", 1, SPAN)
        first = tasks.extend(order("extend", "e1"), held(mine), 2 * SPAN)
        office.clock.push(SPAN)
        again = tasks.extend(order("extend", "e1"), held(mine), 2 * SPAN)

        assert again == first
        with pytest.raises(KeyReusedError):
            tasks.extend(order("extend", "e1", other=1), held(mine), SPAN)


class TestAFailure:
    def test_lets_the_task_go_until_the_pause_is_over(
        self, office: Office, tasks: ExternalTasks
    ) -> None:
        (mine,) = fetched(tasks, POWER, "a", "k1", 1, SPAN)
        failed = tasks.fail(order("fail", "f1"), held(mine), "line busy", None, SPAN)
        meanwhile = fetched(tasks, POWER, "b", "k2", 9, timedelta(days=1))
        office.clock.push(SPAN)

        (again,) = fetched(tasks, POWER, "b", "k3", 9, SPAN)

        assert failed.retries == 2
        assert mine.line.project not in [each.line.project for each in meanwhile]
        assert again.line == mine.line
        assert again.hold.retries == 2

    def test_counts_once_for_one_key(self, tasks: ExternalTasks) -> None:
        (mine,) = fetched(tasks, POWER, "a", "k1", 1, SPAN)
        first = tasks.fail(order("fail", "f1"), held(mine), "busy", None, SPAN)

        assert tasks.fail(order("fail", "f1"), held(mine), "busy", None, SPAN) == first

    def test_takes_the_hold_away(self, tasks: ExternalTasks) -> None:
        (mine,) = fetched(tasks, POWER, "a", "k1", 1, SPAN)
        tasks.fail(order("fail", "f1"), held(mine), "busy", None, SPAN)

        with pytest.raises(HoldLostError):
            tasks.hold(held(mine), "complete-1")

    def test_without_a_retry_left_waits_for_a_person(
        self, office: Office, tasks: ExternalTasks
    ) -> None:
        (mine,) = fetched(tasks, POWER, "a", "k1", 1, SPAN)
        tasks.fail(order("fail", "f1"), held(mine), "no such line", 0, timedelta())
        office.clock.push(timedelta(days=1))

        again = fetched(tasks, POWER, "b", "k2", 9, SPAN)

        (incident,) = tasks.failed()
        assert (incident.project, incident.error) == (mine.line.project, "no such line")
        assert mine.line.project not in [each.line.project for each in again]
