"""A run's facts are those of the projects that the rules make of the same luck."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from analysis.groups import measures, whole
from analysis.ledger import columns_of
from simulation.facts import cases_of
from simulation.kernel import run
from simulation.memory import MemoryOffice
from simulation.model import model_of
from simulation.reference import Reference
from simulation.scenario import Pairing, Policy
from tests.support.catalogues import shipped
from tests.support.scenarios import everything
from workflows import calendar
from workflows.item_runs import case_of


class TestFacts:
    @pytest.mark.parametrize("policy", [Policy.PLANNED, Policy.DRAWN])
    def test_are_those_of_the_projects(self, policy: Policy) -> None:
        scenario = everything(pairing=Pairing(policy=policy))
        arrivals = replace(scenario.arrivals, projects=3)
        model = model_of(replace(scenario, arrivals=arrivals), shipped())
        office = MemoryOffice(model)
        Reference(model, office.execute).run()

        told = list(cases_of(run(model)))

        for case in told:
            expected = case_of(office.projects[case.project], model.catalogue)
            assert case.stages == expected.stages
            for mine, theirs in zip(case.runs, expected.runs, strict=True):
                assert mine == theirs
            assert case == expected

    def test_can_be_analysed(self) -> None:
        model = model_of(everything(), shipped())
        found = run(model)

        columns = columns_of(
            cases_of(found), calendar.shipped(), datetime(2027, 12, 30, tzinfo=UTC)
        )

        figures = whole(measures(columns))
        assert figures.attempts == found.activities
        assert figures.open == 0
        assert figures.supplements > 0
