"""A browser without script: keeps cookies, fills in forms, follows where it is led."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.support.live_office import LiveOffice

PASSWORD = "十二个字以上的一句好记的话 42"  # noqa: S105 - of people who do not exist
_GUARD = re.compile(r'name="guard" value="([0-9a-f]{64})"')


class Browser:
    """One browser at one office."""

    def __init__(self, office: LiveOffice, address: str = "127.0.0.1") -> None:
        """Begin without cookies."""
        self.client: FlaskClient = office.client.application.test_client()
        self.office = office
        self._from = {"REMOTE_ADDR": address}

    def get(self, path: str, **headers: str) -> TestResponse:
        """Look at an address."""
        return self.client.get(path, headers=_named(headers), environ_overrides=self._from)

    def guard(self, path: str = "/sign-in") -> str:
        """Return the hidden field of the forms on a page."""
        found = _GUARD.search(self.get(path).text)
        assert found is not None
        return found[1]

    def send(self, path: str, page: str = "/sign-in", **fields: str) -> TestResponse:
        """Send a form that stands on *page*."""
        self.office.clock.push(timedelta(seconds=1))
        sent = {"guard": self.guard(page), **fields}
        return self.client.post(path, data=sent, environ_overrides=self._from)

    def sign_in(self, person: str, password: str = PASSWORD, code: str = "") -> TestResponse:
        """Sign in."""
        return self.send("/sign-in", person=person, password=password, code=code)

    def order(self, path: str, body: object, guard: str | None, **headers: str) -> TestResponse:
        """Order something of the interface, as a page of ours would by script."""
        shown = {} if guard is None else {"X-CSRF-Token": guard}
        return self.client.post(
            path, json=body, headers=shown | _named(headers), environ_overrides=self._from
        )

    def cookie(self, name: str = "abreast") -> str | None:
        """Return a cookie's value."""
        found = self.client.get_cookie(name)
        return None if found is None else found.value


def enrol(office: LiveOffice, person: str, password: str = PASSWORD) -> None:
    """Give a person a password."""
    found = office.people.get(person)
    assert found is not None
    office.parts.accounts.set_password(found, password)


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
