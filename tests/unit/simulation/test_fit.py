from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest

from analysis.as_of import as_of
from simulation._fit_offices import closed_days, departments
from simulation.errors import NothingToFitError
from simulation.files import load
from simulation.fit import MOST_KINDS, Fitted, fitted
from simulation.goodness import goodness
from simulation.history import steps_of
from simulation.quantiles import mean_minutes
from simulation.scenario import Shape
from simulation.writing import toml_of
from tests.support.held_out import CLOSED, History, by_kernel, hidden

if TYPE_CHECKING:
    from simulation.scenario import Scenario


@cache
def history() -> History:
    return by_kernel(hidden(500, 450, 9))


@cache
def found() -> Fitted:
    one = history()
    return fitted(one.columns, one.model.catalogue, one.model.scenario.arrivals.kinds)


def truth() -> Scenario:
    return history().model.scenario


class TestFitted:
    def test_finds_the_reviewers_of_departments_that_had_queues(self) -> None:
        known = {
            code: each.reviewers
            for code, each in found().scenario.departments.items()
            if each.reviewers is not None
        }

        assert len(known) > 10
        off = [abs(known[code] - (truth().departments[code].reviewers or 0)) for code in known]
        assert np.mean(off) < 1

    def test_never_has_fewer_reviewers_than_work_that_was_in_hand_at_once(self) -> None:
        one = history()
        steps = steps_of(one.columns)
        waited = replace(steps, held=np.where(steps.taken, steps.held - 60, steps.held))
        closed = closed_days(one.columns, steps)

        straight = departments(one.columns, steps, closed)
        late = departments(one.columns, waited, closed)  # looks see a queue that nobody stood in

        for code, known in straight.items():
            if known.reviewers is not None:
                assert abs((late[code].reviewers or 0) - known.reviewers) <= 1, code

    def test_takes_kinds_spread_over_all_where_there_are_too_many(self) -> None:
        one = history()
        first = one.model.scenario.arrivals.kinds[0]
        told_no = (name for name, answer in first.facts.items() if answer is False)
        switches = sorted({*told_no} - {"approval_catalogue"})[:8]  # which the flow forbids
        kinds = [
            replace(first, facts={**first.facts, **dict(zip(switches, each, strict=True))})
            for each in product((False, True), repeat=len(switches))
        ]

        told = fitted(one.columns, one.model.catalogue, kinds).tree["arrivals"]["kinds"]

        assert len(told) <= MOST_KINDS < len(kinds)
        for switch in switches:
            yes = sum(kind["weight"] for kind in told if kind["facts"][switch])
            assert yes / sum(kind["weight"] for kind in told) == pytest.approx(0.5, abs=0.1)

    def test_finds_the_days_on_which_departments_are_closed(self) -> None:
        closed = {
            code: each.closed for code, each in found().scenario.departments.items() if each.closed
        }

        assert closed == CLOSED

    def test_finds_how_often_and_how_long_projects_wait_for_their_owners(self) -> None:
        fit, was = found().scenario.chances, truth().chances

        assert fit.refused == pytest.approx(was.refused, abs=0.01)
        assert fit.supplement == pytest.approx(was.supplement * (1 - was.committed * 0.3), abs=0.05)
        assert mean_minutes(fit.answer) == pytest.approx(mean_minutes(was.answer), rel=0.1)
        assert mean_minutes(fit.procedure_time) == pytest.approx(
            mean_minutes(was.procedure_time), rel=0.1
        )

    def test_finds_how_items_are_worked_on_and_when_projects_come(self) -> None:
        fit, was = found().scenario, truth()

        assert mean_minutes(fit.arrivals.between) == pytest.approx(
            mean_minutes(was.arrivals.between), rel=0.15
        )
        assert len(fit.service.items) > 50
        assert all(each.shape is Shape.EMPIRICAL for each in fit.service.items.values())
        assert mean_minutes(fit.agents.preparation) == pytest.approx(
            mean_minutes(was.agents.preparation), rel=0.1
        )
        assert fit.pairing.policy is was.pairing.policy

    def test_is_a_file_that_says_the_same(self) -> None:
        text = toml_of(found().tree)

        assert load(text, history().model.catalogue) == found().scenario

    def test_takes_the_built_in_answers_where_the_facts_say_none(self) -> None:
        one = history()

        scenario = fitted(one.columns, one.model.catalogue).scenario

        flows = {kind.flow for kind in scenario.arrivals.kinds}
        assert flows == set(one.columns.cases.flow.tolist())

    def test_is_refused_where_nothing_was_decided(self) -> None:
        one = history()
        before = as_of(one.columns, int(one.columns.cases.filed.min()))

        with pytest.raises(NothingToFitError):
            fitted(before, one.model.catalogue)


class TestGoodness:
    def test_cannot_tell_the_fit_from_the_facts(self) -> None:
        one = history()

        good = goodness(one.columns, found().scenario, one.model.catalogue)

        assert good.seeds == 10
        assert good.ratio < 2
        assert good.modelled == pytest.approx(good.observed, rel=0.1)

    def test_tells_another_district_from_the_facts(self) -> None:
        one, fit = history(), found().scenario
        slower = replace(fit.service, factors=dict.fromkeys(fit.service.items, 1.5))

        good = goodness(one.columns, replace(fit, service=slower), one.model.catalogue, seeds=2)

        assert good.ratio > 3
