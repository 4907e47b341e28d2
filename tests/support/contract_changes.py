"""What breaks clients between two versions of the OpenAPI document.

What goes in may be asked for less strictly, never more; what comes out may say more, never less:

- an operation, a security scheme that suffices, or an answer of success is gone;
- a member or parameter that is taken is gone, is newly required, or takes fewer values;
- a member that is answered is gone, is no longer sure to be there, or has values it never had of a
  type that it never had.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Row = dict[str, Any]
METHODS = ("get", "put", "post", "delete", "patch")
ALL_TYPES = frozenset({"null", "boolean", "object", "array", "string", "number", "integer"})
# Of what is taken: greater bounds below, and smaller ones above, take fewer values.
LEAST = ("minimum", "minLength", "minItems", "exclusiveMinimum")
MOST = ("maximum", "maxLength", "maxItems", "exclusiveMaximum")


def breaking(old: Row, new: Row) -> tuple[str, ...]:
    """Return what in *new* breaks a client of *old*, each with its place."""
    return tuple(_paths(old, new))


def _paths(old: Row, new: Row) -> Iterator[str]:
    for path, methods in old["paths"].items():
        for method in METHODS:
            if method not in methods:
                continue
            place = f"{method} {path}"
            found = new["paths"].get(path, {}).get(method)
            if found is None:
                yield f"{place}: gone"
            else:
                shared = (methods.get("parameters", []), new["paths"][path].get("parameters", []))
                was = Operation(old, methods[method], shared[0])
                yield from Operation(new, found, shared[1]).broken(was, place)


class Operation:
    """One operation of a document."""

    def __init__(self, document: Row, told: Row, shared: list[Row]) -> None:
        """Keep the document for its references."""
        self.document = document
        self.told = told
        parameters = [*shared, *told.get("parameters", [])]
        self.parameters = {(each["in"], each["name"]): each for each in parameters}

    def broken(self, was: Operation, place: str) -> Iterator[str]:
        """Yield what breaks a client of the operation as it *was*."""
        if was.told.get("operationId") != self.told.get("operationId"):
            yield f"{place}: operationId is another"
        for scheme in was.told.get("security", []):
            if scheme not in self.told.get("security", [scheme]):
                yield f"{place}: {'+'.join(scheme)} no longer suffices"
        yield from self._parameters(was, place)
        yield from self._body(was, place)
        yield from self._answers(was, place)

    def _parameters(self, was: Operation, place: str) -> Iterator[str]:
        for key, before in was.parameters.items():
            after = self.parameters.get(key)
            name = f"{place} {key[0]} {key[1]}"
            if after is None:
                yield f"{name}: gone"
                continue
            if after.get("required") and not before.get("required"):
                yield f"{name}: now required"
            yield from self._taken(before["schema"], after["schema"], was, name)
        for key in self.parameters.keys() - was.parameters.keys():
            if self.parameters[key].get("required"):
                yield f"{place} {key[0]} {key[1]}: new and required"

    def _body(self, was: Operation, place: str) -> Iterator[str]:
        before, after = was.told.get("requestBody"), self.told.get("requestBody")
        if after is not None and before is None and after.get("required"):
            yield f"{place} body: new and required"
        if after is None or before is None:
            return
        for kind, media in before["content"].items():
            if kind not in after["content"]:
                yield f"{place} body: {kind} is no longer taken"
                continue
            schema = after["content"][kind]["schema"]
            yield from self._taken(media["schema"], schema, was, f"{place} body")

    def _answers(self, was: Operation, place: str) -> Iterator[str]:
        for status, before in was.told["responses"].items():
            if not status.startswith("2"):
                continue
            after = self.told["responses"].get(status)
            if after is None:
                yield f"{place}: no longer answers {status}"
                continue
            for kind, media in before.get("content", {}).items():
                schema = after.get("content", {}).get(kind, {}).get("schema")
                if schema is None:
                    yield f"{place} {status}: {kind} is no longer answered"
                else:
                    name = f"{place} {status}"
                    yield from self._answered(media["schema"], schema, was, name, frozenset())

    def _taken(
        self,
        before: Row,
        after: Row,
        was: Operation,
        place: str,
        seen: frozenset[str] = frozenset(),
    ) -> Iterator[str]:
        before, after = was.resolved(before), self.resolved(after)
        if (mark := json.dumps([before, after], sort_keys=True)) in seen:
            return
        seen |= {mark}
        yield from _narrowed(before, after, place)
        for name in sorted(set(after.get("required", [])) - set(before.get("required", []))):
            yield f"{place}/{name}: now required"
        for name, member in before.get("properties", {}).items():
            found = after.get("properties", {}).get(name)
            if found is None:
                yield f"{place}/{name}: gone"
            else:
                yield from self._taken(member, found, was, f"{place}/{name}", seen)
        if "items" in before and "items" in after:
            yield from self._taken(before["items"], after["items"], was, f"{place}/*", seen)

    def _answered(
        self, before: Row, after: Row, was: Operation, place: str, seen: frozenset[str]
    ) -> Iterator[str]:
        before, after = was.resolved(before), self.resolved(after)
        if (mark := json.dumps([before, after], sort_keys=True)) in seen:
            return
        seen |= {mark}
        for kind in sorted(_types(after) - _types(before)):
            yield f"{place}: may now be {kind}"
        for value in before.get("enum", []):
            if value not in after.get("enum", [value]):
                yield f"{place}: {value} is gone"
        for name in sorted(set(before.get("required", [])) - set(after.get("required", []))):
            yield f"{place}/{name}: no longer sure to be there"
        for name, member in before.get("properties", {}).items():
            found = after.get("properties", {}).get(name)
            if found is not None:
                yield from self._answered(member, found, was, f"{place}/{name}", seen)
            elif name not in before.get("required", []):
                yield f"{place}/{name}: gone"
        if "items" in before and "items" in after:
            yield from self._answered(before["items"], after["items"], was, f"{place}/*", seen)

    def resolved(self, schema: Row) -> Row:
        """Return a schema without references at its top; of a choice, the part that is no null."""
        while "$ref" in schema:
            found: Any = self.document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            schema = found
        parts = [
            each
            for key in ("anyOf", "oneOf", "allOf")
            for each in schema.get(key, [])
            if each.get("type") != "null"
        ]
        if len(parts) == 1:
            null = any(each.get("type") == "null" for each in schema.get("anyOf", []))
            inner = self.resolved(parts[0])
            return {**inner, "type": sorted(_types(inner) | {"null"})} if null else inner
        return schema


def _narrowed(before: Row, after: Row, place: str) -> Iterator[str]:
    """Yield which values are no longer taken, by type, choice and bounds."""
    for kind in sorted(_types(before) - _types(after)):
        yield f"{place}: {kind} is no longer taken"
    if "enum" in after:
        for value in before.get("enum", ["anything"]):
            if value not in after["enum"]:
                yield f"{place}: {value} is no longer taken"
    for bound in LEAST:
        if after.get(bound, float("-inf")) > before.get(bound, float("-inf")):
            yield f"{place}: {bound} is greater"
    for bound in MOST:
        if after.get(bound, float("inf")) < before.get(bound, float("inf")):
            yield f"{place}: {bound} is smaller"


def _types(schema: Row) -> frozenset[str]:
    """Return the types that a schema lets through; a number may be whole."""
    told = schema.get("type", sorted(ALL_TYPES))
    kinds = frozenset(told if isinstance(told, list) else [told])
    return kinds | {"integer"} if "number" in kinds else kinds
