from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from engine.errors import DatabaseUnreachableError, EngineError, LostLeaseError
from engine.heartbeat import beating

AT_ONCE = timedelta(milliseconds=1)
PATIENCE = 30.0  # seconds; a beat that does not come fails the test, a late one does not


class Heart:
    """Counts beats; the first ones fail as told."""

    def __init__(self, *troubles: EngineError) -> None:
        self.troubles = list(troubles)
        self.beats = 0
        self.good = threading.Event()

    def beat(self) -> None:
        self.beats += 1
        if self.troubles:
            raise self.troubles.pop(0)
        self.good.set()


class TestBeating:
    def test_goes_on_until_the_work_is_done(self) -> None:
        heart = Heart()

        with beating(heart.beat, AT_ONCE):
            assert heart.good.wait(PATIENCE)

        done = heart.beats
        assert threading.Event().wait(0.05) is False
        assert heart.beats == done

    def test_goes_on_when_the_database_was_away(self) -> None:
        heart = Heart(DatabaseUnreachableError(), DatabaseUnreachableError())

        with beating(heart.beat, AT_ONCE):
            assert heart.good.wait(PATIENCE)

    def test_ends_with_a_lease_that_is_lost(self) -> None:
        heart = Heart(LostLeaseError(name="work"))

        with beating(heart.beat, AT_ONCE):
            while heart.troubles:
                pass
            assert not heart.good.wait(0.05)

    def test_ends_when_the_work_fails(self) -> None:
        heart = Heart()

        with pytest.raises(ValueError, match="broken"), beating(heart.beat, AT_ONCE):
            raise ValueError("broken")

        assert not [each for each in threading.enumerate() if each.name == "heartbeat"]
