"""A chaos run: `python -m tests.chaos.run`, or `make chaos`. Clients, faults, then the checker."""

from __future__ import annotations

import argparse
import json
import pickle
import sys
import threading
import time
from collections import Counter
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from engine.settings import Settings
from engine.store import deliveries, news, timers
from engine.verify import verify
from tests.chaos import bugs, checker, harvest
from tests.chaos.clients import Book, Line
from tests.chaos.errands import Errands
from tests.chaos.evidence import READ, Evidence, Outcome
from tests.chaos.grounds import Grounds
from tests.chaos.keeper import WrongClock
from tests.chaos.nemesis import WEIGHTS, Nemesis
from tests.chaos.servers import Office
from tests.chaos.silences import gaps, longest_gap
from tests.chaos.workers import Client, Portfolio
from wire import assemble
from workflows.events import TimerFired

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from tests.chaos.evidence import Violation
    from tests.chaos.nemesis import Struck
    from wire import Parts

LAST_WORDS = 90.0  # seconds that clients may take to end their calls
LAST_WORK = 300.0  # seconds that workers may take to end theirs
FAR = timedelta(days=3650)
# No transaction that writes is open: none was begun between the oldest open one and the newest.
_SETTLED = (
    "SELECT pg_snapshot_xmin(pg_current_snapshot()) = pg_snapshot_xmax(pg_current_snapshot())"
)
LONGEST = 600.0  # seconds after which a run ends, whatever it has not reached
TELLING = 10.0  # seconds between two words on how far it is
KEPT = Path("var/chaos")  # evidence of runs that broke a promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How hard a run is.

    Attributes:
        seconds: How long clients work at least.
        acked: Least acknowledged commands; a slow machine takes longer.
        struck: Least faults, as well.
        pause: Seconds between two faults; 0 = no faults.
        projects: How many run at the same time.
        kinds: Faults to choose from.
        bug: Bug to put in; empty = the product as it is.
    """

    seconds: float
    acked: int = 0
    struck: int = 0
    clients: int = 16
    servers: int = 3
    projects: int = 12
    pause: float = 1.5
    seed: int = 1
    bug: str = ""
    kinds: tuple[str, ...] = tuple(WEIGHTS)


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a run showed.

    Attributes:
        unforeseen: Failures that nobody foresaw, with how often.
        dead: Timers and deliveries that could not be done.
        verified: What `abreast verify` says of the same database.
    """

    plan: Plan
    evidence: Evidence
    violations: tuple[Violation, ...]
    faults: Counter[str]
    struck_at: tuple[Struck, ...]
    failures: dict[int, int]
    lost: int
    verified: bool
    dead: int
    unforeseen: dict[str, int]
    seconds: float

    def figures(self) -> dict[str, Any]:
        """Return the run in numbers."""
        orders = self.evidence.commands
        acked = [call for call in orders if call.outcome is Outcome.OK]
        waits = sorted(1000 * (call.returned - call.invoked) for call in acked if call.tries == 1)
        return {
            "seconds": round(self.seconds, 1),
            "clients": self.plan.clients,
            "servers": self.plan.servers,
            "seed": self.plan.seed,
            "bug": self.plan.bug or None,
            "ops": len(self.evidence.history),
            "reads": sum(call.op == READ for call in self.evidence.history),
            "acked": len(acked),
            "refused": sum(call.outcome is Outcome.REFUSED for call in orders),
            "refused_by_code": dict(Counter(c.code for c in orders if c.code).most_common()),
            "acked_by_op": dict(Counter(call.op for call in acked).most_common()),
            "unknown": sum(call.outcome is Outcome.UNKNOWN for call in orders),
            "retried": sum(call.tries > 1 for call in orders),
            "lost_answers": self.lost,
            "answers_5xx": self.failures,
            "unforeseen": self.unforeseen,
            "events": sum(len(ledger.envelopes) for ledger in self.evidence.ledgers.values()),
            "projects": len(self.evidence.ledgers),
            "ended": self._ended(),
            "faults": sum(self.faults.values()),
            "faults_by_kind": dict(sorted(self.faults.items())),
            "acked_per_second": round(len(acked) / self.seconds, 1),
            "p50_ms": _percentile(waits, 0.5),
            "p99_ms": _percentile(waits, 0.99),
            "longest_gap_s": longest_gap(acked),
            "gaps": gaps(acked, self.struck_at),
            "violations": len(self.violations),
            "violations_by_rule": checker.by_rule(self.violations),
            "timers_fired": sum(
                isinstance(event.body, TimerFired)
                for ledger in self.evidence.ledgers.values()
                for event in ledger.events
            ),
            "sent": len(self.evidence.deliveries or ()),
            "dead_letters": self.dead,
            "verified": self.verified,
        }

    def _ended(self) -> dict[str, int]:
        found = (ledger.snapshot for ledger in self.evidence.ledgers.values())
        return dict(Counter(project.status.value for project in found if project is not None))


def run(
    plan: Plan, say: Callable[[str], None] = lambda _: None, grounds: Grounds | None = None
) -> Result:
    """Carry a plan out and check what it left behind.

    Args:
        grounds: What to build the office on; by default its own.
    """
    seed = bugs.SEEDS.get(plan.bug, bugs.NONE)
    plan = replace(plan, kinds=seed.kinds or plan.kinds)
    with ExitStack() as stack:
        own = grounds is None or bool(seed.options)
        here = stack.enter_context(Grounds(seed.options)) if own or grounds is None else grounds
        built = Office(here, size=plan.servers, bug=plan.bug, session=seed.session)
        office = stack.enter_context(built)
        _prepare(office, seed.orders)
        settings = Settings(database=office.through, connections=4, busy_seconds=5)
        parts = stack.enter_context(closing(assemble(settings, WrongClock(office.clock))))
        return _carry_out(plan, office, parts, say, seed)


def _carry_out(
    plan: Plan, office: Office, parts: Parts, say: Callable[[str], None], seed: bugs.Seed
) -> Result:
    book, stop, peace = Book(), threading.Event(), threading.Event()
    portfolio = Portfolio(parts.library.catalogue, office.people, plan.projects)
    errands = Errands(parts.library.catalogue, "lead-housing")
    ports = [server.door.port for server in office.servers]
    workers: list[threading.Thread] = []
    for number in range(1, plan.clients + 1):
        rng = Random(f"{plan.seed}-{number}")
        line = Line(number, ports, office.tokens, book, rng, stop)
        workers.append(Client(line, portfolio, errands, stop, rng))
    nemesis = Nemesis(office, peace, Random(f"{plan.seed}-nemesis"), plan.pause, plan.kinds)
    began = time.monotonic()
    say(f"{plan.clients} clients on {plan.servers} servers for {plan.seconds:.0f} s")
    for thread in (*workers, *((nemesis,) if plan.pause else ())):
        thread.start()
    _wait(plan, book, nemesis, say)
    peace.set()
    if nemesis.is_alive():
        nemesis.join(LAST_WORDS)
    stop.set()
    took = time.monotonic() - began
    for thread in workers:
        thread.join(LAST_WORDS)
        if thread.is_alive():
            raise TimeoutError(f"{thread.name} does not end")
    drained_at = None
    if seed.drains:
        say("waiting for the workers to come to the end")
        drained_at = _drained(parts)
    return _checked(plan, office, book, nemesis, took, drained_at)


def _drained(parts: Parts) -> datetime:
    """Wait until the workers have nothing left to fire and to send, by their own books.

    Whether what they wrote down was done, and what is left after their time, the checker tells.
    Readers see no event beside which a transaction is still open: a cut one holds the last back.
    """
    until = time.monotonic() + LAST_WORK
    while time.monotonic() < until:
        now = parts.clock.now()
        with parts.new_uow() as uow:
            settled = uow.connection.exec_driver_sql(_SETTLED).scalar_one()
            due = timers.due(uow.connection, now, 1)
            ahead = news.ahead(uow.connection, "outbox:log")
            pending = deliveries.due(uow.connection, "log", now + FAR, 1)
        if settled and not (due or ahead or pending):
            return now
        time.sleep(1.0)
    return parts.clock.now()


def _checked(  # noqa: PLR0913, PLR0917 - everything a run leaves behind
    plan: Plan,
    office: Office,
    book: Book,
    nemesis: Nemesis,
    took: float,
    drained_at: datetime | None,
) -> Result:
    with closing(office.parts()) as past_the_proxy:
        evidence = Evidence(
            history=tuple(book.calls),
            ledgers=harvest.ledgers(past_the_proxy),
            catalogue=past_the_proxy.library.catalogue,
            people=office.people,
            anchors=tuple(book.anchors),
            drained_at=drained_at,
            deliveries=None if drained_at is None else office.deliveries(),
        )
        dead = len(past_the_proxy.timers.dead()) + len(past_the_proxy.outbox.dead())
        verified = verify(past_the_proxy.new_uow, past_the_proxy.library).ok
    return Result(
        plan=plan,
        evidence=evidence,
        violations=checker.check(evidence),
        faults=nemesis.struck,
        struck_at=tuple(nemesis.diary),
        failures=book.failures,
        lost=book.lost,
        verified=verified,
        dead=dead,
        unforeseen=dict(office.unforeseen()),
        seconds=took,
    )


def _prepare(office: Office, orders: Sequence[str]) -> None:
    with closing(office.parts()) as parts, parts.store.engine.begin() as connection:
        for order in orders:
            connection.exec_driver_sql(order)


def _wait(plan: Plan, book: Book, nemesis: Nemesis, say: Callable[[str], None]) -> None:
    """Wait until the run was long enough, by the clock and by what was done."""
    began = time.monotonic()
    told = 0.0
    while (gone := time.monotonic() - began) < LONGEST:
        faults = nemesis.struck.total()
        if gone >= plan.seconds and book.acked >= plan.acked and faults >= plan.struck:
            return
        if gone - told >= TELLING:
            told = gone
            say(f"{gone:4.0f} s, {len(book.calls)} calls, {faults} faults")
        time.sleep(0.1)


def _percentile(waits: Sequence[float], part: float) -> float | None:
    return round(waits[min(len(waits) - 1, int(len(waits) * part))], 1) if waits else None


def keep(result: Result) -> Path:
    """Store the evidence of a run for a closer look and return where."""
    KEPT.mkdir(parents=True, exist_ok=True)
    path = KEPT / f"{result.plan.bug or 'run'}-{result.plan.seed}.pickle"
    path.write_bytes(pickle.dumps((result.evidence, result.violations)))
    return path


def main() -> int:
    """Run as told on the command line; 0 only if enough was done and no promise broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--faults", type=int, default=150, help="fewest faults that count")
    parser.add_argument("--pause", type=float, default=1.4, help="seconds between faults")
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--servers", type=int, default=3)
    parser.add_argument("--projects", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", nargs="+", choices=tuple(WEIGHTS), default=tuple(WEIGHTS))
    parser.add_argument("--bug", choices=sorted(bugs.SEEDS), default="")
    told = parser.parse_args()
    plan = Plan(
        seconds=told.seconds,
        clients=told.clients,
        servers=told.servers,
        projects=told.projects,
        pause=told.pause,
        seed=told.seed,
        bug=told.bug,
        kinds=tuple(told.kinds),
    )
    result = run(plan, _say)
    sys.stdout.write(json.dumps(result.figures(), indent=2) + "\n")
    for violation in result.violations[:20]:
        _say(str(violation))
    enough = sum(result.faults.values()) >= told.faults
    good = not result.violations and result.verified and not result.dead and enough
    if not good:
        _say(f"evidence: {keep(result)}")
    return 0 if good else 1


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
