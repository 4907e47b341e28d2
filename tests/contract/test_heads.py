from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from engine import heads
from engine.errors import BadHeadsError, HeadsKeyError
from engine.rebuild import rebuild
from engine.settings import SHORTEST_HEADS_KEY
from engine.verify import verify
from tests.support.office import START

if TYPE_CHECKING:
    from engine.heads import Heads
    from tests.support.office import Office

KEY = "k" * SHORTEST_HEADS_KEY


def signed(office: Office) -> Heads:
    return heads.signed(office.new_uow, START, KEY)


def do(office: Office, *statements: str) -> None:
    with office.new_uow() as uow:
        uow.begin()
        for statement in statements:
            uow.connection.execute(text(statement))
        uow.commit()


class TestHeads:
    def test_agree_with_a_log_that_went_on(self, office: Office) -> None:
        project = office.filed()
        then = signed(office)
        office.pushed_on(project, 5)

        assert list(heads.compare(office.new_uow, then)) == []
        assert {(line.stream, line.number) for line in then.heads} == {
            (f"project:{project.code}", project.number),
            ("roster:township-1", 1),
        }

    def test_show_a_tail_that_was_cut_so_well_that_nothing_else_does(self, office: Office) -> None:
        project = office.pushed_on(office.filed(), 5)
        then = signed(office)
        last = "SELECT max(number) FROM event WHERE stream LIKE 'project:%'"
        do(
            office,
            f"DELETE FROM event WHERE stream LIKE 'project:%' AND number = ({last})",  # noqa: S608 - our own words
            "UPDATE head SET (number, hash, recorded_at) = (SELECT number, hash, recorded_at FROM"
            " event WHERE event.stream = head.stream ORDER BY number DESC LIMIT 1)",
        )
        rebuild(office.new_uow, office.library, project.code)

        unseen = verify(office.new_uow, office.library)
        seen = list(heads.compare(office.new_uow, then))

        assert unseen.ok
        assert [(each.number, each.rule) for each in seen] == [(project.number, "cut")]

    def test_show_an_event_that_was_written_anew(self, office: Office) -> None:
        office.filed()
        then = signed(office)
        do(office, "UPDATE event SET hash = previous WHERE stream LIKE 'project:%'")

        assert [each.rule for each in heads.compare(office.new_uow, then)] == ["rewritten"]


class TestExport:
    def test_reads_back_what_was_written(self, office: Office) -> None:
        office.filed()
        then = signed(office)

        assert heads.read(heads.exported(then), KEY) == then

    def test_refuses_a_list_that_was_changed(self, office: Office) -> None:
        data = heads.exported(signed(office))

        with pytest.raises(BadHeadsError):
            heads.read(data.replace(b'"number": 1', b'"number": 2'), KEY)

    def test_refuses_another_key(self, office: Office) -> None:
        data = heads.exported(signed(office))

        with pytest.raises(BadHeadsError):
            heads.read(data, KEY + "k")

    @pytest.mark.parametrize("data", [b"", b"{}", b"[", b"\xff"])
    def test_refuses_what_is_no_list(self, data: bytes) -> None:
        with pytest.raises(BadHeadsError):
            heads.read(data, KEY)

    @pytest.mark.parametrize("key", ["", "short"])
    def test_refuses_to_sign_with_a_key_that_can_be_guessed(self, office: Office, key: str) -> None:
        with pytest.raises(HeadsKeyError):
            heads.signed(office.new_uow, START, key)
