from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.stamps import NEVER, Reading, Rules, moment, read

ZONES = st.integers(-23 * 60, 23 * 60).map(lambda m: timezone(timedelta(minutes=m)))
MOMENTS = st.datetimes(datetime(2, 1, 1), datetime(9990, 1, 1), timezones=ZONES)  # noqa: DTZ001 - zoned by Hypothesis


class TestRead:
    @settings(max_examples=60)
    @given(st.lists(st.tuples(MOMENTS, st.sampled_from(["auto", "milliseconds", "minutes"]))))
    def test_reads_what_the_library_writes(self, told: list[tuple[datetime, str]]) -> None:
        texts = [at.isoformat(timespec=precision) for at, precision in told]

        stamps = read(texts, Rules())

        assert set(stamps.reading.tolist()) <= {Reading.READ}
        found = [moment(int(at)) for at in stamps.at]
        assert found == [datetime.fromisoformat(text).astimezone(UTC) for text in texts]

    @settings(max_examples=60)
    @given(st.lists(st.text(alphabet="0123456789-:T+.Zz ,二", max_size=30)))
    def test_reads_nothing_that_the_library_refuses(self, texts: list[str]) -> None:
        stamps = read(texts, Rules())

        for text, at in zip(texts, stamps.at.tolist(), strict=True):
            if at != NEVER:
                assert moment(at) == datetime.fromisoformat(text)
