from __future__ import annotations

from datetime import datetime

import pytest

from exchange.stamps import NEVER, Reading, Rules, microseconds, moment, read

PEKING = Rules(zone=480)


def one(text: str, rules: Rules = Rules()) -> tuple[Reading, int]:  # noqa: B008 - frozen
    stamps = read([text], rules)
    return Reading(int(stamps.reading[0])), int(stamps.at[0])


class TestRead:
    @pytest.mark.parametrize(
        "text",
        [
            "2026-03-02T09:00:00Z",
            "2026-03-02T09:00:00+08:00",
            "2026-03-02 09:00:00+0800",
            "2026-03-02T09:00+08",
            "2026-03-02T09:00:00.5-03:30",
            "2026-03-02T09:00:00.123456+08:00",
            "0001-12-31T23:59:59.999+00:00",
            "2024-02-29T00:00:00+14:00",
        ],
    )
    def test_agrees_with_the_library(self, text: str) -> None:
        reading, at = one(text)

        assert reading is Reading.READ
        assert moment(at) == datetime.fromisoformat(text)

    @pytest.mark.parametrize(
        "text",
        [
            "soon",
            "2026-02-30T09:00:00Z",
            "2025-02-29T09:00:00Z",
            "2026-13-01T09:00:00Z",
            "2026-00-01T09:00:00Z",
            "2026-03-02T24:00:00Z",
            "2026-03-02T09:60:00Z",
            "2026-03-02T09:00:60Z",
            "2026-03-02X09:00:00Z",
            "2026-03-02T09:00:00.Z",
            "2026-03-02T09:00:00.12345678xZ",
            "2026-03-02T09:00:00+08:60",
            "2026-03-02T09:00:00+aa:00",
            "2026-03-02T",
            "2026/03/02 09:00:00+08:00",
            "二〇二六年三月二日",
            "2026-03-02T09:00:00Z" + " " * 90,
        ],
    )
    def test_refuses_what_is_no_moment(self, text: str) -> None:
        assert one(text) == (Reading.UNREADABLE, NEVER)

    def test_does_not_guess_a_zone(self) -> None:
        assert one("2026-03-02T09:00:00") == (Reading.ZONELESS, NEVER)
        assert one("2026-03-02T09:00:00", PEKING)[0] is Reading.ASSUMED
        assert moment(one("2026-03-02T09:00:00", PEKING)[1]).hour == 1

    def test_does_not_guess_a_time_of_day(self) -> None:
        whole = Rules(zone=480, whole_days=True)

        assert one("2026-03-02", PEKING) == (Reading.DAY_ONLY, NEVER)
        assert moment(one("2026-03-02", whole)[1]).isoformat() == "2026-03-01T16:00:00+00:00"
        assert one("2026-03-02", Rules(whole_days=True))[0] is Reading.ZONELESS

    def test_reads_a_format_that_is_named(self) -> None:
        rules = Rules(zone=480, format="%d/%m/%Y %H:%M")

        assert one("02/03/2026 09:00", rules) == (
            Reading.ASSUMED,
            microseconds(datetime.fromisoformat("2026-03-02T01:00:00+00:00")),
        )
        assert one("2026-03-02T09:00:00Z", rules)[0] is Reading.UNREADABLE
        assert one("02/03/2026", Rules(zone=480, format="%d/%m/%Y"))[0] is Reading.DAY_ONLY
        assert one("02/03/2026 09:00", Rules(format="%d/%m/%Y %H:%M"))[0] is Reading.ZONELESS

    def test_tells_offsets_and_midnights(self) -> None:
        stamps = read(["2026-03-02T00:00:00+01:00", "2026-03-02T00:00:01-02:30"], Rules())

        assert stamps.offset.tolist() == [60, -150]
        assert stamps.midnight.tolist() == [True, False]
