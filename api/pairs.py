"""Pairs (两两并): which are possible, which save most, and their way from proposal to start."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from api import actors, present, sight
from api.contract import orders, reads
from api.desk import Done, carry_out
from api.notes import Notes
from api.parser import Nouns
from api.parts import parts
from api.possible import facts_of
from api.schemas.orders import DissolvingSchema, EmptySchema, ProposalSchema, UnitSchema
from api.schemas.pairs import (
    DeskQuerySchema,
    MatrixSchema,
    PairsSchema,
    PlanSchema,
    UnitQuerySchema,
)
from api.schemas.possible import DesksSchema
from engine.store import offered, queries
from simulation.optimise.pairs import best_pairs
from simulation.optimise.problem import Problem
from workflows import commands as c
from workflows import pairing
from workflows.catalogue.values import Coupling
from workflows.errors import UnknownStageError
from workflows.facts import SYSTEM, Role
from workflows.graph import ancestors
from workflows.project import ProjectStatus, run_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflows.facts import Actor
    from workflows.pairing import View

nouns = Nouns("pairs", __name__, description="Pairing at run time (两两并)")
Row = dict[str, Any]
_PROJECT = "/projects/<project:code>"
_SPARE = 5  # projects looked at beyond those asked for: where most waits, least may be ready
_MEMBERS = 2  # of a pair, each with a slot
_EFFORT = 2.0  # deterministic seconds of search, after which the gap is told
_RUN = f"{_PROJECT}/stages/<number:stage>/pairs"


@nouns.route("/pairing-desks", methods=["GET"])
@reads(nouns, "listDesks", DesksSchema, query=DeskQuerySchema)
def list_desks(query: Row) -> Row:
    """List where something can be paired.

    Stage runs with two candidates at least: of one project, or of those of the sender's own that
    have most to pair. Those where most is ready come first.
    """
    actor, asked = actors.current(), query.get("project")
    return {"data": desks(actor, query["limit"], asked)}


def desks(actor: Actor, limit: int, asked: str | None = None) -> list[Row]:
    """Return where an actor can pair something, those where most could start now first.

    Args:
        asked: The only project to look at; None = those of the actor's own with most to pair.
    """
    codes = (asked,) if asked else _most_to_pair(actor, limit + _SPARE)
    found = [each for code in codes for each in _desks(code, actor)]
    return sorted(found, key=lambda desk: (-startable(desk), -desk["ready"], -desk["pairs"]))[
        :limit
    ]


def startable(desk: Row) -> int:
    """Return how many pairs of a desk could start now: none where no two slots are free."""
    free: int = desk["slots"] - desk["held"]
    ready: int = desk["ready"]
    return ready if free >= _MEMBERS else 0


@nouns.route(f"{_PROJECT}/pairs", methods=["GET"])
@reads(nouns, "listPairs", PairsSchema, filters=("stage", "unit", "status", "policy"))
def list_pairs(code: str) -> Row:
    """List a project's pairs.

    Oldest first, each with who found it, the days it saves and, if drawn, the draw to repeat.
    """
    project = sight.project(code, actors.current())
    pairs = sorted(
        project.pairs.values(), key=lambda pair: (pair.proposed_at, len(pair.id), pair.id)
    )
    return {"data": [present.pair(pair) for pair in pairs]}


@nouns.route(f"{_RUN}/candidates", methods=["GET"])
@reads(nouns, "listCandidates", MatrixSchema, query=UnitQuerySchema)
def list_candidates(query: Row, code: str, stage: int) -> Row:
    """Show which items may be paired.

    Every two pairable items of the stage run: legal or not, and by which rule and document not.
    """
    view = _view(code, stage, query["unit"], actors.current())
    return {
        "project": code,
        "stage": stage,
        "unit": query["unit"],
        "round": view.run.round.number,
        "drawn": view.run.round.drawn,
        "slots": view.run.slots,
        "held": view.holders,
        "mode": view.run.mode,
        "items": [_candidate(view, item) for item in view.pool],
        "pairs": [_cell(view, first, second) for first, second in combinations(view.pool, 2)],
    }


@nouns.route(f"{_RUN}/plan", methods=["GET"])
@reads(nouns, "planPairs", PlanSchema, query=UnitQuerySchema)
def plan_pairs(query: Row, code: str, stage: int) -> Row:
    """Suggest pairs.

    The pairs of the stage run's candidates that save most days, in an order that their documents
    allow, with the proof that none save more or by how much others might. Worked out beside the
    project, never under its lock: nothing is proposed by it, and whoever proposes one of its pairs
    is checked like anybody.
    """
    view = _view(code, stage, query["unit"], actors.current())
    problem = _problem(view)
    plan = best_pairs(problem, _EFFORT)
    rows = [
        {"first": a, "second": b, "days_saved": pairing.days_saved(view.catalogue, a, b)}
        for a, b in sorted(pairing.key(*pair) for pair in plan.pairs)
    ]
    return {
        "project": code,
        "stage": stage,
        "unit": query["unit"],
        "pairs": rows,
        "rounds": [
            {"items": each, "days": max(problem.days[item] for item in each)}
            for each in plan.rounds
        ],
        "days_saved": sum(row["days_saved"] for row in rows),
        "baseline": pairing.BASELINE,
        "days": plan.total,
        "bound": plan.bound,
        "proved": plan.proved,
        "gap": plan.gap,
    }


@nouns.route(f"{_PROJECT}/pairs", methods=["POST"])
@orders(nouns, "proposePair", ProposalSchema)
def propose_pair(body: Row, code: str) -> Done:
    """Propose a pair.

    Two items that somebody chose, or that the plan suggests; refused with the rule if not legal.
    """
    notes = Notes()
    reason = notes.maybe(body.pop("reason", None))
    return carry_out(code, c.ProposePair(reason=reason, **body), notes)


@nouns.route(f"{_RUN}/draw", methods=["POST"])
@orders(nouns, "drawPair", UnitSchema)
def draw_pair(body: Row, code: str, stage: int) -> Done:
    """Draw a pair by lot.

    Among all legal ready pairs the one with the smallest digest; one draw a round. The seed is
    the hash of the event that opened the round, so anyone can repeat it.
    """
    return carry_out(code, c.DrawPair(stage=stage, **body))


@nouns.route(f"{_PROJECT}/pairs/<word:pair>/start", methods=["POST"])
@orders(nouns, "startPair", EmptySchema)
def start_pair(body: Row, code: str, pair: str) -> Done:
    """Start a pair.

    Files both members at the same instant, each on a slot, when both are ready.
    """
    del body
    return carry_out(code, c.StartPair(pair=pair))


@nouns.route(f"{_PROJECT}/pairs/<word:pair>/dissolve", methods=["POST"])
@orders(nouns, "dissolvePair", DissolvingSchema)
def dissolve_pair(body: Row, code: str, pair: str) -> Done:
    """Dissolve a proposed pair.

    A started pair cannot be dissolved: each of its members ends by itself.
    """
    notes = Notes()
    reason = notes.maybe(body.get("reason"))
    return carry_out(code, c.DissolvePair(pair=pair, reason=reason), notes)


def _most_to_pair(actor: Actor, limit: int) -> tuple[str, ...]:
    """Return the running projects that the actor pushes, those with most to pair first."""
    pushes = Role.AGENT in actor.roles
    if not pushes and actor.organisation is None:
        return ()
    items = parts().library.catalogue.items.values()
    pairable = [each.code for each in items if each.coupling is Coupling.PAIRABLE]
    which = queries.ProjectFilter(
        status=ProjectStatus.RUNNING,
        viewer=actor,
        agent=actor.id if pushes else None,
        owner=None if pushes else actor.organisation,
    )
    with parts().new_uow() as uow:
        return offered.most_wanted(uow.connection, which, pairable, limit)


def _desks(code: str, actor: Actor) -> Iterator[Row]:
    """Yield a project's stage runs with two candidates at least."""
    project = sight.project(code, actor)
    facts = facts_of(project, SYSTEM)
    with parts().new_uow() as uow:
        line = queries.project(uow.connection, code)
    for run in project.runs.values():
        view = pairing.view(project, run, facts)
        candidates = pairing.candidates(view)
        if len(candidates) > 1:
            yield {
                "project": code,
                "name": None if line is None else line.name or None,
                "stage": run.stage,
                "unit": run.unit,
                "candidates": len(candidates),
                "pairs": len(pairing.legal_pairs(view)),
                "ready": len(pairing.legal_pairs(view, ready=True)),
                "slots": run.slots,
                "held": len(view.holders),
            }


def _view(code: str, stage: int, unit: int, actor: Actor) -> View:
    project = sight.project(code, actor)
    run = project.runs.get(run_key(stage, unit))
    if run is None:
        raise UnknownStageError(stage=stage, unit=unit)
    return pairing.view(project, run, facts_of(project, SYSTEM))


def _problem(view: View) -> Problem:
    """Return what there is to pair: candidates, the order among them, and pairs not legal now."""
    codes = pairing.candidates(view)
    legal = set(pairing.legal_pairs(view))
    waits = ancestors(view.catalogue, view.project.applicable)
    return Problem(
        days={item: pairing.days_saved(view.catalogue, item, item) for item in codes},
        before=frozenset((a, b) for b in codes for a in waits[b].intersection(codes)),
        barred=frozenset(frozenset(two) for two in combinations(codes, 2) if two not in legal),
    )


def _candidate(view: View, code: str) -> Row:
    item = view.catalogue.items[code]
    why = pairing.why_not_candidate(view, code)
    missing = pairing.missing(view, code)
    return {
        "item": code,
        "name": item.name,
        "department": item.department,
        "days": pairing.days_saved(view.catalogue, code, code),
        "candidate": why is None,
        "ready": why is None and pairing.is_ready(view, code),
        "missing": missing,
        "why_not": why and why.told("pair.rule"),
    }


def _cell(view: View, first: str, second: str) -> Row:
    why = pairing.why_not(view, first, second)
    ready = pairing.is_ready(view, first) and pairing.is_ready(view, second)
    return {
        "first": first,
        "second": second,
        "legal": why is None,
        "ready": why is None and ready,
        "days_saved": pairing.days_saved(view.catalogue, first, second),
        "why_not": why and why.told("pair.rule"),
    }
