"""Charts as inline SVG: classes only, coloured by the page's style sheet, so dark and print follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape

from kechuang.progress.schedule import between
from kechuang.progress.wording import number
from kechuang.publish.charts.data import ChartWords, Series, tick_decimals, width_of

Place = Callable[[float], float]


@dataclass(frozen=True)
class Frame:
    """The drawing area inside a chart, in its own units (pixels at natural size)."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float


#: For columns of about 800, 600 and 340 pixels: letters stay between 12 and 15 pixels in each.
WIDE = Frame(800, 300, 50, 130, 22, 28)
MIDDLE = Frame(580, 270, 50, 120, 22, 28)
NARROW = Frame(340, 250, 44, 100, 22, 28)


def sparkline(series: Series, label: str, width: int = 190, height: int = 44) -> str:
    """A line without axes: actual, path, latest point and goal. Empty where there is nothing."""
    if not series.values:
        return ""
    low, high = min(series.values), max(series.values)
    low = min(low, 0.0) if 0 <= low < 0.6 * high else low
    high += (high - low) * 0.06
    x = _along(series.years, 4, width - 6)
    y = _along((low, high if high > low else low + 1), height - 5, 5)
    parts = [_line("base", 0, height - 0.5, width, height - 0.5)]
    parts.append(_path("path", series.path, x, y))
    parts.append(_path("act", series.points, x, y))
    parts += _goal(series, x, y, 3.4)
    if series.points:
        year, value = series.points[-1]
        kind = "dot open" if year in series.hollow else "dot"
        parts.append(_circle(kind, x(year), y(value), 3))
    return (
        f'<svg class="spark" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{escape(label)}">{"".join(parts)}</svg>'
    )


def series_chart(series: Series, words: ChartWords, frame: Frame = WIDE) -> str:
    """A target's series: gridlines, actual with a dot for each year, the path, the goal, labels."""
    if not series.values:
        return ""
    marks = series.scale()
    decimals = tick_decimals(marks)
    unit = series.unit if series.unit == "%" else ""
    scale = [number(mark, decimals) + unit for mark in marks]
    room = max(width_of(text, 12) for text in (words.target, words.latest, words.median)) + 16
    left = max(width_of(label, 12) for label in scale) + 14
    frame = replace(frame, left=left, right=min(max(frame.right, room), frame.width * 0.42))
    x = _along(series.years, frame.left + 10, frame.width - frame.right)
    y = _along((marks[0], marks[-1]), frame.height - frame.bottom, frame.top)
    end = frame.width - frame.right + 10
    parts = []
    for mark, label in zip(marks, scale, strict=True):
        kind = "axis" if mark == marks[0] else "grid"
        parts.append(_line(kind, frame.left, y(mark), end, y(mark)))
        parts.append(_text(label, frame.left - 7, y(mark) + 4, "end"))
    first, last = series.years
    step = 1 if frame.width > 500 or last - first <= 5 else 2
    years = range(last, first - 1, -step)
    parts += [_text(str(year), x(year), frame.height - 8, "middle") for year in years]
    parts += _fan(series, x, y)
    parts.append(_path("path", series.path, x, y))
    parts.append(_path("act", series.points, x, y))
    for at, (year, value) in enumerate(series.points):
        is_open = year in series.hollow and at == len(series.points) - 1
        parts.append(_circle("dot open" if is_open else "dot", x(year), y(value), 4 if is_open else 3.2))
    parts += _goal(series, x, y, 5)
    labels, taken = _labels(series, words, x, y)
    parts += labels + _fan_labels(series, words, x, y, taken)
    if words.sample:
        parts.append(_text(words.sample, frame.left + 4, frame.top - 8, "start"))
    return (
        f'<svg class="series" viewBox="0 0 {frame.width:g} {frame.height:g}" role="img" '
        f'aria-label="{escape(words.description)}">{"".join(parts)}</svg>'
    )


def share_bar(share: float, scheduled: float | None, label: str) -> str:
    """How much of the way is gone as a thin bar; an ink tick where it should be by then."""
    top = max(1.0, share, scheduled or 0.0)
    parts = ['<rect class="track" width="100%" y="4" height="5"/>']
    if share > 0:
        parts.append(f'<rect class="fg" width="{share / top * 100:.1f}%" y="4" height="5"/>')
    if scheduled is not None:
        at = min(max(scheduled, 0.0) / top * 100, 100)
        parts.append(tick(at, 0, 13))
    return f'<svg class="share" height="13" role="img" aria-label="{escape(label)}">{"".join(parts)}</svg>'


def tick(at: float, top: float, bottom: float) -> str:
    """An ink tick at ``at`` percent of the width, with a rim of paper to be seen on a bar of any colour."""
    return "".join(
        f'<line class="{kind}" x1="{at:.1f}%" x2="{at:.1f}%" y1="{top:g}" y2="{bottom:g}"/>'
        for kind in ("rim", "tick")
    )


def ruler(period: tuple[int, int], share: float, words: str, year_names: list[str], width: int = 720) -> str:
    """The plan's years as a ruler, black as far as the time has gone, with ``words`` at that point."""
    years = period[1] - period[0] + 1
    now = width * share
    parts = [f'<rect class="track" x="0" y="26" width="{width}" height="6"/>']
    parts.append(f'<rect class="gone" x="0" y="26" width="{now:.1f}" height="6"/>')
    for month in range(1, years * 12):
        at = width * month / (years * 12)
        new_year = month % 12 == 0
        parts.append(_line("m q" if new_year else "m", at, 20 if new_year else 26, at, 32))
    parts.extend(
        _text(name, width * (index + 0.5) / years, 50, "middle") for index, name in enumerate(year_names)
    )
    parts.append(_line("now", now, 14, now, 36))
    anchor, at = ("end", now - 6) if share > 0.4 else ("start", now + 6)
    parts.append(f'<text class="nowt" x="{at:.1f}" y="16" text-anchor="{anchor}">{escape(words)}</text>')
    return (
        f'<svg class="ruler" viewBox="0 0 {width} 56" role="img" aria-label="{escape(words)}">'
        f"{''.join(parts)}</svg>"
    )


def _fan(series: Series, x: Place, y: Place) -> list[str]:
    """The bands in one hue, pale to deep, and the median; a single year without a start as upright bars."""
    fan = series.fan
    if fan is None:
        return []
    parts = []
    for level, kind in ((2, "b95"), (1, "b80"), (0, "b50")):
        edges = fan.edges(level)
        if len(edges) < 2:
            (year, low, high), half = edges[0], 5
            edges_drawn = [(x(year) - half, low, high), (x(year) + half, low, high)]
        else:
            edges_drawn = [(x(year), low, high) for year, low, high in edges]
        upper = "L".join(f"{at:g} {y(high):g}" for at, _, high in edges_drawn)
        lower = "L".join(f"{at:g} {y(low):g}" for at, low, _ in reversed(edges_drawn))
        parts.append(f'<path class="{kind}" d="M{upper}L{lower}Z"/>')
    parts.append(_path("med", fan.median, x, y))
    return parts


def _fan_labels(series: Series, words: ChartWords, x: Place, y: Place, taken: list[float]) -> list[str]:
    """The median and the upper edge of each band, named at the right where there is room for it."""
    fan = series.fan
    if fan is None:
        return []
    found: list[str] = []
    year, median, p50, p80, p95 = fan.years[-1]
    wanted = [(median, words.median, "value"), (p80[1], "80%", ""), (p95[1], "95%", ""), (p50[1], "50%", "")]
    for value, said, kind in wanted:
        if said and all(abs(y(value) - other) >= 13 for other in taken):
            found.append(_text(said, x(year) + 12, y(value) + 4, "start", kind))
            taken.append(y(value))
    return found


def _labels(series: Series, words: ChartWords, x: Place, y: Place) -> tuple[list[str], list[float]]:
    """Direct labels: the goal at its right, the latest value by its point, path and actual on the line.

    With the heights that labels at the right take.
    """
    found: list[str] = []
    taken: list[float] = []
    if series.goal_year is not None and series.aim is not None:
        found.append(_text(words.target, x(series.goal_year) + 12, y(series.aim) + 4, "start", "strong"))
        taken.append(y(series.aim))
    if not series.points:
        return found, taken
    year, value = series.points[-1]
    path = dict(series.path)
    above_path = not path or value >= between(series.path, year)
    at_goal = series.goal_year is not None and year >= series.goal_year
    if at_goal:
        near = series.aim is not None and abs(y(value) - y(series.aim)) < 16
        shift = (-14 if value > (series.aim or 0) else 22) if near else 4
        found.append(_text(words.latest, x(year) + 12, y(value) + shift, "start", "value"))
        taken.append(y(value) + shift - 4)
    else:
        found.append(_text(words.latest, x(year), y(value) + (-11 if above_path else 20), "middle", "value"))
    if len(series.path) > 1:
        left, right = series.path[0][0], series.path[-1][0]
        middle = left + (right - left) * 0.3
        level = between(series.path, middle)
        lower = bool(series.points) and between(series.points, middle) > level
        found.append(_text(words.path, x(middle), y(level) + (20 if lower else -10), "middle"))
    return found, taken


def _along(span: tuple[float, float], start: float, end: float) -> Place:
    width = (span[1] - span[0]) or 1
    return lambda value: round(start + (value - span[0]) / width * (end - start), 1)


def _goal(series: Series, x: Place, y: Place, radius: float) -> list[str]:
    if series.goal_year is None or series.aim is None:
        return []
    at = x(series.goal_year)
    parts = [_circle("goal", at, y(series.aim), radius)]
    if series.high is not None and series.high != series.aim:
        parts.insert(0, _line("goalrange", at, y(series.aim), at, y(series.high)))
    return parts


def _path(kind: str, points: tuple[tuple[int, float], ...], x: Place, y: Place) -> str:
    if len(points) < 2:
        return ""
    steps = "L".join(f"{x(year):g} {y(value):g}" for year, value in points)
    return f'<path class="{kind}" d="M{steps}"/>'


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{kind}" x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}"/>'


def _circle(kind: str, x: float, y: float, radius: float) -> str:
    return f'<circle class="{kind}" cx="{x:g}" cy="{y:g}" r="{radius:g}"/>'


def _text(words: str, x: float, y: float, anchor: str, kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text{named} x="{x:g}" y="{y:g}" text-anchor="{anchor}">{escape(words)}</text>'
