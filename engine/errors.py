"""What goes wrong around the rules: one class a fault, a stable code, parameters that name it.

Refusals (`Refusal`) are the caller's to mend; `EngineError`s are the machine's and may pass by
themselves. The sentences stand in workflows/texts/engine.toml.
"""

from __future__ import annotations

from workflows.errors import Refusal


class KeyReusedError(Refusal):
    """The same idempotency key came with another request."""

    code = "engine.key_reused"


class BadKeyError(Refusal):
    """An idempotency key has 1 to 200 printable ASCII characters."""

    code = "engine.bad_key"


class StaleError(Refusal):
    """The project went on since the caller looked at it (If-Match)."""

    code = "engine.stale"


class StaleOfficeError(Refusal):
    """The catalogue or the calendar went on since the caller looked at it (If-Match)."""

    code = "engine.stale_office"


class ConcurrentChangeError(Refusal):
    """Another writer was faster; nothing was changed and the command may be given again."""

    code = "engine.concurrent_change"
    passes = True


class FileTooLargeError(Refusal):
    """A file is larger than the setting allows; it was not read to its end."""

    code = "file.too_large"


class EmptyFileError(Refusal):
    """A file without a byte."""

    code = "file.empty"


class FileTypeError(Refusal):
    """The ending of the name is not on the list of what is taken."""

    code = "file.type"


class DisguisedFileError(Refusal):
    """The content is not what the name says, or is two kinds of file at once."""

    code = "file.disguised"


class BrokenFileError(Refusal):
    """The file is cut off or misbuilt."""

    code = "file.broken"


class SwollenFileError(Refusal):
    """An archive that would inflate beyond measure."""

    code = "file.swollen"


class LostFileError(Refusal):
    """The store does not hold the file."""

    code = "file.lost"


class EngineError(Exception):
    """A fault of the machine; nothing was half done.

    Attributes:
        code: Stable, dotted key of the text.
        params: What the text names.
        retry_after: Seconds after which it is worth trying again; None = a person must act.
    """

    code = "engine.fault"
    retry_after: int | None = None

    def __init__(self, **params: object) -> None:
        """Keep the parameters that the text names."""
        self.params = params
        named = ", ".join(f"{key}={value!r}" for key, value in params.items())
        super().__init__(f"{self.code}: {named}" if named else self.code)


class DatabaseUnreachableError(EngineError):
    """No connection, or it broke; whether the command was done shows when its key is sent again."""

    code = "engine.database_unreachable"
    retry_after = 2


class DatabaseBusyError(EngineError):
    """Another process held the database for too long."""

    code = "engine.database_busy"
    retry_after = 1


class DatabaseFullError(EngineError):
    """The disk or the quota is full."""

    code = "engine.database_full"
    retry_after = 30


class DatabaseReadOnlyError(EngineError):
    """The database takes no writes: a standby, or a file without permission."""

    code = "engine.database_read_only"
    retry_after = 30


class FilesFullError(EngineError):
    """The disk or the quota of the file store is full; nothing of the file was kept."""

    code = "engine.files_full"
    retry_after = 30


class FilesUnwritableError(EngineError):
    """The file store takes no writes: read-only, not ours, or ill; nothing of the file was kept."""

    code = "engine.files_unwritable"
    retry_after = 30


class DatabaseFaultError(EngineError):
    """The database refused for a reason that no rule of ours expects."""

    code = "engine.database_fault"


class UnsafeDatabaseError(EngineError):
    """A setting of the database would let an acknowledged step be lost."""

    code = "engine.database_unsafe"


class SchemaError(EngineError):
    """The tables are of another version of the program: `abreast db upgrade` mends an older one."""

    code = "engine.schema"


class AsideError(EngineError):
    """What was to be computed aside broke off: it failed, or its process was ended."""

    code = "engine.aside"
    retry_after = 2


class UnknownDatabaseError(EngineError):
    """The database address is neither sqlite:/// nor postgresql://."""

    code = "engine.database_unknown"


class MissingDatabaseError(EngineError):
    """There is no database file where one is to be looked at."""

    code = "engine.database_missing"


class BadSettingError(EngineError):
    """An environment variable has a value that cannot be used."""

    code = "engine.setting"


class UnknownDefinitionError(EngineError):
    """A project runs under a definition that neither the program nor the database holds."""

    code = "engine.definition_unknown"


class LostLeaseError(EngineError):
    """Another worker took the work over, or it was called off; what was done so far stands."""

    code = "engine.lease_lost"


class UnknownJobError(Refusal):
    """There is no such job, timer or delivery among those that can be tried again."""

    code = "engine.job_unknown"


class UnknownKindError(Refusal):
    """No job of this kind is known."""

    code = "engine.job_kind"


class HeadsKeyError(EngineError):
    """There is no key to sign or check the list of heads with, or one that can be guessed."""

    code = "engine.heads_key"


class BadHeadsError(EngineError):
    """A list of heads that cannot be read, or was not signed with our key."""

    code = "engine.heads_bad"


class BackupError(EngineError):
    """A backup that cannot be made or taken back."""

    code = "engine.backup"


class ForbiddenTargetError(Refusal):
    """A web address that must not be called: its form, its origin, or where it leads."""

    code = "webhook.target"


class TooManyJobsError(Refusal):
    """So many jobs of one person wait or run that no further one is taken."""

    code = "engine.jobs_full"
    passes = True


class UnknownSubscriptionError(Refusal):
    """There is no such webhook."""

    code = "webhook.unknown"


class UnknownPositionError(Refusal):
    """No event has this id."""

    code = "webhook.position"


class HoldLostError(Refusal):
    """The external task is not held under this fence, or the time is over."""

    code = "external.lost"


class BadLinkError(Refusal):
    """A link that is unknown, used, revoked or past its time; which of these is not told."""

    code = "link.bad"


class UnknownLinkError(Refusal):
    """There is no such link among those that somebody made."""

    code = "link.unknown"


class UnknownNoteError(Refusal):
    """There is no such note."""

    code = "note.unknown"
