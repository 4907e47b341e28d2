"""The reading child: `python -m bpmn.reader_child CPU_SECONDS MEMORY_BYTES`, file on stdin."""

from __future__ import annotations

import resource
import sys

OUT_OF_MEMORY = 3  # exit code


def main(cpu_seconds: int, memory_bytes: int) -> int:
    """Limit this process, read the file from stdin, and answer on stdout; return the exit code."""
    limit(cpu_seconds, memory_bytes)
    try:
        sys.stdout.buffer.write(_answer(sys.stdin.buffer.read()))
        sys.stdout.buffer.flush()
    except MemoryError:
        return OUT_OF_MEMORY
    return 0


def limit(cpu_seconds: int, memory_bytes: int) -> None:
    """Limit this process for good; it may write no file from now on."""
    for kind, amount in (
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (amount, amount))


def _answer(xml: bytes) -> bytes:
    # Imported here: what the parser libraries allocate and run is already under the limits.
    from bpmn.errors import BpmnError  # noqa: PLC0415
    from bpmn.reader import read  # noqa: PLC0415
    from bpmn.reader_wire import packed, refusal  # noqa: PLC0415

    try:
        return packed(read(xml))
    except BpmnError as error:
        return refusal(error)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
