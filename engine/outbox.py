"""Tells the outside what happened: at least once, with one id on every try, in order a stream.

Nothing is written to a box beside the log: the log is the box, and the follower reads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

import structlog

from engine.errors import EngineError
from engine.follower import follow
from engine.rests import Rests, log_failure
from engine.store import deliveries, following, log, news
from engine.store.deliveries import Delivery, DeliveryStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.clock import Clock
    from engine.envelope import Envelope
    from engine.leases import Lease, Leases
    from engine.store.port import Connection
    from engine.unit_of_work import UnitOfWork

BATCH = 100
MOST = 12  # tries; with the pauses between them about a day
FIRST_PAUSE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One event for one receiver.

    Attributes:
        id: The same on every try: the receiver drops what it has seen.
    """

    id: str
    envelope: Envelope


class NotDeliveredError(Exception):
    """The receiver did not take the message; it is tried again later."""


class NotTriedError(NotDeliveredError):
    """The receiver did not answer a moment ago and was not asked again: this counts as no try."""


class Sender(Protocol):
    """A way to one receiver."""

    @property
    def name(self) -> str:
        """Return the receiver's name, never changed: the place in the log hangs on it."""

    def wants(self, envelope: Envelope) -> bool:
        """Tell whether the receiver is to hear of an event."""

    def send(self, message: Message) -> None:
        """Send a message; when it returns, the receiver has it.

        Raises:
            NotDeliveredError: If it has not, or if that is not known.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSender:
    """Writes a line to the program's log for each event: names, never contents."""

    name: str = "log"

    def wants(self, envelope: Envelope) -> bool:  # noqa: ARG002 - the port's signature
        """Want them all."""
        return True

    def send(self, message: Message) -> None:
        """Write the line."""
        event = message.envelope
        structlog.get_logger().info(
            "outbox.event",
            id=message.id,
            stream=event.stream,
            number=event.number,
            kind=event.kind,
        )


class Outbox:
    """Every receiver's deliveries."""

    def __init__(
        self,
        new_uow: Callable[[], UnitOfWork],
        time: Clock,
        leases: Leases,
        senders: Sequence[Sender],
        more: Callable[[], Sequence[Sender]] = tuple,
    ) -> None:
        """Keep where deliveries are stored, the machine's clock, and the ways out.

        Args:
            more: Asked in every round for the ways out that come and go.
        """
        self._new_uow = new_uow
        self._time = time
        self._leases = leases
        self._senders = tuple(senders)
        self._more = more
        self._rests = Rests()  # of receivers

    def work(self, holder: str, limit: int = BATCH) -> int:
        """Take up to *limit* new events for each receiver, send what is due, return the number.

        Raises:
            EngineError: If the database is away; what was not written down is sent again. What goes
                wrong with one receiver is logged, and holds up no other.
        """
        resting = self._rests.resting()
        senders = (*self._senders, *self._more())
        return sum(
            [self._tried(each, holder, limit) for each in senders if each.name not in resting]
        )

    def _tried(self, sender: Sender, holder: str, limit: int) -> int:
        try:
            done = self._serve(sender, holder, limit)
        except Exception as error:
            if isinstance(error, EngineError) and error.retry_after is not None:
                raise
            times = self._rests.failed(sender.name)
            log_failure("outbox.failed", error, receiver=sender.name, times=times)
            return 0
        self._rests.recovered(sender.name)
        return done

    def _serve(self, sender: Sender, holder: str, limit: int) -> int:
        if not self._waiting(sender):
            return 0  # an idle office writes nothing
        with self._leases.holding(_consumer(sender), holder) as lease:
            if lease is None:
                return 0
            return self._collect(sender, limit) + self._deliver(sender, lease, limit)

    def skip(self) -> None:
        """Take what happened until now for known: nobody is told of it."""
        with self._new_uow() as uow:
            uow.begin()
            place = following.end(uow.connection)
            for sender in (*self._senders, *self._more()):
                following.locked_place(uow.connection, _consumer(sender))
                following.move(uow.connection, _consumer(sender), place)
            uow.commit()

    def dead(self) -> tuple[Delivery, ...]:
        """Return what could not be delivered."""
        with self._new_uow() as uow:
            return deliveries.dead(uow.connection)

    def retry(self, connection: Connection, delivery: Delivery) -> None:
        """Let a dead delivery be tried again, within the caller's transaction."""
        deliveries.revive(connection, delivery, self._time.now())

    def _waiting(self, sender: Sender) -> bool:
        """Tell whether there is anything to take in or to send; nothing is locked."""
        with self._new_uow() as uow:
            now, connection = self._time.now(), uow.connection
            return news.ahead(connection, _consumer(sender)) or bool(
                deliveries.due(connection, sender.name, now, 1)
            )

    def _collect(self, sender: Sender, limit: int) -> int:
        """Store what is to be sent, in the transaction that moves the receiver's place."""
        with self._new_uow() as uow:
            envelopes = follow(uow, _consumer(sender), limit)
            wanted = [each for each in envelopes if sender.wants(each)]
            deliveries.put(uow.connection, sender.name, wanted, self._time.now())
            uow.commit()
        return len(envelopes)

    def _deliver(self, sender: Sender, lease: Lease, limit: int) -> int:
        with self._new_uow() as uow:
            due = deliveries.due(uow.connection, sender.name, self._time.now(), limit)
            messages = [_message(log.envelopes(uow.connection, d.stream, d.number, d.number)[0])
                        for d in due]  # fmt: skip
        stuck: set[str] = set()
        for delivery, message in zip(due, messages, strict=True):
            if delivery.stream not in stuck and not self._send(sender, lease, delivery, message):
                stuck.add(delivery.stream)  # what comes after it waits for it
        return len(due)

    def _send(self, sender: Sender, lease: Lease, delivery: Delivery, message: Message) -> bool:
        """Send one message, write down what came of it, and tell whether it arrived."""
        problem: str | None = None
        try:
            sender.send(message)
        except NotTriedError:
            return False
        except NotDeliveredError as error:
            problem = str(error) or type(error).__name__
        except Exception as error:  # noqa: BLE001 - one receiver's fault must not stop the others; it stays visible
            problem = f"{type(error).__name__}: {error}"
        cells = self._sent(delivery) if problem is None else self._failed(delivery, problem)
        with self._new_uow() as uow:
            uow.begin()
            self._leases.renew(uow.connection, lease)
            deliveries.change(uow.connection, delivery, **cells)
            uow.commit()
        return problem is None

    def _sent(self, delivery: Delivery) -> dict[str, object]:
        # A sent one waits for no next try: from then on the column says when it was sent.
        tries, now = delivery.tries + 1, self._time.now()
        return {"status": DeliveryStatus.SENT.value, "tries": tries, "next_try_at": now}

    def _failed(self, delivery: Delivery, problem: str) -> dict[str, object]:
        tries = delivery.tries + 1
        pause = min(FIRST_PAUSE * 2**delivery.tries, deliveries.LONGEST_PAUSE)
        status = DeliveryStatus.DEAD if tries >= MOST else DeliveryStatus.PENDING
        return {
            "status": status.value,
            "tries": tries,
            "next_try_at": self._time.now() + pause,
            "last_error": problem,
        }


def _consumer(sender: Sender) -> str:
    return f"outbox:{sender.name}"


def _message(envelope: Envelope) -> Message:
    return Message(id=f"{envelope.stream}/{envelope.number}", envelope=envelope)
