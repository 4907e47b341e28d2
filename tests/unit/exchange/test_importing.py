from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from exchange import importing
from exchange.account import Account, Noted, Unused
from exchange.as_facts import Horizon
from exchange.columns import Batch
from exchange.errors import (
    BadMappingError,
    BadTableError,
    MissingColumnError,
    NothingUsableError,
    NotTextError,
    TooManyError,
    UnknownFormatError,
)
from exchange.intake import Intake, Ways
from exchange.mapping import Format, LogMapping, mapping_of
from tests.support.foreign_logs import Told, table

if TYPE_CHECKING:
    from exchange.importing import TakenIn
    from workflows.item_runs import Case

HORIZON = Horizon(first=date(2004, 1, 1), last=date(2035, 12, 31))
NINE, TEN, NOON = (f"2026-03-02T{hour}:00:00+08:00" for hour in ("09", "10", "12"))
COLUMNS = (
    '[columns]\ncase = "案例"\nactivity = "环节"\ntime = "完成"\nstart = "开始"\ngroup = "部门"\n'
)


def taken(*events: Told, toml: str = "") -> TakenIn:
    return importing.take_in(BytesIO(table(events)), Format.CSV, mapping_of(toml.encode()))


def facts(*events: Told, toml: str = "") -> tuple[list[Case], Account]:
    log = taken(*events, toml=toml)
    cases = list(log.cases(HORIZON))
    return cases, log.account()


def named(text: str, toml: str = COLUMNS) -> tuple[list[Case], Account]:
    mapping = mapping_of(toml.encode())
    log = importing.take_in(BytesIO(text.encode()), Format.CSV, mapping)
    return list(log.cases(HORIZON)), log.account()


def hour(number: int) -> datetime:
    return datetime(2026, 3, 2, number, tzinfo=UTC)


class TestUnusable:
    @pytest.mark.parametrize(
        ("event", "reason"),
        [
            (Told("", "A", NINE), Unused.NO_CASE),
            (Told("P", "", NINE), Unused.NO_ACTIVITY),
            (Told("P", "A", ""), Unused.NO_TIME),
            (Told("P", "A", "yesterday"), Unused.UNREADABLE_TIME),
            (Told("P", "A", "2026-03-02T09:00:00"), Unused.ZONELESS),
            (Told("P", "A", "2026-03-02"), Unused.DAY_ONLY),
            (Told("P", "A", NINE, phase="办结"), Unused.UNKNOWN_PHASE),
            (Told("P", "A" * 501, NINE), Unused.TOO_LONG),
            (Told("P", "B", NINE), Unused.DUPLICATE),
            (Told("P", "A", NINE, phase="suspend"), Unused.LOOSE_PHASE),
            (Told("P", "A", NINE, phase="resume"), Unused.LOOSE_PHASE),
            (Told("Q", "A", "1999-01-01T09:00:00Z"), Unused.OUTSIDE_CALENDAR),
        ],
    )
    def test_is_told_with_its_reason_and_place(self, event: Told, reason: Unused) -> None:
        cases, account = facts(Told("P", "B", NINE), event)

        assert {kind: count.examples for kind, count in account.unused.items()} == {reason: ("2",)}
        assert (account.told, account.used) == (2, 1)
        assert [run.item for case in cases for run in case.runs] == ["B"]

    def test_refuses_a_log_of_which_nothing_is_left(self) -> None:
        with pytest.raises(NothingUsableError) as caught:
            taken(Told("P", "A", "2026-03-02"))

        assert caught.value.params["told"] == 1


class TestNoted:
    def test_zones_that_differ_are_converted_and_told(self) -> None:
        cases, account = facts(Told("P", "A", NINE), Told("P", "B", "2026-03-02T02:00:00Z"))

        assert account.offsets == {"+00:00": 1, "+08:00": 1}
        assert account.noted[Noted.ZONES_MIXED].count == 2
        assert cases[0].ended_at == hour(2)

    def test_an_assumed_zone_is_told(self) -> None:
        _, account = facts(
            Told("P", "A", "2026-03-02T09:00:00"), toml='[times]\nzone = "Asia/Shanghai"'
        )

        assert account.noted[Noted.ZONE_ASSUMED].count == 1

    def test_disorder_is_sorted_and_told(self) -> None:
        cases, account = facts(Told("P", "B", TEN), Told("P", "A", NINE))

        assert account.noted[Noted.OUT_OF_ORDER].examples == ("2",)
        assert [run.item for run in cases[0].runs] == ["A", "B"]

    def test_duplicates_stay_where_the_mapping_keeps_them(self) -> None:
        twice = (Told("P", "A", NINE), Told("P", "A", NINE))

        _, account = facts(*twice, toml='[events]\nduplicates = "keep"')

        assert account.noted[Noted.DUPLICATE_KEPT].count == 1
        assert account.used == 2

    def test_midnights_are_told(self) -> None:
        _, account = facts(Told("P", "A", "2026-03-02T00:00:00+08:00"))

        assert account.noted[Noted.MIDNIGHT].count == 1


class TestCases:
    def test_join_a_start_with_its_end(self) -> None:
        cases, account = facts(Told("P", "A", NINE, phase="Start"), Told("P", "A", NOON))

        (run,) = cases[0].runs
        assert (run.filed_at, run.begun_at, run.ended_at) == (hour(1), hour(1), hour(4))
        assert (run.department, run.result) == ("D-01", "complete")
        assert Noted.START_MISSING not in account.noted

    def test_do_not_make_a_start_up(self) -> None:
        cases, account = facts(Told("P", "A", NINE), Told("P", "B", NOON))

        assert [(r.filed_at, r.begun_at, r.ended_at) for r in cases[0].runs] == [
            (hour(1), None, hour(1)),
            (hour(4), None, hour(4)),
        ]
        assert account.noted[Noted.START_MISSING].count == 2

    def test_count_from_the_event_before_where_the_mapping_says_so(self) -> None:
        cases, _ = facts(
            Told("P", "A", NINE), Told("P", "B", NOON), toml='[facts]\nbegins = "previous"'
        )

        assert [(run.wanted_at, run.ended_at) for run in cases[0].runs] == [
            (hour(1), hour(1)),
            (hour(1), hour(4)),
        ]

    def test_take_pauses_and_number_attempts(self) -> None:
        cases, account = facts(
            Told("P", "A", NINE, phase="start"),
            Told("P", "A", TEN, phase="suspend"),
            Told("P", "A", NOON),
            Told("P", "A", "2026-03-03T09:00:00+08:00"),
        )

        first, second = cases[0].runs
        assert [(pause.since, pause.until) for pause in first.pauses] == [(hour(2), hour(4))]
        assert (first.attempt, second.attempt) == (1, 2)
        assert account.noted[Noted.PAUSE_OPEN].count == 1

    def test_pair_what_runs_twice_first_in_first_out_and_tell(self) -> None:
        cases, account = facts(
            Told("P", "A", NINE, phase="start"),
            Told("P", "A", TEN, phase="start"),
            Told("P", "A", NOON),
            Told("P", "A", "2026-03-02T13:00:00+08:00"),
        )

        assert [(run.filed_at, run.ended_at) for run in cases[0].runs] == [
            (hour(1), hour(4)),
            (hour(2), hour(5)),
        ]
        assert account.noted[Noted.PAIRED_BY_ORDER].examples == ("3",)

    def test_leave_open_what_did_not_end(self) -> None:
        cases, account = facts(Told("P", "A", NINE, phase="start"), Told("P", "B", TEN))

        assert [run.ended_at for run in cases[0].runs] == [None, hour(2)]
        assert account.noted[Noted.UNFINISHED].count == 1

    def test_are_over_with_a_closing_activity_if_one_is_named(self) -> None:
        events = (Told("P", "A", NINE), Told("P", "Z", TEN), Told("Q", "A", NINE))

        cases, account = facts(*events, toml='[facts]\ncase_ends = ["Z"]')
        unsaid, told = facts(*events)

        assert [case.ended_at for case in cases] == [hour(2), None]
        assert account.noted[Noted.CASE_UNFINISHED].examples == ("Q",)
        assert [case.ended_at for case in unsaid] == [hour(2), hour(1)]
        assert told.noted[Noted.CASE_END_ASSUMED].count == 2

    def test_read_columns_by_the_names_of_the_mapping(self) -> None:
        cases, _ = named(f"案例,环节,开始,完成,部门\r\nP,受理,{NINE},{NOON},窗口\r\n")

        (run,) = cases[0].runs
        assert (run.item, run.department, run.begun_at, run.ended_at) == (
            "受理",
            "窗口",
            hour(1),
            hour(4),
        )

    def test_tell_an_end_before_the_start(self) -> None:
        rows = (f"P,A,{NOON},{NINE},d", f"P,B,x,{NINE},d", f"P,C,,{NINE},d")

        _, account = named("\r\n".join(("案例,环节,开始,完成,部门", *rows, "")))

        assert set(account.unused) == {Unused.ENDS_BEFORE_START, Unused.UNREADABLE_START}


class TestMapping:
    @pytest.mark.parametrize(
        ("toml", "field"),
        [
            ("a = ", ""),
            ("[colums]\n", ""),
            ('[columns]\ncase = "a"', "columns"),
            ('[times]\nzone = "Europe/Berlin"', "times.zone"),
            ('[times]\nzone = "+99:00"', "times.zone"),
            ("[times]\nwhole_days = 1", "times.whole_days"),
            ('[csv]\nencoding = "klingon"', "csv.encoding"),
            ('[csv]\nencoding = "undefined"', "csv.encoding"),
            ('[csv]\nencoding = "a\\u0000b"', "csv.encoding"),
            ('[csv]\nencoding = "idna"', "csv.encoding"),
            ("a = " + "[" * 2000, ""),
            ("a" + ".a" * 2000 + " = 1", ""),
            ('[csv]\ndelimiter = ";;"', "csv.delimiter"),
            ('[events]\nduplicates = "maybe"', "events.duplicates"),
            ('[events.phases]\n"开始" = "begin"', "events.phases.开始"),
            ('[facts]\nbegins = "never"', "facts.begins"),
            ('format = "xls"', "format"),
        ],
    )
    def test_is_refused_by_the_field(self, toml: str, field: str) -> None:
        with pytest.raises(BadMappingError) as caught:
            mapping_of(toml.encode())

        assert caught.value.params["field"] == field

    def test_explains_words_of_the_life_cycle(self) -> None:
        cases, _ = facts(
            Told("P", "A", NINE, phase="开始"),
            Told("P", "A", NOON, phase="办结"),
            toml='[events.phases]\n"开始" = "start"\n"办结" = "complete"',
        )

        assert cases[0].runs[0].begun_at == hour(1)


class TestTables:
    def test_must_have_their_columns(self) -> None:
        with pytest.raises(MissingColumnError) as caught:
            named("案例,环节\r\nP,A\r\n")

        assert caught.value.params == {"column": "完成", "known": ["案例", "环节"]}

    @pytest.mark.parametrize("row", ["P,A", "P,A,b,c,d,e", 'P,"A,b,c,d'])
    def test_are_refused_whole_for_a_broken_line(self, row: str) -> None:
        with pytest.raises(BadTableError) as caught:
            named(f"案例,环节,开始,完成,部门\r\nP,A,{NINE},{NOON},d\r\n{row}\r\n")

        assert caught.value.params["line"] == 3

    def test_are_refused_in_another_encoding(self) -> None:
        text = f"案例,环节,开始,完成,部门\r\nP,受理,{NINE},{NOON},窗口\r\n".encode("gb18030")

        with pytest.raises(NotTextError):
            importing.take_in(BytesIO(text), Format.CSV, mapping_of(COLUMNS.encode()))
        toml = f'{COLUMNS}[csv]\nencoding = "gb18030"'
        found = importing.take_in(BytesIO(text), Format.CSV, mapping_of(toml.encode()))

        assert found.columns.activities == ("受理",)


class TestWhatIsLeftLater:
    def test_counts_in_no_figure(self) -> None:
        log = taken(
            Told("old", "A", "1990-01-01T09:00:00Z"),
            Told("P", "A", NINE),
            Told("P", "A", TEN, phase="resume"),
            Told("P", "B", NOON),
        )

        cases = list(log.cases(HORIZON))

        account = log.account()
        assert (len(cases), account.cases, account.used, account.told) == (1, 1, 2, 4)
        assert list(log.used().number) == [2, 4]


class TestStarts:
    LINE = "案例,环节,开始,完成,部门\r\nP,A,{},{},d\r\n"

    def test_are_noted_as_ends_are(self) -> None:
        toml = f'{COLUMNS}[times]\nzone = "+08:00"'

        _, account = named(self.LINE.format("2026-03-02T00:00:00", NOON), toml)

        assert account.noted[Noted.ZONE_ASSUMED].count == 1
        assert account.noted[Noted.MIDNIGHT].count == 1

    def test_in_another_zone_are_told(self) -> None:
        _, account = named(self.LINE.format("2026-03-02T10:00:00+09:00", NOON))

        assert account.offsets == {"+08:00": 1, "+09:00": 1}
        assert Noted.ZONES_MIXED in account.noted

    def test_on_the_day_of_the_end_are_kept(self) -> None:
        toml = f'{COLUMNS}[times]\nzone = "+08:00"\nwhole_days = true'

        cases, account = named(self.LINE.format(NINE, "2026-03-02"), toml)
        with pytest.raises(NothingUsableError) as caught:
            named(self.LINE.format(NINE, "2026-03-01"), toml)

        assert [(r.begun_at, r.ended_at) for r in cases[0].runs] == [(hour(1), hour(1))]
        assert account.noted[Noted.SAME_DAY].count == 1
        assert caught.value.params["reasons"] == [{"code": "exchange.unused.ends_before_start"}]


class TestCaseEnds:
    def test_must_be_in_the_log(self) -> None:
        log = taken(Told("P", "A", NINE), toml='[facts]\ncase_ends = ["Schluss"]')

        with pytest.raises(BadMappingError) as caught:
            list(log.cases(HORIZON))

        assert caught.value.params == {"field": "facts.case_ends", "why": "Schluss"}


class TestLimits:
    def test_end_an_import_of_too_many_events(self) -> None:
        intake = Intake(Ways(), most=1)

        with pytest.raises(TooManyError):
            intake.take(Batch(first=1, case=["P"] * 2, activity=["A"] * 2, at=[NINE] * 2))


class TestFormatOf:
    def test_goes_by_the_mapping_then_by_the_name(self) -> None:
        assert importing.format_of("a.XES.gz", LogMapping()) is Format.XES
        assert importing.format_of("a.txt", mapping_of(b'format = "csv"')) is Format.CSV
        with pytest.raises(UnknownFormatError):
            importing.format_of("a.txt", LogMapping())
