"""One class for each refusal: a stable code, and parameters that name the thing.

The sentences stand in workflows/texts, in Chinese and English; `texts.refusal_text` finds them.
"""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 - the office's word: a command is refused, nothing changed
    """A command that breaks a rule; nothing was changed.

    Attributes:
        code: Stable, dotted key of the text and part of the problem type.
        params: What the text names.
        passes: It is of the moment, not of what was asked: the same key may be judged anew.
    """

    code = "refusal"
    passes = False

    def __init__(self, **params: object) -> None:
        """Keep the parameters that the text names."""
        self.params = params
        named = ", ".join(f"{key}={value!r}" for key, value in params.items())
        super().__init__(f"{self.code}: {named}" if named else self.code)


class NotAllowedError(Refusal):
    """The actor's roles and relations do not permit the command."""

    code = "access.not_allowed"


class SamePersonError(Refusal):
    """Receiving, examining and inspecting one attempt are three persons' duties (三分离)."""

    code = "access.same_person"


class UnknownProjectError(Refusal):
    """There is no such project."""

    code = "project.unknown"


class ProjectExistsError(Refusal):
    """The project code is already in use."""

    code = "project.exists"


class BadProjectCodeError(Refusal):
    """The code is not of the national form (GB/T 40058-2021) nor of the older one."""

    code = "project.bad_code"


class ProjectClosedError(Refusal):
    """The project is completed, withdrawn or terminated."""

    code = "project.closed"


class UnknownFlowError(Refusal):
    """The flow type is not in the catalogue."""

    code = "project.unknown_flow"


class UnknownTownshipError(Refusal):
    """The township is not on any roster."""

    code = "project.unknown_township"


class MissingFactsError(Refusal):
    """Facts that decide which items apply were not stated."""

    code = "project.missing_facts"


class BadFactsError(Refusal):
    """A fact is unknown to the catalogue or has a value it does not allow."""

    code = "project.bad_facts"


class ContradictionError(Refusal):
    """Facts contradict each other or the flow type."""

    code = "project.contradiction"


class UnknownUnitError(Refusal):
    """The project has no such unit (building or phase)."""

    code = "unit.unknown"


class UnitExistsError(Refusal):
    """The unit number is already in use, or is not the next one."""

    code = "unit.exists"


class BadUnitStageError(Refusal):
    """A unit begins with one of the stages 2 to 4."""

    code = "unit.bad_stage"


class UnknownStageError(Refusal):
    """The stage is unknown, or has not been opened yet."""

    code = "stage.unknown"


class StageFiledError(Refusal):
    """The joint application of the stage was filed before."""

    code = "stage.filed"


class StageNotFiledError(Refusal):
    """The stage's joint application comes first."""

    code = "stage.not_filed"


class UnknownItemError(Refusal):
    """The catalogue or the project's stage has no such item."""

    code = "item.unknown"


class ItemNotWantedError(Refusal):
    """The item is granted, left out, declined or already under way."""

    code = "item.not_wanted"


class ItemNotOpenError(Refusal):
    """No attempt of the item is running."""

    code = "item.not_open"


class DocumentsMissingError(Refusal):
    """Hard documents of the item do not exist yet."""

    code = "item.documents_missing"


class MandatedError(Refusal):
    """A mandated, serial or pulled-in item cannot be declined or paired."""

    code = "item.mandated"


class StillNeededError(Refusal):
    """A wanted item needs the document that only this item produces."""

    code = "item.still_needed"


class CommitmentRefusedError(Refusal):
    """Commitment is not offered for this item, or the owner's credit standing forbids it."""

    code = "item.commitment_refused"


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


class IllegalPairError(Refusal):
    """The two items may not be paired; `rule` and `document` say why."""

    code = "pair.illegal"


class UnknownPolicyError(Refusal):
    """A person proposes a pair by choice or by plan; only the lot makes it a drawn one."""

    code = "pair.unknown_policy"


class UnknownPairError(Refusal):
    """The project has no such pair."""

    code = "pair.unknown"


class PairStateError(Refusal):
    """The pair is not in the state that the command needs."""

    code = "pair.state"


class PairNotReadyError(Refusal):
    """A member's hard documents do not exist yet."""

    code = "pair.not_ready"


class NoSlotError(Refusal):
    """No pair slot is free, or the round is still running."""

    code = "pair.no_slot"


class NothingToDrawError(Refusal):
    """No legal ready pair is left in this round."""

    code = "pair.nothing_to_draw"


class DrawnAlreadyError(Refusal):
    """One draw a round."""

    code = "pair.drawn_already"


class PartnerExistsError(Refusal):
    """A single needs a reason while a legal ready partner exists."""

    code = "pair.partner_exists"


class UnknownAgentError(Refusal):
    """The roster has no such agent, or the agent is away."""

    code = "agent.unknown"


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


class UnknownMaterialError(Refusal):
    """The item's list of materials does not hold it."""

    code = "item.unknown_material"


class UnknownProcedureError(Refusal):
    """The catalogue does not list this special procedure for the item."""

    code = "item.unknown_procedure"


class NotAcceptedError(Refusal):
    """A special procedure begins after acceptance."""

    code = "item.not_accepted"


class ApprovalRequiredError(Refusal):
    """Somebody must have approved it."""

    code = "approval.required"


class OwnApprovalError(Refusal):
    """Nobody approves what they ask for themselves."""

    code = "approval.own"


class UnknownApproverError(Refusal):
    """Nobody active has the id of whoever is said to have approved."""

    code = "approval.unknown"


class UnfitApproverError(Refusal):
    """Only a leader of the department, or of the stage, approves."""

    code = "approval.unfit"


class BadEndDateError(Refusal):
    """The expected end is no date, lies in the past, or is later than the procedure may take."""

    code = "time.bad_end"


class AnswerNotDueError(Refusal):
    """The owner still has time to answer the supplement."""

    code = "item.answer_not_due"


class BadVisitError(Refusal):
    """A joint visit is shared by several different items."""

    code = "visit.items"


class UnknownVisitError(Refusal):
    """There is no such open joint visit."""

    code = "visit.unknown"


class ExtensionError(Refusal):
    """A limit is extended once, before the decision, by at most what the law allows."""

    code = "item.extension"


class NotExtendableError(Refusal):
    """No article lets the limit of this item be extended."""

    code = "item.not_extendable"


class ExtensionUnitError(Refusal):
    """An extension counts the days that the limit of the running attempt counts."""

    code = "item.extension_unit"


class NotGrantedError(Refusal):
    """Only a granted result can be taken back."""

    code = "item.not_granted"


class RuleOffError(Refusal):
    """The local rule is not in force here."""

    code = "rule.off"


class ReceiptError(Refusal):
    """Only the office attests that something was received earlier than it is entered."""

    code = "item.receipt"


class NoAnswerDayError(Refusal):
    """The owner was told no day up to which to answer, so no silence ends the attempt."""

    code = "item.no_answer_day"


class DecidedError(Refusal):
    """The department has decided; nothing is taken as granted beside a decision."""

    code = "item.decided"


class NotOverdueError(Refusal):
    """The item is still inside its limit."""

    code = "item.not_overdue"


class NothingToIssueError(Refusal):
    """No document of a default grant is waited for."""

    code = "item.nothing_to_issue"


class NoDeadlineError(Refusal):
    """No such told day stands, or it was moved."""

    code = "deadline.none"


class NotCorrectableError(Refusal):
    """The entry cannot be corrected that way."""

    code = "correction.impossible"


class MaterialUnknownError(Refusal):
    """No applicable item of the unit asks for the material."""

    code = "material.unknown"


class MaterialIsResultError(Refusal):
    """It is the result of another item, which the office has anyway: nobody hands it in again."""

    code = "material.is_result"


class MaterialSameError(Refusal):
    """The very same file was handed in for it before."""

    code = "material.same"


class BadFileError(Refusal):
    """A file is named by its SHA-256 and has at least one byte."""

    code = "material.bad_file"


class MaterialsMissingError(Refusal):
    """The local rule asks for materials that are neither handed in nor tolerated."""

    code = "item.materials_missing"


class NoToleranceError(Refusal):
    """The catalogue does not allow 容缺 for the item."""

    code = "item.no_tolerance"


class ToleratedError(Refusal):
    """An attempt is tolerated once."""

    code = "item.tolerated"


class NotMissingError(Refusal):
    """Only materials of the item's list that are missing can be tolerated."""

    code = "item.not_missing"


class BadDueError(Refusal):
    """The deadline is no date, does not lie ahead, or lies further ahead than the rule allows."""

    code = "time.bad_due"


class TooNearError(Refusal):
    """One side of the day has nothing that could be followed for as long as it takes to compare."""

    code = "time.too_near"
