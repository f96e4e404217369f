"""Charts of progress: one drawing as inline SVG for pages, SVG and PNG for documents."""

from kechuang.publish.charts.data import ChartWords, Series
from kechuang.publish.charts.paper import png, series_svg
from kechuang.publish.charts.svg import ruler, series_chart, share_bar, sparkline

__all__ = ["ChartWords", "Series", "png", "ruler", "series_chart", "series_svg", "share_bar", "sparkline"]
