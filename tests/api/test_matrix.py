"""Who may do what, over the real interface: every operation, every kind of person, every relation.

The expected answer comes from the table of rights alone; the operations come from the contract, so
one that is added later is asked for too.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, get_args

import pytest

from api import document
from engine.store.queries import Person
from tests.support.live_office import CODE, LiveOffice
from workflows import commands as c
from workflows.access import COMMANDS, KEEPERS, READS, Keep, Read, Relation, Scope, grants_of, may
from workflows.facts import Role

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from werkzeug.test import TestResponse

    from workflows.access import Grant
    from workflows.facts import Actor

MISSING = "2026-120118-47-03-999999"
FEWEST_CELLS = 1_000
DOCUMENT = document()
# The command behind each order about a project, and who the definition says does it.
ORDERS: dict[str, tuple[type[c.Command], str | None]] = {
    "withdrawProject": (c.WithdrawProject, None),
    "terminateProject": (c.TerminateProject, None),
    "addUnit": (c.AddUnit, None),
    "assignAgent": (c.AssignAgent, None),
    "fileStage": (c.FileStage, None),
    "fileItem": (c.FileItem, None),
    "withdrawItem": (c.WithdrawItem, None),
    "declineItem": (c.DeclineItem, None),
    "askSupplement": (c.AskSupplement, None),
    "answerSupplement": (c.AnswerSupplement, None),
    "startProcedure": (c.StartProcedure, None),
    "endProcedure": (c.EndProcedure, None),
    "startVisit": (c.StartJointVisit, None),
    "endVisit": (c.EndJointVisit, None),
    "suspendProject": (c.SuspendProject, None),
    "resumeProject": (c.ResumeProject, None),
    "extendLimit": (c.ExtendLimit, None),
    "lapseItem": (c.LapseItem, None),
    "confirmIssue": (c.ConfirmIssue, None),
    "revokeItem": (c.RevokeItem, None),
    "changeFacts": (c.ChangeFacts, None),
    "supplyMaterial": (c.SupplyMaterial, None),
    "tolerateMissing": (c.Tolerate, None),
    "completeTask": (c.CompleteStep, "window"),
    "claimTask": (c.ClaimTask, "window"),
    "assignTask": (c.AssignTask, "window"),
    "releaseTask": (c.ReleaseTask, "window"),
    "proposePair": (c.ProposePair, None),
    "drawPair": (c.DrawPair, None),
    "startPair": (c.StartPair, None),
    "dissolvePair": (c.DissolvePair, None),
}
# Two commands behind one order: by what the body says.
CORRECTIONS = (c.CorrectTime, c.RevertStep)
# Departments of one item; S1-05 is this department's, and its first task the window's.
ITEM, HOME, ELSEWHERE = "S1-05", "development_reform", "housing"
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


@dataclass(frozen=True)
class Operation:
    """One operation of the contract that is about a project."""

    id: str
    method: str
    path: str
    body: Any
    multipart: bool


def about_projects() -> Iterator[Operation]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            if "{code}" in path and method != "parameters" and {} not in operation["security"]:
                content = operation.get("requestBody", {}).get("content", {})
                body = content.get("application/json", {}).get("example")
                multipart = "multipart/form-data" in content
                yield Operation(operation["operationId"], method, path, body, multipart)


OPERATIONS = {each.id: each for each in about_projects()}


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


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Iterator[LiveOffice]:
    """Open an office whose project has one filed item, at the window, and everyone in it."""
    opened = LiveOffice(tmp_path_factory.mktemp("matrix"), model=model)
    opened.people.put(*PEOPLE.values())
    opened.file()
    opened.post(f"/projects/{CODE}/stages/1/file", {}, "agent-1")
    yield opened
    opened.close()


def ask(office: LiveOffice, operation: Operation, who: str, code: str = CODE) -> TestResponse:
    """Ask for an operation with what the contract has as an example."""
    path = re.sub(r"{(\w+)}", lambda found: FILLED.get(found[1], "1"), operation.path)
    path = path.replace(CODE, code)
    if operation.method == "get":
        return office.get(path, who)
    headers = {"X-Abreast-Persona": who, "Idempotency-Key": f"{who}-{operation.id}-{code}"}
    if operation.multipart:
        form = {"material": "M001", "file": (BytesIO(b"%PDF-1.7"), "a.pdf")}
        return office.client.post(path, data=form, headers=headers)
    return office.client.post(path, json=operation.body, headers={**headers, "If-Match": "*"})


def plain(answer: TestResponse, code: str) -> object:
    return json.loads(answer.text.replace(code, "CODE"))


def grants(operation: str) -> tuple[tuple[Grant, ...], ...]:
    """Return the grants of each command that an order may stand for."""
    if operation == "correctEntry":
        return tuple(COMMANDS[each] for each in CORRECTIONS)
    kind, performer = ORDERS[operation]
    return (grants_of(kind, performer),)


def may_give(office: LiveOffice, actor: Actor, operation: str) -> bool:
    """Tell by the table whether the actor may give an order, to the project or its item."""
    scope = Scope.of(office.parts.handle.project(CODE), HOME)
    return any(may(actor, each, scope) for each in grants(operation))


def number(office: LiveOffice) -> int:
    return office.parts.handle.project(CODE).number


def sees(office: LiveOffice, who: str) -> bool:
    scope = Scope.of(office.parts.handle.project(CODE))
    return may(PEOPLE[who].actor, READS[Read.PROJECT], scope)


def code_of(answer: TestResponse) -> str:
    return str((answer.get_json(silent=True) or {}).get("code"))


# What ends or stops the project comes last: until then everyone finds it as it was.
LAST = ("suspendProject", "resumeProject", "withdrawProject", "terminateProject")
KNOWN = {*ORDERS, "correctEntry"}
IN_ORDER = sorted(KNOWN, key=lambda name: (name in LAST, name))
# Orders about the office itself, and who may give them; the others of it have tests of their own.
OFFICE: dict[str, tuple[Grant, ...]] = {
    "listVersions": READS[Read.CATALOGUE],
    "getCompleteness": READS[Read.CATALOGUE],
    "previewCatalogue": KEEPERS[Keep.CATALOGUE],
    "adoptCatalogue": KEEPERS[Keep.CATALOGUE],
    "previewNotice": KEEPERS[Keep.CALENDAR],
    "setAbsence": KEEPERS[Keep.ROSTER],
    "getBackdating": READS[Read.REPORT],
    **dict.fromkeys(
        (
            *("getPersonData", "makeLink", "unlockPerson", "changePerson"),
            *("listResting", "retryResting"),
            *("signPersonOut", "listAudit"),
        ),
        ((Role.ADMINISTRATOR, Relation.ANY),),
    ),
}


def about_the_office() -> Iterator[Operation]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            if method != "parameters" and operation["operationId"] in OFFICE:
                content = operation.get("requestBody", {}).get("content", {})
                body = content.get("application/json", {}).get("example")
                yield Operation(operation["operationId"], method, path, body, multipart=False)


class TestTheMatrix:
    def test_knows_the_command_behind_every_order(self) -> None:
        told = set(get_args(c.Command)) - {kind for kind, _ in ORDERS.values()} - {*CORRECTIONS}
        by_nobody = {kind for kind in told if COMMANDS.get(kind) == ((Role.SYSTEM, Relation.ANY),)}

        assert told - by_nobody == {c.FileProject}
        assert OPERATIONS.keys() >= KNOWN

    def test_is_large(self) -> None:
        assert len(OPERATIONS) * len(PEOPLE) >= FEWEST_CELLS

    @pytest.mark.parametrize("who", PEOPLE)
    def test_hides_what_is_out_of_sight_as_if_it_were_not(
        self, office: LiveOffice, who: str
    ) -> None:
        before, hidden_from = number(office), not sees(office, who)
        for operation in OPERATIONS.values() if hidden_from else ():
            hidden, missing = ask(office, operation, who), ask(office, operation, who, MISSING)

            assert hidden.status_code in (403, 404), operation.id
            assert hidden.status_code == missing.status_code, operation.id
            assert plain(hidden, CODE) == plain(missing, MISSING), operation.id
            assert operation.id not in KNOWN or code_of(hidden) == "project.unknown", operation.id
        assert number(office) == before

    @pytest.mark.parametrize("who", PEOPLE)
    def test_lets_nobody_do_what_the_table_does_not_say(self, office: LiveOffice, who: str) -> None:
        before = number(office)
        for name in IN_ORDER:
            if sees(office, who) and not may_give(office, PEOPLE[who].actor, name):
                answer = ask(office, OPERATIONS[name], who)

                assert answer.status_code in (403, 404, 409, 422), (name, answer.text)
                assert code_of(answer) != "project.unknown", name
        assert number(office) == before

    def test_lets_everyone_do_what_the_table_says(self, office: LiveOffice) -> None:
        for name in IN_ORDER:
            for who, person in PEOPLE.items():
                if sees(office, who) and may_give(office, person.actor, name):
                    answer = ask(office, OPERATIONS[name], who)

                    refused = code_of(answer) in ("access.not_allowed", "project.unknown")
                    assert not refused, (name, who, answer.text)
                    assert answer.status_code < 500, (name, who)

    @pytest.mark.parametrize("who", PEOPLE)
    def test_keeps_the_office_to_its_keepers(self, office: LiveOffice, who: str) -> None:
        actor = PEOPLE[who].actor
        for operation in about_the_office():
            answer = ask(office, operation, who)

            scope = Scope(township="town-a")
            allowed = may(actor, OFFICE[operation.id], scope)
            if operation.id == "getBackdating":
                allowed = any(role in actor.roles for role, _ in OFFICE[operation.id])
            assert (code_of(answer) == "access.not_allowed") is not allowed, (
                operation.id,
                answer.text,
            )
