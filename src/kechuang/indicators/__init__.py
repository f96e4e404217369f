"""What records add up to: indicators computed by their definitions, each figure with its lineage."""

from kechuang.indicators.compute import compute, compute_table
from kechuang.indicators.definition import sentence
from kechuang.indicators.explain import Explanation, explain
from kechuang.indicators.figure import Figure

__all__ = ["Explanation", "Figure", "compute", "compute_table", "explain", "sentence"]
