"""A formula as LaTeX, for documents: fractions, sums and conditions, with fields called by their labels.

Labels stand as text in the formula, so a typesetter needs a font that has the characters of the language.
"""

from __future__ import annotations

from dataclasses import dataclass

from kechuang.formula import tree as t
from kechuang.formula.checking import sides
from kechuang.formula.units import PER
from kechuang.formula.words import Sentence

_SIGN: dict[type[t.Node], tuple[str, int]] = {
    t.Add: ("+", 6),
    t.Subtract: ("-", 6),
    t.Multiply: (r"\times", 7),
    t.Equal: ("=", 5),
    t.NotEqual: (r"\ne", 5),
    t.Less: ("<", 5),
    t.LessEqual: (r"\le", 5),
    t.Greater: (">", 5),
    t.GreaterEqual: (r"\ge", 5),
}
_OPERATOR: dict[type[t.Node], str] = {
    t.Sum: r"\sum",
    t.Min: r"\min",
    t.Max: r"\max",
    t.Median: r"\operatorname{median}",
    t.Distinct: r"\operatorname{distinct}",
}
_CALL: dict[type[t.Node], str] = {
    t.Least: r"\min",
    t.Greatest: r"\max",
    t.Rank: r"\operatorname{rank}",
    t.YearOf: r"\operatorname{year}",
    t.AddYears: r"\operatorname{addyears}",
    t.IsNull: r"\operatorname{null}",
    t.Coalesce: r"\operatorname{first}",
}
_SPECIAL = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "_": r"\_",
        "%": r"\%",
        "&": r"\&",
        "#": r"\#",
        "$": r"\$",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)


@dataclass(frozen=True)
class Latex:
    """Writes formulas as LaTeX in the words of ``sentence`` (its schema, language and names)."""

    sentence: Sentence

    def of(self, node: t.Node, unit: str = "") -> str:
        r"""The whole formula, to stand between ``\[`` and ``\]``; a share in ``unit`` % ends in × 100%.

        A part that has a name (``let``) stands as its name; :meth:`named` writes what it stands for.
        """
        parts, factor = sides(node), PER.get(unit)
        if factor is None or not (parts.factor == factor or isinstance(node, t.Ratio)):
            return self._write(node, 0)
        ratio = self._write(parts.numerator, 7)
        if parts.denominator is not None:
            ratio = self._fraction(parts.numerator, parts.denominator)
        sign = r"\%" if unit == "%" else unit
        return rf"{ratio} \times {factor:g}{sign}"

    def named(self) -> list[str]:
        """What each name stands for: ``name = formula``."""
        return [
            f"{_text(part.label.text(self.sentence.language))} = {self._write(part.tree, 0)}"
            for part in self.sentence.names.values()
        ]

    def _write(self, node: t.Node, outer: int) -> str:
        text, strength = self._text(node)
        return rf"\left({text}\right)" if strength < outer else text

    def _fraction(self, above: t.Node, below: t.Node) -> str:
        return rf"\frac{{{self._write(above, 0)}}}{{{self._write(below, 0)}}}"

    def _text(self, node: t.Node) -> tuple[str, int]:
        """The LaTeX and how strongly it holds together (as in ``words``)."""
        match node:
            case t.Literal(value=int() | float() as number) if not isinstance(number, bool):
                return f"{number:g}" if abs(number) < 1e6 else str(number), 9
            case t.Name(name=name) if name in self.sentence.names:
                return _text(self.sentence.names[name].label.text(self.sentence.language)), 9
            case t.Literal() | t.Name() | t.Field() | t.Parameter() | t.Indicator():
                return _text(self.sentence.of(node)), 9
            case t.Convert(value=value):
                return self._text(value)
            case t.Divide(left=left, right=right) | t.Ratio(left=left, right=right):
                return self._fraction(left, right), 8
            case t.PerCapita(left=left, right=right):
                return self._fraction(left, right), 8
            case t.Binary(left=left, right=right) if type(node) in _SIGN:
                sign, strength = _SIGN[type(node)]
                return f"{self._write(left, strength)} {sign} {self._write(right, strength + 1)}", strength
            case t.Negate(value=value):
                return f"-{self._write(value, 8)}", 6
            case t.Abs(value=value):
                return rf"\left|{self._write(value, 0)}\right|", 9
            case t.Round(value=value, digits=digits):
                return rf"\operatorname{{round}}_{{{digits}}}\left({self._write(value, 0)}\right)", 9
            case t.And(parts=parts):
                return r" \land ".join(self._write(part, 4) for part in parts), 3
            case t.Or(parts=parts):
                return r" \lor ".join(self._write(part, 4) for part in parts), 2
            case t.Not(value=value):
                return rf"\lnot {self._write(value, 9)}", 4
            case t.ValidOn():
                return self._text(node.spelled_out())
            case t.Choose():
                return self._cases(node), 9
            case t.Shifted():
                return self._shifted(node)
            case t.Aggregate():
                return self._aggregate(node), 9
            case _:
                inner = ", ".join(self._write(child, 0) for child in node.children())
                return rf"{_CALL[type(node)]}\left({inner}\right)", 9

    def _cases(self, node: t.Choose) -> str:
        rows: list[str] = []
        rest: t.Node = node
        condition = r" & \text{if } " if self.sentence.language == "en" else r" & \text{若 } "
        while isinstance(rest, t.Choose):
            rows.append(self._write(rest.then, 0) + condition + self._write(rest.condition, 0))
            rest = rest.otherwise
        last = r" & \text{otherwise}" if self.sentence.language == "en" else r" & \text{其余}"
        rows.append(self._write(rest, 0) + last)
        return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"

    def _shifted(self, node: t.Shifted) -> tuple[str, int]:
        now, n = self._write(node.value, 9), node.years
        match node:
            case t.Previous():
                return rf"{{{now}}}_{{t-{n}}}", 8
            case t.Growth():
                ratio = rf"\frac{{{{{now}}}_t}}{{{{{now}}}_{{t-{n}}}}}"
                return (f"{ratio} - 1" if n == 1 else rf"\left({ratio}\right)^{{1/{n}}} - 1"), 6
            case _:
                total = rf"\sum_{{i=0}}^{{{n - 1}}} {{{now}}}_{{t-i}}"
                return (total, 7) if isinstance(node, t.MovingSum) else (rf"\frac{{1}}{{{n}}} {total}", 7)

    def _aggregate(self, node: t.Aggregate) -> str:
        match node:
            case t.Count(table=table, condition=condition):
                return rf"N{self._under(condition)}\left({self._table(table)}\right)"
            case t.Covered():
                both = rf"{self._table(node.listed.table)} \cap {self._table(node.by.table)}"
                listed = (
                    rf"N{self._under(node.listed_condition)}\left({self._table(node.listed.table)}\right)"
                )
                return rf"\frac{{N{self._under(node.by_condition)}\left({both}\right)}}{{{listed}}}"
            case t.Mean(value=value, condition=condition):
                return rf"\overline{{{self._write(value, 0)}}}{self._under(condition)}"
            case t.Quantile(value=value, condition=condition, share=share):
                under = self._under(condition)
                return rf"Q_{{{share:g}}}{{}}{under}\left({self._write(value, 0)}\right)"
            case t.WeightedMean(value=value, condition=condition, weight=weight):
                under, heavy = self._under(condition), self._write(weight, 7)
                return rf"\frac{{\sum{under} {self._write(value, 7)} \times {heavy}}}{{\sum{under} {heavy}}}"
            case t.Reduction(value=value, condition=condition):
                return rf"{_OPERATOR[type(node)]}{self._under(condition)} {self._write(value, 7)}"
            case _:
                raise AssertionError(node)

    def _under(self, condition: t.Node | None) -> str:
        return "" if condition is None else rf"_{{{self._write(condition, 0)}}}"

    def _table(self, name: str) -> str:
        return _text(self.sentence.schema.tables[name].label.text(self.sentence.language))


def _text(words: str) -> str:
    return rf"\text{{{words.translate(_SPECIAL)}}}"
