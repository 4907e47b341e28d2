from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import pytest

from engine.errors import DatabaseFaultError, DatabaseUnreachableError
from tests.support.live_office import CODE
from wire import web

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from engine.handle import Handle
    from tests.support.live_office import LiveOffice
    from workflows.project import Project

SECRET = "host=db.internal password=x"  # noqa: S105 - what must not get out
WHO = {"X-Abreast-Persona": "admin"}


@dataclass(frozen=True, slots=True)
class BrokenHandle:
    """A handle whose database has just gone."""

    error: Exception

    def project(self, code: str) -> Project:
        """Fail."""
        del code
        raise self.error

    def execute(self, *args: object, **kwargs: object) -> None:
        """Fail."""
        del args, kwargs
        raise self.error


def broken(office: LiveOffice, error: Exception) -> FlaskClient:
    handle = cast("Handle", BrokenHandle(error))
    app = web(replace(office.parts, handle=handle))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app.test_client()


class TestADatabaseThatIsAway:
    def test_is_a_503_that_says_when_to_try_again(self, still: LiveOffice) -> None:
        client = broken(still, DatabaseUnreachableError(reason=SECRET))

        answer = client.get(f"/api/v1/projects/{CODE}", headers=WHO)

        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
        assert answer.get_json()["code"] == "engine.database_unreachable"
        assert SECRET not in answer.text

    def test_is_told_to_a_command_too(self, still: LiveOffice) -> None:
        client = broken(still, DatabaseUnreachableError())

        answer = client.post(
            f"/api/v1/projects/{CODE}/stages/1/file",
            json={},
            headers={**WHO, "Idempotency-Key": "k"},
        )

        assert answer.status_code == 503


class TestAFaultOfOurs:
    @pytest.mark.parametrize("error", [DatabaseFaultError(reason=SECRET), RuntimeError(SECRET)])
    def test_is_a_500_that_tells_nothing(self, still: LiveOffice, error: Exception) -> None:
        client = broken(still, error)

        answer = client.get(f"/api/v1/projects/{CODE}", headers=WHO)

        assert (answer.status_code, answer.get_json()["code"]) == (500, "api.http.500")
        assert SECRET not in answer.text
