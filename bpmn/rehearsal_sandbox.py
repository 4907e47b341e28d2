"""Rehearsing definitions before they go live, in a child process with limits."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bpmn.errors import ReaderStoppedError
from bpmn.reader_sandbox import WALL_FACTOR, reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bpmn.conditions import Value

CPU_SECONDS = 120
MEMORY_MIB = 1024
_ROOT = Path(__file__).resolve().parent.parent
_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """One random history to play: of which process, by which seed, under which facts."""

    process: str
    seed: int
    facts: Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """What came of it; *problem* says where the two sides disagree, None = nowhere."""

    operations: int
    problem: str | None = None


def rehearse_safely(
    files: Mapping[str, bytes],
    histories: Sequence[History],
    *,
    cpu_seconds: int = CPU_SECONDS,
    memory_mib: int = MEMORY_MIB,
) -> Rehearsed:
    """Play *histories* on the token core and on SpiffWorkflow, like `bpmn.rehearsal.rehearse`.

    Args:
        files: Every .bpmn file by process id, those of items included.

    Raises:
        ReaderStoppedError: If the child exceeded a limit or died.
    """
    asked = {
        "files": {name: xml.decode() for name, xml in files.items()},
        "rehearsals": [asdict(history) for history in histories],
    }
    try:
        child = subprocess.run(  # noqa: S603 - our own interpreter and module, fixed arguments
            [
                *(sys.executable, "-E", "-s", "-B", "-m", "bpmn.rehearsal_child"),
                *(str(cpu_seconds), str(memory_mib * _MEBIBYTE)),
            ],
            input=json.dumps(asked).encode(),
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
    answer = json.loads(child.stdout)
    return Rehearsed(operations=answer.get("operations", 0), problem=answer.get("problem"))
