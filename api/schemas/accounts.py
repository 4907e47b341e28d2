"""People, sessions, tokens, and who read and changed what."""

from __future__ import annotations

from marshmallow import fields, validate

from api.schemas.base import (
    BAD,
    CODED_PATTERN,
    Strict,
    choice,
    coded,
    codes,
    figure,
    flag,
    instant,
    lines,
    many,
    said,
    title,
    truth,
    whole,
    words,
)
from api.schemas.tasks import PageSchema
from engine.people import Scope
from workflows.facts import Role

LONGEST_LIFE = 366  # days
_USUAL_LIFE = 90  # days
SCOPES = [each.value for each in Scope]
ROLES = sorted(role.value for role in Role if role is not Role.SYSTEM)
_ROLE_NUMBER = f"api.field.length?min=1&max={len(ROLES)}"
_SCOPE_NUMBER = f"api.field.length?min=1&max={len(SCOPES)}"


class SessionSchema(Strict):
    """How this request was known."""

    person = said("Person id")
    way = said("token, persona, password or oidc")
    scopes = codes("What may be asked for this way, sorted")
    guard = said("What the header X-CSRF-Token must say; null where no cookie speaks", none=True)
    expires_at = instant("When one has to sign in again, UTC; null without a session", none=True)


class OwnSessionSchema(Strict):
    """A browser that is signed in."""

    id = said("Id of the session; it proves nothing")
    way = said("password or oidc")
    here = truth("Whether this request came by it")
    created_at = instant("Signed in, UTC")
    seen_at = instant("Last used, UTC, to the minute")
    expires_at = instant("Ends however much it is used, UTC")


class OwnSessionLineSchema(OwnSessionSchema):
    """One of the sender's sessions, in a list."""


class OwnSessionsSchema(Strict):
    """Where a person is signed in."""

    data = lines(OwnSessionLineSchema, "Sessions, the newest first")


class TokenSchema(Strict):
    """A token without what proves it."""

    id = said("Id of the token; it proves nothing")
    label = said("What it is for")
    scopes = codes("What it may be used for, sorted")
    created_at = instant("Issued, UTC")
    expires_at = instant("Ends, UTC")


class TokenLineSchema(TokenSchema):
    """A token, in a list."""


class TokensSchema(Strict):
    """A person's tokens."""

    data = lines(TokenLineSchema, "Tokens, the newest first, those that ended too")


class TokenIssuingSchema(Strict):
    """What a token is to be for."""

    label = words("What it is for, in your words", longest=64, pattern=rf"^[^\s{BAD}][^{BAD}]*$")
    scopes = fields.List(
        choice("What it may be used for", SCOPES),
        required=True,
        validate=validate.Length(min=1, max=len(SCOPES), error=_SCOPE_NUMBER),
        metadata={"description": "What it may be used for"},
    )
    days = whole("Days until it ends", least=1, most=LONGEST_LIFE, default=_USUAL_LIFE)


class TokenIssuedSchema(Strict):
    """A new token, shown this once."""

    id = said("Id of the token")
    token = said(
        "The token, kept as a hash only and shown this once; empty where the order was a repetition"
    )


class EndedSchema(Strict):
    """What came of ending something."""

    ended = figure("How many there were")


class PersonSchema(Strict):
    """A person as the sender may see them."""

    id = said("Person id")
    name = said("Name; masked where the sender is not to know it")
    phone = said("Telephone, masked likewise; null = none known", none=True)
    roles = codes("Roles, sorted")
    organisation = said("Organisation an owner acts for", none=True)
    department = said("Department", none=True)
    township = said("Township; null = the whole district", none=True)
    active = truth("Whether they may act")


class PersonLineSchema(PersonSchema):
    """A person, in a list."""


def _place(description: str) -> fields.String:
    return words(description, required=False, none=True, longest=64, pattern=CODED_PATTERN)


class PersonChangeSchema(Strict):
    """What a person is from now on."""

    name = title("Name", longest=64, example="王主任")
    roles = fields.List(
        choice("Role", ROLES),
        required=True,
        validate=validate.Length(min=1, max=len(ROLES), error=_ROLE_NUMBER),
        metadata={"description": "Roles", "example": ["window"]},
    )
    organisation = _place("Organisation an owner acts for; null = none")
    department = _place("Department code; null = none")
    township = _place("Township code; null = the whole district")
    phone = words(
        "Telephone; null = none",
        required=False,
        none=True,
        longest=20,
        pattern=r"^[0-9+ -]{5,20}$",
        example="022-2826 0000",
    )
    active = truth("Whether they may act", default=True)


class PersonAddingSchema(PersonChangeSchema):
    """A person who is new here."""

    id = coded("Person id; it stays in the log for good, so it says nothing of the person")


class PeoplePageSchema(Strict):
    """A page of people."""

    data = lines(PersonLineSchema, "People, by id")
    next = said("Cursor of the next page; null on the last", none=True)


class LinkSchema(Strict):
    """A link by which a person sets a password."""

    address = said(
        "The link, shown this once; it works once, and earlier ones no more. Empty where the "
        "order was a repetition"
    )
    expires_at = instant("Ends, UTC")


class DeedSchema(Strict):
    """An event that a person brought about."""

    stream = said("Stream of the log")
    number = figure("Number in it")
    kind = said("Kind of event")
    recorded_at = instant("Recorded, UTC")


class SeenSchema(Strict):
    """One thing that somebody read, did or tried."""

    at = instant("When, UTC")
    actor = said('Person id; "-" for who proved nothing')
    operation = said("What was asked for")
    object = said('Project code or other id that it was about, a blank, which part; "-" for none')
    status = figure("HTTP status of the answer")
    request = said("Request id, which the process's log carries too")


class KeptNoticeSchema(Strict):
    """One thing that a person was told."""

    id = said("Id")
    code = said("What it was about")
    project = said("Project code")
    created_at = instant("When it happened, UTC")
    read_at = instant("When it was read, UTC", none=True)
    mailed_at = instant("When it was mailed, UTC", none=True)


class KeptLinkSchema(Strict):
    """A link that speaks for a person, or that they made."""

    id = said("Id")
    purpose = said("What it lets do")
    project = said("Project code", none=True)
    task = said("What it is about", none=True)
    person = said("Person for whom it speaks")
    issuer = said("Person who made it")
    created_at = instant("Made at, UTC")
    expires_at = instant("Good until, UTC", none=True)
    used_at = instant("Used at, UTC", none=True)


class KeptNoteSchema(Strict):
    """A note that a person left on a project."""

    id = said("Id")
    project = said("Project code")
    created_at = instant("Left at, UTC")
    text = said("The words; null once they were erased", none=True)
    erased_at = instant("Erased at, UTC", none=True)


class KeptSchema(Strict):
    """Everything that is kept of one person."""

    id = said("Person id")
    name = said("Name")
    phone = said("Telephone", none=True)
    roles = codes("Roles, sorted")
    organisation = said("Organisation", none=True)
    department = said("Department", none=True)
    township = said("Township", none=True)
    active = truth("Whether they may act")
    password_set_at = instant("When the password was set, UTC; null = none", none=True)
    has_codes = truth("Whether one-time codes are asked for")
    subject = said("Name at the identity provider", none=True)
    tokens = many(TokenSchema, "Tokens, the newest first")
    sessions = many(OwnSessionSchema, "Sessions, the newest first")
    deeds = many(DeedSchema, "Events they brought about, the oldest first")
    trail = many(SeenSchema, "What they looked at or tried, the newest first")
    mail = said("Where they get mail", none=True)
    notices = many(KeptNoticeSchema, "What they were told, the newest first")
    links = many(KeptLinkSchema, "Links about them, the newest first")
    notes = many(KeptNoteSchema, "Notes they left on projects, the oldest first")


class ErasedSchema(Strict):
    """A person who was erased."""

    id = said("The bare id, which the log keeps")
    erased = truth("Whether there was such a person")


class PeopleQuerySchema(PageSchema):
    """Which people."""

    q = words("Part of an id, or of a name as the sender sees it", required=False, longest=64)
    role = coded("Role", required=False)
    township = coded("Township code", required=False)
    department = coded("Department code", required=False)


class AuditQuerySchema(PageSchema):
    """Which lines of the trail."""

    actor = coded("Person id", required=False)
    object = words("Project code or other id", required=False, longest=200)
    operation = coded("What was asked for", required=False)
    since = instant("From this instant on", required=False)
    until = instant("Before this instant", required=False)
    changes = flag("Only what was more than reading")


class SeenLineSchema(SeenSchema):
    """A line of the audit, in a list."""

    actor_name = said("Name of who it was; null where none is known", none=True)


class AuditPageSchema(Strict):
    """A page of the trail."""

    data = lines(SeenLineSchema, "Lines, the newest first")
    next = said("Cursor of the next page; null on the last", none=True)
