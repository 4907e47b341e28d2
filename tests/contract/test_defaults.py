"""超时默认 in a running office: found, granted once, and only where the rule is on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from engine.defaults import Defaults
from engine.handle import Handle
from engine.jobs import Jobs
from engine.store import dues
from engine.store.jobs import JobStatus
from workflows.facts import Rules
from workflows.moments import local_date

if TYPE_CHECKING:
    from engine.store.jobs import Line
    from tests.support.office import Office


def late(office: Office, *, rule: bool) -> tuple[Office, str]:
    """Return an office with one project, of which something is overdue."""
    rules = Rules(overdue_default=rule)
    office = replace(office, handle=Handle(office.new_uow, office.clock, office.library, rules))
    project = office.pushed_on(office.filed(), 12)
    while not overdue(office):
        office.clock.push_to(office.clock.now() + timedelta(days=10))
    return office, project.code


def overdue(office: Office) -> tuple[str, ...]:
    with office.new_uow() as uow:
        return dues.overdue(uow.connection, local_date(office.clock.now()).isoformat())


def swept(office: Office, day: int) -> list[Line]:
    """Return what the sweep of one day did."""
    kind = Defaults(new_uow=office.new_uow, clock=office.clock, handle=office.handle)
    jobs = Jobs(office.new_uow, office.clock, {"defaults": kind})
    identity = f"defaults-{day}"
    jobs.enqueue_once(identity, "defaults", {"day": str(day)})
    job = jobs.run_next("w")
    assert job is not None
    assert job.status is JobStatus.DONE
    return list(jobs.lines(identity))


class TestDefaults:
    def test_grants_what_is_overdue_and_does_so_once(self, office: Office) -> None:
        office, code = late(office, rule=True)
        lines = swept(office, 1)

        assert lines
        for line in lines:
            assert line.ok, line
            _, unit, item, _ = line.line.split("/")
            state = office.handle.project(code).items[f"{unit}/{item}"]
            assert state.granted
            assert state.attempts[-1].by_default
        assert not {line.line for line in swept(office, 2)} & {line.line for line in lines}

    def test_grants_nothing_where_the_rule_is_off(self, office: Office) -> None:
        office, code = late(office, rule=False)
        before = office.handle.project(code)

        assert {line.detail["problem"] for line in swept(office, 1)} == {"rule.off"}
        assert office.handle.project(code) == before
