from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from engine.rebuild import rebuild
from engine.verify import Verification, verify

if TYPE_CHECKING:
    from tests.support.office import Office

# What somebody with a database client might do, and the rule by which it shows.
TAMPERING = {
    "body": ("UPDATE event SET body = replace(body, 'S1-', 'S2-') WHERE number = 6", "hash"),
    "actor": ("UPDATE event SET actor = 'somebody' WHERE number = 3", "hash"),
    "hash": ("UPDATE event SET hash = previous WHERE number = 2", "hash"),
    "lost": ("DELETE FROM event WHERE number = 4", "gap"),
    "moved": ("UPDATE event SET number = 1000 WHERE number = 4", "gap"),
    "tail": ("DELETE FROM event WHERE number = (SELECT max(number) FROM event)", "head"),
    "head": ("UPDATE head SET number = number + 1", "head"),
    "no head": ("DELETE FROM head", "head"),
    "task": ("UPDATE task SET person = 'somebody'", "task"),
    "tasks": ("DELETE FROM task", "task"),
    "slot": ("INSERT INTO pair_slot SELECT project, 1, 0, 2, 2, 'X' FROM project", "pair_slot"),
    "item": ("UPDATE item_run SET result = 'granted'", "item_run"),
    "due date": ("UPDATE due SET committed_due = '2030-01-01'", "due"),
    "due dates": ("DELETE FROM due", "due"),
    "due attempt": ("UPDATE due SET attempt = 9, calendar_version = 'older'", "due"),
    "due stranger": (
        "INSERT INTO due SELECT project, 7, item, attempt, NULL, NULL, provisional, '' FROM due",
        "due",
    ),
    "agent": ("DELETE FROM agent", "agent"),
    "away": ("UPDATE agent SET away_from = '2026-03-02', away_to = '2026-03-09'", "agent"),
    "agents": ("INSERT INTO agent SELECT 'nobody', township, NULL, NULL FROM agent", "agent"),
    "snapshot": (
        "UPDATE head SET state = (SELECT min(state) FROM head WHERE number > 1)",
        "snapshot",
    ),
    "stranger": ("UPDATE project SET project = 'stranger' WHERE project LIKE '%1'", "project"),
}


def tampered(office: Office, statement: str) -> Verification:
    with office.new_uow() as uow:
        uow.begin()
        uow.connection.execute(text(statement))
        uow.commit()
    return verify(office.new_uow, office.library)


class TestVerify:
    def test_finds_nothing_wrong_with_an_honest_store(self, office: Office) -> None:
        project = office.pushed_on(office.filed(), 10)

        found = verify(office.new_uow, office.library)

        assert found.ok
        assert (found.streams, found.projects) == (2, 1)
        assert found.events == project.number + 1  # and the agent who joined the roster

    @pytest.mark.parametrize("name", TAMPERING)
    def test_sees(self, office: Office, name: str) -> None:
        statement, rule = TAMPERING[name]
        office.filed()
        office.pushed_on(office.filed(seed=1), 10)
        assert verify(office.new_uow, office.library).ok

        found = tampered(office, statement)

        shown = {each.rule for each in found.violations} | {e.where for e in found.differences}
        assert not found.ok
        assert rule in shown

    def test_lets_due_dates_of_another_calendar_wait_for_the_job(self, office: Office) -> None:
        office.pushed_on(office.filed(seed=1), 10)

        found = tampered(
            office, "UPDATE due SET calendar_version = 'older', committed_due = '2026-03-03'"
        )

        assert found.ok

    def test_is_not_content_with_an_empty_store(self, office: Office) -> None:
        tampered(office, "DELETE FROM event")

        found = tampered(office, "DELETE FROM head")

        assert (found.events, found.ok) == (0, False)


class TestRebuild:
    def test_makes_rows_and_snapshot_again(self, office: Office) -> None:
        project = office.pushed_on(office.filed(), 10)
        for statement in (
            "DELETE FROM task",
            "UPDATE item_run SET result = 'x'",
            "UPDATE due SET statutory_due = '2030-01-01'",
        ):
            tampered(office, statement)
        damaged = tampered(office, "UPDATE stage_run SET slots = 99")

        changed = rebuild(office.new_uow, office.library, project.code)

        assert not damaged.ok
        assert changed.inserts
        assert changed.updates
        assert verify(office.new_uow, office.library).ok
        assert office.handle.project(project.code) == project

    def test_changes_nothing_that_is_right(self, office: Office) -> None:
        project = office.pushed_on(office.filed(), 10)

        changed = rebuild(office.new_uow, office.library, project.code)

        assert (changed.inserts, changed.updates, changed.deletes) == ((), (), ())
