from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.support.adjusted import CANCELLED, SHORTENED, adjusted, cancel, copied, limit, put
from tests.support.catalogues import entry
from tests.support.paper_office import OWNER, START, PaperOffice
from workflows import commands as c
from workflows import events as e
from workflows.catalogue.blend import blend
from workflows.catalogue.load import load
from workflows.decide import decide
from workflows.decide.adjust import FollowedError, TimersStandError, followed, rearmed
from workflows.errors import NotAllowedError
from workflows.evolve import evolve
from workflows.facts import SYSTEM, Actor, Facts
from workflows.impact import impact
from workflows.notices import AdoptNotice, Notices, calendar, year_of
from workflows.notices import decide as adopt_notice
from workflows.notices import evolve as after_notice

if TYPE_CHECKING:
    from workflows.catalogue.values import Catalogue
    from workflows.project import Project


@cache
def changed() -> Catalogue:
    """Return a catalogue with an item less and an item more in stage 2, and a shorter limit."""
    return load(adjusted(copied(CANCELLED, "S2-90"), cancel(CANCELLED), limit(SHORTENED, 1)))


@cache
def asking() -> Catalogue:
    """Return a catalogue that asks a question more, on which a new item of stage 2 hangs."""
    return load(
        adjusted(
            lambda tree: tree["facts"].append(
                {**entry(tree, "facts", "approval_catalogue"), "code": "floating_garden"}
            ),
            copied(CANCELLED, "S2-90"),
            put("S2-90", applies="floating_garden"),
        )
    )


def given(office: PaperOffice, command: c.Command, actor: Actor, catalogue: Catalogue) -> Project:
    facts = Facts(
        actor=actor,
        recorded_at=office.now,
        calendar=office.library.calendar,
        catalogue=catalogue,
        nets=office.library.nets,
        in_force=office.library.in_force,
    )
    project = office.project
    for event in decide(project, command, facts):
        project = evolve(project, event)
    return project


@pytest.fixture
def office() -> PaperOffice:
    opened = PaperOffice()
    opened.order(c.FileStage(stage=1), OWNER)
    return opened


def pinned(office: PaperOffice, catalogue: Catalogue) -> Catalogue:
    return blend(catalogue, {1: office.library.catalogue, 5: office.library.catalogue})


class TestFollowCatalogue:
    def test_changes_the_items_of_stages_yet_to_open(self, office: PaperOffice) -> None:
        command = c.FollowCatalogue(catalogue=changed().hash)

        after = given(office, command, SYSTEM, pinned(office, changed()))

        assert after.catalogue == changed().hash
        assert set(office.project.applicable) - set(after.applicable) == {CANCELLED}
        assert set(after.applicable) - set(office.project.applicable) == {"S2-90"}

    def test_touches_no_run_and_no_attempt(self, office: PaperOffice) -> None:
        command = c.FollowCatalogue(catalogue=changed().hash)

        after = given(office, command, SYSTEM, pinned(office, changed()))

        assert (after.runs, after.items) == (office.project.runs, office.project.items)

    def test_is_done_once(self, office: PaperOffice) -> None:
        command = c.FollowCatalogue(catalogue=office.project.catalogue)

        with pytest.raises(FollowedError):
            given(office, command, SYSTEM, office.library.catalogue)

    def test_is_the_systems_alone(self, office: PaperOffice) -> None:
        command = c.FollowCatalogue(catalogue=changed().hash)

        with pytest.raises(NotAllowedError):
            given(office, command, OWNER, changed())

    def test_happens_while_the_project_is_suspended(self, office: PaperOffice) -> None:
        office.project = replace(office.project, suspended=True)
        command = c.FollowCatalogue(catalogue=changed().hash)

        after = given(office, command, SYSTEM, pinned(office, changed()))

        assert after.catalogue == changed().hash

    def test_takes_in_what_hangs_on_a_fact_that_nobody_stated(self, office: PaperOffice) -> None:
        body = followed(office.project, pinned(office, asking()), asking().hash)

        assert "S2-90" in body.added


class TestImpact:
    def test_is_nothing_under_the_same_catalogue(self, office: PaperOffice) -> None:
        catalogue = office.library.catalogue

        assert not impact(office.project, catalogue, catalogue).affected

    def test_tells_which_questions_are_to_be_asked(self, office: PaperOffice) -> None:
        found = impact(office.project, asking(), pinned(office, asking()))

        assert found.missing == ("floating_garden",)

    def test_tells_what_an_open_stage_handles_to_the_end(self, office: PaperOffice) -> None:
        here = next(code for code in office.project.applicable if code.startswith("S1"))
        catalogue = replace(
            changed(),
            items={code: item for code, item in changed().items.items() if code != here},
            hash="x",
        )

        assert impact(office.project, catalogue, pinned(office, catalogue)).kept == (here,)


def received(office: PaperOffice) -> Project:
    """Receive applications until one may be deemed accepted, and return the project."""
    return office.play(lambda project: any(run.timers for run in project.runs.values()))


class TestRearmTimers:
    def test_sets_them_by_the_calendar_in_force(self, office: PaperOffice) -> None:
        project = received(office)
        known = year_of(office.library.calendar, START.year)
        off = tuple(office.now.date() + timedelta(days=at) for at in range(1, 6))
        notice = AdoptNotice(
            year=START.year, off=(*known.off, *off), worked=known.worked, source="x"
        )
        body = adopt_notice(Notices(), notice, SYSTEM, office.now.date())
        after = calendar(after_notice(Notices(), 1, body))

        (run,) = rearmed(project, office.library.nets, after, office.now)

        old = project.runs[f"{run.stage}/{run.unit}"].timers
        assert run.armed
        assert all(timer.due_at > old[timer.path].due_at for timer in run.armed)
        event = e.Event(
            number=project.number + 1,
            happened_at=office.now,
            recorded_at=office.now,
            actor="system",
            body=e.TimersRearmed(calendar=after.version, runs=(run,)),
        )
        timers = evolve(project, event).runs[f"{run.stage}/{run.unit}"].timers
        assert {path: timers[path] for path in (t.path for t in run.armed)} == {
            timer.path: timer for timer in run.armed
        }

    def test_refuses_where_nothing_moves(self, office: PaperOffice) -> None:
        office.project = received(office)

        with pytest.raises(TimersStandError):
            given(office, c.RearmTimers(), SYSTEM, office.library.catalogue)
