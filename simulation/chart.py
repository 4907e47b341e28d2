"""Charts as SVG files that any browser shows: scenarios side by side, and when what is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

WIDTH, LINE, LEFT, RIGHT, TOP = 760, 34, 190, 90, 56
_FONT = 'font-family="Noto Sans CJK SC, Microsoft YaHei, sans-serif"'
_BAR, _INK, _GUIDE = "#2f6f9f", "#1b1b1b", "#c4c4c4"
_TICKS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One line of the chart: a value with its bounds, where there are any."""

    name: str
    mean: float | None
    low: float | None = None
    high: float | None = None


def bars(title: str, unit: str, lines: Sequence[Bar]) -> str:
    """Return the chart; lines without a value are left out."""
    drawn = [bar for bar in lines if bar.mean is not None]
    longest = max((bar.high or bar.mean or 0.0 for bar in drawn), default=1.0) or 1.0
    height = TOP + LINE * len(drawn) + 40
    return _framed(title, height, (*_guides(longest, unit, height), *_drawn(drawn, longest)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One line of a schedule: from the beginning of day *start* to that of day *end*."""

    name: str
    start: int
    end: int


def lanes(title: str, unit: str, lines: Sequence[Lane]) -> str:
    """Return the schedule as a chart, a line for each, in the order given."""
    last = max((lane.end for lane in lines), default=1)
    longest = float(max(-(-last // _TICKS), 1) * _TICKS)  # so that every guide is a whole day
    height = TOP + LINE * len(lines) + 40
    return _framed(title, height, (*_guides(longest, unit, height), *_laid(lines, longest)))


def _laid(lines: Sequence[Lane], longest: float) -> Iterator[str]:
    for place, lane in enumerate(lines):
        y = TOP + LINE * place
        start, end = _x(lane.start, longest), _x(lane.end, longest)
        yield _name(lane.name, y)
        yield (
            f'<rect x="{start}" y="{y + 3}" width="{max(end - start, 1.0):.1f}" height="20" '
            f'fill="{_BAR}"/>'
        )
        yield (
            f'<text x="{end + 6}" y="{y + 18}" font-size="13" '
            f'fill="{_INK}">{lane.start}-{lane.end}</text>'
        )


def _framed(title: str, height: int, parts: Iterable[str]) -> str:
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(title, {chr(34): "&quot;"})}" {_FONT}>\n'
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>\n'
        f'<text x="16" y="30" font-size="18" fill="{_INK}">{escape(title)}</text>\n'
        f"{body}\n</svg>\n"
    )


def _name(name: str, y: int) -> str:
    return (
        f'<text x="{LEFT - 10}" y="{y + 17}" font-size="13" text-anchor="end" '
        f'fill="{_INK}">{escape(name)}</text>'
    )


def _x(value: float, longest: float) -> float:
    return round(LEFT + value / longest * (WIDTH - LEFT - RIGHT), 1)


def _guides(longest: float, unit: str, height: int) -> Iterator[str]:
    for number in range(_TICKS + 1):
        value = longest * number / _TICKS
        x = _x(value, longest)
        bottom = height - 34
        yield f'<line x1="{x}" y1="{TOP - 8}" x2="{x}" y2="{bottom}" stroke="{_GUIDE}"/>'
        said = f"{value:.0f} {unit}" if number == _TICKS else f"{value:.0f}"
        yield (
            f'<text x="{x}" y="{bottom + 18}" font-size="12" text-anchor="middle" '
            f'fill="{_INK}">{escape(said)}</text>'
        )


def _drawn(lines: Sequence[Bar], longest: float) -> Iterator[str]:
    for place, bar in enumerate(lines):
        mean = bar.mean or 0.0
        y = TOP + LINE * place
        end = _x(mean, longest)
        yield _name(bar.name, y)
        yield f'<rect x="{LEFT}" y="{y + 3}" width="{end - LEFT:.1f}" height="20" fill="{_BAR}"/>'
        if bar.low is not None and bar.high is not None:
            low, high = _x(bar.low, longest), _x(bar.high, longest)
            yield (
                f'<line x1="{low}" y1="{y + 13}" x2="{high}" y2="{y + 13}" '
                f'stroke="{_INK}" stroke-width="2"/>'
            )
        yield (
            f'<text x="{max(end, _x(bar.high or 0.0, longest)) + 6}" y="{y + 18}" '
            f'font-size="13" fill="{_INK}">{mean:.1f}</text>'
        )
