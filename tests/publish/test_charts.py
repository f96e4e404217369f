"""Charts: scales that hold their values, marks that say what is provisional, no missing glyph."""

from __future__ import annotations

import warnings
from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from PIL import Image

from kechuang.publish import fonts
from kechuang.publish.charts import ChartWords, Series, ring, ruler, series_chart, series_png, sparkline
from kechuang.publish.charts.data import tick_decimals, ticks

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


def test_ring_and_ruler() -> None:
    assert "unknown" in ring(None, "none", "完成率无法计算")
    assert "140%" in ring(1.4, "done", "完成")
    assert "unknown" not in ring(-0.2, "late", "退步")
    etree.fromstring(ruler((2021, 2025), 0.5, "已过30个月", ["2021", "2022", "2023", "2024", "2025"]))


def test_png_has_no_missing_glyph() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        image = Image.open(BytesIO(series_png(SERIES, WORDS)))
    assert image.width > 1500
    assert len(image.convert("L").getcolors(256) or []) > 10


def test_fonts_say_what_they_lack() -> None:
    assert fonts.missing("喀什地区R&D经费—“十四五”÷×≥≤−›", "sans") == []
    assert fonts.missing("喀什地区R&D经费—“十四五”÷×≥≤−›", "serif") == []
    assert fonts.missing("好\U0001f600") == ["\U0001f600"]
