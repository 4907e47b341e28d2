"""External tasks: steps that a department's own system does, fetched, held for a while, completed.

A system asks for work, holds what it got under a fence, and completes it, lets it fail or asks for
more time. A hold that ran out is given to the next who asks; the fence keeps the first one from
completing what is no longer theirs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec.json import decode, encode

from engine import receipts
from engine.errors import HoldLostError
from engine.short_streams import twice
from engine.store import external, queries
from engine.store.external import Hold
from engine.store.queries import TaskFilter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from engine.clock import Clock
    from engine.receipts import Order
    from engine.store.port import Connection
    from engine.store.queries import TaskLine
    from engine.unit_of_work import UnitOfWork
    from workflows.facts import Actor

PERFORMER = "external"
GRACE = timedelta(seconds=60)  # that a hold lasts at least while its task is being completed
FIRST_RETRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A task and the hold on it."""

    line: TaskLine
    hold: Hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a system says that it holds.

    Attributes:
        actor: Id of the person in whose name it works.
    """

    actor: str
    project: str
    task: str
    fence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A task that was let go of: free again at *until*, *retries* times."""

    until: datetime
    retries: int


class ExternalTasks:
    """Who works on which external task."""

    def __init__(self, new_uow: Callable[[], UnitOfWork], time: Clock) -> None:
        """Keep where holds are stored, and the machine's clock: the office's may stand."""
        self._new_uow = new_uow
        self._time = time

    def fetch(
        self, order: Order, actor: Actor, worker: str, most: int, span: timedelta
    ) -> tuple[Fetched, ...]:
        """Take up to *most* open external tasks of the actor, and hold them for *span*.

        The same key again gives what it took before, as far as that is still open. Where nothing
        was to be had nothing is written down: who asks again and again costs no writing.

        Raises:
            KeyReusedError: If the key came with another request.
        """
        now = self._time.now()
        wanted = Hold(project="", task="", actor=actor.id, worker=worker, key=order.key, fence=0,
                      until=now + span, retries=None, error=None)  # fmt: skip
        return twice(lambda: self._fetch(order, actor, wanted, now, most))

    def _fetch(
        self, order: Order, actor: Actor, wanted: Hold, now: datetime, most: int
    ) -> tuple[Fetched, ...]:
        with self._new_uow() as uow:
            uow.begin()
            if receipts.answered(uow.connection, order) is not None:
                before = external.taken_by(uow.connection, actor.id, wanted.worker, order.key)
                return _found(uow.connection, actor, before)
            taken = tuple(_taken(uow.connection, actor, wanted, now, most))
            if taken:
                receipts.keep(uow.connection, order, str(len(taken)), now)
                uow.commit()
        return taken

    def hold(self, at: Held, key: str) -> None:
        """Check that the actor holds a task, for long enough to complete it now.

        Nothing is checked where the command of this key was answered already: it is a repetition.

        Raises:
            HoldLostError: If the time is over, or another took it.
        """
        now = self._time.now()
        with self._new_uow() as uow:
            uow.begin()
            if external.answered(uow.connection, at.actor, key):
                return
            held = _held(uow.connection, at, now)
            external.change(uow.connection, held, now, until=max(held.until, now + GRACE))
            uow.commit()

    def done(self, code: str, task: str) -> None:
        """Forget the hold on a task that was completed."""
        with self._new_uow() as uow:
            uow.begin()
            external.drop(uow.connection, code, task)
            uow.commit()

    def extend(self, order: Order, at: Held, span: timedelta) -> datetime:
        """Hold a task for *span* from now, and return until when.

        Raises:
            HoldLostError: If the time is over, or another took it.
        """
        now = self._time.now()

        def extend(connection: Connection) -> str:
            external.change(connection, _held(connection, at, now), now, until=now + span)
            return (now + span).isoformat()

        return datetime.fromisoformat(receipts.once(self._new_uow, order, now, extend))

    def fail(
        self, order: Order, at: Held, error: str, retries: int | None, pause: timedelta
    ) -> Failed:
        """Let go of a task that could not be done; after *pause* it may be taken again.

        Args:
            retries: How often yet; None = one less than before. At 0 a person must look.

        Raises:
            HoldLostError: If the time is over, or another took it.
        """
        now = self._time.now()

        def let_go(connection: Connection) -> str:
            held = _held(connection, at, now)
            before = FIRST_RETRIES if held.retries is None else held.retries
            left = max(0, before - 1) if retries is None else retries
            failed = Failed(until=now + pause, retries=left)
            # The fence moves on: whoever let go of a task cannot complete it any more.
            cells = {"retries": left, "until": failed.until, "fence": held.fence + 1}
            external.change(connection, held, now, error=error, **cells)
            return encode(failed).decode()

        return decode(receipts.once(self._new_uow, order, now, let_go), type=Failed)

    def failed(self, limit: int = 100) -> tuple[Hold, ...]:
        """Return the tasks that no retry is left for."""
        with self._new_uow() as uow:
            return external.failed(uow.connection, limit)


def _taken(
    connection: Connection, actor: Actor, wanted: Hold, now: datetime, most: int
) -> Iterator[Fetched]:
    """Take what is free among the actor's external tasks, the longest open first."""
    left = most
    for line in _lines(connection, actor):
        if left == 0:
            return
        hold = replace(wanted, project=line.project, task=line.id)
        if external.take(connection, hold, now):
            stored = external.get(connection, line.project, line.id)
            if stored is not None:
                left -= 1
                yield Fetched(line=line, hold=stored)


def _lines(connection: Connection, actor: Actor) -> Iterator[TaskLine]:
    """Yield the open external tasks that the actor may do, page by page."""
    which = TaskFilter(performers=(PERFORMER,), doer=actor)
    after: queries.TaskCursor | None = None
    while True:
        page = queries.tasks(connection, which, after=after, limit=queries.LARGEST_PAGE)
        yield from page
        if len(page) < queries.LARGEST_PAGE:
            return
        last = page[-1]
        after = (last.opened_at, last.project, last.unit, last.path)


def _found(connection: Connection, actor: Actor, holds: tuple[Hold, ...]) -> tuple[Fetched, ...]:
    known = {(hold.project, hold.task): hold for hold in holds}
    return tuple(
        Fetched(line=line, hold=known[line.project, line.id])
        for line in _lines(connection, actor)
        if (line.project, line.id) in known
    )


def _held(connection: Connection, at: Held, now: datetime) -> Hold:
    found = external.get(connection, at.project, at.task)
    mine = found is not None and found.actor == at.actor and found.fence == at.fence
    if found is None or not mine or found.until <= now:
        raise HoldLostError(task=f"{at.project}/{at.task}")
    return found
