"""What the progress tells of later decisions: longer limits, results taken back, flags."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.law_office import CALENDAR, LawOffice
from tests.support.memory_office import NOTE
from workflows import commands as c
from workflows.progress import ItemStanding, progress
from workflows.project import FlagKind

if TYPE_CHECKING:
    from workflows.progress import ItemProgress

ITEM = "S1-04"  # 核准: produces D04 and D05
FINAL = "S1-08"  # 用地规划许可: needs D05
REVOKE = c.RevokeItem(item=ITEM, reason=NOTE)


@pytest.fixture
def granted(office: LawOffice) -> LawOffice:
    office.pass_stage(1)
    return office


@pytest.fixture
def revoked(granted: LawOffice) -> LawOffice:
    granted.give(REVOKE, granted.head(ITEM))
    return granted


def seen(office: LawOffice, code: str) -> ItemProgress:
    found = progress(office.project, office.catalogue, CALENDAR, office.now).items
    return next(item for item in found if (item.unit, item.item) == (0, code))


def change(office: LawOffice, *, approval: bool) -> None:
    facts: dict[str, bool | str] = {"approval_catalogue": approval}
    office.give(c.ChangeFacts(facts=facts, reason=NOTE))


class TestAnExtension:
    def test_shows_days_rule_day_and_reason(self, accepted: LawOffice) -> None:
        order = c.ExtendLimit(item=ITEM, attempt=1, days=3, approved_by="head-1", reason=NOTE)
        accepted.give(order, accepted.head(ITEM))

        shown = seen(accepted, ITEM).extension

        assert shown is not None
        assert (shown.days, shown.unit, shown.source) == (3, "working_day", "HZTL10")
        assert (shown.at, shown.reason) == (accepted.now, NOTE)

    def test_is_none_where_there_was_none(self, accepted: LawOffice) -> None:
        assert seen(accepted, ITEM).extension is None


class TestARevokedResult:
    def test_shows_when_and_which_documents(self, revoked: LawOffice) -> None:
        shown = seen(revoked, ITEM).revocation

        assert shown is not None
        assert (shown.attempt, shown.at, shown.reason) == (1, revoked.now, NOTE)
        assert set(shown.documents) == {"D04", "D05"}

    def test_stays_shown_when_it_was_granted_again(self, revoked: LawOffice) -> None:
        revoked.give(c.FileItem(item=ITEM))
        revoked.grant(ITEM)

        item = seen(revoked, ITEM)

        assert item.state is ItemStanding.GRANTED
        assert item.revocation is not None

    def test_is_not_hidden_when_the_item_no_longer_applies(self, revoked: LawOffice) -> None:
        change(revoked, approval=False)

        item = seen(revoked, ITEM)

        assert (item.counts, item.shown) == (False, True)


class TestWhatRestsOnIt:
    def test_is_flagged_with_the_documents_it_needs(self, revoked: LawOffice) -> None:
        (flag,) = seen(revoked, FINAL).flags

        assert (flag.kind, flag.by) == (FlagKind.REVOKED_DOCUMENT, ITEM)
        assert flag.documents == ("D05",)
        assert flag.since == revoked.now

    def test_is_flagged_until_the_document_exists_again(self, revoked: LawOffice) -> None:
        revoked.give(c.FileItem(item=ITEM))
        assert seen(revoked, FINAL).flags
        revoked.grant(ITEM)

        assert seen(revoked, FINAL).flags == ()

    def test_is_flagged_once_when_it_happens_again(self, revoked: LawOffice) -> None:
        revoked.give(c.FileItem(item=ITEM))
        revoked.grant(ITEM)
        revoked.give(REVOKE, revoked.head(ITEM))

        (flag,) = seen(revoked, FINAL).flags

        assert flag.since == revoked.now

    def test_leaves_others_alone(self, revoked: LawOffice) -> None:
        assert seen(revoked, "S1-05").flags == ()
        assert seen(revoked, ITEM).flags == ()


class TestWhatNoLongerApplies:
    def test_is_flagged_while_it_runs_on(self, accepted: LawOffice) -> None:
        change(accepted, approval=False)

        item = seen(accepted, ITEM)

        assert item.state is ItemStanding.RUNNING
        assert [(flag.kind, flag.since) for flag in item.flags] == [
            (FlagKind.NOT_APPLICABLE, accepted.now)
        ]

    def test_is_not_flagged_when_it_applies_again(self, accepted: LawOffice) -> None:
        change(accepted, approval=False)
        change(accepted, approval=True)

        assert seen(accepted, ITEM).flags == ()
        assert accepted.item(ITEM).flags == ()

    def test_is_not_flagged_when_it_has_ended(self, accepted: LawOffice) -> None:
        change(accepted, approval=False)
        accepted.give(c.WithdrawItem(item=ITEM, reason=NOTE))

        assert seen(accepted, ITEM).flags == ()

    def test_stays_flagged_when_it_is_granted(self, accepted: LawOffice) -> None:
        change(accepted, approval=False)
        accepted.grant(ITEM)

        item = seen(accepted, ITEM)

        assert item.state is ItemStanding.GRANTED
        assert [flag.kind for flag in item.flags] == [FlagKind.NOT_APPLICABLE]


class TestTheReasons:
    def test_are_gathered_for_the_page(self, revoked: LawOffice) -> None:
        found = progress(revoked.project, revoked.catalogue, CALENDAR, revoked.now)

        assert set(found.reasons) == {NOTE}
        assert len(found.reasons) >= 2
