"""Days that people were told, in a running office: reminded of once, listed, and told to whom."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from engine.jobs import Jobs
from engine.leases import Leases
from engine.notes import write
from engine.outbox import Outbox
from engine.people import People
from engine.reminders import REMINDERS, Reminders
from engine.store import deadlines
from engine.store.deadlines import Asked
from engine.store.queries import Person
from engine.tidings import Inboxes, InboxSender
from engine.verify import verify
from tests.support.office import OWNER
from workflows import commands as c
from workflows.facts import Actor, Role
from workflows.moments import local_date

if TYPE_CHECKING:
    from engine.store.jobs import Line
    from tests.support.office import Office
    from workflows.deadlines import DeadlineRow
    from workflows.project import ItemState

WINDOW = Actor(id="window-1", roles=frozenset({Role.WINDOW}))
LEAD = Actor(id="stage-1", roles=frozenset({Role.STAGE_LEAD}))


def day(office: Office, later: int) -> date:
    return local_date(office.clock.now()) + timedelta(days=later)


@pytest.fixture
def asked(office: Office) -> tuple[Office, str, ItemState]:
    """Return an office whose owner was told to answer within three days."""
    project = office.pushed_on(office.filed(), 3)
    state = next(s for s in project.items.values() if s.open and not s.open.accepted_at)
    materials = office.library.catalogue.items[state.item].materials[:1]
    command = c.AskSupplement(
        item=state.item, attempt=1, missing=materials, answer_by=str(day(office, 3))
    )
    office.handle.execute(project.code, command, WINDOW, "ask")
    return office, project.code, state


def reminded(office: Office, run: int) -> list[Line]:
    """Return what the job of one day did."""
    kind = Reminders(new_uow=office.new_uow, clock=office.clock, handle=office.handle)
    jobs = Jobs(office.new_uow, office.clock, {REMINDERS: kind})
    jobs.enqueue_once(f"reminders-{run}", REMINDERS, {"day": str(run)})
    assert jobs.run_next("w") is not None
    return list(jobs.lines(f"reminders-{run}"))


def listed(office: Office, **asked: object) -> tuple[DeadlineRow, ...]:
    with office.new_uow() as uow:
        return deadlines.page(uow.connection, Asked(viewer=LEAD, **asked))  # type: ignore[arg-type]


class TestReminders:
    def test_come_on_the_day_and_after_it_and_once_each(
        self, asked: tuple[Office, str, ItemState]
    ) -> None:
        office, code, _ = asked
        told: list[int] = []
        for run, later in enumerate((0, 3, 0, 1, 1)):
            office.clock.push_to(office.clock.now() + timedelta(days=later))
            lines = reminded(office, run)
            assert all(line.ok for line in lines)
            log = office.handle.history(code)
            told.append(sum(each.kind == "DeadlineReached" for each in log))

        assert told == [0, 1, 1, 2, 2]

    def test_reach_owner_agent_and_the_lead_of_the_department(
        self, asked: tuple[Office, str, ItemState]
    ) -> None:
        office, _, state = asked
        assert state.open is not None
        people = People(office.new_uow, office.clock)
        people.put(
            Person(id="owner-o1", name="甲", roles=frozenset({Role.OWNER}), organisation="o1"),
            Person(id="agent-1", name="丙", roles=frozenset({Role.AGENT}), township="township-1"),
            *(
                Person(
                    id=f"lead-{department}",
                    name="丁",
                    roles=frozenset({Role.DEPARTMENT_LEAD}),
                    department=department,
                )
                for department in (state.open.department, "elsewhere")
            ),
        )
        office.clock.push_to(office.clock.now() + timedelta(days=4))
        reminded(office, 1)
        sender = InboxSender(new_uow=office.new_uow, time=office.clock)
        leases = Leases(office.new_uow, office.clock)
        box = Outbox(office.new_uow, office.clock, leases, (sender,))
        while box.work("w"):
            pass
        inboxes = Inboxes(office.new_uow, office.clock)

        def codes(person: str) -> set[str]:
            found, _ = inboxes.page(person, unread=False, after=None, limit=50)
            return {each.code for each in found}

        for person in ("owner-o1", "agent-1", f"lead-{state.open.department}"):
            assert "tiding.answer.passed" in codes(person), person
        assert codes("lead-elsewhere") == set()

    def test_are_not_given_when_it_was_answered(self, asked: tuple[Office, str, ItemState]) -> None:
        office, code, state = asked
        answer = c.AnswerSupplement(item=state.item, attempt=1)
        office.handle.execute(code, answer, OWNER, "answer")
        office.clock.push_to(office.clock.now() + timedelta(days=4))

        assert reminded(office, 1) == []

    def test_are_not_given_of_what_passed_long_ago(
        self, asked: tuple[Office, str, ItemState]
    ) -> None:
        office, _, state = asked
        office.clock.push_to(office.clock.now() + timedelta(days=60))

        assert reminded(office, 1) == []
        assert [row.item for row in listed(office)] == [state.item]


class TestTheList:
    def test_says_what_has_passed(self, asked: tuple[Office, str, ItemState]) -> None:
        office, code, state = asked
        (row,) = listed(office)

        assert (row.project, row.item, row.kind) == (code, state.item, "answer")
        assert listed(office, before=row.due) == ()
        assert listed(office, before=str(day(office, 4))) == (row,)

    @pytest.mark.parametrize(
        "other",
        [
            {"project": "2601-120118-04-01-999999"},
            {"kind": "issue"},
            {"department": "nobody"},
            {"stage": 4},
            {"township": "elsewhere"},
            {"agent": "agent-9"},
        ],
    )
    def test_keeps_to_what_was_asked(
        self, asked: tuple[Office, str, ItemState], other: dict[str, object]
    ) -> None:
        office, code, state = asked
        assert state.open is not None
        mine = {"project": code, "kind": "answer", "department": state.open.department, "stage": 1}

        assert len(listed(office, **mine, township="township-1", agent="agent-1")) == 1
        assert listed(office, **{**mine, **other}) == ()

    def test_shows_nobody_what_is_out_of_sight(self, asked: tuple[Office, str, ItemState]) -> None:
        office, _, _ = asked
        stranger = Actor(id="x", roles=frozenset({Role.OWNER}), organisation="o2")
        with office.new_uow() as uow:
            assert deadlines.page(uow.connection, Asked(viewer=stranger)) == ()

    def test_leaves_out_what_stands_still_and_agrees_with_the_log(
        self, asked: tuple[Office, str, ItemState]
    ) -> None:
        office, code, _ = asked
        note = write("停一停")
        stop = c.SuspendProject(reason=note.note)
        office.handle.execute(code, stop, LEAD, "stop", [note])

        assert listed(office) == ()
        assert verify(office.new_uow, office.library).ok

    def test_pages_by_day(self, asked: tuple[Office, str, ItemState]) -> None:
        office, _, _ = asked
        (row,) = listed(office)
        place = (row.due or "", row.project, row.unit, row.item, row.attempt, row.kind)
        with office.new_uow() as uow:
            asking = Asked(viewer=LEAD)
            assert deadlines.page(uow.connection, asking, after=place) == ()
