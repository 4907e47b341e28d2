from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bpmn.errors import DoctypeError, ReaderStoppedError, TooLargeError, UnreachableError
from bpmn.library import DEFINITIONS, shipped
from bpmn.reader import read, read_safely
from bpmn.reader_sandbox import reason
from bpmn.reader_wire import packed, refusal, unpacked
from tests.support.bpmn_files import ITEM, STAGE, START, flow, task
from tests.support.hostile_bpmn import PLAIN

ROOT = Path(__file__).parents[3]


class TestReadSafely:
    def test_reads_what_read_reads(self) -> None:
        assert read_safely(STAGE.encode()) == read(STAGE.encode())

    def test_reads_the_largest_shipped_file(self) -> None:
        largest = max(DEFINITIONS.glob("*.bpmn"), key=lambda path: path.stat().st_size)

        assert read_safely(largest.read_bytes()) == shipped()[largest.stem]

    def test_hands_the_refusal_on_with_its_names(self) -> None:
        island = ITEM.replace(START, START + task("island") + flow("island", "end_granted"))

        with pytest.raises(UnreachableError) as caught:
            read_safely(island.encode())

        assert caught.value.params == {"nodes": ("island",)}

    def test_refuses_a_doctype(self) -> None:
        with pytest.raises(DoctypeError):
            read_safely(f"<!DOCTYPE d>{PLAIN}".encode())

    def test_refuses_a_large_file_before_any_child_starts(self) -> None:
        with pytest.raises(TooLargeError):
            read_safely(bytes(2_000_000))

    def test_stops_a_child_that_takes_too_much_memory(self) -> None:
        with pytest.raises(ReaderStoppedError) as caught:
            read_safely(ITEM.encode(), memory_mib=20)

        assert caught.value.params["reason"] in {"memory", "died"}

    def test_stops_a_child_that_takes_too_much_time(self) -> None:
        with pytest.raises(ReaderStoppedError) as caught:
            read_safely(ITEM.encode(), cpu_seconds=0)

        assert caught.value.params["reason"] == "time"


class TestTheChild:
    def test_is_ended_by_the_system_when_it_never_ends_itself(self) -> None:
        for_ever = "from bpmn.reader_child import limit\nlimit(1, 2**28)\nwhile True: pass"

        child = subprocess.run([sys.executable, "-B", "-c", for_ever], cwd=ROOT, check=False)

        assert reason(child.returncode) == "cpu"

    def test_may_write_no_file(self, tmp_path: Path) -> None:
        answer = tmp_path / "answer"

        with answer.open("wb") as out:
            child = subprocess.run(
                [sys.executable, "-B", "-m", "bpmn.reader_child", "2", str(256 * 1024 * 1024)],
                input=ITEM.encode(),
                stdout=out,
                stderr=subprocess.DEVNULL,
                cwd=ROOT,
                check=False,
            )

        assert child.returncode != 0
        assert answer.stat().st_size == 0


class TestTheAnswer:
    @pytest.mark.parametrize("name", sorted(path.stem for path in DEFINITIONS.glob("*.bpmn")))
    def test_carries_every_shipped_diagram(self, name: str) -> None:
        assert unpacked(packed(shipped()[name])) == shipped()[name]

    def test_carries_a_refusal(self) -> None:
        with pytest.raises(UnreachableError) as caught:
            unpacked(refusal(UnreachableError(nodes=("a", "b"))))

        assert caught.value.params == {"nodes": ("a", "b")}

    @pytest.mark.parametrize(
        "answer",
        [
            b"",
            b"{}",
            b"null",
            b'{"diagram": {"id": 1}}',
            b'{"diagram": null, "refused": null}',
            b'{"run": "x"}',
            b"\x80\x04\x95",  # the start of a pickle
            packed(read(ITEM.encode())).replace(b"outcome == 'refused'", b"__import__('os')"),
            packed(read(ITEM.encode())).replace(b'"granted"', b'"maybe"'),
            packed(read(ITEM.encode()))[:-1],
        ],
    )
    def test_is_refused_when_it_makes_no_sense(self, answer: bytes) -> None:
        with pytest.raises(ReaderStoppedError):
            unpacked(answer)
