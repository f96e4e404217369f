"""What an indicator is made of, as far as parts can answer for it: a sum of aggregates, or a ratio of two sums.

Read from the checked formula, so that value = ``factor`` × above / below holds with every conversion of units
in it. A mean is the ratio of a sum and a count; a coverage that of two counts. Anything else (medians, growth,
ranks, a ratio of ratios) is not made of parts that add up, and is refused with what to ask for instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from kechuang.errors import KechuangError
from kechuang.formula import tree as t
from kechuang.indicators.definition import Definition
from kechuang.indicators.reasons import Named
from kechuang.messages import Message, say

Kind = Literal["sum", "ratio"]


@dataclass(frozen=True)
class Makeup:
    """``value = factor × above / below`` (``below`` None: no ratio). Both sides are sums of aggregates.

    ``overlap``: something is counted once however often it occurs, so parts may add up to more.
    """

    kind: Kind
    factor: float
    above: t.Node
    below: t.Node | None
    overlap: bool

    @property
    def covered(self) -> t.Covered | None:
        """The coverage the ratio is, whose two counts come together."""
        return self.above if isinstance(self.above, t.Covered) else None

    @property
    def aggregates(self) -> list[t.Aggregate]:
        """All aggregates of both sides, in order."""
        sides = [self.above] if self.below is None else [self.above, self.below]
        return list(dict.fromkeys(one for side in sides for one in t.aggregates(side)))


def alternatives(definition: Definition, known: Mapping[str, Definition]) -> list[t.Coalesce]:
    """Where the formula takes one source or, where that is silent, another."""
    tree = _looked_up(definition.tree, known)
    return [part for part in tree.walk() if isinstance(part, t.Coalesce) and t.aggregates(part)]


def makeup(
    definition: Definition,
    known: Mapping[str, Definition],
    taken: Mapping[t.Coalesce, t.Node] = MappingProxyType({}),
) -> Makeup:
    """What ``definition`` is made of; ``known`` are all definitions, for those it looks up, and ``taken`` the
    source the whole comes from wherever there are several.

    KechuangError ``not-made-of-parts`` where its parts do not add up to it.
    """
    tree = _settled(_looked_up(definition.tree, known), taken)
    factor, above, below = _sides(tree, 1.0)
    if below is None and isinstance(above, t.Covered):
        return Makeup("ratio", factor, above, None, overlap=False)
    if below is None and isinstance(above, t.Mean | t.WeightedMean):
        above, below = _mean(above)
    for side in (above, below):
        if side is not None and not _adds_up(side):
            raise KechuangError(
                "not-made-of-parts",
                say(
                    "“{name}”不是各部分之和，也不是两个合计之比，不能分解", name=Named(definition.spec.label)
                ),
                remedy=_instead(side),
            )
    kind: Kind = "sum" if below is None else "ratio"
    if below is not None:
        (up, above), (down, below) = _plain(above), _plain(below)
        factor *= up / down
    sides = [above] if below is None else [above, below]
    overlap = any(isinstance(part, t.Distinct) for side in sides for part in side.walk())
    return Makeup(kind, factor, above, below, overlap)


def _instead(side: t.Node) -> Message:
    if any(isinstance(part, t.Growth) for part in side.walk()):
        return say("增长率请分解它所依据的总量指标，各部分的“拉动”就是对增长率的贡献。")
    return say("可改为分解它所依据的合计数指标。")


def _looked_up(node: t.Node, known: Mapping[str, Definition]) -> t.Node:
    """Indicators replaced by their formulas."""
    if isinstance(node, t.Indicator):
        return _looked_up(known[node.id].tree, known)
    return node.rebuilt(lambda child: _looked_up(child, known))


def _settled(node: t.Node, taken: Mapping[t.Coalesce, t.Node]) -> t.Node:
    if isinstance(node, t.Coalesce) and node in taken:
        return _settled(taken[node], taken)
    return node.rebuilt(lambda child: _settled(child, taken))


def _sides(node: t.Node, factor: float) -> tuple[float, t.Node, t.Node | None]:
    """Constants before a ratio are gathered; what is no ratio stays as it is, with its constants."""
    match node:
        case t.Convert(value=value, up=up, down=down):
            found = _sides(value, factor * up / down)
        case (
            t.Multiply(left=t.Literal(value=int() | float() as constant), right=rest)
            | t.Multiply(left=rest, right=t.Literal(value=int() | float() as constant))
        ):
            found = _sides(rest, factor * constant)
        case t.Divide(left=left, right=t.Literal(value=int() | float() as constant)) if constant:
            found = _sides(left, factor / constant)
        case (
            t.Divide(left=above, right=below)
            | t.Ratio(left=above, right=below)
            | t.PerCapita(left=above, right=below)
        ) if t.aggregates(below):
            return factor, above, below
        case t.Covered() | t.Mean() | t.WeightedMean():
            return factor, node, None
        case _:
            return 1.0, node, None
    if found[2] is None and not isinstance(found[1], t.Covered | t.Mean | t.WeightedMean):
        return 1.0, node, None
    return found


def _mean(node: t.Mean | t.WeightedMean) -> tuple[t.Node, t.Node]:
    """The sum and the count (or the sum of weights) that a mean is the ratio of."""
    given: t.Node = t.Not(t.IsNull(node.value))
    if isinstance(node, t.WeightedMean):
        condition = _both(node.condition, given)
        return (
            t.Sum(t.Multiply(node.value, node.weight), node.condition),
            t.Sum(node.weight, condition),
        )
    return (
        t.Sum(node.value, node.condition),
        t.Count(t.tables_of(node)[0], _both(node.condition, given)),
    )


def _both(one: t.Node | None, other: t.Node) -> t.Node:
    return other if one is None else t.And((one, other))


def _adds_up(node: t.Node) -> bool:
    """Whether the whole is the sum of its parts: sums and counts, times constants, added up."""
    match node:
        case t.Count() | t.Sum() | t.Distinct():
            return True
        case t.Add(left=left, right=right) | t.Subtract(left=left, right=right):
            return _adds_up(left) and _adds_up(right)
        case t.Convert(value=value) | t.Negate(value=value):
            return _adds_up(value)
        case t.Multiply(left=left, right=right):
            return (_constant(left) and _adds_up(right)) or (_adds_up(left) and _constant(right))
        case t.Divide(left=left, right=right):
            return _adds_up(left) and _constant(right)
        case _:
            return False


def _constant(node: t.Node) -> bool:
    return not any(isinstance(part, t.Aggregate | t.Indicator | t.Name) for part in node.walk())


def _plain(node: t.Node) -> tuple[float, t.Node]:
    """The constant before a side, and the side without it."""
    match node:
        case t.Convert(value=value, up=up, down=down):
            factor, rest = _plain(value)
            return factor * up / down, rest
        case (
            t.Multiply(left=t.Literal(value=int() | float() as constant), right=rest)
            | t.Multiply(left=rest, right=t.Literal(value=int() | float() as constant))
        ) if constant:
            factor, inner = _plain(rest)
            return factor * constant, inner
        case _:
            return 1.0, node
