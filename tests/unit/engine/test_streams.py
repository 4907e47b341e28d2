from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine import streams
from engine.errors import BadKeyError, KeyReusedError
from engine.store.port import Recorded

ANSWER = Recorded(
    actor="a",
    key="k",
    id="i",
    stream="project:p",
    request="r",
    first=1,
    last=2,
    recorded_at=datetime(2026, 3, 2, tzinfo=UTC),
)


class TestCheckKey:
    @pytest.mark.parametrize("key", ["a", "x" * 200, "with blank", "5e5f-~!"])
    def test_takes(self, key: str) -> None:
        streams.check_key(key)

    @pytest.mark.parametrize("key", ["", "x" * 201, "é", "a\tb", "a\0b"])
    def test_refuses(self, key: str) -> None:
        with pytest.raises(BadKeyError):
            streams.check_key(key)


class TestCheckSame:
    def test_takes_the_same_request(self) -> None:
        streams.check_same(ANSWER, "project:p", "r")

    @pytest.mark.parametrize(("stream", "request_"), [("project:q", "r"), ("project:p", "s")])
    def test_refuses_another_one(self, stream: str, request_: str) -> None:
        with pytest.raises(KeyReusedError):
            streams.check_same(ANSWER, stream, request_)


class TestCommandId:
    def test_tells_actor_and_key_apart(self) -> None:
        assert streams.command_id("ab", "c") != streams.command_id("a", "bc")


class TestReplay:
    def test_wants_events(self) -> None:
        with pytest.raises(ValueError, match="empty"):
            streams.replay([])
