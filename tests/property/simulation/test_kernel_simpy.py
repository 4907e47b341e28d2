"""The kernel and a model in SimPy say the same, to the minute, on identical draws."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from simulation.kernel import run
from simulation.model import model_of
from simulation.scenario import Duration, Mode, Pairing, Policy, Shape
from simulation.tables import RING, Case
from simulation.trace import trace_of
from tests.support.catalogues import shipped
from tests.support.scenarios import everything, scenarios
from tests.support.simpy_office import kinds, simpy_trace

if TYPE_CHECKING:
    from simulation.model import Model
    from simulation.scenario import Scenario
    from workflows.catalogue.values import Catalogue


def several_makers() -> Catalogue:
    """Return the catalogue with a second maker for each document that its own stage waits for.

    The second ones need nothing themselves, so nothing waits in a circle.
    """
    items = dict(shipped().items)
    needed = {need.document for item in items.values() for need in item.needs}
    for stage in range(1, 4):
        here = [item for item in shipped().items.values() if item.stage == stage]
        first = [item.code for item in here if not item.needs]
        made = [name for item in here if item.needs for name in item.produces if name in needed]
        for place, name in enumerate(made):
            code = first[place % len(first)]
            items[code] = replace(items[code], produces=(*items[code].produces, name))
    return replace(shipped(), items=items)


def makers_of(model: Model) -> dict[str, list[str]]:
    """Return who makes each document that is waited for, in the first kind of project."""
    rows = model.kinds[0]
    waited = {name for row in rows for name in row.waits}
    return {name: [row.code for row in rows if name in row.makes] for name in waited}


class TestKernel:
    @given(scenario=scenarios())
    @settings(max_examples=30, deadline=None)
    def test_does_what_simpy_does(self, scenario: Scenario) -> None:
        model = model_of(scenario, shipped())

        assert trace_of(run(model)) == simpy_trace(model)

    @pytest.mark.parametrize("policy", list(Policy))
    @pytest.mark.parametrize("mode", list(Mode))
    @pytest.mark.parametrize("slots", [1, 2, 3, 0])
    def test_does_what_simpy_does_by_every_way_of_pairing(
        self, policy: Policy, mode: Mode, slots: int
    ) -> None:
        scenario = everything(pairing=Pairing(policy=policy, mode=mode, slots=slots))
        arrivals = replace(scenario.arrivals, projects=5)
        model = model_of(replace(scenario, arrivals=arrivals), shipped())

        assert trace_of(run(model, 1)) == simpy_trace(model, 1)

    def test_does_what_simpy_does_with_what_lies_far_ahead(self) -> None:
        long = Duration(shape=Shape.EXPONENTIAL, days=90.0)
        chances = replace(everything().chances, answer=long, procedure_time=long)
        agents = replace(everything().agents, preparation=long, free=long)
        model = model_of(everything(chances=chances, agents=agents), shipped())
        found = run(model)

        assert found.cases[:, Case.DONE].max() > 4 * RING
        assert trace_of(found) == simpy_trace(model)

    @pytest.mark.parametrize("replication", [0, 1, 2])
    def test_does_what_simpy_does_where_several_make_one_document(self, replication: int) -> None:
        model = model_of(everything(), several_makers())

        assert any(len(makers) > 1 for makers in makers_of(model).values())
        assert trace_of(run(model, replication)) == simpy_trace(model, replication)

    def test_is_held_against_simpy_where_everything_happens(self) -> None:
        model = model_of(everything(), shipped())

        found = Counter(kinds(trace_of(run(model))))

        assert set(found) == {
            "granted", "refused", "supplement", "procedure", "committed", "pair", "single",
        }  # fmt: skip
