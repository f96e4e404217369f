"""From a record to the figures it is in: the way back of :mod:`kechuang.indicators.explain`."""

from kechuang.indicators.lineage.reach import Reached, reached
from kechuang.indicators.lineage.used import Reading, Used, UsedFigure, readings, used_by

__all__ = ["Reached", "Reading", "Used", "UsedFigure", "reached", "readings", "used_by"]
