"""Reading a stranger's file in a child process that can neither stay, grow nor write."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bpmn.errors import ReaderStoppedError, TooLargeError
from bpmn.reader_gate import LARGEST
from bpmn.reader_wire import unpacked

if TYPE_CHECKING:
    from bpmn.diagram import Diagram

WALL_FACTOR = 5  # on a busy machine a second of CPU takes longer by the clock
_ROOT = Path(__file__).resolve().parent.parent
_MEBIBYTE = 1024 * 1024


def read_safely(xml: bytes, *, cpu_seconds: int = 2, memory_mib: int = 256) -> Diagram:
    """Return what *xml* says, like `bpmn.reader.read`, whatever the file does to its reader.

    A child process reads the file, with limits on CPU, address space and written bytes (none).
    It answers JSON on its standard output; this process parses no XML.

    Raises:
        BpmnError: As `read`; ReaderStoppedError if the child exceeded a limit or died.
    """
    if len(xml) > LARGEST:
        raise TooLargeError(size=len(xml), limit=LARGEST)
    return unpacked(told_by_child("bpmn.reader_child", xml, cpu_seconds, memory_mib))


def told_by_child(module: str, given: bytes, cpu_seconds: int, memory_mib: int) -> bytes:
    """Return what *module*, run as a child process within limits, answers to *given*.

    Raises:
        ReaderStoppedError: If the child exceeded a limit or died.
    """
    limits = [str(cpu_seconds), str(memory_mib * _MEBIBYTE)]
    try:
        child = subprocess.run(  # noqa: S603 - our own interpreter and module, fixed arguments
            [sys.executable, "-E", "-s", "-B", "-m", module, *limits],
            input=given,
            capture_output=True,
            cwd=_ROOT,
            env={},
            timeout=cpu_seconds * WALL_FACTOR,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ReaderStoppedError(reason="time") from error
    if child.returncode != 0:
        raise ReaderStoppedError(reason=reason(child.returncode))
    return child.stdout


def reason(code: int) -> str:
    """Name why the child ended: killed by the CPU limit, out of memory, or anything else."""
    return {-24: "cpu", -9: "cpu", 3: "memory"}.get(code, "died")
