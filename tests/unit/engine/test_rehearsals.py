"""Definitions that the two sides play differently are not adopted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bpmn.errors import ReaderStoppedError
from bpmn.rehearsal_sandbox import History, rehearse_safely
from engine import editions
from engine.rehearsals import rehearse
from workflows.adjustment import NoDefinitionError

STAGE = "stage_5"


def changed() -> editions.Edition:
    """Return the shipped edition with another utility stage."""
    shipped = editions.shipped()
    file = shipped.files[STAGE].replace("供水".encode(), "给水".encode())
    assert file != shipped.files[STAGE]
    return replace(shipped, files={**shipped.files, STAGE: file})


class TestRehearse:
    def test_takes_what_plays_alike(self) -> None:
        rehearse(changed(), editions.shipped())

    def test_plays_nothing_that_is_known(self) -> None:
        histories = rehearse_safely({}, [])

        assert histories.operations == 0

    def test_refuses_what_cannot_be_played(self) -> None:
        shipped = editions.shipped()
        broken = replace(shipped, files={**shipped.files, STAGE: b"<x/>"})

        with pytest.raises(NoDefinitionError):
            rehearse(broken, shipped)


class TestTheChild:
    def test_is_stopped_when_it_plays_too_long(self) -> None:
        shipped = editions.shipped()
        history = History(process="stage_3", seed=1, facts={"flow": 3})

        with pytest.raises(ReaderStoppedError):
            rehearse_safely(shipped.files, [history] * 50, cpu_seconds=1)

    def test_says_what_is_wrong_with_a_file(self) -> None:
        history = History(process=STAGE, seed=1, facts={"flow": 3})

        found = rehearse_safely({STAGE: b"<x/>"}, [history])

        assert found.problem is not None
