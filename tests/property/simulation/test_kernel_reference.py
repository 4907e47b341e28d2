"""The kernel and the real rules, command by command, say the same, to the minute."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from simulation.kernel import run
from simulation.memory import MemoryOffice
from simulation.model import Model, model_of
from simulation.reference import Reference
from simulation.scenario import Edits, Mode, Pairing, Policy
from simulation.trace import Trace, trace_of
from tests.support.catalogues import shipped
from tests.support.scenarios import everything, scenarios
from workflows.catalogue.values import Coupling

if TYPE_CHECKING:
    from simulation.scenario import Scenario


def few(scenario: Scenario, most: int = 2) -> Scenario:
    """Return a scenario with few projects: each takes some hundred commands."""
    projects = min(scenario.arrivals.projects, most)
    return replace(scenario, arrivals=replace(scenario.arrivals, projects=projects))


def by_rules(model: Model) -> Trace:
    """Return what the reference does in memory."""
    return Reference(model, MemoryOffice(model).execute).run()


class TestKernel:
    @given(scenario=scenarios())
    @settings(max_examples=8, deadline=None)
    def test_does_what_the_rules_do(self, scenario: Scenario) -> None:
        model = model_of(few(scenario), shipped())

        assert trace_of(run(model)) == by_rules(model)

    @pytest.mark.slow
    @given(scenario=scenarios())
    @settings(max_examples=100, deadline=None)
    def test_does_what_the_rules_do_in_many_scenarios(self, scenario: Scenario) -> None:
        model = model_of(few(scenario, 4), shipped())

        assert trace_of(run(model)) == by_rules(model)

    @pytest.mark.parametrize(
        "pairing",
        [
            Pairing(policy=Policy.SINGLE, slots=1),
            Pairing(policy=Policy.PLANNED),
            Pairing(policy=Policy.DRAWN, mode=Mode.ROLLING, slots=3),
            Pairing(policy=Policy.CHOSEN, mode=Mode.ROLLING, slots=0),
        ],
    )
    def test_does_what_the_rules_do_by_other_ways_of_pairing(self, pairing: Pairing) -> None:
        model = model_of(few(everything(pairing=pairing)), shipped())

        assert trace_of(run(model)) == by_rules(model)

    def test_does_what_the_rules_do_in_an_edited_catalogue(self) -> None:
        edits = Edits(
            couplings={"S1-14": Coupling.MANDATED, "S2-03": Coupling.PAIRABLE},
            needs={("S1-08", "D05"): False},
            dropped=("S1-15",),
            limits={"S2-07": 3},
        )
        model = model_of(few(everything(edits=edits)), shipped())

        assert trace_of(run(model)) == by_rules(model)
