"""Answers under idempotency keys are verified, too."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from engine import receipts
from engine.housekeeping import KEYS, PRUNE, Prune, shelves
from engine.jobs import Jobs
from engine.verify_answers import answers_differ

if TYPE_CHECKING:
    from tests.support.office import Office

KEPT = 7  # days
CHANGED = {
    "events": "UPDATE command SET first = 1, last = 1 WHERE last > 1",
    "more events": "UPDATE command SET last = last - 1 WHERE last > first",
    "refusal": "UPDATE command SET first = 0, last = 0, key = 'x' WHERE last > 1",
    "key": "UPDATE command SET key = 'other' WHERE last = (SELECT max(last) FROM command)",
    "actor": "UPDATE command SET actor = 'other' WHERE last = (SELECT max(last) FROM command)",
    "instant": (
        "UPDATE command SET recorded_at = (SELECT min(recorded_at) FROM command) WHERE last > 1"
    ),
}


def found(office: Office, *, loaded: bool = False) -> set[str]:
    """Return how answers differ."""
    return {each.how for each in answers_differ(office.new_uow, loaded=loaded)}


def tampered(office: Office, statement: str) -> None:
    with office.new_uow() as uow:
        uow.begin()
        assert uow.connection.execute(text(statement)).rowcount > 0
        uow.commit()


def pruned(office: Office) -> None:
    """Let the daily job drop what is old."""
    clock = office.clock
    kept = shelves(clock, clock, keys_days=KEPT, sent_days=KEPT)
    shelf = {KEYS: kept[KEYS]}
    jobs = Jobs(office.new_uow, clock, {PRUNE: Prune(new_uow=office.new_uow, shelves=shelf)})
    jobs.enqueue(PRUNE, {})
    assert jobs.run_next("w")


@pytest.fixture
def worked(office: Office) -> Office:
    """Return an office with answers to commands, to a roster's order, to a receipt."""
    office.pushed_on(office.filed(), 8)
    with office.new_uow() as uow:
        uow.begin()
        order = receipts.Order(actor="admin", key="k", name="n", content={})
        receipts.keep(uow.connection, order, "made", office.clock.now())
        uow.commit()
    return office


class TestAnswers:
    def test_differ_in_nothing_as_they_were_given(self, worked: Office) -> None:
        assert not found(worked)

    @pytest.mark.parametrize("name", CHANGED)
    def test_show_what_was_done_to_them(self, worked: Office, name: str) -> None:
        tampered(worked, CHANGED[name].replace("key = 'x'", "key = key || 'x'"))

        assert "different" in found(worked)

    @pytest.mark.parametrize("which", ["", " WHERE last > 1", " WHERE stream LIKE 'roster:%'"])
    def test_are_missed(self, worked: Office, which: str) -> None:
        tampered(worked, f"DELETE FROM command{which}")  # noqa: S608 - our own words

        assert found(worked) == {"missing"}
        assert not found(worked, loaded=True)

    def test_are_not_missed_where_they_were_kept_long_enough(self, worked: Office) -> None:
        worked.clock.push(timedelta(days=KEPT + 1))
        pruned(worked)
        assert not found(worked)
        worked.filed(seed=1)
        assert not found(worked)

        tampered(worked, "DELETE FROM command")

        assert found(worked) == {"missing"}

    def test_are_not_missed_while_they_are_being_dropped(self, worked: Office) -> None:
        jobs = Jobs(
            worked.new_uow, worked.clock, {PRUNE: Prune(new_uow=worked.new_uow, shelves={})}
        )
        jobs.enqueue(PRUNE, {})
        tampered(worked, "DELETE FROM command")

        assert not found(worked)
