"""Webhooks: subscriptions that administrators make, their dead letters, and telling again."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from api import actors, trail
from api.contract import orders, reads
from api.desk import order
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
    return {"data": parts().webhooks.all()}


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
    actors.administrator(_DEED)
    added = order("addWebhook", body)
    return _made(parts().webhooks.subscribe(added, body["url"], body["kinds"]))


@nouns.route(f"{_ONE}/remove", methods=["POST"])
@orders(nouns, "removeWebhook", EmptySchema, answer=WebhooksSchema, tagged=False)
def remove_webhook(body: Row, webhook: str) -> Row:
    """Remove a webhook.

    At once; what was not delivered is dropped. Answers those that are left.
    """
    actors.administrator(_DEED)
    left = parts().webhooks.drop(order("removeWebhook", body, webhook=webhook), webhook)
    return {"data": left}


@nouns.route(f"{_ONE}/secret", methods=["POST"])
@orders(nouns, "renewWebhookSecret", EmptySchema, answer=NewWebhookSchema, tagged=False)
def renew_secret(body: Row, webhook: str) -> Row:
    """Renew a webhook's secret.

    The old one signs nothing any more, the new one is shown this once.
    """
    actors.administrator(_DEED)
    return _made(parts().webhooks.renew(order("renewSecret", body, webhook=webhook), webhook))


@nouns.route(f"{_ONE}/replay", methods=["POST"])
@orders(nouns, "replayWebhook", ReplaySchema, answer=WebhookSchema, tagged=False)
def replay_webhook(body: Row, webhook: str) -> Standing:
    """Tell again.

    Everything after an event is delivered once more, with the same ids; dead letters among it, too.
    """
    actors.administrator(_DEED)
    told = order("replayWebhook", body, webhook=webhook)
    return parts().webhooks.replay(told, webhook, body["after"])


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
def retry_dead(body: Row, webhook: str) -> Standing:
    """Try a dead letter again.

    From its first try on.
    """
    actors.administrator(_DEED)
    tried = order("retryDeadLetter", body, webhook=webhook)
    return parts().webhooks.retry(tried, webhook, body["event"])


def _made(made: Made) -> Row:
    subscription = made.subscription
    trail.mention(subscription.id)
    return {
        "id": subscription.id,
        "url": subscription.url,
        "kinds": subscription.kinds,
        "created_at": subscription.created_at,
        "secret": made.secret,
    }
