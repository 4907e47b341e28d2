"""What codes are called where people read them; what machines read keeps the codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.store.naming import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cli.terminal import Terminal
    from wire import Parts

AGENT, DEPARTMENT = "agent", "department"


def names_of(
    parts: Parts, speaker: Terminal, keys: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], str]:
    """Return what codes are called; who has no name, by its code.

    Args:
        keys: Of each its `Kind`, AGENT or DEPARTMENT, and its code.
    """
    asked = {*keys}
    places = parts.naming.names((Kind(kind), code) for kind, code in asked if kind in {*Kind})
    found = {(kind.value, code): speaker.name(name) for (kind, code), name in places.items()}
    agents = parts.people.some(sorted(code for kind, code in asked if kind == AGENT))
    found |= {(AGENT, each.id): each.name for each in agents if each.name}
    departments = parts.library.catalogue.departments.items()
    found |= {(DEPARTMENT, code): speaker.name(each.name) for code, each in departments}
    return {key: found.get(key, key[1]) for key in asked}


def townships(parts: Parts, speaker: Terminal, codes: Iterable[str]) -> dict[str, str]:
    """Return what townships are called, by code."""
    keys = [(Kind.TOWNSHIP.value, code) for code in codes]
    return {code: name for (_, code), name in names_of(parts, speaker, keys).items()}
