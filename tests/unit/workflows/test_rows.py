from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from engine.library import shipped
from simulation.habits import Habits, Way
from tests.support.facts import random_facts
from tests.support.journeys import journey
from workflows import changes, derivation, rows
from workflows.evolve import evolve

if TYPE_CHECKING:
    from workflows.project import Project

MISHAPS = Habits(
    ways={1: Way.CHOSEN, 2: Way.DRAWN, 3: Way.SINGLE, 4: Way.ALONE},
    refused=0.15,
    withdrawn=0.1,
    declined=0.2,
    silent=0.1,
    alone=0.1,
    dissolved=0.2,
)


def states(flow: int, seed: int) -> list[Project]:
    """Return a project after each event of a journey with mishaps."""
    facts = random_facts(shipped().catalogue, flow, random.Random(seed))
    project: Project | None = None
    found = []
    for event in journey(flow, facts, MISHAPS, str(seed)).events:
        project = evolve(project, event)
        found.append(project)
    return found


@pytest.fixture(scope="module", params=[(1, 1), (3, 2), (4, 3)])
def history(request: pytest.FixtureRequest) -> list[Project]:
    return states(*request.param)


class TestChanges:
    def test_are_the_difference_of_all_rows(self, history: list[Project]) -> None:
        before: Project | None = None
        old = rows.Rows({})
        for project in history:
            new = derivation.rows(project)

            assert changes.changes(before, project) == changes.difference(old, new)

            before, old = project, new

    def test_see_a_stage_whose_opening_was_corrected(self, history: list[Project]) -> None:
        """What its items waited counts from there, though none of them was touched."""
        before = history[-1]
        runs = {
            key: replace(run, opened_at=run.opened_at - timedelta(days=1))
            for key, run in before.runs.items()
        }
        after = replace(before, runs=runs)

        made = changes.difference(derivation.rows(before), derivation.rows(after))
        assert changes.changes(before, after) == made
        assert "item_run" in {row.table for row in made.updates}

    def test_are_none_between_equal_projects(self, history: list[Project]) -> None:
        project = history[len(history) // 2]

        assert changes.changes(project, replace(project)) == rows.Difference()


class TestDifference:
    def test_turns_one_set_of_rows_into_the_other(self, history: list[Project]) -> None:
        first, second = derivation.rows(history[5]), derivation.rows(history[len(history) // 2])

        found = changes.difference(first, second)

        applied = dict(first.by_key)
        for row in found.deletes:
            del applied[rows.key_of(row)]
        for row in (*found.inserts, *found.updates):
            applied[rows.key_of(row)] = row
        assert applied == second.by_key


class TestRows:
    def test_hold_no_more_slots_than_there_are(self, history: list[Project]) -> None:
        held = 0
        for project in history:
            for row in derivation.rows(project).of("pair_slot"):
                assert isinstance(row, rows.PairSlotRow)
                assert 1 <= row.slot <= row.slots
                held += 1
        assert held > 0

    def test_show_every_open_task_and_timer_once(self, history: list[Project]) -> None:
        for project in history:
            made = derivation.rows(project)
            assert len(made.of("task")) == sum(len(run.tasks) for run in project.runs.values())
            assert len(made.of("timer")) == sum(len(run.timers) for run in project.runs.values())

    def test_show_every_attempt_with_the_time_it_waited(self, history: list[Project]) -> None:
        project = history[-1]

        found = derivation.rows(project).of("item_run")

        attempts = sum(len(state.attempts) for state in project.items.values())
        assert len(found) == attempts
        for row in found:
            assert isinstance(row, rows.ItemRunRow)
            assert row.wanted_at <= row.filed_at
            assert row.held == (row.how == "held")
            assert row.alone == (row.how == "alone")

    def test_say_when_a_later_attempt_was_wanted(self, history: list[Project]) -> None:
        again = [s for s in history[-1].items.values() if len(s.attempts) > 1]

        assert again
        for state in again:
            for before, row in zip(
                state.attempts,
                [
                    row
                    for row in derivation.rows(history[-1]).of("item_run")
                    if isinstance(row, rows.ItemRunRow)
                    and (row.item, row.unit) == (state.item, state.unit)
                ][1:],
                strict=False,
            ):
                assert row.wanted_at == before.ended_at

    def test_are_empty_of_work_when_the_project_is_closed(self, history: list[Project]) -> None:
        made = derivation.rows(history[-1])

        assert [made.of(table) for table in ("task", "timer", "pair_slot", "wanted")] == [()] * 4

    def test_name_their_key_among_their_columns(self) -> None:
        for table, key in rows.KEYS.items():
            assert set(key) <= set(rows.COLUMNS[table])
