"""Examples for the OpenAPI document, made from its schemas: one for whatever goes in or out.

A schema says most of it (enum, default, format, example); what a member is called says the rest. So
every operation has examples that fit its schema, and a new one needs none written by hand.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from workflows.texts import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Row = dict[str, Any]
METHODS = ("get", "put", "post", "delete", "patch")
_PROJECT = "2026-120118-47-03-000001"
_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_TASK = "0/S3-05/1/receive"
# By the name of a member: what it looks like in an office.
_WORDS: Mapping[str, str] = {
    "agent": "agent-1",
    "actor": "window-1",
    "approved_by": "lead-housing",
    "after": "0",
    "baseline": "one_by_one",
    "catalogue": _HASH,
    "code": _PROJECT,
    "command": _HASH,
    "cursor": "WyI0YjcxIl0.8mXk",
    "department": "housing",
    "digest": _HASH,
    "document": "D05",
    "due": "2026-03-16",
    "en": "Building permit",
    "fact": "eia",
    "file": _HASH,
    "first": "S3-05",
    "hash": _HASH,
    "href": "/api/v1/definitions/stage_3",
    "id": _TASK,
    "item": "S3-05",
    "kind": "decision",
    "link": f"/api/v1/projects/{_PROJECT}/items/S3-05/letters/decision?unit=0&entry=17",
    "material": "M001",
    "name": "示例住宅项目",
    "net": _HASH,
    "organisation": "ORG-A",
    "outcome": "granted",
    "owner": "ORG-A",
    "pair": "P1",
    "path": "stage_3/S3_05/receive",
    "person": "reviewer-housing",
    "pointer": "/reason",
    "previous": _HASH,
    "process": "stage_3",
    "project": _PROJECT,
    "proposer": "agent-1",
    "reason": "材料已齐",
    "second": "S3-06",
    "step": "receive",
    "task": _TASK,
    "township": "town-a",
    "type": "/problems/project.unknown",
    "visit": "V1",
    "zh": "建筑工程施工许可",
}
_OTHERS = ("csv", "S3-05", "P1", "clerk@example.cn", _TASK)  # where a pattern asks for more
_FORMATS: Mapping[str, str] = {
    "date-time": "2026-03-02T01:00:00+00:00",
    "date": "2026-03-02",
    "binary": "%PDF-1.7 ...",
    "uri": "https://hooks.example.cn/abreast",
    "uuid": "7c1f0d9e-5a3b-4e6f-9a51-2f0d6f2f7b11",
    "email": "clerk@example.cn",
}
# What each kind of problem looks like: a code that has this status, and what its text names.
_PROBLEMS: Mapping[int, tuple[str, Mapping[str, object]]] = {
    400: ("api.json.malformed", {"line": 1, "column": 2}),
    401: ("api.actor.unknown", {}),
    403: ("access.not_allowed", {"command": "TerminateProject", "actor": "owner-a"}),
    404: ("project.unknown", {"project": _PROJECT}),
    409: ("api.behind", {"number": 17, "expected": 18}),
    412: ("engine.stale", {"project": _PROJECT, "expected": 17, "version": 18}),
    413: ("api.http.413", {}),
    415: ("api.http.415", {}),
    422: ("api.invalid", {}),
    428: ("api.key.required", {}),
    429: ("api.http.429", {}),
    503: ("engine.database_busy", {}),
    507: ("engine.files_full", {}),
}


def add(document: Row) -> Row:
    """Give every body, answer and parameter of *document* an example; return it."""
    for content in _contents(document):
        for media in content.values():
            if not {"example", "examples"} & media.keys():
                media["example"] = example(media.get("schema", {}), document)
    for parameter in _parameters(document):
        if "example" not in parameter:
            schema = parameter.get("schema", {})
            parameter["example"] = example(schema, document, parameter["name"])
    for name, answer in document["components"].get("responses", {}).items():
        for media in answer.get("content", {}).values():
            media["example"] = _problem(HTTPStatus[name])
    return document


def example(schema: Row, document: Row, name: str = "") -> Any:  # noqa: ANN401 - any JSON
    """Return a value that fits *schema*, as it would be called *name*.

    >>> example({"type": "array", "items": {"type": "integer", "minimum": 3}}, {})
    [3]
    """
    if "$ref" in schema:
        return example(_found(schema["$ref"], document), document, name)
    for key in ("example", "const", "default"):
        if schema.get(key) is not None:
            return schema[key]
    if schema.get("enum"):
        return schema["enum"][0]
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            told = [each for each in schema[key] if each.get("type") != "null"]
            return example(told[0], document, name)
    return _typed(schema, document, name)


def _typed(schema: Row, document: Row, name: str) -> Any:  # noqa: ANN401 - any JSON
    kinds = schema.get("type", "object" if "properties" in schema else "null")
    kind = next((each for each in kinds if each != "null"), "null") if _many(kinds) else kinds
    match kind:
        case "object":
            members = schema.get("properties", {})
            return {key: example(member, document, key) for key, member in members.items()}
        case "array":
            return [example(schema.get("items", {}), document, name.removesuffix("s"))]
        case "string":
            return _word(schema, name)
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
        case _:
            return None


def _word(schema: Row, name: str) -> str:
    pattern = schema.get("pattern", "")
    words = (_WORDS.get(name, name or "word"), name, *_OTHERS)
    fitting = (word for word in words if re.search(pattern, word))
    known = _FORMATS.get(schema.get("format", "")) or next(fitting, words[0])
    return known[: schema.get("maxLength", len(known))].ljust(schema.get("minLength", 0), "x")


def _many(kinds: object) -> bool:
    return isinstance(kinds, list)


def _found(reference: str, document: Row) -> Row:
    found: Any = document
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return dict(found)


def operations(document: Row) -> Iterator[Row]:
    """Yield every operation of an OpenAPI document."""
    for path in document["paths"].values():
        yield from (path[method] for method in METHODS if method in path)


def _contents(document: Row) -> Iterator[Row]:
    for operation in operations(document):
        if "content" in operation.get("requestBody", {}):
            yield operation["requestBody"]["content"]
        yield from (
            answer["content"] for answer in operation["responses"].values() if "content" in answer
        )


def _parameters(document: Row) -> Iterator[Row]:
    for path in document["paths"].values():
        yield from path.get("parameters", ())
    for operation in operations(document):
        yield from operation.get("parameters", ())


def _problem(status: HTTPStatus) -> Row:
    code, params = _PROBLEMS.get(int(status), ("api.http.other", {}))
    return {
        "type": f"/problems/{code}",
        "title": text(f"api.status.{int(status)}", "zh-CN"),
        "status": int(status),
        "code": code,
        "detail": text(code, "zh-CN", **params),
        "params": dict(params),
        "errors": [],
    }
