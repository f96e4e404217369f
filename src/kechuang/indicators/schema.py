"""What the packs declare, as formulas see it: tables with typed fields, and parameters in force."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from kechuang.formula.schema import (
    FieldInfo,
    IndicatorInfo,
    Kind,
    ParameterInfo,
    Schema,
    TableInfo,
    Type,
    Words,
)
from kechuang.formula.units import PEOPLE, Unit
from kechuang.packs.model import FieldSpec, IndicatorSpec, Label, Packs, Parameter

#: ``table.field`` and ``indicator.ID`` as formulas write them.
_NAMED = re.compile(r"\b[A-Za-z_]\w*\.[A-Za-z_]\w*")
_KINDS: dict[str, Kind] = {
    "text": "text",
    "choice": "text",
    "uscc": "text",
    "region": "text",
    "integer": "number",
    "number": "number",
    "year": "number",
    "date": "date",
    "boolean": "boolean",
}


def schema_of(packs: Packs, day: date | None = None) -> Schema:
    """The schema of all ``packs``; with ``day``, sentences name the parameter values in force on it."""
    tables = {
        record.id: TableInfo(
            words(record.label), {name: _field(spec) for name, spec in record.fields.items()}
        )
        for record in packs.records.values()
    }
    parameters = {parameter.id: _parameter(parameter, day) for parameter in packs.parameters.values()}
    series = _series(packs, tables)
    indicators = {spec.id: _indicator(spec, series[spec.id]) for spec in packs.indicators.values()}
    return Schema(tables, parameters, indicators)


def words(label: Label) -> Words:
    return Words(label.zh, label.en)


def _field(spec: FieldSpec) -> FieldInfo:
    kind = _KINDS[spec.type]
    # A year is a number without a unit, whatever the form calls it.
    unit = Unit.parse(spec.unit) if kind == "number" and spec.type != "year" else Unit()
    choices = {code: words(label) for code, label in spec.choices.items()}
    return FieldInfo(Type(kind, unit), words(spec.label), choices, series_of(spec), spec.qualifier)


def series_of(spec: FieldSpec) -> tuple[str, str] | None:
    """(concept, member) of a field that belongs to a series."""
    if spec.series is None:
        return None
    concept, _, member = spec.series.partition(".")
    return concept, member


def _series(packs: Packs, tables: Mapping[str, TableInfo]) -> dict[str, frozenset[tuple[str, str]]]:
    """The series every indicator is made of, through those it looks up; read from the names it writes."""
    fields = {
        f"{table}.{name}": info.series
        for table, one in tables.items()
        for name, info in one.fields.items()
        if info.series is not None
    }
    named = {
        spec.id: set(_NAMED.findall(" ".join([spec.value, *spec.let.values()])))
        for spec in packs.indicators.values()
    }
    found = {
        name: frozenset(fields[one] for one in written if one in fields) for name, written in named.items()
    }
    while True:  # what is looked up brings its own, until nothing new comes
        more = {
            name: found[name].union(*(found.get(one.removeprefix("indicator."), ()) for one in written))
            for name, written in named.items()
        }
        if more == found:
            return found
        found = more


def _parameter(parameter: Parameter, day: date | None) -> ParameterInfo:
    sample = parameter.values[0].value
    kind: Kind = "boolean" if isinstance(sample, bool) else "text" if isinstance(sample, str) else "number"
    unit = Unit.parse(parameter.unit) if kind == "number" else Unit()
    value = parameter.at(day) if day is not None else None
    return ParameterInfo(
        Type(kind, unit), words(parameter.label), value.value if value else None, parameter.unit
    )


def _indicator(spec: IndicatorSpec, series: frozenset[tuple[str, str]]) -> IndicatorInfo:
    """What another formula gets: a count by whatever name is a plain number, as ``count`` gives."""
    unit = Unit.parse(spec.unit)
    if unit.counted and unit.powers[0][0] not in PEOPLE:
        unit = Unit((), unit.scale)
    return IndicatorInfo(Type("number", unit), words(spec.label), series)
