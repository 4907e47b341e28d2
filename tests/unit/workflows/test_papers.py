from __future__ import annotations

import hashlib
import json
from dataclasses import fields, replace
from typing import Any

import pytest

from workflows import codec
from workflows import events as e
from workflows.papers import Paper, number

PAPER = Paper(
    number=number("P", "D21", 0, "S2-08", 1),
    document="D21",
    project="P",
    owner="ORG-A",
    unit=0,
    item="S2-08",
    attempt=1,
    status=11,
    issued_on="2026-03-02",
    valid_until=None,
    catalogue="c",
)


class TestPaper:
    def test_has_content_that_anyone_can_write_again(self) -> None:
        members = {field.name: getattr(PAPER, field.name) for field in fields(PAPER)}
        again = json.dumps(members, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

        assert again.encode() == PAPER.content
        assert PAPER.sha256 == hashlib.sha256(again.encode()).hexdigest()

    @pytest.mark.parametrize("name", [field.name for field in fields(Paper)])
    def test_has_another_digest_when_anything_changes(self, name: str) -> None:
        value = getattr(PAPER, name)
        other: Any = value + 1 if isinstance(value, int) else f"{value}x"
        changed: dict[str, Any] = {name: other}

        assert replace(PAPER, **changed).sha256 != PAPER.sha256


class TestOldLogs:
    def test_are_read_without_numbers(self) -> None:
        body = (
            b'{"attempt":1,"issued":[{"document":"D21","valid_until":null}],"item":"S2-08",'
            b'"result":"granted","stage":2,"status":11,"unit":0}'
        )

        ended = codec.decode("ItemEnded", 1, body)

        assert isinstance(ended, e.ItemEnded)
        assert ended.issued == (e.Issued(document="D21"),)
