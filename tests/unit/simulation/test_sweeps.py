"""Replications on threads and on a Ray cluster are the same ones."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from simulation.compare import compare, figures, sampled
from simulation.errors import NoRayError
from simulation.model import Model, model_of, variant
from simulation.sensitivity import levers
from simulation.sweeps import THREADS, Cluster, pool_at
from tests.support.catalogues import shipped
from tests.support.scenarios import everything

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[3]


@cache
def small() -> Model:
    """Return a scenario of a few projects."""
    scenario = everything()
    arrivals = replace(scenario.arrivals, projects=3)
    return model_of(replace(scenario, arrivals=arrivals), shipped())


class TestThreads:
    def test_keep_the_order_of_the_jobs(self) -> None:
        model = small()
        faster = variant(model, factors={"S1-08": 0.5})
        jobs = [(each, number) for number in range(3) for each in (model, faster)]

        found = THREADS.map(figures, jobs)

        expected = [figures(*job) for job in jobs]
        assert np.array_equal(np.array(found), np.array(expected), equal_nan=True)


class TestPoolAt:
    def test_takes_threads_where_no_cluster_is_named(self) -> None:
        assert pool_at(None) is THREADS
        assert pool_at("") is THREADS

    def test_says_what_is_missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "ray", None)

        with pytest.raises(NoRayError):
            pool_at("auto")


@pytest.fixture(scope="class")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Start Ray on this machine, with two workers."""
    ray = pytest.importorskip("ray", reason="the extra `ray` has no wheel for this machine")
    place = tmp_path_factory.mktemp("ray")
    ray.init(
        num_cpus=2,
        include_dashboard=False,
        log_to_driver=False,
        _temp_dir=str(place) if len(str(place)) < 60 else None,
        runtime_env={"env_vars": {"PYTHONPATH": str(ROOT)}},
    )
    yield Cluster("auto")
    ray.shutdown()


@pytest.mark.slow
class TestCluster:
    def test_runs_the_same_replications(self, cluster: Cluster) -> None:
        model = small()

        there, here = sampled(model, range(40), cluster), sampled(model, range(40))

        assert np.array_equal(there, here, equal_nan=True)

    def test_tells_the_same_differences(self, cluster: Cluster) -> None:
        model = small()
        faster = variant(model, factors={"S1-08": 0.5})

        there, here = compare(model, faster, 30, pool=cluster), compare(model, faster, 30)

        assert there == here

    def test_ranks_levers_alike(self, cluster: Cluster) -> None:
        model = small()

        assert levers(model, 5, pool=cluster) == levers(model, 5)
