"""A formula as a sentence, in Chinese and in English, fit to be printed in a report.

Fields, tables, choices and parameters are called by their labels. The two languages put words in
different order, so each operation has its pattern in both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from kechuang.formula import tree as t
from kechuang.formula.checking import sides
from kechuang.formula.schema import PERIOD_NAMES, FieldInfo, Schema, Words
from kechuang.formula.units import PER

# Operator signs, and how strongly they hold together (as in ``writing``).
_SIGN: dict[type[t.Node], tuple[str, int]] = {
    t.Add: (" + ", 6),
    t.Subtract: (" − ", 6),
    t.Multiply: (" × ", 7),
    t.Divide: (" ÷ ", 7),
    t.Ratio: (" ÷ ", 7),
}
_NUMBERS: dict[type[t.Node], str] = {
    t.Equal: " = ",
    t.NotEqual: " ≠ ",
    t.Less: " < ",
    t.LessEqual: " ≤ ",
    t.Greater: " > ",
    t.GreaterEqual: " ≥ ",
}
_DATES: dict[type[t.Node], Words] = {
    t.Equal: Words("{a}即{b}", "{a} is {b}"),
    t.NotEqual: Words("{a}不是{b}", "{a} is not {b}"),
    t.Less: Words("{a}早于{b}", "{a} is before {b}"),
    t.LessEqual: Words("{a}不晚于{b}", "{a} is not after {b}"),
    t.Greater: Words("{a}晚于{b}", "{a} is after {b}"),
    t.GreaterEqual: Words("{a}不早于{b}", "{a} is not before {b}"),
}
_TEXTS: dict[type[t.Node], Words] = {
    t.Equal: Words("{a}为{b}", "{a} is {b}"),
    t.NotEqual: Words("{a}不为{b}", "{a} is not {b}"),
}
_AGGREGATES: dict[type[t.Node], Words] = {
    t.Distinct: Words("{table}数（按{x}去重{only}）", "number of {table}, each {x} once{only}"),
    t.Sum: Words("{x}合计{only}", "sum of {x}{only}"),
    t.Mean: Words("{x}平均值{only}", "mean of {x}{only}"),
    t.Min: Words("{x}最小值{only}", "minimum of {x}{only}"),
    t.Max: Words("{x}最大值{only}", "maximum of {x}{only}"),
    t.Median: Words("{x}中位数{only}", "median of {x}{only}"),
}
_SHIFTED: dict[type[t.Node], Words] = {
    t.Previous: Words("{n}年前{x}", "{x} {n} years before"),
    t.Growth: Words("{x}近{n}年年均增长率", "average yearly growth of {x} over {n} years"),
    t.MovingMean: Words("{x}近{n}年平均值", "mean of {x} over {n} years"),
    t.MovingSum: Words("{x}近{n}年合计", "sum of {x} over {n} years"),
}
_LAST_YEAR: dict[type[t.Node], Words] = {
    t.Previous: Words("上年{x}", "{x} of the year before"),
    t.Growth: Words("{x}比上年增长率", "growth of {x} on the year before"),
}
_FUNCTIONS: dict[type[t.Node], Words] = {
    t.Abs: Words("{0}的绝对值", "the absolute value of {0}"),
    t.YearOf: Words("{0}所在年度", "the year of {0}"),
    t.AddYears: Words("{0}后{1}", "{1} after {0}"),
    t.Least: Words("{0}与{1}中较小者", "the smaller of {0} and {1}"),
    t.Greatest: Words("{0}与{1}中较大者", "the larger of {0} and {1}"),
    t.IsNull: Words("{0}未填", "{0} is empty"),
    t.PerCapita: Words("{0}按{1}平均", "{0} per {1}"),
    t.Rank: Words("{0}在同级地区中的位次", "rank of {0} among regions of the same level"),
}


@dataclass(frozen=True)
class Named:
    """A part of a formula that has a name: ``let`` in an indicator."""

    label: Words
    tree: t.Node


@dataclass(frozen=True)
class Sentence:
    """Writes formulas over ``schema`` in ``language``; ``names`` are explained at the end (“其中：…”)."""

    schema: Schema
    language: str = "zh"
    names: Mapping[str, Named] = field(default_factory=dict)

    def of(self, node: t.Node, unit: str = "") -> str:
        """The whole sentence; a ratio in ``unit`` % ends in × 100%."""
        factor = PER.get(unit)
        parts = sides(node)
        shared = isinstance(node, t.Ratio) and _whole_of(node) is None
        if factor is not None and (parts.factor == factor or shared):
            above = self._write(parts.numerator, 7)
            ratio = above if parts.denominator is None else f"{above} ÷ {self._write(parts.denominator, 8)}"
            main = f"{ratio} × {factor:g}{unit}"
        else:
            main = self._write(node, 0)
        used = self._used(node)
        if not used:
            return main
        named = [
            f"{self._say(self.names[name].label)} = {self._write(self.names[name].tree, 0)}" for name in used
        ]
        return main + self._pick("；其中：", "; where ") + self._pick("；", "; ").join(named)

    def part(self, node: t.Node) -> str:
        """A part of the sentence: names stand for themselves, as the whole sentence explains them."""
        return self._write(node, 0)

    def _used(self, node: t.Node) -> list[str]:
        """Names used in ``node`` and, one by one, in what they stand for."""
        found: list[str] = []
        waiting = [node]
        while waiting:
            for part in waiting.pop(0).walk():
                if isinstance(part, t.Name) and part.name in self.names and part.name not in found:
                    found.append(part.name)
                    waiting.append(self.names[part.name].tree)
        return found

    def _pick(self, zh: str, en: str) -> str:
        return en if self.language == "en" else zh

    def _say(self, words: Words) -> str:
        return words.text(self.language)

    def _write(self, node: t.Node, outer: int) -> str:
        text, strength = self._text(node)
        return self._pick(f"（{text}）", f"({text})") if strength < outer else text

    def _text(self, node: t.Node) -> tuple[str, int]:
        """The words and how strongly they hold together (9: as one)."""
        match node:
            case t.Literal(value=value):
                return self._literal(value), 9
            case t.Name(name=name):
                if name in self.names:
                    return self._say(self.names[name].label), 9
                return (self._say(PERIOD_NAMES[name][1]) if name in PERIOD_NAMES else name), 9
            case t.Field():
                return self._say(self._field(node).label), 9
            case t.Parameter():
                return self._parameter(node), 9
            case t.Convert(value=value):
                return self._text(value)
            case t.Indicator(id=name):
                return self._say(self.schema.indicators[name].label), 9
            case t.Ratio() if (whole := _whole_of(node)) is not None:
                return self._share(node, whole), 9
            case t.PerCapita(left=left, right=right):
                pattern = self._say(_FUNCTIONS[t.PerCapita])
                return pattern.format(self._write(left, 8), self._write(right, 8)), 8
            case t.Shifted(value=value, years=years):
                patterns = _LAST_YEAR if years == 1 and type(node) in _LAST_YEAR else _SHIFTED
                return self._say(patterns[type(node)]).format(x=self._write(value, 8), n=years), 8
            case t.Negate(value=value):
                return f"−{self._write(value, 8)}", 8
            case t.Arithmetic(left=left, right=right):
                sign, strength = _SIGN[type(node)]
                return f"{self._write(left, strength)}{sign}{self._write(right, strength + 1)}", strength
            case t.Compare():
                return self._compare(node), 5
            case t.And(parts=parts):
                return self._pick("，且", ", and ").join(self._write(part, 4) for part in parts), 3
            case t.Or(parts=parts):
                return self._pick("或", " or ").join(self._write(part, 4) for part in parts), 2
            case t.Not(value=t.IsNull(value=value)):
                return self._pick(f"{self._write(value, 9)}已填", f"{self._write(value, 9)} is given"), 5
            case t.Not(value=value):
                return self._pick(f"并非{self._write(value, 9)}", f"not {self._write(value, 9)}"), 4
            case t.Round(value=value, digits=digits):
                inner = self._write(value, 9)
                zh = f"{inner}（保留{digits}位小数）" if digits else f"{inner}（取整）"
                en = f"{inner} (rounded to {digits} decimals)" if digits else f"{inner} (rounded)"
                return self._pick(zh, en), 9
            case t.Choose():
                return self._choose(node), 1
            case t.Coalesce(parts=parts):
                first, *rest = [self._write(part, 7) for part in parts]
                others = self._pick("，再取", ", else ").join(rest)
                return self._pick(f"{first}（未填时取{others}）", f"{first} (if empty, {others})"), 9
            case t.ValidOn():
                return self._valid_on(node), 5
            case t.Count(table=table, condition=condition):
                name = self._table(table)
                only = self._only(condition)
                return self._pick(f"{name}数{only}", f"number of {name}{only}"), 9
            case t.Covered():
                return self._covered(node), 9
            case t.Reduction():
                return self._reduction(node), 9
            case _:
                pattern = self._say(_FUNCTIONS[type(node)])
                return pattern.format(*(self._write(child, 9) for child in node.children())), 8

    def _literal(self, value: t.Scalar) -> str:
        if value is None:
            return self._pick("空", "empty")
        if isinstance(value, bool):
            return self._pick("是", "yes") if value else self._pick("否", "no")
        if isinstance(value, str):
            return self._pick(f"“{value}”", f"“{value}”")
        return f"{value:g}" if abs(value) < 1e6 else str(value)

    def _field(self, node: t.Field) -> FieldInfo:
        return self.schema.tables[node.table].fields[node.field]

    def _table(self, name: str) -> str:
        return self._say(self.schema.tables[name].label)

    def _parameter(self, node: t.Parameter) -> str:
        info = self.schema.parameters[node.id]
        label = self._say(info.label)
        if info.value is None:
            return label
        if isinstance(info.value, str):
            return f"“{info.value}”"
        unit = info.unit or ""
        if unit == "年":
            unit = self._pick("年", " years")
        number = self._literal(info.value)
        return self._pick(f"{number}{unit}（{label}）", f"{number}{unit} ({label})")

    def _compare(self, node: t.Compare) -> str:
        field = next((side for side in (node.left, node.right) if isinstance(side, t.Field)), None)
        kind = self._field(field).type.kind if field is not None else "number"
        a, b = (self._side(side, field) for side in (node.left, node.right))
        if kind in ("text", "boolean"):
            return self._say(_TEXTS[type(node)]).format(a=a, b=b)
        if kind == "date":
            return self._say(_DATES[type(node)]).format(a=a, b=b)
        return f"{a}{_NUMBERS[type(node)]}{b}"

    def _side(self, node: t.Node, field: t.Field | None) -> str:
        """A side of a comparison; a choice by its label."""
        if field is not None and isinstance(node, t.Literal) and isinstance(node.value, str):
            choice = self._field(field).choices.get(node.value)
            if choice is not None:
                return f"“{self._say(choice)}”"
        return self._write(node, 6)

    def _choose(self, node: t.Choose) -> str:
        cases: list[tuple[str, str]] = []
        rest: t.Node = node
        while isinstance(rest, t.Choose):
            cases.append((self._write(rest.condition, 2), self._write(rest.then, 2)))
            rest = rest.otherwise
        last = self._write(rest, 2)
        zh = "，".join(f"{when}时取{then}" for when, then in cases) + f"，其余取{last}"
        en = ", ".join(f"{then} where {when}" for when, then in cases) + f", otherwise {last}"
        return self._pick(zh, en)

    def _valid_on(self, node: t.ValidOn) -> str:
        start, end, day = (self._write(part, 8) for part in (node.start, node.end, node.day))
        # A computed end is never empty.
        open_zh, open_en = (
            ("（未填视为仍有效）", " (empty: still valid)") if isinstance(node.end, t.Field) else ("", "")
        )
        zh = f"{day}不早于{start}、早于{end}{open_zh}"
        return self._pick(zh, f"{day} is on or after {start} and before {end}{open_en}")

    def _only(self, condition: t.Node | None) -> str:
        if condition is None:
            return ""
        text = self._write(condition, 0)
        return self._pick(f"（只计{text}的记录）", f" (only where {text})")

    def _reduction(self, node: t.Reduction) -> str:
        only = self._only(node.condition)
        if isinstance(node, t.Distinct) and node.condition is not None and self.language != "en":
            only = f"；只计{self._write(node.condition, 0)}的记录"
        table = self._table(t.tables_of(node)[0])
        if isinstance(node, t.Quantile):
            x, share = self._write(node.value, 8), f"{node.share * 100:g}"
            return self._pick(f"{x}的第{share}百分位数{only}", f"{share}% quantile of {x}{only}")
        if isinstance(node, t.WeightedMean):
            x, weight = self._write(node.value, 8), self._write(node.weight, 8)
            return self._pick(f"{x}以{weight}加权的平均值{only}", f"mean of {x} weighted by {weight}{only}")
        pattern = self._say(_AGGREGATES[type(node)])
        return pattern.format(x=self._write(node.value, 8), table=table, only=only)

    def _share(self, node: t.Ratio, whole: t.Count | t.Sum) -> str:
        """A part of a whole: the records, or the part of a sum, where a condition holds."""
        assert isinstance(node.left, t.Count | t.Sum) and node.left.condition is not None
        condition, of = self._write(node.left.condition, 0), self._write(whole, 8)
        if isinstance(whole, t.Count):
            name = self._table(whole.table)
            return self._pick(f"{name}中{condition}的占比", f"share of {name} where {condition}")
        return self._pick(f"{of}中{condition}部分的占比", f"share of the {of} where {condition}")

    def covered_count(self, node: t.Covered) -> str:
        """The numerator of a coverage."""
        listed, by = self._table(node.listed.table), self._table(node.by.table)
        a, b = self._only(node.listed_condition), self._only(node.by_condition)
        return self._pick(f"{listed}{a}中被{by}{b}覆盖的数量", f"number of {listed}{a} covered by {by}{b}")

    def _covered(self, node: t.Covered) -> str:
        listed, by = self._table(node.listed.table), self._table(node.by.table)
        a, b = self._only(node.listed_condition), self._only(node.by_condition)
        return self._pick(f"{listed}{a}中被{by}{b}覆盖的比例", f"share of {listed}{a} covered by {by}{b}")


def _whole_of(node: t.Ratio) -> t.Count | t.Sum | None:
    """The whole, where a ratio is of a part of it to all of it."""
    part, whole = node.left, node.right
    if not isinstance(part, t.Count | t.Sum) or part.condition is None:
        return None
    if isinstance(whole, t.Count | t.Sum) and replace(part, condition=None) == whole:
        return whole
    return None
