"""The board of a stage in plain values, for whoever shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workflows.wiring import wiring

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulation.optimise.classes import Board, Effect
    from simulation.optimise.moves import Move
    from workflows.catalogue.values import Name

Row = dict[str, Any]


def told(board: Board) -> Row:
    """Return the whole board as plain values, names and reasons in both languages."""
    fewest = board.fewest
    return {
        "stage": board.asked.stage,
        "flow": board.asked.flow,
        "mode": board.asked.mode.value,
        "limit": board.limit,
        "today": board.today.total,
        "days": board.plan.total,
        "bound": board.plan.bound,
        "proved": board.plan.proved,
        "gap": board.plan.gap,
        "met": board.met,
        "chain": board.work.chain(),
        "items": [_item(board, code) for code in board.work.days],
        "ranked": [
            {**_move(each.move), "days": each.days, "saved": each.saved} for each in board.ranked
        ],
        "fewest": fewest
        and {
            "moves": [{**_move(each.move), "without": each.without} for each in fewest.moves],
            "days": fewest.days,
            "met": fewest.met,
            "least": fewest.least,
            "proved": fewest.proved,
        },
    }


def _item(board: Board, code: str) -> Row:
    item = board.catalogue.items[code]
    pull = wiring(board.catalogue, board.asked.applicable).pulled.get(code, (None, None))
    starts = board.plan.starts[code]
    mine = [each for each in board.effects if each.move.item == code]
    sources = {need.document: need.source for need in item.needs}
    return {
        "item": code,
        "name": _name(item.name),
        "department": item.department,
        "coupling": item.coupling.value,
        "was": board.asked.catalogue.items[code].coupling.value,
        "milestone": item.milestone,
        "days": board.work.days[code],
        "slot": code in board.work.slotted,
        "pulled_by": pull[0],
        "pulled_for": pull[1],
        "waits_for": [earlier for earlier, later in board.work.before if later == code],
        "starts": starts,
        "ends": starts + board.work.days[code],
        "partner": _partners(board).get(code),
        "moves": [{"to": e.move.to.value, **_effect(e)} for e in mine if e.move.to is not None],
        "needs": [
            {
                "document": document,
                "name": _name(board.catalogue.documents[document].name),
                "source": sources[document],
                **_effect(each),
            }
            for each in mine
            if (document := each.move.document) is not None
        ],
    }


def _partners(board: Board) -> Mapping[str, str]:
    return {a: b for pair in board.plan.pairs for a, b in (pair, pair[::-1])}


def _effect(effect: Effect) -> Row:
    return {
        "allowed": effect.why_not is None,
        "why_not": effect.why_not and effect.why_not.told("move.rule"),
        "days": effect.days,
        "saved": effect.saved,
        "proved": effect.proved,
    }


def _move(move: Move) -> Row:
    return {
        "item": move.item,
        "to": None if move.to is None else move.to.value,
        "document": move.document,
    }


def _name(name: Name) -> Row:
    return {"zh": name.zh, "en": name.en}
