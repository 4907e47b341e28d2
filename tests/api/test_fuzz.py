"""Thousands of requests made from the contract, good and bad, against every operation of it.

`make fuzz CASES=50000` makes more of them, other ones each time.
"""

from __future__ import annotations

import os
import warnings
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation

from api import document
from tests.support.live_office import CODE, LiveOffice
from wire import web

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from _typeshed.wsgi import StartResponse
    from schemathesis import Case
    from schemathesis.core.transport import Response

    from api import Application

PEOPLE = ("admin", "owner-a", "agent-1", "window-1", "reviewer-housing", "supervisor-2")
ASKED = int(os.environ.get("ABREAST_FUZZ_CASES", "0"))
CASES = ASKED or 2_000
# Real things among the made-up ones, so that requests come further than the door.
REAL = {
    "code": (CODE, CODE, "2026-120118-47-03-999999"),
    "stage": (1, 2),
    "item": ("S1-05", "S1-10", "stage_1"),
    "agent": ("agent-1", "nobody"),
    "material": ("M001", "M005"),
    "process": ("stage_1", "lifecycle"),
    "unit": (0, 1),
    "attempt": (1,),
    "step": ("receive", "intake_1"),
    "person": ("owner-b", "nobody"),
    "year": (2026,),
}
# A request may be as the contract says and still break a rule of the office.
BY_RULE = [*("2xx", "3xx", "401", "403", "404", "409", "412", "422", "429")]
# What only the office can know of a member: 422 with its pointer, though the contract lets it in.
KNOWN_LATER = {"api.cursor.bad"}
# Where one member decides whether another must be there, which the contract says in words.
IN_WORDS = {
    "addPerson": {"api.field.choice"},  # a place that is in the catalogue
    "changePerson": {"api.field.choice"},  # the same
    "correctEntry": {"api.field.required", "api.field.unknown"},
    "listTasks": {"api.field.choice"},  # a colour goes with the order by due day
    "orderTasks": {"api.field.required", "api.field.unknown"},
    "search": {"api.field.length"},  # two characters without the blanks around them
}
CONFIG = SchemathesisConfig.from_dict(
    {
        "checks": {
            "positive_data_acceptance": {"expected-statuses": BY_RULE},
            # Whoever is not known is told so before anything of the request is read.
            "missing_required_header": {"expected-statuses": ["400", "401", "404", "428"]},
        },
        "generation": {"with-security-parameters": False},
    }
)


class Door:
    """Leads to the application under test; every request comes from this machine."""

    app: Application | None = None

    def __call__(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        assert self.app is not None
        environ["REMOTE_ADDR"] = "127.0.0.1"
        return self.app.wsgi_app(environ, start)


DOOR = Door()


@pytest.fixture(scope="module", autouse=True)
def office(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Iterator[LiveOffice]:
    opened = LiveOffice(tmp_path_factory.mktemp("fuzz"), model=model)
    opened.file()
    opened.clock.push(timedelta(days=1))  # reports have some time to part
    DOOR.app = web(opened.parts)
    yield opened
    opened.close()


def schema() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = schemathesis.openapi.from_dict(document(), config=CONFIG)
    found.app = DOOR
    return found


def endless(operation: dict[str, Any]) -> bool:
    """Tell whether an operation answers a stream that ends only when the client goes."""
    return "text/event-stream" in operation["responses"].get("200", {}).get("content", {})


SCHEMA = schema()
OPERATIONS = {
    each.ok().label: each.ok()
    for each in SCHEMA.get_all_operations()
    if not endless(each.ok().definition.raw)
}
EACH = max(1, -(-CASES // len(OPERATIONS)))


@SCHEMA.auth()
class Persona:
    """Signs each request as the person drawn for it."""

    who = "admin"

    def get(self, case: Case[Any], context: object) -> str:
        del case, context
        return Persona.who

    def set(self, case: Case[Any], data: str, context: object) -> None:
        del context
        case.headers["X-Abreast-Persona"] = data


def settle(case: Case[Any], draw: int) -> None:
    """Put real things where the contract's own values stand."""
    if case.meta is None or case.meta.is_negative_at(ParameterLocation.PATH) or draw % 4 == 0:
        return
    for name, values in REAL.items():
        if name in case.path_parameters:
            case.path_parameters[name] = values[draw % len(values)]


def check_reason(case: Case[Any], answer: Response) -> None:
    """Hold that what the contract lets in is refused by a rule only, never by the form."""
    if (
        not case.meta
        or case.meta.generation.mode.is_negative
        or answer.status_code not in (400, 422)
    ):
        return
    problem = answer.json()
    codes = {fault["code"] for fault in problem["errors"]} or {problem["code"]}
    of_form = {code for code in codes if code.startswith(("api.field.", "api.json.", "api.query."))}
    known = KNOWN_LATER | IN_WORDS.get(case.operation.definition.raw["operationId"], set())
    assert not of_form - known, (case.as_curl_command(), problem)


class TestTheContract:
    @pytest.mark.parametrize("label", OPERATIONS)
    def test_is_kept_by(self, label: str) -> None:
        operation = OPERATIONS[label]
        seen: Counter[int] = Counter()

        @settings(
            max_examples=EACH,
            deadline=None,
            database=None,
            derandomize=not ASKED,
            phases=(Phase.generate, Phase.shrink) if ASKED else (Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(), who=st.sampled_from(PEOPLE), draw=st.integers(0, 99))
        def kept(case: Case[Any], who: str, draw: int) -> None:
            Persona.who = who
            settle(case, draw)
            answer = case.call()
            seen[answer.status_code] += 1
            case.validate_response(answer)
            check_reason(case, answer)

        kept()

        assert seen.total() >= 1
        assert not {status for status in seen if status >= 500}
