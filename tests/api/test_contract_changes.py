"""The contract may grow; nothing that a client of the last release relies on goes away."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from api import document
from tests.support.contract_changes import breaking

if TYPE_CHECKING:
    from collections.abc import Callable

RELEASED = Path(__file__).parents[2] / "docs" / "openapi.released.json"
TASKS, FILING = "/api/v1/tasks", "/api/v1/projects"
Row = dict[str, Any]


@pytest.fixture(scope="module")
def now() -> Row:
    return document()


def schemas(told: Row) -> Row:
    found: Row = told["components"]["schemas"]
    return found


def query(told: Row, name: str) -> Row:
    found = told["paths"][TASKS]["get"]["parameters"]
    return next(each for each in found if each["name"] == name)


def without_an_operation(told: Row) -> None:
    del told["paths"][TASKS]["get"]


def without_a_parameter(told: Row) -> None:
    told["paths"][TASKS]["get"]["parameters"].remove(query(told, "mine"))


def with_a_required_parameter(told: Row) -> None:
    more = {"in": "query", "name": "more", "required": True, "schema": {"type": "string"}}
    told["paths"][TASKS]["get"]["parameters"].append(more)


def with_a_parameter_made_required(told: Row) -> None:
    query(told, "mine")["required"] = True


def with_a_choice_less(told: Row) -> None:
    query(told, "performer")["schema"]["enum"].remove("window")


def with_a_lower_limit(told: Row) -> None:
    query(told, "limit")["schema"]["maximum"] = 10


def with_a_required_member(told: Row) -> None:
    schemas(told)["ItemFiling"].setdefault("required", []).append("reason")


def with_a_new_required_member(told: Row) -> None:
    schemas(told)["ProjectFiling"]["properties"]["more"] = {"type": "string"}
    schemas(told)["ProjectFiling"]["required"].append("more")


def without_a_taken_member(told: Row) -> None:
    del schemas(told)["ProjectFiling"]["properties"]["facts"]


def with_a_narrower_type(told: Row) -> None:
    schemas(told)["ItemFiling"]["properties"]["reason"]["type"] = "string"


def without_an_answered_member(told: Row) -> None:
    del schemas(told)["Task"]["properties"]["outcomes"]


def with_an_answered_member_unsure(told: Row) -> None:
    schemas(told)["TaskPage"]["required"].remove("data")


def with_an_answered_member_null(told: Row) -> None:
    schemas(told)["Task"]["properties"]["project"]["type"] = ["string", "null"]


def with_another_type_answered(told: Row) -> None:
    schemas(told)["Task"]["properties"]["unit"]["type"] = "string"


def without_an_answered_value(told: Row) -> None:
    schemas(told)["Task"]["properties"]["performer"]["enum"].remove("window")


def without_success(told: Row) -> None:
    responses = told["paths"][FILING]["post"]["responses"]
    responses["200"] = responses.pop("201")


def without_a_scheme(told: Row) -> None:
    told["paths"][TASKS]["get"]["security"] = [{"persona": []}]


def with_another_name(told: Row) -> None:
    told["paths"][TASKS]["get"]["operationId"] = "getTasks"


def with_a_new_operation(told: Row) -> None:
    told["paths"]["/api/v1/more"] = copy.deepcopy(told["paths"][TASKS])


def with_a_new_optional_member(told: Row) -> None:
    schemas(told)["ItemFiling"]["properties"]["more"] = {"type": "string"}


def with_more_answered(told: Row) -> None:
    schemas(told)["Task"]["properties"]["more"] = {"type": "string"}


def with_a_higher_limit(told: Row) -> None:
    query(told, "limit")["schema"]["maximum"] = 1000


class TestTheContract:
    def test_breaks_no_client_of_the_last_release(self, now: Row) -> None:
        released = json.loads(RELEASED.read_text(encoding="utf-8"))

        assert breaking(released, now) == (), (
            "clients break; with a new major version only: python -m api docs/openapi.released.json"
        )

    def test_breaks_nobody_by_itself(self, now: Row) -> None:
        assert breaking(now, now) == ()


class TestABreakingChange:
    @pytest.mark.parametrize(
        "change",
        [
            without_an_operation,
            without_a_parameter,
            with_a_required_parameter,
            with_a_parameter_made_required,
            with_a_choice_less,
            with_a_lower_limit,
            with_a_required_member,
            with_a_new_required_member,
            without_a_taken_member,
            with_a_narrower_type,
            without_an_answered_member,
            with_an_answered_member_unsure,
            with_an_answered_member_null,
            with_another_type_answered,
            without_an_answered_value,
            without_success,
            without_a_scheme,
            with_another_name,
        ],
    )
    def test_is_found(self, now: Row, change: Callable[[Row], None]) -> None:
        changed = copy.deepcopy(now)
        change(changed)

        assert breaking(now, changed)


class TestAHarmlessChange:
    @pytest.mark.parametrize(
        "change",
        [
            with_a_new_operation,
            with_a_new_optional_member,
            with_more_answered,
            with_a_higher_limit,
        ],
    )
    def test_is_let_through(self, now: Row, change: Callable[[Row], None]) -> None:
        changed = copy.deepcopy(now)
        change(changed)

        assert breaking(now, changed) == ()
