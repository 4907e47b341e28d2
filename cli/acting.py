"""`--as PERSON`: who gives an order at this machine's shell, and how what came of it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import click
import msgspec

from cli.speech import option
from cli.terminal import Failed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cli.terminal import Terminal
    from engine.handle import Answer
    from engine.notes import Text
    from wire import Parts
    from workflows import commands as c
    from workflows.events import Event
    from workflows.facts import Actor

MOST_UNITS = 999


def acting(*, required: bool = True) -> Callable[[Any], Any]:
    """Return the decorator for --as, which names the person whose deed it is."""
    return option("--as", "person", required=required, metavar="PERSON", help="as")


def of_unit() -> Callable[[Any], Any]:
    """Return the decorator for --unit, for orders about one building or phase."""
    return option("--unit", type=click.IntRange(0, MOST_UNITS), default=0, help="unit")


def actor(parts: Parts, person: str) -> Actor:
    """Return a registered person as one who gives orders; whoever has the shell is trusted.

    Raises:
        Failed: If nobody active has this id.
    """
    found = parts.people.get(person)
    if found is None or not found.active:
        raise Failed("people.unknown", person=person)
    return found.actor


def order(
    parts: Parts, code: str, command: c.Command, person: str, texts: Sequence[Text] = ()
) -> Answer:
    """Carry *command* out as *person*; every call is an order of its own.

    Raises:
        Failed: If nobody active has this id.
        Refusal: If a rule is broken.
        EngineError: If the database failed.
    """
    return parts.handle.execute(code, command, actor(parts, person), new_key(), texts)


def new_key() -> str:
    """Return an idempotency key that no other order has."""
    return f"cli-{uuid4().hex}"


def tell(speaker: Terminal, answer: Answer, *, as_json: bool) -> None:
    """Print what an order did."""
    if as_json:
        speaker.data(
            {
                "project": answer.code,
                "number": answer.number,
                "events": [_event(event) for event in answer.events],
            }
        )
        return
    first, last = answer.events[0].number, answer.events[-1].number
    speaker.print(
        "order.one" if first == last else "order.done", project=answer.code, first=first, last=last
    )


def _event(event: Event) -> dict[str, object]:
    return {
        "number": event.number,
        "kind": type(event.body).__name__,
        "happened_at": event.happened_at.isoformat(),
        "recorded_at": event.recorded_at.isoformat(),
        "actor": event.actor,
        "body": msgspec.to_builtins(event.body),
    }
