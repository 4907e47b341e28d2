"""接件、审件、踏勘: three persons on one attempt, whoever tries what in whatever order."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.law_office import LawOffice
from tests.support.memory_office import NOTE, filing, person
from workflows import commands as c
from workflows import events as e
from workflows.errors import Refusal
from workflows.facts import Role
from workflows.project import SEPARATE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflows.facts import Actor

# Everyone is everything everywhere: only the separation of duties can stand in their way.
EVERY_ROLE = (
    *(Role.WINDOW, Role.REVIEWER, Role.INSPECTOR, Role.DEPARTMENT_LEAD),
    *(Role.STAGE_LEAD, Role.OWNER, Role.ADMINISTRATOR),
)
NAMES = ("zhao", "qian", "sun")
MOVES = ("complete", "complete", "complete", "claim", "assign", "release", "revert", "supplement")
Try = tuple[str, str, str, int, bool]  # what, who, about whom, which task, with the last outcome
STEPS = st.lists(
    st.tuples(
        st.sampled_from(MOVES),
        st.sampled_from(NAMES),
        st.sampled_from(NAMES),
        st.integers(0, 7),
        st.booleans(),
    ),
    min_size=10,
    max_size=80,
)


def anyone(name: str, department: str) -> Actor:
    return person(name, *EVERY_ROLE, department=department, organisation="org-1")


def duties(office: LawOffice) -> dict[tuple[str, int], dict[str, set[str]]]:
    """Return who completed which of the separate duties, by attempt: what the log lets stand."""
    undone = {each.body.event for each in office.log if isinstance(each.body, e.StepReverted)}
    found: dict[tuple[str, int], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for event in office.log:
        body = event.body
        stands = event.number not in undone
        if stands and isinstance(body, e.StepCompleted) and body.performer in SEPARATE:
            found[body.item, body.attempt][body.performer].add(event.actor)
    return found


def command(
    move: str, task: e.TaskOpened, other: str, office: LawOffice, *, bad: bool
) -> c.Command:
    """Return what somebody tries on an open task."""
    step = task.path.rpartition("/")[2]
    code, attempt = task.item or "", task.attempt
    match move:
        case "complete":
            outcome = task.outcomes[-1 if bad else 0]
            return c.CompleteStep(item=code, attempt=attempt, step=step, outcome=outcome)
        case "claim":
            return c.ClaimTask(item=code, attempt=attempt, step=step)
        case "assign":
            return c.AssignTask(item=code, attempt=attempt, step=step, person=other)
        case "release":
            return c.ReleaseTask(item=code, attempt=attempt, step=step)
        case "supplement":
            missing = office.catalogue.items[code].materials[:1]
            return c.AskSupplement(item=code, attempt=attempt, missing=missing, reason=NOTE)
        case _:
            done = [event for event in office.log if isinstance(event.body, e.StepCompleted)]
            number = done[-1].number if done else 1
            return c.RevertStep(event=number, reason=NOTE)


def tried(office: LawOffice, step: Try) -> str | None:
    """Let somebody try something; return the code of the refusal."""
    move, name, other, place, bad = step
    tasks = [task for task in office.tasks_of(1) if task.item is not None]
    if not tasks:
        return None
    task = tasks[place % len(tasks)]
    department = task.department or "housing"
    office.assignee = anyone(other, department)
    order = command(move, task, other, office, bad=bad)
    try:
        office.give(order, anyone(name, department))
    except Refusal as refusal:
        return refusal.code
    return None


def overlaps(office: LawOffice) -> Iterator[tuple[str, int]]:
    """Yield each attempt on which one person did two of the duties."""
    for attempt, by_duty in duties(office).items():
        everyone = [name for names in by_duty.values() for name in names]
        if len(everyone) != len(set(everyone)):
            yield attempt


class TestThreePersons:
    @settings(max_examples=120, deadline=None)
    @given(steps=STEPS)
    def test_do_the_three_duties_of_an_attempt(self, steps: list[Try]) -> None:
        office = LawOffice(replays=False)
        office.give(filing(office.catalogue, 3), anyone("zhao", "housing"))
        office.give(c.FileStage(stage=1, unit=0), anyone("zhao", "housing"))

        for step in steps:
            tried(office, step)

        assert list(overlaps(office)) == []

    def test_are_asked_for_before_a_task_is_held_too(self) -> None:
        office = LawOffice(replays=False)
        zhao = anyone("zhao", "housing")
        office.give(filing(office.catalogue, 3), zhao)
        office.give(c.FileStage(stage=1, unit=0), zhao)
        (task,) = (task for task in office.tasks_of(1) if task.item == "S1-05")
        names = ("zhao", "qian")
        for move in ("complete", "complete"):
            tried(office, (move, *names, office.tasks_of(1).index(task), False))
            (task,) = (task for task in office.tasks_of(1) if task.item == "S1-05")
        place = office.tasks_of(1).index(task)

        assert task.performer != "window"
        assert tried(office, ("claim", "zhao", "qian", place, False)) == "access.same_person"
        assert tried(office, ("assign", "qian", "zhao", place, False)) == "access.same_person"
        assert tried(office, ("claim", "qian", "zhao", place, False)) is None
