from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from engine.clock import SystemClock
from engine.following import Following
from engine.in_force import InForce
from engine.jobs import Jobs
from engine.kinds import Commands, Rebuild, Recompute
from engine.people import People
from engine.store.jobs import JobStatus
from engine.store.queries import Person
from engine.verify import verify
from workflows.facts import Role

if TYPE_CHECKING:
    from engine.kind import Kind
    from engine.store.jobs import Job, Line
    from tests.support.office import Office


def run(office: Office, kind: Kind, **parameters: object) -> tuple[Job, list[Line]]:
    jobs = Jobs(office.new_uow, office.clock, {"kind": kind})
    identity = jobs.enqueue("kind", parameters)
    job = jobs.run_next("w")
    assert job is not None
    return job, list(jobs.lines(identity))


class TestRebuild:
    def test_makes_the_rows_of_every_project_again(self, office: Office) -> None:
        codes = [office.filed(seed=n).code for n in range(3)]
        with office.new_uow() as uow:
            uow.begin()
            uow.connection.execute(text("DELETE FROM task"))
            uow.commit()

        job, lines = run(office, Rebuild(new_uow=office.new_uow, library=lambda: office.library))

        assert job.status is JobStatus.DONE
        assert [line.line for line in lines] == codes
        assert all(line.detail["changed"] for line in lines)
        assert verify(office.new_uow, office.library).ok


class TestRecompute:
    def test_has_a_line_for_each_running_project(self, office: Office) -> None:
        codes = [office.filed(seed=n).code for n in range(2)]
        known = InForce(office.new_uow, office.clock, pace=SystemClock())
        following = Following(office.new_uow, office.clock, office.handle, known)

        job, lines = run(office, Recompute(following=following))

        assert (job.status, job.error) == (JobStatus.DONE, None)
        assert [(line.line, line.ok) for line in lines] == [(code, True) for code in codes]


class TestCommands:
    def people(self, office: Office) -> People:
        people = People(office.new_uow, office.clock)
        people.put(Person(id="agent-1", name="A", roles=frozenset({Role.AGENT}),
                          township="township-1"))  # fmt: skip
        return people

    def test_give_each_line_its_own_result(self, office: Office) -> None:
        project = office.filed()
        orders = [
            {"project": project.code, "name": name, "fields": fields}
            for name, fields in (
                ("FileStage", {"stage": 1}),
                ("FileStage", {"stage": 4}),
                ("FileStage", {"stage": "one"}),
                ("Nothing", {}),
            )
        ]

        kind = Commands(handle=office.handle, people=self.people(office))
        job, lines = run(office, kind, actor="agent-1", commands=orders)

        assert job.status is JobStatus.DONE
        assert [line.ok for line in lines] == [True, False, False, False]
        assert office.handle.project(project.code).number == lines[0].detail["number"]

    def test_refuse_who_is_nobody_or_the_office_itself(self, office: Office) -> None:
        project = office.filed()
        order = {"project": project.code, "name": "FileStage", "fields": {"stage": 1}}

        kind = Commands(handle=office.handle, people=self.people(office))
        for actor in ("nobody", "system"):
            _, lines = run(office, kind, actor=actor, commands=[order])
            assert [line.detail["problem"] for line in lines] == ["access.not_allowed"]

        assert office.handle.project(project.code).number == project.number
