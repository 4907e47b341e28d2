"""External tasks: steps that a department's own system does."""

from __future__ import annotations

from api.schemas.base import Strict, codes, figure, instant, lines, said, whole, words

_LONGEST_SPAN = 3600  # seconds
_MOST = 100
_MOST_RETRIES = 100
_LONGEST_PAUSE = 7 * 24 * 3600


class FetchSchema(Strict):
    """Who asks for work, for how much, for how long."""

    worker = words("What the system calls the one that works on it", longest=64)
    most = whole("Most tasks", least=1, most=_MOST, default=1)
    seconds = whole("For how long they are held", least=1, most=_LONGEST_SPAN, default=300)


class HoldSchema(Strict):
    """The hold on a task."""

    fence = whole("The fence under which it is held", least=1)


class ExternalCompletionSchema(HoldSchema):
    """How a task ended."""

    outcome = words("One of the outcomes that the task names", longest=64)
    reason = words(
        "Why an application is refused, which must be said; kept apart from the log",
        required=False,
        none=True,
    )


class ExtendHoldSchema(HoldSchema):
    """How long a task is held from now."""

    seconds = whole("For how long from now", least=1, most=_LONGEST_SPAN)


class FailureSchema(HoldSchema):
    """What went wrong."""

    error = words("What went wrong, for the people who look after it", longest=500)
    retries = whole(
        "How often it may be tried yet; left out: one less than before, three at first; at 0 a "
        "person must look",
        most=_MOST_RETRIES,
        required=False,
    )
    pause = whole("Seconds until it may be taken again", most=_LONGEST_PAUSE, default=60)


class ExternalTaskSchema(Strict):
    """A task that is held, or was let go of."""

    project = said("Project code")
    task = said("UNIT/ITEM/ATTEMPT/STEP; the address of its orders")
    item = said("Item code", none=True)
    step = said("Step")
    department = said("Department code", none=True)
    outcomes = codes("Outcomes with which it may be completed")
    opened_at = instant("Open since, UTC")
    worker = said("Who works on it")
    fence = figure("To be shown with every order about it; grows with each taking")
    until = instant("Until when it is held, UTC")
    retries = figure("How often it may be tried yet; null: it never failed", none=True)


class ExternalTasksSchema(Strict):
    """Tasks."""

    data = lines(ExternalTaskSchema, "Tasks, the longest open first")


class HeldSchema(Strict):
    """How a hold stands."""

    project = said("Project code")
    task = said("Task")
    until = instant("Until when it is held, or after a failure when it may be taken again, UTC")
    retries = figure("How often it may be tried yet; null: it never failed", none=True)


class IncidentSchema(Strict):
    """A task that no retry is left for."""

    project = said("Project code")
    task = said("Task")
    worker = said("Who worked on it last")
    error = said("What went wrong", none=True)
    until = instant("Given up at, UTC")


class IncidentsSchema(Strict):
    """Tasks that a person must look after."""

    data = lines(IncidentSchema, "By project and task")
