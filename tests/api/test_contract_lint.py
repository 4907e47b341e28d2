"""The OpenAPI document against its standard, our own rules, and its own examples."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from api import document
from api.examples import METHODS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.live_office import LiveOffice

DOCUMENT = document()
Row = dict[str, Any]


def operations() -> Iterator[tuple[str, Row]]:
    for path, methods in DOCUMENT["paths"].items():
        for method in METHODS:
            if method in methods:
                shared = methods.get("parameters", [])
                told = methods[method]
                yield (
                    f"{method} {path}",
                    {**told, "parameters": [*shared, *told.get("parameters", [])]},
                )


OPERATIONS = dict(operations())


def examples(operation: Row) -> Iterator[tuple[str, object, Row]]:
    """Yield every example of an operation with its schema."""
    for each in operation["parameters"]:
        yield each["name"], each["example"], each["schema"]
    bodies = [("body", operation.get("requestBody", {}))]
    answers = [(status, answer) for status, answer in operation["responses"].items()]
    for name, told in [*bodies, *answers]:
        for kind, media in resolved(told).get("content", {}).items():
            yield f"{name} {kind}", media["example"], media["schema"]


def resolved(told: Row) -> Row:
    if "$ref" not in told:
        return told
    found: Row = DOCUMENT["components"]["responses"][told["$ref"].rpartition("/")[2]]
    return found


def names(tree: object) -> Iterator[str]:
    """Yield every reference in a part of the document."""
    match tree:
        case dict():
            if isinstance(tree.get("$ref"), str):
                yield tree["$ref"]
            for each in tree.values():
                yield from names(each)
        case list():
            for each in tree:
                yield from names(each)
        case _:
            pass


class TestTheDocument:
    def test_is_what_the_standard_asks_for(self) -> None:
        assert [error.message for error in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()] == []

    def test_uses_every_part_it_declares(self) -> None:
        used = set(names(DOCUMENT))
        unused = [
            f"#/components/{kind}/{name}"
            for kind in ("schemas", "responses", "parameters")
            for name in DOCUMENT["components"].get(kind, {})
            if f"#/components/{kind}/{name}" not in used
        ]

        assert unused == []

    def test_describes_every_tag_it_uses(self) -> None:
        told = {tag["name"]: tag.get("description") for tag in DOCUMENT["tags"]}

        assert all(told.get(tag) for each in OPERATIONS.values() for tag in each["tags"])

    def test_says_whose_it_is(self) -> None:
        info = DOCUMENT["info"]

        assert info["license"]["identifier"] == "Apache-2.0"
        assert info["title"]
        assert info["version"]
        assert info["description"]
        assert DOCUMENT["servers"]


class TestEveryOperation:
    @pytest.mark.parametrize("name", OPERATIONS)
    def test_says_what_it_is_about(self, name: str) -> None:
        operation = OPERATIONS[name]

        assert operation["summary"].endswith(".")
        assert operation["description"] not in ("", operation["summary"])
        assert operation["security"]
        assert any(status.startswith(("2", "3")) for status in operation["responses"])
        assert all(
            answer.get("description") or "$ref" in answer
            for answer in operation["responses"].values()
        )

    @pytest.mark.parametrize("name", OPERATIONS)
    def test_declares_the_parameters_of_its_path_and_each_once(self, name: str) -> None:
        told = [(each["in"], each["name"]) for each in OPERATIONS[name]["parameters"]]

        assert len(told) == len(set(told))
        assert {each for place, each in told if place == "path"} == set(
            re.findall(r"{(\w+)}", name)
        )

    @pytest.mark.parametrize("name", OPERATIONS)
    def test_has_examples_that_fit(self, name: str) -> None:
        found = list(examples(OPERATIONS[name]))

        assert found
        for place, example, schema in found:
            whole = {**schema, "components": DOCUMENT["components"]}
            faults = [e.message for e in Draft202012Validator(whole).iter_errors(example)]
            assert faults == [], place

    @pytest.mark.parametrize("name", OPERATIONS)
    def test_tells_its_errors(self, name: str) -> None:
        operation = OPERATIONS[name]
        errors = {status for status in operation["responses"] if status >= "400"}

        assert {"422", "503"} <= errors
        if {} not in operation["security"]:
            assert {"401", "403"} <= errors
        if "requestBody" in operation:
            assert {"400", "413", "415"} <= errors


class TestThePage:
    def test_needs_no_other_server_and_no_script_inside(self, still: LiveOffice) -> None:
        page = still.client.get("/api/v1/docs")

        assert page.status_code == 200
        assert not re.search(r"<script(?![^>]*\bsrc=)", page.text)
        assert not re.search(r"(?:src|href)=\"(?!/)", page.text.replace('href="?lang', ""))
        assert "script-src 'self';" in page.headers["Content-Security-Policy"]

    @pytest.mark.parametrize("name", ["swagger-ui-bundle.js", "swagger-ui.css"])
    def test_has_its_files(self, still: LiveOffice, name: str) -> None:
        answer = still.client.get(f"/api/v1/docs/{name}")

        assert answer.status_code == 200
        assert len(answer.data) > 100_000

    @pytest.mark.parametrize("name", ["index.html", "..%2f__init__.py", "VERSION"])
    def test_has_no_others(self, still: LiveOffice, name: str) -> None:
        assert still.client.get(f"/api/v1/docs/{name}").status_code == 404

    def test_shows_the_document_itself(self, still: LiveOffice) -> None:
        assert still.client.get("/api/v1/openapi.json").get_json() == DOCUMENT
