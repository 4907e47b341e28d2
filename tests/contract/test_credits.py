"""How organisations stand, on both databases, and what it opens or bars."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from engine.credits import Credits
from engine.notes import write
from engine.verify import verify
from tests.support.memory_office import ADMINISTRATOR, OWNER, SUPERVISOR, person
from workflows import commands as c
from workflows.credit import BadStandingError, Level, SameStandingError, SetStanding
from workflows.errors import CommitmentRefusedError, NotAllowedError
from workflows.facts import Role
from workflows.moments import local_date

if TYPE_CHECKING:
    from tests.support.office import Office
    from workflows.facts import Actor

GROUND = write("虚假承诺，撤销一次")


@pytest.fixture
def credits_(office: Office) -> Credits:
    return Credits(office.new_uow, office.clock, office.library)


def today(office: Office) -> date:
    return local_date(office.clock.now())


def listing(level: Level, until: date | None) -> SetStanding:
    return SetStanding(level=level, until=until, reason=GROUND.note)


class TestAListing:
    def test_is_ordinary_until_somebody_sets_it(self, office: Office, credits_: Credits) -> None:
        assert credits_.credit("org-1").level(today(office)) is Level.ORDINARY

    def test_ends_by_itself(self, office: Office, credits_: Credits) -> None:
        last = today(office) + timedelta(days=30)

        found = credits_.execute("org-1", listing(Level.BLACK, last), SUPERVISOR, "k1", GROUND)

        assert credits_.credit("org-1") == found
        assert found.level(last) is Level.BLACK
        assert found.level(last + timedelta(days=1)) is Level.ORDINARY

    def test_is_set_once_for_each_key(self, office: Office, credits_: Credits) -> None:
        order = listing(Level.RED, today(office) + timedelta(days=30))

        credits_.execute("org-1", order, SUPERVISOR, "k1", GROUND)
        off = SetStanding(level=Level.ORDINARY, until=None, reason=GROUND.note)
        credits_.execute("org-1", off, SUPERVISOR, "k2", write("移出"))
        again = credits_.execute("org-1", order, SUPERVISOR, "k1", GROUND)

        assert again.number == 1
        assert credits_.credit("org-1").number == 2

    @pytest.mark.parametrize(
        ("level", "days"),
        [(Level.BLACK, None), (Level.BLACK, 0), (Level.RED, 3650), (Level.ORDINARY, 10)],
    )
    def test_has_a_last_day_ahead(
        self, office: Office, credits_: Credits, level: Level, days: int | None
    ) -> None:
        until = None if days is None else today(office) + timedelta(days=days)

        with pytest.raises(BadStandingError):
            credits_.execute("org-1", listing(level, until), SUPERVISOR, "k1", GROUND)

        assert credits_.credit("org-1").number == 0

    def test_changes_something(self, credits_: Credits) -> None:
        with pytest.raises(SameStandingError):
            credits_.execute("org-1", listing(Level.ORDINARY, None), ADMINISTRATOR, "k1", GROUND)

    @pytest.mark.parametrize("who", [OWNER])
    def test_is_set_by_keepers_alone(self, credits_: Credits, who: Actor) -> None:
        with pytest.raises(NotAllowedError):
            credits_.execute("org-1", listing(Level.ORDINARY, None), who, "k1", GROUND)

    def test_is_part_of_the_verified_log(self, office: Office, credits_: Credits) -> None:
        order = listing(Level.RED, today(office) + timedelta(days=30))
        credits_.execute("org-1", order, SUPERVISOR, "k1", GROUND)

        assert verify(office.new_uow, office.library).ok


class TestACommitment:
    def order(self, office: Office) -> tuple[str, c.CompleteStep]:
        """Return a project at a task that may be done by commitment, and the order to do so."""
        project = office.filed(flow=3, seed=1)
        while True:
            for run in project.runs.values():
                for task in run.tasks.values():
                    code = task.task.item
                    if "committed" in task.task.outcomes and code is not None:
                        item = office.library.catalogue.items[code]
                        if item.commitment:
                            return project.code, c.CompleteStep(
                                unit=run.unit,
                                item=code,
                                attempt=task.task.attempt,
                                step="receive",
                                outcome="committed",
                            )
            project = office.pushed_on(project, 1)

    def test_is_refused_to_the_black_list_while_it_lasts(
        self, office: Office, credits_: Credits
    ) -> None:
        code, order = self.order(office)
        last = today(office) + timedelta(days=3)
        credits_.execute("o1", listing(Level.BLACK, last), SUPERVISOR, "k1", GROUND)
        window = person("window-t", Role.WINDOW)

        with pytest.raises(CommitmentRefusedError) as refused:
            office.handle.execute(code, order, window, "first")
        over = write("期满前移出")
        off = SetStanding(level=Level.ORDINARY, until=None, reason=over.note)
        credits_.execute("o1", off, SUPERVISOR, "k2", over)
        answer = office.handle.execute(code, order, window, "second")

        assert refused.value.params["standing"] == "black"
        assert answer.events
