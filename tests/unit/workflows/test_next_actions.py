from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from tests.support.memory_office import CODE
from workflows.catalogue.values import Coupling
from workflows.clock import Lamp
from workflows.next_actions import TASK, Action, rank, reasons
from workflows.progress.values import Cause
from workflows.texts import LOCALES, text

if TYPE_CHECKING:
    from collections.abc import Sequence

START = datetime(2026, 3, 2, 17, tzinfo=UTC)  # the third of March in Shanghai
PLAIN = Action(
    project=CODE,
    unit=0,
    stage=1,
    item="S1-05",
    coupling=Coupling.MANDATED,
    cause=TASK,
    accepting=False,
    left=4,
    limit_unit="working_day",
    due=date(2026, 3, 9),
    provisional=False,
    lamp=Lamp.GREEN,
    milestone=False,
    waiting=0,
    since=START,
)
LATER = START + timedelta(days=1)
# Each comes before the next.
IN_ORDER = (
    replace(PLAIN, left=-2, lamp=Lamp.RED),
    replace(PLAIN, left=0, accepting=True, lamp=Lamp.YELLOW),
    replace(PLAIN, left=1, lamp=Lamp.YELLOW),
    replace(PLAIN, milestone=True),
    replace(PLAIN, waiting=3),
    replace(PLAIN, waiting=1),
    PLAIN,
    replace(PLAIN, since=LATER),
    replace(PLAIN, left=None, milestone=True, waiting=9),
    replace(PLAIN, left=None, cause=Cause.TO_BE_FILED),
)


def codes(found: Action) -> list[str]:
    return [each.code for each in reasons(found)]


class TestTheOrder:
    @given(mixed=st.permutations(IN_ORDER))
    def test_goes_by_days_left_then_by_what_waits_then_by_age(
        self, mixed: Sequence[Action]
    ) -> None:
        assert tuple(sorted(mixed, key=rank)) == IN_ORDER

    def test_leaves_no_two_of_one_place_in_doubt(self) -> None:
        places = [
            replace(PLAIN, project=project, unit=unit, stage=stage, item=item)
            for project in ("a", "b")
            for unit in (0, 1)
            for stage in (1, 2)
            for item in (None, "S1-01", "S1-02")
        ]

        assert len({rank(each) for each in places}) == len(places)


class TestTheReasons:
    def test_name_the_days_that_are_left(self) -> None:
        assert codes(PLAIN) == ["next.left"]
        assert codes(replace(PLAIN, left=-1)) == ["next.over"]
        assert codes(replace(PLAIN, left=0)) == ["next.left"]
        assert codes(replace(PLAIN, accepting=True)) == ["next.accept_left"]
        assert codes(replace(PLAIN, accepting=True, left=-1)) == ["next.accept_over"]

    def test_name_what_waits(self) -> None:
        assert codes(replace(PLAIN, left=None, milestone=True, waiting=2)) == [
            "next.untimed",
            "next.milestone",
            "next.waiting",
        ]

    def test_are_sentences_in_both_languages(self) -> None:
        for action in IN_ORDER:
            for each in reasons(action):
                assert all(text(each.code, locale, **each.params) for locale in LOCALES)

    def test_tell_the_day_of_shanghai(self) -> None:
        assert reasons(replace(PLAIN, left=None))[0].params == {"day": date(2026, 3, 3)}
