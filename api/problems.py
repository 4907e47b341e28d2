"""Problem details (RFC 9457) as values, before anyone speaks of HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST_FAULTS = 100  # in one answer: each has a text of its own, and nobody reads more


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong with a request; *pointer* is a JSON pointer (RFC 6901)."""

    pointer: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


class InvalidError(Exception):
    """A request whose content is not what the contract says."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        """Keep the faults, at least one."""
        super().__init__(", ".join(f"{fault.pointer}: {fault.code}" for fault in faults))
        self.faults = faults

    @classmethod
    def at(cls, pointer: str, code: str, **params: object) -> InvalidError:
        """Make the error of a single fault."""
        return cls((Fault(pointer=pointer, code=code, params=params),))


class RequestError(Exception):
    """A request that is refused before any rule is asked: who, which version, which key.

    Attributes:
        status: HTTP status.
    """

    def __init__(self, status: int, code: str, **params: object) -> None:
        """Keep status, code and what the text names."""
        super().__init__(code)
        self.status = status
        self.code = code
        self.params = params


def faults_of(messages: Mapping[str, object]) -> tuple[Fault, ...]:
    """Return the first faults in marshmallow's nested messages, below the places of webargs.

    >>> faults_of({"json": {"items": {0: {"unit": ["api.field.range?min=0&max=9"]}}}})
    (Fault(pointer='/items/0/unit', code='api.field.range', params={'min': '0', 'max': '9'}),)
    """
    faults = (_walk(member, "") for member in messages.values())
    return tuple(islice(chain.from_iterable(faults), MOST_FAULTS))


def _walk(node: object, pointer: str) -> Iterator[Fault]:
    match node:
        case dict(members):
            for name, member in members.items():
                inner = pointer if name == "_schema" else f"{pointer}/{_escaped(str(name))}"
                yield from _walk(member, inner)
        case list(messages):
            for message in messages:
                yield from _walk(message, pointer)
        case _:
            code, _, query = str(node).partition("?")
            yield Fault(pointer=pointer, code=code, params=dict(parse_qsl(query)))


def pointer_to(name: str) -> str:
    """Return the JSON pointer to a member of the whole.

    >>> pointer_to("a/b~c")
    '/a~1b~0c'
    """
    return f"/{_escaped(name)}"


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
