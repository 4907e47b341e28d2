"""Replacing fields of frozen values."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from workflows.events import How
from workflows.frozen import replace
from workflows.project import Attempt, ItemState

NOW = datetime(2026, 3, 2, tzinfo=UTC)
ATTEMPT = Attempt(number=1, how=How.STAGE, department="D1", filed_at=NOW, last_at=NOW)


@dataclass(frozen=True, slots=True)
class Checked:
    low: int
    high: int
    spread: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "spread", self.high - self.low)


@dataclass(frozen=True)
class Loose:
    low: int
    high: int


class TestReplace:
    def test_does_what_the_standard_library_does(self) -> None:
        changed = replace(ATTEMPT, status=3, slot=True)

        assert changed == dataclasses.replace(ATTEMPT, status=3, slot=True)
        assert changed != ATTEMPT
        assert ATTEMPT.status == 1

    def test_shares_what_it_does_not_change(self) -> None:
        state = ItemState(unit=0, stage=1, item="S1-01", attempts=(ATTEMPT,))

        assert replace(state, declined=True).attempts is state.attempts

    def test_refuses_a_field_that_is_none(self) -> None:
        with pytest.raises(KeyError, match="nonsense"):
            replace(ATTEMPT, nonsense=1)

    @pytest.mark.parametrize("value", [Checked(1, 3), Loose(1, 3)])
    def test_refuses_what_it_would_make_without_its_rules(self, value: object) -> None:
        with pytest.raises(TypeError, match=type(value).__name__):
            replace(value, high=5)
