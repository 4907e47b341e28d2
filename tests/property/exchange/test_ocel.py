from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from exchange import ocel, ocel_sqlite
from exchange.ocel import (
    FROM_THE_START,
    Changed,
    Event,
    Kind,
    ObjectLog,
    Relation,
    Thing,
    Type,
    Value,
)

NAMES = st.text("abc 项目-", min_size=1, max_size=6)
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - zoned by Hypothesis
VALUES: dict[Kind, st.SearchStrategy[Value]] = {
    Kind.STRING: WORDS,
    Kind.TIME: MOMENTS,
    Kind.INTEGER: st.integers(-(2**63), 2**63 - 1),
    Kind.FLOAT: st.floats(allow_nan=False, allow_infinity=False),
    Kind.BOOLEAN: st.booleans(),
}
TYPES = st.lists(
    st.builds(
        Type,
        name=NAMES,
        attributes=st.lists(
            st.tuples(NAMES, st.sampled_from(Kind)), max_size=3, unique_by=lambda each: each[0]
        ).map(tuple),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda each: each.name,
)


@st.composite
def logs(draw: st.DrawFn) -> ObjectLog:
    object_types, event_types = draw(TYPES), draw(TYPES)
    ids = draw(st.lists(NAMES, max_size=4, unique=True))
    relations = st.lists(
        st.builds(Relation, object=st.sampled_from(ids or [""]), qualifier=NAMES),
        max_size=3 if ids else 0,
    ).map(tuple)
    objects = [_thing(draw, name, draw(st.sampled_from(object_types)), relations) for name in ids]
    events = []
    for name in draw(st.lists(NAMES, max_size=4, unique=True)):
        kind = draw(st.sampled_from(event_types))
        told = [(each, draw(VALUES[of])) for each, of in kind.attributes if draw(st.booleans())]
        events.append(
            Event(
                id=name,
                type=kind.name,
                at=draw(MOMENTS),
                attributes=tuple(told),
                relations=draw(relations),
            )
        )
    return ObjectLog(
        object_types=tuple(object_types),
        event_types=tuple(event_types),
        objects=tuple(objects),
        events=tuple(events),
    )


def _thing(
    draw: st.DrawFn, name: str, kind: Type, relations: st.SearchStrategy[tuple[Relation, ...]]
) -> Thing:
    at_first = [
        Changed(name=each, at=FROM_THE_START, value=draw(VALUES[of]))
        for each, of in kind.attributes
        if draw(st.booleans())
    ]
    later = [
        Changed(name=each, at=at, value=draw(VALUES[of]))
        for at in sorted(draw(st.lists(MOMENTS, max_size=2, unique=True)))
        for each, of in kind.attributes[:1]
    ]
    return Thing(id=name, type=kind.name, attributes=(*at_first, *later), relations=draw(relations))


class TestOcel:
    @settings(max_examples=40)
    @given(logs())
    def test_loses_nothing_in_json(self, log: ObjectLog) -> None:
        assert ocel.from_json(ocel.as_json(log)) == log

    @settings(max_examples=40)
    @given(logs())
    def test_loses_nothing_in_sqlite(self, log: ObjectLog) -> None:
        with TemporaryDirectory() as folder:
            file = Path(folder) / "log.sqlite"
            ocel_sqlite.write(log, file)

            assert ocel_sqlite.read(file) == log
