"""Charts of progress: inline SVG for pages, PNG for documents, the same data and the same look."""

from kechuang.publish.charts.data import ChartWords, Series
from kechuang.publish.charts.png import series_png
from kechuang.publish.charts.svg import ring, ruler, series_chart, sparkline

__all__ = ["ChartWords", "Series", "ring", "ruler", "series_chart", "series_png", "sparkline"]
