"""What the law lets happen to an item afterwards: longer limits, silence, taking back."""

from __future__ import annotations

from workflows.errors.refusal import Refusal


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


class DecidedError(Refusal):
    """The department has decided; nothing is taken as granted beside a decision."""

    code = "item.decided"


class NotOverdueError(Refusal):
    """The item is still inside its limit."""

    code = "item.not_overdue"


class NothingToIssueError(Refusal):
    """No document of a default grant is waited for."""

    code = "item.nothing_to_issue"


class NotCorrectableError(Refusal):
    """The entry cannot be corrected that way."""

    code = "correction.impossible"
