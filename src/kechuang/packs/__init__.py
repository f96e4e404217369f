"""Declarative packs: record types, indicators, rules and dated parameters of a field, as YAML."""

from kechuang.packs.load import built_in_packs, load_packs
from kechuang.packs.model import IndicatorSpec, Packs, Parameter, RecordType
from kechuang.packs.rules import RuleSpec, RuleTable

__all__ = [
    "IndicatorSpec",
    "Packs",
    "Parameter",
    "RecordType",
    "RuleSpec",
    "RuleTable",
    "built_in_packs",
    "load_packs",
]
