from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import pytest

from engine.leases import Leases
from engine.outbox import Outbox
from engine.outward import Courier, Gate
from engine.webhooks import Webhooks
from tests.support.live_office import CODE, LiveOffice
from tests.support.receiver import Receiver
from wire import web

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as opened:
        yield opened


@pytest.fixture
def linked(office: LiveOffice, receiver: Receiver) -> LiveOffice:
    """Return an office that may post to the receiver."""
    gate = Gate(
        [receiver.origin],
        may=lambda _: True,
        resolve=lambda _host, _port: (ip_address("127.0.0.1"),),
    )
    webhooks = Webhooks(office.parts.new_uow, office.clock, Courier(gate))
    leases = Leases(office.parts.new_uow, office.clock)
    outbox = Outbox(office.parts.new_uow, office.clock, leases, [], webhooks.senders)
    office.parts = replace(office.parts, webhooks=webhooks, outbox=outbox)
    office.client = web(office.parts).test_client()
    return office


def added(office: LiveOffice, receiver: Receiver, **body: Any) -> dict[str, Any]:
    answer = office.post("/webhooks", {"url": f"{receiver.origin}/in", **body})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.get_json()
    return made


class TestWebhooks:
    def test_are_made_listed_and_told(self, linked: LiveOffice, receiver: Receiver) -> None:
        made = added(linked, receiver, kinds=["ProjectFiled"])
        linked.file()

        linked.parts.outbox.work("w")

        (listed,) = linked.get("/webhooks").get_json()["data"]
        assert made["secret"].startswith("whsec_")
        assert (listed["id"], listed["sent"], listed["dead"]) == (made["id"], 1, 0)
        assert "secret" not in listed
        assert [each.headers["webhook-id"] for each in receiver.posts] == [f"project:{CODE}/1"]

    def test_show_their_secret_once(self, linked: LiveOffice, receiver: Receiver) -> None:
        body = {"url": f"{receiver.origin}/in"}
        first = linked.post("/webhooks", body, Idempotency_Key="one").get_json()
        again = linked.post("/webhooks", body, Idempotency_Key="one").get_json()
        renewed = linked.post(f"/webhooks/{first['id']}/secret", {}).get_json()

        assert again["id"] == first["id"]
        assert again["secret"] is None
        assert renewed["secret"] not in (None, first["secret"])

    def test_are_replayed_and_removed(self, linked: LiveOffice, receiver: Receiver) -> None:
        linked.file()
        made = added(linked, receiver)
        path = f"/webhooks/{made['id']}"

        replayed = linked.post(f"{path}/replay", {"after": f"project:{CODE}/1"})
        linked.parts.outbox.work("w")
        heard = [each.headers["webhook-id"] for each in receiver.posts]
        left = linked.post(f"{path}/remove", {}).get_json()["data"]

        assert replayed.status_code == 200
        assert heard[0] == f"project:{CODE}/2"
        assert left == []
        assert linked.post(f"{path}/replay", {"after": None}).status_code == 404

    def test_have_dead_letters_that_are_tried_again(
        self, linked: LiveOffice, receiver: Receiver
    ) -> None:
        made = added(linked, receiver)
        unknown = linked.post(f"/webhooks/{made['id']}/retry", {"event": "project:x/1"})

        assert linked.get(f"/webhooks/{made['id']}/dead").get_json()["data"] == []
        assert unknown.status_code == 422

    @pytest.mark.parametrize("who", ["owner-a", "agent-1", "window-1", "supervisor-2"])
    def test_are_for_administrators(self, linked: LiveOffice, receiver: Receiver, who: str) -> None:
        made = added(linked, receiver)
        body = {"url": f"{receiver.origin}/in"}
        path = f"/webhooks/{made['id']}"

        statuses = {
            linked.get("/webhooks", who).status_code,
            linked.post("/webhooks", body, who).status_code,
            linked.get(f"{path}/dead", who).status_code,
            *(
                linked.post(f"{path}/{deed}", asked, who).status_code
                for deed, asked in (
                    ("remove", {}),
                    ("secret", {}),
                    ("replay", {"after": None}),
                    ("retry", {"event": "project:x/1"}),
                )
            ),
        }

        assert statuses == {403}
        assert len(linked.get("/webhooks").get_json()["data"]) == 1

    @pytest.mark.parametrize(
        "url",
        ["http://127.0.0.1/", "https://elsewhere.test/", "ftp://x/", "http://hooks.test@10.0.0.1/"],
    )
    def test_go_nowhere_that_is_not_listed(self, linked: LiveOffice, url: str) -> None:
        answer = linked.post("/webhooks", {"url": url})

        assert answer.status_code == 422
        assert answer.get_json()["code"] == "webhook.target"
        assert answer.get_json()["errors"][0]["pointer"] == "/url"

    def test_go_nowhere_at_all_unless_somebody_lists_an_origin(self, tmp_path: Path) -> None:
        office = LiveOffice(tmp_path)
        try:
            assert office.post("/webhooks", {"url": "https://hooks.test/"}).status_code == 422
        finally:
            office.close()
