"""What offices under test stand on: a PostgreSQL, a keeper of processes, a database of people.

All of it takes seconds to make and is the same for every office, so that several share it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self

from cli import district
from engine.settings import Settings
from engine.store import schema
from engine.store.opening import open_store
from engine.store.queries import Person
from tests.chaos.postgres import Postgres
from wire import assemble
from workflows.facts import SYSTEM, Role
from workflows.roster import JoinRoster

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parents[2]
MODEL = "model"
PATIENCE = 10.0  # seconds that the keeper may take to end its children
LIFETIME = timedelta(days=3650)  # of a token: clocks will jump
ADMINISTRATOR = Person(id="admin", name="系统管理员", roles=frozenset({Role.ADMINISTRATOR}))


@dataclass
class Grounds:
    """Started with `with`, and ended with it.

    Attributes:
        options: Settings of PostgreSQL.
        tokens: By person.
    """

    options: Mapping[str, str] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    _names: Iterator[str] = field(default_factory=lambda: (f"office_{n}" for n in count(1)))
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        """Start the database and the keeper, and make the model that each office is a copy of."""
        with ExitStack() as stack:
            self._keeper = stack.enter_context(_keeper())
            self.postgres = stack.enter_context(Postgres(self.options))
            self._populate(self.postgres.create(MODEL))
            self._heard()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """End everything that was started here, and nothing else."""
        self._stack.close()

    def database(self) -> str:
        """Make a database with people and tables, nothing done in it yet, and return its name."""
        name = next(self._names)
        self.postgres.create(name, MODEL)
        return name

    def start(self, command: tuple[str, ...], **circumstances: object) -> int:
        """Let the keeper start `abreast` with these words and return the process's id."""
        order = {"command": command, **circumstances}
        _pipe(self._keeper.stdin).write(json.dumps(order) + "\n")
        _pipe(self._keeper.stdin).flush()
        return self._heard()["pid"]

    def _heard(self) -> dict[str, int]:
        line = _pipe(self._keeper.stdout).readline()
        if not line:
            raise RuntimeError("the keeper is gone")
        heard: dict[str, int] = json.loads(line)
        return heard

    def _populate(self, url: str) -> None:
        store = open_store(Settings(database=url))
        schema.upgrade(store.engine)
        store.engine.dispose()
        with closing(assemble(Settings(database=url, connections=4))) as parts:
            everyone = (*district.people(parts.library.catalogue), ADMINISTRATOR)
            self.people = {person.id: person for person in everyone}
            parts.people.put(*everyone)
            self.tokens = {who: parts.people.issue_token(who, LIFETIME) for who in self.people}
            for township in district.TOWNSHIPS:
                for agent in township.agents:
                    order = JoinRoster(agent=agent)
                    parts.rosters.execute(township.code, order, SYSTEM, f"join-{agent}")


@contextmanager
def _keeper() -> Iterator[subprocess.Popen[str]]:
    """Provide the process that starts all others; when the context ends it ends them and itself."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.keeper"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        cwd=ROOT,
    ) as keeper:
        yield keeper
        _pipe(keeper.stdin).close()
        try:
            keeper.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            keeper.kill()


def _pipe(stream: IO[str] | None) -> IO[str]:
    if stream is None:
        raise RuntimeError("the keeper has no pipe")
    return stream
