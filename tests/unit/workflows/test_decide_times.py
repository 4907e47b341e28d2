"""Moments that do not go together: after a decision, during a suspension, beyond a bound."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.support.law_office import DAY, LawOffice, filed, march, morning
from tests.support.memory_office import NOTE, STAGE_LEAD, WINDOW
from workflows import commands as c
from workflows import events as e
from workflows.calendar import OutsideCalendarError
from workflows.moments import end_of, local_date

ITEM = "S1-04"  # 核准: ten working days; entrusted assessment may stop its clock
ASSESSMENT = "entrusted_assessment"
SURVEYED, SURVEY = "S1-19", "military_survey"  # sixty calendar days by law


def correction(event: int, day: date) -> c.CorrectTime:
    return c.CorrectTime(event=event, happened_at=morning(day), reason=NOTE)


@pytest.fixture
def decided(office: LawOffice) -> LawOffice:
    office.until(ITEM, "deliver")
    return office


class TestADecidedAttempt:
    """行政许可法 art. 32, 45: before the decision clocks stop; afterwards none runs."""

    def test_takes_no_supplement(self, decided: LawOffice) -> None:
        missing = decided.catalogue.items[ITEM].materials[:1]
        order = c.AskSupplement(item=ITEM, attempt=1, missing=missing, answer_by="2026-03-03")

        assert decided.refusal(order, WINDOW) == "item.decided"

    def test_takes_no_procedure(self, decided: LawOffice) -> None:
        order = decided.beginning(ITEM, ASSESSMENT, march(20))

        assert decided.refusal(order, decided.examiner(ITEM)) == "item.decided"

    def test_takes_no_joint_visit(self) -> None:
        office = filed(1, forest_land=True, area_assessed=False)
        office.give(c.FileItem(item="S1-18"))
        office.until("S1-02", "deliver")
        office.accept("S1-18")
        order = c.StartJointVisit(
            items=("S1-02", "S1-18"),
            procedure="site_inspection",
            expected_end="2026-03-20",
            approved_by="head-1",
        )

        assert office.refusal(order, STAGE_LEAD) == "item.decided"

    def test_does_not_lapse(self, office: LawOffice) -> None:
        """An old log may hold a supplement that was asked after the decision."""
        office.ask(ITEM, answer_by="2026-03-10")
        state = office.item(ITEM)
        late = replace(state.attempts[0], decided_at=office.attempt(ITEM).filed_at)
        items = {**office.project.items, f"0/{ITEM}": replace(state, attempts=(late,))}
        office.standing, office.replays = replace(office.project, items=items), False
        order = c.LapseItem(item=ITEM, attempt=1, reason=NOTE)

        assert office.on(march(11)).refusal(order, WINDOW) == "item.decided"

    def test_is_not_said_to_be_decided_before_its_procedure(self, office: LawOffice) -> None:
        office.accept(ITEM)
        office.on(march(4)).begin(ITEM, ASSESSMENT, march(20))
        office.on(march(5)).over(ITEM, ASSESSMENT)
        office.on(march(9)).until(ITEM, "deliver")
        order = correction(office.entry(e.StepCompleted, step="decide"), march(3))

        assert office.on(march(12)).refusal(order, STAGE_LEAD) == "correction.impossible"


class TestAnEndBeforeASuspension:
    """Entered after it: the suspension came when the attempt had ended already."""

    @pytest.fixture
    def delivered(self, decided: LawOffice) -> LawOffice:
        decided.on(march(5)).suspend()
        decided.on(march(10)).resume()
        decided.on(march(12)).do(ITEM, at=morning(march(4)))
        return decided

    @pytest.mark.parametrize("kind", [e.StepCompleted, e.ItemEnded])
    def test_leaves_its_moments_to_be_corrected(
        self, delivered: LawOffice, kind: type[e.Body]
    ) -> None:
        named = {"step": "decide"} if kind is e.StepCompleted else {}

        delivered.give(correction(delivered.entry(kind, item=ITEM, **named), march(3)), STAGE_LEAD)

        attempt = delivered.attempt(ITEM)
        moment = attempt.decided_at if kind is e.StepCompleted else attempt.ended_at
        assert moment == morning(march(3))
        assert delivered.replayed() == delivered.project

    def test_is_not_moved_into_it(self, delivered: LawOffice) -> None:
        order = correction(delivered.entry(e.ItemEnded, item=ITEM), march(8))

        assert delivered.refusal(order, STAGE_LEAD) == "correction.impossible"


class TestABoundedProcedure:
    """军事设施保护法: sixty days in all, also when the first run turns out longer."""

    @pytest.fixture
    def twice(self) -> LawOffice:
        office = filed(3, military_zone=True)
        office.give(c.FileItem(item=SURVEYED))
        office.accept(SURVEYED)
        office.begin(SURVEYED, SURVEY, march(20))
        office.on(march(12)).over(SURVEYED, SURVEY)
        office.on(date(2026, 4, 20)).begin(SURVEYED, SURVEY, date(2026, 4, 30))
        return office.on(date(2026, 4, 22))

    @pytest.mark.parametrize("days", [-5, 0, 5, 38])
    def test_has_the_rest_that_the_corrected_run_leaves(self, twice: LawOffice, days: int) -> None:
        first = march(12) + days * DAY

        twice.give(correction(twice.entry(e.ItemResumed), first), STAGE_LEAD)

        rest = 60 - (first - march(2)).days
        second = twice.attempt(SURVEYED).pauses[1]
        assert second.bound == str(date(2026, 4, 20) + rest * DAY)
        assert second.since == morning(date(2026, 4, 20))
        assert twice.replayed() == twice.project

    def test_counts_no_day_beyond_its_sixty(self, twice: LawOffice) -> None:
        twice.give(correction(twice.entry(e.ItemResumed), date(2026, 4, 19)), STAGE_LEAD)

        twice.on(date(2026, 9, 1))

        stood = [
            (local_date(pause.stood_until) - local_date(pause.since)).days
            for pause in twice.attempt(SURVEYED).pauses
            if pause.stood_until is not None
        ]
        assert stood == [48, 12]

    def test_has_the_rest_when_the_first_run_began_later(self, twice: LawOffice) -> None:
        begun = next(v.number for v in twice.log if isinstance(v.body, e.ItemPaused))

        twice.give(correction(begun, march(7)), STAGE_LEAD)

        assert twice.attempt(SURVEYED).pauses[1].bound == str(date(2026, 4, 20) + 55 * DAY)

    def test_tells_the_new_bound_under_the_entry_that_it_belongs_to(self, twice: LawOffice) -> None:
        entry = twice.entry(e.ItemPaused)
        events = twice.give(correction(twice.entry(e.ItemResumed), march(17)), STAGE_LEAD)

        (told,) = (
            v.body for v in events if isinstance(v.body, e.PauseCorrected) and v.body.pause == 2
        )
        assert (told.event, told.was, told.now) == (entry, told.now, morning(date(2026, 4, 20)))


class TestTheLastDayToAnswer:
    """While the project is suspended the owner may not answer: those days are not his."""

    LAPSE = c.LapseItem(item=ITEM, attempt=1, reason=NOTE)

    def asked(self, office: LawOffice, begin: int, end: int) -> LawOffice:
        """Return an office that asked on the 2nd up to the 10th, and was suspended since."""
        office.ask(ITEM, answer_by="2026-03-10")
        office.on(march(begin)).suspend()
        office.now = max(office.now, morning(march(end)) - DAY / 24)
        office.resume()
        return office

    @pytest.mark.parametrize(
        ("begin", "end", "last"), [(4, 23, 29), (9, 12, 13), (10, 12, 13), (10, 10, 11), (9, 9, 10)]
    )
    def test_moves_by_the_days_of_a_suspension(
        self, office: LawOffice, begin: int, end: int, last: int
    ) -> None:
        self.asked(office, begin, end)

        early = office.on(march(last)).refused(self.LAPSE, WINDOW)
        office.on(march(last) + DAY).give(self.LAPSE, WINDOW)

        assert (early.code, early.params["last"]) == ("item.answer_not_due", str(march(last)))
        assert office.attempt(ITEM).result == "lapsed"

    def test_does_not_move_by_a_suspension_after_it(self, office: LawOffice) -> None:
        self.asked(office, 11, 20)

        office.give(self.LAPSE, WINDOW)

        assert office.attempt(ITEM).result == "lapsed"

    def test_moves_by_each_suspension(self, office: LawOffice) -> None:
        self.asked(office, 4, 6)
        office.on(march(11)).suspend()
        office.on(march(16)).resume()

        assert office.on(march(17)).refused(self.LAPSE, WINDOW).params["last"] == "2026-03-17"


class TestSilenceThatIsOver:
    """行政许可法 art. 32: the fifth day decides, whether or not the worker was there."""

    @pytest.fixture(params=[True, False], ids=["worker", "no worker"])
    def silent(self, office: LawOffice, request: pytest.FixtureRequest) -> LawOffice:
        """Return an office on the 20th; the five days were over at the end of the 9th."""
        office.do(ITEM)
        if request.param:
            office.now = end_of(march(9))
            office.fire(ITEM)
        return office.on(march(20))

    @pytest.mark.parametrize("outcome", ["accepted", "refused"])
    def test_takes_no_acceptance_of_an_earlier_day(self, silent: LawOffice, outcome: str) -> None:
        late = c.CompleteStep(
            item=ITEM,
            attempt=1,
            step="accept",
            outcome=outcome,
            happened_at=morning(march(6)),
            reason=NOTE,
        )

        assert silent.refusal(late, WINDOW) == "task.not_open"

    def test_takes_no_supplement_of_an_earlier_day(self, silent: LawOffice) -> None:
        late = c.AskSupplement(
            item=ITEM,
            attempt=1,
            missing=silent.catalogue.items[ITEM].materials[:1],
            answer_by="2026-04-20",
            happened_at=morning(march(6)),
            reason=NOTE,
        )

        assert silent.refusal(late, WINDOW) == "time.before_last"

    def test_lets_an_acceptance_of_an_earlier_day_be_said_by_a_correction(
        self, silent: LawOffice
    ) -> None:
        if not any(isinstance(event.body, e.TimerFired) for event in silent.log):
            silent.fire(ITEM)

        silent.give(correction(silent.entry(e.TimerFired), march(6)), STAGE_LEAD)

        assert silent.attempt(ITEM).accepted_at == morning(march(6))

    def test_has_accepted_for_a_procedure(self, silent: LawOffice) -> None:
        silent.begin(ITEM, ASSESSMENT, march(27))

        assert silent.attempt(ITEM).deemed
        assert silent.attempt(ITEM).open_pauses

    def test_has_accepted_for_an_extension(self) -> None:
        office = filed(3, approval_catalogue=True)
        office.do(ITEM)
        order = c.ExtendLimit(item=ITEM, attempt=1, days=3, approved_by="head-1", reason=NOTE)

        office.on(march(11)).give(order, office.head(ITEM))

        assert office.clock(ITEM).committed is not None

    def test_has_accepted_for_a_joint_visit(self) -> None:
        office = filed(1, forest_land=True, area_assessed=False)
        office.give(c.FileItem(item="S1-18"))
        order = c.StartJointVisit(
            items=("S1-02", "S1-18"),
            procedure="site_inspection",
            expected_end="2026-03-30",
            approved_by="head-1",
        )

        office.on(march(20)).give(order, STAGE_LEAD)

        assert office.attempt("S1-02").deemed
        assert office.attempt("S1-18").deemed


class TestAnEndBeyondTheCalendar:
    @pytest.mark.parametrize("counted", [True, False])
    def test_is_told_of_no_procedure(self, office: LawOffice, *, counted: bool) -> None:
        known = office.catalogue.procedures
        changed = {**known, ASSESSMENT: replace(known[ASSESSMENT], counted=counted)}
        office.catalogue = replace(office.catalogue, procedures=changed)
        office.accept(ITEM)
        order = office.beginning(ITEM, ASSESSMENT, "9999-12-31")

        with pytest.raises(OutsideCalendarError, match="9999-12-31"):
            office.give(order, office.examiner(ITEM))
