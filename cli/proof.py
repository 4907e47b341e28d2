"""What a project's log proves: an unbroken chain, and a replay that equals what is stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli.office import demonstrates
from engine.verify import verify
from engine.verify_answers import answers_differ
from engine.verify_months import months_differ

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.verify import Deviation, Verification
    from wire import Parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was checked.

    Attributes:
        chain_ok: Every event carries the hash of its content and of the event before it.
        replay_ok: The events add up to the stored snapshot and to every stored row.
    """

    chain_ok: bool
    replay_ok: bool


def examined(parts: Parts, told: Callable[[float], None] = lambda _: None) -> Verification:
    """Verify the whole database, with the figures that are counted together from it.

    Args:
        told: Called with the part that is done, 0 to 1.
    """
    return verify(
        parts.new_uow,
        parts.library,
        lambda done, all_: told(done / all_),
        lambda: _beside_logs(parts),
    )


def _beside_logs(parts: Parts) -> tuple[Deviation, ...]:
    """Return what is wrong with what no replay makes: answers under keys, figures of months."""
    answers = answers_differ(parts.new_uow, loaded=demonstrates(parts))
    return (*answers, *months_differ(parts.new_uow, parts.facts))


def proof(parts: Parts) -> Proof:
    """Verify the whole database, which for the example holds one project and one roster."""
    found = examined(parts)
    sound = found.events > 0
    return Proof(chain_ok=sound and not found.violations, replay_ok=sound and not found.differences)
