"""What the sender could do now, told by the rules themselves: no page has rules of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api import actors, sight
from api.called import names_of
from api.contract import reads
from api.parser import Nouns
from api.parts import parts
from api.schemas.pairs import UnitQuerySchema
from api.schemas.possible import IntakeSchema, VisitsSchema, WaysSchema
from workflows import commands as c
from workflows import possible
from workflows.access import Scope, grants_of, may
from workflows.errors import UnknownItemError
from workflows.facts import Facts
from workflows.materials import Shelf, worst
from workflows.moments import local_date

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workflows import events as e
    from workflows.catalogue.values import Catalogue
    from workflows.facts import Actor
    from workflows.materials import Standing
    from workflows.project import Project

nouns = Nouns("possible", __name__, description="What could be done now")
Row = dict[str, Any]
_PROJECT = "/projects/<project:code>"


@nouns.route(f"{_PROJECT}/items/<item:item>/ways", methods=["GET"])
@reads(nouns, "getWays", WaysSchema, query=UnitQuerySchema)
def show_ways(query: Row, code: str, item: str) -> Row:
    """Show what the sender could do with an item.

    Besides completing its step: what the rules would take now, special procedures by name, and
    who could approve one.

    Raises:
        UnknownItemError: If the catalogue has no such item.
    """
    actor = actors.current()
    project = sight.project(code, actor)
    catalogue = parts().in_force.of(project).catalogue
    if item not in catalogue.items:
        raise UnknownItemError(item=item)
    found = possible.ways(project, item, query["unit"], facts_of(project, actor))
    department = catalogue.items[item].department
    return {
        "project": code,
        "unit": query["unit"],
        "item": item,
        "file": found.file,
        "supplement": found.supplement,
        "answer": found.answer,
        "procedures": [_procedure(each, catalogue) for each in found.procedures],
        "ends": [_procedure(each, catalogue) for each in found.ends],
        "approvers": _approvers(project, actor, (department,)) if found.procedures else [],
    }


@nouns.route(f"{_PROJECT}/visits", methods=["GET"])
@reads(nouns, "getVisits", VisitsSchema)
def show_visits(code: str) -> Row:
    """Show joint visits.

    Those that go on, and those that the sender could begin: which procedure for which items.
    """
    actor = actors.current()
    project = sight.project(code, actor)
    catalogue, facts = parts().in_force.of(project).catalogue, facts_of(project, actor)
    could = possible.visits(project, facts)
    departments = {catalogue.items[item].department for each in could for item in each.items}
    return {
        "project": code,
        "open": [
            {
                "visit": visit,
                "items": [_visited(item, catalogue) for item in items],
                "may_end": possible.visit_ends(project, visit, facts),
            }
            for visit, items in possible.open_visits(project).items()
        ],
        "possible": [
            {
                "unit": each.unit,
                **_procedure(each.procedure, catalogue),
                "items": [_visited(item, catalogue) for item in each.items],
            }
            for each in could
        ],
        "approvers": _approvers(project, actor, departments),
    }


@nouns.route(f"{_PROJECT}/stages/<number:stage>/intake", methods=["GET"])
@reads(nouns, "getIntake", IntakeSchema, query=UnitQuerySchema)
def show_intake(query: Row, code: str, stage: int) -> Row:
    """Show what a joint application takes in.

    The items that it would file or hold, and the materials that they ask for; refused as the
    filing itself would be.
    """
    actor = actors.current()
    project, unit = sight.project(code, actor), query["unit"]
    catalogue = parts().in_force.of(project).catalogue
    filed = possible.intake(project, stage, unit, facts_of(project, actor))
    items = [each.item for each in filed.filings] + [each.item for each in filed.held]
    return {
        "project": code,
        "stage": stage,
        "unit": unit,
        "items": [_taken(item, filed, catalogue) for item in items],
        "materials": _needed(project, items, unit, catalogue),
    }


def facts_of(project: Project, actor: Actor) -> Facts:
    """Return the facts by which the rules judge what *actor* could do in a project now."""
    library = parts().in_force.of(project)
    return Facts(
        actor=actor,
        recorded_at=parts().clock.now(),
        calendar=library.calendar,
        catalogue=library.catalogue,
        nets=library.nets,
        in_force=library.in_force,
        rules=parts().settings.rules,
    )


def _procedure(code: str, catalogue: Catalogue) -> Row:
    return {"procedure": code, "name": catalogue.procedures[code].name}


def _visited(code: str, catalogue: Catalogue) -> Row:
    item = catalogue.items[code]
    return {"item": code, "name": item.name, "department": item.department}


def _taken(code: str, filed: e.StageFiled, catalogue: Catalogue) -> Row:
    item = catalogue.items[code]
    held = next((each for each in filed.held if each.item == code), None)
    waits = [] if held is None else [catalogue.documents[each].name for each in held.documents]
    waits += [] if held is None else [catalogue.materials[each].name for each in held.materials]
    return {
        **_visited(code, catalogue),
        "days": None if item.committed_limit is None else item.committed_limit.days,
        "held": held is not None,
        "waits_for": waits,
    }


def _needed(project: Project, items: Iterable[str], unit: int, catalogue: Catalogue) -> list[Row]:
    """Return what the items ask for, each material once; the worst standing of it is told."""
    shelf = Shelf(project, catalogue, unit, local_date(parts().clock.now()))
    found: dict[str, Standing] = {}
    for line in (line for item in items for line in shelf.checklist(item).lines):
        found[line.material] = worst(found.get(line.material, line.state), line.state)
    return [
        {"material": code, "name": catalogue.materials[code].name, "state": state}
        for code, state in found.items()
    ]


def _approvers(project: Project, actor: Actor, departments: Iterable[str]) -> list[Row]:
    """Return who may approve for one of *departments* that a clock stops, but for the sender."""
    scopes = [Scope.of(project, each) for each in sorted(departments)]
    grants = grants_of(c.ExtendLimit)
    people = [
        person
        for person in parts().people.all()
        if person.active
        and person.id != actor.id
        and any(may(person.actor, grants, scope) for scope in scopes)
    ]
    names = names_of(("agent", person.id) for person in people)
    return [
        {
            "id": person.id,
            "name": names.get(("agent", person.id)),
            "department": person.department,
        }
        for person in people
    ]
