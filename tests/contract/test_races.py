from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from engine.envelope import NOTHING, Circumstances, Entry, chain
from engine.errors import ConcurrentChangeError, EngineError, KeyReusedError
from engine.store.port import Writes
from engine.streams import head, recorded
from engine.verify import verify
from tests.support.office import OWNER
from workflows import commands as c
from workflows.errors import Refusal, TaskNotOpenError
from workflows.facts import SYSTEM, Actor, Role
from workflows.roster import AgentJoined, JoinRoster
from workflows.rows import Difference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from engine.handle import Answer
    from tests.support.office import Office
    from workflows.project import OpenTask, Project

Outcome = object  # an answer, or the exception that came instead


def all_at_once(calls: Iterable[Callable[[], object]]) -> list[Outcome]:
    """Make every call in a thread of its own, all let go at the same instant."""
    calls = list(calls)
    gate = Barrier(len(calls))

    def run(call: Callable[[], object]) -> Outcome:
        gate.wait()
        try:
            return call()
        except (Refusal, EngineError) as error:
            return error

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


def received(project: Project) -> tuple[OpenTask, Actor]:
    """Return an open task at the window and who may complete it."""
    task = next(
        task
        for run in project.runs.values()
        for task in run.tasks.values()
        if task.task.item is not None and task.task.performer == "window"
    )
    window = Actor(id="w", roles=frozenset({Role.WINDOW}), township=project.township)
    return task, window


def completion(task: OpenTask) -> c.CompleteStep:
    return c.CompleteStep(
        item=str(task.task.item),
        attempt=task.task.attempt,
        step=task.task.path.rpartition("/")[2],
        outcome=task.task.outcomes[0],
    )


class TestOneTask:
    def test_is_completed_once_by_a_hundred_keys(self, office: Office) -> None:
        project = office.pushed_on(office.filed(), 1)
        task, window = received(project)
        office.clock.push(timedelta(hours=1))

        outcomes = all_at_once(
            lambda key=f"k{n}": office.handle.execute(  # type: ignore[misc]
                project.code, completion(task), window, key
            )
            for n in range(100)
        )

        refused = [each for each in outcomes if isinstance(each, TaskNotOpenError)]
        assert len(refused) == 99
        assert office.handle.project(project.code).number == project.number + 1
        assert verify(office.new_uow, office.library).ok

    def test_is_completed_once_by_one_key_sent_twenty_times(self, office: Office) -> None:
        project = office.pushed_on(office.filed(), 1)
        task, window = received(project)
        office.clock.push(timedelta(hours=1))

        def send() -> Answer:
            return office.handle.execute(project.code, completion(task), window, "the key")

        outcomes = all_at_once([send] * 20)

        answers = {(answer.number, answer.events) for answer in outcomes}  # type: ignore[attr-defined]
        assert len(answers) == 1
        assert sum(not answer.repeated for answer in outcomes) == 1  # type: ignore[attr-defined]


class TestOneKey:
    def test_files_one_of_two_projects(self, office: Office) -> None:
        filings = [office.filing() for _ in range(8)]

        outcomes = all_at_once(
            lambda command=command, name=name: office.handle.execute(  # type: ignore[misc]
                command.code, command, OWNER, "the key", [name]
            )
            for command, name in filings
        )

        refused = [each for each in outcomes if isinstance(each, KeyReusedError)]
        assert len(refused) == 7
        found = verify(office.new_uow, office.library)
        assert (found.projects, found.ok) == (1, True)


class TestManyWriters:
    def test_lose_nothing_on_one_stream(self, office: Office) -> None:
        outcomes = all_at_once(
            lambda name=f"a{n:02}": office.rosters.execute(  # type: ignore[misc]
                "busy", JoinRoster(agent=name), SYSTEM, name
            )
            for n in range(50)
        )

        assert not [each for each in outcomes if isinstance(each, Exception)]
        roster = office.rosters.roster("busy")
        assert (roster.number, len(roster.agents)) == (50, 50)
        assert verify(office.new_uow, office.library).ok

    @pytest.mark.slow
    def test_lose_nothing_on_many_projects(self, office: Office) -> None:
        filings = [office.filing(seed=n % 7) for n in range(200)]

        def write(part: int) -> int:
            mine = filings[part::50]
            for command, name in mine:
                office.handle.execute(command.code, command, OWNER, command.code, [name])
            return len(mine)

        outcomes = all_at_once(lambda part=part: write(part) for part in range(50))  # type: ignore[misc]

        assert sum(outcomes) == 200  # type: ignore[arg-type]
        found = verify(office.new_uow, office.library)
        assert (found.projects, found.ok) == (200, True)


class TestWithoutTheLock:
    def test_the_key_of_the_log_lets_one_win(self, office: Office) -> None:
        stream = "roster:elsewhere"
        now = office.clock.now()

        def write(key: str) -> None:
            """Write event 1 as one who never looked."""
            entry = Entry(
                number=1,
                happened_at=now,
                recorded_at=now,
                actor="a",
                body=AgentJoined(agent=key),
            )
            at = Circumstances(stream=stream, command=key, catalogue="")
            envelopes = chain(at, NOTHING, [entry])
            with office.new_uow() as uow:
                uow.begin()
                uow.save(
                    Writes(
                        envelopes=envelopes,
                        head=head(envelopes[-1], None),
                        recorded=recorded("a", key, "", envelopes),
                        difference=Difference(),
                    )
                )
                uow.commit()

        outcomes = all_at_once([lambda: write("first"), lambda: write("second")])

        assert sum(isinstance(each, ConcurrentChangeError) for each in outcomes) == 1
        assert list(office.rosters.roster("elsewhere").agents) != []
