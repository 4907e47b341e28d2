"""Rehearsing definitions before they go live, in a child process with limits."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from bpmn.reader_sandbox import told_by_child

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bpmn.conditions import Value

CPU_SECONDS = 120
MEMORY_MIB = 1024


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
    told = told_by_child(
        "bpmn.rehearsal_child", json.dumps(asked).encode(), cpu_seconds, memory_mib
    )
    answer = json.loads(told)
    return Rehearsed(operations=answer.get("operations", 0), problem=answer.get("problem"))
