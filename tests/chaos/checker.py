"""Checks a whole run: every invariant over the history and the reloaded logs. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tests.chaos import by_chain, by_history, by_rights, by_rules, by_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tests.chaos.evidence import Evidence, Violation

INVARIANTS: tuple[Callable[[Evidence], Iterator[Violation]], ...] = (
    by_history.acknowledged_is_done,  # I1
    by_history.done_once,  # I2
    by_history.refused_is_undone,  # I3, I16
    by_rights.entitled,  # I4
    by_chain.numbers_are_dense,  # I5
    by_chain.chain_is_whole,  # I6
    by_rules.over_is_over,  # I7
    by_rules.starts_only_from_open,  # I8
    by_rules.slots_are_bounded,  # I9
    by_rules.completes_once,  # I10
    by_rules.documents_come_first,  # I11
    by_rules.stages_in_line,  # I12
    by_rules.mandated_together,  # I13
    by_chain.state_is_the_fold,  # I14
    by_history.order_is_real_time,  # I15
    by_time.due_days_are_right,  # I17
    by_time.timers_fire_once,  # I18
    by_time.messages_arrive,  # I19
    by_history.own_acknowledgement_is_read,  # I20
)


def check(evidence: Evidence) -> tuple[Violation, ...]:
    """Return every broken promise, by rule, project and event."""
    return tuple(sorted(found for rule in INVARIANTS for found in rule(evidence)))


def by_rule(violations: Iterable[Violation]) -> Mapping[str, int]:
    """Return how often each rule was broken."""
    return dict(sorted(Counter(found.rule for found in violations).items()))
