from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from engine.store.queries import Person
from tests.support.live_office import CODE, LiveOffice
from workflows.facts import Role

if TYPE_CHECKING:
    from pathlib import Path

ME = "/api/v1/people/me"
FILLING = {
    "code": CODE,
    "stage": "1",
    "item": "S1-05",
    "unit": "0",
    "attempt": "1",
    "year": "2026",
    "format": "csv",
}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


class TestAToken:
    def test_names_its_person(self, office: LiveOffice) -> None:
        token = office.people.issue_token("window-1", timedelta(hours=1))

        me = office.client.get(ME, headers=bearer(token)).get_json()

        assert (me["id"], me["roles"], me["township"]) == ("window-1", ["window"], "T1")

    def test_ends_with_its_time(self, office: LiveOffice) -> None:
        token = office.people.issue_token("window-1", timedelta(hours=1))
        office.clock.push(timedelta(hours=2))

        assert office.client.get(ME, headers=bearer(token)).status_code == 401

    def test_ends_when_it_is_taken_back(self, office: LiveOffice) -> None:
        token = office.people.issue_token("window-1", timedelta(hours=1))
        office.people.revoke_token(token)

        assert office.client.get(ME, headers=bearer(token)).status_code == 401

    def test_ends_with_its_person(self, office: LiveOffice) -> None:
        token = office.people.issue_token("window-1", timedelta(hours=1))
        office.people.put(
            Person(id="window-1", name="x", roles=frozenset({Role.WINDOW}), active=False)
        )

        assert office.client.get(ME, headers=bearer(token)).status_code == 401

    @pytest.mark.parametrize("token", ["", "x", "abreast_", "abreast_" + "x" * 43, "abreast_é"])
    def test_that_is_none_proves_nothing(self, office: LiveOffice, token: str) -> None:
        answer = office.client.get(ME, headers={"Authorization": f"Bearer {token}".encode()})

        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


class TestAPersona:
    def test_is_enough_in_a_demonstration(self, office: LiveOffice) -> None:
        assert office.get("/people/me", "owner-a").get_json()["organisation"] == "ORG-A"

    def test_must_be_known(self, office: LiveOffice) -> None:
        assert office.get("/people/me", "nobody").status_code == 401

    def test_proves_nothing_outside_a_demonstration(self, tmp_path: Path) -> None:
        office = LiveOffice(tmp_path, demo=False)

        answer = office.get("/people/me", "admin")
        office.close()

        assert answer.status_code == 401

    def test_proves_nothing_from_another_machine(self, office: LiveOffice) -> None:
        answer = office.client.get(
            ME,
            headers={"X-Abreast-Persona": "admin"},
            environ_overrides={"REMOTE_ADDR": "192.0.2.7"},
        )

        assert answer.status_code == 401

    @pytest.mark.parametrize(
        "host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example"]
    )
    def test_proves_nothing_under_a_strange_host(self, office: LiveOffice, host: str) -> None:
        answer = office.client.get(ME, headers={"X-Abreast-Persona": "admin", "Host": host})

        assert answer.status_code == 401

    @pytest.mark.parametrize(
        "host", ["localhost:8000", "127.0.0.1:8000", "127.0.0.1", "[::1]:8000"]
    )
    def test_is_heard_under_the_machines_own_names(self, office: LiveOffice, host: str) -> None:
        answer = office.client.get(ME, headers={"X-Abreast-Persona": "admin", "Host": host})

        assert answer.status_code == 200


class TestNobody:
    def test_reaches_no_operation(self, office: LiveOffice) -> None:
        paths = office.get("/openapi.json", None).get_json()["paths"]
        statuses = {}
        for template, operations in paths.items():
            path = re.sub(r"{(\w+)}", lambda found: FILLING.get(found[1], "x"), template)
            for method in operations.keys() & {"get", "post"}:
                if operations[method]["security"] == [{}]:
                    continue  # public by contract
                ask = office.get if method == "get" else office.post
                statuses[method, template] = ask(path, who=None).status_code

        assert len(statuses) >= 30
        assert {key: status for key, status in statuses.items() if status != 401} == {}
