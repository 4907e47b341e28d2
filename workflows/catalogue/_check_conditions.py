"""Conditions may only use the facts there are, as they are typed, with the values they list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.catalogue.findings import Finding
from workflows.catalogue.values import FactType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.conditions import Condition, Use, Value
    from workflows.catalogue.values import Catalogue

EQUALITIES = frozenset({"==", "!=", "in"})


def condition_findings(catalogue: Catalogue) -> Iterator[Finding]:
    """Yield an error for each use of a name that can never be answered."""
    for item, field, condition in _conditions(catalogue):
        for use in condition.uses():
            found = _wrong(catalogue, use)
            if found is not None:
                code, value = found
                yield Finding(
                    code=code,
                    item=item,
                    field=field,
                    params={"fact": use.name, "value": value, "condition": condition.text},
                )


def _conditions(catalogue: Catalogue) -> Iterator[tuple[str | None, str, Condition]]:
    for item in catalogue.items.values():
        if item.applies is not None:
            yield item.code, "applies", item.applies
    for at, contradiction in enumerate(catalogue.contradictions):
        yield None, f"contradictions[{at}].when", contradiction.when


def _wrong(catalogue: Catalogue, use: Use) -> tuple[str, str] | None:
    """Return (code, value) of what is wrong with one use, if anything."""
    if use.name == "flow":
        return _wrong_flow(catalogue, use)
    question = catalogue.facts.get(use.name)
    if question is None:
        return "catalogue.unknown.fact", use.name
    if question.type is FactType.BOOL:
        fits = use.sign == "" or (use.sign in EQUALITIES and _all(bool, use.literals))
        return None if fits else ("catalogue.condition.wrong_type", _said(use))
    if use.sign not in EQUALITIES or not _all(str, use.literals):
        return "catalogue.condition.wrong_type", _said(use)
    return _unlisted(use, question.values)


def _wrong_flow(catalogue: Catalogue, use: Use) -> tuple[str, str] | None:
    if use.sign == "" or not _all(int, use.literals):
        return "catalogue.condition.wrong_type", _said(use)
    return _unlisted(use, tuple(catalogue.flows))


def _unlisted(use: Use, listed: tuple[Value, ...]) -> tuple[str, str] | None:
    unlisted = [value for value in use.literals if value not in listed]
    return ("catalogue.condition.unlisted_value", str(unlisted[0])) if unlisted else None


def _all(kind: type, literals: tuple[Value, ...]) -> bool:
    """Return whether there are literals and all are of *kind*; no fact is compared with another."""
    return bool(literals) and all(type(literal) is kind for literal in literals)


def _said(use: Use) -> str:
    return " ".join((use.name, use.sign, ", ".join(map(str, use.literals)))).strip()
