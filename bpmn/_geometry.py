"""Boxes, points and runs of a drawing, in whole units of the BPMN diagram; y grows downwards."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Point(NamedTuple):
    """A waypoint."""

    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle.

    >>> Box(0, 0, 10, 10).meets(Box(10, 0, 5, 5)), Box(0, 0, 10, 10).meets(Box(9, 0, 5, 5))
    (False, True)
    """

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """Return the x of the right border."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """Return the y of the lower border."""
        return self.y + self.height

    @property
    def centre(self) -> Point:
        """Return the centre, rounded towards the upper left."""
        return Point(self.x + self.width // 2, self.y + self.height // 2)

    def meets(self, other: Box) -> bool:
        """Tell whether the two share more than a border."""
        return (
            self.x < other.right
            and other.x < self.right
            and self.y < other.bottom
            and other.y < self.bottom
        )

    def holds(self, other: Box) -> bool:
        """Tell whether *other* lies inside, borders included."""
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.right <= self.right
            and other.bottom <= self.bottom
        )

    def grown(self, margin: int) -> Box:
        """Return the box with *margin* more on each side; a negative one shrinks it."""
        return Box(
            self.x - margin, self.y - margin, self.width + 2 * margin, self.height + 2 * margin
        )

    @staticmethod
    def around(first: Point, second: Point) -> Box:
        """Return the smallest box with both points; of no width or height on one line."""
        x, y = min(first.x, second.x), min(first.y, second.y)
        return Box(x, y, abs(first.x - second.x), abs(first.y - second.y))


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where everything is drawn.

    Attributes:
        shapes: Flow nodes and groups by id; children of a block lie inside its box.
        lanes: By lane id, from above.
        routes: By flow id; orthogonal waypoints, at least two.
        labels: By the id of the event, gateway or flow whose name stands outside its shape.
    """

    shapes: dict[str, Box]
    lanes: dict[str, Box]
    routes: dict[str, tuple[Point, ...]]
    labels: dict[str, Box] = field(default_factory=dict)
