from __future__ import annotations

import pytest
from msgspec import ValidationError

from tests.support.samples import GOLDEN, golden, sample
from workflows import codec
from workflows.commands import FileProject, FileStage, Note

NAMES = codec.kinds()


class TestEncode:
    @pytest.mark.parametrize(("kind", "version"), NAMES)
    def test_writes_what_the_golden_file_holds(self, kind: str, version: int) -> None:
        body = sample(kind, version)

        assert codec.encode(body) + b"\n" == golden(kind, version).read_bytes()

    def test_is_canonical(self) -> None:
        note = Note(ref="r", digest="d")
        orders: tuple[dict[str, bool | str], ...] = ({"a": True, "b": "x"}, {"b": "x", "a": True})
        made = [
            FileProject(code="c", flow=1, facts=facts, township="t", owner="o", name=note)
            for facts in orders
        ]

        assert codec.encode_command(made[0]) == codec.encode_command(made[1])

    def test_tells_commands_of_equal_fields_apart(self) -> None:
        assert codec.encode_command(FileStage(stage=1)) != codec.encode_command(FileStage(stage=2))


class TestDecode:
    @pytest.mark.parametrize(("kind", "version"), NAMES)
    def test_reads_every_version_for_ever(self, kind: str, version: int) -> None:
        data = golden(kind, version).read_bytes()

        body = codec.decode(kind, version, data)

        assert codec.encode(body) + b"\n" == data

    @pytest.mark.parametrize(("kind", "version"), NAMES)
    def test_gives_back_what_was_encoded(self, kind: str, version: int) -> None:
        body = sample(kind, version)

        assert codec.decode(kind, version, codec.encode(body)) == body

    def test_refuses_an_unknown_kind(self) -> None:
        with pytest.raises(codec.UnknownKindError, match="Nothing version 1"):
            codec.decode("Nothing", 1, b"{}")

    def test_refuses_a_body_of_another_shape(self) -> None:
        with pytest.raises(ValidationError):
            codec.decode("PairEnded", 1, b'{"pair":1}')


class TestGoldenFiles:
    def test_stand_for_every_kind_and_no_other(self) -> None:
        assert {file.name for file in GOLDEN.glob("*.json")} == {
            golden(kind, version).name for kind, version in NAMES
        }
