"""Who may do what, over the real interface: every operation, every kind of person, every relation.

The expected answer comes from the table of rights alone; the operations come from the contract, so
one that is added later is asked for too, or turns this red until it is said whose it is. Whoever
lacks the right is told just that, whatever else stands against the order: so a check that is taken
away is seen here, though the order would be refused for another reason.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING, Any, get_args

import pytest

from api import document
from engine.store.queries import Person
from tests.support.live_office import CODE, START, LiveOffice
from workflows import commands as c
from workflows.access import (
    COMMANDS,
    KEEPERS,
    PERFORMERS,
    READS,
    Keep,
    Read,
    Relation,
    Scope,
    grants_of,
    may,
)
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
    # Two commands behind one order: by what the body says.
    "correctEntry": (c.CorrectTime, None),
    "correctEntry-step": (c.RevertStep, None),
}
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


@dataclass(frozen=True)
class Operation:
    """One operation of the contract that is about a project."""

    id: str
    method: str
    path: str
    body: Any
    multipart: bool


def about_projects() -> Iterator[Operation]:
    """Yield every operation with the code of a project, and again for each body that matters."""
    for each in _about_projects():
        if each.id == "correctEntry":
            body = {**each.body, "event": ENTRY, "happened_at": START.isoformat()}
            yield replace(each, body=body)
            told = {name: body[name] for name in ("event", "reason")}
            yield replace(each, id="correctEntry-step", body={**told, "kind": "step"})
        else:
            yield each


def _about_projects() -> Iterator[Operation]:
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
    """Open an office whose project has filed its first stage, and everyone in it."""
    opened = LiveOffice(tmp_path_factory.mktemp("matrix"), model=model)
    opened.people.put(*PEOPLE.values())
    opened.file()
    opened.post(f"/projects/{CODE}/stages/1/file", {}, "agent-1")
    path = f"/projects/{CODE}/tasks/0/{ENTERED}/1/receive/complete"
    entry = opened.post(path, {"outcome": "received"}, "window-1")
    assert entry.get_json()["number"] == ENTRY, entry.text
    yield opened
    opened.close()


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


def plain(answer: TestResponse, code: str) -> object:
    return json.loads(answer.text.replace(code, "CODE"))


def may_give(office: LiveOffice, actor: Actor, operation: str) -> bool:
    """Tell by the table whether the actor may give an order, to the project or its item."""
    department = ELSEWHERE if operation.startswith("correctEntry") else HOME
    scope = Scope.of(office.parts.handle.project(CODE), department)
    return may(actor, grants_of(*ORDERS[operation]), scope)


def number(office: LiveOffice) -> int:
    return office.parts.handle.project(CODE).number


def sees(office: LiveOffice, who: str) -> bool:
    scope = Scope.of(office.parts.handle.project(CODE))
    return may(PEOPLE[who].actor, READS[Read.PROJECT], scope)


def code_of(answer: TestResponse) -> str:
    return str((answer.get_json(silent=True) or {}).get("code"))


# What ends or stops the project comes last: until then everyone finds it as it was.
LAST = ("suspendProject", "resumeProject", "withdrawProject", "terminateProject")
IN_ORDER = sorted(ORDERS, key=lambda name: (name in LAST, name))
QUERIES = {
    "getClasses": "?flow=3",
    "getComparison": "?split=2026-02-02",
    "getMonthlyReport": "?month=2026-03",
}
ADMINISTRATORS: tuple[Grant, ...] = ((Role.ADMINISTRATOR, Relation.ANY),)
# Operations about the office itself, and who may; as one who stands in TOWN, or in none.
TOWN = Scope(township="town-a")
OFFICE: dict[str, tuple[Grant, ...]] = {
    **dict.fromkeys(("listVersions", "getCompleteness"), READS[Read.CATALOGUE]),
    **dict.fromkeys(("previewCatalogue", "adoptCatalogue"), KEEPERS[Keep.CATALOGUE]),
    **dict.fromkeys(("previewNotice", "adoptNotice"), KEEPERS[Keep.CALENDAR]),
    **dict.fromkeys(("getCredit", "setCredit"), KEEPERS[Keep.CREDIT]),
    "setAbsence": KEEPERS[Keep.ROSTER],
    "importLog": KEEPERS[Keep.LOGS],
    # What is about the whole district.
    **dict.fromkeys(
        ("getClasses", "getFitted", "askWhatIf", "askBoard", "askLevers"), READS[Read.REPORT]
    ),
    **dict.fromkeys(
        (
            *("listWebhooks", "addWebhook", "removeWebhook", "renewWebhookSecret"),
            *("replayWebhook", "listDeadLetters", "retryDeadLetter"),
        ),
        KEEPERS[Keep.WEBHOOKS],
    ),
    **dict.fromkeys(
        (
            *("addPerson", "changePerson", "getPersonData", "makeLink", "unlockPerson"),
            *("signPersonOut", "erasePerson", "listAudit", "setName", "listIncidents"),
            *("listResting", "retryResting"),
        ),
        ADMINISTRATORS,
    ),
}
# Operations for whoever has one of the roles anywhere, and then within their relation.
BY_ROLE: dict[str, tuple[Grant, ...]] = {
    **dict.fromkeys(
        (
            *("getBackdating", "getBottlenecks", "getPairsReport", "getAgentsReport"),
            *("listFigures", "listAttempts", "listGates", "listCauses"),
            *("getComparison", "getHeat", "getReportCases", "getMonthlyReport", "getCalibration"),
            *("exportEventLog", "exportObjectLog", "exportNational"),
        ),
        READS[Read.REPORT],
    ),
    "fetchExternalTasks": PERFORMERS["external"],
}
# Operations that answer everybody, with what is everybody's, one's own or within one's sight
# (tests/contract/test_rights.py): nobody is refused, and nobody is told of what is another's.
EVERYBODYS = {
    *("getCatalogue", "listQuestions", "listSources", "listItems", "askQuestions", "getYear"),
    *("listDefinitions", "getDefinition", "listNames", "listAgents", "getSession"),
}
WITHIN_SIGHT = {
    *("listProjects", "countProjects", "listDeadlines", "listTasks", "countTasks"),
    *("listNextActions", "listForecasts", "listNews", "streamNews", "search", "listPeople"),
    "listDesks",
    *("getPerson", "getCaseload", "orderTasks", "addLink"),
}
ONES_OWN = {
    *("getMe", "listOwnSessions", "endOwnSession", "listOwnTokens", "issueOwnToken"),
    *("revokeOwnToken", "getOwnData", "addCalendar", "getContact", "setContact"),
    *("listInbox", "readInbox", "listLinks", "revokeLink"),
    *("listJobs", "getJob", "listJobLines", "cancelJob", "getJobFacts"),
    *("getWhatIf", "listDifferences", "listAssumptions", "listLevers"),
}
FILE = "/export/{format}"


def about_the_office() -> Iterator[Operation]:
    """Yield every operation that is about no single project; lists as files after their lists."""
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            if method == "parameters" or "{code}" in path or {} in operation["security"]:
                continue
            content = operation.get("requestBody", {}).get("content", {})
            body = content.get("application/json", {}).get("example")
            multipart = "multipart/form-data" in content
            yield Operation(operation["operationId"], method, path, body, multipart)


ABOUT_THE_OFFICE = {each.path: each.id for each in about_the_office() if each.method == "get"}
KEPT = [each for each in about_the_office() if each.id in {*OFFICE, *BY_ROLE}]


def keeps(actor: Actor, operation: str) -> bool:
    """Tell by the table whether the actor may do what is about the office."""
    if operation in BY_ROLE:
        return any(role in actor.roles for role, _ in BY_ROLE[operation])
    return may(actor, OFFICE[operation], TOWN)


class TestTheMatrix:
    def test_knows_the_command_behind_every_order(self) -> None:
        told = set(get_args(c.Command)) - {kind for kind, _ in ORDERS.values()}
        by_nobody = {kind for kind in told if COMMANDS.get(kind) == ((Role.SYSTEM, Relation.ANY),)}

        assert told - by_nobody == {c.FileProject}
        assert OPERATIONS.keys() >= ORDERS.keys()

    def test_knows_whose_every_operation_is(self) -> None:
        known = [*OFFICE, *BY_ROLE, *EVERYBODYS, *WITHIN_SIGHT, *ONES_OWN, "fileProject"]
        found = {each.id for each in about_the_office() if FILE not in each.path}
        of_lists = {each.path for each in about_the_office() if FILE in each.path}

        assert sorted(found) == sorted(known)
        assert {path.removesuffix(FILE) for path in of_lists} <= ABOUT_THE_OFFICE.keys()

    @pytest.mark.parametrize("name", ORDERS)
    def test_asks_somebody_who_sees_the_project_and_may_not(
        self, office: LiveOffice, name: str
    ) -> None:
        assert [
            who
            for who, person in PEOPLE.items()
            if sees(office, who) and not may_give(office, person.actor, name)
        ]

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
            assert operation.id not in ORDERS or code_of(hidden) == "project.unknown", operation.id
        assert number(office) == before

    @pytest.mark.parametrize("who", PEOPLE)
    def test_lets_nobody_do_what_the_table_does_not_say(self, office: LiveOffice, who: str) -> None:
        before = number(office)
        for name in IN_ORDER:
            if sees(office, who) and not may_give(office, PEOPLE[who].actor, name):
                answer = ask(office, OPERATIONS[name], who)

                refused = (answer.status_code, code_of(answer))
                assert refused == (403, "access.not_allowed"), (name, answer.text)
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
        for operation in KEPT:
            answer = ask(office, operation, who)

            refused = code_of(answer) == "access.not_allowed"
            assert refused is not keeps(actor, operation.id), (operation.id, answer.text)
            assert answer.status_code < 500, operation.id

    @pytest.mark.parametrize("who", PEOPLE)
    def test_hands_out_no_file_of_a_list_that_is_not_shown(
        self, office: LiveOffice, who: str
    ) -> None:
        actor = PEOPLE[who].actor
        for operation in about_the_office():
            shown = ABOUT_THE_OFFICE.get(operation.path.removesuffix(FILE), "")
            if FILE in operation.path and shown in {*OFFICE, *BY_ROLE}:
                asked = replace(operation, path=operation.path.replace("{format}", "csv"))

                refused = code_of(ask(office, asked, who)) == "access.not_allowed"
                assert refused is not keeps(actor, shown), operation.id

    def test_lets_projects_be_filed_by_whom_the_table_says(self, office: LiveOffice) -> None:
        scope = Scope(owner="ORG-A", township="T1")
        for number, (who, person) in enumerate(PEOPLE.items(), 101):
            filing = office.filing(code=f"2026-120118-47-03-000{number}")

            answer = office.post("/projects", filing, who)

            allowed = may(person.actor, COMMANDS[c.FileProject], scope)
            told = (answer.status_code, code_of(answer))
            assert (told == (403, "access.not_allowed")) is not allowed, (who, answer.text)
            assert (answer.status_code == 201) is allowed, (who, answer.text)
