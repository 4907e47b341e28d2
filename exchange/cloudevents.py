"""CloudEvents 1.0 in JSON, and the signature by which a receiver knows who sent one.

Sources: cloudevents.io, specification 1.0.2 (attributes and JSON format); standardwebhooks.com,
specification 1.0 (the three headers and what is signed).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
SECRET_PREFIX = "whsec_"  # noqa: S105 - it begins one, it is none
_TYPE = "cn.abreast.{kind}.v{version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What a cloud event tells of; names and numbers, no person and no free text.

    Attributes:
        id: The same on every delivery of this event.
        data: JSON values.
    """

    id: str
    project: str
    kind: str
    version: int
    item: str | None
    recorded_at: datetime
    data: Mapping[str, object]


def written(one: Happening) -> bytes:
    """Return the event as a structured-mode body."""
    event: dict[str, object] = {
        "specversion": "1.0",
        "id": one.id,
        "source": f"/projects/{one.project}",
        "type": _TYPE.format(kind=one.kind, version=one.version),
        "time": one.recorded_at.isoformat(),
        "datacontenttype": "application/json",
        "data": one.data,
    }
    if one.item is not None:
        event["subject"] = one.item
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def headers(secret: str, identity: str, sent_at: datetime, body: bytes) -> dict[str, str]:
    """Return the headers that go with *body*; a receiver refuses what was sent long ago.

    >>> from datetime import UTC, datetime
    >>> secret = "whsec_" + base64.b64encode(b"0" * 32).decode()
    >>> made = headers(secret, "a/1", datetime(2026, 3, 2, tzinfo=UTC), b"{}")
    >>> made["webhook-id"], made["webhook-timestamp"], made["webhook-signature"][:6]
    ('a/1', '1772409600', 'v1,ItM')
    """
    moment = str(int(sent_at.timestamp()))
    return {
        "content-type": CONTENT_TYPE,
        "webhook-id": identity,
        "webhook-timestamp": moment,
        "webhook-signature": signature(secret, identity, moment, body),
    }


def signature(secret: str, identity: str, moment: str, body: bytes) -> str:
    """Return what stands in the header webhook-signature: HMAC-SHA-256 over id, time and body."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = b".".join((identity.encode(), moment.encode(), body))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
