"""What stands beside the steps: pauses, joint visits, suspensions, papers, units."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.support.hostile_files import pdf

if TYPE_CHECKING:
    from random import Random

    from tests.chaos.clients import Json, Line
    from workflows.catalogue.values import Catalogue

ADMIN = "admin"
PAUSED = 0.06  # how often a task's item is paused instead
ENDED = 0.5  # how often, after it, a pause is ended that somebody began
SUSPENDED = 0.01
ADDED = 0.01
SUPPLIED = 0.08
FAR = "2026-12-25"  # a day on which procedures are expected to end; clocks do not jump so far
BOUNDARY = "----abreast-chaos"


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A pause that was begun, and how it is ended."""

    project: str
    op: str
    who: str
    address: str
    body: Json
    sent: Json


@dataclass
class Errands:
    """Shared by all clients.

    Attributes:
        leader: Who approves what is begun.
        begun: Pauses to be ended by whoever comes by.
    """

    catalogue: Catalogue
    leader: str
    begun: list[Begun] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def instead(self, line: Line, code: str, task: Json, rng: Random) -> bool:
        """Pause a task's item now and then instead of doing the task; tell whether it was tried."""
        if rng.random() >= PAUSED:
            return False
        way = rng.choice((self._supplement, self._procedure, self._visit))
        begun = way(line, code, task, rng)
        if begun is not None:
            with self._lock:
                self.begun.append(begun)
        return True

    def end_one(self, line: Line, rng: Random) -> None:
        """End a pause that somebody began."""
        with self._lock:
            if not self.begun or rng.random() >= ENDED:
                return
            one = self.begun.pop(rng.randrange(len(self.begun)))
        done = _order(line, one.op, one.project, one.address, one.who, one.body, one.sent)
        if done is None and not line.stop.is_set() and rng.random() < ENDED:
            with self._lock:
                self.begun.append(one)  # it may be too early: the project stands still, say

    def manage(self, line: Line, code: str, seen: Json, rng: Random) -> None:
        """Do what concerns a whole project now and then."""
        who = seen["agent"] or ADMIN
        if rng.random() < SUPPLIED:
            self._supply(line, code, who, rng)
        if rng.random() < SUSPENDED:
            _order(line, "suspendProject", code, "/suspend", ADMIN, {"reason": "chaos"}, {})
            _order(line, "resumeProject", code, "/resume", ADMIN, {}, {})
        if rng.random() < ADDED:
            unit, stage = len(seen["units"]), rng.randint(2, 4)
            sent = {"unit": unit, "stage": stage}
            _order(line, "addUnit", code, "/units", who, {**sent, "name": "一号楼"}, sent)

    def _supplement(self, line: Line, code: str, task: Json, rng: Random) -> Begun | None:
        materials = self.catalogue.items[task["item"]].materials
        if not materials:
            return None
        names = {name: task[name] for name in ("unit", "item", "attempt")}
        about = {name: task[name] for name in ("unit", "attempt")}
        body = {**about, "missing": [rng.choice(materials)]}
        at, who = f"/items/{task['item']}", f"window-{task['township']}"
        if _order(line, "askSupplement", code, f"{at}/supplement", who, body, names) is None:
            return None
        return Begun(
            project=code,
            op="answerSupplement",
            who=task["agent"] or ADMIN,
            address=f"{at}/answer",
            body=about,
            sent=names,
        )

    def _procedure(self, line: Line, code: str, task: Json, rng: Random) -> Begun | None:
        uses = self.catalogue.items[task["item"]].procedures
        if not uses:
            return None
        procedure = rng.choice(uses).procedure
        names = {name: task[name] for name in ("unit", "item", "attempt")}
        names["procedure"] = procedure
        about = {name: names[name] for name in ("unit", "attempt", "procedure")}
        body = {**about, "expected_end": FAR, "approved_by": self.leader}
        at, who = f"/items/{task['item']}/procedures", f"reviewer-{task['department']}"
        if _order(line, "startProcedure", code, at, who, body, names) is None:
            return None
        return Begun(
            project=code, op="endProcedure", who=who, address=f"{at}/end", body=about, sent=names
        )

    def _visit(self, line: Line, code: str, task: Json, rng: Random) -> Begun | None:
        uses = self.catalogue.items[task["item"]].procedures
        others = [
            item.code
            for item in self.catalogue.items.values()
            if item.code != task["item"]
            and {use.procedure for use in item.procedures} & {use.procedure for use in uses}
        ]
        if not others:
            return None
        items = sorted((task["item"], rng.choice(others)))
        common = {use.procedure for use in self.catalogue.items[items[0]].procedures} & {
            use.procedure for use in self.catalogue.items[items[1]].procedures
        }
        body = {
            "unit": task["unit"],
            "items": items,
            "procedure": min(common),
            "expected_end": FAR,
            "approved_by": self.leader,
        }
        sent = {"unit": task["unit"], "items": tuple(items), "procedure": min(common)}
        who = f"window-{task['township']}"
        if _order(line, "startVisit", code, "/visits", who, body, sent) is None:
            return None
        visit = f"V{rng.randint(1, 3)}"  # the first ones of a project; a wrong name is refused
        return Begun(
            project=code,
            op="endVisit",
            who=who,
            address=f"/visits/{visit}/end",
            body={},
            sent={"visit": visit},
        )

    def _supply(self, line: Line, code: str, who: str, rng: Random) -> None:
        material = rng.choice(sorted(self.catalogue.materials))
        parts = {"material": material, "unit": "0"}
        sent = {"unit": 0, "material": material}
        line.order(
            "supplyMaterial",
            code,
            f"/projects/{code}/materials",
            who,
            upload=_form(parts, pdf(str(rng.random()).encode())),
            sent=sent,
        )


def _form(parts: dict[str, str], content: bytes) -> bytes:
    """Return a form with one file, as a browser sends it."""
    head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name="
    fields = "".join(f'{head}"{name}"\r\n\r\n{value}\r\n' for name, value in parts.items())
    file = f'{head}"file"; filename="chaos.pdf"\r\n\r\n'
    return (fields + file).encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


def _order(  # noqa: PLR0913, PLR0917 - a call and its circumstances
    line: Line, op: str, code: str, address: str, who: str, body: Json, sent: Json
) -> Json | None:
    return line.order(op, code, f"/projects/{code}{address}", who, body=body, sent=sent)
