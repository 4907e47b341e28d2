"""The statutory letters: which events give rise to which, and what stands in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.support.law_office import CALENDAR, LawOffice, filed
from tests.support.memory_office import NOTE, STAGE_LEAD, SYSTEM, WINDOW, bodies
from tests.support.paper_work import tolerate
from workflows import commands as c
from workflows import events as e
from workflows.facts import Rules
from workflows.letters import Books, Letter, LetterKind, letters
from workflows.moments import local_date
from workflows.texts import LOCALES, text

if TYPE_CHECKING:
    from workflows.letters import Line

PERMIT = "S1-08"  # an administrative permit, on commitment or not
ITEMS = ("S1-04", "S1-06")  # what the office of TestEveryLetter works on
APPROVAL = "S1-04"  # ten working days, twenty by law; assessment may stop its clock


@pytest.fixture
def office() -> LawOffice:
    return filed(3, approval_catalogue=True)


def of(office: LawOffice, item: str, unit: int = 0) -> tuple[Letter, ...]:
    books = Books(catalogue=office.catalogue, calendar=CALENDAR)
    return letters(office.log, lambda _: books, unit, item)


def one(office: LawOffice, item: str, kind: LetterKind) -> Letter:
    (found,) = [letter for letter in of(office, item) if letter.kind is kind]
    return found


def said(line: Line, locale: str = "zh-CN") -> str:
    return text(line.code, locale, **line.params)


def page(letter: Letter, locale: str = "zh-CN") -> str:
    """Return everything that stands on the page, a line each."""
    cells = [line for pair in letter.fields for line in pair]
    body = (*letter.paragraphs, *letter.entries, *letter.closing)
    lines = (letter.title, *cells, *body, letter.basis)
    return "\n".join(said(line, locale) for line in lines)


class TestAcceptance:
    def test_tells_both_limits_with_their_last_days(self, office: LawOffice) -> None:
        office.accept(APPROVAL)

        letter = one(office, APPROVAL, LetterKind.ACCEPTANCE)

        assert letter.dated == date(2026, 3, 2)
        assert "10 个工作日，至 2026-03-16 止" in page(letter)
        assert "20 个工作日，至 2026-03-30 止" in page(letter)
        assert "10 working days, up to 2026-03-16" in page(letter, "en")

    def test_says_that_silence_accepted(self, office: LawOffice) -> None:
        office.do(APPROVAL)
        office.on(date(2026, 3, 11))
        office.fire(APPROVAL)

        letter = one(office, APPROVAL, LetterKind.ACCEPTANCE)

        assert letter.dated == date(2026, 3, 2)
        assert "自收到材料之日（2026-03-02）起即为受理" in page(letter)

    def test_says_that_it_was_on_commitment(self, office: LawOffice) -> None:
        office.grant("S1-10", APPROVAL)
        office.until(PERMIT, "receive")
        office.do(PERMIT, "committed")

        assert "告知承诺" in page(one(office, PERMIT, LetterKind.ACCEPTANCE))

    def test_lists_what_is_tolerated_as_missing(self, office: LawOffice) -> None:
        office.grant("S1-10", APPROVAL)
        tolerate(office, PERMIT, "M015", "M017", due=date(2026, 3, 16))
        office.accept(PERMIT)

        letter = one(office, PERMIT, LetterKind.ACCEPTANCE)

        assert [line.params["code"] for line in letter.entries] == ["M015", "M017"]
        assert "2026-03-16" in page(letter)

    def test_is_not_written_before_acceptance(self, office: LawOffice) -> None:
        office.do(APPROVAL)

        assert of(office, APPROVAL) == ()

    def test_names_the_permit_law_as_basis_of_permits_only(self, office: LawOffice) -> None:
        office.accept(APPROVAL)
        office.accept("S1-06")
        permit = office.catalogue.items[APPROVAL].type == "行政许可"

        assert ("依据" if permit else "参照") in said(
            one(office, APPROVAL, LetterKind.ACCEPTANCE).basis
        )
        assert office.catalogue.items["S1-06"].type != "行政许可"
        assert "参照" in said(one(office, "S1-06", LetterKind.ACCEPTANCE).basis)

    def test_marks_a_last_day_that_is_not_published(self, office: LawOffice) -> None:
        office.on(date(2026, 12, 28))
        office.give(c.WithdrawItem(item=APPROVAL, reason=NOTE))
        office.give(c.FileItem(item=APPROVAL))
        office.accept(APPROVAL)

        letter = of(office, APPROVAL)[-1]

        assert letter.attempt == 2
        assert "放假安排尚未公布" in page(letter)


class TestSupplement:
    def test_lists_everything_that_is_missing_once(self, office: LawOffice) -> None:
        office.ask(APPROVAL)
        office.answer(APPROVAL)

        letter = one(office, APPROVAL, LetterKind.SUPPLEMENT)

        assert [line.params["code"] for line in letter.entries] == ["M010", "M008"]
        assert "只告知一次" in page(letter)

    def test_refers_to_words_without_repeating_them(self, office: LawOffice) -> None:
        materials = office.catalogue.items[APPROVAL].materials[:1]
        ask = c.AskSupplement(item=APPROVAL, attempt=1, missing=materials, reason=NOTE)
        office.give(ask, WINDOW)

        assert NOTE.ref in page(one(office, APPROVAL, LetterKind.SUPPLEMENT))

    def test_rests_on_art_32_before_acceptance_only(self, office: LawOffice) -> None:
        office.ask(APPROVAL)
        office.accept("S1-06")
        office.ask("S1-06")

        before = one(office, APPROVAL, LetterKind.SUPPLEMENT)
        after = one(office, "S1-06", LetterKind.SUPPLEMENT)

        assert before.basis.params["articles"] == [{"code": "letter.article.XKF32"}]
        assert "不适用" in said(after.basis)


class TestNonAcceptance:
    def test_names_the_rights(self, office: LawOffice) -> None:
        office.do(APPROVAL)
        office.do(APPROVAL, "refused")

        letter = one(office, APPROVAL, LetterKind.NON_ACCEPTANCE)

        assert "行政复议" in page(letter)
        assert "行政诉讼" in page(letter)
        assert [each.kind for each in of(office, APPROVAL)] == [LetterKind.NON_ACCEPTANCE]

    def test_refers_to_the_reason(self, office: LawOffice) -> None:
        office.do(APPROVAL)
        office.do(APPROVAL, "refused")

        assert NOTE.ref in page(one(office, APPROVAL, LetterKind.NON_ACCEPTANCE))


class TestProcedure:
    def test_tells_the_time_it_needs(self, office: LawOffice) -> None:
        office.accept(APPROVAL)
        office.begin(APPROVAL, "entrusted_assessment", date(2026, 3, 20))

        letter = one(office, APPROVAL, LetterKind.PROCEDURE)

        assert "2026-03-20" in page(letter)
        assert "不计算在办理时限内" in page(letter)
        assert "《企业投资项目核准和备案管理条例》第十条" in said(letter.basis)

    @pytest.mark.parametrize(
        ("source", "named"),
        [
            ("XKF45", "第四十五条"),
            ("XF22", "第二十二条"),
            ("ST12", "第十二条"),
            ("JS", "《军事设施保护法》"),
            ("A", "本地办理规则"),
        ],
    )
    def test_rests_on_what_the_catalogue_names(
        self, office: LawOffice, source: str, named: str
    ) -> None:
        known = office.catalogue.procedures["entrusted_assessment"]
        other = {**office.catalogue.procedures, known.code: replace(known, source=source)}
        office.catalogue = replace(office.catalogue, procedures=other)
        office.accept(APPROVAL)
        office.begin(APPROVAL, known.code, date(2026, 3, 20))

        basis = one(office, APPROVAL, LetterKind.PROCEDURE).basis

        assert named in said(basis)
        assert "{" not in said(basis, "en")

    def test_of_one_that_counts_says_neither_stop_nor_art_45(self, office: LawOffice) -> None:
        known = office.catalogue.procedures["entrusted_assessment"]
        counted = {**office.catalogue.procedures, known.code: replace(known, counted=True)}
        office.catalogue = replace(office.catalogue, procedures=counted)
        office.accept(APPROVAL)
        office.begin(APPROVAL, known.code, date(2026, 3, 20))

        found = page(one(office, APPROVAL, LetterKind.PROCEDURE))

        assert "计算在办理时限内" in found
        assert "停表" not in found
        assert "第四十五条" not in found

    def test_names_nobody_who_approved(self, office: LawOffice) -> None:
        office.accept(APPROVAL)
        command = office.beginning(APPROVAL, "entrusted_assessment", date(2026, 3, 20), "head-2")
        office.give(command, office.examiner(APPROVAL))

        assert "head-2" not in page(one(office, APPROVAL, LetterKind.PROCEDURE))

    def test_that_was_dated_wrong_says_so(self, office: LawOffice) -> None:
        office.accept(APPROVAL)
        office.begin(APPROVAL, "entrusted_assessment", date(2026, 3, 20))
        entry = office.entry(e.ItemPaused)
        moment = office.log[entry - 1].happened_at.replace(minute=1)
        office.give(c.CorrectTime(event=entry, happened_at=moment, reason=NOTE), STAGE_LEAD)

        letter = one(office, APPROVAL, LetterKind.PROCEDURE)

        assert letter.superseded_by == office.entry(e.PauseCorrected)


class TestNotNeeded:
    """行政许可法 art. 32 (1): what needs no permit is not taken in, which is no refusal (2)."""

    def test_is_another_letter_than_a_refusal(self, office: LawOffice) -> None:
        office.do(APPROVAL)
        office.do(APPROVAL, "not_needed")

        (letter,) = of(office, APPROVAL)

        assert letter.kind is LetterKind.NOT_NEEDED
        assert "不受理通知书" in page(letter)
        assert "不予受理" not in page(letter)
        assert NOTE.ref in page(letter)
        assert "第三十二条" in page(letter)


class TestSuspension:
    def test_refers_to_the_reason_of_the_project(self, office: LawOffice) -> None:
        office.accept(APPROVAL)
        office.on(date(2026, 3, 4)).suspend()

        letter = one(office, APPROVAL, LetterKind.SUSPENSION)

        assert letter.dated == date(2026, 3, 4)
        assert NOTE.ref in page(letter)
        assert "不计入办理时限" in page(letter)

    def test_claims_no_article(self, office: LawOffice) -> None:
        office.accept(APPROVAL)
        office.suspend()

        assert "行政许可法" not in page(one(office, APPROVAL, LetterKind.SUSPENSION))

    def test_is_followed_by_the_resumption_with_the_new_last_days(self, office: LawOffice) -> None:
        office.accept(APPROVAL)
        office.on(date(2026, 3, 4)).suspend()
        office.on(date(2026, 3, 6)).resume()

        letter = one(office, APPROVAL, LetterKind.RESUMPTION)

        assert letter.dated == date(2026, 3, 6)
        assert "10 个工作日，至 2026-03-18 止" in page(letter)
        assert "20 个工作日，至 2026-04-01 止" in page(letter)

    def test_goes_to_every_item_that_runs(self, office: LawOffice) -> None:
        office.suspend()

        assert one(office, "S1-06", LetterKind.SUSPENSION).item == "S1-06"


class TestExtension:
    def test_tells_days_article_reason_and_the_new_last_days(self, office: LawOffice) -> None:
        office.accept(APPROVAL)
        order = c.ExtendLimit(item=APPROVAL, attempt=1, days=5, approved_by="head-1", reason=NOTE)
        office.give(order, office.head(APPROVAL))

        letter = one(office, APPROVAL, LetterKind.EXTENSION)

        assert "5 个工作日" in page(letter)
        assert "15 个工作日，至 2026-03-23 止" in page(letter)
        assert "25 个工作日，至 2026-04-07 止" in page(letter)
        assert "《企业投资项目核准和备案管理条例》第十条" in said(letter.basis)
        assert NOTE.ref in page(letter)
        assert "head-1" not in page(letter)


class TestLapse:
    @pytest.fixture
    def lapsed(self, office: LawOffice) -> LawOffice:
        office.ask(APPROVAL, answer_by="2026-03-10")
        office.on(date(2026, 3, 11))
        office.give(c.LapseItem(item=APPROVAL, attempt=1, reason=NOTE), WINDOW)
        return office

    def test_tells_the_day_that_was_missed_and_the_rights(self, lapsed: LawOffice) -> None:
        letter = one(lapsed, APPROVAL, LetterKind.LAPSE)

        assert letter.dated == date(2026, 3, 11)
        assert "2026-03-10" in page(letter)
        assert "重新申报" in page(letter)
        assert "行政复议" in page(letter)
        assert NOTE.ref in page(letter)

    def test_is_no_decision(self, lapsed: LawOffice) -> None:
        found = [letter.kind for letter in of(lapsed, APPROVAL)]

        assert found == [LetterKind.SUPPLEMENT, LetterKind.LAPSE]


class TestDecision:
    def test_quotes_each_document_by_number_and_digest(self, office: LawOffice) -> None:
        office.grant(APPROVAL)
        ended = bodies(office.log, e.ItemEnded)[-1]

        letter = one(office, APPROVAL, LetterKind.DECISION)

        assert len(letter.entries) == len(ended.issued) > 0
        for line, issued in zip(letter.entries, ended.issued, strict=True):
            assert issued.number in said(line)
            assert issued.sha256 in said(line)

    def test_is_dated_on_the_day_of_the_decision(self, office: LawOffice) -> None:
        office.until(APPROVAL, "deliver")
        office.on(date(2026, 3, 5))
        office.do(APPROVAL)

        letter = one(office, APPROVAL, LetterKind.DECISION)

        assert letter.dated == date(2026, 3, 2)
        assert "2026-03-05" in page(letter)

    def test_of_a_refusal_names_the_rights_and_issues_nothing(self, office: LawOffice) -> None:
        office.until(APPROVAL, "decide")
        office.do(APPROVAL, "refused")

        letter = one(office, APPROVAL, LetterKind.DECISION)

        assert "不予准许" in page(letter)
        assert NOTE.ref in page(letter)
        assert "行政复议" in page(letter)
        assert letter.entries == ()

    def test_says_what_is_still_owed(self, office: LawOffice) -> None:
        office.grant("S1-10", APPROVAL)
        tolerate(office, PERMIT, "M015", due=date(2026, 3, 16))
        office.grant(PERMIT)

        assert "容缺通过" in page(one(office, PERMIT, LetterKind.DECISION))

    def test_says_that_the_limit_ran_out(self) -> None:
        office = filed(3, rules=Rules(overdue_default=True), approval_catalogue=True)
        office.accept(APPROVAL)
        office.on(date(2026, 4, 20))
        office.give(c.GrantByDefault(item=APPROVAL, attempt=1), SYSTEM)

        assert "超时默认" in page(one(office, APPROVAL, LetterKind.DECISION))

    def test_that_was_revoked_says_so(self, office: LawOffice) -> None:
        office.grant(APPROVAL)
        office.give(c.RevokeItem(item=APPROVAL, reason=NOTE), office.head(APPROVAL))

        assert one(office, APPROVAL, LetterKind.DECISION).superseded_by == office.log[-1].number
        assert one(office, APPROVAL, LetterKind.ACCEPTANCE).superseded_by is None


class TestACorrection:
    def test_marks_the_letter_whose_date_was_wrong(self, office: LawOffice) -> None:
        office.on(date(2026, 3, 4))
        office.accept(APPROVAL)
        number = office.entry(e.StepCompleted, step="accept")
        moment = office.log[number - 1].happened_at.replace(minute=1)
        office.give(c.CorrectTime(event=number, happened_at=moment, reason=NOTE), STAGE_LEAD)

        letter = one(office, APPROVAL, LetterKind.ACCEPTANCE)

        assert letter.superseded_by == office.entry(e.TimeCorrected)

    def test_marks_the_letter_of_a_step_taken_back_and_writes_the_next(
        self, office: LawOffice
    ) -> None:
        office.accept(APPROVAL)
        number = office.entry(e.StepCompleted, step="accept")
        office.give(c.RevertStep(event=number, reason=NOTE), STAGE_LEAD)
        office.accept(APPROVAL)

        first, second = of(office, APPROVAL)

        assert (first.superseded_by, second.superseded_by) == (number + 1, None)

    @pytest.mark.parametrize("kind", [LetterKind.EXTENSION, LetterKind.RESUMPTION])
    def test_of_the_acceptance_marks_what_told_last_days_since(
        self, office: LawOffice, kind: LetterKind
    ) -> None:
        office.accept(APPROVAL)
        number = office.entry(e.StepCompleted, step="accept")
        office.on(date(2026, 3, 4)).suspend()
        office.on(date(2026, 3, 5)).resume()
        order = c.ExtendLimit(item=APPROVAL, attempt=1, days=5, approved_by="head-1", reason=NOTE)
        office.give(order, office.head(APPROVAL))
        moment = office.log[number - 1].happened_at.replace(minute=1)
        office.give(c.CorrectTime(event=number, happened_at=moment, reason=NOTE), STAGE_LEAD)

        assert one(office, APPROVAL, kind).superseded_by == office.entry(e.TimeCorrected)

    def test_of_a_pause_marks_what_told_last_days_since(self, office: LawOffice) -> None:
        office.accept(APPROVAL)
        office.begin(APPROVAL, "entrusted_assessment", date(2026, 3, 20))
        entry = office.entry(e.ItemPaused)
        order = c.ExtendLimit(item=APPROVAL, attempt=1, days=5, approved_by="head-1", reason=NOTE)
        office.over(APPROVAL, "entrusted_assessment")
        office.give(order, office.head(APPROVAL))
        moment = office.log[entry - 1].happened_at.replace(minute=1)
        office.give(c.CorrectTime(event=entry, happened_at=moment, reason=NOTE), STAGE_LEAD)

        letter = one(office, APPROVAL, LetterKind.EXTENSION)

        assert letter.superseded_by == office.entry(e.PauseCorrected)

    @pytest.mark.parametrize(
        ("outcome", "kind"),
        [("refused", LetterKind.NON_ACCEPTANCE), ("not_needed", LetterKind.NOT_NEEDED)],
    )
    def test_marks_a_refusal_to_accept_whose_date_was_wrong(
        self, office: LawOffice, outcome: str, kind: LetterKind
    ) -> None:
        office.do(APPROVAL)
        office.do(APPROVAL, outcome)
        number = office.entry(e.ItemEnded)
        moment = office.log[number - 1].happened_at.replace(minute=1)
        office.on(date(2026, 3, 4))
        office.give(c.CorrectTime(event=number, happened_at=moment, reason=NOTE), STAGE_LEAD)

        assert one(office, APPROVAL, kind).superseded_by == office.entry(e.TimeCorrected)


class TestEveryLetter:
    @pytest.fixture
    def told(self, office: LawOffice) -> LawOffice:
        """Return an office whose log gives rise to a letter of each kind."""
        office.ask(APPROVAL)
        office.answer(APPROVAL)
        office.accept(APPROVAL)
        office.suspend()
        office.resume()
        order = c.ExtendLimit(item=APPROVAL, attempt=1, days=5, approved_by="head-1", reason=NOTE)
        office.give(order, office.head(APPROVAL))
        office.begin(APPROVAL, "entrusted_assessment", date(2026, 3, 20))
        office.over(APPROVAL, "entrusted_assessment")
        office.grant(APPROVAL)
        office.do("S1-06")
        office.do("S1-06", "refused")
        office.give(c.FileItem(item="S1-06"))
        office.ask("S1-06", answer_by="2026-03-04")
        office.on(date(2026, 3, 5))
        office.give(c.LapseItem(item="S1-06", attempt=2, reason=NOTE), WINDOW)
        office.give(c.FileItem(item="S1-06"))
        office.do("S1-06")
        office.do("S1-06", "not_needed")
        return office

    def test_is_of_one_of_ten_kinds(self, told: LawOffice) -> None:
        found = {each.kind for item in ITEMS for each in of(told, item)}

        assert found == set(LetterKind)

    def test_is_dated(self, told: LawOffice) -> None:
        """行政许可法 art. 32: 加盖专用印章和注明日期的书面凭证; the page prints it by the seal."""
        by_number = {event.number: event for event in told.log}
        found = [each for item in ITEMS for each in of(told, item)]

        assert all(each.dated <= local_date(by_number[each.event].recorded_at) for each in found)

    @pytest.mark.parametrize("locale", LOCALES)
    def test_speaks_both_languages(self, told: LawOffice, locale: str) -> None:
        for item in ITEMS:
            for letter in of(told, item):
                words = page(letter, locale)
                assert "{" not in words
                assert words

    def test_names_no_person(self, told: LawOffice) -> None:
        people = {event.actor for event in told.log}
        pages = "".join(
            page(letter, locale)
            for item in ITEMS
            for letter in of(told, item)
            for locale in LOCALES
        )

        assert {who for who in people if who in pages} == set()

    def test_comes_from_the_log_alone(self, told: LawOffice) -> None:
        """A longer log writes the same letters again, and nothing of a later one changes them."""
        before = of(told, APPROVAL)
        told.do("S1-10")

        assert of(told, APPROVAL) == before

    def test_has_a_number_of_its_own(self, told: LawOffice) -> None:
        found = [each for item in ITEMS for each in of(told, item)]

        assert len({each.number for each in found}) == len(found)

    def test_is_of_the_unit_that_was_asked_for(self, told: LawOffice) -> None:
        assert of(told, APPROVAL, unit=3) == ()
