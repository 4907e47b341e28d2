"""A project's way over HTTP: reads its progress like any client and says what to order next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Answer = dict[str, Any]
POLICIES = {1: "chosen", 2: "drawn", 3: "planned", 4: "chosen"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A POST: where, what, and as whom."""

    path: str
    body: Answer
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Who acts; officers are called after their role and department."""

    window: str
    agent: str
    owner: str

    def of(self, turn: Answer) -> str:
        """Return the person whose turn it is."""
        match turn["performer"]:
            case "window":
                return self.window
            case "agent":
                return self.agent
            case "owner":
                return self.owner
            case "inspector":
                return f"inspector-{turn['department']}"
            case _:
                return f"reviewer-{turn['department']}"


def orders(seen: Answer, cast: Cast) -> Iterator[Order]:
    """Yield what could be done next: an intake, the tasks, then single items."""
    project = f"/projects/{seen['code']}"
    for stage in _stages(seen):
        if stage["state"] == "open":
            yield Order(path=f"{project}/stages/{stage['stage']}/file", body={}, who=cast.agent)
        for item in stage["items"]:
            if item["step"] is not None:
                yield _step(project, item["step"], cast)
    for stage in _stages(seen):
        for item in stage["items"]:
            if item["state"] == "wanted" and stage["filed_at"] and not item["mandated"]:
                path = f"{project}/items/{item['item']}/file"
                yield Order(path=path, body={}, who=cast.agent)


def pair_order(seen: Answer, get: Callable[[str], Answer], cast: Cast) -> Order | None:
    """Return the order by which a stage with free slots gets its next pair, by its policy."""
    project = f"/projects/{seen['code']}"
    for stage in _stages(seen)[:4]:
        proposed = [pair["id"] for pair in stage["pairs"] if pair["status"] == "proposed"]
        if proposed and not stage["slots_held"]:
            return Order(path=f"{project}/pairs/{proposed[0]}/start", body={}, who=cast.agent)
        if not stage["filed_at"] or stage["slots_held"] or stage["ended_at"]:
            continue
        order = _proposal(f"{project}/stages/{stage['stage']}/pairs", stage, get, cast)
        if order is not None:
            return order
    return None


def _proposal(path: str, stage: Answer, get: Callable[[str], Answer], cast: Cast) -> Order | None:
    matrix = get(f"{path}/candidates")
    ready = {(p["first"], p["second"]) for p in matrix["pairs"] if p["legal"] and p["ready"]}
    if not ready:
        return None
    policy = POLICIES[stage["stage"]]
    if policy == "drawn":
        return Order(path=f"{path}/draw", body={}, who=cast.agent)
    pair = min(ready)
    if policy == "planned":
        planned = [(p["first"], p["second"]) for p in get(f"{path}/plan")["pairs"]]
        pair = next((each for each in planned if each in ready), pair)
    body = {"first": pair[0], "second": pair[1], "policy": policy}
    return Order(path=f"{path.partition('/stages')[0]}/pairs", body=body, who=cast.agent)


def _step(project: str, step: Answer, cast: Cast) -> Order:
    outcome = next(o for o in step["outcomes"] if o not in ("refused", "committed"))
    path = f"{project}/tasks/{step['task']}/complete"
    return Order(path=path, body={"outcome": outcome}, who=cast.of(step["turn"]))


def _stages(seen: Answer) -> list[Answer]:
    found: list[Answer] = seen["units"][0]["stages"]
    return found
