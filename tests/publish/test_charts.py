"""Charts: scales that hold their values, marks that say what is provisional, no missing glyph."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from PIL import Image

from kechuang.errors import KechuangError
from kechuang.publish import fonts
from kechuang.publish.charts import (
    ChartWords,
    Series,
    png,
    ruler,
    series_chart,
    series_svg,
    share_bar,
    sparkline,
)
from kechuang.publish.charts.data import tick_decimals, ticks, width_of

WORDS = ChartWords("实际值", "规划路径", "目标12家", "2024年8家（初步）", "高新技术企业：2020年4家")
SERIES = Series(
    ((2020, 4.0), (2022, 11.0), (2024, 8.0)),
    ((2020, 4.0), (2025, 12.0)),
    2025,
    12.0,
    None,
    frozenset({2024}),
    "家",
)


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=12))
def test_ticks_hold_all_values(values: list[float]) -> None:
    marks = ticks(values)
    slack = max(1e-12, max(map(abs, values)) * 1e-6)
    assert marks[0] <= min(values) + slack and max(values) - slack <= marks[-1]
    assert 2 <= len(marks) <= 7
    assert list(marks) == sorted(set(marks))
    assert 0 <= tick_decimals(marks) <= 6


def test_provisional_latest_dot_is_hollow() -> None:
    chart = etree.fromstring(series_chart(SERIES, WORDS))
    dots = [node.get("class") for node in chart.iter("circle")]
    assert dots.count("dot open") == 1 and dots.count("goal") == 1
    settled = Series(SERIES.points, SERIES.path, 2025, 12.0, None, frozenset(), "家")
    assert "open" not in series_chart(settled, WORDS)


@given(
    points=st.dictionaries(st.integers(2018, 2026), st.floats(-1e6, 1e6), max_size=6),
    aim=st.none() | st.floats(-1e6, 1e6),
    path=st.booleans(),
)
def test_any_series_is_drawn_well_formed(points: dict[int, float], aim: float | None, path: bool) -> None:
    way = ((2020, 0.0), (2025, aim)) if path and aim is not None else ()
    series = Series(
        tuple(sorted(points.items())), way, 2025 if aim is not None else None, aim, None, frozenset(), "%"
    )
    for drawn in (sparkline(series, '<&">'), series_chart(series, WORDS)):
        if drawn:
            etree.fromstring(drawn)
            assert "nan" not in drawn


@given(st.floats(-2, 5), st.none() | st.floats(-1, 2))
def test_share_bar_keeps_bar_and_tick_inside(share: float, scheduled: float | None) -> None:
    drawn = etree.fromstring(share_bar(share, scheduled, "完成率"))
    places = [
        float(node.get(name).rstrip("%"))
        for node in drawn
        for name in ("width", "x1", "x2")
        if node.get(name)
    ]
    assert all(0 <= place <= 100 for place in places)
    ticks_drawn = [node for node in drawn if node.get("class") == "tick"]
    assert len(ticks_drawn) == (scheduled is not None)


def test_share_bar_shows_how_far_behind() -> None:
    track, bar, _, tick = etree.fromstring(share_bar(0.62, 1.0, "完成率62%"))
    assert (track.get("width"), bar.get("width"), tick.get("x1")) == ("100%", "62.0%", "100.0%")
    passed = etree.fromstring(share_bar(1.25, 1.0, "完成率125%"))
    assert passed[1].get("width") == "100.0%" and passed[3].get("x1") == "80.0%"


def test_ruler_is_well_formed() -> None:
    etree.fromstring(ruler((2021, 2025), 0.5, "已过30个月", ["2021", "2022", "2023", "2024", "2025"]))


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=8))
def test_ticks_of_counts_are_whole(values: list[int]) -> None:
    marks = ticks([float(value) for value in values], whole=True)
    assert all(mark == int(mark) for mark in marks)
    assert marks[0] <= min(values) and max(values) <= marks[-1]


def test_tick_labels_stand_inside_the_chart() -> None:
    series = Series(
        ((2020, 0.18), (2025, 0.26)), ((2020, 0.18), (2025, 0.3)), 2025, 0.3, unit="%", decimals=2
    )
    chart = etree.fromstring(series_chart(series, WORDS))
    ends = [node for node in chart.iter("text") if node.get("text-anchor") == "end"]
    assert ends
    for node in ends:
        assert float(node.get("x")) >= width_of(node.text or "", 12)


def test_chart_on_paper_needs_nothing_else_and_shows_its_words() -> None:
    svg = series_svg(SERIES, WORDS)
    root = etree.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    image = Image.open(BytesIO(png(svg, 150)))
    assert image.width == pytest.approx(150 / 25.4 * 300, abs=2)
    grey = image.convert("L")
    assert len(grey.getcolors(256) or []) > 10
    # The goal's label stands at the right: without the Chinese font nothing would be there.
    blank = Image.open(BytesIO(png(svg.replace("目标12家", ""), 150))).convert("L")
    assert sum(grey.histogram()[:128]) > sum(blank.histogram()[:128])


def test_chart_refuses_a_character_without_a_glyph() -> None:
    lost = ChartWords("实际值", "规划路径", "目标\U0001f600", "", "")
    with pytest.raises(KechuangError) as caught:
        series_svg(SERIES, lost)
    assert caught.value.code == "glyph-missing"


def test_fonts_say_what_they_lack() -> None:
    assert fonts.missing("喀什地区R&D经费—“十四五”÷×≥≤−›", "sans") == []
    assert fonts.missing("喀什地区R&D经费—“十四五”÷×≥≤−›", "serif") == []
    assert fonts.missing("好\U0001f600") == ["\U0001f600"]
