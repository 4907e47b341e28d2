"""Items, as they are filed and declined."""

from __future__ import annotations

from workflows.errors.refusal import Refusal


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
