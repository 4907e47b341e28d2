"""The register of people: seen by whom it concerns, kept by administrators."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import g, url_for

from api import actors, kept, limits, trail
from api.contract import orders, reads
from api.cursors import page_of, read_cursor, write_cursor
from api.desk import idempotency_key, order
from api.parser import Nouns
from api.parts import parts
from api.problems import InvalidError, RequestError
from api.schemas.accounts import (
    EndedSchema,
    ErasedSchema,
    KeptSchema,
    LinkSchema,
    PeoplePageSchema,
    PeopleQuerySchema,
    PersonAddingSchema,
    PersonChangeSchema,
    PersonSchema,
)
from api.schemas.orders import EmptySchema
from api.worked_out import READING
from engine.store import queries
from workflows import masking
from workflows.facts import Role

if TYPE_CHECKING:
    from engine.store.queries import Person
    from workflows.facts import Actor

nouns = Nouns("register", __name__, description="The register of people")
Row = dict[str, Any]
_PERSON = "/people/<word:person>"


@nouns.route("/people", methods=["GET"])
@reads(nouns, "listPeople", PeoplePageSchema, query=PeopleQuerySchema)
def list_people(query: Row) -> Row:
    """List the active people.

    Those whom the sender may know of, names and telephones masked where they are not for them.
    """
    viewer = actors.reader()
    after = read_cursor(query.get("cursor"), ("id",))
    found = [
        person
        for person in parts().people.all()
        if (after is None or person.id > str(after[0]))
        and masking.knows(viewer, person.actor)
        and _fits(person, query)
        and _is_called(person, viewer, query.get("q", ""))
    ]
    page, last = page_of(found, query["limit"])
    return {
        "data": [_seen_by(viewer, each) for each in page],
        "next": None if last is None else write_cursor((last.id,)),
    }


@nouns.route(_PERSON, methods=["GET"])
@reads(nouns, "getPerson", PersonSchema)
def show_person(person: str) -> Row:
    """Show a person.

    As far as the sender may know of them.
    """
    viewer = actors.reader()
    found = parts().people.get(person)
    if found is None or not masking.knows(viewer, found.actor):
        raise _unknown()
    return _seen_by(viewer, found)


@nouns.route("/people", methods=["POST"])
@orders(
    nouns,
    "addPerson",
    PersonAddingSchema,
    answer=PersonSchema,
    status=HTTPStatus.CREATED,
    tagged=False,
)
def add_person(body: Row) -> Row:
    """Register a person.

    With roles and place; an agent joins the roster of their township. There is no password yet:
    the person sets one by a link (`/people/{person}/link`).
    """
    viewer = actors.administrator("people")
    trail.mention(body["id"])
    new = _of(body)
    parts().people.add(new, order("addPerson", body))
    parts().rosters.follow(None, new, viewer, idempotency_key())
    return _seen_by(viewer, new)


@nouns.route(f"{_PERSON}/change", methods=["POST"])
@orders(nouns, "changePerson", PersonChangeSchema, answer=PersonSchema, tagged=False)
def change_person(body: Row, person: str) -> Row:
    """Change a person.

    Name, roles and place as they are from now on, or that they may act no more. An agent who goes
    elsewhere gets no new project of the old township; what runs stays with them.
    """
    viewer = actors.administrator("people")
    new = _of({**body, "id": person})
    # As it was when the order came first: what was not done of it then is done when it is repeated.
    old = parts().people.change(new, order("changePerson", body, person=person))
    parts().rosters.follow(old, new, viewer, idempotency_key())
    return _seen_by(viewer, new)


@nouns.route(f"{_PERSON}/data", methods=["GET"])
@reads(nouns, "getPersonData", KeptSchema)
def show_data(person: str) -> Row:
    """Show all that is kept of a person.

    For administrators, who hand it to whom it is about.
    """
    limits.count(actors.administrator("people").id, READING)
    found = parts().personal.of(person)
    if found is None:
        raise _unknown()
    return kept.row(found)


@nouns.route(f"{_PERSON}/link", methods=["POST"])
@orders(nouns, "makeLink", EmptySchema, answer=LinkSchema, tagged=False)
def make_link(body: Row, person: str) -> Row:
    """Make a link by which a person sets a password.

    It works once and for a day; earlier links of the person end, and with its use their tokens.
    The address is shown this once, and to no token: one may not make itself a session.
    """
    actors.administrator("people")
    actors.in_person()
    _check_known(person)
    made = parts().accounts.invite(order("makeLink", body, person=person), person)
    address = ""
    if made.secret is not None:
        address = parts().settings.address + url_for("signin.show_reset", secret=made.secret)
    return {"address": address, "expires_at": made.expires_at}


@nouns.route(f"{_PERSON}/unlock", methods=["POST"])
@orders(nouns, "unlockPerson", EmptySchema, answer=PersonSchema, tagged=False)
def unlock(body: Row, person: str) -> Row:
    """Let a person try again who mistyped the password too often.

    The count of tries begins anew.
    """
    viewer = actors.administrator("people")
    found = _check_known(person)
    parts().accounts.unlock(person, order("unlockPerson", body, person=person))
    return _seen_by(viewer, found)


@nouns.route(f"{_PERSON}/sign-out", methods=["POST"])
@orders(nouns, "signPersonOut", EmptySchema, answer=EndedSchema, tagged=False)
def sign_out(body: Row, person: str) -> Row:
    """Sign a person out everywhere.

    At once, with their tokens and the links of their calendar.
    """
    actors.administrator("people")
    _check_known(person)
    ended = parts().sessions.end_all(person, order("signPersonOut", body, person=person))
    return {"ended": ended}


@nouns.route(f"{_PERSON}/erase", methods=["POST"])
@orders(nouns, "erasePerson", EmptySchema, answer=ErasedSchema, tagged=False)
def erase(body: Row, person: str) -> Row:
    """Erase a person.

    Name, telephone, account, sessions, links and tokens. The log keeps the bare id and stays
    whole; the last administrator cannot be erased.
    """
    actors.administrator("people")
    erased = parts().people.erase(person, order("erasePerson", body, person=person))
    return {"id": person, "erased": erased}


def _of(body: Row) -> Person:
    """Return the person whom a request tells of.

    Raises:
        InvalidError: If the catalogue has no such department.
    """
    known = parts().library.catalogue.departments
    department = body.get("department")
    if department is not None and department not in known:
        raise InvalidError.at("/department", "api.field.choice", choices=" ".join(known))
    return queries.Person(
        id=body["id"],
        name=body["name"],
        roles=frozenset(map(Role, body["roles"])),
        organisation=body.get("organisation"),
        department=department,
        township=body.get("township"),
        active=body["active"],
        phone=body.get("phone"),
    )


def _check_known(person: str) -> Person:
    """Return an active person.

    Raises:
        RequestError: 404 if there is none.
    """
    found = parts().people.get(person)
    if found is None or not found.active:
        raise _unknown()
    return found


def _unknown() -> RequestError:
    return RequestError(HTTPStatus.NOT_FOUND, "api.http.404")


def _fits(person: Person, asked: Row) -> bool:
    return (
        asked.get("role") in (None, *person.roles)
        and asked.get("township") in (None, person.township)
        and asked.get("department") in (None, person.department)
    )


def _is_called(person: Person, viewer: Actor, words: str) -> bool:
    """Tell whether *words* are part of a person's id, or of the name as the viewer sees it."""
    sought = words.strip().casefold()
    name = _seen_by(viewer, person)["name"] or ""
    return sought in person.id.casefold() or sought in name.casefold()


def _clients(viewer: Actor) -> frozenset[str]:
    """Return whose agent the viewer is, asked once a request."""
    if Role.AGENT not in viewer.roles:
        return frozenset()
    if "clients" not in g:
        g.clients = parts().people.clients(viewer.id)
    found: frozenset[str] = g.clients
    return found


def _seen_by(viewer: Actor, person: Person) -> Row:
    """Return a person for PersonSchema, masked for the viewer."""
    name, phone, of = person.name, person.phone, person.actor
    if not masking.sees_name(viewer, of):
        name = masking.masked_name(name)
    if phone is not None and not masking.sees_phone(viewer, of, _clients(viewer)):
        phone = masking.masked_phone(phone)
    return {
        "id": person.id,
        "name": name,
        "phone": phone,
        "roles": sorted(person.roles),
        "organisation": person.organisation,
        "department": person.department,
        "township": person.township,
        "active": person.active,
    }
