"""Streams that are short: read whole every time, without a snapshot, one event an order.

Rosters, credit, catalogues and notices are such streams; projects are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from engine import streams
from engine.envelope import NOTHING, Circumstances, Entry, chain
from engine.errors import ConcurrentChangeError
from engine.store.port import Writes
from workflows.rows import Difference

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from engine.notes import Text
    from engine.store.port import Loaded
    from workflows.codec import AnyBody
    from workflows.facts import Actor

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What was asked of a stream.

    Attributes:
        key: Of the caller's, one for each intent.
        request: Hash of everything that was asked; the same key must come with the same.
        catalogue: Hash of the catalogue in force.
    """

    stream: str
    actor: Actor
    key: str
    request: str
    catalogue: str

    def writes(
        self,
        loaded: Loaded,
        number: int,
        body: AnyBody,
        now: datetime,
        texts: tuple[Text, ...] = (),
    ) -> Writes:
        """Return what is to be stored when event *number* came of the order."""
        envelopes = chain(
            Circumstances(
                stream=self.stream,
                command=streams.command_id(self.actor.id, self.key),
                catalogue=self.catalogue,
            ),
            NOTHING if loaded.head is None else loaded.head.hash,
            [
                Entry(
                    number=number,
                    happened_at=now,
                    recorded_at=now,
                    actor=self.actor.id,
                    body=body,
                )
            ],
        )
        return Writes(
            envelopes=envelopes,
            head=streams.head(envelopes[-1], None),
            recorded=streams.recorded(self.actor.id, self.key, self.request, envelopes),
            difference=Difference(),
            texts=texts,
        )


def twice(act: Callable[[], _T]) -> _T:
    """Try once more when another writer was faster."""
    try:
        return act()
    except ConcurrentChangeError:
        return act()
