"""Whatever stops, grows, is taken back or changes: projects still complete and clocks add up."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random
from typing import cast

import pytest

from tests.support.catalogues import shipped as catalogue
from tests.support.law_histories import LawStory
from tests.support.law_office import CALENDAR, LawOffice
from workflows import backdating, codec
from workflows.clock import clock
from workflows.events import Body, Event, Limit
from workflows.evolve import evolve
from workflows.moments import local_date
from workflows.project import Project, ProjectStatus
from workflows.reported import reported
from workflows.snapshot import Packing
from workflows.stage_clock import project_clock

SEEDS = 5
FLOWS = (1, 2, 3, 4, 5, 6)


def played(flow: int, seed: int) -> LawStory:
    office = LawOffice(replays=False)
    story = LawStory(office=office, rng=Random(f"{flow}/{seed}"))
    story.begin(flow)
    story.play()
    return story


def replayed(events: list[Event]) -> Project:
    """Return what the log adds up to after a trip through its written form."""
    project: Project | None = None
    for event in events:
        kind, version = codec.kind(event.body)
        body = cast("Body", codec.decode(kind, version, codec.encode(event.body)))
        project = evolve(project, replace(event, body=body))
    assert project is not None
    return project


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("seed", range(SEEDS))
def test_histories_complete_and_add_up(flow: int, seed: int) -> None:
    story = played(flow, seed)
    project = story.office.project
    today = local_date(story.office.now)

    assert project.status is ProjectStatus.COMPLETED
    for code in project.applicable:
        for unit in project.units:
            state = project.items.get(f"{unit}/{code}")
            if state is not None:
                assert state.granted or state.declined, state
    seen = project_clock(project, catalogue(), CALENDAR, today)
    assert sum(seen.parts.values()) == seen.elapsed
    for stage in seen.stages:
        assert sum(stage.parts.values()) == stage.elapsed
        for state in project.items.values():
            if (state.stage, state.unit) == (stage.stage, stage.unit):
                for attempt in state.attempts:
                    item = clock(attempt, CALENDAR, today)
                    assert item.used + sum(item.paused.values()) == item.elapsed
                    day = Limit(days=1, unit="working_day", source="A")
                    bare = replace(attempt, committed=day)
                    assert clock(bare, CALENDAR, today).used <= stage.used

    again = replayed(story.office.log)
    assert again == project
    assert project_clock(again, catalogue(), CALENDAR, today) == seen
    assert reported(again, catalogue(), CALENDAR, today) == reported(
        project, catalogue(), CALENDAR, today
    )
    packing = Packing(story.office.catalogue, story.office.nets.by_hash)
    assert packing.unpack(packing.pack(project)) == project
    assert all(entry.late >= 0 for entry in backdating.entries(story.office.log))


def test_histories_hold_every_kind_of_act() -> None:
    tried: Counter[str] = Counter()
    for flow in FLOWS:
        tried.update(played(flow, 0).tried)

    assert set(tried) >= {
        "AskSupplement",
        "AnswerSupplement",
        "LapseItem",
        "StartProcedure",
        "EndProcedure",
        "StartJointVisit",
        "EndJointVisit",
        "SuspendProject",
        "ResumeProject",
        "ExtendLimit",
        "RevokeItem",
        "ChangeFacts",
        "RevertStep",
        "CorrectTime",
    }
