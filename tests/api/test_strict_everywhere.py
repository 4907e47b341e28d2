"""What no request may be, tried on every operation that the contract has."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from api import document
from api.examples import METHODS
from api.strict import LONGEST_BODY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from werkzeug.test import TestResponse

    from tests.support.live_office import LiveOffice

Row = dict[str, Any]
DOCUMENT = document()
KEY = {"Idempotency-Key": "strict", "If-Match": "*", "X-Abreast-Persona": "admin"}
DEEP = 100


def operations() -> Iterator[tuple[str, Row]]:
    for path, methods in DOCUMENT["paths"].items():
        for method in METHODS:
            if method in methods:
                yield f"{method} {path}", methods[method]


OPERATIONS = dict(operations())
# With the body that the contract has as an example.
BODIES: dict[str, Row] = {
    name: operation["requestBody"]["content"]["application/json"]["example"]
    for name, operation in OPERATIONS.items()
    if "application/json" in operation.get("requestBody", {}).get("content", {})
}


def send(
    office: LiveOffice, name: str, body: bytes | None = None, query: str = "", kind: str = ""
) -> TestResponse:
    method, _, path = name.partition(" ")
    shared = DOCUMENT["paths"][path].get("parameters", [])
    examples = {each["name"]: each["example"] for each in shared}
    address = re.sub(r"{(\w+)}", lambda found: str(examples[found[1]]), path)
    return office.client.open(
        address + query,
        method=method.upper(),
        data=body,
        content_type=kind or ("application/json" if body is not None else None),
        headers=KEY,
    )


def told(answer: TestResponse) -> tuple[int, str]:
    assert answer.content_type == "application/problem+json", answer.text[:300]
    return answer.status_code, answer.get_json()["code"]


def faults(answer: TestResponse) -> set[tuple[str, str]]:
    return {(each["pointer"], each["code"]) for each in answer.get_json()["errors"]}


def whole_numbers(name: str) -> Iterator[str]:
    """Yield the members of a body that are whole numbers."""
    schema = OPERATIONS[name]["requestBody"]["content"]["application/json"]["schema"]
    named = schema.get("$ref", "").rpartition("/")[2]
    members = DOCUMENT["components"]["schemas"][named].get("properties", {})
    for member, rule in members.items():
        if "integer" in (rule.get("type"), *rule.get("type", ())):
            yield member


class TestAQuery:
    @pytest.mark.parametrize("name", OPERATIONS)
    def test_names_nothing_unknown(self, still: LiveOffice, name: str) -> None:
        body = json.dumps(BODIES[name]).encode() if name in BODIES else None

        answer = send(still, name, body, "?unheard_of=1")

        assert told(answer) == (422, "api.invalid")
        assert ("/unheard_of", "api.field.unknown") in faults(answer)

    @pytest.mark.parametrize("name", OPERATIONS)
    @pytest.mark.parametrize("query", ["?%00=1", "?%ED%A0%80=1", "?a%E2%80%AE=1", "?x=1&x=2"])
    def test_is_text_that_can_be_shown(self, still: LiveOffice, name: str, query: str) -> None:
        body = json.dumps(BODIES[name]).encode() if name in BODIES else None

        assert told(send(still, name, body, query)) == (422, "api.invalid")

    @pytest.mark.parametrize("name", OPERATIONS)
    def test_has_whole_numbers_written_as_such(self, still: LiveOffice, name: str) -> None:
        for each in OPERATIONS[name].get("parameters", []):
            if each["in"] == "query" and each["schema"].get("type") == "integer":
                for wrong in ("7.9", "x", "-1", "%D9%A3", "1e3", "", "9" * 40):
                    answer = send(still, name, query=f"?{each['name']}={wrong}")

                    assert told(answer) == (422, "api.invalid"), (each["name"], wrong)
                    assert f"/{each['name']}" in {pointer for pointer, _ in faults(answer)}


@pytest.mark.parametrize("name", BODIES)
class TestABody:
    def test_has_no_unknown_member(self, still: LiveOffice, name: str) -> None:
        body = json.dumps({**BODIES[name], "unheard_of": 1}).encode()

        answer = send(still, name, body)

        assert told(answer) == (422, "api.invalid")
        assert ("/unheard_of", "api.field.unknown") in faults(answer)

    def test_has_each_member_once(self, still: LiveOffice, name: str) -> None:
        assert told(send(still, name, b'{"a": 1, "a": 1}')) == (400, "api.json.duplicate_key")

    @pytest.mark.parametrize("text", [r"\u0000", r"\ud800", r"\u202e", "\x1b"])
    def test_has_no_text_that_cannot_be_shown(
        self, still: LiveOffice, name: str, text: str
    ) -> None:
        status, code = told(send(still, name, f'{{"a": "x{text}"}}'.encode()))

        assert status == 400
        assert code in ("api.json.bad_text", "api.json.malformed")

    def test_has_whole_numbers_where_they_are_asked_for(self, still: LiveOffice, name: str) -> None:
        for member in whole_numbers(name):
            for wrong in (7.9, "7", True, [7], -(2**40)):
                answer = send(still, name, json.dumps({**BODIES[name], member: wrong}).encode())

                assert told(answer) == (422, "api.invalid"), (member, wrong)
                assert f"/{member}" in {pointer for pointer, _ in faults(answer)}

    def test_is_not_deep(self, still: LiveOffice, name: str) -> None:
        body = b'{"a": ' + b"[" * DEEP + b"]" * DEEP + b"}"

        assert told(send(still, name, body)) == (400, "api.json.too_deep")

    def test_is_not_huge(self, still: LiveOffice, name: str) -> None:
        body = b'{"a": "' + b"x" * LONGEST_BODY + b'"}'

        assert told(send(still, name, body)) == (413, "api.http.413")

    @pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999", "9" * 5_000])
    def test_has_numbers_that_are_such(self, still: LiveOffice, name: str, number: str) -> None:
        status, code = told(send(still, name, f'{{"a": {number}}}'.encode()))

        assert (status, code.startswith("api.json.")) == (400, True)

    @pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"null x", b"{'a': 1}"])
    def test_is_json(self, still: LiveOffice, name: str, body: bytes) -> None:
        assert told(send(still, name, body))[0] == 400

    @pytest.mark.parametrize("body", [b"null", b"[]", b"1", b'"x"', b"true"])
    def test_is_an_object(self, still: LiveOffice, name: str, body: bytes) -> None:
        assert told(send(still, name, body)) == (422, "api.invalid")

    @pytest.mark.parametrize(
        "kind", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=gbk"]
    )
    def test_is_said_to_be_json(self, still: LiveOffice, name: str, kind: str) -> None:
        body = json.dumps(BODIES[name]).encode()

        assert told(send(still, name, body, kind=kind)) == (415, "api.http.415")
