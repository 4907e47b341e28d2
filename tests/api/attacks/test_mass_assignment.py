"""Members that are answered and never asked for: every one, wherever a body is taken."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from api import document
from tests.support.live_office import CODE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.live_office import LiveOffice

DOCUMENT = document()
SCHEMAS: dict[str, dict[str, Any]] = DOCUMENT["components"]["schemas"]
JSON = "application/json"
FILLING = {"code": CODE, "item": "S1-05", "stage": "1", "unit": "0", "attempt": "1", "year": "2026"}
# What an attacker would like to set: every member of every answer, and what only tables have.
WANTED = {name for schema in SCHEMAS.values() for name in schema.get("properties", {})} | {
    "roles",
    "actor",
    "on_behalf_of",
    "recorded_at",
    "is_admin",
    "password",
    "__proto__",
}


def bodies() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield (method, path, schema) of each operation that takes JSON."""
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            content = isinstance(operation, dict) and operation.get("requestBody", {}).get(
                "content"
            )
            if content and JSON in content:
                schema = content[JSON]["schema"]
                name = schema.get("$ref", "").rpartition("/")[2]
                yield method, path, SCHEMAS.get(name, schema)


AT_ONCE = 50  # members: an answer names no more than a hundred faults
OPERATIONS = {f"{method} {path}": (method, path, schema) for method, path, schema in bodies()}


@pytest.mark.parametrize("name", OPERATIONS)
class TestEveryMemberThatIsNotAskedFor:
    def test_is_refused_by_name(self, still: LiveOffice, name: str) -> None:
        method, template, schema = OPERATIONS[name]
        extra = sorted(WANTED - schema.get("properties", {}).keys())
        path = re.sub(r"{(\w+)}", lambda found: FILLING.get(found[1], "x"), template)

        for first in range(0, len(extra), AT_ONCE):
            sent = extra[first : first + AT_ONCE]
            answer = still.client.open(
                path,
                method=method.upper(),
                json=dict.fromkeys(sent, "x"),
                headers={
                    "X-Abreast-Persona": "admin",
                    "Idempotency-Key": f"k-mass-{first}",
                    "If-Match": "*",
                },
            )

            refused = {
                fault["pointer"].removeprefix("/").replace("~1", "/").replace("~0", "~")
                for fault in answer.get_json()["errors"]
                if fault["code"] == "api.field.unknown"
            }
            assert answer.status_code == 422
            assert refused == set(sent)


def test_there_are_many() -> None:
    assert len(OPERATIONS) >= 40
    assert len(WANTED) >= 150
