"""Webhooks: who outside is told what happens."""

from __future__ import annotations

from marshmallow import fields, validate

from api.schemas.base import Strict, codes, figure, instant, lines, said, words
from engine.outward import LONGEST_URL
from workflows import events

LONGEST_EVENT_ID = 100


class SubscribingSchema(Strict):
    """Where to, and what of."""

    url = words(
        "Address; its origin must be on the list ABREAST_WEBHOOK_ORIGINS",
        longest=LONGEST_URL,
        example="https://hooks.example.cn/abreast",
    )
    kinds = fields.List(
        fields.String(
            validate=validate.OneOf(sorted(events.KINDS), error="api.field.invalid"),
        ),
        load_default=list,
        validate=validate.Length(max=len(events.KINDS), error="api.field.invalid"),
        metadata={"description": "Kinds of events; left out or empty: all"},
    )


class ReplaySchema(Strict):
    """From where to tell again."""

    after = words(
        "Id of the last event that need not come again; null: from the first",
        none=True,
        longest=LONGEST_EVENT_ID,
        example="project:2026-120118-47-03-000001/17",
    )


class RetrySchema(Strict):
    """Which dead letter is to be tried again."""

    event = words("Id of the event", longest=LONGEST_EVENT_ID)


class WebhookSchema(Strict):
    """One subscription."""

    id = said("Id")
    url = said("Address")
    kinds = codes("Kinds of events; empty: all")
    created_at = instant("Made at, UTC")
    pending = figure("Events on their way")
    sent = figure("Events that were taken")
    dead = figure("Events that were given up, until somebody has them tried again")


class NewWebhookSchema(Strict):
    """A subscription with its secret."""

    id = said("Id")
    url = said("Address")
    kinds = codes("Kinds of events; empty: all")
    created_at = instant("Made at, UTC")
    secret = said(
        "Key of the signatures, shown this once; null where the order was a repetition", none=True
    )


class ListedWebhookSchema(WebhookSchema):
    """A subscription in a list."""


class WebhooksSchema(Strict):
    """Subscriptions."""

    data = lines(ListedWebhookSchema, "Subscriptions, the oldest first")


class DeadLetterSchema(Strict):
    """An event that a receiver did not take."""

    event = said("Id of the event")
    tries = figure("How often it was tried")
    error = said("What the last try came to", none=True)
    at = instant("When it would have been tried next, UTC")


class DeadLettersSchema(Strict):
    """What was given up."""

    data = lines(DeadLetterSchema, "Dead letters, by project and number")
