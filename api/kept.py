"""All that is kept of one person, as it goes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.present import members

if TYPE_CHECKING:
    from engine.personal import Kept


def row(found: Kept) -> dict[str, Any]:
    """Return it for KeptSchema."""
    return {
        **members(found.person),
        "roles": sorted(found.person.roles),
        "password_set_at": found.password_set_at,
        "has_codes": found.has_codes,
        "subject": found.subject,
        "tokens": [{**members(each), "scopes": each.scopes.split()} for each in found.tokens],
        "sessions": [{**members(each), "here": False} for each in found.sessions],
        "deeds": [members(each) for each in found.deeds],
        "trail": [members(each) for each in found.trail],
        "mail": found.letters.mail,
        "notices": [members(each) for each in found.letters.told],
        "links": [members(each) for each in found.letters.links],
        "notes": [members(each) for each in found.letters.notes],
    }
