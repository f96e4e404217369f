"""The same chart of a target as a PNG for documents, by matplotlib with the product's own fonts."""

from __future__ import annotations

from io import BytesIO
from itertools import pairwise
from typing import Any

from kechuang.progress.wording import number
from kechuang.publish import fonts
from kechuang.publish.charts.data import ChartWords, Series, tick_decimals, width_of

INK, QUIET, RULE, ACCENT = "#1a1d21", "#4f555c", "#d4d1c9", "#14506f"
MM = 1 / 25.4


def series_png(
    series: Series, words: ChartWords, width: float = 150, height: float = 62, dpi: int = 300
) -> bytes:
    """A PNG of ``width`` × ``height`` mm; KechuangError where a character has no glyph."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

    text = "".join(vars(words).values()) + series.unit
    fonts.require(text, ("sans",))
    font = FontProperties(fname=str(fonts.font_file("sans")), size=8.5)
    figure = Figure(figsize=(width * MM, height * MM), dpi=dpi)
    FigureCanvasAgg(figure)
    # Room at the right for the goal's label, within a quarter of the width or so.
    label = (width_of(words.target, 9) + 16) / (width * MM * 72)
    axes = figure.add_axes((0.085, 0.12, min(0.80, max(0.60, 0.905 - label)), 0.76))
    marks = series.scale()
    _grid(axes, series, marks, font)
    if len(series.path) > 1:
        axes.plot(*zip(*series.path, strict=True), color=QUIET, lw=1, ls=(0, (4, 3)), zorder=2)
    if series.points:
        axes.plot(*zip(*series.points, strict=True), color=ACCENT, lw=1.8, zorder=3, clip_on=False)
        for at, (year, value) in enumerate(series.points):
            hollow = year in series.hollow and at == len(series.points) - 1
            face = "white" if hollow else ACCENT
            axes.plot([year], [value], "o", ms=5, mfc=face, mec=ACCENT, mew=1.2, zorder=4, clip_on=False)
    _goal(axes, series)
    _labels(axes, series, words, font)
    stream = BytesIO()
    figure.savefig(stream, format="png", dpi=dpi, metadata={"Software": None})
    return stream.getvalue()


def _grid(axes: Any, series: Series, marks: tuple[float, ...], font: Any) -> None:
    first, last = series.years
    axes.set_xlim(first - 0.2, last + 0.2)
    axes.set_ylim(marks[0], marks[-1])
    decimals = tick_decimals(marks)
    unit = series.unit if series.unit == "%" else ""
    axes.set_yticks(
        marks, [number(mark, decimals) + unit for mark in marks], fontproperties=font, color=QUIET
    )
    years = list(range(first, last + 1))
    axes.set_xticks(years, [str(year) for year in years], fontproperties=font, color=QUIET)
    axes.grid(axis="y", color=RULE, lw=0.5)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(INK)
        spine.set_linewidth(0.8)


def _goal(axes: Any, series: Series) -> None:
    if series.goal_year is None or series.aim is None:
        return
    if series.high is not None:
        axes.plot([series.goal_year] * 2, [series.aim, series.high], color=INK, lw=1.2, zorder=4)
    axes.plot(
        [series.goal_year], [series.aim], "o", ms=7, mfc="white", mec=INK, mew=1.4, zorder=5, clip_on=False
    )


def _labels(axes: Any, series: Series, words: ChartWords, font: Any) -> None:
    from matplotlib.patheffects import withStroke

    bold = font.copy()
    bold.set_size(9)
    halo = [withStroke(linewidth=2.5, foreground="white")]

    def put(text: str, at: tuple[float, float], by: tuple[float, float], anchor: str, **more: Any) -> None:
        axes.annotate(
            text, at, by, textcoords="offset points", ha=anchor, va="center", annotation_clip=False,
            path_effects=halo, zorder=6, **more
        )  # fmt: skip

    if series.goal_year is not None and series.aim is not None:
        put(words.target, (series.goal_year, series.aim), (8, 0), "left", color=INK, fontproperties=bold)
    if series.points:
        year, value = series.points[-1]
        path = _value_at(series.path, year)
        at_goal = series.goal_year is not None and year >= series.goal_year
        span = (series.scale()[-1] - series.scale()[0]) or 1
        if at_goal:
            near = series.aim is not None and abs(value - series.aim) < 0.1 * span
            shift = (11 if value > (series.aim or 0) else -11) if near else 0
            put(words.latest, (year, value), (8, shift), "left", color=ACCENT, fontproperties=bold)
        else:
            above = path is None or value >= path
            put(
                words.latest,
                (year, value),
                (0, 9 if above else -10),
                "center",
                color=ACCENT,
                fontproperties=bold,
            )
    if len(series.path) > 1:
        left, right = series.path[0][0], series.path[-1][0]
        middle = left + (right - left) * 0.3
        level = _value_at(series.path, middle) or 0.0
        actual = _value_at(series.points, middle)
        lower = actual is not None and actual > level
        put(words.path, (middle, level), (0, -11 if lower else 9), "center", color=QUIET, fontproperties=font)


def _value_at(points: tuple[tuple[int, float], ...], at: float) -> float | None:
    for (left, low), (right, high) in pairwise(points):
        if left <= at <= right:
            return low + (high - low) * (at - left) / (right - left)
    return None
