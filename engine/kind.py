"""What a kind of job does: the port between the queue and the work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from engine.store.jobs import Line


class Kind(Protocol):
    """What a kind of job does."""

    def lines(self, parameters: Mapping[str, Any]) -> Sequence[str]:
        """Return the names of all lines; asked again after a crash."""

    def do(self, parameters: Mapping[str, Any], line: str, key: str) -> Line:
        """Do one line, and return its result.

        A worker that dies here leaves the line to the next one: doing it twice must do it once.

        Args:
            key: Idempotency key for commands, the same on every try.

        Raises:
            Refusal: The line cannot be done; that is its result, and the job goes on.
        """


@runtime_checkable
class LongKind(Kind, Protocol):
    """A kind with lines that take long, which looks up from them now and then."""

    def do_looking(
        self, parameters: Mapping[str, Any], line: str, key: str, look: Callable[[], None]
    ) -> Line:
        """Do one line as `do` does, and call *look* every second or so while it lasts.

        What *look* raises ends the line unfinished, and is to be let through.
        """


@runtime_checkable
class WatchKind(Kind, Protocol):
    """A kind that looks whether all is well: a line that is not makes the whole job fail.

    Whoever has such a job tried again has those lines looked at anew.
    """

    def alarm(self, wrong: Sequence[Line]) -> str:
        """Return what is told of the lines that are not well."""
