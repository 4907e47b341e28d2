from __future__ import annotations

from dataclasses import replace
from math import sqrt
from random import Random
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from simulation import answers
from simulation.chart import Bar, bars
from simulation.compare import compare
from simulation.errors import ScenarioError
from simulation.family import district, member
from simulation.intervals import Interval, interval, student
from simulation.kernel import run
from simulation.measures import Figure, measured, measures
from simulation.model import Model, model_of, variant
from simulation.scenario import Arrivals, Department, Duration, Shape
from simulation.sensitivity import busiest, levers, utilisation
from simulation.trace import trace_of
from tests.support.catalogues import shipped
from tests.support.stations import OFFICE, station


def small(name: str = "one_by_one", projects: int = 80) -> Model:
    """Return a member of the family with few projects."""
    scenario = member(name, shipped())
    arrivals: Arrivals = replace(scenario.arrivals, projects=projects, warm_up=20)
    return model_of(replace(scenario, arrivals=arrivals), shipped())


class TestInterval:
    @pytest.mark.parametrize(
        ("freedom", "expected"), [(4, 2.776), (9, 2.262), (19, 2.093), (99, 1.984)]
    )
    def test_reaches_as_far_as_the_tables_say(self, freedom: int, expected: float) -> None:
        assert student(freedom) == pytest.approx(expected, rel=3e-3)

    def test_holds_the_truth_as_often_as_it_says(self) -> None:
        luck = Random(7)
        samples = [np.array([luck.gauss(3, 2) for _ in range(8)]) for _ in range(2000)]

        inside = sum(
            (i := interval(each)).low is not None and i.low <= 3 <= (i.high or 0)
            for each in samples
        )

        assert inside / 2000 == pytest.approx(0.95, abs=3 * sqrt(0.95 * 0.05 / 2000))

    def test_says_nothing_of_too_few(self) -> None:
        assert interval(np.array([1.0, 2.0])).low is None
        assert interval(np.array([np.nan])).mean is None


class TestMeasured:
    def test_says_what_the_trace_says(self) -> None:
        model = small(projects=40)
        found = run(model)

        figures = dict(zip(measures(model), measured(found), strict=True))

        trace = trace_of(found)
        days = [(trace.done[c] - found.cases[c, 1]) / 480 for c in range(20, 40)]
        waits = [
            (a.begun - max(a.accepted, a.resumed or 0)) / 480
            for a in trace.attempts
            if a.case >= 20 and model.catalogue.items[a.item].department == "housing"
        ]
        by_name = {(each.figure, each.of): value for each, value in figures.items()}
        assert by_name[Figure.DAYS, ""] == pytest.approx(np.mean(days))
        assert by_name[Figure.DEPARTMENT, "housing"] == pytest.approx(np.mean(waits))


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

    def test_stops_once_the_interval_is_narrow_enough(self) -> None:
        model = small()
        faster = variant(model, factors={"S1-08": 0.8})

        found = compare(model, faster, 200, half_width=5.0)

        assert (found.replications, found.reached) == (10, True)

    def test_says_when_it_was_not_narrow_enough(self) -> None:
        found = compare(small(), small("rolling"), 10, half_width=1e-6)

        assert (found.replications, found.reached) == (10, False)

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
    def test_compare_on_the_same_projects_and_luck(self) -> None:
        question = {
            "scenario": {"version": 1, "name": "a", "replications": 5},
            "compare": {"version": 1, "name": "b", "arrivals": {"projects": 60}, "seed": 4},
        }

        found = answers.what_if(question, shipped())

        assert all(each["moved"] in {0.0, None} for each in found["differences"])
        assert found["assumptions"]["after"]["arrivals.projects"] == "250"

    def test_refuse_a_scenario_that_contradicts_itself(self) -> None:
        broken = {"version": 1, "name": "a", "catalogue": {"dropped": ["S1-05"]}}

        with pytest.raises(ScenarioError, match="waits_for_dropped"):
            answers.what_if({"scenario": "district", "compare": broken}, shipped())

    def test_know_the_built_in_ones_by_name(self) -> None:
        assert answers.scenario("district", shipped()) == district(shipped())


class TestChart:
    def test_is_an_image_that_names_its_lines(self) -> None:
        value = Interval(mean=50.0, low=48.0, high=52.0, variance=1.0, replications=9)

        chart = bars("Mean <days>", "d", [Bar(name="A & B", value=value)])

        words = [each.text for each in ET.fromstring(chart).iter() if each.text]  # noqa: S314 - our own
        assert "A & B" in words
        assert "50.0" in words
