"""The regulation as it stood on a day: numbers and tables in force, and who set them.

A rule asks for a parameter or a table by name; what was not yet in force on that day is refused, so
that nothing is ever judged by a number of another time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from kechuang.errors import KechuangError, listed
from kechuang.formula import parse
from kechuang.formula import tree as t
from kechuang.messages import say
from kechuang.records.fields import Named

if TYPE_CHECKING:
    from kechuang.packs import Packs, Parameter, RuleSpec, RuleTable
    from kechuang.packs.model import ParameterValue
    from kechuang.packs.rules import Bound, TableValue


@dataclass(frozen=True)
class Law:
    """The parameters and tables of ``packs`` as of ``day``."""

    packs: Packs
    day: date

    def parameter(self, name: str) -> ParameterValue:
        """The value in force; KechuangError where there was none yet."""
        found = self.packs.parameters[name].at(self.day)
        if found is None:
            raise self._too_early(Named.of(self.packs.parameters[name].label))
        return found

    def number(self, bound: Bound) -> float:
        """A number, or that of the parameter it names."""
        return float(self.parameter(bound).value) if isinstance(bound, str) else bound

    def table(self, name: str) -> TableValue:
        """The rows in force; KechuangError where there were none yet."""
        found = self.packs.tables[name].at(self.day)
        if found is None:
            raise self._too_early(Named.of(self.packs.tables[name].label))
        return found

    def _too_early(self, what: object) -> KechuangError:
        return KechuangError(
            "rule-not-in-force",
            say("{day}还没有“{what}”的规定", day=self.day.isoformat(), what=what),
            remedy=say("请用 --as-of 给规定施行之后的日期。"),
        )


def rule_of(packs: Packs, name: str) -> RuleSpec:
    """The rule called ``name``; KechuangError naming those there are."""
    if name in packs.rules:
        return packs.rules[name]
    raise KechuangError(
        "unknown-rule",
        say("没有名为“{name}”的规则", name=name),
        remedy=say("可用的规则：{known}。", known=listed(sorted(packs.rules))),
    )


def in_force(packs: Packs, name: str, day: date) -> tuple[RuleSpec, Law]:
    """The rule and the law of ``day``; KechuangError where the regulation came later."""
    spec = rule_of(packs, name)
    if day < spec.from_:
        raise KechuangError(
            "rule-not-in-force",
            say(
                "{source}自{start}起施行，{day}还没有这项规定",
                source=spec.regulation.source,
                start=spec.from_.isoformat(),
                day=day.isoformat(),
            ),
            remedy=say("请用 --as-of 给规定施行之后的日期。"),
        )
    return spec, Law(packs, day)


def parameters_of(packs: Packs, spec: RuleSpec) -> list[Parameter]:
    """Every parameter a rule reads, in order of reading."""
    names = [
        part.id
        for _, formula in spec.formulas()
        for part in parse(formula).walk()
        if isinstance(part, t.Parameter)
    ]
    names += [bound for bound in _bounds(spec) if isinstance(bound, str)]
    if spec.validity is not None and spec.validity.years is not None:
        names.append(spec.validity.years)
    return [packs.parameters[name] for name in dict.fromkeys(names)]


def tables_of(packs: Packs, spec: RuleSpec) -> list[RuleTable]:
    """Every table a rule reads, in order of reading."""
    return [packs.tables[name] for name in dict.fromkeys(lookup.table for _, lookup in spec.lookups())]


def _bounds(spec: RuleSpec) -> Iterator[Bound | None]:
    for column in spec.columns.values():
        yield from (column.min, column.max)
    yield from (part.max for part in (spec.score.parts if spec.score else ()))


def columns_in(spec: RuleSpec, formulas: Iterable[str | None]) -> list[str]:
    """The columns that ``formulas`` come down to, through ``let`` and lookups, in order of reading."""
    found: dict[str, None] = {}
    waiting = [formula for formula in formulas if formula is not None]
    seen: set[str] = set()
    while waiting:
        for part in parse(waiting.pop(0)).walk():
            if not isinstance(part, t.Name) or part.name in seen:
                continue
            seen.add(part.name)
            if part.name in spec.columns:
                found[part.name] = None
            elif part.name in spec.let:
                item = spec.let[part.name]
                waiting.append(item if isinstance(item, str) else item.of)
    return list(found)
