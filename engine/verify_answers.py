"""Compares the answers under idempotency keys with the events that they speak of."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from engine import streams
from engine.housekeeping import KEYS, PRUNE
from engine.store import answers, derived, jobs
from engine.store.jobs import OPEN
from engine.verify import Deviation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from engine.store.answers import Answer
    from engine.store.jobs import Ended
    from engine.unit_of_work import UnitOfWork

_TABLE = "command"


def answers_differ(new_uow: Callable[[], UnitOfWork], *, loaded: bool) -> Iterator[Deviation]:
    """Yield the answers that do not fit the log, and the commands whose answer is gone too early.

    An answer that was kept long enough is dropped, so one is missed only since the instant up to
    which the daily job has dropped them.

    Args:
        loaded: The database holds logs that were made elsewhere, as a demonstration does: they
            came without answers, so that none is missed.
    """
    with new_uow() as uow:
        derived.steady(uow.connection)
        for answer in answers.answers(uow.connection):
            if not _fits(answer):
                yield _deviation(answer.stream, answer.id, "different")
        pruned = jobs.ended_lines(uow.connection, PRUNE, KEYS)
        if loaded or _is_pruned(pruned):
            return
        for stream, command in answers.unanswered(uow.connection, _dropped(pruned)):
            yield _deviation(stream, command, "missing")


def _fits(answer: Answer) -> bool:
    """Tell whether an answer is that of its key, and of all events of its command."""
    if answer.id != streams.command_id(answer.actor, answer.key):
        return False
    if answer.last == 0:  # nothing came of it, or something that is in no log
        return answer.first == 0
    ends = (answer.began, answer.ended, answer.ended_at)
    beyond = (answer.before, answer.after)
    return ends == (answer.id, answer.id, answer.recorded_at) and answer.id not in beyond


def _is_pruned(found: Iterable[Ended]) -> bool:
    """Tell whether answers are just being dropped, so that some may be gone and some not yet."""
    return any(each.status in OPEN for each in found)


def _dropped(found: Iterable[Ended]) -> datetime | None:
    """Return up to which instant answers may have been dropped; None = none ever was."""
    return max(map(_up_to, found), default=None)


def _up_to(job: Ended) -> datetime:
    said = job.detail.get("before")  # older ones do not say it, nor does one that broke off
    return job.created_at if said is None else datetime.fromisoformat(said)


def _deviation(stream: str, command: str, how: str) -> Deviation:
    code = stream.removeprefix(streams.PROJECT)
    return Deviation(project=code, where=_TABLE, key=command, how=how)
