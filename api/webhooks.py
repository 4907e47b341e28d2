"""Webhooks: subscriptions that administrators make, their dead letters, and telling again."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from api import actors
from api.contract import orders, reads
from api.desk import idempotency_key
from api.parser import Nouns
from api.parts import parts
from api.schemas.orders import EmptySchema
from api.schemas.webhooks import (
    DeadLettersSchema,
    NewWebhookSchema,
    ReplaySchema,
    RetrySchema,
    SubscribingSchema,
    WebhookSchema,
    WebhooksSchema,
)
from engine.errors import UnknownPositionError, UnknownSubscriptionError
from engine.receipts import Order

if TYPE_CHECKING:
    from engine.webhooks import Made, Standing

nouns = Nouns("webhooks", __name__, description="Who outside is told what happens")
Row = dict[str, Any]
_DEED = "ManageWebhooks"
_ONE = "/webhooks/<word:webhook>"


@nouns.route("/webhooks", methods=["GET"])
@nouns.doc(responses={"403": "FORBIDDEN"})
@reads(nouns, "listWebhooks", WebhooksSchema)
def list_webhooks() -> Row:
    """List the webhooks.

    For administrators: every subscription, and how its deliveries stand.
    """
    actors.administrator(_DEED)
    return {"data": [_standing(each) for each in parts().webhooks.all()]}


@nouns.route("/webhooks", methods=["POST"])
@orders(
    nouns,
    "addWebhook",
    SubscribingSchema,
    status=HTTPStatus.CREATED,
    answer=NewWebhookSchema,
    tagged=False,
)
def add_webhook(body: Row) -> Row:
    """Add a webhook.

    From now on every event of the named kinds is posted there as a CloudEvent 1.0, signed as
    standardwebhooks.com says, at least once and in order within a project. The secret is shown
    this once.
    """
    actor = actors.administrator(_DEED)
    order = Order(actor=actor.id, key=idempotency_key(), name="addWebhook", content=body)
    return _made(parts().webhooks.subscribe(order, body["url"], body["kinds"]))


@nouns.route(f"{_ONE}/remove", methods=["POST"])
@orders(nouns, "removeWebhook", EmptySchema, answer=WebhooksSchema, tagged=False)
def remove_webhook(body: Row, webhook: str) -> Row:
    """Remove a webhook.

    At once; what was not delivered is dropped. Answers those that are left.
    """
    del body
    actors.administrator(_DEED)
    idempotency_key()
    with suppress(UnknownSubscriptionError):  # it was removed before: the key may come again
        parts().webhooks.drop(webhook)
    return {"data": [_standing(each) for each in parts().webhooks.all()]}


@nouns.route(f"{_ONE}/secret", methods=["POST"])
@orders(nouns, "renewWebhookSecret", EmptySchema, answer=NewWebhookSchema, tagged=False)
def renew_secret(body: Row, webhook: str) -> Row:
    """Renew a webhook's secret.

    The old one signs nothing any more, the new one is shown this once.
    """
    actor = actors.administrator(_DEED)
    content = {**body, "webhook": webhook}
    order = Order(actor=actor.id, key=idempotency_key(), name="renewSecret", content=content)
    return _made(parts().webhooks.renew(order, webhook))


@nouns.route(f"{_ONE}/replay", methods=["POST"])
@orders(nouns, "replayWebhook", ReplaySchema, answer=WebhookSchema, tagged=False)
def replay_webhook(body: Row, webhook: str) -> Row:
    """Tell again.

    Everything after an event is delivered once more, with the same ids; dead letters among it, too.
    """
    actors.administrator(_DEED)
    idempotency_key()
    parts().webhooks.replay(webhook, body["after"])
    return _one(webhook)


@nouns.route(f"{_ONE}/dead", methods=["GET"])
@nouns.doc(responses={"403": "FORBIDDEN"})
@reads(nouns, "listDeadLetters", DeadLettersSchema)
def list_dead(webhook: str) -> Row:
    """List a webhook's dead letters.

    Events that the receiver did not take in about a day of trying.
    """
    actors.administrator(_DEED)
    return {
        "data": [
            {
                "event": f"{each.stream}/{each.number}",
                "tries": each.tries,
                "error": each.last_error,
                "at": each.next_try_at,
            }
            for each in parts().webhooks.undelivered(webhook)
        ]
    }


@nouns.route(f"{_ONE}/retry", methods=["POST"])
@orders(nouns, "retryDeadLetter", RetrySchema, answer=WebhookSchema, tagged=False)
def retry_dead(body: Row, webhook: str) -> Row:
    """Try a dead letter again.

    From its first try on.
    """
    actors.administrator(_DEED)
    idempotency_key()
    dead = {f"{each.stream}/{each.number}": each for each in parts().webhooks.undelivered(webhook)}
    if body["event"] not in dead:
        raise UnknownPositionError(event=body["event"])
    parts().outbox.retry(dead[body["event"]])
    return _one(webhook)


def _one(webhook: str) -> Row:
    for each in parts().webhooks.all():
        if each.subscription.id == webhook:
            return _standing(each)
    raise UnknownSubscriptionError(webhook=webhook)


def _standing(one: Standing) -> Row:
    subscription = one.subscription
    return {
        "id": subscription.id,
        "url": subscription.url,
        "kinds": subscription.kinds,
        "created_at": subscription.created_at,
        "pending": one.pending,
        "sent": one.sent,
        "dead": one.dead,
    }


def _made(made: Made) -> Row:
    subscription = made.subscription
    return {
        "id": subscription.id,
        "url": subscription.url,
        "kinds": subscription.kinds,
        "created_at": subscription.created_at,
        "secret": made.secret,
    }
