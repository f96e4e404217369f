"""Declarative packs: record types, indicators and dated parameters of a field, as YAML."""

from kechuang.packs.load import built_in_packs, load_packs
from kechuang.packs.model import IndicatorSpec, Packs, Parameter, RecordType

__all__ = ["IndicatorSpec", "Packs", "Parameter", "RecordType", "built_in_packs", "load_packs"]
