from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bpmn.diagram import Pairing, Timer
from bpmn.errors import LinkError, UnknownNodeError
from bpmn.library import shipped
from bpmn.net import link
from bpmn.reader import read
from tests.support.bpmn_files import ITEM_PARTS, LANES, STAGE_PARTS, START, wrapped
from tests.support.small_stage import diagrams

if TYPE_CHECKING:
    from collections.abc import Callable

    from bpmn.diagram import Diagram, Element, ItemMark
    from bpmn.net import Net


def _small(name: str = "stage", bend: Callable[[Element], Element] | None = None) -> Net:
    """Link the small stage with the elements of diagram *name* bent."""
    found = diagrams()
    if bend is not None:
        found[name] = replace(found[name], elements=tuple(map(bend, found[name].elements)))
    return link(found["stage"], found)


def _marked(code: str, **changes: object) -> Callable[[Element], Element]:
    def bend(element: Element) -> Element:
        if element.item is None or element.item.code != code:
            return element
        mark: ItemMark = replace(element.item, **changes)  # type: ignore[arg-type]
        return replace(element, item=mark)

    return bend


def _by_id(name: str, **changes: object) -> Callable[[Element], Element]:
    def bend(element: Element) -> Element:
        return replace(element, **changes) if element.id == name else element  # type: ignore[arg-type]

    return bend


def _from_files(stage: str, item: str) -> Net:
    found: dict[str, Diagram] = {d.id: d for d in (read(stage.encode()), read(item.encode()))}
    return link(found["stage_1"], found)


class TestLink:
    def test_inlines_an_item_behind_its_door(self) -> None:
        net = _small()

        assert net.item("S-4").path == "stage/pairs/S_4"
        assert net.node("stage/pairs/S_4/accept").owner == net.item("S-4").number
        assert net.item_of("stage/pairs/S_4/accept") == "S-4"
        assert net.item_of("stage/intake") is None

    def test_gives_every_bit_one_name(self) -> None:
        net = _small()

        assert len(set(net.names)) == len(net.names)
        assert net.marking(net.names) == (1 << len(net.names)) - 1

    def test_keeps_the_scopes_of_items_apart(self) -> None:
        inside = [item.inside for item in _small().items.values()]

        assert sum(bits.bit_count() for bits in inside) == _union(inside).bit_count()

    def test_knows_which_bits_keep_a_run_open(self) -> None:
        net = _small()
        item = net.item("S-4")

        assert item.inside & net.live == item.inside
        assert item.wanted & net.live
        assert not (item.granted | item.left_out | item.slot | item.beside) & net.live
        assert not (net.milestone | net.ended) & net.live

    def test_leaves_stages_of_the_lifecycle_as_nodes(self) -> None:
        net = link(shipped()["lifecycle"])

        assert net.items == {}
        assert net.paths(net.tasks) == tuple(f"lifecycle/stage_{n}" for n in (1, 2, 3, 4, 5))

    def test_refuses_a_call_of_an_unknown_process(self) -> None:
        with pytest.raises(LinkError, match="unknown_process"):
            link(diagrams()["stage"], {})

    def test_refuses_a_call_inside_an_item(self) -> None:
        found = diagrams()

        with pytest.raises(LinkError, match="call_inside_item"):
            link(found["stage"], {"item": found["stage"]})

    @pytest.mark.parametrize("stage", [1, 2, 3, 4, 5])
    def test_takes_every_shipped_stage(self, stage: int) -> None:
        net = link(shipped()[f"stage_{stage}"], shipped())

        assert len(net.items) > 5
        assert bool(net.milestone_items) == (stage < 5)


class TestNet:
    def test_says_a_marking_by_paths_and_back(self) -> None:
        net = _small()
        paths = ("stage/S_1:wanted", "stage/pairs", "stage:milestone")

        assert set(net.paths(net.marking(paths))) == set(paths)

    def test_refuses_a_path_of_another_net(self) -> None:
        with pytest.raises(UnknownNodeError) as caught:
            _small().marking(["stage_9/S_1:wanted"])

        assert caught.value.params == {"path": "stage_9/S_1:wanted", "net": "stage"}

    @pytest.mark.parametrize("ask", ["node", "item"])
    def test_refuses_an_unknown_name(self, ask: str) -> None:
        with pytest.raises(UnknownNodeError):
            getattr(_small(), ask)("S-99")


class TestHash:
    def test_is_the_same_for_the_same_content(self) -> None:
        assert _small().hash == _small().hash

    def test_does_not_depend_on_names(self) -> None:
        assert _small("stage", lambda e: replace(e, name="别的")).hash == _small().hash
        assert _small("item", lambda e: replace(e, name="别的")).hash == _small().hash

    def test_does_not_depend_on_the_order_of_the_file(self) -> None:
        plain = _from_files(
            wrapped("".join(STAGE_PARTS), process="stage_1"), wrapped("".join(ITEM_PARTS))
        )
        head, lanes, *rest = STAGE_PARTS
        assert lanes == LANES
        turned = wrapped("".join((head, lanes, *reversed(rest))), process="stage_1")
        item = wrapped("".join((START, *reversed(ITEM_PARTS[1:]))))

        assert _from_files(turned, item).hash == plain.hash

    @pytest.mark.parametrize(
        "changed",
        [
            _small("item", _by_id("deemed", timer=Timer(days=6, unit="working_day"))),
            _small("item", _by_id("deemed", timer=Timer(days=5, unit="calendar_day"))),
            _small("item", _by_id("reminder", interrupting=True)),
            _small("item", _by_id("remind", targets=("both",))),
            _small("stage", _by_id("S_3", targets=("S_2",))),
            _small("stage", _by_id("pairs", pairing=Pairing(slots=3, mode="rounds"))),
            _small("stage", _by_id("pairs", pairing=Pairing(slots=2, mode="rolling"))),
            _small("stage", _by_id("S_4", parent="others")),
            _small("stage", _by_id("S_4", lane="window")),
            _small("stage", _marked("S-3", needs=("D2", "D3"))),
            _small("stage", _marked("S-1", applies=None)),
            _small("stage", _marked("S-4", milestone=True)),
            _small("stage", _marked("S-4", department="another")),
        ],
        ids=[
            "timer days",
            "timer unit",
            "interrupting",
            "flow inside an item",
            "flow of the stage",
            "slots",
            "pairing mode",
            "block of an item",
            "lane",
            "needs",
            "applies",
            "milestone",
            "department",
        ],
    )
    def test_changes_with_what_the_core_obeys(self, changed: Net) -> None:
        assert changed.hash != _small().hash

    def test_changes_with_the_join_of_the_milestone(self) -> None:
        found = diagrams()
        any_one = replace(found["stage"], join="any")

        assert link(any_one, found).hash != _small().hash

    def test_differs_between_shipped_definitions(self) -> None:
        hashes = {link(shipped()[f"stage_{stage}"], shipped()).hash for stage in (1, 2, 3, 4, 5)}

        assert len(hashes) == 5


def _union(masks: list[int]) -> int:
    union = 0
    for mask in masks:
        union |= mask
    return union
