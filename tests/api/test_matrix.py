"""Who may do what, over the real interface: every operation, every kind of person, every relation.

The expected answer comes from the table of rights alone; the operations come from the contract, so
one that is added later is asked for too, or turns this red until it is said whose it is. Whoever
lacks the right is told just that, whatever else stands against the order: so a check that is taken
away is seen here, though the order would be refused for another reason.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, get_args

import pytest

from tests.support.live_office import CODE, START, LiveOffice
from tests.support.matrix import (
    ELSEWHERE,
    ENTRY,
    HOME,
    PEOPLE,
    Operation,
    ask,
    code_of,
    opened,
    operations,
)
from workflows import commands as c
from workflows.access import COMMANDS, READS, Read, Relation, Scope, grants_of, may
from workflows.facts import Role

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from werkzeug.test import TestResponse

    from workflows.facts import Actor

MISSING = "2026-120118-47-03-999999"
FEWEST_CELLS = 1_000
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


def about_projects() -> Iterator[Operation]:
    """Yield every operation with the code of a project, and again for each body that matters."""
    for each in operations():
        if each.id == "correctEntry":
            body = {**each.body, "event": ENTRY, "happened_at": START.isoformat()}
            yield replace(each, body=body)
            told = {name: body[name] for name in ("event", "reason")}
            yield replace(each, id="correctEntry-step", body={**told, "kind": "step"})
        elif "{code}" in each.path:
            yield each


OPERATIONS = {each.id: each for each in about_projects()}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Iterator[LiveOffice]:
    """Open an office with everyone in it."""
    with opened(tmp_path_factory.mktemp("matrix"), model) as found:
        yield found


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


# What ends or stops the project comes last: until then everyone finds it as it was.
LAST = ("suspendProject", "resumeProject", "withdrawProject", "terminateProject")
IN_ORDER = sorted(ORDERS, key=lambda name: (name in LAST, name))


class TestTheMatrix:
    def test_knows_the_command_behind_every_order(self) -> None:
        told = set(get_args(c.Command)) - {kind for kind, _ in ORDERS.values()}
        by_nobody = {kind for kind in told if COMMANDS.get(kind) == ((Role.SYSTEM, Relation.ANY),)}

        assert told - by_nobody == {c.FileProject}
        assert OPERATIONS.keys() >= ORDERS.keys()

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
