from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from engine import notes, streams
from engine.errors import BadKeyError, KeyReusedError, StaleError
from engine.snapshots import EVERY
from engine.store import log
from engine.verify import verify
from simulation.habits import Habits, Way
from simulation.journey import next_order
from tests.support import office as offices
from tests.support.office import OWNER
from workflows import commands as c
from workflows.errors import Refusal, UnknownProjectError
from workflows.events import PairProposed, Policy
from workflows.facts import Actor, Role
from workflows.snapshot import Packing, Snapshot

if TYPE_CHECKING:
    from tests.support.office import Office


def counts(office: Office) -> dict[str, int]:
    """Count the rows of the tables that a command may write."""
    with office.new_uow() as uow:
        return {
            name: uow.connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()  # noqa: S608
            for name in ("event", "head", "command", "note", "project", "task", "item_run")
        }


class TestExecute:
    def test_files_a_project(self, office: Office) -> None:
        command, name = office.filing()

        answer = office.handle.execute(command.code, command, OWNER, "k1", [name])

        assert answer.number == len(answer.events) == office.handle.project(command.code).number
        assert not answer.repeated

    def test_answers_the_same_key_the_same_and_does_nothing(self, office: Office) -> None:
        command, name = office.filing()
        first = office.handle.execute(command.code, command, OWNER, "k1", [name])
        before = counts(office)
        office.clock.push(timedelta(days=3))

        again = office.handle.execute(command.code, command, OWNER, "k1", [name])

        assert again.events == first.events
        assert again.repeated
        assert counts(office) == before

    def test_knows_a_repeated_text_by_its_words(self, office: Office) -> None:
        project = office.filed()
        supervisor = Actor(id="s", roles=frozenset({Role.ADMINISTRATOR}))
        tries = [notes.write("违法建设") for _ in range(2)]

        first, again = (
            office.handle.execute(
                project.code, c.TerminateProject(reason=words.note), supervisor, "end", [words]
            )
            for words in tries
        )

        assert again.repeated
        assert again.events == first.events

    def test_refuses_other_words_under_the_same_key(self, office: Office) -> None:
        project = office.filed()
        supervisor = Actor(id="s", roles=frozenset({Role.ADMINISTRATOR}))
        first, second = notes.write("违法建设"), notes.write("另一理由")
        command = c.TerminateProject(reason=first.note)
        office.handle.execute(project.code, command, supervisor, "end", [first])

        with pytest.raises(KeyReusedError):
            office.handle.execute(
                project.code, c.TerminateProject(reason=second.note), supervisor, "end", [second]
            )

    def test_refuses_the_key_of_another_project(self, office: Office) -> None:
        first, name = office.filing()
        second, other = office.filing()
        office.handle.execute(first.code, first, OWNER, "k", [name])

        with pytest.raises(KeyReusedError):
            office.handle.execute(second.code, second, OWNER, "k", [other])

    def test_lets_two_actors_use_one_key(self, office: Office) -> None:
        first, name = office.filing()
        second, other = office.filing()
        office.handle.execute(first.code, first, OWNER, "k", [name])
        clerk = Actor(id="clerk", roles=frozenset({Role.ADMINISTRATOR}))

        answer = office.handle.execute(second.code, second, clerk, "k", [other])

        assert not answer.repeated

    @pytest.mark.parametrize("key", ["", "x" * 201, "键", "a\nb"])
    def test_refuses_a_bad_key(self, office: Office, key: str) -> None:
        with pytest.raises(BadKeyError):
            office.handle.execute("any", c.FileStage(stage=1), OWNER, key)

    def test_writes_nothing_for_a_refused_command(self, office: Office) -> None:
        project = office.filed()
        before = counts(office)

        with pytest.raises(Refusal):
            office.handle.execute(project.code, c.FileStage(stage=4), OWNER, "early")

        assert counts(office) == before

    def test_refuses_a_version_that_has_passed(self, office: Office) -> None:
        project = office.filed()

        with pytest.raises(StaleError):
            office.handle.execute(
                project.code, c.FileStage(stage=1), OWNER, "k", expected=project.number - 1
            )

        office.handle.execute(
            project.code, c.FileStage(stage=1), OWNER, "k", expected=project.number
        )

    def test_does_not_know_a_project_that_was_never_filed(self, office: Office) -> None:
        with pytest.raises(UnknownProjectError):
            office.handle.execute("nowhere", c.FileStage(stage=1), OWNER, "k")
        with pytest.raises(UnknownProjectError):
            office.handle.project("nowhere")
        with pytest.raises(UnknownProjectError):
            office.handle.history("nowhere")

    def test_seeds_a_draw_with_the_event_that_opened_the_round(self, office: Office) -> None:
        habits = Habits(ways=dict.fromkeys(range(1, 5), Way.DRAWN))
        project = office.pushed_on(office.filed(), 60, office.world(habits))

        drawn = [
            envelope.event.body
            for envelope in office.handle.history(project.code)
            if isinstance(envelope.event.body, PairProposed)
        ]

        hashes = {envelope.hash for envelope in office.handle.history(project.code)}
        assert drawn
        assert all(body.policy is Policy.DRAWN and body.draw is not None for body in drawn)
        assert all(body.draw.seed in hashes for body in drawn if body.draw)


def forgetful(office: Office) -> Office:
    """Return the office as a process that has just started."""
    return offices.again(replace(office, library=replace(office.library)), office.store)


def packed_number(office: Office, code: str) -> int:
    """Return the last event that a project's packed state knows."""
    with office.new_uow() as uow:
        found = log.head(uow.connection, streams.of_project(code))
    assert found is not None
    packing = Packing(office.library.catalogue, office.library.nets)
    return packing.unpack(Snapshot(found.state or b"", found.archive or b"")).number


class TestHistory:
    @pytest.mark.parametrize("seed", [1, 2])
    def test_adds_up_to_what_is_stored_after_every_step(self, office: Office, seed: int) -> None:
        habits = Habits(refused=0.1, withdrawn=0.05, declined=0.1, silent=0.1, alone=0.1)
        world = office.world(habits, seed)
        project = office.filed(flow=1 + seed, seed=seed)

        for _ in range(45):
            order = next_order(project, world)
            if order is None:
                break
            office.carry_out(project.code, order)
            project = office.handle.project(project.code)
            assert streams.replay(office.handle.history(project.code)) == project

        found = verify(office.new_uow, office.library)
        assert found.ok, found

    def test_is_read_alike_by_a_process_that_remembers_nothing(self, office: Office) -> None:
        """The packed state is a few events old, in turn from none to as many as there may be."""
        project, world, behind = office.filed(), office.world(), [0]

        for _ in range(2 * EVERY):
            order = next_order(project, world)
            assert order is not None
            office.carry_out(project.code, order)
            project = office.handle.project(project.code)
            behind.append(project.number - packed_number(office, project.code))
            other = forgetful(office)
            assert other.handle.project(project.code) == project

        assert 0 in behind[2:]
        assert EVERY // 2 < max(behind) < EVERY

    def test_goes_on_with_a_process_that_remembers_nothing(self, office: Office) -> None:
        project, world = office.filed(), office.world()

        for _ in range(EVERY // 2):
            other = forgetful(office)
            order = next_order(project, world)
            assert order is not None
            other.carry_out(project.code, order)
            project = other.handle.project(project.code)
            # Whoever had to read it packs it: the next one may have to read it too.
            assert packed_number(office, project.code) == project.number

        assert streams.replay(office.handle.history(project.code)) == project
        assert verify(office.new_uow, office.library).ok

    def test_is_chained_from_the_first_event(self, office: Office) -> None:
        project = office.pushed_on(office.filed(), 3)

        history = office.handle.history(project.code)

        assert [envelope.number for envelope in history] == list(range(1, project.number + 1))
        assert all(after.previous == before.hash for before, after in pairwise(history))

    def test_survives_a_snapshot_of_another_program(self, office: Office) -> None:
        project = office.pushed_on(office.filed(), 3)
        with office.new_uow() as uow:
            uow.begin()
            stream = streams.of_project(project.code)
            found = log.head(uow.connection, stream)
            assert found is not None
            packing = Packing(office.library.catalogue, office.library.nets)
            packing.shelf.layout ^= 1
            uow.connection.execute(
                text("UPDATE head SET state = :state WHERE stream = :stream"),
                {"state": packing.pack(project).state, "stream": stream},
            )
            uow.commit()

        assert office.handle.project(project.code) == project
        assert office.pushed_on(project, 2).number > project.number
