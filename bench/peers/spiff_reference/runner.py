"""Run the reference process on SpiffWorkflow the way its documentation shows.

Alone: `python bench/peers/spiff_reference/runner.py` completes one project both ways and prints
how many user tasks it had, and the CPU seconds: in memory, and stateless (load the JSON, complete
one task, dump the JSON: how a web application keeps an instance in a database).
"""

from __future__ import annotations

import json
import time
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

PINNED = "3.2.0"
FOLDER = Path(__file__).resolve().parent
USER_TASKS = 60


@cache
def specs() -> tuple[Any, dict[str, Any]]:
    """Parse the files once.

    Raises:
        RuntimeError: If another version than the pinned one is installed.
    """
    if version("SpiffWorkflow") != PINNED:
        raise RuntimeError(f"SpiffWorkflow {version('SpiffWorkflow')} is not {PINNED}")
    parser = BpmnParser()
    parser.add_bpmn_files([str(path) for path in sorted(FOLDER.glob("*.bpmn"))])
    return parser.get_spec("project"), parser.get_subprocess_specs("project")


def start() -> BpmnWorkflow:
    """Start one project and run to its first user tasks."""
    spec, called = specs()
    workflow = BpmnWorkflow(spec, called)
    workflow.do_engine_steps()
    return workflow


def open_tasks(workflow: BpmnWorkflow) -> list[Any]:
    """List the open user tasks."""
    return list(workflow.get_tasks(state=TaskState.READY, manual=True))


def complete(workflow: BpmnWorkflow, task: Any) -> None:  # noqa: ANN401 - it has no types
    """Complete one user task, with all papers there, and run on."""
    task.set_data(papers="complete")
    task.run()
    workflow.do_engine_steps()


def in_memory() -> int:
    """Complete one project in memory; return how many user tasks it had."""
    workflow, count = start(), 0
    while tasks := open_tasks(workflow):
        complete(workflow, tasks[0])
        count += 1
    return _checked(workflow, count)


def stateless() -> int:
    """Complete one project, from JSON to JSON for every task; return how many it had."""
    serializer = BpmnWorkflowSerializer()
    stored, count = serializer.serialize_json(start()), 0
    while True:
        workflow = serializer.deserialize_json(stored)
        tasks = open_tasks(workflow)
        if not tasks:
            return _checked(workflow, count)
        complete(workflow, tasks[0])
        stored = serializer.serialize_json(workflow)
        count += 1


def _checked(workflow: BpmnWorkflow, count: int) -> int:
    if not workflow.completed or count != USER_TASKS:
        raise RuntimeError(f"{count} user tasks, completed: {workflow.completed}")
    return count


def main() -> None:
    """Print one project's figures as JSON."""
    figures: dict[str, object] = {"SpiffWorkflow": PINNED}
    for way in (in_memory, stateless):
        before = time.process_time()
        tasks = way()
        spent = time.process_time() - before
        figures[way.__name__] = {"user_tasks": tasks, "cpu_s": round(spent, 3)}
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
