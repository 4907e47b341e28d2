"""Who may, and who must have approved."""

from __future__ import annotations

from workflows.errors.refusal import Refusal


class NotAllowedError(Refusal):
    """The actor's roles and relations do not permit the command."""

    code = "access.not_allowed"


class SamePersonError(Refusal):
    """Receiving, examining and inspecting one attempt are three persons' duties (三分离)."""

    code = "access.same_person"


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
