"""What a planner changes in a scenario, one thing at a time; what must go with it is completed.

Whether a scenario can be run so, `simulation.check` says; here nothing is refused but a value that
is none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import reduce
from itertools import chain, combinations
from typing import TYPE_CHECKING, assert_never

from simulation.errors import ScenarioError
from simulation.scenario import TWO, UNLIMITED, Department, Mode, Pairing, Policy
from workflows.catalogue.findings import Finding
from workflows.catalogue.values import Coupling, DayUnit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulation.scenario import Chances, Edits, Scenario
    from workflows.catalogue.values import Catalogue

DROPPED = "dropped"
ANY = "unlimited"
AS_BEFORE = "catalogue"
HARD, SOFT = "hard", "soft"


class What(StrEnum):
    """What a change is about, and what it says of it."""

    NAME = "name"
    CLASS = "class"  # of an item: a coupling, or DROPPED
    LIMIT = "limit"  # of an item: committed working days, or AS_BEFORE
    NEED = "need"  # of ITEM:DOCUMENT: HARD or SOFT
    REVIEWERS = "reviewers"  # of a department: how many, or ANY
    POLICY = "policy"
    MODE = "mode"
    SLOTS = "slots"  # how many, or ANY
    PRECHECK = "precheck"  # a part, as the two below
    COMMITTED = "committed"
    SUPPLEMENT = "supplement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is otherwise; *of* is empty where it is about the whole."""

    what: What
    of: str = ""
    to: str


def last(changes: Sequence[Change]) -> tuple[Change, ...]:
    """Return the changes without those that a later one of the same thing undoes."""
    kept: dict[tuple[What, str], Change] = {}
    for each in changes:
        kept.pop((each.what, each.of), None)
        kept[each.what, each.of] = each
    return tuple(kept.values())


def made(scenario: Scenario, change: Change, catalogue: Catalogue) -> Scenario:
    """Return the scenario with one thing changed, and with what must go with it.

    Raises:
        ScenarioError: If the change says what nobody could mean.
    """
    try:
        return _made(scenario, change, catalogue)
    except ValueError as error:
        params = {"what": change.what.value, "to": change.to}
        raise ScenarioError([Finding(code="scenario.change_unfit", params=params)]) from error


def between(before: Scenario, after: Scenario, catalogue: Catalogue) -> tuple[Change, ...]:
    """Return the fewest changes that make one scenario of the other, with what goes with them."""
    named = () if before.name == after.name else (Change(what=What.NAME, to=after.name),)
    return (
        *named,
        *_of_items(before.edits, after.edits, catalogue),
        *_of_people(before, after),
        *_of_pairs(before.pairing, after.pairing),
        *_of_chances(before, after),
    )


def values_between(before: Scenario, after: Scenario, catalogue: Catalogue) -> tuple[Change, ...]:
    """Return everything in which two scenarios differ, what follows of itself with the rest."""
    others = (each for each in between(before, after, catalogue) if each.what not in _PAIRING)
    return (*others, *_values(before.pairing, after.pairing))


def _made(scenario: Scenario, change: Change, catalogue: Catalogue) -> Scenario:
    match change.what:
        case What.NAME:
            return replace(scenario, name=change.to)
        case What.CLASS | What.LIMIT | What.NEED:
            return replace(scenario, edits=_edited(scenario.edits, change, catalogue))
        case What.REVIEWERS:
            return replace(scenario, departments=_staffed(scenario, change))
        case What.POLICY | What.MODE | What.SLOTS:
            return replace(scenario, pairing=_paired(scenario.pairing, change))
        case What.PRECHECK:
            return replace(scenario, agents=replace(scenario.agents, precheck=float(change.to)))
        case What.COMMITTED:
            return replace(scenario, chances=replace(scenario.chances, committed=float(change.to)))
        case What.SUPPLEMENT:
            return replace(scenario, chances=_supplemented(scenario.chances, float(change.to)))
        case _:
            assert_never(change.what)


def _edited(edits: Edits, change: Change, catalogue: Catalogue) -> Edits:
    if change.what is What.CLASS:
        return _classed(edits, change, catalogue)
    if change.what is What.LIMIT:
        return _limited(edits, change, catalogue)
    item, _, document = change.of.partition(":")
    hard = _one_of(change.to, (HARD, SOFT)) == HARD
    needs = {key: value for key, value in edits.needs.items() if key != (item, document)}
    known = catalogue.items.get(item)
    own = {} if known is None else {need.document: need.hard for need in known.needs}
    if own.get(document) is not hard:
        needs[item, document] = hard
    return replace(edits, needs=needs)


def _classed(edits: Edits, change: Change, catalogue: Catalogue) -> Edits:
    """Return the edits with an item in a class; of one that is dropped nothing else is said.

    Where the catalogue has it in that class already, that is no change.
    """
    code = change.of
    couplings = {key: value for key, value in edits.couplings.items() if key != code}
    dropped = tuple(each for each in edits.dropped if each != code)
    if change.to == DROPPED:
        return replace(
            edits,
            couplings=couplings,
            dropped=(*dropped, code),
            needs={key: value for key, value in edits.needs.items() if key[0] != code},
            limits={key: value for key, value in edits.limits.items() if key != code},
            commitment={key: value for key, value in edits.commitment.items() if key != code},
        )
    coupling, known = Coupling(change.to), catalogue.items.get(code)
    if known is None or known.coupling is not coupling:
        couplings[code] = coupling
    return replace(edits, couplings=couplings, dropped=dropped)


def _limited(edits: Edits, change: Change, catalogue: Catalogue) -> Edits:
    limits = {code: days for code, days in edits.limits.items() if code != change.of}
    if change.to == AS_BEFORE:
        return replace(edits, limits=limits)
    days, known = int(change.to), catalogue.items.get(change.of)
    own = None if known is None else known.committed_limit
    if own is None or (own.days, own.unit) != (days, DayUnit.WORKING_DAY):
        limits[change.of] = days
    return replace(edits, limits=limits)


def _staffed(scenario: Scenario, change: Change) -> dict[str, Department]:
    known = scenario.departments.get(change.of, Department())
    reviewers = None if change.to == ANY else int(change.to)
    return {**scenario.departments, change.of: replace(known, reviewers=reviewers)}


def _paired(pairing: Pairing, change: Change) -> Pairing:
    """Return the pairing with one choice made; what contradicts it gives way.

    One by one has one slot, and one slot is one by one; a round has no more than two.
    """
    if change.what is What.POLICY:
        policy = Policy(change.to)
        if policy is Policy.SINGLE:
            return Pairing(policy=policy, mode=Mode.ROUNDS, slots=1)
        return replace(pairing, policy=policy, slots=TWO if pairing.slots == 1 else pairing.slots)
    if change.what is What.MODE:
        mode = Mode(change.to)
        few = mode is Mode.ROLLING or 1 <= pairing.slots <= TWO
        return replace(pairing, mode=mode, slots=pairing.slots if few else TWO)
    slots = UNLIMITED if change.to == ANY else _positive(change.to)
    if slots == 1:
        return replace(pairing, policy=Policy.SINGLE, slots=slots)
    policy = Policy.CHOSEN if pairing.policy is Policy.SINGLE else pairing.policy
    mode = pairing.mode if slots == TWO else Mode.ROLLING
    return Pairing(policy=policy, mode=mode, slots=slots)


def _supplemented(chances: Chances, part: float) -> Chances:
    """Return the chances with so many supplements in all: items with a rate of their own go along.

    Where there were none in all, all are as likely from now on.
    """
    times = part / chances.supplement if chances.supplement else 0.0
    rates = {code: min(1.0, round(rate * times, 6)) for code, rate in chances.supplements.items()}
    return replace(chances, supplement=part, supplements=rates if times or not part else {})


def _one_of(value: str, known: Sequence[str]) -> str:
    if value not in known:
        raise ValueError(value)
    return value


def _positive(value: str) -> int:
    if int(value) < 1:
        raise ValueError(value)
    return int(value)


def _of_items(before: Edits, after: Edits, catalogue: Catalogue) -> Iterator[Change]:
    for code in catalogue.items:
        now = _class(after, code, catalogue)
        if now != _class(before, code, catalogue):
            yield Change(what=What.CLASS, of=code, to=now)
        if now == DROPPED:
            continue
        days = after.limits.get(code)
        if days != before.limits.get(code):
            yield Change(what=What.LIMIT, of=code, to=AS_BEFORE if days is None else str(days))
        for need in catalogue.items[code].needs:
            key = code, need.document
            hard = after.needs.get(key, need.hard)
            if hard != before.needs.get(key, need.hard):
                to = HARD if hard else SOFT
                yield Change(what=What.NEED, of=f"{code}:{need.document}", to=to)


def _class(edits: Edits, code: str, catalogue: Catalogue) -> str:
    if code in edits.dropped:
        return DROPPED
    return edits.couplings.get(code, catalogue.items[code].coupling).value


def _of_people(before: Scenario, after: Scenario) -> Iterator[Change]:
    for code, each in after.departments.items():
        if each.reviewers != before.departments.get(code, Department()).reviewers:
            to = ANY if each.reviewers is None else str(each.reviewers)
            yield Change(what=What.REVIEWERS, of=code, to=to)


def _of_pairs(before: Pairing, after: Pairing) -> tuple[Change, ...]:
    """Return the fewest choices that make one pairing of the other."""
    choices = _choices(after)
    every = chain.from_iterable(combinations(choices, size) for size in range(len(choices) + 1))
    return next((some for some in every if reduce(_paired, some, before) == after), choices)


def _values(before: Pairing, after: Pairing) -> Iterator[Change]:
    pairs = zip(_choices(before), _choices(after), strict=True)
    return (now for was, now in pairs if now != was)


def _choices(pairing: Pairing) -> tuple[Change, ...]:
    slots = ANY if pairing.slots == UNLIMITED else str(pairing.slots)
    return (
        Change(what=What.POLICY, to=pairing.policy.value),
        Change(what=What.MODE, to=pairing.mode.value),
        Change(what=What.SLOTS, to=slots),
    )


def _of_chances(before: Scenario, after: Scenario) -> Iterator[Change]:
    for what, was, now in (
        (What.PRECHECK, before.agents.precheck, after.agents.precheck),
        (What.COMMITTED, before.chances.committed, after.chances.committed),
        (What.SUPPLEMENT, before.chances.supplement, after.chances.supplement),
    ):
        if was != now:
            yield Change(what=what, to=str(now))


_PAIRING = (What.POLICY, What.MODE, What.SLOTS)
