"""Who sees whose name and telephone: the office's own people are known, private ones are masked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workflows.facts import Role

if TYPE_CHECKING:
    from collections.abc import Collection

    from workflows.facts import Actor

# Those whom owners are to turn to: their names hang on the counter.
PUBLIC = frozenset({Role.AGENT, Role.WINDOW})
_SHOWN_OF_PHONE = 3, 4  # digits in front and behind
_SHORTEST_PHONE = 8
HIDDEN = "*"
# Eleven digits of a mobile, parted or not; the eighteen of an identity card. Digits of any script.
_NUMBERS = re.compile(
    r"(?<!\d)1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)|(?<!\d)\d{17}[\dXx](?![0-9A-Za-z])"
)


def knows(viewer: Actor, person: Actor) -> bool:
    """Tell whether *viewer* may learn that there is such a person at all.

    Owners know themselves, their own organisation and whom they are to turn to; whoever works for
    the office knows everybody in it.
    """
    if viewer.roles - {Role.OWNER}:
        return True
    return _is_of(viewer, person) or bool(person.roles & PUBLIC)


def sees_name(viewer: Actor, person: Actor) -> bool:
    """Tell whether *viewer* sees the person's whole name.

    Administrators and supervisors see all names, everybody those of their own organisation,
    department and of whom one is to turn to.
    """
    if viewer.roles & {Role.ADMINISTRATOR, Role.SUPERVISOR}:
        return True
    return _is_of(viewer, person) or bool(person.roles & PUBLIC)


def sees_phone(viewer: Actor, person: Actor, clients: Collection[str] = ()) -> bool:
    """Tell whether *viewer* sees the whole telephone number.

    Administrators, the person, colleagues, and for an agent's or window's the owners too; an
    agent sees those of the owners whose projects they push, for whom they have to reach them.

    Args:
        clients: Organisations whose running projects the viewer has as their agent.
    """
    if Role.ADMINISTRATOR in viewer.roles or _is_of(viewer, person):
        return True
    if person.roles & PUBLIC:
        return True
    served = Role.OWNER in person.roles and person.organisation in clients
    return served and Role.AGENT in viewer.roles


def without_numbers(text: str) -> str:
    """Return free text as anybody may read it: no mobile and no identity card number in it.

    >>> without_numbers("乙 13812345678 的 3 号厂房"), without_numbers("12010119900101001X")
    ('乙 *********** 的 3 号厂房', '******************')
    >>> without_numbers("２０２６ 138-1234-5678")
    '２０２６ *************'
    """
    return _NUMBERS.sub(lambda found: HIDDEN * len(found[0]), text)


def masked_name(name: str) -> str:
    """Return a name of which the first character is left.

    >>> masked_name("欧阳娜娜"), masked_name("Li"), masked_name("")
    ('欧***', 'L*', '')
    """
    return name[:1] + HIDDEN * (len(name) - 1)


def masked_phone(phone: str) -> str:
    """Return a number without its middle; of a short one nothing is left.

    >>> masked_phone("13812345678"), masked_phone("12345")
    ('138****5678', '*****')
    """
    front, behind = _SHOWN_OF_PHONE
    if len(phone) < _SHORTEST_PHONE:
        return HIDDEN * len(phone)
    return phone[:front] + HIDDEN * (len(phone) - front - behind) + phone[-behind:]


def _is_of(viewer: Actor, person: Actor) -> bool:
    """Tell whether they are one person, or of one organisation or department."""
    return (
        viewer.id == person.id
        or (viewer.organisation is not None and viewer.organisation == person.organisation)
        or (viewer.department is not None and viewer.department == person.department)
    )
