from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange import importing
from exchange.as_facts import Horizon
from exchange.errors import BadMappingError, NothingUsableError
from exchange.mapping import Format, mapping_of
from tests.support.foreign_logs import Told, table

HORIZON = Horizon(first=date(2004, 1, 1), last=date(2035, 12, 31))
HOURS = [f"2026-03-0{day}T0{hour}:00:00" for day in (1, 2) for hour in (1, 2, 3)]
TIMES = [hour + zone for hour in HOURS for zone in ("Z", "+08:00", "")]
TIMES += ["2026-03-02", "", "soon", "1990-01-01T00:00:00Z"]
EVENTS = st.builds(
    Told,
    case=st.sampled_from(["P", "Q", "R", ""]),
    activity=st.sampled_from(["A", "B", "C", ""]),
    at=st.sampled_from(TIMES),
    group=st.sampled_from(["d", ""]),
    phase=st.sampled_from(["complete", "start", "suspend", "resume", "schedule", "ate_abort", "?"]),
)
MAPPINGS = st.sampled_from(
    ["", '[times]\nzone = "+08:00"\nwhole_days = true', '[events]\nduplicates = "keep"',
     '[facts]\nbegins = "previous"\ncase_ends = ["C"]']
)  # fmt: skip


class TestImport:
    @settings(max_examples=80)
    @given(st.lists(EVENTS, min_size=1, max_size=40), MAPPINGS)
    def test_accounts_for_every_event_and_makes_sound_facts(
        self, events: list[Told], toml: str
    ) -> None:
        mapping = mapping_of(toml.encode())
        try:
            log = importing.take_in(BytesIO(table(events)), Format.CSV, mapping)
        except NothingUsableError:
            return
        ends = mapping.meaning.case_ends
        if not set(ends) <= set(log.columns.activities):
            with pytest.raises(BadMappingError):
                list(log.cases(HORIZON))
            return
        cases = list(log.cases(HORIZON))
        account = log.account()

        assert account.told == len(events)
        assert account.used + sum(each.count for each in account.unused.values()) == len(events)
        for run in (run for case in cases for run in case.runs):
            over = [] if run.ended_at is None else [run.ended_at]
            line = [run.wanted_at, run.filed_at, *([run.begun_at] if run.begun_at else []), *over]
            assert line == sorted(line)
            assert all(pause.since <= (pause.until or pause.since) for pause in run.pauses)

    @settings(max_examples=40)
    @given(st.lists(EVENTS, min_size=1, max_size=30, unique_by=lambda e: (e.case, e.at)), st.data())
    def test_does_not_hang_on_the_order_of_the_file(
        self, events: list[Told], data: st.DataObject
    ) -> None:
        other = data.draw(st.permutations(events))

        assert facts(events) == facts(other)


def facts(events: list[Told]) -> object:
    try:
        log = importing.take_in(BytesIO(table(events)), Format.CSV, mapping_of(b""))
    except NothingUsableError:
        return None
    return sorted(log.cases(HORIZON), key=lambda case: case.project)
