from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from cli import district
from cli.example import CODE, FACTS, FILED_ON, FLOW, OWNER, TOWNSHIP
from cli.office import opened
from cli.play import Play
from cli.serve import fill
from cli.terminal import Failed, Terminal
from engine.clock import PushableClock
from engine.settings import Settings
from engine.store import queries
from simulation.arrivals import Filed, filing
from wire import assemble

if TYPE_CHECKING:
    from pathlib import Path

SPEAKER = Terminal.of("en")


def settings(folder: Path) -> Settings:
    return Settings(database=f"sqlite:///{folder / 'a.db'}", demo=True)


class TestFill:
    def test_refuses_a_database_with_projects_of_its_own(self, tmp_path: Path) -> None:
        clock = PushableClock(district.start())
        with closing(assemble(settings(tmp_path), clock)) as parts:
            office = Play(parts=parts, clock=clock)
            office.staff((TOWNSHIP,))
            office.execute(
                filing(
                    Filed(
                        code=CODE,
                        flow=FLOW,
                        facts=FACTS,
                        township=TOWNSHIP.code,
                        owner=OWNER.code,
                        name="示例",
                        on=FILED_ON,
                    )
                )
            )

            with pytest.raises(Failed, match="not_demo"):
                fill(parts, clock, SPEAKER)

    @pytest.mark.slow  # a minute of the office's work, 1,300 commands each synced to disk
    def test_loads_the_whole_district_once(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        numbers = []
        for _ in range(2):
            clock = PushableClock(district.start())
            with closing(assemble(settings(tmp_path), clock)) as parts:
                fill(parts, clock, SPEAKER)
                with parts.new_uow() as uow:
                    lines = queries.projects(uow.connection)
                    agents = queries.agents(uow.connection)
            numbers.append([line.number for line in lines])

        monkeypatch.setenv("ABREAST_DATABASE", settings(tmp_path).database)
        with closing(opened()) as parts:
            assert parts.clock.now() == clock.now() == district.TODAY
        assert numbers[0] == numbers[1]
        assert len(lines) == 12
        assert {line.stage for line in lines} == {1, 2, 3, 4}
        assert {line.status for line in lines} == {"running", "completed"}
        assert {line.township for line in lines} == {each.code for each in district.TOWNSHIPS}
        assert len(agents) == 6
        assert all(agent.load for agent in agents)
