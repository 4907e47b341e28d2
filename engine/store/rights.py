"""The table of workflows/access.py in SQL: which rows of a list an actor may see, or may do.

What `access.may` says of one project or task in Python, these conditions say of every row; a test
holds the two against each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_never

from sqlalchemy import ColumnElement, and_, false, or_, true

from engine.store.slots import bound
from engine.store.tables import ProjectRow, TaskRow
from workflows.access import READS, Read, Relation, duties, relations
from workflows.facts import Role

if TYPE_CHECKING:
    from workflows.access import Grant
    from workflows.facts import Actor

Table = type[ProjectRow] | type[TaskRow]


def seen(table: Table, viewer: Actor, read: Read = Read.PROJECT) -> ColumnElement[bool]:
    """Say of a row that the viewer may read it."""
    return permitted(table, viewer, READS[read])


def permitted(table: Table, actor: Actor, grants: tuple[Grant, ...]) -> ColumnElement[bool]:
    """Say of a row that one of *grants* holds for the actor, as `access.may` does."""
    held = relations(actor, grants)
    if Relation.ANY in held:
        return true()
    return or_(false(), *(_related(table, actor, relation) for relation in held))


def tasks_for(doer: Actor, *, follows: bool = False) -> tuple[ColumnElement[bool], ...]:
    """Say of a task in which ways it may be *doer*'s: held, or free and within a duty.

    One way is enough. They are given apart because each is found by an index of its own.

    Args:
        follows: As an agent also what others have to do in the projects assigned to them.
    """
    theirs = TaskRow.person == bound(doer.id)
    free = or_(TaskRow.person.is_(None), theirs)
    ways = [theirs]
    follows = follows and Role.AGENT in doer.roles
    if follows:
        ways.append(TaskRow.agent == bound(doer.id))  # with all that being assigned to it permits
    for performer, relation in duties(doer):
        if not (follows and relation is Relation.ASSIGNED):
            ways.append(and_(free, _duty(doer, performer, relation)))
    return tuple(ways)


def _duty(doer: Actor, performer: str | None, relation: Relation) -> ColumnElement[bool]:
    related = _related(TaskRow, doer, relation)
    if performer is None:
        return and_(TaskRow.item.is_(None), related)
    return and_(TaskRow.item.is_not(None), TaskRow.performer == performer, related)


def _related(table: Table, actor: Actor, relation: Relation) -> ColumnElement[bool]:
    """Say in SQL what a relation asks; an actor without the value has no relation."""
    match relation:
        case Relation.ANY:
            return true()
        case Relation.OWN:
            return _is(table.owner, actor.organisation)
        case Relation.TOWNSHIP:
            return true() if actor.township is None else _is(table.township, actor.township)
        case Relation.ASSIGNED:
            return _is(table.agent, actor.id)
        case Relation.DEPARTMENT:
            # A project has no department: whoever needs one gains nothing by it.
            return _is(getattr(table, "department", None), actor.department)
        case _:
            assert_never(relation)


def _is(column: Any, value: str | None) -> ColumnElement[bool]:  # noqa: ANN401 - a mapped column
    if column is None or value is None:
        return false()
    found: ColumnElement[bool] = column == bound(value)
    return found
