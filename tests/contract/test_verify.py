from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from engine.rebuild import rebuild
from engine.store import derived
from engine.verify import Verification, verify
from tests.support import office as offices

if TYPE_CHECKING:
    from engine.store.port import Connection
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
    "head's instant": (
        "UPDATE head SET recorded_at = (SELECT min(recorded_at) FROM head) WHERE number > 1",
        "head",
    ),
    "no head": ("DELETE FROM head", "head"),
    "task": ("UPDATE task SET person = 'somebody'", "task"),
    "tasks": ("DELETE FROM task", "task"),
    "slot": ("INSERT INTO pair_slot SELECT project, 1, 0, 2, 2, 'X' FROM project", "pair_slot"),
    "item": ("UPDATE item_run SET result = 'granted'", "item_run"),
    "due date": ("UPDATE due SET committed_due = '2030-01-01'", "due"),
    "due dates": ("DELETE FROM due", "due"),
    "due attempt": ("UPDATE due SET attempt = 9, calendar_version = 'older'", "due"),
    "due stranger": (
        (
            "INSERT INTO due SELECT project, 7, item, attempt, NULL, NULL, provisional, '', NULL"
            " FROM due"
        ),
        "due",
    ),
    "told day": (
        (
            "INSERT INTO deadline SELECT project, 0, 'S1-01', 1, 'answer', 1, NULL, '2026-03-02'"
            " FROM project"
        ),
        "deadline",
    ),
    "agent": ("DELETE FROM agent", "agent"),
    "away": ("UPDATE agent SET away_from = '2026-03-02', away_to = '2026-03-09'", "agent"),
    "agents": ("INSERT INTO agent SELECT 'nobody', township, NULL, NULL FROM agent", "agent"),
    "snapshot": (
        "UPDATE head SET state = (SELECT min(state) FROM head WHERE number > 1)",
        "snapshot",
    ),
    "damaged state": ("UPDATE head SET state = CAST('damaged' AS BYTES)", "snapshot"),
    "empty state": ("UPDATE head SET state = CAST('' AS BYTES)", "snapshot"),
    "damaged archive": ("UPDATE head SET archive = CAST('damaged' AS BYTES)", "snapshot"),
    "roster's kind": ("UPDATE event SET kind = 'nope' WHERE stream LIKE 'roster:%'", "log"),
    "roster's body": ("UPDATE event SET body = '{}' WHERE stream LIKE 'roster:%'", "log"),
    "project's event on a roster": (
        (
            "UPDATE event SET kind = e.kind, body = e.body FROM event e "
            "WHERE event.stream LIKE 'roster:%' AND e.stream LIKE 'project:%' AND e.number = 1"
        ),
        "log",
    ),
    "text": ("UPDATE note SET text = '改过的话'", "note"),
    "salt": ("UPDATE note SET salt = '00'", "note"),
    "stranger": ("UPDATE project SET project = 'stranger' WHERE project LIKE '%1'", "project"),
}


def tampered(office: Office, statement: str) -> Verification:
    kind = "bytea" if office.store.engine.dialect.name == "postgresql" else "blob"
    statement = statement.replace("BYTES", kind)
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

    def test_takes_no_project_that_is_filed_meanwhile_for_a_surplus(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        office.filed()
        codes = derived.codes

        def filed_first(connection: Connection) -> frozenset[str]:
            office.filed()
            return codes(connection)

        monkeypatch.setattr(derived, "codes", filed_first)

        assert verify(office.new_uow, office.library).ok

    def test_lets_due_dates_of_another_calendar_wait_for_the_job(self, office: Office) -> None:
        office.pushed_on(office.filed(seed=1), 10)

        found = tampered(
            office, "UPDATE due SET calendar_version = 'older', committed_due = '2026-03-03'"
        )

        assert found.ok

    def test_lets_texts_be_erased(self, office: Office) -> None:
        office.filed()

        assert tampered(office, "DELETE FROM note").ok

    def test_is_not_content_with_an_empty_store(self, office: Office) -> None:
        tampered(office, "DELETE FROM event")

        found = tampered(office, "DELETE FROM head")

        assert (found.events, found.ok) == (0, False)


class TestDamagedSnapshot:
    """The packed state is a cache of the log: whatever it holds, the log is right."""

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE head SET state = CAST('damaged' AS BYTES)",
            "UPDATE head SET state = CAST('' AS BYTES), archive = CAST('' AS BYTES)",
            "UPDATE head SET archive = CAST('damaged' AS BYTES)",
            (
                "UPDATE head SET state = (SELECT state FROM head ORDER BY number DESC LIMIT 1), "
                "archive = (SELECT archive FROM head ORDER BY number DESC LIMIT 1)"
            ),
        ],
    )
    def test_neither_stops_nor_changes_a_project(self, office: Office, statement: str) -> None:
        project = office.pushed_on(office.filed(seed=1), 10)
        office.pushed_on(office.filed(), 14)
        tampered(office, statement)

        later = offices.again(office, office.store)

        assert later.handle.project(project.code) == project
        assert later.pushed_on(project, 1).number > project.number


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
