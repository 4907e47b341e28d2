"""The reference process on SpiffWorkflow with its JSON in PostgreSQL, a transaction a task."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer

from bench.peers.spiff_reference import runner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

_TABLE = "CREATE TABLE IF NOT EXISTS instance (id text PRIMARY KEY, state text NOT NULL)"
_NEW = "INSERT INTO instance (id, state) VALUES (%s, %s)"
_LOAD = "SELECT state FROM instance WHERE id = %s FOR UPDATE"
_LOOK = "SELECT state FROM instance WHERE id = %s"
_SAVE = "UPDATE instance SET state = %s WHERE id = %s"


def prepare(url: str) -> None:
    """Make the table."""
    with psycopg.connect(url) as connection:
        connection.execute(_TABLE)


def tasks(url: str, names: Iterator[str]) -> Iterator[str]:
    """Complete one task with each `next`: load, run, dump, save; then the next instance's.

    Raises:
        RuntimeError: If an instance does not complete all of its 60 user tasks.
    """
    serializer = BpmnWorkflowSerializer()
    with psycopg.connect(url) as connection:
        for name in names:
            begin(connection, serializer, name)
            for number in range(runner.USER_TASKS):
                completed = complete_one(connection, serializer, name)
                if completed != (number == runner.USER_TASKS - 1):
                    raise RuntimeError(f"completed: {completed} after {number + 1} user tasks")
                yield name


def begin(connection: psycopg.Connection, serializer: BpmnWorkflowSerializer, name: str) -> None:
    """Start an instance and save it."""
    connection.execute(_NEW, (name, serializer.serialize_json(runner.start())))
    connection.commit()


def look(
    connection: psycopg.Connection, serializer: BpmnWorkflowSerializer, name: str
) -> BpmnWorkflow:
    """Load an instance.

    Raises:
        RuntimeError: If there is none.
    """
    row = connection.execute(_LOOK, (name,)).fetchone()
    connection.rollback()
    if row is None:
        raise RuntimeError(f"{name} is not stored")
    return serializer.deserialize_json(row[0])


def complete_one(
    connection: psycopg.Connection, serializer: BpmnWorkflowSerializer, name: str
) -> bool:
    """Complete the first open task of an instance and tell whether that ended it.

    Raises:
        RuntimeError: If there is no such instance.
    """
    row = connection.execute(_LOAD, (name,)).fetchone()
    if row is None:
        raise RuntimeError(f"{name} is not stored")
    workflow = serializer.deserialize_json(row[0])
    runner.complete(workflow, runner.open_tasks(workflow)[0])
    connection.execute(_SAVE, (serializer.serialize_json(workflow), name))
    connection.commit()
    return bool(workflow.completed)
