"""What the reading child process answers: one JSON value, strictly decoded. Never a pickle."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import msgspec

from bpmn.conditions import ConditionError, parse
from bpmn.diagram import (
    Diagram,
    Element,
    ItemMark,
    Kind,
    Pairing,
    Result,
    Step,
    Timer,
)
from bpmn.errors import BpmnError, ReaderStoppedError, restored

if TYPE_CHECKING:
    from collections.abc import Mapping


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of the wire forms: they mirror bpmn.diagram, conditions as texts."""


class _Item(_Strict, frozen=True):
    code: str
    department: str
    applies: str | None
    needs: tuple[str, ...]
    milestone: bool
    inspection: bool


class _Element(_Strict, frozen=True):
    id: str
    kind: Kind
    name: str
    lane: str | None
    parent: str | None
    targets: tuple[str, ...]
    conditions: tuple[tuple[str, str], ...]
    default: str | None
    called: str | None
    host: str | None
    interrupting: bool
    timer: Timer | None
    item: _Item | None
    pairing: Pairing | None
    step: Step | None
    result: Result | None


class _Diagram(_Strict, frozen=True):
    id: str
    name: str
    elements: tuple[_Element, ...]
    join: str | None


class _Refused(_Strict, frozen=True):
    code: str
    params: dict[str, str | int | list[str]]


class _Answer(_Strict, frozen=True):
    diagram: _Diagram | None = None
    refused: _Refused | None = None


def packed(diagram: Diagram) -> bytes:
    """Return the answer that carries *diagram*."""
    elements = tuple(_said(element) for element in diagram.elements)
    said = _Diagram(id=diagram.id, name=diagram.name, elements=elements, join=diagram.join)
    return msgspec.json.encode(_Answer(diagram=said))


def refusal(error: BpmnError) -> bytes:
    """Return the answer that carries *error*."""
    return msgspec.json.encode({"refused": {"code": error.code, "params": error.params}})


def unpacked(answer: bytes) -> Diagram:
    """Return the diagram that *answer* carries.

    Raises:
        BpmnError: The refusal that it carries instead; ReaderStoppedError if it makes no sense.
    """
    try:
        said = msgspec.json.decode(answer, type=_Answer)
        if said.refused is None and said.diagram is not None:
            return _diagram(said.diagram)
    except (msgspec.MsgspecError, ConditionError) as error:
        raise ReaderStoppedError(reason="answer") from error
    if said.refused is None:
        raise ReaderStoppedError(reason="answer")
    raise restored(said.refused.code, _params(said.refused))


def _params(refused: _Refused) -> Mapping[str, object]:
    return {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in refused.params.items()
    }


def _diagram(said: _Diagram) -> Diagram:
    elements = tuple(_element(element) for element in said.elements)
    return Diagram(id=said.id, name=said.name, elements=elements, join=said.join)


def _said(element: Element) -> _Element:
    return _Element(
        **_same(element, _ELEMENT),
        conditions=tuple((target, condition.text) for target, condition in element.conditions),
        item=None if element.item is None else _said_item(element.item),
    )


def _said_item(item: ItemMark) -> _Item:
    return _Item(**_same(item, _ITEM), applies=None if item.applies is None else item.applies.text)


def _element(said: _Element) -> Element:
    return Element(
        **_same(said, _ELEMENT),
        conditions=tuple((target, parse(text)) for target, text in said.conditions),
        item=None if said.item is None else _item(said.item),
    )


def _item(said: _Item) -> ItemMark:
    applies = None if said.applies is None else parse(said.applies)
    return ItemMark(**_same(said, _ITEM), applies=applies)


# The fields that are the same on both sides; only conditions travel in another form.
_ELEMENT = tuple(f.name for f in fields(Element) if f.name not in {"conditions", "item"})
_ITEM = tuple(f.name for f in fields(ItemMark) if f.name != "applies")


def _same(value: object, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(value, name) for name in names}
