"""Figures as they were known on different days, and why they differ."""

from kechuang.indicators.vintages.attribution import Attribution, RecordShare, TermChange
from kechuang.indicators.vintages.basis import Basis, digest_of, kept, meanings
from kechuang.indicators.vintages.compare import (
    REASONS,
    FigureChange,
    Made,
    Means,
    Step,
    answered,
    compare,
    computed,
    difference,
    same,
)
from kechuang.indicators.vintages.definitions import (
    DefinitionChange,
    ParameterChange,
    changed_definitions,
)
from kechuang.indicators.vintages.differences import RecordChange, differences

__all__ = [
    "REASONS",
    "Attribution",
    "Basis",
    "DefinitionChange",
    "FigureChange",
    "Made",
    "Means",
    "ParameterChange",
    "RecordChange",
    "RecordShare",
    "Step",
    "TermChange",
    "answered",
    "changed_definitions",
    "compare",
    "computed",
    "difference",
    "differences",
    "digest_of",
    "kept",
    "meanings",
    "same",
]
