"""The inside of an ad-hoc block: a grid, six items wide, framed by department when large."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bpmn._geometry import Box

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bpmn._sketch import Node

WIDE: Final = 6  # items side by side
WIDTH, HEIGHT = 146, 90  # a code, three lines of eleven letters, the marker
GAP: Final = 16
SIDE: Final = 30
HEAD: Final = 40  # the block's name
FOOT: Final = 36  # the block's marker
FRAME: Final = 12  # from a frame to its items
FRAME_HEAD: Final = 28  # the frame's name


@dataclass(frozen=True, slots=True)
class Inside:
    """Boxes of the children and frames, relative to the block's upper left corner."""

    size: tuple[int, int]
    boxes: tuple[tuple[str, Box], ...]

    def at(self, block: Box) -> dict[str, Box]:
        """Return the boxes where they stand when the block lies at *block*."""
        return {
            name: Box(box.x + block.x, box.y + block.y, box.width, box.height)
            for name, box in self.boxes
        }


def inside(children: Sequence[Node], groups: Sequence[tuple[str, Sequence[str]]]) -> Inside:
    """Return the inside of a block; *groups* are (id, members), none for a small block."""
    if not groups:
        return _around(_grid([child.id for child in children], SIDE, HEAD))
    boxes: list[tuple[str, Box]] = []
    top = HEAD
    for shelf in _shelves(groups):
        left, bottom = SIDE, top
        for group, members in shelf:
            items = _grid(members, left + FRAME, top + FRAME_HEAD)
            right = max(box.right for _, box in items) + FRAME
            low = max(box.bottom for _, box in items) + FRAME
            boxes += [*items, (group, Box(left, top, right - left, low - top))]
            left, bottom = right + GAP, max(bottom, low)
        top = bottom + GAP
    return _around(boxes)


def _grid(names: Sequence[str], left: int, top: int) -> list[tuple[str, Box]]:
    return [
        (
            name,
            Box(
                left + (number % WIDE) * (WIDTH + GAP),
                top + (number // WIDE) * (HEIGHT + GAP),
                WIDTH,
                HEIGHT,
            ),
        )
        for number, name in enumerate(names)
    ]


def _shelves(
    groups: Sequence[tuple[str, Sequence[str]]],
) -> list[list[tuple[str, Sequence[str]]]]:
    """Return the groups in shelves at most six items wide, each on the first with room."""
    shelves: list[list[tuple[str, Sequence[str]]]] = []
    for group in groups:
        for shelf in shelves:
            if sum(min(len(members), WIDE) for _, members in (*shelf, group)) <= WIDE:
                shelf.append(group)
                break
        else:
            shelves.append([group])
    return shelves


def _around(boxes: Sequence[tuple[str, Box]]) -> Inside:
    width = max(box.right for _, box in boxes) + SIDE
    height = max(box.bottom for _, box in boxes) + FOOT
    return Inside((width, height), tuple(boxes))
