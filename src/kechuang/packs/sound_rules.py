"""Whether the rules of packs fit together: columns, parameters, tables, formulas that can be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kechuang.errors import Fault, KechuangError
from kechuang.formula import parse
from kechuang.formula import tree as t
from kechuang.messages import Message, say
from kechuang.packs.model import Parameter
from kechuang.packs.rules import Bound, RuleSpec, RuleTable
from kechuang.packs.sound import Where

Path = tuple[Any, ...]

#: What a rule's formula may not use: records of other tables, and whether a cell is empty. An answer
#: given while a cell is empty must still stand once it is filled in.
_REFUSED = (t.Field, t.Aggregate, t.IsNull)


def unsound_rules(
    rules: Mapping[str, RuleSpec],
    tables: Mapping[str, RuleTable],
    parameters: Mapping[str, Parameter],
    where: Where,
) -> list[Fault]:
    """Everything in rules that does not fit together, with file and line."""
    faults: list[Fault] = []
    for rule in rules.values():
        for path, message in _parts(rule, tables, parameters):
            faults.append(Fault("pack-unsound", message, where("rule", rule.id, path)))
        names = {"as_of", *rule.columns}
        for path, formula in rule.formulas():
            known = names | {"threshold"} if path[-1] == "gap" else names
            try:
                wrong = list(_formula(parse(formula), known, parameters))
            except KechuangError as error:
                wrong = [error.message]
            faults.extend(Fault("pack-formula", message, where("rule", rule.id, path)) for message in wrong)
            if path[0] == "let":
                names.add(str(path[1]))
    return faults


def _formula(node: t.Node, names: set[str], parameters: Mapping[str, Parameter]) -> Iterator[Message]:
    for part in node.walk():
        if isinstance(part, t.Name) and part.name not in names:
            yield say("没有列或中间量“{name}”", name=part.name)
        elif isinstance(part, t.Parameter) and part.id not in parameters:
            yield say("没有参数“{name}”", name=part.id)
        elif isinstance(part, _REFUSED):
            yield say("规则的公式里不能用“{name}”", name=type(part).__name__.lower())


def _parts(
    rule: RuleSpec, tables: Mapping[str, RuleTable], parameters: Mapping[str, Parameter]
) -> Iterator[tuple[Path, Message]]:
    for named, column in (("key", rule.key), ("since", rule.since)):
        if column is not None and column not in rule.columns:
            yield (named,), say("没有列“{name}”", name=column)
    for name, spec in rule.columns.items():
        at = ("columns", name)
        if not name.isidentifier() or name in rule.let:
            yield at, say("列名只能用字母、数字和下划线，且不与中间量同名")
        if (spec.type == "choice") != bool(spec.choices):
            yield at, say("choices 须且只须用于 choice 类型")
        for key, bound in (("min", spec.min), ("max", spec.max)):
            yield from _bound((*at, key), bound, parameters)
        if spec.year is not None and rule.since is None:
            yield (*at, "year"), say("有 year 的列须由 since 指明成立日期所在的列")
    for path, lookup in rule.lookups():
        if lookup.table not in tables:
            yield path, say("没有名为“{name}”的表", name=lookup.table)
    for path, value in _named(rule):
        if value not in rule.let:
            yield path, say("let 中没有“{name}”", name=value)
    for place, part in enumerate(rule.score.parts if rule.score else ()):
        yield from _bound(("score", "parts", place), part.max, parameters)
    ids = [clause.id for clause in rule.clauses]
    for place, name in enumerate(ids):
        if name in ids[:place]:
            yield ("clauses", place), say("编号“{name}”重复", name=name)
    if rule.validity is not None and rule.validity.years not in {None, *parameters}:
        yield ("validity",), say("没有参数“{name}”", name=rule.validity.years)
    if rule.tally is not None and rule.tally.by not in rule.columns:
        yield ("tally",), say("没有列“{name}”", name=rule.tally.by)
    if bool(rule.clauses) == (rule.tally is not None):
        yield ("rule",), say("规则须有 clauses 或 tally，且只有其一")


def _named(rule: RuleSpec) -> Iterator[tuple[Path, str]]:
    if rule.score is None:
        return
    yield ("score", "value"), rule.score.value
    for place, part in enumerate(rule.score.parts):
        yield ("score", "parts", place), part.value


def _bound(
    path: Path, bound: Bound | None, parameters: Mapping[str, Parameter]
) -> Iterator[tuple[Path, Message]]:
    if isinstance(bound, str) and bound not in parameters:
        yield path, say("没有参数“{name}”", name=bound)
