"""The story of a private project, told to the real server over HTTP."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import count, pairwise
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from cli.example import FACTS
from tests.support.http_journey import Answer, Cast, Order, orders, pair_order
from tests.support.server import address_of

if TYPE_CHECKING:
    from collections.abc import Iterator

ABREAST = Path(sys.executable).with_name("abreast")
CODE = "2606-120118-04-01-900001"
CAST = Cast(window="window-town-a", agent="agent-1", owner="owner-ORG-A")
MOST_ORDERS = 800


class Browser:
    """A client that knows an address and nothing of the program."""

    def __init__(self, address: str) -> None:
        """Keep the address."""
        self.address = address
        self._keys = count(1)

    def page(self, path: str) -> str:
        """Fetch a page."""
        with urlopen(self.address + path, timeout=60) as answer:  # noqa: S310 - our own server
            text: str = answer.read().decode()
        return text

    def get(self, path: str, who: str = "planner") -> Answer:
        """Ask as a persona."""
        return self._send(Request(self._at(path), headers={"X-Abreast-Persona": who}))  # noqa: S310

    def post(self, order: Order) -> Answer:
        """Order as a persona."""
        headers = {
            "X-Abreast-Persona": order.who,
            "Idempotency-Key": f"journey-{next(self._keys)}",
            "If-Match": "*",
            "Content-Type": "application/json",
        }
        body = json.dumps(order.body).encode()
        return self._send(Request(self._at(order.path), data=body, headers=headers))  # noqa: S310

    def _send(self, request: Request) -> Answer:
        try:
            with urlopen(request, timeout=60) as answer:  # noqa: S310 - our own server
                told: Answer = json.load(answer)
        except HTTPError as error:
            pytest.fail(f"{request.full_url}: {error.read().decode()}")
        return told

    def _at(self, path: str) -> str:
        return f"{self.address}/api/v1{path}"


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    """Start the server as `make run` does, on a free port and an empty database."""
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("ABREAST_")},
        "ABREAST_DATABASE": f"sqlite:///{tmp_path}/run.db",
    }
    command = [str(ABREAST), "serve", "--demo", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) as server:
        try:
            yield Browser(address_of(server))
        finally:
            server.terminate()
            server.wait(timeout=30)


def walk(browser: Browser) -> Answer:
    """Bring the project to its end, pairs first."""
    for _ in range(MOST_ORDERS):
        seen = browser.get(f"/projects/{CODE}")
        assert all(stage["slots_held"] <= 2 for stage in seen["units"][0]["stages"])
        order = pair_order(seen, browser.get, CAST) or next(orders(seen, CAST), None)
        if order is None:
            return seen
        browser.post(order)
    pytest.fail("the project does not end")


class TestAPrivateProject:
    def test_goes_through_all_four_stages_over_http(self, browser: Browser) -> None:
        filing = {
            "code": CODE,
            "name": "示例住宅项目",
            "flow": 3,
            "township": "town-a",
            "owner": "ORG-A",
            "facts": dict(FACTS),
        }
        answer = browser.post(Order(path="/projects", body=filing, who=CAST.owner))
        agent = next(e["body"]["agent"] for e in answer["events"] if e["kind"] == "AgentAssigned")
        if agent != CAST.agent:
            body = {"agent": CAST.agent, "reason": "就近"}
            browser.post(Order(path=f"/projects/{CODE}/agent", body=body, who="supervisor"))

        seen = walk(browser)

        stages = seen["units"][0]["stages"]
        pairs = [pair for stage in stages for pair in stage["pairs"]]
        assert seen["status"] == "completed"
        assert [stage["state"] for stage in stages] == ["ended"] * 5
        assert all(stage["milestone_at"] for stage in stages[:4])
        assert all(stage["granted"] == stage["wanted"] for stage in stages)
        assert {pair["policy"] for pair in pairs} == {"chosen", "drawn", "planned"}
        assert {pair["status"] for pair in pairs} == {"ended"}

        history = browser.get(f"/projects/{CODE}/events?limit=1000")["data"]
        assert [event["number"] for event in history] == list(range(1, seen["number"] + 1))
        assert all(a["hash"] == b["previous"] for a, b in pairwise(history))

        told = browser.page(f"/projects/{CODE}")
        assert "示例住宅项目" in told
        assert "<progress" in told
