"""Who may do what about the office itself, over the real interface: every operation, everyone.

As in test_matrix.py, the expected answer comes from the table of rights alone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.support.matrix import PEOPLE, Operation, ask, code_of, opened, operations
from workflows import commands as c
from workflows.access import COMMANDS, KEEPERS, PERFORMERS, READS, Keep, Read, Relation, Scope, may
from workflows.facts import Role

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.live_office import LiveOffice
    from workflows.access import Grant
    from workflows.facts import Actor

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
    return (each for each in operations() if "{code}" not in each.path)


ABOUT_THE_OFFICE = {each.path: each.id for each in about_the_office() if each.method == "get"}
KEPT = [each for each in about_the_office() if each.id in {*OFFICE, *BY_ROLE}]


def keeps(actor: Actor, operation: str) -> bool:
    """Tell by the table whether the actor may do what is about the office."""
    if operation in BY_ROLE:
        return any(role in actor.roles for role, _ in BY_ROLE[operation])
    return may(actor, OFFICE[operation], TOWN)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Iterator[LiveOffice]:
    """Open an office with everyone in it."""
    with opened(tmp_path_factory.mktemp("matrix"), model) as found:
        yield found


class TestTheOffice:
    def test_knows_whose_every_operation_is(self) -> None:
        known = [*OFFICE, *BY_ROLE, *EVERYBODYS, *WITHIN_SIGHT, *ONES_OWN, "fileProject"]
        found = {each.id for each in about_the_office() if FILE not in each.path}
        of_lists = {each.path for each in about_the_office() if FILE in each.path}

        assert sorted(found) == sorted(known)
        assert {path.removesuffix(FILE) for path in of_lists} <= ABOUT_THE_OFFICE.keys()

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
