"""What stops a clock: suspensions, supplements, special procedures and joint visits."""

from __future__ import annotations

from workflows.errors.refusal import Refusal


class ProjectSuspendedError(Refusal):
    """The project is suspended; resume it first."""

    code = "project.suspended"


class NotSuspendedError(Refusal):
    """The project is not suspended."""

    code = "project.not_suspended"


class ItemStoppedError(Refusal):
    """The attempt's clock is stopped; end the pause first."""

    code = "item.stopped"


class NotStoppedError(Refusal):
    """There is no such open pause."""

    code = "item.not_stopped"


class SupplementToldError(Refusal):
    """What is missing is told once (一次性告知)."""

    code = "item.supplement_told"


class SupplementLateError(Refusal):
    """Five working days after filing the application is deemed accepted (行政许可法 art. 32)."""

    code = "item.supplement_late"


class ReceiptError(Refusal):
    """Only the office attests that something was received earlier than it is entered."""

    code = "item.receipt"


class AnswerNotDueError(Refusal):
    """The owner still has time to answer the supplement."""

    code = "item.answer_not_due"


class NoAnswerDayError(Refusal):
    """The owner was told no day up to which to answer, so no silence ends the attempt."""

    code = "item.no_answer_day"


class UnknownProcedureError(Refusal):
    """The catalogue does not list this special procedure for the item."""

    code = "item.unknown_procedure"


class NotAcceptedError(Refusal):
    """A special procedure begins after acceptance."""

    code = "item.not_accepted"


class BadVisitError(Refusal):
    """A joint visit is shared by several different items."""

    code = "visit.items"


class UnknownVisitError(Refusal):
    """There is no such open joint visit."""

    code = "visit.unknown"
