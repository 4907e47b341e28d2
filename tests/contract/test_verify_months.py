"""Figures by month, credit and adopted catalogues are verified, too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from engine.credits import Credits
from engine.notes import write
from engine.verify import verify
from engine.verify_months import months_differ
from tests.contract.test_adjustments import Adjusting
from tests.contract.test_facts import book_of, worked
from tests.support.memory_office import SUPERVISOR
from workflows.credit import Level, SetStanding
from workflows.moments import local_date

if TYPE_CHECKING:
    from analysis.columns import Columns
    from engine.facts import FactBook
    from engine.verify import Verification
    from tests.support.office import Office

TAMPERING = {
    "figure": "UPDATE month_figure SET ended = ended + 1 WHERE dimension = 'whole'",
    "median": "UPDATE month_figure SET median_days = 99.5 WHERE median_days IS NOT NULL",
    "part": "UPDATE month_figure SET parts = replace(parts, '0', '9')",
    "lost": "DELETE FROM month_figure WHERE dimension = 'department'",
    "invented": (
        "INSERT INTO month_figure SELECT '2019-01', dimension, key, ended, limited, inside, "
        "median_days, p90_days, supplements, refilings, parts, made_at FROM month_figure "
        "WHERE month = (SELECT max(month) FROM month_figure)"
    ),
}


def tampered(office: Office, statement: str) -> None:
    with office.new_uow() as uow:
        uow.begin()
        assert uow.connection.execute(text(statement)).rowcount > 0
        uow.commit()


def verified(office: Office) -> Verification:
    book = book_of(office)
    return verify(
        office.new_uow, office.library, more=lambda: tuple(months_differ(office.new_uow, book))
    )


@dataclass
class Busy:
    """A book of facts in an office where an attempt always ends just before it is asked."""

    office: Office
    book: FactBook
    ended: int = 0

    def columns(self) -> Columns:
        (code,) = self.book.columns().names.projects
        before = int(self.book.columns().over.sum())
        while not self.ended:
            self.office.pushed_on(self.office.handle.project(code), 1)
            self.ended = int(self.book.columns().over.sum()) - before
        return self.book.columns()


@pytest.fixture
def rolled(office: Office) -> Office:
    """Return an office with ended attempts, and their figures made a moment later."""
    worked(office)
    office.clock.push(timedelta(hours=1))
    book_of(office).roll_up()
    return office


class TestFiguresByMonth:
    def test_differ_in_nothing_when_they_are_as_they_were_made(self, rolled: Office) -> None:
        assert verified(rolled).ok

    @pytest.mark.parametrize("name", TAMPERING)
    def test_show_what_was_done_to_them(self, rolled: Office, name: str) -> None:
        tampered(rolled, TAMPERING[name])

        found = verified(rolled)

        assert not found.ok
        assert {each.where for each in found.differences} == {"month_figure"}

    def test_wait_for_the_daily_job_when_something_has_happened(self, rolled: Office) -> None:
        (code,) = book_of(rolled).columns().names.projects
        before = ended = int(book_of(rolled).columns().over.sum())
        while ended == before:
            rolled.pushed_on(rolled.handle.project(code), 1)
            ended = int(book_of(rolled).columns().over.sum())

        assert verified(rolled).ok

    def test_wait_for_it_also_when_something_happens_meanwhile(self, rolled: Office) -> None:
        busy = Busy(rolled, book_of(rolled))

        assert not list(months_differ(rolled.new_uow, busy))  # type: ignore[arg-type]  # a book
        assert busy.ended

    def test_of_earlier_months_are_compared_all_the_same(self, rolled: Office) -> None:
        rolled.clock.push(timedelta(days=100))
        rolled.filed(seed=5)
        assert verified(rolled).ok
        tampered(rolled, TAMPERING["figure"])

        assert not verified(rolled).ok

    def test_are_none_where_none_were_made(self, office: Office) -> None:
        worked(office)

        assert verified(office).ok


class TestCredit:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE event SET kind = 'nope' WHERE stream LIKE 'credit:%'",
            "UPDATE event SET body = '{}' WHERE stream LIKE 'credit:%'",
        ],
    )
    def test_that_cannot_be_read_is_told(self, office: Office, statement: str) -> None:
        ground = write("虚假承诺")
        until = local_date(office.clock.now()) + timedelta(days=30)
        command = SetStanding(level=Level.BLACK, until=until, reason=ground.note)
        credits_ = Credits(office.new_uow, office.clock, office.library)
        credits_.execute("org-1", command, SUPERVISOR, "k", ground)
        assert verify(office.new_uow, office.library).ok

        tampered(office, statement)

        found = verify(office.new_uow, office.library)
        assert [(each.where, each.how) for each in found.differences] == [("log", "unreadable")]


class TestAnAdoptedCatalogue:
    @pytest.mark.parametrize(
        ("statement", "how"),
        [
            ("DELETE FROM definition WHERE kind = 'edition'", "missing"),
            ("UPDATE definition SET content = hash WHERE kind = 'edition'", "different"),
        ],
    )
    def test_is_kept_as_it_was_adopted(self, office: Office, statement: str, how: str) -> None:
        Adjusting.on(office.store, office).adopt()
        assert verify(office.new_uow, office.library).ok
        if office.store.engine.dialect.name == "postgresql":
            statement = statement.replace("= hash", "= CAST(hash AS bytea)")

        tampered(office, statement)

        found = verify(office.new_uow, office.library)
        assert [(each.where, each.how) for each in found.differences] == [("definition", how)]
