from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.memory_office import NOTE, Office
from workflows import commands as c
from workflows import events as e
from workflows.evolve import evolve


def _history() -> Office:
    office = Office()
    office.file(3, area_assessed=False)
    office.give(c.FileStage(stage=1))
    office.grant("S1-05")
    office.give(c.ProposePair(first="S1-14", second="S1-15"))
    office.give(c.StartPair(pair="P1"))
    office.give(c.WithdrawItem(item="S1-14", reason=NOTE))
    return office


class TestEvolve:
    def test_makes_of_the_log_what_stands(self) -> None:
        office = _history()

        assert office.replayed() == office.project

    def test_leaves_the_project_before_as_it_was(self) -> None:
        office = _history()
        stands = []
        project = None
        for event in office.log:
            project = evolve(project, event)
            stands.append((project, repr(project)))

        assert all(repr(project) == text for project, text in stands)

    def test_numbers_the_project_by_its_last_event(self) -> None:
        office = _history()

        assert office.project.number == len(office.log)
        assert office.project.last_at == office.log[-1].recorded_at

    @pytest.mark.parametrize("step", [0, 2])
    def test_refuses_an_event_that_does_not_follow(self, step: int) -> None:
        office = _history()
        event = replace(office.log[-1], number=office.project.number + step)

        with pytest.raises(ValueError, match="does not follow"):
            evolve(office.project, event)

    def test_refuses_any_first_event_but_the_filing(self) -> None:
        with pytest.raises(ValueError, match="does not follow event 0"):
            evolve(None, _history().log[1])

    def test_refuses_a_second_filing(self) -> None:
        office = _history()
        again = replace(office.log[0], number=office.project.number + 1)

        with pytest.raises(ValueError, match="filed once"):
            evolve(office.project, again)

    def test_refuses_a_filing_that_is_not_the_first_of_its_stream(self) -> None:
        with pytest.raises(ValueError, match="event 2 does not follow"):
            evolve(None, replace(_history().log[0], number=2))

    def test_needs_no_net_and_no_catalogue(self) -> None:
        office = _history()
        renamed = [_renamed(event) for event in office.log]

        project = None
        for event in renamed:
            project = evolve(project, event)

        assert project is not None
        assert {run.net for run in project.runs.values()} == {"a net nobody has"}

    def test_measures_how_late_a_step_was_recorded(self) -> None:
        office = Office()
        office.file(3)
        office.give(c.FileStage(stage=1))

        office.do("S1-05", at=office.now)

        assert office.item("S1-05").attempts[0].recorded_late == 3600.0


def _renamed(event: e.Event) -> e.Event:
    if not isinstance(event.body, e.StageOpened):
        return event
    return replace(event, body=replace(event.body, net="a net nobody has"))
