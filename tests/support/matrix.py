"""Every operation of the contract, every kind of person, and one asking for the other."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from api import document
from engine.store.queries import Person
from tests.support.live_office import CODE, LiveOffice
from workflows.facts import Role

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from werkzeug.test import TestResponse

DOCUMENT = document()
# Departments of two filed items whose first task is the window's. It is open at the first, and done
# at the second, which is what the corrections are about.
ITEM, HOME, ENTERED, ELSEWHERE = "S1-05", "development_reform", "S1-06", "natural_resources"
ENTRY = 7
FILLED = {
    "code": CODE,
    "stage": "1",
    "unit": "0",
    "attempt": "1",
    "step": "receive",
    "item": ITEM,
    "material": "M001",
    "kind": "decision",
    "pair": "P1",
    "visit": "V1",
}
QUERIES = {
    "getClasses": "?flow=3",
    "getComparison": "?split=2026-02-02",
    "getMonthlyReport": "?month=2026-03",
}


@dataclass(frozen=True)
class Operation:
    """One operation of the contract."""

    id: str
    method: str
    path: str
    body: Any
    multipart: bool


def operations() -> Iterator[Operation]:
    """Yield every operation of the contract that asks who one is."""
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            if method != "parameters" and {} not in operation["security"]:
                content = operation.get("requestBody", {}).get("content", {})
                body = content.get("application/json", {}).get("example")
                multipart = "multipart/form-data" in content
                yield Operation(operation["operationId"], method, path, body, multipart)


def everyone() -> Iterator[Person]:
    """Yield every role in every relation to the project in township T1 of ORG-A, agent-1."""

    def person(
        name: str,
        role: Role,
        organisation: str | None = None,
        township: str | None = None,
        department: str | None = None,
    ) -> Person:
        return Person(
            id=f"m-{name}",
            name=name,
            roles=frozenset({role}),
            organisation=organisation,
            township=township,
            department=department,
        )

    for organisation in ("ORG-A", "ORG-B"):
        yield person(f"owner-{organisation}", Role.OWNER, organisation=organisation)
    yield person("owner-of-none", Role.OWNER)
    for role in (Role.AGENT, Role.WINDOW, Role.SUPERVISOR):
        for township in ("T1", "T2"):
            yield person(f"{role}-{township}", role, township=township)
        yield person(f"{role}-district", role)
    for role in (Role.REVIEWER, Role.INSPECTOR, Role.DEPARTMENT_LEAD):
        for department in (HOME, ELSEWHERE):
            yield person(f"{role}-{department}", role, department=department)
        yield person(f"{role}-of-none", role)
    for role in (Role.STAGE_LEAD, Role.PLANNER, Role.ADMINISTRATOR):
        yield person(str(role), role)
    yield Person(id="m-nobody", name="nobody", roles=frozenset())
    yield person("both", Role.OWNER, organisation="ORG-B", township="T1")
    yield Person(id="agent-1", name="agent", roles=frozenset({Role.AGENT}), township="T1")
    yield Person(id="m-two", name="two", roles=frozenset({Role.OWNER, Role.WINDOW}), township="T2")


PEOPLE = {person.id: person for person in everyone()}


@contextmanager
def opened(folder: Path, model: Path) -> Iterator[LiveOffice]:
    """Open an office whose project has filed its first stage, and everyone in it."""
    office = LiveOffice(folder, model=model)
    office.people.put(*PEOPLE.values())
    office.file()
    office.post(f"/projects/{CODE}/stages/1/file", {}, "agent-1")
    path = f"/projects/{CODE}/tasks/0/{ENTERED}/1/receive/complete"
    entry = office.post(path, {"outcome": "received"}, "window-1")
    assert entry.get_json()["number"] == ENTRY, entry.text
    yield office
    office.close()


def ask(office: LiveOffice, operation: Operation, who: str, code: str = CODE) -> TestResponse:
    """Ask for an operation with what the contract has as an example."""
    path = re.sub(r"{(\w+)}", lambda found: FILLED.get(found[1], "1"), operation.path)
    path = path.replace(CODE, code) + QUERIES.get(operation.id, "")
    if operation.method == "get":
        return office.get(path, who)
    headers = {"X-Abreast-Persona": who, "Idempotency-Key": f"{who}-{operation.id}-{code}"}
    if operation.multipart:
        form = {"material": "M001", "file": (BytesIO(b"%PDF-1.7"), "a.pdf")}
        return office.client.post(path, data=form, headers=headers)
    return office.client.post(path, json=operation.body, headers={**headers, "If-Match": "*"})


def code_of(answer: TestResponse) -> str:
    """Return the code of what an answer complains of; "None" where it does not."""
    return str((answer.get_json(silent=True) or {}).get("code"))
