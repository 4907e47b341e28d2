"""The start page of a demonstration shows what is worth a look, by name, and how much there is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.live_office import CODE

if TYPE_CHECKING:
    from tests.support.live_office import LiveOffice

Row = dict[str, Any]
NEW = "新申报"
LATE = "有事项逾期"


def front(office: LiveOffice, language: str = "zh") -> str:
    """Return the start page."""
    return office.client.get(f"/?lang={language}").text


def late(office: LiveOffice) -> None:
    """Let the first accepted items of the project run beyond their days."""
    office.work(lambda seen: any(_accepted(item) for item in _items(seen)))
    office.clock.push(timedelta(days=120))


def _items(seen: Row) -> list[Row]:
    return [item for stage in seen["units"][0]["stages"] for item in stage["items"]]


def _accepted(item: Row) -> bool:
    return item["step"] is not None and bool(item["step"]["name"] == "review")


class TestTheStartPage:
    @pytest.mark.parametrize(
        ("language", "said"),
        [("zh", "在办 1 个，共 1 个项目"), ("en", "1 running, 1 in all")],
    )
    def test_says_how_many_projects_there_are(
        self, filed: LiveOffice, language: str, said: str
    ) -> None:
        assert said in front(filed, language)

    def test_shows_the_newest_where_nothing_is_late(self, filed: LiveOffice) -> None:
        text = front(filed)

        assert NEW in text
        assert LATE not in text

    def test_shows_a_handful_however_many_there_are(self, filed: LiveOffice) -> None:
        for number in range(2, 9):
            filed.file(code=f"2026-120118-47-03-{number:06d}")

        text = front(filed)

        assert text.count("<article") == 5
        assert "在办 8 个，共 8 个项目" in text

    def test_shows_once_what_is_late_and_calls_it_by_name_at_its_owners_door(
        self, filed: LiveOffice
    ) -> None:
        late(filed)

        text = front(filed)

        assert text.count("<article") == 1
        assert LATE in text
        assert NEW not in text
        assert "逾期项目：示例项目" in text
        assert f"逾期项目：{CODE}" not in text
