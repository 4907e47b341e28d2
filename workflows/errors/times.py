"""When something happened, or falls due."""

from __future__ import annotations

from workflows.errors.refusal import Refusal


class NotDueError(Refusal):
    """The timer is not due yet."""

    code = "timer.not_due"


class FutureError(Refusal):
    """What happened cannot lie after its recording."""

    code = "time.future"


class BeforeLastError(Refusal):
    """What happened cannot lie before the last transition of the same attempt."""

    code = "time.before_last"


class BackdatedError(Refusal):
    """What is recorded on a later day than it happened needs a reason (补录)."""

    code = "time.backdated"


class BadEndDateError(Refusal):
    """The expected end is no date, lies in the past, or is later than the procedure may take."""

    code = "time.bad_end"


class BadDueError(Refusal):
    """The deadline is no date, does not lie ahead, or lies further ahead than the rule allows."""

    code = "time.bad_due"


class TooNearError(Refusal):
    """One side of the day has nothing that could be followed for as long as it takes to compare."""

    code = "time.too_near"


class NoDeadlineError(Refusal):
    """No such told day stands, or it was moved."""

    code = "deadline.none"
