"""`abreast people`: who may act."""

from __future__ import annotations

from contextlib import closing

import click

from cli.accounts import COMMANDS
from cli.names import DEPARTMENT, names_of
from cli.office import opened, recorded
from cli.speech import SpokenGroup, as_json, option
from cli.terminal import Failed, terminal
from engine.store.naming import Kind
from engine.store.queries import Person
from workflows.facts import SYSTEM, Role
from workflows.roster import JoinRoster

_ROLES = sorted(role.value for role in Role if role is not Role.SYSTEM)


@click.group("people", cls=SpokenGroup, help="help.people")
def group() -> None:
    """Hold the commands about people."""


for _command in COMMANDS:
    group.add_command(_command)


@group.command("add", help="help.people_add")
@click.argument("identity", metavar="ID")
@option("--name", required=True, help="name")
@option("--role", "roles", multiple=True, required=True, type=click.Choice(_ROLES), help="role")
@option("--organisation", help="organisation")
@option("--department", help="department")
@option("--township", help="home")
@option("--phone", help="phone")
def add(identity: str, name: str, roles: tuple[str, ...], **where: str | None) -> None:
    """Register a person; an agent joins the township's roster."""
    department, township = where["department"], where["township"]
    held = frozenset(map(Role, roles))
    if Role.AGENT in held and township is None:
        raise Failed("people.no_township", person=identity)
    with recorded("people.add", f"{identity} {' '.join(sorted(roles))}") as parts:
        if department is not None and department not in parts.library.catalogue.departments:
            known = ", ".join(parts.library.catalogue.departments)
            raise Failed("people.no_department", department=department, known=known)
        if parts.personal.is_spent(identity):
            raise Failed("people.spent", person=identity)
        person = Person(
            id=identity,
            name=name,
            roles=held,
            organisation=where["organisation"],
            department=department,
            township=township,
            phone=where["phone"],
        )
        parts.people.put(person)
        if Role.AGENT in held and township is not None:
            on_roster = parts.rosters.roster(township).agents
            if identity not in on_roster:
                command = JoinRoster(agent=identity)
                parts.rosters.execute(township, command, SYSTEM, f"join-{township}-{identity}")
    terminal().print("people.added", person=identity)


@group.command("list", help="help.people_list")
@as_json()
def list_(as_json: bool) -> None:  # noqa: FBT001 - click hands flags over by name
    """List the active people."""
    speaker = terminal()
    with closing(opened()) as parts:
        people = parts.people.all()
        names = names_of(parts, speaker, (key for key in map(_home, people) if key is not None))
    if as_json:
        speaker.data({"people": [_told(person) for person in people]})
        return
    table = speaker.table("people.title", ("person", "name", "roles", "where"))
    for person in people:
        home = _home(person)
        where = "-" if home is None else names[home]
        table.add_row(person.id, person.name, " ".join(sorted(person.roles)), where)
    speaker.out.print(table)


def _home(person: Person) -> tuple[str, str] | None:
    """Return where somebody belongs, as `names_of` asks for it; None = nowhere."""
    homes = (
        (Kind.ORGANISATION.value, person.organisation),
        (DEPARTMENT, person.department),
        (Kind.TOWNSHIP.value, person.township),
    )
    return next(((kind, code) for kind, code in homes if code), None)


def _told(person: Person) -> dict[str, object]:
    return {
        "id": person.id,
        "name": person.name,
        "roles": sorted(person.roles),
        "organisation": person.organisation,
        "department": person.department,
        "township": person.township,
    }
