"""Projects in the formats of other tools: for whom, and that they are the same facts."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

from engine.store.queries import Person
from exchange import national, ocel, xes
from exchange.case_log import case_of_trace
from tests.support.live_office import CODE
from tests.support.memory_office import answers
from workflows.facts import Role
from workflows.item_runs import case_of

if TYPE_CHECKING:
    from tests.support.live_office import LiveOffice

KINDS = ("log", "objects", "national")


@pytest.fixture
def begun(office: LiveOffice) -> LiveOffice:
    """Return an office in which one project of township T1 has begun."""
    for role, township in ((Role.SUPERVISOR, "T1"), (Role.SUPERVISOR, "T2"), (Role.PLANNER, None)):
        identity = f"{role.value}-{township}"
        office.people.put(
            Person(id=identity, name=identity, roles=frozenset({role}), township=township)
        )
    office.file(facts=answers(office.library.catalogue, 3, approval_catalogue=True))
    assert office.post(f"/projects/{CODE}/stages/1/file", {}, "owner-a").status_code == 200
    return office


class TestExports:
    @pytest.mark.parametrize("who", ["planner-None", "supervisor-T1"])
    def test_tell_the_facts_of_the_project(self, begun: LiveOffice, who: str) -> None:
        answer = begun.get("/exchange/log", who)

        (trace,) = xes.read(BytesIO(answer.data))
        project = begun.parts.handle.project(CODE)
        assert case_of_trace(trace) == case_of(project, begun.library.catalogue)

    def test_are_whole_in_every_format(self, begun: LiveOffice) -> None:
        log = ocel.from_json(begun.get("/exchange/objects", "planner-None").data)
        tables = begun.get("/exchange/national", "planner-None").data

        assert [thing.id for thing in log.objects if thing.type == "project"] == [CODE]
        with ZipFile(BytesIO(tables)) as archive:
            assert archive.namelist() == [f"{name}.csv" for name in national.TABLES]

    @pytest.mark.parametrize("kind", KINDS)
    def test_show_a_supervisor_their_township_only(self, begun: LiveOffice, kind: str) -> None:
        answer = begun.get(f"/exchange/{kind}", "supervisor-T2")

        assert answer.status_code == 200
        assert CODE.encode() not in answer.data

    @pytest.mark.parametrize("kind", KINDS)
    def test_are_not_for_owners(self, begun: LiveOffice, kind: str) -> None:
        answer = begun.get(f"/exchange/{kind}", "owner-a")

        assert (answer.status_code, answer.get_json()["code"]) == (403, "access.not_allowed")

    @pytest.mark.parametrize("kind", KINDS)
    def test_take_no_query(self, begun: LiveOffice, kind: str) -> None:
        assert begun.get(f"/exchange/{kind}?x=1", "planner-None").status_code == 422
