"""Checks over many records: jumps from year to year, outliers, sums of parts, uniqueness, other registers.

``compare`` judges what is being imported together with what stands in the store, as a type's
``compare`` declarations say. Rows that cannot be judged pass.
"""

from kechuang.records.comparison.compare import compare
from kechuang.records.comparison.entries import Standing
from kechuang.records.comparison.outliers import modified_z_scores, z_scores

__all__ = ["Standing", "compare", "modified_z_scores", "z_scores"]
