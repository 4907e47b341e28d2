"""One key, one order, one answer: for every POST of the contract, those of tomorrow included."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, replace
from ipaddress import ip_address
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from api import document
from engine.outward import Courier, Gate
from engine.store.account_tables import AuditRow
from engine.store.queries import Person
from engine.store.tables import Base, TaskRow
from engine.store.work_tables import DeliveryRow
from engine.webhooks import Webhooks
from tests.support.adjusted import SHORTENED, adjusted, limit
from tests.support.holidays import holidays
from tests.support.hostile_files import pdf
from tests.support.http_journey import orders
from tests.support.live_office import API, CAST, CODE, LiveOffice
from wire import web
from workflows.facts import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from werkzeug.test import TestResponse

FILES = {"supplyMaterial": (pdf(), "a.pdf"), "importLog": (b"case,activity,time\n", "a.csv")}
STEPS = 40  # of a project's way, each ordered twice
REUSED = "engine.key_reused"
# What is shown once is missing in a repetition, which may say that it is one.
ONCE = ("address", "link", "secret", "token")
PLANNER, UPLOAD = "planner", "supplyMaterial"
PATHS = {
    operation["operationId"]: path.removeprefix(API)
    for path, methods in document()["paths"].items()
    for method, operation in methods.items()
    if method == "post"
}
EXAMPLES = {
    operation["operationId"]: content.get("application/json", {}).get("example")
    for methods in document()["paths"].values()
    for method, operation in methods.items()
    if method == "post"
    for content in [operation["requestBody"]["content"]]
}


@dataclass(frozen=True, kw_only=True)
class Deed:
    """An order that can be carried out.

    Attributes:
        where: The address' variables, by name.
    """

    operation: str
    who: str
    body: Any
    where: dict[str, str]

    @property
    def path(self) -> str:
        """Return the address."""
        return re.sub(r"{(\w+)}", lambda found: self.where[found[1]], PATHS[self.operation])


class World:
    """An office in which every order that is no project's can be carried out."""

    def __init__(self, office: LiveOffice) -> None:
        """File a project, and make what the orders are about."""
        self.office = office
        gate = Gate(
            ["https://hooks.test"],
            may=lambda _: True,
            resolve=lambda _host, _port: (ip_address("127.0.0.1"),),
        )
        webhooks = Webhooks(office.parts.new_uow, office.clock, Courier(gate))
        office.parts = replace(office.parts, webhooks=webhooks)
        office.client = web(office.parts).test_client()
        office.people.put(
            Person(id=PLANNER, name="规划", roles=frozenset({Role.PLANNER})),
            Person(id="leaver", name="离", roles=frozenset({Role.OWNER})),
        )
        office.file()
        office.post(f"/projects/{CODE}/stages/1/file", {}, "agent-1")
        self._accept()
        self.tasks = self._tasks("external")
        self.webhook = self._made("/webhooks", {"url": "https://hooks.test/in"}, "admin")
        self.removed = self._made("/webhooks", {"url": "https://hooks.test/old"}, "admin")
        self.link = self._made("/people/me/calendar", {}, "owner-a")
        self.note = self._made(f"/projects/{CODE}/notes", {"text": "请尽快"}, "owner-a")
        self.job = self._made("/tasks/bulk", self.bulk, "window-1")
        token = {"label": "夜", "scopes": ["read"], "days": 1}
        self.token = self._made("/people/me/tokens", token, "agent-1")
        office.parts.sessions.begin("agent-1", "password")
        (self.session,) = office.parts.sessions.all("agent-1")
        self._dead_letter()
        self._keys = (f"every-{number}" for number in count(1))

    @property
    def bulk(self) -> dict[str, Any]:
        """Return an order for one task."""
        tasks = self.office.get("/tasks?limit=1", "window-1").get_json()["data"]
        told = [{"project": each["project"], "task": each["id"]} for each in tasks]
        return {"action": "claim", "tasks": told}

    def send(self, deed: Deed, key: str) -> TestResponse:
        """Order, with a file where the contract wants one."""
        if deed.operation in FILES:
            headers = {"X-Abreast-Persona": deed.who, "Idempotency-Key": key}
            content, name = FILES[deed.operation]
            form = {**deed.body, "file": (io.BytesIO(content), name)}
            return self.office.client.post(API + deed.path, data=form, headers=headers)
        headers = {"Idempotency_Key": key}
        if not deed.operation.startswith("adopt"):
            headers["If_Match"] = "*"
        return self.office.post(deed.path, deed.body, deed.who, **headers)

    def key(self) -> str:
        """Return a key that nothing was ordered under."""
        return next(self._keys)

    def contents(self) -> dict[str, list[str]]:
        """Return every row that there is, but for the trail of who looked at what."""
        with self.office.parts.new_uow() as uow:
            return {
                table.name: sorted(str(tuple(row)) for row in uow.connection.execute(select(table)))
                for table in Base.metadata.sorted_tables
                if table is not AuditRow.__table__
            }

    def _made(self, path: str, body: Any, who: str) -> str:
        answer = self.office.post(path, body, who)
        assert answer.status_code in (201, 202), answer.text
        made: str = answer.get_json()["id"]
        return made

    def _accept(self) -> None:
        """Bring items to their departments, whose own systems are to do the next step."""
        for task in self.office.get("/tasks?limit=200", "window-1").get_json()["data"]:
            if task["item"] and task["step"] in ("receive", "accept"):
                path = f"/projects/{CODE}/tasks/{task['id']}/complete"
                self.office.post(path, {"outcome": task["outcomes"][0]}, "window-1")
        with self.office.parts.new_uow() as uow:
            uow.begin()
            department = TaskRow.performer == "department"
            change = update(TaskRow).where(department).values(performer="external")
            uow.connection.execute(change)
            uow.commit()

    def _tasks(self, performer: str) -> list[dict[str, Any]]:
        found = self.office.get(f"/tasks?limit=200&performer={performer}&mine=false", "admin")
        tasks: list[dict[str, Any]] = found.get_json()["data"]
        return tasks

    def _dead_letter(self) -> None:
        letter = DeliveryRow(
            consumer=f"webhook:{self.webhook}",
            stream=f"project:{CODE}",
            number=1,
            status="dead",
            tries=12,
            next_try_at=self.office.clock.now(),
            last_error="no answer",
        )
        cells = {column.name: getattr(letter, column.name) for column in DeliveryRow.__table__.c}
        with self.office.parts.new_uow() as uow:
            uow.begin()
            uow.connection.execute(DeliveryRow.__table__.insert().values(cells))  # type: ignore[attr-defined]
            uow.commit()


def deeds(world: World) -> Iterator[Deed]:
    """Yield every order that concerns no project's log, so that it can be carried out."""

    def deed(operation: str, who: str, body: Any = None, **where: str) -> Deed:
        return Deed(operation=operation, who=who, body={} if body is None else body, where=where)

    text = adjusted(limit(SHORTENED, 1))
    notice = {"year": 2027, "source": "x1", "worked": ["2027-01-09"],
              "off": ["2027-01-04", *holidays(2027)]}  # fmt: skip
    yield deed("askQuestions", "owner-a", {"flow": 3, "facts": {}})
    yield deed("importLog", PLANNER, {"mapping": ""})
    yield deed("askWhatIf", PLANNER, {"scenario": "district", "compare": "rolling",
               "replications": 5})  # fmt: skip
    yield deed("askBoard", PLANNER, {"scenario": "district"})
    yield deed("askLevers", PLANNER, {"scenario": "district", "replications": 5})
    yield deed("previewCatalogue", PLANNER, {"text": text})
    yield deed("previewNotice", PLANNER, notice)
    yield deed("retryResting", "admin", {"id": "job:none"})
    yield deed("adoptNotice", PLANNER, notice)
    yield deed("setAbsence", "admin", {"first": "2026-05-01", "last": "2026-05-02",
               "township": "T1"}, agent="agent-1")  # fmt: skip
    red = {"level": "red", "until": "2027-01-01", "reason": "守信"}
    yield deed("setCredit", "admin", red, organisation="ORG-A")
    yield deed("readInbox", "agent-1", {"ids": None})
    yield deed("setContact", "agent-1", {"mail": "a@b.example", "locale": "en"})
    yield deed("orderTasks", "window-1", world.bulk)
    yield deed("cancelJob", "window-1", job=world.job)
    yield deed("leaveNote", "owner-a", {"text": "好"}, code=CODE)
    yield deed("eraseNote", "owner-a", code=CODE, note=world.note)
    yield deed("addCalendar", "owner-a")
    yield from _links(world, deed)
    yield from _of_systems(world, deed)
    yield deed("addWebhook", "admin", {"url": "https://hooks.test/new"})
    letter = {"event": f"project:{CODE}/1"}
    yield deed("retryDeadLetter", "admin", letter, webhook=world.webhook)
    yield deed("replayWebhook", "admin", {"after": None}, webhook=world.webhook)
    yield deed("renewWebhookSecret", "admin", webhook=world.webhook)
    yield deed("removeWebhook", "admin", webhook=world.removed)
    token = {"label": "夜间", "scopes": ["read"], "days": 7}
    yield deed("issueOwnToken", "agent-1", token)
    yield deed("revokeOwnToken", "agent-1", token=world.token)
    yield deed("endOwnSession", "agent-1", session=world.session.id)
    yield deed("makeLink", "admin", person="owner-b")
    called = {"kind": "township", "code": "T1", "zh": "示例镇", "en": "Example town"}
    yield deed("setName", "admin", called)
    comes = {"name": "来", "roles": ["agent"], "township": "T2"}
    yield deed("addPerson", "admin", {"id": "comer", **comes})
    yield deed("changePerson", "admin", {**comes, "township": "T1"}, person="comer")
    yield deed("unlockPerson", "admin", person="owner-b")
    yield deed("signPersonOut", "admin", person="owner-b")
    yield deed("erasePerson", "admin", person="leaver")
    # Last: from here on the projects follow another catalogue.
    yield deed("adoptCatalogue", PLANNER, {"text": text, "effective_from": "2026-03-09"})


def _links(world: World, deed: Callable[..., Deed]) -> Iterator[Deed]:
    (task,) = world.tasks
    body = {
        "project": CODE, "purpose": "complete", "task": task["id"], "days": 7,
        "person": f"reviewer-{task['department']}",
    }  # fmt: skip
    yield deed("addLink", f"lead-{task['department']}", body)
    yield deed("revokeLink", "owner-a", link=world.link)


def _of_systems(world: World, deed: Callable[..., Deed]) -> Iterator[Deed]:
    (task,) = world.tasks
    who, at = f"reviewer-{task['department']}", _named(task)
    yield deed("fetchExternalTasks", who, {"worker": "w", "most": 1})
    yield deed("extendExternalTask", who, {"fence": 1, "seconds": 600}, **at)
    yield deed("failExternalTask", who, {"fence": 1, "error": "no line", "pause": 0}, **at)
    yield deed("fetchExternalTasks", who, {"worker": "v", "most": 1})
    done = {"fence": 3, "outcome": task["outcomes"][0]}
    yield deed("completeExternalTask", who, done, **at)


def _named(task: dict[str, Any]) -> dict[str, str]:
    unit, item, attempt, step = task["id"].split("/")
    return {"code": CODE, "unit": unit, "item": item, "attempt": attempt, "step": step}


def commands(world: World) -> Iterator[Deed]:
    """Yield every order that is a command within a project's log, as the contract shows it."""
    where = {
        "code": CODE, "stage": "1", "unit": "0", "attempt": "1", "step": "receive",
        "item": "S1-05", "pair": "P1", "visit": "V1",
    }  # fmt: skip
    known = {each.operation for each in deeds(world)}
    for operation in sorted(PATHS.keys() - known):
        body = {"material": "M005"} if operation == UPLOAD else EXAMPLES[operation]
        yield Deed(operation=operation, who="owner-a", body=body, where=where)


def same(first: Any, again: Any) -> bool:
    """Tell whether two answers are the same, but for what is shown once."""
    if isinstance(first, dict) and isinstance(again, dict):
        first, again = (
            {k: v for k, v in each.items() if k != "repeated"} for each in (first, again)
        )
        return first.keys() == again.keys() and all(
            (name in ONCE and not again[name]) or same(first[name], again[name]) for name in first
        )
    return bool(first == again)


def code_of(answer: TestResponse) -> str:
    return str((answer.get_json(silent=True) or {}).get("code"))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Iterator[World]:
    opened = LiveOffice(tmp_path_factory.mktemp("keys"), model=model)
    yield World(opened)
    opened.close()


class TestEveryPost:
    def test_outside_the_logs_is_carried_out_once_for_a_key(self, world: World) -> None:
        for deed in deeds(world):
            key = world.key()
            first = world.send(deed, key)
            assert first.status_code in (200, 201, 202), (deed.operation, first.text)
            before = world.contents()

            again = world.send(deed, key)
            after = world.contents()

            assert again.status_code == first.status_code, (deed.operation, again.text)
            assert same(first.get_json(), again.get_json()), (deed.operation, again.text)
            assert before == after, deed.operation
            other = world.office.post("/inbox/read", {"ids": ["x"]}, deed.who, Idempotency_Key=key)
            assert code_of(other) == REUSED, (deed.operation, other.text)

    def test_of_a_project_is_carried_out_once_for_a_key(self, office: LiveOffice) -> None:
        office.file()
        for number in range(STEPS):
            order = next(orders(office.get(f"/projects/{CODE}").get_json(), CAST))
            key = f"step-{number}"
            first = office.post(order.path, order.body, order.who, Idempotency_Key=key)
            assert first.status_code == 200, (order, first.text)

            again = office.post(order.path, order.body, order.who, Idempotency_Key=key)
            other = office.post("/inbox/read", {"ids": ["x"]}, order.who, Idempotency_Key=key)

            assert again.get_json() == first.get_json() | {"repeated": True}
            assert again.headers["ETag"] == first.headers["ETag"]
            assert office.parts.handle.project(CODE).number == first.get_json()["number"]
            assert code_of(other) == REUSED, other.text

    def test_takes_no_key_that_another_order_came_under(self, world: World) -> None:
        asked = set()
        for deed in (*deeds(world), *commands(world)):
            key = world.key()
            world.office.post("/inbox/read", {"ids": ["x"]}, deed.who, Idempotency_Key=key)
            before = world.contents()

            answer = world.send(deed, key)

            assert (answer.status_code, code_of(answer)) == (422, REUSED), (deed, answer.text)
            assert world.contents() == before, deed.operation
            asked.add(deed.operation)
        assert asked == PATHS.keys()
