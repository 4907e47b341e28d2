"""The OpenAPI document: what it says about the interface as a whole."""

from __future__ import annotations

from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING, Any

from flask_smorest import Api

from api import examples
from api.schemas.problems import ProblemSchema

if TYPE_CHECKING:
    from flask import Flask
    from flask_smorest import Blueprint

PROBLEM_JSON = "application/problem+json"
_DESCRIPTION = """\
Parallel approval of construction projects: four stages, items paired two by two at run time.

Every POST carries an `Idempotency-Key`: the same key with the same request gives the same answer
and does nothing again. A project's entity tag is the number of its last event; `If-Match` makes a
command conditional on it. Errors are problem details (RFC 9457) with a stable `code`; their texts
are Chinese by default and English by `Accept-Language`. Unknown members of a body or query are
errors. What a sender may not see does not exist for them: 404.
"""


class Document(Api):  # type: ignore[misc]  # flask-smorest is untyped
    """Our errors instead of flask-smorest's, and nothing is described before somebody reads it.

    To describe every operation takes four times as long as to serve it.
    """

    ERROR_SCHEMA = ProblemSchema
    DEFAULT_ERROR_RESPONSE_NAME = None

    def __init__(self, app: Flask, **options: object) -> None:
        """Describe nothing yet."""
        self._served: list[Blueprint] = []
        self._turn = Lock()
        super().__init__(app, **options)

    def register_blueprint(self, blueprint: Blueprint, **options: object) -> None:
        """Serve the operations of a blueprint, and keep it to be described."""
        self._app.register_blueprint(blueprint, **options)
        self._served.append(blueprint)

    def plain(self) -> dict[str, Any]:
        """Return what flask-smorest makes of all operations that are served."""
        if not self.spec.components.responses:
            self._describe_problems()
        while self._served:
            found = self._served.pop(0)
            found.register_views_in_doc(
                self, self._app, self.spec, name=found.name, parameters=None
            )
            self.spec.tag({"name": found.name, "description": found.description})
        document: dict[str, Any] = self.spec.to_dict()
        return document

    def described(self) -> dict[str, Any]:
        """Return the whole document, with an example for whatever goes in or out."""
        with self._turn:  # many may ask for it at once
            return self._described()

    def _described(self) -> dict[str, Any]:
        document = self.plain()
        for schema in document["components"]["schemas"].values():
            for member in schema.get("properties", {}).values():
                if "x-property-names" in member:  # apispec knows no propertyNames
                    member["propertyNames"] = member.pop("x-property-names")
        # flask-smorest's own pages, which nothing of ours uses.
        document["components"]["schemas"].pop("PaginationMetadata", None)
        return examples.add(document)

    def _register_error_handlers(self) -> None:
        """Leave errors to api.errors."""

    def _register_responses(self) -> None:
        """Leave them until the document is read."""

    def _describe_problems(self) -> None:
        """Describe each error status once, as a problem; operations name it."""
        for status in HTTPStatus:
            if status >= HTTPStatus.BAD_REQUEST:
                content = {PROBLEM_JSON: {"schema": ProblemSchema}}
                answer = {"description": status.phrase, "content": content}
                self.spec.components.response(status.name, answer, lazy=True)


def about() -> dict[str, Any]:
    """Return what stands at the head of the document."""
    return {
        "info": {
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "This server"}],
        "components": {
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token made by `abreast token create`; stored as a hash only.",
                },
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "__Host-abreast",
                    "description": "A browser that signed in at `/sign-in`; without https the name "
                    "is `abreast`. Each change carries `X-CSRF-Token`, as `GET /session` says it.",
                },
                "persona": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "X-Abreast-Persona",
                    "description": "Person id, in demonstrations on the loopback address only.",
                },
            }
        },
    }
