"""What a command costs is tested by count, not by clock."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from simulation.journey import next_order
from tests.support import office as offices
from tests.support.database import opened

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.database import Databases

# begin, lock, load; event with answer and head, each row of its task, item, stage and timer; commit
STATEMENTS = 12
SETTLED = 12  # commands after which the server has prepared what it is asked again and again


class TestCommand:
    def test_takes_two_round_trips_on_postgres(
        self, postgres_databases: Databases, tmp_path: Path
    ) -> None:
        with opened(postgres_databases.fresh()) as store, (tmp_path / "trace").open("w") as trace:
            office = offices.opened(store)
            project = office.pushed_on(office.filed(), SETTLED)
            order = next_order(project, office.world())
            assert order is not None
            with store.engine.connect() as connection:
                raw = connection.connection.driver_connection
                assert raw is not None
                raw.pgconn.trace(trace.fileno())

            office.carry_out(project.code, order)

            raw.pgconn.untrace()
        # Each line: instant, F (from us) or B (back), length, message with its content.
        lines = re.findall(r"\tF\t\d+\t(\w+)", (tmp_path / "trace").read_text())
        sent = Counter(lines)
        # A sync ends a batch and waits for its answers; a simple query would do so too.
        assert sent["Sync"] + sent["Query"] <= 2
        assert sent["Execute"] <= STATEMENTS
        assert sent["Parse"] == 0
