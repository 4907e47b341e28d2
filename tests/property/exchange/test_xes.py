from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange import facts_file, xes
from exchange.case_log import case_of_trace, trace_of
from exchange.errors import NotFactsError, UnwritableError
from exchange.xes import Event, Trace
from workflows.item_runs import Case, ItemRun, StageFact, Stretch

MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - zoned by Hypothesis
WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
    | st.sampled_from("\t\n\r<>&\"'"),
    max_size=12,
)
VALUES = (
    WORDS | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.uuids() | MOMENTS
    | st.floats(allow_nan=False)
)  # fmt: skip
ATTRIBUTES = st.lists(st.tuples(WORDS, VALUES), max_size=5, unique_by=lambda each: each[0]).map(
    tuple
)
TRACES = st.builds(
    Trace,
    attributes=ATTRIBUTES,
    events=st.lists(st.builds(Event, attributes=ATTRIBUTES), max_size=4).map(tuple),
)
CODES = st.text("ABS-0123", min_size=1, max_size=6)
STRETCHES = st.builds(Stretch, since=MOMENTS, until=st.none() | MOMENTS)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw facts of a project; what hangs together in life may contradict itself here."""
    project = draw(CODES)
    run = st.builds(
        ItemRun,
        project=st.just(project),
        item=CODES,
        department=CODES,
        flow=st.integers(0, 6),
        stage=st.integers(0, 5),
        township=CODES,
        how=CODES,
        waited_for=st.none() | CODES,
        pair=st.none() | CODES,
        partner=st.none() | CODES,
        policy=st.none() | CODES,
        unit=st.integers(0, 2),
        attempt=st.integers(1, 3),
        agent=st.none() | CODES,
        wanted_at=MOMENTS,
        filed_at=MOMENTS,
        documents_at=st.none() | MOMENTS,
        accepted_at=st.none() | MOMENTS,
        begun_at=st.none() | MOMENTS,
        ended_at=st.none() | MOMENTS,
        result=st.none() | st.sampled_from(["granted", "refused", "lapsed", "withdrawn"]),
        pauses=st.lists(STRETCHES, max_size=12).map(tuple),
        limit=st.none() | st.integers(1, 60),
        recorded_late=st.floats(0, 1e9),
    )
    runs = draw(st.lists(run, max_size=4, unique_by=lambda r: (r.unit, r.item, r.attempt)))
    stage = st.builds(
        StageFact,
        stage=st.integers(1, 5),
        unit=st.integers(0, 2),
        opened_at=MOMENTS,
        milestone_at=st.none() | MOMENTS,
    )
    stages = draw(st.lists(stage, max_size=4, unique_by=lambda s: (s.stage, s.unit)))
    case = st.builds(
        Case,
        project=st.just(project),
        flow=st.integers(0, 6),
        township=CODES,
        owner=CODES,
        status=CODES,
        agent=st.none() | CODES,
        filed_at=MOMENTS,
        ended_at=st.none() | MOMENTS,
        stages=st.just(tuple(sorted(stages, key=lambda s: (s.stage, s.unit)))),
        runs=st.just(tuple(sorted(runs, key=lambda r: (r.unit, r.item, r.attempt)))),
    )
    return draw(case)


class TestXes:
    @settings(max_examples=40)
    @given(st.lists(TRACES, max_size=4))
    def test_loses_nothing(self, traces: list[Trace]) -> None:
        text = b"".join(xes.written(traces))

        assert list(xes.read(BytesIO(text))) == traces

    @pytest.mark.parametrize("text", ["\x00", "\x0b", "\ud800", "\uffff"])
    def test_refuses_what_it_cannot_express(self, text: str) -> None:
        trace = Trace(attributes=(("a", text),), events=())

        with pytest.raises(UnwritableError):
            list(xes.written([trace]))


class TestCaseLog:
    @settings(max_examples=40)
    @given(cases())
    def test_tells_all_facts_of_a_project(self, case: Case) -> None:
        text = b"".join(xes.written([trace_of(case, {"A": "甲"})]))

        (trace,) = xes.read(BytesIO(text))

        assert case_of_trace(trace) == case


class TestFactsFile:
    @settings(max_examples=40)
    @given(st.lists(cases(), max_size=3))
    def test_loses_nothing(self, told: list[Case]) -> None:
        file = BytesIO()
        facts_file.write(told, file)
        file.seek(0)

        assert list(facts_file.read(file)) == told

    @settings(max_examples=40)
    @given(cases(), st.data())
    def test_refuses_a_file_that_was_cut_or_changed(self, case: Case, data: st.DataObject) -> None:
        file = BytesIO()
        facts_file.write([case], file)
        text = file.getvalue()
        at = data.draw(st.integers(0, len(text) - 1))
        changed = text[:at] + bytes([text[at] ^ 1]) + text[at + 1 :]

        for wrong in (text[:at], changed, text + b"x"):
            with pytest.raises(NotFactsError):
                list(facts_file.read(BytesIO(wrong)))
