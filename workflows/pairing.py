"""两两并: which two items of a stage run may be paired, which are ready, how a pair is drawn."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import TYPE_CHECKING

from workflows.catalogue.values import Coupling
from workflows.events import Draw
from workflows.facts import Materials
from workflows.materials import Shelf
from workflows.moments import local_date
from workflows.project import PairStatus
from workflows.texts import text
from workflows.wiring import Wiring, documents_at_hand, wiring

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bpmn.net import Net
    from workflows.catalogue.values import Catalogue
    from workflows.facts import Facts
    from workflows.project import Project, StageRun

BASELINE = "one_by_one"
_BOTH = (("zh", "zh-CN"), ("en", "en"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """A rule that stands against an item or a pair, with what its text names."""

    rule: str
    params: Mapping[str, object] = field(default_factory=dict)

    def told(self, rules: str) -> dict[str, object]:
        """Return rule, text in both languages and params; the text's code begins with *rules*."""
        words = {key: text(f"{rules}.{self.rule}", locale, **self.params) for key, locale in _BOTH}
        return {"rule": self.rule, "text": words, "params": self.params}


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything that pairing looks at in one stage run.

    Attributes:
        pool: Pairable items that apply, in code order.
        holders: Items that hold a slot now.
        bound: Members of pairs that are proposed and not started, with their pair.
        unsupplied: Materials that hold an item of the pool, where the local rule lets them.
    """

    project: Project
    run: StageRun
    catalogue: Catalogue
    wires: Wiring
    at_hand: frozenset[str]
    net: Net
    pool: tuple[str, ...]
    holders: tuple[str, ...]
    bound: Mapping[str, str]
    unsupplied: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def view(project: Project, run: StageRun, facts: Facts) -> View:
    """Return the view of *run*."""
    net = facts.nets[run.net]
    wires = wiring(facts.catalogue, project.applicable)
    pool = tuple(
        code
        for code in sorted(project.applicable)
        if code in net.items
        and facts.catalogue.items[code].coupling is Coupling.PAIRABLE
        and code not in wires.pulled
    )
    held = {path.removesuffix(":slot") for path in run.tokens if path.endswith(":slot")}
    return View(
        project=project,
        run=run,
        catalogue=facts.catalogue,
        wires=wires,
        at_hand=documents_at_hand(
            project, run.unit, facts.catalogue, local_date(facts.recorded_at)
        ),
        net=net,
        pool=pool,
        holders=tuple(code for code in pool if net.items[code].path in held),
        bound={
            code: pair.id
            for pair in project.pairs.values()
            # A started pair binds nobody who is wanted: that member's attempt has ended.
            if pair.status is PairStatus.PROPOSED and pair.unit == run.unit
            for code in pair.key
        },
        unsupplied=_unsupplied(project, run, facts, pool),
    )


def _unsupplied(
    project: Project, run: StageRun, facts: Facts, pool: tuple[str, ...]
) -> Mapping[str, tuple[str, ...]]:
    if facts.rules.materials is not Materials.REQUIRED:
        return {}
    shelf = Shelf(project, facts.catalogue, run.unit, local_date(facts.recorded_at))
    return {code: shelf.checklist(code).missing for code in pool}


def why_not_candidate(view: View, code: str) -> Why | None:
    """Return why an item cannot be in a new pair; None when it is a candidate."""
    item = view.catalogue.items.get(code)
    if item is None or code not in view.project.applicable or code not in view.net.items:
        return Why(rule="not_in_stage", params={"item": code})
    if code not in view.pool:
        rule = "pulled_in" if code in view.wires.pulled else "not_pairable"
        return Why(rule=rule, params={"item": code, "coupling": item.coupling.value})
    if f"{view.net.items[code].path}:wanted" not in view.run.tokens:
        return Why(rule="not_wanted", params={"item": code})
    if code in view.bound:
        return Why(rule="in_pair", params={"item": code, "pair": view.bound[code]})
    return None


def why_not(view: View, first: str, second: str) -> Why | None:
    """Return why the two may not be proposed as a pair; None when the pair is legal."""
    if first == second:
        return Why(rule="same_item", params={"item": first})
    for code in sorted((first, second)):
        why = why_not_candidate(view, code)
        if why is not None:
            return why
    why = why_not_beside(view, first, second)
    if why is not None:
        return why
    if key(first, second) in view.run.round.excluded:
        return Why(rule="excluded_this_round", params={"first": first, "second": second})
    return None


def why_not_beside(view: View, first: str, second: str) -> Why | None:
    """Return the document path that keeps two items from running at once, if there is one."""
    if second not in view.wires.related.get(first, frozenset()):
        return None
    document = _document_between(view, first, second) or _document_between(view, second, first)
    return Why(
        rule="document_path", params={"first": first, "second": second, "document": document or ""}
    )


def missing(view: View, code: str) -> tuple[str, ...]:
    """Return the hard documents that keep an item from being ready."""
    return tuple(d for d in view.net.items[code].mark.needs if d not in view.at_hand)


def is_ready(view: View, code: str) -> bool:
    """Tell whether nothing but an order is missing: its hard documents exist, its papers are in."""
    return not missing(view, code) and not view.unsupplied.get(code)


def candidates(view: View) -> tuple[str, ...]:
    """Return the items that could be in a new pair, in code order."""
    return tuple(code for code in view.pool if why_not_candidate(view, code) is None)


def legal_pairs(view: View, *, ready: bool = False) -> tuple[tuple[str, str], ...]:
    """Return every legal pair, in code order; with *ready*, only those that can start now."""
    codes = candidates(view)
    if ready:
        codes = tuple(code for code in codes if is_ready(view, code))
    return tuple(
        (first, second)
        for first, second in combinations(codes, 2)
        if why_not(view, first, second) is None
    )


def ready_partners(view: View, code: str) -> tuple[str, ...]:
    """Return the ready items with which *code* would make a legal pair."""
    return tuple(
        other
        for other in candidates(view)
        if other != code and is_ready(view, other) and why_not(view, code, other) is None
    )


def days_saved(catalogue: Catalogue, first: str, second: str) -> int:
    """Return the working days that a pair saves against its members one by one.

    Both run from one start, so the shorter committed limit is saved; an item without a clock
    counts zero days.
    """
    limits = [catalogue.items[code].committed_limit for code in (first, second)]
    return min(0 if limit is None else limit.days for limit in limits)


def draw(view: View, seed: str) -> Draw | None:
    """Draw by lot among all legal ready pairs; None when there is none.

    Pairs that are only proposed do not count: whoever could take members out of the lot by
    proposing them could steer it. They give way to what is drawn. The pair with the smallest
    SHA-256 of "seed|run|round|a|b" wins, so anyone can repeat it.
    """
    view = replace(view, bound={})
    run = f"{view.project.code}/{view.run.key}"
    number = view.run.round.number
    tickets = sorted(
        (ticket(seed, run, number, pair), *pair) for pair in legal_pairs(view, ready=True)
    )
    if not tickets:
        return None
    listed = tuple((first, second, digest) for digest, first, second in tickets)
    return Draw(seed=seed, run=run, round=number, candidates=listed)


def ticket(seed: str, run: str, number: int, pair: tuple[str, str]) -> str:
    """Return the digest of one pair in one draw.

    >>> ticket("s", "p/1/0", 1, ("S1-06", "S1-12"))[:8]
    '499fc5c9'
    """
    text = "|".join((seed, run, str(number), *pair))
    return hashlib.sha256(text.encode()).hexdigest()


def key(first: str, second: str) -> tuple[str, str]:
    """Return the two codes sorted, so that one pair has one name.

    >>> key("S1-12", "S1-06")
    ('S1-06', 'S1-12')
    """
    return (first, second) if first <= second else (second, first)


def _document_between(view: View, before: str, after: str) -> str | None:
    """Return the document by which *after* waits for *before*, at the last step of the path."""
    for document in sorted(view.wires.needs.get(after, ())):
        for producer in view.wires.producers[document]:
            if producer == before or _document_between(view, before, producer):
                return document
    return None
