from __future__ import annotations

from dataclasses import replace
from math import sqrt
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from simulation import answers, asked
from simulation.chart import Bar, bars
from simulation.compare import PILOT, Comparison, compare, differences_of, sampled
from simulation.errors import ScenarioError
from simulation.family import district, member
from simulation.measures import Figure
from simulation.model import Model, model_of, variant
from simulation.scenario import Arrivals, Department, Duration, Shape
from simulation.sensitivity import busiest, levers, ranking, utilisation
from tests.support.catalogues import shipped
from tests.support.stations import OFFICE, station
from tests.support.trials import trials

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FEW = (
    'version = 1\nname = "few"\nbase = "one_by_one"\nreplications = 6\n'
    "[arrivals]\nprojects = 60\nwarm_up = 20\n"
)


def small(name: str = "one_by_one", projects: int = 80) -> Model:
    """Return a member of the family with few projects."""
    scenario = member(name, shipped())
    arrivals: Arrivals = replace(scenario.arrivals, projects=projects, warm_up=20)
    return model_of(replace(scenario, arrivals=arrivals), shipped())


def _compared(model: Model, first: Floats, second: Floats) -> Comparison:
    """Return what two samples of one model say when they are taken for two models."""
    differences = differences_of((model, model), first, second)
    return Comparison(before="a", after="b", replications=len(first), differences=differences)


class TestCompare:
    def test_finds_no_difference_of_a_scenario_to_itself(self) -> None:
        model = small()

        found = compare(model, model, 6)

        assert all(each.moved.mean in {0.0, None} for each in found.differences)
        assert found.worse == ()

    def test_cuts_the_variance_by_common_luck(self) -> None:
        model = small(projects=150)
        faster = variant(model, factors={"S1-08": 0.8})

        found = compare(model, faster, 20).of(Figure.DAYS)

        assert found.moved.resolved
        assert (found.moved.mean or 0) < 0
        assert (found.variance_ratio or 0) > 20

    def test_tells_who_gets_worse(self) -> None:
        model = small()
        known = model.scenario.departments["housing"]
        fewer = Department(reviewers=max(1, (known.reviewers or 2) // 3))

        found = compare(model, variant(model, departments={"housing": fewer}), 6)

        assert "housing" in {d.measure.of for d in found.worse}
        assert found.worse[0].moved.mean == max(d.moved.mean or 0 for d in found.worse)

    def test_names_hardly_ever_anybody_worse_where_nothing_changes(self) -> None:
        model = small("drawn", projects=60)
        trials = sampled(model, range(240)).reshape(12, 2, 10, -1)

        named = [_compared(model, first, second).worse for first, second in trials]

        assert sum(map(bool, named)) <= 2

    def test_runs_no_more_than_the_pilot_where_that_is_narrow_enough(self) -> None:
        model = small()
        faster = variant(model, factors={"S1-08": 0.8})

        found = compare(model, faster, 200, half_width=5.0)

        assert (found.replications, found.reached) == (PILOT, True)

    def test_runs_as_many_as_the_pilot_asks_for(self) -> None:
        model = small(projects=30)
        faster = variant(model, factors={"S1-08": 0.8})
        wanted = (compare(model, faster, PILOT).of(Figure.DAYS).moved.half_width or 0.0) / 1.5

        found = compare(model, faster, 200, half_width=wanted)

        width = found.of(Figure.DAYS).moved.half_width or 0.0
        assert (found.replications, found.reached) == (45, True)  # 20 x 1.5 x 1.5
        assert wanted * 0.99 < width <= wanted * (1 + 1e-9)

    @pytest.mark.slow
    def test_holds_the_truth_as_often_as_it_says_though_a_pilot_decides_how_many(self) -> None:
        model = small("drawn", projects=50)
        faster = variant(model, factors={"S1-08": 0.8})
        numbers, luck = range(40_000), np.random.default_rng(5)
        moved = (sampled(faster, numbers) - sampled(model, numbers))[:, 0]
        truth, wanted = float(moved.mean()), 0.4 * float(moved.std())

        found = [each for _ in range(4) for each in trials(luck.permutation(moved), wanted)]

        assert len(found) >= 2000
        inside = sum((i.low or 0.0) <= truth <= (i.high or 0.0) for i in found) / len(found)
        assert inside >= 0.95 - 3 * sqrt(0.95 * 0.05 / len(found))
        assert max(each.half_width or 0.0 for each in found) <= wanted * (1 + 1e-9)

    def test_says_when_it_was_not_narrow_enough(self) -> None:
        found = compare(small(), small("rolling"), 10, half_width=1e-6)

        assert (found.replications, found.reached) == (10, False)
        assert compare(small(), small("rolling"), 3, half_width=99.0).reached is False

    def test_tells_how_far_it_is(self) -> None:
        told: list[float] = []

        compare(small(), small("drawn"), 20, progress=told.append)

        assert told == [0.5, 1.0]


class TestLevers:
    def test_rank_every_item_and_every_limited_department(self) -> None:
        model = small(projects=60)

        found = levers(model, 5)

        items = {row.code for rows in model.kinds for row in rows}
        assert {lever.item for lever in found} - {None} == items
        moved = [lever.moved.mean or 0.0 for lever in found]
        assert moved == sorted(moved)
        assert moved[0] < 0
        assert not all(lever.sure for lever in found)

    def test_are_sure_of_no_rank_that_only_one_of_many_looks_would_show(self) -> None:
        apart = np.tile([-1.75, 1.75], 10)  # neighbours lie 2.5 standard errors from one another
        moved = [place + apart * (place % 2) for place in range(41)]
        changes = [(None, f"D{place}") for place in range(41)]

        assert not any(lever.sure for lever in ranking(changes, moved))
        assert all(lever.sure for lever in ranking(changes[:2], moved[:2]))

    def test_are_as_sure_of_the_last_as_of_the_one_before(self) -> None:
        far, near = np.linspace(-9.1, -8.9, 9), np.linspace(-0.1, 0.1, 9)

        assert [each.sure for each in ranking([("A", None), (None, "D")], [far, near])] == [
            True,
            True,
        ]


class TestUtilisation:
    def test_is_the_load_of_a_queue(self) -> None:
        service = Duration(shape=Shape.EXPONENTIAL, days=2.0)
        model = station(3, 2.0 / 3 / 0.8, service, 3_000)

        found = utilisation(model, 8)

        assert found == {OFFICE: pytest.approx(0.8, rel=0.04)}

    def test_falls_with_another_reviewer(self) -> None:
        model = small()
        first = busiest(model, 3)
        known = model.scenario.departments[first]
        more = replace(known, reviewers=(known.reviewers or 0) + 1)

        before = utilisation(model, 3)
        after = utilisation(variant(model, departments={first: more}), 3)

        assert before[first] == max(before.values())
        assert after[first] < before[first]


class TestAnswers:
    def test_compare_on_the_same_luck(self) -> None:
        question = {
            "scenario": {"version": 1, "name": "a", "replications": 5, "arrivals": {"warm_up": 20}},
            "compare": {"version": 1, "name": "b", "arrivals": {"projects": 60}, "seed": 4},
        }

        found = answers.what_if(question, shipped())

        assert found["assumptions"]["after"]["arrivals.projects"] == "60"
        assert found["assumptions"]["after"]["arrivals.warm_up"] == "20"
        assert found["assumptions"]["after"]["seed"] == found["assumptions"]["before"]["seed"]
        assert any(each["moved"] for each in found["differences"])

    def test_let_more_projects_come_to_the_second(self) -> None:
        busier = (
            'version = 1\nname = "twice as many"\nbase = "drawn"\n'
            '[arrivals]\nbetween = { shape = "exponential", days = 0.18 }\n'
        )

        found = answers.what_if({"scenario": FEW, "compare": busier}, shipped())

        days = found["differences"][0]
        assert days["moved"] != 0
        assert found["assumptions"]["after"]["arrivals.between.days"] == "0.18"
        assert found["assumptions"]["after"]["arrivals.projects"] == "60"

    def test_run_the_second_on_the_projects_of_the_first_where_it_says_nothing(self) -> None:
        found = answers.what_if({"scenario": FEW, "compare": "one_by_one"}, shipped())

        assert all(each["moved"] in {0.0, None} for each in found["differences"])

    def test_tell_of_groups_that_only_one_of_them_has(self) -> None:
        one = small().scenario
        kinds = one.arrivals.kinds
        first, second = kinds[:2], kinds[2:4]
        both = (
            replace(one, arrivals=replace(one.arrivals, kinds=each)) for each in (first, second)
        )

        found = answers.compared(next(both), next(both), shipped(), replications=5)

        flows = {d["of"]: d for d in found["differences"] if d["figure"] == "flow"}
        gone, new = flows[str(first[0].flow)], flows[str(second[0].flow)]
        assert gone["after"] is new["before"] is gone["moved"] is new["moved"] is None
        assert gone["before"] > 0
        assert new["after"] > 0

    def test_check_the_second_on_the_projects_that_come_to_it(self) -> None:
        kind = small().scenario.arrivals.kinds[0]
        needed = {row.department for row in small().kinds[0]}
        idle = min({row.department for rows in small().kinds for row in rows} - needed)
        nobody = {"version": 1, "name": "b", "departments": {idle: {"reviewers": 0}}}
        plain = {"kinds": [{"flow": kind.flow, "facts": dict(kind.facts)}]}

        asked.scenario({**nobody, "arrivals": plain}, shipped())

        with pytest.raises(ScenarioError, match="no_reviewers"):
            answers.what_if({"scenario": "district", "compare": nobody}, shipped())

    def test_refuse_a_scenario_that_contradicts_itself(self) -> None:
        broken = {"version": 1, "name": "a", "catalogue": {"dropped": ["S1-05"]}}

        with pytest.raises(ScenarioError, match="waits_for_dropped"):
            answers.what_if({"scenario": "district", "compare": broken}, shipped())

    def test_know_the_built_in_ones_by_name(self) -> None:
        assert asked.scenario("district", shipped()) == district(shipped())


class TestChart:
    def test_is_an_image_that_names_its_lines(self) -> None:
        chart = bars("Mean <days>", "d", [Bar(name="A & B", mean=50.0, low=48.0, high=52.0)])

        words = [each.text for each in ET.fromstring(chart).iter() if each.text]  # noqa: S314 - our own
        assert "A & B" in words
        assert "50.0" in words
