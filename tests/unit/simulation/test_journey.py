from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

from analysis.journey import account
from cli.example import FACTS, FLOW
from engine.library import shipped
from simulation.habits import Habits, Luck, Way, days_of
from simulation.journey import StuckError, drive, next_order
from tests.support.facts import random_facts
from tests.support.journeys import Office, filing, journey, world
from workflows import commands as c
from workflows import events as e
from workflows.catalogue.values import DayUnit
from workflows.facts import Role
from workflows.moments import local_date
from workflows.project import ProjectStatus

ROUGH = Habits(
    ways={1: Way.DRAWN, 2: Way.PLANNED, 3: Way.SINGLE, 4: Way.CHOSEN},
    refused=0.15,
    withdrawn=0.05,
    declined=0.2,
    silent=0.2,
    alone=0.1,
    dissolved=0.4,
    committed=0.4,
    late=0.2,
)


def results(office: Office) -> Counter[tuple[str, str]]:
    """Return how often each (item, result) came."""
    bodies = [event.body for event in office.events]
    return Counter((b.item, b.result) for b in bodies if isinstance(b, e.ItemEnded))


def kinds(office: Office) -> Counter[str]:
    return Counter(type(order.command).__name__ for order in office.orders)


class TestDrive:
    @pytest.mark.parametrize("way", list(Way))
    def test_completes_by_every_way(self, way: Way) -> None:
        office = journey(FLOW, FACTS, Habits(ways=dict.fromkeys(range(1, 5), way)))

        found = account(office.events)
        assert found.completed
        assert found.max_slot_holders == {Way.ALONE: 0, Way.SINGLE: 1}.get(way, 2)

    @pytest.mark.parametrize("flow", [1, 2, 3, 4, 5, 6])
    def test_completes_with_every_mishap(self, flow: int) -> None:
        catalogue = shipped().catalogue
        facts = random_facts(catalogue, flow, Random(flow))

        office = journey(flow, facts, ROUGH, seed=f"rough-{flow}")

        found = results(office)
        assert office.project is not None
        assert office.project.status is ProjectStatus.COMPLETED
        declined = {s.item for s in office.project.items.values() if s.declined}
        for code in office.project.applicable:
            assert found[code, "granted"] == (code not in declined)

    def test_meets_the_mishaps_it_is_told_to(self) -> None:
        office = journey(FLOW, FACTS, ROUGH, seed="all")

        assert {
            "DeclineItem",
            "WithdrawItem",
            "FireTimer",
            "DissolvePair",
            "DrawPair",
            "StartPair",
        } <= kinds(office).keys()
        assert any(result == "refused" for _, result in results(office))

    @pytest.mark.parametrize("patience", [0, 1, 3])
    def test_has_no_more_mishaps_with_an_item_than_patience(self, patience: int) -> None:
        habits = Habits(refused=1.0, patience=patience)

        office = journey(FLOW, FACTS, habits)

        refused = [times for (_, result), times in results(office).items() if result == "refused"]
        assert max(refused, default=0) == patience
        assert account(office.events).completed

    def test_declines_only_what_nobody_waits_for(self) -> None:
        office = journey(FLOW, FACTS, Habits(declined=1.0))

        assert office.project is not None
        declined = {s.item for s in office.project.items.values() if s.declined}
        assert {"S2-14", "S4-11"} <= declined
        assert "S2-10" not in declined  # S4-11 still hard-needed its document then
        assert account(office.events).completed

    def test_files_free_items_once_their_soft_documents_are_there(self) -> None:
        office = journey(FLOW, FACTS)

        bodies = [event.body for event in office.events]
        free = [b.filing for b in bodies if isinstance(b, e.ItemFiled) and b.filing.how == "free"]
        assert {"S5-01", "S3-20"} <= {filing.item for filing in free}
        assert all(filing.without == () for filing in free)

    def test_is_the_same_every_time(self) -> None:
        first, second = (journey(FLOW, FACTS, ROUGH, seed="twice") for _ in range(2))

        assert first.events == second.events

    def test_differs_with_the_seed(self) -> None:
        first, second = (journey(FLOW, FACTS, ROUGH, seed=seed) for seed in ("one", "two"))

        assert first.events != second.events

    def test_stops_at_the_given_instant(self) -> None:
        office = Office()
        filed = office.execute(filing(FLOW, FACTS))
        until = filed.filed_at + timedelta(days=40)

        project = drive(office.execute, filed, world(), until)

        later = next_order(project, world())
        assert project.status is ProjectStatus.RUNNING
        assert project.last_at <= until
        assert later is not None
        assert later.at > until

    def test_tells_who_is_stuck(self) -> None:
        office = Office()
        filed = office.execute(filing(FLOW, FACTS))

        with pytest.raises(StuckError, match=filed.code):
            drive(lambda _: filed, filed, world())


class TestOrders:
    def test_come_in_time_order_on_working_days(self) -> None:
        office = journey(FLOW, FACTS, ROUGH, seed="time")

        times = [order.at for order in office.orders]
        calendar = shipped().calendar
        assert all(before < after for before, after in pairwise(times))
        steps = [o.at for o in office.orders if not isinstance(o.command, c.FireTimer)]
        assert all(calendar.is_working(local_date(at)) for at in steps)

    def test_carry_unique_keys_and_the_words_of_their_notes(self) -> None:
        office = journey(FLOW, FACTS, ROUGH, seed="words")

        keys = [order.key for order in office.orders]
        notes = [o for o in office.orders[1:] if getattr(o.command, "reason", None) is not None]
        assert len(set(keys)) == len(keys)
        assert notes
        assert all(o.said is not None and o.said.note == o.command.reason for o in notes)  # type: ignore[union-attr]
        assert len({o.said.ref for o in notes if o.said is not None}) == len(notes)

    def test_give_three_duties_to_three_persons(self) -> None:
        office = journey(FLOW, FACTS)

        assert office.project is not None
        for state in office.project.items.values():
            duties = state.attempts[-1].duties
            persons = [duties[d] for d in ("window", "department", "inspector") if d in duties]
            assert len(set(persons)) == len(persons)

    def test_of_a_closed_project_do_not_exist(self) -> None:
        office = journey(FLOW, FACTS)

        assert office.project is not None
        assert next_order(office.project, world()) is None

    def test_come_from_the_agent_where_there_is_one(self) -> None:
        office = Office()
        filed = office.execute(filing(FLOW, FACTS))

        order = next_order(filed, world())

        assert order is not None
        assert (order.actor.id, order.actor.roles) == ("A2", frozenset({Role.AGENT}))


class TestDays:
    def test_share_the_committed_limit_to_the_day(self) -> None:
        for item in shipped().catalogue.items.values():
            if item.committed_limit is None:
                continue
            paths = {
                "item_review": ("review", "opinion"),
                "item_utility": ("survey", "plan", "connect"),
            }
            standard = ("inspect", "review", "decide") if item.inspection else ("review", "decide")
            steps = paths.get(item.kind, standard)
            assert sum(days_of(item, step)[0] for step in steps) == item.committed_limit.days

    def test_are_counted_in_the_unit_of_the_limit(self) -> None:
        item = next(i for i in shipped().catalogue.items.values() if i.committed_limit is not None)
        assert item.committed_limit is not None

        assert days_of(item, "review")[1] is item.committed_limit.unit
        assert days_of(item, "deliver") == (0, DayUnit.WORKING_DAY)


class TestWorld:
    def test_moves_a_calendar_day_that_is_off_to_the_next_working_day(self) -> None:
        friday = datetime(2026, 3, 6, 2, tzinfo=UTC)

        later = world().after(friday, 1, DayUnit.CALENDAR_DAY, "key")

        assert local_date(later) == date(2026, 3, 9)

    @pytest.mark.parametrize(
        ("instant", "soon"),
        [
            (datetime(2026, 3, 6, 2, tzinfo=UTC), datetime(2026, 3, 6, 2, tzinfo=UTC)),
            (datetime(2026, 3, 5, 23, tzinfo=UTC), datetime(2026, 3, 6, 1, tzinfo=UTC)),
            (datetime(2026, 3, 6, 9, tzinfo=UTC), datetime(2026, 3, 9, 1, tzinfo=UTC)),
            (datetime(2026, 3, 7, 2, tzinfo=UTC), datetime(2026, 3, 9, 1, tzinfo=UTC)),
        ],
        ids=["in hours", "before nine", "after five", "on a Saturday"],
    )
    def test_acts_in_office_hours(self, instant: datetime, soon: datetime) -> None:
        assert world().soon(instant) == soon


class TestLuck:
    def test_strikes_about_as_often_as_its_chance(self) -> None:
        luck = Luck("chance")

        hits = sum(luck.strikes(0.25, number) for number in range(4000))

        assert 900 < hits < 1100

    def test_never_strikes_without_a_chance(self) -> None:
        assert not any(Luck("none").strikes(0.0, number) for number in range(100))
