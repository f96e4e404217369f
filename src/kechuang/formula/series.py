"""Series kept apart, and scopes that have to be named: what a formula may not mix though its units agree.

R&D money stands in statistics, in tax deduction and in the ledger for certification: three series of one
concept, each by rules of its own. A budget is of a whole region or of its own level. Whoever declares
fields says so (:class:`~kechuang.formula.schema.FieldInfo`); here formulas are held to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kechuang.errors import Place
from kechuang.formula import tree as t
from kechuang.formula.reading import refuse
from kechuang.formula.schema import FieldInfo, Schema
from kechuang.messages import say

Series = tuple[str, str]


@dataclass(frozen=True)
class Scope:
    """A qualifier that a formula fixes: ``table.field`` is ``value``."""

    table: str
    field: str
    value: t.Scalar


def one_series(node: t.Node, schema: Schema, place: Place = Place()) -> None:
    """Refuses a checked formula in which two series of one concept meet (``formula-series``).

    Conditions may read any series: they choose records and are no part of the number.
    """
    _series(node, schema, place)


def _series(node: t.Node, schema: Schema, place: Place) -> dict[str, tuple[str, str]]:
    """Concept → (member, name of what brought it) of the number ``node`` gives."""
    match node:
        case t.Field(table=table, field=name):
            info = schema.tables[table].fields[name] if table in schema.tables else None
            return {info.series[0]: (info.series[1], info.label.zh)} if info and info.series else {}
        case t.Indicator(id=name):
            known = schema.indicators.get(name)
            return {concept: (member, known.label.zh) for concept, member in known.series} if known else {}
        case t.Choose(then=then, otherwise=otherwise):
            parts: tuple[t.Node, ...] = (then, otherwise)
        case t.Count() | t.Distinct() | t.Covered():
            return {}
        case t.WeightedMean(value=value, weight=weight):
            parts = (value, weight)
        case t.Reduction(value=value):
            parts = (value,)
        case _:
            parts = node.children()
    found: dict[str, tuple[str, str]] = {}
    for part in parts:
        for concept, (member, label) in _series(part, schema, place).items():
            other = found.setdefault(concept, (member, label))
            if other[0] != member:
                problem = say("“{a}”与“{b}”是口径不同的两套数，不能合在一个公式里", a=other[1], b=label)
                remedy = say(
                    "请各算各的指标，并排列出（见 kechuang indicators series），不要相加、相减、相除或互相代替。"
                )
                raise refuse("formula-series", problem, node.at, place, remedy)
    return found


def scopes(node: t.Node, schema: Schema) -> list[Scope]:
    """The qualifiers fixed by the conditions of a formula's aggregates, in order of writing."""
    found = [
        Scope(part.table, part.field, value)
        for aggregate in t.aggregates(node)
        for part, value in _fixed(_condition(aggregate))
        if _info(part, schema).qualifier
    ]
    return list(dict.fromkeys(found))


def scopes_named(node: t.Node, schema: Schema, place: Place = Place()) -> None:
    """Refuses a formula that adds up records of several scopes (``formula-scope``): each aggregate of a
    table with a qualifier has to say which one it means."""
    for aggregate in t.aggregates(node):
        if isinstance(aggregate, t.Count | t.Distinct | t.Covered):
            continue
        table = t.tables_of(aggregate)[0]
        fixed = {part.field for part, _ in _fixed(_condition(aggregate))}
        for name, info in schema.tables[table].fields.items():
            if info.qualifier and name not in fixed:
                full = f"{table}.{name}"
                problem = say(
                    "“{table}”分{field}登记，公式没有说明取哪一个", table=table, field=info.label.zh
                )
                remedy = say(
                    "请在条件里写明，如 {example}；可选：{choices}。",
                    example=f"{full} == '{next(iter(info.choices), '…')}'",
                    choices="、".join(f"{code}（{words.zh}）" for code, words in info.choices.items()),
                )
                raise refuse("formula-scope", problem, aggregate.at, place, remedy)


def _info(part: t.Field, schema: Schema) -> FieldInfo:
    return schema.tables[part.table].fields[part.field]


def _condition(aggregate: t.Aggregate) -> t.Node | None:
    return getattr(aggregate, "condition", None)


def _fixed(condition: t.Node | None) -> Iterator[tuple[t.Field, t.Scalar]]:
    """Fields that a condition holds to one value: ``field == 'value'``, alone or joined by ``and``."""
    match condition:
        case t.And(parts=parts):
            for part in parts:
                yield from _fixed(part)
        case t.Equal(left=t.Field() as field, right=t.Literal(value=value)):
            yield field, value
        case t.Equal(left=t.Literal(value=value), right=t.Field() as field):
            yield field, value
        case _:
            return
