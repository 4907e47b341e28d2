from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from ipaddress import ip_address
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from engine.errors import (
    ForbiddenTargetError,
    KeyReusedError,
    UnknownPositionError,
    UnknownSubscriptionError,
)
from engine.leases import Leases
from engine.outbox import MOST, Outbox
from engine.outward import Courier, Gate
from engine.receipts import Order
from engine.webhooks import LONGEST_REST, Webhooks
from exchange.cloudevents import signature
from tests.support.receiver import Receiver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.outward import Address
    from tests.support.office import Office

DAY = timedelta(days=1)


def here(_host: str, _port: int) -> tuple[Address, ...]:
    return (ip_address("127.0.0.1"),)


def anywhere(_address: Address) -> bool:
    return True


def order(key: str = "k", **content: object) -> Order:
    return Order(actor="admin", key=key, name="addWebhook", content=content)


class Post:
    """Webhooks of an office to one receiver."""

    def __init__(self, office: Office, receiver: Receiver) -> None:
        courier = Courier(Gate([receiver.origin], may=anywhere, resolve=here))
        self.office, self.receiver = office, receiver
        self.webhooks = Webhooks(office.new_uow, office.clock, courier)
        leases = Leases(office.new_uow, office.clock)
        self.outbox = Outbox(office.new_uow, office.clock, leases, [], self.webhooks.senders)

    def subscribed(self, *kinds: str, key: str = "k") -> str:
        made = self.webhooks.subscribe(order(key), f"{self.receiver.origin}/in", kinds)
        return made.subscription.id

    def drain(self) -> None:
        while self.outbox.work("w", 10):
            pass

    @property
    def ids(self) -> list[str]:
        return [post.headers["webhook-id"] for post in self.receiver.posts]


@pytest.fixture
def post(office: Office) -> Iterator[Post]:
    with Receiver() as receiver:
        yield Post(office, receiver)


def expected(office: Office, code: str) -> list[str]:
    return [f"{each.stream}/{each.number}" for each in office.handle.history(code)]


class TestASubscriber:
    def test_hears_of_everything_from_then_on_once_and_in_order(self, post: Post) -> None:
        post.office.filed()
        post.subscribed()
        project = post.office.pushed_on(post.office.filed(seed=1), 3)

        post.drain()
        post.drain()

        assert post.ids == expected(post.office, project.code)

    def test_gets_a_cloud_event_without_a_person(self, post: Post) -> None:
        post.subscribed()
        project = post.office.filed()

        post.drain()

        first = post.receiver.posts[0]
        event = json.loads(first.body)
        assert first.headers["content-type"].startswith("application/cloudevents+json")
        assert event["specversion"] == "1.0"
        assert event["id"] == f"project:{project.code}/1"
        assert event["type"] == "cn.abreast.ProjectFiled.v1"
        assert event["source"] == f"/projects/{project.code}"
        assert event["data"]["project"] == project.code
        assert b"owner-o1" not in first.body
        assert "示例项目".encode() not in first.body

    def test_can_tell_who_sent_it(self, post: Post) -> None:
        made = post.webhooks.subscribe(order(), f"{post.receiver.origin}/in", ())
        post.office.filed()

        post.drain()

        sent = post.receiver.posts[0]
        moment = sent.headers["webhook-timestamp"]
        proof = signature(made.secret or "", sent.headers["webhook-id"], moment, sent.body)
        forged = signature("whsec_AAAA", sent.headers["webhook-id"], moment, sent.body)
        assert sent.headers["webhook-signature"] == proof != forged
        assert int(moment) == int(post.office.clock.now().timestamp())

    def test_hears_only_of_the_kinds_that_were_asked_for(self, post: Post) -> None:
        post.subscribed("StageOpened")
        post.office.filed()

        post.drain()

        kinds = {json.loads(each.body)["type"] for each in post.receiver.posts}
        assert kinds == {"cn.abreast.StageOpened.v1"}

    def test_that_was_down_gets_everything_later_in_order(self, post: Post) -> None:
        post.subscribed()
        project = post.office.pushed_on(post.office.filed(), 2)
        post.receiver.status = 503
        post.drain()
        asked_while_down = len(post.receiver.posts)
        post.receiver.status = 204
        post.receiver.posts.clear()
        post.office.clock.push(DAY)

        post.drain()

        assert asked_while_down == 1  # it was not asked again for every event
        assert post.ids == expected(post.office, project.code)

    def test_that_never_answers_leaves_a_dead_letter_that_can_be_sent_again(
        self, post: Post
    ) -> None:
        identity = post.subscribed("ProjectFiled")
        project = post.office.filed()
        post.receiver.status = 500
        for _ in range(MOST):
            post.drain()
            post.office.clock.push(DAY)
        (dead,) = post.webhooks.undelivered(identity)
        (standing,) = post.webhooks.all()
        post.receiver.status = 204
        post.receiver.posts.clear()
        post.office.write(partial(post.outbox.retry, delivery=dead))
        post.office.clock.push(LONGEST_REST)

        post.drain()

        assert (standing.pending, standing.dead) == (0, 1)
        assert dead.last_error == "answered 500"
        assert post.ids == [f"project:{project.code}/1"]
        assert post.webhooks.undelivered(identity) == ()

    def test_does_not_hold_up_another_one(self, post: Post) -> None:
        post.subscribed(key="a")
        post.office.filed()
        with Receiver(status=500) as silent:
            other = Post(post.office, silent)
            other.subscribed(key="b")
            post.office.filed(seed=1)
            post.drain()

        assert len(post.ids) > 0


class TestTellingAgain:
    def test_starts_behind_the_named_event(self, post: Post) -> None:
        identity = post.subscribed()
        project = post.office.pushed_on(post.office.filed(), 3)
        post.drain()
        first = list(post.ids)
        post.receiver.posts.clear()

        post.webhooks.replay(order(uuid4().hex), identity, first[2])
        post.drain()

        assert first == expected(post.office, project.code)
        assert post.ids == first[3:]

    def test_starts_at_the_beginning_of_the_log(self, post: Post) -> None:
        before = post.office.filed()
        identity = post.subscribed()

        post.webhooks.replay(order(uuid4().hex), identity, None)
        post.drain()

        assert post.ids == expected(post.office, before.code)

    def test_sends_a_dead_letter_too(self, post: Post) -> None:
        identity = post.subscribed("ProjectFiled")
        project = post.office.filed()
        post.receiver.status = 500
        for _ in range(MOST):
            post.drain()
            post.office.clock.push(DAY)
        post.receiver.status = 204
        post.receiver.posts.clear()

        post.webhooks.replay(order(uuid4().hex), identity, None)
        post.drain()

        assert post.ids == [f"project:{project.code}/1"]
        assert post.webhooks.undelivered(identity) == ()

    @pytest.mark.parametrize("name", ["project:none/1", "nothing", "project:x/999999999999", "/"])
    def test_refuses_an_event_that_is_not_there(self, post: Post, name: str) -> None:
        identity = post.subscribed()

        with pytest.raises(UnknownPositionError):
            post.webhooks.replay(order(uuid4().hex), identity, name)


class TestTheRegister:
    def test_makes_one_subscription_for_one_key(self, post: Post) -> None:
        url = f"{post.receiver.origin}/in"
        first = post.webhooks.subscribe(order(url=url), url, ())
        again = post.webhooks.subscribe(order(url=url), url, ())

        assert first.secret is not None
        assert again.secret is None
        assert again.subscription.id == first.subscription.id
        assert len(post.webhooks.all()) == 1
        with pytest.raises(KeyReusedError):
            post.webhooks.subscribe(order(url="other"), url, ())

    def test_takes_no_address_that_is_not_listed(self, post: Post) -> None:
        with pytest.raises(ForbiddenTargetError):
            post.webhooks.subscribe(order(), "https://elsewhere.test/", ())

        assert post.webhooks.all() == ()

    def test_signs_with_a_new_secret_at_once(self, post: Post) -> None:
        old = post.webhooks.subscribe(order(), f"{post.receiver.origin}/in", ())
        renewed = post.webhooks.renew(order("other"), old.subscription.id)
        post.office.filed()

        post.drain()

        sent = post.receiver.posts[0]
        proof = signature(renewed.secret or "", sent.headers["webhook-id"],
                          sent.headers["webhook-timestamp"], sent.body)  # fmt: skip
        assert sent.headers["webhook-signature"] == proof
        assert renewed.secret != old.secret

    def test_forgets_one_with_all_that_was_to_be_told(self, post: Post) -> None:
        identity = post.subscribed()
        post.office.filed()
        post.webhooks.drop(order(uuid4().hex), identity)

        post.drain()

        assert post.ids == []
        with pytest.raises(UnknownSubscriptionError):
            post.webhooks.drop(order(uuid4().hex), identity)
