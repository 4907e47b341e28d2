"""Open tasks and how they are completed."""

from __future__ import annotations

from workflows.errors.refusal import Refusal


class TaskNotOpenError(Refusal):
    """The task is not open: unknown, already completed, or of an older attempt."""

    code = "task.not_open"


class TaskTakenError(Refusal):
    """Another person holds the task."""

    code = "task.taken"


class OfficialLinkError(Refusal):
    """Receiving, examining and inspecting are done signed in: whoever makes a link holds it too."""

    code = "link.official"


class WrongPersonError(Refusal):
    """A task is assigned only to somebody who may do it."""

    code = "task.wrong_person"


class UnknownOutcomeError(Refusal):
    """The step cannot be completed with that outcome."""

    code = "task.unknown_outcome"


class ReasonRequiredError(Refusal):
    """Whoever refuses an application says why (行政许可法 art. 32 and 38)."""

    code = "task.reason_required"
