"""Adopting catalogues and notices while projects run, on each database."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

import pytest

from engine import editions
from engine.adjustments import Adjustments
from engine.errors import KeyReusedError, UnknownDefinitionError
from engine.following import Following
from engine.handle import Handle
from engine.in_force import InForce
from engine.store.dues import stored_dues
from engine.verify import verify
from simulation.habits import Habits, Luck
from simulation.journey import next_order
from simulation.world import World
from tests.support.adjusted import CANCELLED, SHORTENED, adjusted, cancel, copied, limit, put
from tests.support.office import OWNER, Office, opened
from workflows import events as e
from workflows import notices as rules
from workflows.adjustment import CatalogueRefusedError
from workflows.catalogue.difference import ChangeKind
from workflows.dues import due_rows
from workflows.facts import SYSTEM
from workflows.moments import local_date
from workflows.notices import AdoptNotice, SameNoticeError, year_of
from workflows.project import ProjectStatus

if TYPE_CHECKING:
    from engine.store.port import Store
    from workflows.project import Project

TEXT = adjusted(
    copied(CANCELLED, "S2-90"),
    cancel(CANCELLED),
    cancel("S1-19"),
    limit(SHORTENED, 1),
    put("S3-05", level=5),
)


@cache
def drawn() -> editions.Edition:
    """Draw the changed catalogue once for all tests: proving it sound takes seconds."""
    return editions.drawn(TEXT, editions.shipped())


@dataclass(frozen=True)
class Adjusting:
    """An office whose catalogue and calendar can be adjusted."""

    office: Office
    known: InForce
    handle: Handle
    adjustments: Adjustments
    following: Following

    @classmethod
    def on(cls, store: Store, office: Office | None = None) -> Adjusting:
        """Open it; with *office*, as another process beside it."""
        office = office or opened(store)
        known = InForce(office.new_uow, office.clock)
        handle = Handle(office.new_uow, office.clock, known)
        return cls(
            office=office,
            known=known,
            handle=handle,
            adjustments=Adjustments(office.new_uow, office.clock, known),
            following=Following(office.new_uow, office.clock, handle, known),
        )

    @property
    def today(self) -> date:
        return local_date(self.office.clock.now())

    def filed(self, flow: int = 3, seed: int = 0) -> Project:
        command, name = self.office.filing(flow, seed)
        self.handle.execute(command.code, command, OWNER, f"f-{command.code}", [name])
        return self.handle.project(command.code)

    def pushed_on(self, code: str, steps: int) -> Project:
        """Give *steps* orders as people would, each under what the project runs under."""
        for _ in range(steps):
            project = self.handle.project(code)
            library = self.known.of(project)
            world = World(
                catalogue=library.catalogue,
                calendar=library.calendar,
                nets=library.nets,
                habits=Habits(),
                luck=Luck("0"),
            )
            order = next_order(project, world)
            if order is None:
                break
            self.office.clock.push_to(max(order.at, self.office.clock.now()))
            self.handle.execute(code, order.command, order.actor, order.key)
        return self.handle.project(code)

    def adopt(self, day: date | None = None, key: str = "adopt") -> None:
        self.known.add(drawn())
        self.adjustments.adopt(TEXT, day or self.today, SYSTEM, key)


@pytest.fixture
def adjusting(store: Store) -> Adjusting:
    return Adjusting.on(store)


class TestAdopting:
    def test_is_seen_by_another_process(self, adjusting: Adjusting, store: Store) -> None:
        beside = Adjusting.on(store, adjusting.office)
        before = beside.known.current().catalogue.hash

        adjusting.adopt()
        adjusting.office.clock.push(timedelta(seconds=3))

        assert before == editions.shipped().hash
        assert beside.known.current().catalogue.hash == drawn().hash
        assert beside.known.current().in_force == drawn().in_force

    def test_waits_for_its_day(self, adjusting: Adjusting) -> None:
        adjusting.adopt(adjusting.today + timedelta(days=10))
        before = adjusting.known.current().catalogue.hash

        adjusting.office.clock.push(timedelta(days=10))

        assert before == editions.shipped().hash
        assert adjusting.known.current().catalogue.hash == drawn().hash

    def test_is_done_once_for_a_key(self, adjusting: Adjusting) -> None:
        adjusting.adopt()
        adjusting.adopt()

        assert len(adjusting.known.versions.adopted) == 1

    def test_refuses_another_day_under_the_same_key(self, adjusting: Adjusting) -> None:
        adjusting.adopt()

        with pytest.raises(KeyReusedError):
            adjusting.adopt(adjusting.today + timedelta(days=1))

    def test_refuses_a_misshapen_text_and_changes_nothing(self, adjusting: Adjusting) -> None:
        with pytest.raises(CatalogueRefusedError):
            adjusting.adjustments.adopt("items: 3", adjusting.today, SYSTEM, "k")

        assert adjusting.known.versions.number == 0

    def test_tells_the_difference_in_the_log(self, adjusting: Adjusting) -> None:
        adjusting.adopt()

        (version,) = adjusting.known.versions.adopted
        kinds = {change.kind for change in version.difference.changes}
        assert {ChangeKind.ITEM_CANCELLED, ChangeKind.LIMIT_CHANGED} <= kinds
        assert verify(adjusting.office.new_uow, adjusting.known.current()).ok


class TestARunningProject:
    def test_goes_on_under_the_new_catalogue_with_its_next_step(self, adjusting: Adjusting) -> None:
        project = adjusting.pushed_on(adjusting.filed().code, 3)
        adjusting.adopt()
        stays = adjusting.handle.project(project.code).catalogue

        after = adjusting.pushed_on(project.code, 1)

        assert stays == editions.shipped().hash
        assert after.catalogue == drawn().hash
        event = next(
            each.event
            for each in adjusting.handle.history(project.code)
            if isinstance(each.event.body, e.CatalogueFollowed)
        )
        assert event.actor == "system"

    def test_loses_and_gains_items_of_stages_yet_to_open(self, adjusting: Adjusting) -> None:
        project = adjusting.pushed_on(adjusting.filed().code, 3)
        adjusting.adopt()

        after = adjusting.pushed_on(project.code, 1)

        assert CANCELLED in project.applicable
        assert CANCELLED not in after.applicable
        assert "S2-90" in after.applicable

    def test_keeps_what_its_open_stages_have(self, adjusting: Adjusting) -> None:
        project = adjusting.pushed_on(adjusting.filed().code, 3)
        adjusting.adopt()

        after = adjusting.pushed_on(project.code, 1)

        here = [code for code in project.applicable if code.startswith("S1")]
        assert "S1-19" in here
        assert [code for code in after.applicable if code.startswith("S1")] == here
        assert after.runs["1/0"].net == project.runs["1/0"].net
        assert after.runs["1/0"].net != drawn().in_force["stage_1"]

    def test_keeps_the_limits_of_what_was_filed(self, adjusting: Adjusting) -> None:
        project = adjusting.filed()
        while f"0/{SHORTENED}" not in project.items:
            project = adjusting.pushed_on(project.code, 1)
        adjusting.adopt()

        after = adjusting.pushed_on(project.code, 1)

        before = project.items[f"0/{SHORTENED}"].attempts[0].committed
        assert after.items[f"0/{SHORTENED}"].attempts[0].committed == before
        assert before is not None
        assert before.days > 1

    def test_takes_the_new_limits_for_what_is_filed_later(self, adjusting: Adjusting) -> None:
        project = adjusting.pushed_on(adjusting.filed().code, 1)
        assert f"0/{SHORTENED}" not in project.items
        adjusting.adopt()

        while f"0/{SHORTENED}" not in project.items:
            project = adjusting.pushed_on(project.code, 1)

        committed = project.items[f"0/{SHORTENED}"].attempts[0].committed
        assert committed is not None
        assert committed.days == 1

    def test_comes_to_its_end(self, adjusting: Adjusting, store: Store) -> None:
        project = adjusting.pushed_on(adjusting.filed().code, 40)
        adjusting.adopt()
        # What another process knows it has read from the database alone.
        beside = Adjusting.on(store, adjusting.office)

        after = beside.pushed_on(project.code, 600)

        assert after.status is ProjectStatus.COMPLETED
        assert after.runs["3/0"].net == drawn().in_force["stage_3"]
        assert verify(adjusting.office.new_uow, beside.known.current()).ok

    def test_follows_at_once_when_told_to(self, adjusting: Adjusting) -> None:
        project = adjusting.pushed_on(adjusting.filed().code, 3)
        adjusting.adopt()

        (line,) = adjusting.following.follow()

        assert (line.project, line.problem) == (project.code, None)
        assert CANCELLED in line.dropped
        assert list(adjusting.following.follow()) == []

    def test_is_shown_what_it_keeps_and_what_changes(self, adjusting: Adjusting) -> None:
        project = adjusting.filed()
        while f"0/{SHORTENED}" not in project.items:
            project = adjusting.pushed_on(project.code, 1)

        (impact,) = adjusting.following.impacts(drawn())

        assert CANCELLED in impact.dropped
        assert "S2-90" in impact.added
        assert "S1-19" in impact.kept
        assert SHORTENED in {limit.item for limit in impact.limits}
        assert adjusting.handle.project(project.code) == project

    def test_of_an_unknown_catalogue_is_told_so(self, adjusting: Adjusting) -> None:
        with pytest.raises(UnknownDefinitionError):
            adjusting.known.edition("0" * 64)


def notice(adjusting: Adjusting, *days: date) -> AdoptNotice:
    """Return a notice by which *days* of this year are off beside those that are."""
    known = year_of(adjusting.known.current().calendar, days[0].year)
    return AdoptNotice(
        year=days[0].year, off=(*known.off, *days), worked=known.worked, source="津政办〔2026〕1号"
    )


def next_weekdays(day: date, number: int) -> list[date]:
    ahead = (day + timedelta(days=at) for at in range(1, 30))
    return [each for each in ahead if each.weekday() < 5][:number]


class TestANotice:
    def test_moves_due_dates_and_timers_of_running_items(self, adjusting: Adjusting) -> None:
        project = adjusting.pushed_on(adjusting.filed().code, 8)
        calendar = adjusting.known.current().calendar
        with adjusting.office.new_uow() as uow:
            before = stored_dues(uow.connection, project.code)
        command = notice(adjusting, *next_weekdays(adjusting.today, 3))

        adjusting.adjustments.notice(command, SYSTEM, "n")
        lines = list(adjusting.following.recompute())

        with adjusting.office.new_uow() as uow:
            after = stored_dues(uow.connection, project.code)
        moved = adjusting.handle.project(project.code)
        assert before == due_rows(project, calendar)
        assert after == due_rows(moved, adjusting.known.current().calendar)
        assert {row.calendar_version for row in after} != {row.calendar_version for row in before}
        assert [line.problem for line in lines] == [None]
        assert lines[0].timers == len([t for run in project.runs.values() for t in run.timers])
        assert verify(adjusting.office.new_uow, adjusting.known.current()).ok

    def test_is_previewed_without_changing_anything(self, adjusting: Adjusting) -> None:
        project = adjusting.pushed_on(adjusting.filed().code, 8)
        command = notice(adjusting, *next_weekdays(adjusting.today, 3))
        known = adjusting.known.notices
        offered = rules.offered(known, command, adjusting.today)
        after = rules.calendar(rules.evolve(known, 1, offered))

        changes = adjusting.following.due_changes(after)

        assert {change.project for change in changes} == {project.code}
        assert all(change.before != change.after for change in changes)
        assert adjusting.handle.project(project.code) == project
        assert adjusting.known.notices.number == 0

    def test_is_adopted_once_for_a_key(self, adjusting: Adjusting) -> None:
        command = notice(adjusting, *next_weekdays(adjusting.today, 1))

        adjusting.adjustments.notice(command, SYSTEM, "n")
        other = replace(notice(adjusting, *next_weekdays(adjusting.today, 2)), source="x9")
        adjusting.adjustments.notice(other, SYSTEM, "m")
        again = adjusting.adjustments.notice(command, SYSTEM, "n")

        assert again.number == 1
        assert adjusting.known.notices.number == 2
        with pytest.raises(SameNoticeError):
            adjusting.adjustments.notice(other, SYSTEM, "another")

    def test_leaves_the_log_of_a_project_as_it_replays(self, adjusting: Adjusting) -> None:
        project = adjusting.pushed_on(adjusting.filed().code, 8)
        command = notice(adjusting, *next_weekdays(adjusting.today, 3))
        adjusting.adjustments.notice(command, SYSTEM, "n")

        assert adjusting.handle.project(project.code) == project

    def test_may_be_recomputed_twice(self, adjusting: Adjusting) -> None:
        adjusting.pushed_on(adjusting.filed().code, 8)
        command = notice(adjusting, *next_weekdays(adjusting.today, 3))
        adjusting.adjustments.notice(command, SYSTEM, "n")
        list(adjusting.following.recompute())

        (line,) = adjusting.following.recompute()

        assert (line.timers, line.problem) == (0, None)


class TestDueRows:
    def test_stand_beside_every_step(self, adjusting: Adjusting) -> None:
        code = adjusting.filed().code
        for _ in range(12):
            project = adjusting.pushed_on(code, 5)
            with adjusting.office.new_uow() as uow:
                stored = stored_dues(uow.connection, code)
            assert stored == due_rows(project, adjusting.known.current().calendar)
