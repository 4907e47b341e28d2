"""The reference process on SpiffWorkflow over HTTP: load the JSON, run, save; for anybody."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import psycopg
from flask import Flask
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer

from bench.peers.spiff_reference import stored

if TYPE_CHECKING:
    from SpiffWorkflow.bpmn.workflow import BpmnWorkflow


def application(url: str) -> Flask:
    """Return the service on a database that `stored.prepare` made ready."""
    app = Flask(__name__)
    serializer = BpmnWorkflowSerializer()
    own = threading.local()

    def connection() -> psycopg.Connection:
        if not hasattr(own, "connection"):
            own.connection = psycopg.connect(url)
        found: psycopg.Connection = own.connection
        return found

    @app.post("/instances/<path:name>/start")
    def start(name: str) -> dict[str, Any]:
        stored.begin(connection(), serializer, name)
        return {"instance": name, "completed": False}

    @app.post("/instances/<path:name>/complete")
    def complete(name: str) -> dict[str, Any]:
        completed = stored.complete_one(connection(), serializer, name)
        return {"instance": name, "completed": completed}

    @app.get("/instances/<path:name>")
    def progress(name: str) -> dict[str, Any]:
        return _told(name, stored.look(connection(), serializer, name))

    return app


def _told(name: str, workflow: BpmnWorkflow) -> dict[str, Any]:
    tasks = [
        {"task": task.task_spec.name, "title": task.task_spec.bpmn_name, "state": task.state}
        for task in workflow.get_tasks(manual=True)
    ]
    return {"instance": name, "completed": bool(workflow.completed), "tasks": tasks}
