"""Webhooks: who outside is told what happens, signed, at least once, again when they ask."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from msgspec.json import decode, encode

from engine import refusals
from engine.errors import UnknownPositionError, UnknownSubscriptionError
from engine.follower import BEGINNING, end
from engine.outbox import NotDeliveredError, NotTriedError
from engine.receipts import once
from engine.store import deliveries, news, subscriptions
from engine.store.deliveries import Delivery, DeliveryStatus
from engine.store.subscriptions import Subscription
from exchange.cloudevents import SECRET_PREFIX, Happening, headers, written
from workflows.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.clock import Clock
    from engine.envelope import Envelope
    from engine.outbox import Message
    from engine.outward import Courier
    from engine.receipts import Order
    from engine.store.following import Place
    from engine.store.port import Connection
    from engine.unit_of_work import UnitOfWork

SECRET_BYTES = 32
FIRST_REST = timedelta(seconds=15)  # for a receiver that did not answer; each failure doubles it
LONGEST_REST = timedelta(minutes=15)
_PROJECT = "project:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What an order made; *secret* is shown this once, None on a repetition."""

    subscription: Subscription
    secret: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A subscription without its secret, and how its deliveries stand."""

    id: str
    url: str
    kinds: tuple[str, ...]
    created_at: datetime
    pending: int
    sent: int
    dead: int


class Webhooks:
    """The register of subscriptions, and the ways out to them."""

    def __init__(self, new_uow: Callable[[], UnitOfWork], time: Clock, courier: Courier) -> None:
        """Keep where they are stored, the machine's clock and who carries the messages."""
        self._new_uow = new_uow
        self._time = time
        self._courier = courier
        self._rests: dict[str, _Rest] = {}

    def subscribe(self, order: Order, url: str, kinds: Sequence[str]) -> Made:
        """Make a subscription for what happens from now on.

        Raises:
            ForbiddenTargetError: If webhooks may not go there.
            KeyReusedError: If the key came with another request.
        """
        against = refusals.against(lambda: self._courier.gate.check(url))
        made = Subscription(
            id=uuid4().hex,
            person=order.actor,
            url=url,
            secret=_secret(),
            kinds=tuple(sorted(set(kinds))),
            created_at=self._time.now(),
        )

        def put(connection: Connection) -> str:
            subscriptions.put(connection, made)
            consumer, name = _names(made.id)
            news.rewind(connection, consumer, name, end(connection))
            return encode(replace(made, secret="")).decode()

        told = once(self._new_uow, order, made.created_at, put, against)
        first = decode(told, type=Subscription)
        return Made(subscription=first, secret=made.secret if first.id == made.id else None)

    def all(self) -> tuple[Standing, ...]:
        """Return every subscription, the oldest first."""
        with self._new_uow() as uow:
            return _standings(uow.connection)

    def drop(self, order: Order, identity: str) -> tuple[Standing, ...]:
        """End a subscription with what was not delivered, and return those that are left.

        Raises:
            UnknownSubscriptionError: If there is none.
            KeyReusedError: If the key came with another request.
        """

        def drop(connection: Connection) -> str:
            if not subscriptions.drop(connection, identity, *_names(identity)):
                raise UnknownSubscriptionError(webhook=identity)
            return encode(_standings(connection)).decode()

        told = once(self._new_uow, order, self._time.now(), drop)
        return decode(told, type=tuple[Standing, ...])

    def renew(self, order: Order, identity: str) -> Made:
        """Give a subscription another secret at once.

        Raises:
            UnknownSubscriptionError: If there is none.
        """
        secret, mark = _secret(), uuid4().hex

        def renew(connection: Connection) -> str:
            _known(connection, identity)
            subscriptions.set_secret(connection, identity, secret)
            return mark

        first = once(self._new_uow, order, self._time.now(), renew)
        with self._new_uow() as uow:
            found = _known(uow.connection, identity)
        return Made(subscription=found, secret=secret if first == mark else None)

    def replay(self, order: Order, identity: str, after: str | None) -> Standing:
        """Deliver once more what comes after an event; *after* is its id, None = from the first.

        Raises:
            UnknownSubscriptionError, UnknownPositionError: If there is none such.
            KeyReusedError: If the key came with another request.
        """

        def rewind(connection: Connection) -> str:
            _known(connection, identity)
            consumer, name = _names(identity)
            news.rewind(connection, consumer, name, _place(connection, after))
            return encode(_standing(connection, identity)).decode()

        told = once(self._new_uow, order, self._time.now(), rewind)
        self._rests.pop(identity, None)
        return decode(told, type=Standing)

    def retry(self, order: Order, identity: str, event: str) -> Standing:
        """Try once more to tell of an event that could not be told, from its first try on.

        Raises:
            UnknownSubscriptionError: If there is none.
            UnknownPositionError: If the event is no dead letter of the subscriber's.
            KeyReusedError: If the key came with another request.
        """
        now = self._time.now()

        def revive(connection: Connection) -> str:
            dead = {f"{each.stream}/{each.number}": each for each in _dead(connection, identity)}
            if event not in dead or not deliveries.revive(connection, dead[event], now):
                raise UnknownPositionError(event=event)
            return encode(_standing(connection, identity)).decode()

        return decode(once(self._new_uow, order, now, revive), type=Standing)

    def undelivered(self, identity: str) -> tuple[Delivery, ...]:
        """Return what a subscriber could not be told.

        Raises:
            UnknownSubscriptionError: If there is none.
        """
        with self._new_uow() as uow:
            return _dead(uow.connection, identity)

    def senders(self) -> tuple[WebhookSender, ...]:
        """Return the ways out that are open now: who did not answer rests for a while."""
        now = self._time.now()
        with self._new_uow() as uow:
            found = subscriptions.all_of(uow.connection)
        return tuple(
            WebhookSender(
                subscription=each,
                courier=self._courier,
                time=self._time,
                told=self._told,
            )
            for each in found
            if each.id not in self._rests or self._rests[each.id].until <= now
        )

    def _told(self, identity: str, *, taken: bool) -> None:
        """Remember whether a receiver answered, so that a silent one does not hold up the rest."""
        if taken:
            self._rests.pop(identity, None)
            return
        times = self._rests[identity].times + 1 if identity in self._rests else 1
        rest = min(FIRST_REST * 2 ** min(times - 1, 10), LONGEST_REST)
        self._rests[identity] = _Rest(times=times, until=self._time.now() + rest)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSender:
    """The way to one subscriber."""

    subscription: Subscription
    courier: Courier
    time: Clock
    told: Callable[..., None]
    silent: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Return the receiver's name, on which its place in the log hangs."""
        return _names(self.subscription.id)[1]

    def wants(self, envelope: Envelope) -> bool:
        """Tell whether the subscriber is to hear of an event: a project's, of the named kinds."""
        kinds = self.subscription.kinds
        return envelope.stream.startswith(_PROJECT) and (not kinds or envelope.kind in kinds)

    def send(self, message: Message) -> None:
        """Post the message, signed.

        Raises:
            NotDeliveredError: If the receiver did not take it.
            NotTriedError: If it did not answer the one before, in this round.
        """
        if self.silent:
            raise NotTriedError(self.silent[0])
        body = written(_happening(message))
        signed = headers(self.subscription.secret, message.id, self.time.now(), body)
        try:
            self.courier.post(self.subscription.url, signed, body)
        except (NotDeliveredError, Refusal) as error:
            self.silent.append(_reason(error))
            self.told(self.subscription.id, taken=False)
            raise NotDeliveredError(self.silent[0]) from error
        self.told(self.subscription.id, taken=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rest:
    times: int
    until: datetime


def _reason(error: Exception) -> str:
    """Return what may be kept of a failure: never an answer's content."""
    if isinstance(error, Refusal):
        return f"{error.code}: {error.params.get('reason', '')}"
    return str(error)


def _happening(message: Message) -> Happening:
    event = message.envelope
    names = ("number", "unit", "stage", "item", "attempt", "happened_at", "recorded_at")
    told = {name: getattr(event, name) for name in names}
    for name in ("happened_at", "recorded_at"):
        told[name] = told[name].isoformat()
    project = event.stream.removeprefix(_PROJECT)
    return Happening(
        id=message.id,
        project=project,
        kind=event.kind,
        version=event.version,
        item=event.item,
        recorded_at=event.recorded_at,
        data={"project": project, **told},
    )


def _place(connection: Connection, after: str | None) -> Place:
    if after is None:
        return BEGINNING
    stream, _, number = after.rpartition("/")
    digits = number.isascii() and number.isdigit() and len(number) <= len("999999999")
    found = news.place_of(connection, stream, int(number)) if digits else None
    if found is None:
        raise UnknownPositionError(event=after)
    return found


def _known(connection: Connection, identity: str) -> Subscription:
    found = subscriptions.get(connection, identity)
    if found is None:
        raise UnknownSubscriptionError(webhook=identity)
    return found


def _standings(connection: Connection) -> tuple[Standing, ...]:
    found = subscriptions.all_of(connection)
    numbers = subscriptions.counts(connection, [_names(each.id)[1] for each in found])
    return tuple(
        Standing(
            id=each.id,
            url=each.url,
            kinds=each.kinds,
            created_at=each.created_at,
            **{
                status.value: numbers.get((_names(each.id)[1], status.value), 0)
                for status in DeliveryStatus
            },
        )
        for each in found
    )


def _standing(connection: Connection, identity: str) -> Standing:
    for each in _standings(connection):
        if each.id == identity:
            return each
    raise UnknownSubscriptionError(webhook=identity)


def _dead(connection: Connection, identity: str) -> tuple[Delivery, ...]:
    _known(connection, identity)
    name = _names(identity)[1]
    return tuple(each for each in deliveries.dead(connection) if each.consumer == name)


def _names(identity: str) -> tuple[str, str]:
    """Return how follower and deliveries call a subscription."""
    return f"outbox:webhook:{identity}", f"webhook:{identity}"


def _secret() -> str:
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
