"""Pairs and their slots."""

from __future__ import annotations

from workflows.errors.refusal import Refusal


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
