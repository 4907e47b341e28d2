"""Bugs of timers and of what goes out: they show once the workers have come to rest."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import workflows.decide.silence
from engine.outbox import LogSender
from engine.store import deliveries
from engine.timers import Timers
from tests.chaos.planting import now_and_then, replaced
from workflows.events import TimerFired
from workflows.facts import SYSTEM

if TYPE_CHECKING:
    from engine.outbox import Message
    from workflows.rows import TimerRow


def lost_outbox() -> None:
    """Store some deliveries never, though the place in the log moves on."""
    put = deliveries.put

    def lossy(connection: Any, name: str, wanted: Any, now: Any) -> None:
        put(connection, name, [each for each in wanted if not now_and_then()], now)

    replaced(deliveries, "put", lossy)


def sent_not_sent() -> None:
    """Write some messages down as sent that were not."""
    send = LogSender.send

    def silent(self: LogSender, message: Message) -> None:
        if not now_and_then(0.05):
            send(self, message)

    replaced(LogSender, "send", silent)


def timers_lost() -> None:
    """Let every other timer pass as if there were nothing to do."""
    fire = Timers._fire  # noqa: SLF001 - the bug is inside

    def blind(self: Timers, timer: TimerRow) -> str:
        odd = zlib.crc32(f"{timer.project}{timer.path}".encode()) % 2
        return "passed" if odd else fire(self, timer)

    replaced(Timers, "_fire", blind)


def timer_twice() -> None:
    """Let what a timer brings about happen a second time."""
    fire = workflows.decide.silence._fire  # noqa: SLF001 - the bug is inside

    def twice(draft: Any, run: Any, armed: Any) -> None:
        fire(draft, run, armed)
        fired = next(each for each in reversed(draft.events) if isinstance(each.body, TimerFired))
        draft.record(fired.body, fired.happened_at, SYSTEM)

    replaced(workflows.decide.silence, "_fire", twice)
