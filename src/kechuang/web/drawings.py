"""Small drawings set in text: lines, dots, bars, the ruler of the years. Plain SVG, no script, no inline style."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any, Protocol

from kechuang.messages import say
from kechuang.progress.outlook import chances


class Series(Protocol):
    """What a line needs: years with values, the path, the goal at its year, the 80 % band there."""

    name: Any
    actual: Sequence[tuple[int, float]]
    path: Sequence[tuple[int, float]]
    goal: float | None
    year: int | None
    band: tuple[float, float] | None
    provisional: bool


def spark(row: Series, width: int = 214, height: int = 44) -> str:
    """Actual values as a line, the path dashed, the forecast's 80 % as a wedge, the goal a ring."""
    values = [value for _, value in (*row.actual, *row.path)]
    values += [row.goal] if row.goal is not None else []
    values += list(row.band or ())
    years = [year for year, _ in (*row.actual, *row.path)] + ([row.year] if row.year else [])
    if not values or not years:
        return '<span class="quiet">—</span>'
    first, last = min(years), max(years)
    low, high = min(values), max(values)
    span = (high - low) or abs(high) or 1.0
    high += span * 0.06

    def x(year: int) -> float:
        return round(4 + (year - first) / max(last - first, 1) * (width - 12), 1)

    def y(value: float) -> float:
        return round(height - 5 - (value - low) / ((high - low) or 1) * (height - 10), 1)

    def line(points: Sequence[tuple[int, float]]) -> str:
        return "M" + "L".join(f"{x(year)} {y(value)}" for year, value in points)

    drawn = [f'<line class="base" x1="0" x2="{width}" y1="{height - 0.5}" y2="{height - 0.5}"/>']
    if row.band and row.actual and row.year and row.year > row.actual[-1][0]:
        year, value = row.actual[-1]
        low_, high_ = row.band
        drawn.append(f'<path class="fan" d="M{x(year)} {y(value)}L{x(row.year)} {y(high_)}V{y(low_)}z"/>')
    if len(row.path) > 1:
        drawn.append(f'<path class="path" d="{line(row.path)}"/>')
    if row.actual:
        year, value = row.actual[-1]
        if len(row.actual) > 1:
            drawn.append(f'<path class="act" d="{line(row.actual)}"/>')
        hollow = " dot--open" if row.provisional else ""
        drawn.append(f'<circle class="dot{hollow}" cx="{x(year)}" cy="{y(value)}" r="3"/>')
    if row.goal is not None and row.year:
        drawn.append(f'<circle class="goal" cx="{x(row.year)}" cy="{y(row.goal)}" r="3.2"/>')
    text = say("{name}：{first}至{last}年的走势", name=row.name, first=first, last=last)
    return (
        f'<svg class="spark" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{escape(str(text))}">{"".join(drawn)}</svg>'
    )


def dots(probability: float) -> str:
    """So many of ten: never none and never all for what is not certain."""
    count = chances.dots(probability)
    marks = "".join(
        f'<circle class="{"on" if n < count else "off"}" cx="{4 + n * 9}" cy="4.5" r="{3.2 if n < count else 2.8}"/>'
        for n in range(10)
    )
    return f'<svg class="dots" width="90" height="9" viewBox="0 0 90 9" aria-hidden="true">{marks}</svg>'


def bar(parts: Sequence[tuple[str, float]], height: int = 8, tick: float | None = None) -> str:
    """Parts of a whole (class, per cent) one after another; ``tick`` marks a place on it."""
    at, drawn = 0.0, f'<rect class="bg" width="100%" height="{height}"/>'
    for name, share in parts:
        width = max(min(share, 100 - at), 0)
        drawn += f'<rect class="{name}" x="{at:.1f}%" width="{width:.1f}%" height="{height}"/>'
        at += width
    if tick is not None:
        place = min(max(tick, 0), 100)
        drawn += f'<line class="tick" x1="{place:.1f}%" x2="{place:.1f}%" y1="-3" y2="{height + 3}"/>'
    return f'<svg class="bar" width="100%" height="{height}" aria-hidden="true">{drawn}</svg>'


def drive(left: float, width: float, falls: bool, zero: float, height: int = 10) -> str:
    """A rise to one side of the zero line, a fall to the other (per cent of the width)."""
    name = "mid" if falls else "fg"
    return (
        f'<svg class="bar" width="100%" height="{height}" aria-hidden="true">'
        f'<rect class="{name}" x="{left:.2f}%" width="{width:.2f}%" height="{height}"/>'
        f'<line class="zero" x1="{zero:.2f}%" x2="{zero:.2f}%" y1="-4" y2="{height + 4}"/></svg>'
    )


def ruler(view: Any) -> str:
    """The plan's years, what of them has passed, and the dates that matter (``view.events``: share, text)."""
    first, last = view.period
    years, gone = last - first + 1, min(max(view.gone, 0.0), 1.0)
    drawn = [
        '<rect class="track" y="26" width="100%" height="6"/>',
        f'<rect class="gone" y="26" width="{100 * gone:.1f}%" height="6"/>',
    ]
    for number in range(years + 1):
        place = 100 * number / years
        drawn.append(f'<line class="m q" x1="{place:.2f}%" x2="{place:.2f}%" y1="20" y2="32"/>')
        if number < years:
            middle = 100 * (number + 0.5) / years
            drawn.append(
                f'<text class="yr" x="{middle:.2f}%" y="50" text-anchor="middle">{first + number}</text>'
            )
    anchor = "end" if gone > 0.35 else "start"
    shift = -8 if gone > 0.35 else 8
    drawn.append(f'<line class="now" x1="{100 * gone:.1f}%" x2="{100 * gone:.1f}%" y1="12" y2="36"/>')
    drawn.append(
        f'<text class="nowt" x="{100 * gone:.1f}%" dx="{shift}" y="16" text-anchor="{anchor}">{escape(str(view.said))}</text>'
    )
    return f'<svg width="100%" height="54" aria-hidden="true">{"".join(drawn)}</svg>'
