"""Wrong entries taken back: an extension that nobody approved, a lapse of what was answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.support.law_office import CALENDAR, LawOffice, filed, march, morning
from tests.support.memory_office import HOUR, NOTE, OWNER, STAGE_LEAD, SYSTEM, WINDOW, bodies
from workflows import backdating
from workflows import commands as c
from workflows import events as e
from workflows.changes import difference
from workflows.derivation import rows
from workflows.facts import Rules
from workflows.letters import Books, LetterKind, letters
from workflows.project import PairStatus
from workflows.status import Status

ITEM = "S1-04"  # 核准: ten working days; may be extended by forty
LAPSE = c.LapseItem(item=ITEM, attempt=1, reason=NOTE)


def extension(days: int = 10) -> c.ExtendLimit:
    return c.ExtendLimit(item=ITEM, attempt=1, days=days, approved_by="head-1", reason=NOTE)


def back(office: LawOffice, kind: type[e.Body], **members: object) -> c.RevertStep:
    """Return the command that takes the last entry of a kind back."""
    return c.RevertStep(event=office.entry(kind, **members), reason=NOTE)


def superseded(office: LawOffice, kind: LetterKind) -> bool:
    """Tell whether the last letter of a kind is marked as taken back."""
    books = Books(catalogue=office.catalogue, calendar=CALENDAR)
    found = [each for each in letters(office.log, lambda _: books, 0, ITEM) if each.kind is kind]
    return found[-1].superseded_by is not None


class TestAnExtension:
    def test_is_gone_when_it_is_taken_back(self, accepted: LawOffice) -> None:
        accepted.give(extension(), accepted.head(ITEM))

        (event,) = accepted.give(back(accepted, e.LimitExtended), STAGE_LEAD)

        seen = accepted.clock(ITEM).committed
        assert isinstance(event.body, e.ExtensionReverted)
        assert event.body.days == 10
        assert seen is not None
        assert (seen.limit, seen.extension) == (10, 0)
        assert accepted.attempt(ITEM).extended is None

    def test_may_be_given_anew_with_the_right_days(self, accepted: LawOffice) -> None:
        accepted.give(extension(40), accepted.head(ITEM))
        accepted.give(back(accepted, e.LimitExtended), STAGE_LEAD)
        accepted.on(date(2026, 4, 1))  # the limit is over; it was approved while it lasted
        again = replace(extension(4), happened_at=morning(march(10)))

        accepted.give(again, accepted.head(ITEM))

        seen = accepted.clock(ITEM).committed
        assert seen is not None
        assert seen.limit == 14
        entry = backdating.late_entries(accepted.log)[-1]
        assert (entry.what, entry.late) == ("extension", 22)

    def test_is_taken_back_once(self, accepted: LawOffice) -> None:
        accepted.give(extension(), accepted.head(ITEM))
        order = back(accepted, e.LimitExtended)
        accepted.give(order, STAGE_LEAD)

        assert accepted.refusal(order, STAGE_LEAD) == "correction.impossible"

    def test_of_an_attempt_that_was_filed_again_stays(self, accepted: LawOffice) -> None:
        accepted.give(extension(), accepted.head(ITEM))
        accepted.give(c.WithdrawItem(item=ITEM, reason=NOTE))
        accepted.give(c.FileItem(item=ITEM))

        order = back(accepted, e.LimitExtended)

        assert accepted.refusal(order, STAGE_LEAD) == "correction.impossible"

    def test_is_taken_back_by_leaders(self, accepted: LawOffice) -> None:
        accepted.give(extension(), accepted.head(ITEM))
        order = back(accepted, e.LimitExtended)

        assert accepted.refusal(order, accepted.examiner(ITEM)) == "access.not_allowed"

    def test_makes_an_overdue_item_overdue_again(self, accepted: LawOffice) -> None:
        accepted.give(extension(), accepted.head(ITEM))
        accepted.on(march(20)).give(back(accepted, e.LimitExtended), STAGE_LEAD)

        seen = accepted.clock(ITEM).committed

        assert seen is not None
        assert seen.overdue

    def test_goes_with_the_acceptance_that_is_taken_back(self, accepted: LawOffice) -> None:
        accepted.give(extension(), accepted.head(ITEM))

        found = accepted.give(back(accepted, e.StepCompleted, item=ITEM), STAGE_LEAD)

        assert accepted.attempt(ITEM).accepted_at is None
        assert accepted.attempt(ITEM).extension == 0
        assert [body.days for body in bodies(found, e.ExtensionReverted)] == [10]

    def test_marks_its_letter(self, accepted: LawOffice) -> None:
        accepted.give(extension(), accepted.head(ITEM))
        before = superseded(accepted, LetterKind.EXTENSION)
        accepted.give(back(accepted, e.LimitExtended), STAGE_LEAD)

        assert (before, superseded(accepted, LetterKind.EXTENSION)) == (False, True)

    @pytest.mark.parametrize(
        ("at", "code"),
        [
            (morning(march(17)), "item.extension"),  # the limit ended the day before
            (morning(date(2026, 2, 1)), "item.extension"),  # before the acceptance
            (morning(date(2026, 5, 1)), "time.future"),
        ],
    )
    def test_entered_later_is_judged_by_its_day(
        self, accepted: LawOffice, at: object, code: str
    ) -> None:
        accepted.on(date(2026, 4, 1))
        order = replace(extension(4), happened_at=at)  # type: ignore[arg-type]

        assert accepted.refusal(order, accepted.head(ITEM)) == code


class TestALapse:
    @pytest.fixture
    def lapsed(self, office: LawOffice) -> LawOffice:
        office.ask(ITEM, answer_by="2026-03-10")
        office.on(march(11)).give(LAPSE, WINDOW)
        return office

    def test_taken_back_leaves_the_supplement_open(self, lapsed: LawOffice) -> None:
        lapsed.on(march(13)).give(back(lapsed, e.ItemLapsed), STAGE_LEAD)

        attempt = lapsed.attempt(ITEM)
        assert (attempt.result, attempt.ended_at) == (None, None)
        assert attempt.status == Status.SUPPLEMENT
        assert [pause.kind for pause in attempt.open_pauses] == [e.PauseKind.SUPPLEMENT]
        assert "wanted" not in lapsed.state(ITEM)

    def test_lets_the_answer_be_entered_that_came_in_time(self, lapsed: LawOffice) -> None:
        lapsed.on(march(13)).give(back(lapsed, e.ItemLapsed), STAGE_LEAD)
        answer = c.AnswerSupplement(
            item=ITEM, attempt=1, reason=NOTE, happened_at=morning(march(9))
        )

        lapsed.give(answer, WINDOW)

        assert lapsed.due_at(ITEM) is not None  # five days from the 9th
        lapsed.accept(ITEM)
        lapsed.grant(ITEM)
        assert lapsed.item(ITEM).granted

    def test_takes_no_answer_before_the_supplement(self, lapsed: LawOffice) -> None:
        lapsed.on(march(13)).give(back(lapsed, e.ItemLapsed), STAGE_LEAD)
        at = lapsed.attempt(ITEM).open_pauses[0].since
        early = c.AnswerSupplement(item=ITEM, attempt=1, reason=NOTE, happened_at=at - HOUR)

        assert lapsed.refusal(early, WINDOW) == "time.before_last"

    def test_may_be_entered_again(self, lapsed: LawOffice) -> None:
        order = back(lapsed, e.ItemLapsed)
        lapsed.on(march(13)).give(order, STAGE_LEAD)
        lapsed.give(LAPSE, WINDOW)

        assert lapsed.attempt(ITEM).result == "lapsed"
        assert lapsed.refusal(order, STAGE_LEAD) == "correction.impossible"

    def test_stays_when_the_item_was_filed_again(self, lapsed: LawOffice) -> None:
        lapsed.give(c.FileItem(item=ITEM))

        assert lapsed.refusal(back(lapsed, e.ItemLapsed), STAGE_LEAD) == "correction.impossible"

    def test_stays_when_the_item_applies_no_more(self, lapsed: LawOffice) -> None:
        lapsed.give(c.ChangeFacts(facts={"approval_catalogue": False}, reason=NOTE))

        assert lapsed.refusal(back(lapsed, e.ItemLapsed), STAGE_LEAD) == "correction.impossible"

    def test_is_taken_back_by_leaders(self, lapsed: LawOffice) -> None:
        assert lapsed.refusal(back(lapsed, e.ItemLapsed), WINDOW) == "access.not_allowed"

    def test_marks_its_letter_and_shows_in_the_report(self, lapsed: LawOffice) -> None:
        lapsed.give(back(lapsed, e.ItemLapsed), STAGE_LEAD)

        assert superseded(lapsed, LetterKind.LAPSE)
        assert backdating.late_entries(lapsed.log)[-1].what == "lapsed"

    def test_counts_the_days_as_the_owners(self, accepted: LawOffice) -> None:
        accepted.ask(ITEM, answer_by="2026-03-10")
        accepted.on(march(11)).give(LAPSE, WINDOW)
        accepted.on(march(13)).give(back(accepted, e.ItemLapsed), STAGE_LEAD)

        seen = accepted.clock(ITEM, on=march(13))

        assert (seen.used, seen.owner_days) == (0, 9)

    def test_lets_later_entries_be_corrected_by_what_stands(self, lapsed: LawOffice) -> None:
        """The end that the lapse brought is no transition of the attempt any more."""
        lapsed.on(march(13)).give(back(lapsed, e.ItemLapsed), STAGE_LEAD)
        lapsed.answer(ITEM)
        entry = lapsed.entry(e.ItemResumed, kind=e.PauseKind.SUPPLEMENT)
        order = c.CorrectTime(event=entry, happened_at=morning(march(9)), reason=NOTE)

        lapsed.give(order, STAGE_LEAD)

        assert lapsed.attempt(ITEM).pauses[0].until == morning(march(9))
        assert lapsed.attempt(ITEM).last_at == morning(march(9))

    def test_leaves_no_end_behind_that_a_correction_could_find(self, lapsed: LawOffice) -> None:
        lapsed.on(march(13)).give(back(lapsed, e.ItemLapsed), STAGE_LEAD)
        came = morning(march(9))
        answer = c.AnswerSupplement(item=ITEM, attempt=1, reason=NOTE, happened_at=came)
        lapsed.give(answer, WINDOW)
        entry = lapsed.entry(e.ItemPaused, kind=e.PauseKind.SUPPLEMENT)
        at = lapsed.log[entry - 1].happened_at + HOUR

        lapsed.give(c.CorrectTime(event=entry, happened_at=at, reason=NOTE), STAGE_LEAD)

        assert lapsed.attempt(ITEM).last_at == came

    def test_in_a_pair_leaves_the_slot_to_others_and_the_pair_lives(self) -> None:
        office = filed(3, area_assessed=False)
        office.give(c.ProposePair(first="S1-14", second="S1-15"))
        office.give(c.StartPair(pair="P1"))
        for code in ("S1-14", "S1-15"):
            office.ask(code, answer_by="2026-03-10")
        office.on(march(11))
        for code in ("S1-14", "S1-15"):
            office.give(replace(LAPSE, item=code), WINDOW)
        ended = office.project.pairs["P1"].status

        office.give(back(office, e.ItemLapsed, item="S1-14"), STAGE_LEAD)

        standing = [ended, office.project.pairs["P1"].status]
        assert not office.attempt("S1-14").slot
        office.answer("S1-14")
        office.grant("S1-14")
        standing.append(office.project.pairs["P1"].status)
        assert standing == [PairStatus.ENDED, PairStatus.STARTED, PairStatus.ENDED]


def test_rows_are_those_of_an_attempt_that_never_lapsed(office: LawOffice) -> None:
    office.ask(ITEM, answer_by="2026-03-10")
    before = rows(office.project)
    office.on(march(11)).give(LAPSE, WINDOW)
    office.give(back(office, e.ItemLapsed), STAGE_LEAD)

    found = difference(before, rows(office.project))

    assert {row.table for row in (*found.inserts, *found.updates, *found.deletes)} <= {"task"}


def test_what_is_no_such_entry_stays(accepted: LawOffice) -> None:
    accepted.ask(ITEM, answer_by="2026-03-10")

    assert accepted.refusal(back(accepted, e.ItemPaused), STAGE_LEAD) == "correction.impossible"


def test_a_default_grant_is_no_such_entry() -> None:
    office = filed(3, rules=Rules(overdue_default=True), approval_catalogue=True)
    office.accept(ITEM)
    office.on(march(17)).give(c.GrantByDefault(item=ITEM, attempt=1), SYSTEM)

    assert office.refusal(back(office, e.GrantedByDefault), STAGE_LEAD) == "correction.impossible"
    assert office.refusal(c.WithdrawItem(item=ITEM, reason=NOTE), OWNER) == "item.not_open"
