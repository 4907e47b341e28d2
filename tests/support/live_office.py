"""The whole office behind HTTP: a real SQLite database and a hand on the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from shutil import copyfile
from typing import TYPE_CHECKING, Any

from engine.clock import PushableClock
from engine.settings import Settings
from engine.store.queries import Person
from tests.support.facts import random_facts
from tests.support.http_journey import Cast, orders
from wire import assemble, web
from workflows.facts import Actor, Role
from workflows.roster import JoinRoster

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
CODE = "2026-120118-47-03-000001"
API = "/api/v1"
CAST = Cast(window="window-1", agent="agent-1", owner="owner-a")
# What overwrites what a person has looked at.
EDITS = ("/agent", "/facts", "/corrections", "/catalogue/versions", "/calendar/notices")
ADMINISTRATOR = Actor(id="admin", roles=frozenset({Role.ADMINISTRATOR}))


class LiveOffice:
    """One office and one client that speaks to it as different people."""

    def __init__(self, folder: Path, *, demo: bool = True, model: Path | None = None) -> None:
        """Open a database in *folder* with people and two townships, or a copy of *model*."""
        if model is not None:
            copyfile(model, folder / "test.db")
        settings = Settings(
            database=f"sqlite:///{folder}/test.db",
            demo=demo,
            files=f"{folder}/files",
            niceness=0,
        )
        self.clock = PushableClock(START)
        self.parts = assemble(settings, self.clock)
        self.library = self.parts.library
        self.people = self.parts.people
        if model is None:
            self._populate()
        self.client: FlaskClient = web(self.parts).test_client()
        self._keys = (f"key-{number}" for number in count(1))

    def close(self) -> None:
        """Let the database go."""
        self.parts.close()

    def get(self, path: str, who: str | None = "admin", **headers: str) -> TestResponse:
        """Ask as a persona."""
        return self.client.get(self._at(path), headers=self._headers(who, headers))

    def post(
        self, path: str, body: object = None, who: str | None = "admin", **headers: str
    ) -> TestResponse:
        """Order as a persona, with a key of its own unless one is given.

        What must name the version that was seen names any, unless one is given.
        """
        self.clock.push(timedelta(minutes=1))
        match = {"If_Match": "*"} if path.endswith(EDITS) else {}
        sent = {"Idempotency_Key": next(self._keys), **match, **headers}
        return self.client.post(
            self._at(path), json={} if body is None else body, headers=self._headers(who, sent)
        )

    def filing(self, flow: int = 3, seed: int = 1, **other: Any) -> dict[str, Any]:
        """Return the body of a filing with random consistent facts."""
        facts = random_facts(self.library.catalogue, flow, Random(seed))
        return {
            "code": CODE,
            "name": "示例项目",
            "flow": flow,
            "township": "T1",
            "owner": "ORG-A",
            "facts": dict(facts),
        } | other

    def file(self, **other: Any) -> TestResponse:
        """File a project as its owner."""
        answer = self.post("/projects", self.filing(**other), "owner-a")
        assert answer.status_code == 201, answer.text
        return answer

    def work(self, until: Callable[[dict[str, Any]], bool] | None = None) -> dict[str, Any]:
        """Do every open task, file every stage and free item, until *until* or nothing is left."""
        for _ in range(600):
            seen: dict[str, Any] = self.get(f"/projects/{CODE}").get_json()
            if until is not None and until(seen):
                break
            if not self._one_step(seen):
                break
        return seen

    def _one_step(self, seen: dict[str, Any]) -> bool:
        order = next(orders(seen, CAST), None)
        if order is None:
            return False
        answer = self.post(order.path, order.body, order.who)
        assert answer.status_code == 200, answer.text
        return True

    def _populate(self) -> None:
        departments = {item.department for item in self.library.catalogue.items.values()}
        self.people.put(*_persons(sorted(departments)))
        for township, agent in (("T1", "agent-1"), ("T2", "agent-2")):
            self.parts.rosters.execute(
                township, JoinRoster(agent=agent), ADMINISTRATOR, f"join-{agent}"
            )

    @staticmethod
    def _at(path: str) -> str:
        return path if path.startswith(("/api", "//")) else API + path

    @staticmethod
    def _headers(who: str | None, headers: dict[str, str]) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return named if who is None else {"X-Abreast-Persona": who, **named}


def _persons(departments: list[str]) -> Iterator[Person]:
    def person(
        identity: str,
        role: Role,
        organisation: str | None = None,
        department: str | None = None,
        township: str | None = None,
    ) -> Person:
        return Person(
            id=identity,
            name=f"名{identity}",
            roles=frozenset({role}),
            organisation=organisation,
            department=department,
            township=township,
        )

    yield person("admin", Role.ADMINISTRATOR)
    yield person("owner-a", Role.OWNER, organisation="ORG-A")
    yield person("owner-b", Role.OWNER, organisation="ORG-B")
    yield person("agent-1", Role.AGENT, township="T1")
    yield person("agent-2", Role.AGENT, township="T2")
    yield person("window-1", Role.WINDOW, township="T1")
    yield person("window-2", Role.WINDOW, township="T2")
    yield person("stage-lead", Role.STAGE_LEAD)
    yield person("supervisor-2", Role.SUPERVISOR, township="T2")
    for department in departments:
        yield person(f"reviewer-{department}", Role.REVIEWER, department=department)
        yield person(f"inspector-{department}", Role.INSPECTOR, department=department)
        yield person(f"lead-{department}", Role.DEPARTMENT_LEAD, department=department)


__all__ = ["API", "CODE", "START", "LiveOffice"]
