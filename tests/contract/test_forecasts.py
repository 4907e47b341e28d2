"""Forecasts and what replays taught, kept on each database."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from analysis.expected import Expected, Goal, Target
from engine.clock import SystemClock
from engine.facts import FactBook
from engine.following import Following
from engine.forecasts import FORECAST, Forecasting, Forecasts, outline
from engine.in_force import InForce
from engine.jobs import Jobs
from engine.store import forecasts
from engine.store.pruning import prune_forecasts
from tests.support.forecasts import LEARNED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.columns import Columns
    from analysis.expected import Calibration
    from engine.forecasts import Outlines
    from tests.support.office import Office
    from workflows.catalogue.values import Catalogue

WHOLE = Target(stage=0, unit=0, goal=Goal.PROJECT)
NEXT = Target(stage=1, unit=0, goal=Goal.MILESTONE)


class Seer:
    """Replays and forecasts as it was told to, and counts how often it replayed."""

    def __init__(self) -> None:
        self.replays = 0

    def replay(self, columns: Columns, outlines: Outlines, catalogue: Catalogue) -> Calibration:
        assert len(columns.cases) >= len(outlines)
        assert catalogue.items
        self.replays += 1
        return LEARNED

    @staticmethod
    def foresee(
        columns: Columns, outlines: Outlines, catalogue: Catalogue, learned: Calibration | None
    ) -> Sequence[Expected]:
        assert columns.now
        assert all(code in catalogue.items for each in outlines.values() for _, code in each)
        found = [WHOLE] if learned is None else [NEXT, WHOLE]
        return [
            Expected(project=code, target=target, at=(480, 960, 1440))
            for code in outlines
            for target in found
        ]


def forecasting(office: Office, seer: Seer) -> Forecasting:
    known = InForce(office.new_uow, office.clock, pace=SystemClock())
    return Forecasting(
        new_uow=office.new_uow,
        clock=office.clock,
        book=FactBook(office.new_uow, office.clock, known, office.handle.project),
        handle=office.handle,
        following=Following(office.new_uow, office.clock, office.handle, known),
        known=known,
        replay=seer.replay,
        foresee=seer.foresee,
    )


class TestForecasting:
    def test_keeps_what_is_expected_of_every_running_project(self, office: Office) -> None:
        codes = {office.filed(seed=number).code for number in range(2)}
        work = forecasting(office, Seer())
        jobs = Jobs(office.new_uow, office.clock, {FORECAST: work})

        identity = jobs.enqueue(FORECAST, {})
        jobs.run_next("w")

        assert [(line.line, line.ok) for line in jobs.lines(identity)] == [
            ("calibration", True),
            ("projects", True),
        ]
        kept = Forecasts(office.new_uow, work.book)
        for code in codes:
            found = kept.of(code)
            assert {each.expected.target for each in found} == {NEXT, WHOLE}
            assert {each.number for each in found} == {office.handle.project(code).number}
            assert {each.made_at for each in found} == {office.clock.now()}
        assert kept.calibration() == (office.clock.now(), LEARNED)

    def test_replays_the_past_once_a_week(self, office: Office) -> None:
        office.filed()
        seer = Seer()
        work = forecasting(office, seer)

        for days in (0, 1, 5, 2):
            office.clock.push(timedelta(days=days))
            for line in work.lines({}):
                work.do({}, line, line)

        assert seer.replays == 2

    def test_replays_whenever_it_is_told_to(self, office: Office) -> None:
        seer = Seer()
        work = forecasting(office, seer)

        work.make()
        work.make()

        assert seer.replays == 2


class TestOutline:
    def test_is_what_applies_to_each_unit(self, office: Office) -> None:
        project = office.filed()

        found = outline(project, office.library.catalogue)

        assert found == {(0, code) for code in project.applicable}


class TestKeeping:
    def test_gives_back_what_was_kept(self, office: Office) -> None:
        told = Expected(project="p", target=NEXT, at=(1, 2, 3))
        at = office.clock.now()
        with office.new_uow() as uow:
            uow.begin()
            forecasts.put(uow.connection, at, date(2026, 3, 4), [told], {"p": 7})
            uow.commit()

        with office.new_uow() as uow:
            (found,) = forecasts.monthly(uow.connection)

        assert (found.made_at, found.number, found.expected) == (at, 7, told)

    def test_keeps_one_replay_only(self, office: Office) -> None:
        for _ in range(2):
            office.clock.push(timedelta(days=1))
            with office.new_uow() as uow:
                uow.begin()
                forecasts.put_calibration(uow.connection, office.clock.now(), LEARNED)
                uow.commit()

        with office.new_uow() as uow:
            assert forecasts.calibration(uow.connection) == (office.clock.now(), LEARNED)

    def test_drops_what_was_made_long_ago(self, office: Office) -> None:
        told = Expected(project="p", target=NEXT, at=(1, 2, 3))
        for day in (date(2026, 3, 4), date(2026, 4, 8)):
            with office.new_uow() as uow:
                uow.begin()
                made = office.clock.now() + (day - date(2026, 3, 4))
                forecasts.put(uow.connection, made, day, [told], {"p": 7})
                uow.commit()

        with office.new_uow() as uow:
            uow.begin()
            dropped = prune_forecasts(uow.connection, office.clock.now() + timedelta(days=1), 10)
            left = forecasts.of_project(uow.connection, "p")
            uow.commit()

        assert (dropped, len(left)) == (1, 1)
