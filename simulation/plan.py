"""A planner's plan: a scenario's file, what is changed in it, and what follows from that."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING, Any

from simulation.asked import DISTRICT
from simulation.changes import between, last, made, values_between
from simulation.check import checked
from simulation.errors import ScenarioError
from simulation.family import FAMILY
from simulation.files import scenario_of
from simulation.scenario import UNLIMITED, VERSION
from simulation.trees import tree_of
from simulation.writing import toml_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulation.changes import Change
    from simulation.scenario import Chances, Edits, Pairing, Scenario
    from workflows.catalogue.values import Catalogue

    Tree = dict[str, Any]

FITTED = "fitted"
MINE = "mine"  # what a plan is called until it is given a name, in every language
_OTHERS = (DISTRICT, FITTED, *FAMILY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a planner has made of a scenario.

    Attributes:
        text: The scenario file (JSON).
        changes: The fewest that make it of the scenario that it began with.
        follows: What had to go with these, though nobody asked for it.
    """

    text: str
    changes: tuple[Change, ...]
    follows: tuple[Change, ...]


def planned(asked: str, changes: Sequence[Change], catalogue: Catalogue) -> Plan:
    """Return the plan that changes make of a scenario, a file's text or a built-in one's name.

    Raises:
        ScenarioError: If either is none, or the plan contradicts itself.
    """
    tree = tree_said(asked)
    begun = scenario_of(tree, catalogue)
    if begun.name in _OTHERS:
        tree, begun = {**tree, "name": MINE}, replace(begun, name=MINE)
    wanted = last(changes)
    after = reduce(lambda one, change: made(one, change, catalogue), wanted, begun)
    own = _written(tree, begun, after)
    checked(scenario_of(own, catalogue), catalogue)
    said = {(each.what, each.of) for each in wanted}
    return Plan(
        text=as_json(own),
        changes=between(begun, after, catalogue),
        follows=tuple(
            each
            for each in values_between(begun, after, catalogue)
            if (each.what, each.of) not in said
        ),
    )


def tree_said(asked: str) -> Tree:
    """Return a file's tree; a built-in scenario's is what lies upon it without a change.

    Raises:
        ScenarioError: If the text cannot be read, or is no table.
    """
    if asked == DISTRICT:
        return {"version": VERSION, "name": asked}
    if asked in FAMILY:
        return {"version": VERSION, "name": asked, "base": asked}
    tree = tree_of(asked, ScenarioError)
    if not isinstance(tree, dict):  # pragma: no cover - what begins with a brace is a table
        raise ScenarioError([])
    return tree


def as_json(tree: Tree) -> str:
    """Return a scenario file as JSON that people may read: what holds no table is one line.

    >>> print(as_json({"name": "x", "service": {"share": 0.5, "items": {"S1-08": {"days": 2}}}}))
    {
     "name": "x",
     "service": {
      "share": 0.5,
      "items": {
       "S1-08": {"days": 2}
      }
     }
    }
    """
    return _table(tree, "")


def _table(table: Mapping[str, Any], margin: str) -> str:
    inner = f"{margin} "
    lines = (
        f"{inner}{json.dumps(key, ensure_ascii=False)}: {_member(value, inner)}"
        for key, value in table.items()
    )
    return "{\n" + ",\n".join(lines) + f"\n{margin}}}"


def _member(value: object, margin: str) -> str:
    if isinstance(value, dict) and any(isinstance(each, dict) for each in value.values()):
        return _table(value, margin)
    return json.dumps(value, ensure_ascii=False)


def as_toml(tree: Tree) -> str:
    """Return the same as TOML, which has no word for nothing: what is nothing is left out."""
    return toml_of(_something(tree))


def _something(tree: Tree) -> Tree:
    return {
        key: _something(value) if isinstance(value, dict) else value
        for key, value in tree.items()
        if value is not None
    }


def _written(tree: Tree, before: Scenario, after: Scenario) -> Tree:
    """Return the tree with what is changed written in place of what it said."""
    found = {**tree, "name": after.name}
    if before.edits != after.edits:
        found["catalogue"] = _catalogue(after.edits, whole="base" in tree)
    if before.pairing != after.pairing:
        found["pairing"] = _pairing(after.pairing)
    if before.departments != after.departments:
        found["departments"] = {
            code: ({} if each.reviewers is None else {"reviewers": each.reviewers})
            | ({"closed": list(each.closed)} if each.closed else {})
            for code, each in after.departments.items()
        }
    if before.agents != after.agents:
        found["agents"] = {**tree.get("agents", {}), "precheck": after.agents.precheck}
    if before.chances != after.chances:
        found["chances"] = _chances(tree.get("chances", {}), before.chances, after.chances)
    return found


def _chances(said: Tree, before: Chances, after: Chances) -> Tree:
    found = {**said, "committed": after.committed, "supplement": after.supplement}
    if before.supplements != after.supplements:
        found["supplements"] = dict(after.supplements)
    return found


def _pairing(pairing: Pairing) -> Tree:
    slots = "unlimited" if pairing.slots == UNLIMITED else pairing.slots
    return {"policy": pairing.policy.value, "mode": pairing.mode.value, "slots": slots}


def _catalogue(edits: Edits, *, whole: bool) -> Tree:
    """Return what edits say; *whole*: what they do not say, too, for a base may say something."""
    needs = [
        {"item": item, "document": document, "hard": hard}
        for (item, document), hard in edits.needs.items()
    ]
    said = {
        "couplings": {code: coupling.value for code, coupling in edits.couplings.items()},
        "needs": needs,
        "dropped": list(edits.dropped),
        "limits": dict(edits.limits),
        "commitment": dict(edits.commitment),
    }
    return {name: value for name, value in said.items() if value or whole}
