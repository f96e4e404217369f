"""Writes a tree back as a formula. Equal trees give equal text, so it is also their identity."""

from __future__ import annotations

from kechuang.formula import tree as t

_SIGN: dict[type[t.Node], tuple[str, int]] = {
    t.Add: ("+", 6),
    t.Subtract: ("-", 6),
    t.Multiply: ("*", 7),
    t.Divide: ("/", 7),
    t.Equal: ("==", 5),
    t.NotEqual: ("!=", 5),
    t.Less: ("<", 5),
    t.LessEqual: ("<=", 5),
    t.Greater: (">", 5),
    t.GreaterEqual: (">=", 5),
}
_CALL: dict[type[t.Node], str] = {
    t.Least: "min",
    t.Greatest: "max",
    t.Abs: "abs",
    t.IsNull: "is_null",
    t.Coalesce: "coalesce",
    t.YearOf: "year_of",
    t.AddYears: "add_years",
    t.ValidOn: "valid_on",
    t.Distinct: "distinct",
    t.Sum: "sum",
    t.Mean: "mean",
    t.Min: "min",
    t.Max: "max",
    t.Median: "median",
    t.Ratio: "ratio",
    t.PerCapita: "per_capita",
    t.Rank: "rank",
}
_SHIFTED: dict[type[t.Node], str] = {
    t.Previous: "previous",
    t.Growth: "growth",
    t.MovingMean: "moving_mean",
    t.MovingSum: "moving_sum",
}


def source(node: t.Node) -> str:
    """The formula of ``node``; ``parse(source(node)) == node`` for every tree ``parse`` can make.

    >>> from kechuang.formula import parse
    >>> source(parse("100*(sum( a.x )+1)"))
    '100 * (sum(a.x) + 1)'
    """
    return _write(node, 0)


def _write(node: t.Node, outer: int) -> str:
    text, strength = _text(node)
    return f"({text})" if strength < outer else text


def _text(node: t.Node) -> tuple[str, int]:
    """The text and how strongly it holds together (9: as one word)."""
    match node:
        case t.Literal(value=value):
            negative = isinstance(value, int | float) and not isinstance(value, bool) and value < 0
            return repr(value), 8 if negative else 9
        case t.Name(name=name):
            return name, 9
        case t.Field(table=table, field=field):
            return f"{table}.{field}", 9
        case t.Parameter(id=name):
            return f"param.{name}", 9
        case t.Indicator(id=name):
            return f"indicator.{name}", 9
        case t.Shifted(value=value, years=years):
            one = years == 1 and not isinstance(node, t.MovingMean | t.MovingSum)
            return f"{_SHIFTED[type(node)]}({_write(value, 0)}{'' if one else f', {years}'})", 9
        case t.Quantile(value=value, share=share, condition=condition):
            return f"quantile({_write(value, 0)}, {share!r}{_then(condition)})", 9
        case t.WeightedMean(value=value, weight=weight, condition=condition):
            return f"weighted_mean({_write(value, 0)}, {_write(weight, 0)}{_then(condition)})", 9
        case t.Negate(value=value):
            return f"-{_write(value, 8)}", 8
        case t.Not(value=value):
            return f"not {_write(value, 4)}", 4
        case t.And(parts=parts):
            return " and ".join(_write(part, 4) for part in parts), 3
        case t.Or(parts=parts):
            return " or ".join(_write(part, 3) for part in parts), 2
        case t.Choose(condition=condition, then=then, otherwise=otherwise):
            return f"{_write(then, 2)} if {_write(condition, 2)} else {_write(otherwise, 1)}", 1
        case t.Round(value=value, digits=digits):
            return f"round({_write(value, 0)}{f', {digits}' if digits else ''})", 9
        case t.Convert(value=value, up=up, down=down):
            return f"{_write(value, 7)} * {up!r} / {down!r}", 7
        case t.Count(table=table, condition=condition):
            return f"count({table}{_then(condition)})", 9
        case t.Covered():
            # A missing first condition before a second one is written as one that always holds.
            first = node.listed_condition or (t.Literal(True) if node.by_condition else None)
            both = f"{_write(node.listed, 0)}, {_write(node.by, 0)}"
            return f"covered({both}{_then(first)}{_then(node.by_condition)})", 9
        case t.Binary(left=left, right=right) if type(node) in _SIGN:
            sign, strength = _SIGN[type(node)]
            # Comparisons do not chain and the others group to the left.
            at_left = strength + 1 if isinstance(node, t.Compare) else strength
            return f"{_write(left, at_left)} {sign} {_write(right, strength + 1)}", strength
        case _:
            return f"{_CALL[type(node)]}({', '.join(_write(child, 0) for child in node.children())})", 9


def _then(condition: t.Node | None) -> str:
    return "" if condition is None else f", {_write(condition, 0)}"
