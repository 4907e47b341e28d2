"""Whom the program speaks to over TLS proves who they are."""

from __future__ import annotations

import ssl
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest

from engine.outbox import NotDeliveredError
from engine.outward import Courier, Gate
from engine.tidings import Mail, SmtpMailer
from tests.support.office import START
from tests.support.stranger import LAST_WORD, Stranger, stranger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "hooks.test"
HERE = ip_address("127.0.0.1")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Stranger]:
    with stranger(tmp_path, NAME) as opened:
        yield opened


def post(server: Stranger, name: str = NAME, tls: ssl.SSLContext | None = None) -> None:
    url = f"https://{name}:{server.port}"
    gate = Gate([url], may=lambda _: True, resolve=lambda _host, _port: (HERE,))
    Courier(gate, tls).post(f"{url}/", {}, LAST_WORD)


class TestAWebhook:
    def test_is_not_posted_to_whom_nobody_vouches_for(self, server: Stranger) -> None:
        with pytest.raises(NotDeliveredError, match="SSLCertVerificationError"):
            post(server)

        assert server.heard == []

    def test_is_posted_to_whom_the_list_vouches_for_under_their_name_alone(
        self, server: Stranger
    ) -> None:
        trusting = ssl.create_default_context(cafile=str(server.certificate))

        post(server, tls=trusting)
        with pytest.raises(NotDeliveredError, match="SSLCertVerificationError"):
            post(server, "other.test", trusting)

        assert [each.endswith(LAST_WORD) for each in server.heard] == [True]


class TestALetter:
    def test_is_not_handed_to_whom_nobody_vouches_for(self, server: Stranger) -> None:
        mailer = SmtpMailer(f"smtps://127.0.0.1:{server.port}", "", "office@abreast.example")
        letter = Mail(id="1", to="a@x.example", subject="s", body="secret", sent_at=START)

        with pytest.raises(NotDeliveredError, match="SSLCertVerificationError"):
            mailer.send(letter)

        assert server.heard == []
