from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from cli import district
from cli.play import Play
from engine.clock import PushableClock
from engine.library import shipped
from engine.settings import Settings
from engine.store import queries
from engine.store.pruning import prune_keys
from engine.verify import verify
from wire import assemble
from workflows.applicability import contradictions, missing_facts
from workflows.decide.projects import CODE
from workflows.facts import Role

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

SOON = district.start() + timedelta(days=30)


def load(file: Path, until: datetime) -> int:
    """Load the district up to *until* and return how many orders that took."""
    clock = PushableClock(district.start())
    with closing(assemble(Settings(database=f"sqlite:///{file}"), clock)) as parts:
        play = Play(parts=parts, clock=clock)
        district.load(play, lambda _done: None, until)
    return play.orders


def hashes(file: Path) -> list[str]:
    """Return the last hash of each project's log: equal hashes are equal logs."""
    with closing(assemble(Settings(database=f"sqlite:///{file}"))) as parts:
        with parts.new_uow() as uow:
            codes = sorted(line.project for line in queries.projects(uow.connection))
        return [parts.handle.history(code)[-1].hash for code in codes]


class TestCases:
    def test_are_twelve_of_all_six_flows(self) -> None:
        cases = district.cases()

        assert len(cases) == len({case.code for case in cases}) == 12
        assert {case.flow for case in cases} == {1, 2, 3, 4, 5, 6}

    @pytest.mark.parametrize("case", district.cases(), ids=lambda case: case.code)
    def test_state_every_fact_and_contradict_nothing(self, case: district.Case) -> None:
        catalogue = shipped().catalogue

        facts = district.facts_of(case, catalogue)

        assert CODE.fullmatch(case.code)
        assert missing_facts(catalogue, case.flow, facts) == ()
        assert contradictions(catalogue, case.flow, facts) == ()


class TestPeople:
    def test_are_two_agents_a_township_and_officers_of_every_department(self) -> None:
        catalogue = shipped().catalogue

        people = district.people(catalogue)

        agents = [p.township for p in people if Role.AGENT in p.roles]
        examined = {p.department for p in people if Role.REVIEWER in p.roles}
        assert sorted(agents) == ["town-a", "town-a", "town-b", "town-b", "town-c", "town-c"]  # type: ignore[type-var]
        assert examined == {item.department for item in catalogue.items.values()}
        assert len({p.id for p in people}) == len(people)


class TestLoad:
    def test_goes_on_where_it_was_stopped_and_ends_in_the_same_log(self, tmp_path: Path) -> None:
        whole = load(tmp_path / "whole.db", SOON)

        parts = [load(tmp_path / "parts.db", SOON - timedelta(days=days)) for days in (20, 7, 0, 0)]

        assert sum(parts) == whole
        assert parts[-1] == 0
        assert hashes(tmp_path / "parts.db") == hashes(tmp_path / "whole.db")

    def test_gives_every_agent_work_and_leaves_the_log_provable(self, tmp_path: Path) -> None:
        file = tmp_path / "a.db"
        load(file, district.start() + timedelta(days=100))

        with closing(assemble(Settings(database=f"sqlite:///{file}"))) as parts:
            with parts.new_uow() as uow:
                lines = queries.agents(uow.connection)
            found = verify(parts.new_uow, parts.library)
        assert len(lines) == 6
        assert all(line.load for line in lines)
        assert found.ok


class TestASecondLoad:
    def test_needs_no_key_of_the_first_to_know_who_is_there(self, tmp_path: Path) -> None:
        file, later = tmp_path / "a.db", SOON + timedelta(days=400)
        load(file, district.start())
        opened = closing(assemble(Settings(database=f"sqlite:///{file}")))
        with opened as parts, parts.new_uow() as uow:
            assert prune_keys(uow.connection, later, 1000) > 0
            uow.commit()

        assert load(file, district.start()) == 0
