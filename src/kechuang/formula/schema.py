"""What a formula may speak of: tables with typed fields, parameters, and the words for them.

Formulas know nothing of packs; whoever has declarations makes a :class:`Schema` of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from kechuang.formula.units import Unit

Kind = Literal["number", "text", "date", "boolean", "null"]


@dataclass(frozen=True)
class Words:
    """What something is called, in Chinese and English."""

    zh: str
    en: str

    def text(self, language: str) -> str:
        return self.en if language == "en" else self.zh


@dataclass(frozen=True)
class Type:
    """What an expression yields: its kind, and for a number its unit."""

    kind: Kind
    unit: Unit = field(default=Unit())


@dataclass(frozen=True)
class FieldInfo:
    """A field: its type, label, and the words of its choices (empty if it has none).

    ``series`` is (concept, member) where other systems keep numbers of the same concept; ``qualifier``
    where it says of what scope the record's other numbers are.
    """

    type: Type
    label: Words
    choices: Mapping[str, Words] = field(default_factory=dict, hash=False)
    series: tuple[str, str] | None = None
    qualifier: bool = False


@dataclass(frozen=True)
class TableInfo:
    label: Words
    fields: Mapping[str, FieldInfo] = field(hash=False)


@dataclass(frozen=True)
class ParameterInfo:
    """A parameter; ``value`` is the one in force, where a sentence should name it."""

    type: Type
    label: Words
    value: str | float | bool | None = None
    unit: str | None = None


@dataclass(frozen=True)
class IndicatorInfo:
    """Another indicator: the type of its value, what it is called, and the series it is made of."""

    type: Type
    label: Words
    series: frozenset[tuple[str, str]] = frozenset()


#: Names every indicator may use, beside its own ``let``.
PERIOD_NAMES: dict[str, tuple[Type, Words]] = {
    "period_start": (Type("date"), Words("期初", "the start of the period")),
    "period_end": (Type("date"), Words("期末", "the end of the period")),
    "year": (Type("number"), Words("年度", "the year")),
}


@dataclass(frozen=True)
class Schema:
    tables: Mapping[str, TableInfo] = field(hash=False)
    parameters: Mapping[str, ParameterInfo] = field(default_factory=dict, hash=False)
    indicators: Mapping[str, IndicatorInfo] = field(default_factory=dict, hash=False)
