"""Days that people are told beside the limits: when they stand, move, are met, and have passed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.support.law_office import CALENDAR, LawOffice, filed, march
from tests.support.memory_office import NOTE, OWNER, STAGE_LEAD, SYSTEM, WINDOW, bodies
from tests.support.paper_work import checklist, supply, supplying, tolerate
from workflows import commands as c
from workflows import events as e
from workflows.changes import changes
from workflows.deadlines import DeadlineKind, DeadlineRow, deadlines
from workflows.deadlines import told as told_day
from workflows.decide import decision
from workflows.derivation import rows
from workflows.dues import due_rows
from workflows.errors import ProjectClosedError
from workflows.facts import Rules
from workflows.progress import progress
from workflows.project import ProjectStatus, item_key
from workflows.status import Status

ITEM = "S1-04"  # 核准: ten working days; an entrusted assessment stops its clock without bound
PAPERS = "S1-08"  # 用地规划许可: may be handled with materials missing
DUE = date(2026, 3, 16)


@pytest.fixture
def overdue() -> LawOffice:
    """Return an office where what is overdue may be granted by default."""
    office = filed(3, rules=Rules(overdue_default=True), approval_catalogue=True)
    office.accept(ITEM)
    return office


def told(office: LawOffice, code: str = ITEM) -> list[tuple[str, str | None]]:
    """Return what stands of an item: the kind and the day of each."""
    return [(each.kind, each.due) for each in deadlines(office.project, office.item(code))]


def told_row(office: LawOffice, code: str = ITEM) -> DeadlineRow:
    (row,) = deadlines(office.project, office.item(code))
    return row


class TestTheToldEndOfAPause:
    def test_stands_while_the_pause_does(self, accepted: LawOffice) -> None:
        accepted.begin(ITEM, "entrusted_assessment", march(5))
        before = told(accepted)
        accepted.on(march(9)).over(ITEM, "entrusted_assessment")

        assert before == [("procedure", "2026-03-05")]
        assert told(accepted) == []

    def test_has_passed_from_the_day_after(self, accepted: LawOffice) -> None:
        accepted.begin(ITEM, "entrusted_assessment", march(5))

        row = told_row(accepted)
        assert (row.passed(march(5)), row.passed(march(6))) == (False, True)

    def test_is_the_owners_for_a_supplement_also_before_acceptance(self, office: LawOffice) -> None:
        office.ask(ITEM, answer_by="2026-03-10")

        assert told(office) == [("answer", "2026-03-10")]

    def test_moves_by_the_days_of_a_suspension_and_is_unknown_in_it(
        self, office: LawOffice
    ) -> None:
        office.ask(ITEM, answer_by="2026-03-10")
        office.on(march(4)).suspend()
        meanwhile = told(office)
        office.on(march(23)).resume()

        assert meanwhile == [("answer", None)]
        assert told(office) == [("answer", "2026-03-29")]

    def test_is_of_no_attempt_that_is_decided(self, accepted: LawOffice) -> None:
        """An old log may hold a supplement that was asked for after the decision."""
        accepted.ask(ITEM, answer_by="2026-03-10")
        key, state = item_key(0, ITEM), accepted.item(ITEM)
        decided = replace(state.attempts[-1], decided_at=state.attempts[-1].accepted_at)

        assert deadlines(accepted.project, replace(state, attempts=(decided,))) == ()
        assert deadlines(accepted.project, accepted.project.items[key]) != ()

    def test_is_of_no_item_whose_attempt_has_ended(self, office: LawOffice) -> None:
        office.ask(ITEM, answer_by="2026-03-10")
        office.give(c.WithdrawItem(item=ITEM, reason=NOTE))

        assert told(office) == []


class TestATolerance:
    @pytest.fixture
    def tolerated(self, office: LawOffice) -> LawOffice:
        tolerate(office, PAPERS, "M015", "M005", due=DUE)
        return office

    def test_is_due_before_the_item_is_filed(self, tolerated: LawOffice) -> None:
        assert told(tolerated, PAPERS) == [("tolerance", "2026-03-16")]

    def test_is_met_when_the_last_of_the_materials_comes(self, tolerated: LawOffice) -> None:
        first = supply(tolerated, "M015")
        last = supply(tolerated, "M005")

        assert not bodies(first, e.ToleranceMet)
        assert [body.item for body in bodies(last, e.ToleranceMet)] == [PAPERS]
        assert told(tolerated, PAPERS) == []

    def test_names_the_materials_that_are_still_to_come(self, tolerated: LawOffice) -> None:
        def wanted() -> list[tuple[str, ...]]:
            seen = progress(tolerated.project, tolerated.catalogue, CALENDAR, tolerated.now)
            (item,) = (each for each in seen.items if each.item == PAPERS)
            return [each.materials for each in item.told]

        before = wanted()
        supply(tolerated, "M015")

        assert (before, wanted()) == ([("M015", "M005")], [("M005",)])

    def test_handed_in_late_reads_overdue_for_ever(self, tolerated: LawOffice) -> None:
        tolerated.on(march(17))
        supply(tolerated, "M015", "M005")

        (grace,) = checklist(tolerated, PAPERS, on=date(2026, 6, 1)).graces

        assert (grace.fulfilled, grace.met, grace.overdue) == (True, march(17), True)

    def test_handed_in_on_the_day_does_not(self, tolerated: LawOffice) -> None:
        tolerated.on(DUE)
        supply(tolerated, "M015", "M005")

        (grace,) = checklist(tolerated, PAPERS, on=date(2026, 6, 1)).graces

        assert (grace.met, grace.overdue) == (DUE, False)

    def test_read_as_of_a_day_before_they_came_is_not_met(self, tolerated: LawOffice) -> None:
        tolerated.on(march(17))
        supply(tolerated, "M015", "M005")

        (grace,) = checklist(tolerated, PAPERS, on=DUE).graces

        assert (grace.left, grace.met, grace.overdue) == (("M015", "M005"), None, False)

    def test_has_as_many_days_more_as_the_project_stood_still(self, tolerated: LawOffice) -> None:
        """From the 4th to the 23rd nobody may hand anything in."""
        tolerated.on(march(4)).suspend()
        standing = checklist(tolerated, PAPERS, on=march(20)).graces[0]
        tolerated.on(march(23)).resume()
        supply(tolerated, "M015")
        tolerated.on(date(2026, 4, 4))
        supply(tolerated, "M005")

        (grace,) = checklist(tolerated, PAPERS).graces

        assert not standing.overdue
        assert grace.last == date(2026, 4, 4)
        assert not grace.overdue

    def test_follows_the_correction_of_a_suspension(self, tolerated: LawOffice) -> None:
        tolerated.on(march(4)).suspend()
        tolerated.on(march(23)).resume()
        entry = tolerated.entry(e.ItemResumed, kind=e.PauseKind.SUSPENSION)
        at = tolerated.log[entry - 1].happened_at.replace(day=13)

        tolerated.give(c.CorrectTime(event=entry, happened_at=at, reason=NOTE), STAGE_LEAD)

        assert told(tolerated, PAPERS) == [("tolerance", "2026-03-25")]

    def test_follows_the_correction_of_its_beginning(self, tolerated: LawOffice) -> None:
        tolerated.on(march(9)).suspend()
        tolerated.on(march(13)).resume()
        entry = tolerated.entry(e.ItemPaused, kind=e.PauseKind.SUSPENSION)
        at = tolerated.log[entry - 1].happened_at.replace(day=5)

        tolerated.give(c.CorrectTime(event=entry, happened_at=at, reason=NOTE), STAGE_LEAD)

        assert told(tolerated, PAPERS) == [("tolerance", "2026-03-24")]

    def test_is_met_when_facts_ask_for_nothing_more(self, tolerated: LawOffice) -> None:
        """What the owner need not hand in any more he does not owe."""
        materials = dict(tolerated.catalogue.materials)
        document = materials["M078"].document  # no item of this project awards anything
        for code in ("M015", "M005"):
            materials[code] = replace(materials[code], document=document)
        tolerated.catalogue = replace(tolerated.catalogue, materials=materials)

        found = tolerated.give(c.ChangeFacts(facts={"forest_land": True}, reason=NOTE))

        assert [body.item for body in bodies(found, e.ToleranceMet)] == [PAPERS]

    def test_of_a_refused_attempt_is_owed_no_more(self, tolerated: LawOffice) -> None:
        tolerated.grant("S1-10")
        tolerated.grant(ITEM)
        assert tolerated.item(PAPERS).open is not None
        tolerated.give(c.WithdrawItem(item=PAPERS, reason=NOTE))

        assert told(tolerated, PAPERS) == []

    def test_is_still_owed_of_a_project_that_has_ended(self) -> None:
        office = filed(3)
        tolerate(office, PAPERS, "M015", due=DUE)
        closed = replace(office.project, status=ProjectStatus.COMPLETED, ended_at=office.now)

        (standing,) = deadlines(closed, closed.items[f"0/{PAPERS}"])
        _, after = decision(closed, supplying("M015"), office.facts(OWNER))

        assert standing.due == "2026-03-16"
        assert deadlines(after, after.items[f"0/{PAPERS}"]) == ()
        with pytest.raises(ProjectClosedError):
            decision(closed, supplying("M017"), office.facts(OWNER))

    def test_ends_with_a_project_that_is_called_off(self, tolerated: LawOffice) -> None:
        tolerated.give(c.WithdrawProject(reason=NOTE))

        assert told(tolerated, PAPERS) == []
        assert tolerated.refusal(supplying("M015"), OWNER) == "project.closed"


class TestADefaultGrant:
    ORDER = c.GrantByDefault(item=ITEM, attempt=1)
    ISSUE = c.ConfirmIssue(item=ITEM, attempt=1)

    def test_waits_for_its_document_until_the_department_has_issued_it(
        self, overdue: LawOffice
    ) -> None:
        overdue.on(march(17)).give(self.ORDER, SYSTEM)
        before = told(overdue)
        overdue.on(march(19)).give(self.ISSUE, overdue.examiner(ITEM))

        assert before == [("issue", "2026-03-18")]
        assert told(overdue) == []

    def test_is_late_as_its_delivery_is(self, overdue: LawOffice) -> None:
        overdue.on(march(17)).give(self.ORDER, SYSTEM)
        overdue.on(march(19)).give(self.ISSUE, overdue.examiner(ITEM))

        seen = overdue.clock(ITEM, on=date(2026, 4, 30)).delivery

        assert seen is not None
        assert (seen.limit, seen.due, seen.source) == (1, march(18), "TZ58")
        assert (seen.used, seen.overdue) == (2, True)

    def test_goes_on_running_while_nothing_is_issued(self, overdue: LawOffice) -> None:
        overdue.on(march(17)).give(self.ORDER, SYSTEM)

        seen = overdue.clock(ITEM, on=march(20)).delivery

        assert seen is not None
        assert (seen.used, seen.left, seen.overdue) == (3, -2, True)

    def test_is_confirmed_once(self, overdue: LawOffice) -> None:
        overdue.on(march(17)).give(self.ORDER, SYSTEM)
        overdue.give(self.ISSUE, overdue.examiner(ITEM))

        assert overdue.refusal(self.ISSUE, overdue.examiner(ITEM)) == "item.nothing_to_issue"

    def test_is_confirmed_of_nothing_else(self, accepted: LawOffice) -> None:
        assert accepted.refusal(self.ISSUE, accepted.examiner(ITEM)) == "item.nothing_to_issue"

    def test_is_waited_for_no_more_when_it_is_revoked(self, overdue: LawOffice) -> None:
        overdue.on(march(17)).give(self.ORDER, SYSTEM)
        overdue.give(c.RevokeItem(item=ITEM, reason=NOTE), overdue.head(ITEM))

        assert told(overdue) == []
        assert overdue.refusal(self.ISSUE, overdue.examiner(ITEM)) == "item.nothing_to_issue"

    def test_is_not_evaded_by_a_bound_that_is_over(self) -> None:
        """S1-19: twenty working days; a military survey is left out for 60 calendar days."""
        office = filed(3, rules=Rules(overdue_default=True), military_zone=True)
        office.give(c.FileItem(item="S1-19"))
        office.accept("S1-19")
        office.begin("S1-19", "military_survey", date(2026, 4, 1))
        order = replace(self.ORDER, item="S1-19")

        early = office.on(date(2026, 5, 20)).refusal(order, SYSTEM)
        found = office.on(date(2026, 10, 15)).give(order, SYSTEM)

        assert early == "item.not_overdue"
        assert office.item("S1-19").granted
        assert [body.resumed[0].status for body in bodies(found, e.ItemResumed)] == [10]

    def test_is_not_evaded_by_a_supplement_told_when_it_was_overdue(
        self, overdue: LawOffice
    ) -> None:
        overdue.on(march(17)).ask(ITEM)
        (row,) = due_rows(overdue.project, CALENDAR)

        overdue.on(march(20)).give(self.ORDER, SYSTEM)

        # The list by which the default rule goes knows the day: it came before the supplement.
        assert row.committed_due == "2026-03-16"

        attempt = overdue.attempt(ITEM)
        assert (attempt.result, attempt.by_default) == ("granted", True)
        assert not attempt.open_pauses
        assert attempt.status == Status.GRANTED


class TestAReminder:
    def order(self, due: date, kind: str = "answer", item: str = ITEM) -> c.RemindDeadline:
        return c.RemindDeadline(item=item, attempt=1, kind=kind, due=due.isoformat())

    def test_comes_on_the_day_and_after_it(self, office: LawOffice) -> None:
        office.ask(ITEM, answer_by="2026-03-10")

        (day,) = office.on(march(10)).give(self.order(march(10)), SYSTEM)
        (after,) = office.on(march(11)).give(self.order(march(10)), SYSTEM)

        assert isinstance(day.body, e.DeadlineReached)
        assert isinstance(after.body, e.DeadlineReached)
        assert (day.body.passed, after.body.passed) == (False, True)
        assert day.body.department == office.catalogue.items[ITEM].department

    def test_comes_no_earlier(self, office: LawOffice) -> None:
        office.ask(ITEM, answer_by="2026-03-10")

        assert office.on(march(9)).refusal(self.order(march(10)), SYSTEM) == "timer.not_due"

    def test_is_of_no_day_that_was_moved_or_met(self, office: LawOffice) -> None:
        office.ask(ITEM, answer_by="2026-03-10")
        office.on(march(4)).suspend()
        office.on(march(23)).resume()

        assert office.refusal(self.order(march(10)), SYSTEM) == "deadline.none"
        assert office.refusal(self.order(march(10), item="S1-99"), SYSTEM) == "deadline.none"

    def test_is_the_offices_own(self, office: LawOffice) -> None:
        office.ask(ITEM, answer_by="2026-03-10")
        office.on(march(10))

        assert office.refusal(self.order(march(10)), WINDOW) == "access.not_allowed"


def test_rows_follow_what_happens_as_if_they_were_made_anew(office: LawOffice) -> None:
    tolerate(office, PAPERS, "M015", due=DUE)
    before = office.project
    stored = dict(rows(before).by_key)
    office.on(march(4)).suspend()
    found = changes(before, office.project)
    for row in (*found.inserts, *found.updates):
        stored[row.table, tuple(getattr(row, name) for name in row.key)] = row
    for row in found.deletes:
        del stored[row.table, tuple(getattr(row, name) for name in row.key)]

    assert stored == dict(rows(office.project).by_key)
    (row,) = (each for each in stored.values() if isinstance(each, DeadlineRow))
    assert row.due is None


class TestTheDocumentOfADefaultGrant:
    """Its day runs on while the project stands still: it is the department's, not the clock's."""

    def test_is_reminded_of_while_the_project_is_suspended(self, overdue: LawOffice) -> None:
        overdue.on(march(20)).give(c.GrantByDefault(item=ITEM, attempt=1), SYSTEM)
        overdue.suspend()
        (row,) = deadlines(overdue.project, overdue.item(ITEM))
        order = c.RemindDeadline(item=ITEM, attempt=1, kind=row.kind, due=row.due or "")

        (event,) = overdue.on(march(23)).give(order, SYSTEM)

        assert isinstance(event.body, e.DeadlineReached)
        assert event.body.due == "2026-03-23"


class TestADayInAYearWithoutANotice:
    def row(self, kind: DeadlineKind, due: str) -> DeadlineRow:
        return DeadlineRow(
            project="p",
            unit=0,
            item=ITEM,
            attempt=1,
            kind=kind.value,
            stage=1,
            department="d",
            due=due,
        )

    @pytest.mark.parametrize(
        ("kind", "due", "provisional"),
        [
            (DeadlineKind.ISSUE, "2027-01-04", True),  # counted in working days
            (DeadlineKind.ISSUE, "2026-03-18", False),
            (DeadlineKind.ANSWER, "2027-01-04", False),  # told as a date
        ],
    )
    def test_says_so_where_it_was_counted(
        self, kind: DeadlineKind, due: str, *, provisional: bool
    ) -> None:
        seen = told_day(self.row(kind, due), CALENDAR, march(2))

        assert seen.provisional is provisional
