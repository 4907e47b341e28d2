"""What keeps a scenario from being run is known before it is laid out."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.answers import lever_batches
from simulation.asked import lever_changes, runnable
from simulation.edits import edited
from simulation.errors import UnsupportedFeatureError
from simulation.family import FAMILY, member
from simulation.files import load
from simulation.model import model_of
from simulation.quantiles import table_of
from simulation.room import most_documents, state_words
from simulation.scenario import Duration, Scenario, Shape
from simulation.sensitivity import changes
from simulation.tables import CASE_BIT, ITEM_BIT, Head
from tests.support.catalogues import shipped
from workflows.applicability import applicable
from workflows.catalogue.values import Coupling
from workflows.wiring import wiring

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from workflows.wiring import Wiring


def sets(one: Scenario) -> dict[tuple[str, ...], Wiring]:
    """Return the items of each kind of project, and how they hang together."""
    own = edited(shipped(), one.edits)
    found = (applicable(own, each.flow, each.facts) for each in one.arrivals.kinds)
    kinds = [tuple(code for code in own.items if code in codes) for codes in found]
    return {codes: wiring(own, codes) for codes in kinds}


def words(one: Scenario) -> int:
    return state_words(one, edited(shipped(), one.edits), sets(one))


def called(act: Callable[[], object]) -> set[str]:
    """Return the names of the functions that *act* calls."""
    names: set[str] = set()

    def seen(frame: FrameType, _event: str, _given: object) -> None:
        names.add(frame.f_code.co_qualname)

    sys.setprofile(seen)
    try:
        act()
    finally:
        sys.setprofile(None)
    return names


class TestStateWords:
    @settings(max_examples=30)
    @given(
        name=st.sampled_from(FAMILY),
        projects=st.integers(1, 3000),
        patience=st.integers(0, 5),
        free=st.booleans(),
        times=st.lists(st.sampled_from(list(shipped().items)), max_size=5, unique=True),
    )
    def test_are_never_less_than_what_is_laid_out_and_hardly_more(
        self, name: str, projects: int, patience: int, free: bool, times: list[str]
    ) -> None:
        one = member(name, shipped())
        couplings = dict.fromkeys(["S1-14", "S2-04"], Coupling.FREE) if free else {}
        own_times = {
            code: Duration(shape=Shape.UNIFORM, values=(1.0, 2.0 + at))
            for at, code in enumerate(times)
        }
        one = replace(
            one,
            arrivals=replace(one.arrivals, projects=projects, warm_up=0),
            chances=replace(one.chances, refused=0.01, patience=patience),
            edits=replace(one.edits, couplings={**one.edits.couplings, **couplings}),
            service=replace(one.service, items=own_times),
        )

        laid_out = int(model_of(one, shipped()).tables[Head.STATE_WORDS])

        assert laid_out <= words(one) <= 1.03 * laid_out + 9 * len(table_of(Duration(days=1.0)))


class TestMostDocuments:
    @pytest.mark.parametrize("name", FAMILY)
    def test_are_no_fewer_than_anything_waits_for(self, name: str) -> None:
        one = member(name, shipped())
        model = model_of(one, shipped())

        waited = int(model.tables[Head.DOCUMENTS])

        assert waited <= most_documents(model.catalogue, sets(one)) <= 3 * waited


class TestRunnable:
    def test_lays_nothing_out(self) -> None:
        text = 'version = 1\nname = "moved"\n[catalogue]\ncouplings = { "S1-14" = "free" }\n'
        one = runnable(text, shipped())

        asking = called(lambda: runnable(text, shipped()))
        laying = called(lambda: model_of(one, shipped()))

        assert laying > {"model_of", "Layout.tables"}
        assert not asking & {"model_of", "Layout.tables", "table_of", "nets_of"}

    def test_counts_the_levers_that_the_model_has(self) -> None:
        for name in FAMILY:
            one = member(name, shipped())

            count = lever_changes(one, shipped())

            assert count == len(changes(model_of(one, shipped())))
            assert len(lever_batches({"changes": count})) > 1

    def test_refuses_what_would_not_fit_into_memory_by_name(self) -> None:
        much = (
            'version = 1\nname = "much"\n[arrivals]\nprojects = 20000\n'
            'between = { shape = "exponential", days = 0.1 }\n'
            "[chances]\nrefused = 0.01\npatience = 20\n"
        )

        with pytest.raises(UnsupportedFeatureError, match="megabytes"):
            runnable(much, shipped())

    def test_refuses_a_state_in_which_a_key_could_not_name_every_case(self) -> None:
        addresses = 1 << ITEM_BIT - CASE_BIT

        def of(projects: int) -> str:
            return (
                f'version = 1\nname = "many"\n[arrivals]\nprojects = {projects}\nwarm_up = 0\n'
                'between = { shape = "exponential", days = 0.1 }\n'
                "[chances]\nrefused = 0.01\npatience = 20\n"
            )

        least, one = (words(load(of(count), shipped())) for count in (1, 2))
        most = (addresses - least) // (one - least)

        runnable(of(most - 1), shipped())
        with pytest.raises(UnsupportedFeatureError, match="megabytes"):
            runnable(of(most + 2), shipped())
