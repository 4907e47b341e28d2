"""The rehearsing child: `python -m bpmn.rehearsal_child CPU_SECONDS MEMORY_BYTES`, JSON on stdin.

It is given {"files": {process: xml}, "rehearsals": [{"process", "seed", "facts"}, ...]} and answers
{"operations": N} or {"problem": what the two sides disagree on, and where}.
"""

from __future__ import annotations

import json
import random
import sys
from typing import TYPE_CHECKING, Any

from bpmn.errors import BpmnError
from bpmn.reader_child import OUT_OF_MEMORY, limit

if TYPE_CHECKING:
    from bpmn.diagram import Diagram
    from bpmn.rehearsal import Disagreement


def main(cpu_seconds: int, memory_bytes: int) -> int:
    """Limit this process, rehearse what stdin names, answer on stdout; return the exit code."""
    limit(cpu_seconds, memory_bytes)
    try:
        answer = _answer(json.loads(sys.stdin.buffer.read()))
    except MemoryError:
        return OUT_OF_MEMORY
    except BpmnError as error:
        answer = {"problem": str(error)}
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()
    return 0


def _answer(asked: Any) -> dict[str, object]:  # noqa: ANN401 - what the parent wrote
    # Imported here: what the parser libraries allocate and run is already under the limits.
    from bpmn.net import link  # noqa: PLC0415
    from bpmn.reader import read  # noqa: PLC0415
    from bpmn.rehearsal import rehearse  # noqa: PLC0415

    diagrams: dict[str, Diagram] = {
        name: read(xml.encode()) for name, xml in asked["files"].items()
    }
    operations = 0
    for each in asked["rehearsals"]:
        process = each["process"]
        net = link(diagrams[process], {} if process == "lifecycle" else diagrams)
        rng = random.Random(each["seed"])  # noqa: S311 - a history to replay, not a secret
        found = rehearse(net, diagrams, rng=rng, facts=each["facts"])
        operations += found.operations
        if found.disagreement is not None:
            return {"problem": _said(process, each["seed"], found.disagreement)}
    return {"operations": operations}


def _said(process: str, seed: int, found: Disagreement) -> str:
    return (
        f"{process}, seed {seed}, step {found.step}: {found.about}: "
        f"{', '.join(found.core) or '-'} / {', '.join(found.witness) or '-'}"
    )


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
