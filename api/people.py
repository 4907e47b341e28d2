"""People: who the sender is."""

from __future__ import annotations

from typing import Any

from api import actors
from api.contract import reads
from api.parser import Nouns
from api.parts import parts
from api.schemas.people import MeSchema
from workflows.access import COMMANDS, KEEPERS, READS, relations

nouns = Nouns("people", __name__, description="People")
# By name: commands, what may be kept up and what may be read.
_RIGHTS = {
    **{command.__name__: grants for command, grants in COMMANDS.items()},
    **{f"Keep{each.value.title()}": grants for each, grants in KEEPERS.items()},
    **{f"Read{each.value.title()}": grants for each, grants in READS.items()},
}


@nouns.route("/people/me", methods=["GET"])
@reads(nouns, "getMe", MeSchema)
def show_me() -> dict[str, Any]:
    """Show who I am.

    The person behind the token or persona of this request, with roles and place.
    """
    actor = actors.current()
    person = parts().people.get(actor.id)
    return {
        "id": actor.id,
        "name": person.name if person else None,
        "roles": sorted(actor.roles),
        "organisation": actor.organisation,
        "department": actor.department,
        "township": actor.township,
        "may": sorted(name for name, grants in _RIGHTS.items() if relations(actor, grants)),
    }
