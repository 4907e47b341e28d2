"""What the clients do: they run projects, race each other, err, and try what is not theirs."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from itertools import combinations, count
from typing import TYPE_CHECKING

from cli import district
from tests.support.facts import random_facts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from random import Random

    from engine.store.queries import Person
    from tests.chaos.clients import Json, Line
    from tests.chaos.errands import Errands
    from workflows.catalogue.values import Catalogue

ADMIN = "admin"
HOT = 2  # of them that half of all work goes to
WRONG_PERSON = 0.04
TWICE = 0.05
WITHDRAWN = 0.03
REFUSED = 0.03
GIVEN_UP = 0.001
TURNED_AWAY = ("refused", "not_needed")
WANTED = ("wanted", "refused", "withdrawn")  # the last two are wanted again
HELD = 0.05  # how often what waits for documents is filed all the same


@dataclass
class Portfolio:
    """The projects that all clients work on.

    Attributes:
        at_once: How many run at the same time.
        filing: How many are being filed.
    """

    catalogue: Catalogue
    people: dict[str, Person]
    at_once: int
    codes: list[str] = field(default_factory=list)
    filing: int = 0
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next_code(self) -> str | None:
        """Return a project code that was never used; None when enough projects run."""
        with self._lock:
            if len(self.codes) + self.filing >= self.at_once:
                return None
            self.filing += 1
            return f"2026-120118-47-03-{next(self.numbers):06d}"

    def settle(self, code: str, *, filed: bool) -> None:
        """Take a project in whose filing is over, if it was filed."""
        with self._lock:
            self.filing -= 1
            if filed:
                self.codes.append(code)

    def drop(self, code: str) -> None:
        """Leave a project that has ended."""
        with self._lock:
            if code in self.codes:
                self.codes.remove(code)

    def pick(self, rng: Random) -> str | None:
        """Return a project, half of the time a hot one."""
        with self._lock:
            if not self.codes:
                return None
            few = self.codes[:HOT] if rng.random() < 1 / 2 else self.codes
            return rng.choice(few)


@dataclass
class Client(threading.Thread):
    """One client at work until *stop* is set."""

    line: Line
    portfolio: Portfolio
    errands: Errands
    stop: threading.Event
    rng: Random

    def __post_init__(self) -> None:
        """Become a thread."""
        super().__init__(daemon=True, name=f"client-{self.line.number}")

    def __hash__(self) -> int:
        """Be one thread among others."""
        return id(self)

    def run(self) -> None:
        """Work."""
        while not self.stop.is_set():
            new = self.portfolio.next_code()
            if new is not None:
                self._file_project(new)
            code = self.portfolio.pick(self.rng)
            if code is None:
                self.stop.wait(0.1)
            else:
                self._work(code)
                self.errands.end_one(self.line, self.rng)
        self.line.close()

    def _file_project(self, code: str) -> None:
        flow = self.rng.randint(1, 6)
        owner = self.rng.choice(district.OWNERS).code
        body: Json = {
            "code": code,
            "name": "示例项目",
            "flow": flow,
            "township": self.rng.choice(district.TOWNSHIPS).code,
            "owner": owner,
            "facts": dict(random_facts(self.portfolio.catalogue, flow, self.rng)),
        }
        who = f"owner-{owner}"
        done = self.line.order("fileProject", code, "/projects", who, body=body, sent=body)
        self.portfolio.settle(code, filed=done is not None)

    def _work(self, code: str) -> None:
        answer = self.line.read(f"/tasks?project={code}&limit=200", ADMIN)
        tasks: list[Json] = [] if answer is None else answer["data"]
        if not tasks or self.rng.random() < 1 / 4:
            self._manage(code)
            return
        for task in self.rng.sample(tasks, min(3, len(tasks))):
            self._do(code, task)

    def _do(self, code: str, task: Json) -> None:
        """Do one task, now and then twice, by the wrong person, or withdraw its item instead."""
        if task["item"] is None:
            self._file_stage(code, task["stage"], task["agent"], task["unit"])
            return
        if self.errands.instead(self.line, code, task, self.rng):
            return
        address = f"/projects/{code}/tasks/{task['id']}"
        who = self._performer(task)
        names = {name: task[name] for name in ("unit", "item", "attempt", "step")}
        if self.rng.random() < WITHDRAWN:
            body = {"unit": task["unit"], "reason": "chaos"}
            self._order(
                "withdrawItem",
                code,
                f"/items/{task['item']}/withdraw",
                task["agent"],
                body,
                unit=task["unit"],
                item=task["item"],
            )
            return
        if self.rng.random() < TWICE:
            self.line.order("claimTask", code, f"{address}/claim", who, sent=names)
        outcome = self._outcome(task["outcomes"])
        for _ in range(2 if self.rng.random() < TWICE else 1):
            sent = names | {"outcome": outcome}
            self.line.order(
                "completeTask",
                code,
                f"{address}/complete",
                who,
                body={"outcome": outcome} | ({"reason": "chaos"} if outcome in TURNED_AWAY else {}),
                sent=sent,
            )

    def _outcome(self, outcomes: Sequence[str]) -> str:
        if "refused" in outcomes and self.rng.random() < REFUSED:
            return "refused"
        return self.rng.choice([each for each in outcomes if each not in TURNED_AWAY])

    def _performer(self, task: Json) -> str:
        if self.rng.random() < WRONG_PERSON:
            return self.rng.choice(list(self.portfolio.people))
        match task["performer"]:
            case "window":
                return f"window-{task['township']}"
            case "inspector":
                return f"inspector-{task['department']}"
            case "agent" | "owner":
                return task["agent"] or ADMIN
            case _:
                return f"reviewer-{task['department']}"

    def _manage(self, code: str) -> None:
        """Look at the whole project and move what waits at its doors."""
        seen = self.line.progress(code, ADMIN)
        if seen is None:
            return
        if seen["status"] != "running":
            self.portfolio.drop(code)
            return
        agent = seen["agent"] or ADMIN
        self.errands.manage(self.line, code, seen, self.rng)
        if self.rng.random() < 1 / 10:
            self.line.look_at_log(code, ADMIN, max(0, seen["number"] - 50))
        if self.rng.random() < GIVEN_UP:
            self._order("withdrawProject", code, "/withdraw", agent, {"reason": "chaos"})
        for stage in seen["units"][0]["stages"]:
            self._manage_stage(code, stage, agent)

    def _manage_stage(self, code: str, stage: Json, agent: str) -> None:
        if stage["opened_at"] is None or stage["ended_at"] is not None:
            return
        if stage["filed_at"] is None:
            self._file_stage(code, stage["stage"], agent)
            return
        doors = (*WANTED, "held") if self.rng.random() < HELD else WANTED
        waiting = [item for item in stage["items"] if item["state"] in doors]
        pairable = [i["item"] for i in waiting if i["coupling"] == "pairable" and not i["mandated"]]
        others = [item["item"] for item in waiting if item["item"] not in pairable]
        for item in self.rng.sample(others, min(2, len(others))):
            self._file_item(code, item, agent, single=False)
        self._pair(code, stage, pairable, agent)

    def _pair(self, code: str, stage: Json, pairable: list[str], agent: str) -> None:
        """Bring pairable items on their way in one of the ways there are."""
        for pair in stage["pairs"]:
            if pair["status"] == "proposed":
                verb = "dissolve" if self.rng.random() < 1 / 10 else "start"
                address = f"/pairs/{pair['id']}/{verb}"
                self._order(f"{verb}Pair", code, address, agent, {}, pair=pair["id"])
        for _ in range(2):
            self._pair_once(code, stage, pairable, agent)

    def _pair_once(self, code: str, stage: Json, pairable: list[str], agent: str) -> None:
        choice = self.rng.random()
        if choice < 0.3 and len(pairable) > 1:
            first, second = self.rng.choice(list(combinations(sorted(pairable), 2)))
            two = {"first": first, "second": second}
            self._order("proposePair", code, "/pairs", agent, two, **two)
        elif choice < 0.5 and pairable:
            number = stage["stage"]
            self._order("drawPair", code, f"/stages/{number}/pairs/draw", agent, {}, stage=number)
        elif choice < 0.8 and pairable:
            single = self.rng.random() < 1 / 2
            self._file_item(code, self.rng.choice(pairable), agent, single=single)
        elif choice < 0.85 and pairable:
            item = self.rng.choice(pairable)
            body = {"reason": "chaos"}
            self._order("declineItem", code, f"/items/{item}/decline", agent, body, item=item)

    def _file_stage(self, code: str, stage: int, agent: str | None, unit: int = 0) -> None:
        address, body = f"/stages/{stage}/file", {"unit": unit}
        self._order("fileStage", code, address, agent or ADMIN, body, stage=stage, unit=unit)

    def _file_item(self, code: str, item: str, agent: str, *, single: bool) -> None:
        body = {"single": single, "reason": "chaos"}
        self._order("fileItem", code, f"/items/{item}/file", agent, body, item=item)

    def _order(
        self, op: str, code: str, address: str, who: str, body: Json, **sent: object
    ) -> None:
        path = f"/projects/{code}{address}"
        self.line.order(op, code, path, who, body=body, sent={"unit": 0, **sent})
