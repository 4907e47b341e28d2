"""What is refused at the door: sign-in, passwords, tokens. One class a rule, a stable code.

The sentences stand in workflows/texts/accounts.toml. None tells whether an account exists.
"""

from __future__ import annotations

from engine.errors import EngineError
from workflows.errors import Refusal


class WrongSignInError(Refusal):
    """Id, password or one-time code is wrong; which of them is not said."""

    code = "account.wrong"


class TooManyTriesError(Refusal):
    """Too many tries within the window; the right password is refused too until it ends.

    Attributes:
        seconds: After which it is worth trying again.
    """

    code = "account.too_many"
    passes = True

    def __init__(self, *, seconds: int) -> None:
        """Keep how long to wait."""
        super().__init__(seconds=seconds)
        self.seconds = seconds


class ShortPasswordError(Refusal):
    """A password has at least so many characters."""

    code = "account.password_short"


class LongPasswordError(Refusal):
    """A password has at most so many characters; it is never cut."""

    code = "account.password_long"


class CommonPasswordError(Refusal):
    """The password is on a list of common ones, or is guessed in a moment."""

    code = "account.password_common"


class VoucherError(Refusal):
    """The link was used, replaced or has ended, or never was."""

    code = "account.link"


class LastAdministratorError(Refusal):
    """Without this person nobody could administer."""

    code = "account.last_administrator"


class PersonExistsError(Refusal):
    """The id is another person's already."""

    code = "person.exists"


class SpentIdError(Refusal):
    """An erased person had this id: their deeds must not become another's."""

    code = "person.spent"


class UnknownPersonError(Refusal):
    """There is no such person."""

    code = "person.unknown"


class PlaceMissingError(Refusal):
    """A role is held somewhere: an agent's in a township, a reviewer's in a department."""

    code = "person.place"


class SubjectTakenError(Refusal):
    """Another person signs in by this name at the provider."""

    code = "account.subject_taken"


class HashingBusyError(EngineError):
    """All cores are busy with other people's passwords."""

    code = "account.busy"
    retry_after = 2
