"""Bugs to put into the running system: each must be seen by the checker, or the checker is blind.

A bug is put in by replacing functions of the product inside the test's own server process. No
product code knows of it.
"""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections import defaultdict
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import bpmn.tokens
import engine.handle
import engine.store.postgres
import workflows.decide.draft
import workflows.decide.items
import workflows.decide.projects
from engine.envelope import NOTHING
from engine.errors import StaleError
from engine.handle import Answer, Handle
from engine.store.postgres import PostgresStore
from engine.unit_of_work import UnitOfWork
from tests.chaos import worker_bugs
from tests.chaos.planting import now_and_then, replaced
from workflows.decide.draft import Draft
from workflows.rows import Difference

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.store.port import Loaded

_rng = random.Random()
_NO_KEYS = ("event", "stage_run", "wanted", "item_run", "task", "timer", "pair_slot", "pair")
_PATIENT = {"wal_writer_delay": "10s"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """One bug.

    Attributes:
        put_in: Replaces product functions in this process.
        expect: Rules of which at least one must be seen broken.
        orders: Statements for the database, before the run.
        options: Settings of PostgreSQL.
        session: Settings of the servers' own sessions, as libpq's `options` takes them.
        kinds: Faults that bring it out; empty = all.
        drains: Whether the workers come to their end before what they did is judged; else that
            is left out.
    """

    put_in: Callable[[], None]
    expect: frozenset[str]
    orders: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    session: str = ""
    kinds: tuple[str, ...] = ()
    drains: bool = False


def _no_lock() -> None:
    """Read the head without waiting for the writer before."""

    def load(self: Any, raw: Any, *asked: str) -> Loaded:
        found = _load_without_lock(self, raw, *asked)
        time.sleep(0.005)  # widens the window in which two writers read the same head
        return found

    replaced(PostgresStore, "load", load)


def _lock_of_one_process() -> None:
    """Lock in the memory of each server instead of in the database."""
    locks: dict[str, threading.Lock] = defaultdict(threading.Lock)
    held = threading.local()

    def load(self: Any, raw: Any, *asked: str) -> Loaded:
        held.lock = locks[asked[0]]
        held.lock.acquire()
        return _load_without_lock(self, raw, *asked)

    def release(_: Any) -> None:
        lock = getattr(held, "lock", None)
        if lock is not None:
            held.lock = None
            lock.release()

    replaced(PostgresStore, "load", load)
    replaced(PostgresStore, "release", release)


def _load_without_lock(store: Any, raw: Any, *asked: str) -> Loaded:
    original: Callable[[str, str], str] = vars(engine.store.postgres)["sql"]

    def sql(database: str, name: str) -> str:
        return "SELECT 1" if name == "lock" else original(database, name)

    with _swap:
        replaced(engine.store.postgres, "sql", sql)
        try:
            return _load(store, raw, *asked)
        finally:
            replaced(engine.store.postgres, "sql", original)


def _no_idempotency() -> None:
    """Never find the answer that was given before."""
    write = PostgresStore.write

    def load(self: Any, raw: Any, *asked: str) -> Loaded:
        return replace(_load(self, raw, *asked), recorded=None)

    def forgetful(self: Any, raw: Any, writes: Any) -> None:
        key = f"{writes.recorded.key}-{uuid.uuid4().hex}"
        write(self, raw, replace(writes, recorded=replace(writes.recorded, key=key)))

    replaced(PostgresStore, "load", load)
    replaced(PostgresStore, "write", forgetful)


def _acknowledged_before_commit() -> None:
    """Answer well, and roll back."""
    commit = UnitOfWork.commit

    def careless(self: Any) -> None:
        if now_and_then():
            return
        commit(self)

    replaced(UnitOfWork, "commit", careless)


def _not_synced() -> None:
    """Run on a database whose commits are not on disk yet."""
    replaced(PostgresStore, "check", lambda _: None)


def _refused_after_commit() -> None:
    """Say no to what has been done."""
    execute = Handle._execute  # noqa: SLF001 - a bug goes where it likes

    def contrary(self: Any, request: Any) -> Answer:
        answer = execute(self, request)
        if now_and_then():
            raise StaleError(project=request.code, expected=0, version=answer.number)
        return answer

    replaced(Handle, "_execute", contrary)


def _refusals_forgotten() -> None:
    """Keep no refusal under its key, on lines that hold some tries up."""
    execute = Handle._execute  # noqa: SLF001

    def held_up(self: Any, request: Any) -> Answer:
        if request.final and now_and_then(0.3):
            time.sleep(_rng.uniform(0.5, 4.0))
        return execute(self, request)

    def forgetful(*_: object) -> None:
        return

    replaced(Handle, "_execute", held_up)
    replaced(Handle, "_refused", forgetful)


def _wrong_number() -> None:
    """Answer with the numbers of other events."""
    execute = Handle._execute  # noqa: SLF001

    def off_by_one(self: Any, request: Any) -> Answer:
        answer = execute(self, request)
        if not now_and_then():
            return answer
        events = tuple(replace(event, number=event.number + 1) for event in answer.events)
        return replace(answer, events=events, number=answer.number + 1)

    replaced(Handle, "_execute", off_by_one)


def _no_rights() -> None:
    """Let everyone do everything."""

    def permit(*_: object) -> None:
        return

    replaced(workflows.decide.draft, "check", permit)
    replaced(workflows.decide.projects, "check", permit)
    replaced(workflows.decide.items, "check_person", permit)


def _wrong_actor() -> None:
    """Write another name into the log than the caller's."""
    entry = engine.handle.entry_of

    def forged(event: Any, after: Any) -> Any:
        made = entry(event, after)
        return replace(made, actor="planner") if now_and_then() else made

    replaced(engine.handle, "entry_of", forged)


def _stale_read() -> None:
    """Show projects from a memory that every server keeps for itself."""
    project = Handle.project
    kept: dict[str, tuple[float, Any]] = {}

    def remembered(self: Any, code: str) -> Any:
        until, found = kept.get(code, (0.0, None))
        if until < time.monotonic():
            found = project(self, code)
            kept[code] = (time.monotonic() + 2.0, found)
        return found

    replaced(Handle, "project", remembered)


def _rows_forgotten() -> None:
    """Leave the derived rows as they were."""
    write = PostgresStore.write

    def lazy(self: Any, raw: Any, writes: Any) -> None:
        nothing = replace(writes, difference=Difference()) if now_and_then() else writes
        write(self, raw, nothing)

    replaced(PostgresStore, "write", lazy)


def _event_dropped() -> None:
    """Lose the last event of a command that made several."""
    write = PostgresStore.write

    def lossy(self: Any, raw: Any, writes: Any) -> None:
        several = len(writes.envelopes) > 1 and now_and_then()
        write(self, raw, replace(writes, envelopes=writes.envelopes[:-1]) if several else writes)

    replaced(PostgresStore, "write", lossy)


def _chain_broken() -> None:
    """Begin the chain anew in the middle of a log."""
    sealed: Any = vars(engine.handle)["chain"]

    def unlinked(at: Any, previous: str, entries: Any) -> Any:
        return sealed(at, NOTHING if now_and_then() else previous, entries)

    replaced(engine.handle, "chain", unlinked)


def _no_slots_bound() -> None:
    """Give every pair a slot, however many are held."""

    def open_handed(*_: object) -> None:
        return

    replaced(bpmn.tokens, "_check_slots", open_handed)
    replaced(workflows.decide.items, "_check_single", open_handed)


def _no_documents() -> None:
    """Take every document for one that exists."""

    def everything(draft: Draft, _unit: int) -> frozenset[str]:
        return frozenset(draft.facts.catalogue.documents)

    replaced(Draft, "at_hand", everything)


_load = PostgresStore.load
_swap = threading.RLock()
_UNKEYED = tuple(f'ALTER TABLE "{table}" DROP CONSTRAINT {table}_pkey' for table in _NO_KEYS)
_UNBOUND = ("ALTER TABLE pair_slot DROP CONSTRAINT pair_slot_bounded",)


def _seed(put_in: Callable[[], None], *rules: str, **more: Any) -> Seed:
    return Seed(put_in=put_in, expect=frozenset(rules), **more)


NONE = _seed(lambda: None, drains=True)
_TIMERS = {"drains": True, "kinds": ("clock_forward",)}
SEEDS: Mapping[str, Seed] = MappingProxyType(
    {
        "no_lock": _seed(_no_lock, "I5", orders=_UNKEYED),
        "lock_of_one_process": _seed(_lock_of_one_process, "I5", orders=_UNKEYED),
        "no_idempotency": _seed(_no_idempotency, "I16", "I2"),
        "acknowledged_before_commit": _seed(_acknowledged_before_commit, "I1"),
        "not_synced": _seed(
            _not_synced,
            "I1",
            options=_PATIENT,
            session="-c synchronous_commit=off",
            kinds=("restart_postgres",),
        ),
        "refused_after_commit": _seed(_refused_after_commit, "I3", "I16"),
        "refusals_forgotten": _seed(_refusals_forgotten, "I16", kinds=("cut_clients",)),
        "wrong_number": _seed(_wrong_number, "I1"),
        "no_rights": _seed(_no_rights, "I4"),
        "wrong_actor": _seed(_wrong_actor, "I4"),
        "stale_read": _seed(_stale_read, "I20"),
        "rows_forgotten": _seed(_rows_forgotten, "I14"),
        "event_dropped": _seed(_event_dropped, "I5", "I6"),
        "chain_broken": _seed(_chain_broken, "I6"),
        "no_slots_bound": _seed(_no_slots_bound, "I9", orders=_UNBOUND),
        "no_documents": _seed(_no_documents, "I11"),
        "lost_outbox": _seed(worker_bugs.lost_outbox, "I19", drains=True),
        "sent_not_sent": _seed(worker_bugs.sent_not_sent, "I19", drains=True),
        "timers_lost": _seed(worker_bugs.timers_lost, "I18", **_TIMERS),
        "timer_twice": _seed(worker_bugs.timer_twice, "I18", **_TIMERS),
    }
)
