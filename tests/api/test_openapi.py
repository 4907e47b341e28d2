from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import api
from api import document
from api.__main__ import written
from api.parser import Nouns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from marshmallow import Schema

    from tests.support.live_office import LiveOffice

AWHILE = 1.0  # second: the other has it read by then, if nothing holds it
SNAPSHOT = Path(__file__).parents[2] / "docs" / "openapi.json"
DOCUMENT = document()
METHODS = ("get", "post", "put", "patch", "delete")


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        yield from (
            (f"{method} {path}", methods[method]) for method in METHODS if method in methods
        )


def queries() -> Iterator[tuple[str, type[Schema]]]:
    """Yield each operation that takes a query, with its schema, as the views' decorators say."""
    for module in pkgutil.iter_modules(api.__path__, "api."):
        found = importlib.import_module(module.name) if module.name != "api.__main__" else None
        for operation, schema in READS.findall(inspect.getsource(found) if found else ""):
            yield operation, getattr(found, schema)


OPERATIONS = dict(operations())
READS = re.compile(r'@reads\(\s*nouns,\s*"(\w+)",[^@]*?query=(\w+)')
QUERIES = dict(queries())


def members(schema: dict[str, Any], place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, member in schema.get("properties", {}).items():
        yield f"{place}.{name}", member


class TestTheDocument:
    def test_is_the_committed_one(self) -> None:
        assert SNAPSHOT.read_text(encoding="utf-8") == written(), (
            "the contract changed; if that is meant: python -m api docs/openapi.json"
        )

    def test_is_whole_for_all_who_read_it_at_once(
        self, office: LiveOffice, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It is described when it is read first: here a second reader comes in between."""
        application = office.client.application
        found: list[Future[object]] = []
        one = Nouns.register_views_in_doc

        def slow(self: Nouns, *args: object, **options: object) -> None:
            if not found:
                found.append(readers.submit(read))
                wait(found, timeout=AWHILE)
            one(self, *args, **options)

        def read() -> object:
            return application.test_client().get("/api/v1/openapi.json").get_json()

        monkeypatch.setattr(Nouns, "register_views_in_doc", slow)
        with ThreadPoolExecutor(1) as readers:
            assert read() == DOCUMENT
            assert found[0].result() == DOCUMENT

    def test_is_openapi_3_1_under_our_prefix(self) -> None:
        assert DOCUMENT["openapi"] == "3.1.0"
        assert all(path.startswith("/api/v1/") for path in DOCUMENT["paths"])

    def test_names_each_operation_once(self) -> None:
        names = [operation["operationId"] for operation in OPERATIONS.values()]

        assert len(names) == len(set(names))
        assert all(re.fullmatch(r"[a-z]+[A-Za-z]+", name) for name in names)

    def test_describes_every_member_of_every_schema(self) -> None:
        bare = [
            place
            for name, schema in DOCUMENT["components"]["schemas"].items()
            for place, member in members(schema, name)
            if "description" not in member
        ]

        assert bare == []

    def test_refuses_unknown_members_everywhere(self) -> None:
        lax = [
            name
            for name, schema in DOCUMENT["components"]["schemas"].items()
            if schema.get("additionalProperties") is not False
        ]

        assert lax == []

    def test_uses_no_pattern_that_other_languages_read_otherwise(self) -> None:
        patterns = re.findall(r'"pattern": "(.*?)"[,\n]', written())

        assert patterns
        assert not [pattern for pattern in patterns if re.search(r"\\\\[AZ]", pattern)]


class TestEveryOperation:
    @pytest.mark.parametrize("name", OPERATIONS)
    def test_says_what_it_does_and_who_may(self, name: str) -> None:
        operation = OPERATIONS[name]

        assert operation["summary"]
        assert operation["description"]
        assert operation["tags"]
        assert operation["security"]

    @pytest.mark.parametrize("name", OPERATIONS)
    def test_answers_errors_as_problems(self, name: str) -> None:
        errors = {
            status: DOCUMENT["components"]["responses"][answer["$ref"].rpartition("/")[2]]
            for status, answer in OPERATIONS[name]["responses"].items()
            if status.startswith(("4", "5"))
        }

        needed = {"404", "422"} if OPERATIONS[name]["security"] == [{}] else {"401", "404", "422"}
        assert needed <= errors.keys()
        assert all("application/problem+json" in answer["content"] for answer in errors.values())

    @pytest.mark.parametrize("name", [name for name in OPERATIONS if name.startswith("post")])
    def test_that_changes_something_asks_for_a_key(self, name: str) -> None:
        headers = [p["name"] for p in OPERATIONS[name]["parameters"] if p["in"] == "header"]

        assert "Idempotency-Key" in headers
        assert "428" in OPERATIONS[name]["responses"]

    def test_that_takes_a_query_names_its_members(self) -> None:
        asked = {
            name: {p["name"] for p in operation["parameters"] if p["in"] == "query"}
            for name, operation in OPERATIONS.items()
        }

        assert asked["get /api/v1/agents"] == {"township", "fields", "sort"}
        assert asked["get /api/v1/reports/backdating"] == {"project"}

    @pytest.mark.parametrize("name", OPERATIONS)
    def test_names_each_field_of_its_query(self, name: str) -> None:
        query = QUERIES.get(OPERATIONS[name]["operationId"])
        described = [p["name"] for p in OPERATIONS[name]["parameters"] if p["in"] == "query"]

        assert len(described) == len(set(described))
        assert set(query().fields if query else ()) <= set(described)

    def test_that_takes_a_query_is_found(self) -> None:
        assert {"listTasks", "listProjects", "listEvents", "listItems"} <= QUERIES.keys()

    @pytest.mark.parametrize("name", OPERATIONS)
    def test_describes_its_parameters(self, name: str) -> None:
        described = [p for p in OPERATIONS[name]["parameters"] if p["in"] != "path"]

        assert all(parameter.get("description") for parameter in described)
