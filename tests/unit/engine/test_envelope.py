from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from engine.envelope import NOTHING, Circumstances, Entry, Envelope, chain, digest
from workflows.events import Filing, How, ItemFiled, PairEnded, StageEnded, Tokens

AT = Circumstances(stream="project:p", command="c", catalogue="k")
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
NO_MOVE = Tokens(took=(), put=())


def entry(number: int = 1, **changes: object) -> Entry:
    body = StageEnded(stage=3, unit=0, tokens=None)
    made = Entry(number=number, happened_at=NOW, recorded_at=NOW, actor="a", body=body, net="n")
    return replace(made, **changes)  # type: ignore[arg-type]


class TestChain:
    def test_links_each_event_to_the_one_before(self) -> None:
        first, second = chain(AT, NOTHING, [entry(1), entry(2)])

        assert first.previous == NOTHING
        assert second.previous == first.hash == digest(first)

    def test_says_what_an_event_is_about(self) -> None:
        (sealed,) = chain(AT, NOTHING, [entry()])

        assert (sealed.kind, sealed.version) == ("StageEnded", 1)
        assert (sealed.stage, sealed.unit, sealed.item) == (3, 0, None)

    def test_finds_the_item_of_a_filing(self) -> None:
        filing = Filing(
            item="S1-01", attempt=2, how=How.FREE, department="d", committed=None, statutory=None
        )
        body = ItemFiled(stage=1, unit=0, filing=filing, tokens=NO_MOVE)

        (sealed,) = chain(AT, NOTHING, [entry(body=body)])

        assert (sealed.item, sealed.attempt) == ("S1-01", 2)

    def test_gives_the_event_back(self) -> None:
        (sealed,) = chain(AT, NOTHING, [entry()])

        assert sealed.event.body == entry().body
        assert (sealed.event.number, sealed.event.actor) == (1, "a")

    def test_keeps_instants_in_utc(self) -> None:
        here = NOW.astimezone(timezone(timedelta(hours=8)))

        (sealed,) = chain(AT, NOTHING, [entry(happened_at=here)])

        assert sealed == chain(AT, NOTHING, [entry()])[0]
        assert sealed.happened_at.tzinfo is UTC

    def test_refuses_an_instant_without_a_zone(self) -> None:
        with pytest.raises(ValueError, match="no time zone"):
            chain(AT, NOTHING, [entry(happened_at=NOW.replace(tzinfo=None))])


class TestDigest:
    @pytest.mark.parametrize(
        "change",
        [
            {"stream": "project:q"},
            {"number": 2},
            {"kind": "PairEnded"},
            {"version": 2},
            {"unit": 1},
            {"stage": 4},
            {"item": "S1-01"},
            {"attempt": 1},
            {"happened_at": NOW + timedelta(microseconds=1)},
            {"recorded_at": NOW + timedelta(microseconds=1)},
            {"actor": "b"},
            {"command": "d"},
            {"catalogue": "l"},
            {"net": None},
            {"previous": "1" * 64},
            {"body": '{"stage":3,"tokens":null,"unit":1}'},
        ],
        ids=lambda change: next(iter(change)),
    )
    def test_covers(self, change: dict[str, object]) -> None:
        (sealed,) = chain(AT, NOTHING, [entry()])

        changed: Envelope = replace(sealed, **change)  # type: ignore[arg-type]

        assert digest(changed) != sealed.hash

    def test_covers_every_field(self) -> None:
        names = set(Envelope.__dataclass_fields__) - {"hash"}

        covered = self.test_covers.pytestmark[0].args[1]  # type: ignore[attr-defined]

        assert {next(iter(change)) for change in covered} == names

    def test_does_not_let_two_fields_flow_together(self) -> None:
        body = PairEnded(pair="p", stage=1, unit=0)
        first = chain(replace(AT, stream="ab", command="c"), NOTHING, [entry(body=body)])
        second = chain(replace(AT, stream="a", command="bc"), NOTHING, [entry(body=body)])

        assert first[0].hash != second[0].hash
