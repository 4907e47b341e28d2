"""Materials handed in once, missing ones tolerated, and what the local rule makes of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.support.law_office import LawOffice, filed, morning
from tests.support.memory_office import (
    AGENT,
    NOTE,
    OWNER,
    STAGE_LEAD,
    WINDOW,
    bodies,
    person,
    reviewer,
)
from tests.support.paper_work import checklist, supply, supplying, tolerate, tolerating
from workflows import commands as c
from workflows import events as e
from workflows.facts import Materials, Role, Rules
from workflows.materials import Standing
from workflows.papers import Paper
from workflows.project import PairStatus
from workflows.status import Status

REQUIRED = Rules(materials=Materials.REQUIRED)
ITEM = "S1-08"  # 用地规划许可: four materials, one the result of S1-10; may be tolerated
OWN = ("M015", "M005", "M017")
DUE = date(2026, 3, 16)  # ten working days from the start


@pytest.fixture
def office() -> LawOffice:
    return filed(3)


@pytest.fixture
def strict() -> LawOffice:
    return filed(3, rules=REQUIRED)


class TestSupply:
    def test_serves_every_item_that_asks(self, office: LawOffice) -> None:
        (event,) = supply(office, "M017")

        assert isinstance(event.body, e.MaterialSupplied)
        assert event.body.items == ("S1-08", "S2-02")
        assert "M017" not in checklist(office, "S1-08").missing
        assert "M017" not in checklist(office, "S2-02").missing

    def test_keeps_the_later_version(self, office: LawOffice) -> None:
        supply(office, "M015")
        office.give(supplying("M015", "second"))

        kept = office.project.materials["0/M015"]

        assert (kept.version, kept.file) == (2, supplying("M015", "second").file)

    @pytest.mark.parametrize("actor", [OWNER, AGENT, WINDOW])
    def test_is_for_whoever_acts_for_the_owner(self, office: LawOffice, actor: object) -> None:
        office.give(supplying("M015"), actor)  # type: ignore[arg-type]

        assert "0/M015" in office.project.materials

    def test_is_for_nobody_else(self, office: LawOffice) -> None:
        for actor in (STAGE_LEAD, person("o2", Role.OWNER, organisation="org-2")):
            assert office.refusal(supplying("M015"), actor) == "access.not_allowed"

    @pytest.mark.parametrize(
        ("command", "code"),
        [
            (supplying("M999"), "material.unknown"),
            (supplying("M001"), "material.unknown"),  # no applicable item asks for it
            (supplying("M018"), "material.is_result"),
            (supplying("M015", unit=7), "unit.unknown"),
            (replace(supplying("M015"), file="A" * 64), "material.bad_file"),
            (replace(supplying("M015"), file="../../x"), "material.bad_file"),
            (replace(supplying("M015"), size=0), "material.bad_file"),
        ],
    )
    def test_refuses(self, office: LawOffice, command: c.SupplyMaterial, code: str) -> None:
        assert office.refusal(command) == code

    def test_refuses_the_same_file_again(self, office: LawOffice) -> None:
        supply(office, "M015")

        assert office.refusal(supplying("M015")) == "material.same"

    def test_is_over_with_the_project(self, office: LawOffice) -> None:
        office.give(c.WithdrawProject(reason=NOTE))

        assert office.refusal(supplying("M015")) == "project.closed"


class TestTolerance:
    @pytest.fixture
    def running(self, office: LawOffice) -> LawOffice:
        """Return an office in which the item runs without any of its materials."""
        office.grant("S1-05", "S1-10")
        office.do(ITEM, "received")
        return office

    def test_names_materials_deadline_and_its_working_days(self, running: LawOffice) -> None:
        (event,) = tolerate(running, ITEM, "M005", "M015", due=DUE)

        assert isinstance(event.body, e.Tolerated)
        assert event.body.missing == ("M015", "M005")  # in the catalogue's order
        assert (event.body.due, event.body.days) == ("2026-03-16", 10)

    def test_shows_what_is_left_and_when_it_is_overdue(self, running: LawOffice) -> None:
        tolerate(running, ITEM, *OWN, due=DUE)
        supply(running, "M015", "M005")

        (before,) = checklist(running, ITEM, on=DUE).graces
        (after,) = checklist(running, ITEM, on=date(2026, 3, 17)).graces

        assert (before.left, before.overdue) == (("M017",), False)
        assert (after.left, after.overdue, after.fulfilled) == (("M017",), True, False)

    def test_is_fulfilled_when_everything_came(self, running: LawOffice) -> None:
        tolerate(running, ITEM, *OWN, due=DUE)
        supply(running, *OWN)

        (grace,) = checklist(running, ITEM, on=date(2027, 1, 4)).graces

        assert (grace.fulfilled, grace.overdue) == (True, False)
        assert checklist(running, ITEM).complete

    def test_grants_with_status_12_while_something_is_owed(self, running: LawOffice) -> None:
        tolerate(running, ITEM, *OWN, due=DUE)
        supply(running, "M015")

        running.grant(ITEM)

        assert running.attempt(ITEM).status == Status.GRANTED_TOLERANT
        assert "0/D07" in running.project.documents

    def test_grants_with_status_11_when_it_was_fulfilled(self, running: LawOffice) -> None:
        tolerate(running, ITEM, *OWN, due=DUE)
        supply(running, *OWN)

        running.grant(ITEM)

        assert running.attempt(ITEM).status == Status.GRANTED

    def test_of_an_earlier_attempt_says_nothing_of_a_later_one(self, running: LawOffice) -> None:
        tolerate(running, ITEM, *OWN, due=DUE)
        running.give(c.WithdrawItem(item=ITEM, reason=NOTE))
        running.give(c.FileItem(item=ITEM))
        running.grant(ITEM)

        assert running.attempt(ITEM).status == Status.GRANTED
        assert checklist(running, ITEM).missing == OWN

    def test_a_granted_item_with_debts_still_passes_its_milestone(self, running: LawOffice) -> None:
        tolerate(running, ITEM, *OWN, due=DUE)
        running.grant("S1-06", ITEM)

        assert running.run(1).milestone_at is not None

    def test_may_be_revoked_like_any_grant(self, running: LawOffice) -> None:
        tolerate(running, ITEM, *OWN, due=DUE)
        running.grant(ITEM)
        running.give(c.RevokeItem(item=ITEM, reason=NOTE), running.head(ITEM))

        assert running.attempt(ITEM).status == Status.REVOKED

    @pytest.mark.parametrize("due", [date(2026, 3, 2), date(2026, 3, 31), date(2025, 1, 1)])
    def test_has_a_deadline_ahead_and_within_the_rule(self, running: LawOffice, due: date) -> None:
        """Refuse today, the past, and the 21st working day."""
        command = tolerating(ITEM, "M015", due=due, attempt=1)

        assert running.refusal(command, WINDOW) == "time.bad_due"

    @pytest.mark.parametrize("due", ["soon", "20260316", "2026-3-16", "2026-02-30", ""])
    def test_has_a_deadline_that_is_a_date(self, running: LawOffice, due: str) -> None:
        command = c.Tolerate(item=ITEM, attempt=1, missing=("M015",), due=due)

        assert running.refusal(command, WINDOW) == "time.bad_due"

    def test_reaches_to_the_last_day_of_the_rule(self, running: LawOffice) -> None:
        (event,) = tolerate(running, ITEM, "M015", due=date(2026, 3, 30))

        assert isinstance(event.body, e.Tolerated)
        assert event.body.days == Rules().tolerance_days

    @pytest.mark.parametrize("missing", [(), ("M999",), ("M015", "M018"), ("M017",)])
    def test_is_of_missing_materials_only(
        self, running: LawOffice, missing: tuple[str, ...]
    ) -> None:
        supply(running, "M017")  # and M018 is the result of S1-10, which exists

        command = tolerating(ITEM, *missing, due=DUE, attempt=1)

        assert running.refusal(command, WINDOW) == "item.not_missing"

    def test_is_given_once(self, running: LawOffice) -> None:
        tolerate(running, ITEM, "M015", due=DUE)

        command = tolerating(ITEM, "M005", due=DUE, attempt=1)

        assert running.refusal(command, WINDOW) == "item.tolerated"

    def test_is_not_for_items_that_the_catalogue_excludes(self, office: LawOffice) -> None:
        command = tolerating("S1-05", "M011", due=DUE, attempt=1)

        assert office.refusal(command, WINDOW) == "item.no_tolerance"

    @pytest.mark.parametrize("attempt", [0, 2])
    def test_is_of_the_running_attempt(self, running: LawOffice, attempt: int) -> None:
        command = tolerating(ITEM, "M015", due=DUE, attempt=attempt)

        assert running.refusal(command, WINDOW) == "item.not_open"

    def test_comes_before_the_decision(self, running: LawOffice) -> None:
        running.until(ITEM, "deliver")

        command = tolerating(ITEM, "M015", due=DUE, attempt=1)

        assert running.refusal(command, WINDOW) == "item.not_open"

    def test_is_the_offices_to_give(self, running: LawOffice) -> None:
        command = tolerating(ITEM, "M015", due=DUE, attempt=1)

        assert running.refusal(command, OWNER) == "access.not_allowed"
        assert running.refusal(command, reviewer("housing")) == "access.not_allowed"
        assert running.give(command, running.examiner(ITEM))


class TestALateEntryOfAGrant:
    """A grant says what it was on its own day (容缺通过 or 办结通过), whenever it is entered."""

    @pytest.fixture
    def decided(self, office: LawOffice) -> LawOffice:
        """Return an office whose item is decided; of its materials the last came on 9 March."""
        office.grant("S1-05", "S1-10")
        supply(office, "M015", "M005")
        tolerate(office, ITEM, "M017", due=DUE)
        office.until(ITEM, "deliver")
        office.on(date(2026, 3, 9))
        supply(office, "M017")
        return office

    @pytest.mark.parametrize(
        ("day", "status"),
        [(date(2026, 3, 6), Status.GRANTED_TOLERANT), (date(2026, 3, 10), Status.GRANTED)],
    )
    def test_is_tolerant_while_something_was_owed(
        self, decided: LawOffice, day: date, status: Status
    ) -> None:
        decided.on(date(2026, 3, 11)).do(ITEM, at=morning(day))

        assert decided.attempt(ITEM).status == status


class TestShown:
    def test_holds_nothing(self, office: LawOffice) -> None:
        stage = bodies(office.log, e.StageFiled)[-1]

        assert [filing.item for filing in stage.filings] == ["S1-05", "S1-06", "S1-10"]
        assert checklist(office, "S1-05").missing == ("M011", "M012")


class TestRequired:
    def test_holds_what_is_listed_and_says_why(self, strict: LawOffice) -> None:
        stage = bodies(strict.log, e.StageFiled)[-1]

        assert stage.filings == ()
        assert {held.item: held.materials for held in stage.held} == {
            "S1-05": ("M011", "M012"),
            "S1-06": ("M013", "M014"),
            "S1-08": ("M015", "M005", "M018", "M017"),
        }

    def test_files_what_is_listed_when_the_last_material_came(self, strict: LawOffice) -> None:
        first = supply(strict, "M011")
        last = supply(strict, "M012")

        assert bodies(first, e.ItemFiled) == []
        assert [body.filing.item for body in bodies(last, e.ItemFiled)] == ["S1-05"]

    def test_files_at_once_what_was_complete_before(self) -> None:
        office = LawOffice(rules=REQUIRED)
        office.file(3)
        supply(office, "M011", "M012")

        office.give(c.FileStage(stage=1))

        stage = bodies(office.log, e.StageFiled)[-1]
        assert [filing.item for filing in stage.filings] == ["S1-05"]

    def test_files_what_is_listed_when_the_rest_is_tolerated(self, strict: LawOffice) -> None:
        supply(strict, "M011", "M012", "M022")
        strict.grant("S1-05", "S1-10")
        supply(strict, "M015", "M005")

        events = tolerate(strict, ITEM, "M017", due=DUE)

        assert [body.filing.item for body in bodies(events, e.ItemFiled)] == [ITEM]

    def test_waits_for_the_result_that_is_a_material(self, strict: LawOffice) -> None:
        supply(strict, *OWN)

        lines = {line.material: line.state for line in checklist(strict, ITEM).lines}

        assert lines["M018"] is Standing.AWAITED
        assert checklist(strict, ITEM).missing == ("M018",)

    def test_refuses_to_file_a_single_item(self, strict: LawOffice) -> None:
        supply(strict, "M011", "M012")
        strict.give(c.WithdrawItem(item="S1-05", reason=NOTE))
        again = c.FileItem(item="S5-01")

        refusal = strict.refused(again, AGENT)

        assert refusal.code == "item.materials_missing"
        assert refusal.params["materials"] == ["M131", "M035"]

    def test_lets_a_tolerated_item_be_filed(self, strict: LawOffice) -> None:
        tolerate(strict, "S5-01", "M131", "M035", due=DUE)

        strict.give(c.FileItem(item="S5-01"), AGENT)

        assert strict.item("S5-01").open is not None

    def test_does_not_date_a_release_before_its_material(self, strict: LawOffice) -> None:
        supply(strict, "M011", "M012", "M022")
        strict.grant("S1-05")
        supply(strict, *OWN)
        came = strict.now
        for step in ("receive", "review", "opinion"):
            assert step in strict.tasks("S1-10")
            strict.do("S1-10", at=came if step == "receive" else None)
        strict.grant("S1-10")

        assert strict.attempt(ITEM).filed_at >= came

    def test_makes_no_pair_of_what_is_incomplete(self, strict: LawOffice) -> None:
        supply(strict, "M011", "M012", "M013", "M014", "M022", *OWN)
        strict.pass_stage(1)
        strict.give(c.FileStage(stage=2))
        strict.give(c.ProposePair(first="S2-09", second="S2-10"))
        supply(strict, "M053", "M054")

        assert strict.refusal(c.StartPair(pair="P1"), AGENT) == "item.materials_missing"
        strict.give(c.DissolvePair(pair="P1"))
        assert strict.refusal(c.DrawPair(stage=2), AGENT) == "pair.nothing_to_draw"
        supply(strict, "M055")
        strict.give(c.DrawPair(stage=2), AGENT)
        strict.give(c.StartPair(pair="P2"), AGENT)
        assert strict.project.pairs["P2"].status is PairStatus.STARTED

    def test_completes_a_project_whose_papers_are_all_handed_in(self) -> None:
        office = LawOffice(rules=REQUIRED)
        office.file(3)
        for code in office.project.applicable:
            for material in office.catalogue.items[code].materials:
                made = office.catalogue.materials[material].document
                if made is None and f"0/{material}" not in office.project.materials:
                    supply(office, material)

        for stage in (1, 2, 3, 4):
            office.pass_stage(stage)

        assert office.run(4).milestone_at is not None


class TestIssued:
    def test_are_numbered_and_can_be_checked(self, office: LawOffice) -> None:
        office.grant("S1-05")
        ended = bodies(office.log, e.ItemEnded)[-1]
        (issued,) = ended.issued
        project = office.project

        paper = Paper(
            number=issued.number,
            document=issued.document,
            project=project.code,
            owner=project.owner,
            unit=0,
            item="S1-05",
            attempt=1,
            status=11,
            issued_on="2026-03-02",
            valid_until=issued.valid_until,
            catalogue=project.catalogue,
        )

        assert issued.number == f"{project.code}-D05-S1-05-0-1"
        assert issued.sha256 == paper.sha256

    def test_have_numbers_of_their_own(self, office: LawOffice) -> None:
        for stage in (1, 2, 3, 4):
            office.pass_stage(stage)

        numbers = [one.number for body in bodies(office.log, e.ItemEnded) for one in body.issued]

        assert len(numbers) > 10
        assert len(set(numbers)) == len(numbers)

    def test_get_another_number_when_they_are_issued_again(self, office: LawOffice) -> None:
        office.grant("S1-05")
        office.give(c.RevokeItem(item="S1-05", reason=NOTE), office.head("S1-05"))
        office.give(c.FileItem(item="S1-05"))
        office.grant("S1-05")

        first, second = (body.issued[0] for body in bodies(office.log, e.ItemEnded))

        assert first.number != second.number
        assert first.sha256 != second.sha256
