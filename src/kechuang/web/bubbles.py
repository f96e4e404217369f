"""The map of bubbles: seats as circles, names beside them where there is room. Plain SVG, no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import cos, hypot, pi, sin, sqrt

WIDTH, HEIGHT, MARGIN = 620, 470, 64
#: The largest circle, and the one all have where size says nothing (a share has no size).
LARGEST, EVEN, SMALLEST = 24.0, 9.0, 3.0
_CHARACTER, _LINE = 12.5, 15.0


@dataclass(frozen=True)
class Bubble:
    """A circle: where, how large, which class (0: no value), its name and what it says."""

    code: str
    x: float
    y: float
    r: float
    level: int
    name: str
    said: str


def radius(value: float | None, largest: float, sized: bool) -> float:
    """By area where the value is an amount."""
    if value is None or not sized or largest <= 0:
        return EVEN if not sized or value is not None else SMALLEST
    return max(LARGEST * sqrt(max(value, 0.0) / largest), SMALLEST)


def drawn(bubbles: Sequence[Bubble], title: str) -> str:
    """The SVG: larger circles first, so that the smaller lie on top; a line leads to a name set apart."""
    ordered = sorted(bubbles, key=lambda one: (-one.r, one.code))
    marks = [
        f'<circle class="bub s{one.level}" data-code="{one.code}" data-name="{escape(one.name)}" cx="{one.x}" cy="{one.y}" r="{one.r:.1f}">'
        f"<title>{escape(one.name)} {escape(one.said)}</title></circle>"
        for one in ordered
    ]
    for one, (x, y, anchor) in _names(bubbles).items():
        bubble = next(item for item in bubbles if item.code == one)
        edge = hypot(x - bubble.x, y - 4 - bubble.y)
        if edge > bubble.r + 14:
            marks.append(
                f'<line class="lead" x1="{bubble.x}" y1="{bubble.y}" x2="{x:.1f}" y2="{y - 4:.1f}"/>'
            )
        marks.append(
            f'<text class="bubn" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(bubble.name)}</text>'
        )
    return (
        f'<svg class="bubbles" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">'
        f"{''.join(marks)}</svg>"
    )


Box = tuple[float, float, float, float]


def _names(bubbles: Sequence[Bubble]) -> Mapping[str, tuple[float, float, str]]:
    """Where each name stands: the nearest of 12 directions that meets no circle and no other name."""
    taken: list[Box] = []
    circles = {one.code: (one.x - one.r, one.y - one.r, one.x + one.r, one.y + one.r) for one in bubbles}
    found: dict[str, tuple[float, float, str]] = {}
    for one in sorted(bubbles, key=lambda item: (_crowd(item, bubbles), item.code)):
        wide = sum(_CHARACTER if ord(letter) > 255 else 6.8 for letter in one.name)
        best: tuple[float, tuple[float, float, str], Box] | None = None
        for away in (5, 16, 28, 42, 58, 76):
            for turn in range(12):
                angle = 2 * pi * turn / 12
                x, y = one.x + (one.r + away) * cos(angle), one.y + (one.r + away) * sin(angle) + 4
                anchor = "start" if cos(angle) > 0.3 else "end" if cos(angle) < -0.3 else "middle"
                left = x - (0 if anchor == "start" else wide if anchor == "end" else wide / 2)
                box = (left, y - _LINE + 3, left + wide, y + 3)
                outside = max(2 - box[0], 0) + max(box[2] - WIDTH + 2, 0) + max(2 - box[1], 0)
                bad = sum(_overlap(box, other) for other in (*taken, *circles.values())) + 40 * outside
                score = bad * 4 + away
                if best is None or score < best[0]:
                    best = (score, (x, y, anchor), box)
        assert best is not None
        found[one.code] = best[1]
        taken.append(best[2])
    return found


def _crowd(one: Bubble, bubbles: Sequence[Bubble]) -> float:
    """How near the nearest other circle is: the most crowded name is set first."""
    return min((hypot(one.x - o.x, one.y - o.y) for o in bubbles if o is not one), default=0.0)


def _overlap(one: Box, other: Box) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return width * height if width > 0 and height > 0 else 0.0
