"""What the codes in the lines of lists are called, for whoever reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api import actors
from api.parts import parts
from engine.report_tables import name_of
from engine.store.naming import Kind
from workflows import masking

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from workflows.catalogue.values import Name

Row = dict[str, Any]
Key = tuple[str, str]  # what it is, and its code
# Members of lines that are codes of something with a name, and of what.
KINDS = {
    "township": "township",
    "owner": "organisation",
    "organisation": "organisation",
    "agent": "agent",
    "department": "department",
    "item": "item",
}


def named(lines: Iterable[Row], columns: Sequence[str]) -> list[Row]:
    """Return lines with what the codes in *columns* are called: "township_name" and so on.

    None where there is no code, or it is of nobody that has a name.
    """
    told = [*lines]

    def keys(line: Row) -> Iterator[tuple[str, Key]]:
        for column in columns:
            yield column, (KINDS[column], line.get(column) or "")

    names = names_of(key for line in told for _, key in keys(line))
    return [line | {f"{name}_name": names.get(key) for name, key in keys(line)} for line in told]


def names_of(keys: Iterable[Key]) -> dict[Key, Name | str]:
    """Return what codes are called; those of nobody that has a name are left out.

    People have one name, masked where it is not for the sender; the others have it in both
    languages.
    """
    asked = {*keys}
    places = {(Kind(kind), code) for kind, code in asked if kind in {*Kind}}
    found: dict[Key, Name | str] = {
        (kind.value, code): name for (kind, code), name in parts().naming.names(places).items()
    }
    agents = [code for kind, code in asked if kind == "agent"]
    found |= {("agent", code): name for code, name in _people(agents).items()}
    catalogue = parts().library.catalogue
    for kind, code in asked:
        name = name_of(catalogue, kind, code)
        if name is not None:
            found[kind, code] = name
    return found


def _people(codes: Sequence[str]) -> dict[str, str]:
    viewer = actors.current()
    return {
        each.id: each.name
        if masking.sees_name(viewer, each.actor)
        else masking.masked_name(each.name)
        for each in parts().people.some(codes)
        if each.name
    }
