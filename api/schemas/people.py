"""Who the sender is."""

from __future__ import annotations

from api.schemas.base import Strict, codes, said


class MeSchema(Strict):
    """The person behind this request."""

    id = said("Person id")
    name = said("Name; null when it was erased", none=True)
    roles = codes("Roles, sorted")
    organisation = said("Organisation an owner acts for", none=True)
    department = said("Department", none=True)
    township = said("Township; null = the whole district", none=True)
    may = codes(
        "Commands open to these roles, for the projects they are meant for; and, as KeepRoster and "
        "ReadReport, what they may keep up and read; sorted"
    )
