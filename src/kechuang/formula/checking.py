"""Types and units: gives every expression a type, converts scales, and refuses what cannot be meant.

``check`` returns the tree the engines compute: the same, with :class:`~kechuang.formula.tree.Convert`
where 万元 meets 亿元.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from kechuang.errors import Place
from kechuang.formula import tree as t
from kechuang.formula.reading import FARTHEST, near, refuse
from kechuang.formula.schema import PERIOD_NAMES, FieldInfo, Kind, Schema, Type
from kechuang.formula.series import one_series
from kechuang.formula.units import PEOPLE, PER, PERSON_YEAR, SHARE, Unit, factors
from kechuang.messages import Message, literal, say

NUMBER = Type("number")
TEXT = Type("text")
DATE = Type("date")
TRUTH = Type("boolean")
NULL = Type("null")
#: A share as such: 1 is all of it.
_WHOLE = Unit(((SHARE, 1),))

_KINDS: dict[Kind, Message] = {
    "number": say("数"),
    "text": say("文字"),
    "date": say("日期"),
    "boolean": say("是否"),
    "null": say("空值"),
}


@dataclass(frozen=True)
class Checked:
    """A formula ready to be computed, and what it yields."""

    tree: t.Node
    type: Type


@dataclass(frozen=True)
class Sides:
    """A formula as ``factor × numerator ÷ denominator`` (no denominator: not a ratio)."""

    factor: float
    numerator: t.Node
    denominator: t.Node | None


def check(node: t.Node, schema: Schema, place: Place = Place()) -> Checked:
    """``node`` typed against ``schema``. Raises KechuangError naming the place and what to write."""
    tree, kind = _Checker(schema, place).visit(node, None)
    one_series(node, schema, place)
    return Checked(tree, kind)


def check_result(node: t.Node, unit: str, schema: Schema, place: Place = Place()) -> Checked:
    """``node`` as the value of something given in ``unit``: converted to its scale, or refused.

    ``ratio``, ``share``, ``growth`` and shares in % are put into % or ‰ by themselves; a plain division
    must say ``100 * …`` (‰: ``1000 * …``). Counts may be called 家, 人, 万件 …, a count per 万人 件/万人;
    persons weighted by shares of time may be called 人年.
    """
    checked = check(node, schema, place)
    if checked.type.kind != "number":
        problem = say("公式的结果应是数，现在是{kind}", kind=_KINDS[checked.type.kind])
        raise refuse("formula-types", problem, node.at, place)
    have, want = checked.type.unit, Unit.parse(unit)
    if have.share and want.share and sides(node).factor in PER.values():
        problem = say("ratio、share、growth 已按声明的单位“{unit}”换算，不必再乘100或1000", unit=unit)
        raise refuse("formula-units", problem, node.at, place, say("请去掉 100 * 或 1000 *。"))
    if have.powers == want.powers:
        return Checked(_converted(checked.tree, have, want), Type("number", want))
    if unit in PER and have.plain:
        factor = PER[unit]
        if sides(node).factor != factor:
            problem = say("声明的单位是“{unit}”，公式得到的是0至1之间的比值", unit=unit)
            remedy = say("请写成 {factor} * …，或用 ratio(x, y)。", factor=f"{factor:g}")
            raise refuse("formula-units", problem, node.at, place, remedy)
        return Checked(checked.tree, Type("number", want))
    persons = want.powers == ((PERSON_YEAR, 1),) and have.powers == (("人", 1),)
    if have.powers == want.without_counts(have).powers or persons:
        return Checked(_converted(checked.tree, have, want), Type("number", want))
    problem = say("公式得到的单位是“{have}”，声明的是“{want}”", have=_words(have), want=_words(want))
    raise refuse("formula-units", problem, node.at, place, say("请改公式，或改声明的单位。"))


def sides(node: t.Node) -> Sides:
    """The factor and the two sides of a top-level ratio.

    >>> from kechuang.formula import parse
    >>> sides(parse("100 * sum(a.x) / sum(b.y)")).denominator
    Sum(value=Field(table='b', field='y'), condition=None)
    """
    match node:
        case t.Convert(value=value):
            return sides(value)
        case t.Multiply(left=t.Literal(value=int() | float() as factor), right=rest):
            inner = sides(rest)
            return replace(inner, factor=inner.factor * factor)
        case t.Multiply(left=rest, right=t.Literal(value=int() | float() as factor)):
            inner = sides(rest)
            return replace(inner, factor=inner.factor * factor)
        case t.Ratio(left=above, right=below) | t.PerCapita(left=above, right=below):
            return Sides(1.0, above, below)
        case t.Divide(left=above, right=below) if any(
            isinstance(part, t.Aggregate | t.Indicator) for part in below.walk()
        ):
            inner = sides(above)
            if inner.denominator is None:
                return replace(inner, denominator=below)
            return Sides(1.0, above, below)
        case _:
            return Sides(1.0, node, None)


class _Checker:
    """One pass over a formula. ``table`` is the table whose records an aggregate runs over."""

    def __init__(self, schema: Schema, place: Place) -> None:
        self.schema = schema
        self.place = place

    def visit(self, node: t.Node, table: str | None) -> tuple[t.Node, Type]:
        match node:
            case t.Literal(value=value):
                return node, _type_of(value)
            case t.Name():
                return node, self._name(node)
            case t.Field():
                return node, self._field(node, table).type
            case t.Parameter():
                return node, self._parameter(node)
            case t.Indicator():
                return node, self._indicator(node, table)
            case t.Across():
                return self._across(node, table)
            case t.Ratio():
                return self._ratio(node, table)
            case t.PerCapita():
                return self._per_capita(node, table)
            case t.Add() | t.Subtract() | t.Least() | t.Greatest():
                left, right, kind = self._joined(node, table)
                if kind.kind not in ("number", "null") and not (
                    isinstance(node, t.Least | t.Greatest) and kind.kind == "date"
                ):
                    raise self._wrong_kind(node, kind, "number")
                return replace(node, left=left, right=right), kind
            case t.Multiply() | t.Divide():
                return self._product(node, table)
            case t.Compare():
                return self._compare(node, table)
            case t.And(parts=parts) | t.Or(parts=parts):
                return replace(node, parts=tuple(self._truth(part, table) for part in parts)), TRUTH
            case t.Not(value=value):
                return replace(node, value=self._truth(value, table)), TRUTH
            case t.IsNull(value=value):
                return replace(node, value=self.visit(value, table)[0]), TRUTH
            case t.Negate(value=value) | t.Abs(value=value) | t.Round(value=value):
                inner, kind = self._of_kind(value, table, "number")
                return replace(node, value=inner), kind
            case t.Choose():
                return self._choose(node, table)
            case t.Coalesce():
                return self._coalesce(node, table)
            case t.YearOf(value=value):
                return replace(node, value=self._of_kind(value, table, "date")[0]), NUMBER
            case t.AddYears():
                return self._add_years(node, table)
            case t.ValidOn(start=start, end=end, day=day):
                parts3 = [self._of_kind(part, table, "date")[0] for part in (start, end, day)]
                return replace(node, start=parts3[0], end=parts3[1], day=parts3[2]), TRUTH
            case t.Aggregate():
                return self._aggregate(node, table)
            case _:
                return node, NUMBER

    # -- leaves -----------------------------------------------------------------------------------

    def _name(self, node: t.Name) -> Type:
        if node.name in PERIOD_NAMES:
            return PERIOD_NAMES[node.name][0]
        problem = say("没有名称“{name}”", name=node.name)
        known = [*PERIOD_NAMES, *self.schema.tables]
        raise refuse("formula-unknown-name", problem, node.at, self.place, near(node.name, known))

    def _table(self, name: str, at: t.Spot) -> None:
        if name not in self.schema.tables:
            problem = say("没有名为“{name}”的表", name=name)
            remedy = near(name, list(self.schema.tables))
            raise refuse("formula-unknown-table", problem, at, self.place, remedy)

    def _field(self, node: t.Field, table: str | None) -> FieldInfo:
        self._table(node.table, node.at)
        known = self.schema.tables[node.table].fields
        if node.field not in known:
            problem = say("表“{table}”没有字段“{name}”", table=node.table, name=node.field)
            raise refuse("formula-unknown-field", problem, node.at, self.place, near(node.field, list(known)))
        if table is None:
            problem = say("“{name}”有许多条记录，须先汇总", name=f"{node.table}.{node.field}")
            remedy = say("请写 sum(…)、count(…) 等汇总函数。")
            raise refuse("formula-not-aggregated", problem, node.at, self.place, remedy)
        if table != node.table:
            problem = say(
                "一个汇总只能用一张表：这里是“{table}”，不能用“{other}”", table=table, other=node.table
            )
            raise refuse("formula-two-tables", problem, node.at, self.place)
        return known[node.field]

    def _parameter(self, node: t.Parameter) -> Type:
        if node.id not in self.schema.parameters:
            problem = say("没有参数“{name}”", name=node.id)
            remedy = near(node.id, list(self.schema.parameters))
            raise refuse("formula-unknown-parameter", problem, node.at, self.place, remedy)
        return self.schema.parameters[node.id].type

    def _indicator(self, node: t.Indicator, table: str | None) -> Type:
        self._outside(node, table)
        if node.id not in self.schema.indicators:
            problem = say("没有指标“{name}”", name=node.id)
            remedy = near(node.id, list(self.schema.indicators))
            raise refuse("formula-unknown-indicator", problem, node.at, self.place, remedy)
        return self.schema.indicators[node.id].type

    def _outside(self, node: t.Node, table: str | None) -> None:
        """Refuses within an aggregate what is made of whole values, not of records."""
        if table is not None:
            problem = say("汇总里不能有其他指标，也不能有跨年度、跨地区的函数")
            remedy = say("请写在汇总之外：growth(sum(…))，不写 sum(growth(…))。")
            raise refuse("formula-nested", problem, node.at, self.place, remedy)

    # -- kinds ------------------------------------------------------------------------------------

    def _of_kind(self, node: t.Node, table: str | None, want: Kind) -> tuple[t.Node, Type]:
        tree, kind = self.visit(node, table)
        if kind.kind not in (want, "null"):
            raise self._wrong_kind(node, kind, want)
        return tree, kind

    def _truth(self, node: t.Node, table: str | None) -> t.Node:
        return self._of_kind(node, table, "boolean")[0]

    def _wrong_kind(self, node: t.Node, have: Type, want: Kind) -> Exception:
        problem = say("这里应是{want}，现在是{have}", want=_KINDS[want], have=_KINDS[have.kind])
        return refuse("formula-types", problem, node.at, self.place)

    def _joined(self, node: t.Binary, table: str | None) -> tuple[t.Node, t.Node, Type]:
        """Both sides in one kind and unit (the left one's; a bare number takes the other's)."""
        left, left_type = self.visit(node.left, table)
        right, right_type = self.visit(node.right, table)
        return self._together(node, (left, left_type), (right, right_type))

    def _together(
        self, node: t.Node, one: tuple[t.Node, Type], two: tuple[t.Node, Type]
    ) -> tuple[t.Node, t.Node, Type]:
        (left, left_type), (right, right_type) = one, two
        if left_type.kind == "null":
            return left, right, right_type
        if right_type.kind == "null":
            return left, right, left_type
        if left_type.kind != right_type.kind:
            problem = say("{a}与{b}不能放在一起", a=_KINDS[left_type.kind], b=_KINDS[right_type.kind])
            raise refuse("formula-types", problem, node.at, self.place)
        have, want = right_type.unit, left_type.unit
        if have.powers == want.powers:
            return left, _converted(right, have, want), left_type
        if have.plain and _bare(right):
            return left, right, left_type
        if want.plain and _bare(left):
            return left, right, right_type
        problem = say("单位“{a}”与“{b}”不能相加减或比较", a=_words(want), b=_words(have))
        remedy = say("请先换算成同一单位。")
        if (have.share and want.plain) or (want.share and have.plain):
            remedy = say("两数之比请写成 ratio(x, y)，才能与百分比相比。")
        raise refuse("formula-units", problem, node.at, self.place, remedy)

    # -- operations -------------------------------------------------------------------------------

    def _product(self, node: t.Multiply | t.Divide, table: str | None) -> tuple[t.Node, Type]:
        left, left_type = self._of_kind(node.left, table, "number")
        right, right_type = self._of_kind(node.right, table, "number")
        tree = replace(node, left=left, right=right)
        multiply = isinstance(node, t.Multiply)
        self._hundred(node, left_type.unit, right_type.unit)
        unit = left_type.unit.times(right_type.unit) if multiply else left_type.unit.over(right_type.unit)
        if unit.plain:
            return _converted(tree, unit, Unit()), NUMBER
        return tree, Type("number", unit)

    def _hundred(self, node: t.Multiply | t.Divide, left: Unit, right: Unit) -> None:
        """Refuses a 100 that turns % into a share by hand where that is done already."""
        number = node.right.value if isinstance(node.right, t.Literal) else None
        by_hand = number in ((0.01, 0.001) if isinstance(node, t.Multiply) else (100, 1000))
        taken_in = any(
            isinstance(part, t.Field) and self._field(part, part.table).type.unit.share
            for part in node.left.walk()
        )
        if by_hand and taken_in and not left.share:
            problem = say("百分比与其他量相乘时已按比例换算，不必再除以100或1000")
            raise refuse("formula-units", problem, node.right.at, self.place, say("请去掉 / 100。"))

    def _ratio(self, node: t.Ratio, table: str | None) -> tuple[t.Node, Type]:
        left, right, unit = self._divided(node, table)
        if not unit.plain and not unit.share:
            problem = say("ratio 的两项单位须相同，现在得到的是“{unit}”", unit=_words(unit))
            remedy = say("请改公式；单位不同的两项相除，请写 x / y 或 per_capita(x, y)。")
            raise refuse("formula-units", problem, node.at, self.place, remedy)
        return _converted(replace(node, left=left, right=right), unit, Unit()), Type("number", _WHOLE)

    def _per_capita(self, node: t.PerCapita, table: str | None) -> tuple[t.Node, Type]:
        left, right, unit = self._divided(node, table)
        below = self.visit(node.right, table)[1].unit
        if len(below.powers) != 1 or below.powers[0] not in {(name, 1) for name in PEOPLE}:
            problem = say("per_capita 的第二项应是人数或户数，现在的单位是“{unit}”", unit=_words(below))
            remedy = say("请用单位为人、万人、户等的字段或指标作第二项，或写 x / y。")
            raise refuse("formula-units", problem, node.right.at, self.place, remedy)
        return replace(node, left=left, right=right), Type("number", unit)

    def _divided(self, node: t.Binary, table: str | None) -> tuple[t.Node, t.Node, Unit]:
        left, left_type = self._of_kind(node.left, table, "number")
        right, right_type = self._of_kind(node.right, table, "number")
        return left, right, left_type.unit.over(right_type.unit)

    def _across(self, node: t.Across, table: str | None) -> tuple[t.Node, Type]:
        self._outside(node, table)
        inner, kind = self._of_kind(node.value, table, "number")
        if not any(isinstance(part, t.Aggregate | t.Indicator) for part in inner.walk()):
            problem = say("跨年度、跨地区的函数里须有汇总函数或 indicator.编号")
            raise refuse("formula-types", problem, node.at, self.place, say("请写 growth(sum(…)) 的样子。"))
        tree = replace(node, value=inner)
        if t.reach(tree) > FARTHEST:
            problem = say("公式要回看{n}年，最多{most}年", n=t.reach(tree), most=FARTHEST)
            raise refuse("formula-too-far", problem, node.at, self.place, say("请减少回看的年数。"))
        match node:
            case t.Growth():
                return tree, Type("number", _WHOLE)
            case t.Rank():
                return tree, NUMBER
            case _:
                return tree, kind

    def _compare(self, node: t.Compare, table: str | None) -> tuple[t.Node, Type]:
        left, right, kind = self._joined(node, table)
        if kind.kind in ("text", "boolean") and not isinstance(node, t.Equal | t.NotEqual):
            problem = say("{kind}只能用 == 和 != 比较", kind=_KINDS[kind.kind])
            raise refuse("formula-types", problem, node.at, self.place)
        for one, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(one, t.Field) and isinstance(other, t.Literal):
                choices = self._field(one, table).choices
                if choices and other.value not in choices:
                    problem = say(
                        "“{field}”没有选项“{value}”", field=one.field, value=literal(str(other.value))
                    )
                    remedy = near(str(other.value), list(choices))
                    raise refuse("formula-unknown-choice", problem, other.at, self.place, remedy)
        return replace(node, left=left, right=right), TRUTH

    def _choose(self, node: t.Choose, table: str | None) -> tuple[t.Node, Type]:
        condition = self._truth(node.condition, table)
        then, otherwise = self.visit(node.then, table), self.visit(node.otherwise, table)
        a, b, kind = self._together(node, then, otherwise)
        return replace(node, condition=condition, then=a, otherwise=b), kind

    def _coalesce(self, node: t.Coalesce, table: str | None) -> tuple[t.Node, Type]:
        first, kind = self.visit(node.parts[0], table)
        parts = [first]
        for part in node.parts[1:]:
            right, other = self.visit(part, table)
            if kind.unit.powers == ((PERSON_YEAR, 1),) and _weighted_persons(right, other):
                parts.append(right)  # persons weighted by shares of time are 人年, as in a result
                continue
            _, right, kind = self._together(node, (parts[0], kind), (right, other))
            parts.append(right)
        return replace(node, parts=tuple(parts)), kind

    def _add_years(self, node: t.AddYears, table: str | None) -> tuple[t.Node, Type]:
        value = self._of_kind(node.value, table, "date")[0]
        years, kind = self._of_kind(node.years, table, "number")
        whole = isinstance(node.years, t.Parameter) or (
            isinstance(node.years, t.Literal)
            and type(node.years.value) is int
            and abs(node.years.value) <= 200
        )
        if not whole or kind.unit.powers not in ((), (("年", 1),)):
            problem = say("add_years 的第二个参数应是整数年数或参数")
            raise refuse("formula-types", problem, node.years.at, self.place)
        return replace(node, value=value, years=years), DATE

    def _aggregate(self, node: t.Aggregate, table: str | None) -> tuple[t.Node, Type]:
        if table is not None:
            raise refuse("formula-nested", say("汇总里不能再有汇总"), node.at, self.place)
        match node:
            case t.Count(table=own, condition=condition):
                self._table(own, node.at)
                return replace(node, condition=self._condition(condition, own)), NUMBER
            case t.Covered():
                return self._covered(node)
            case t.Reduction(value=value, condition=condition):
                own = self._only_table(node)
                inner, kind = self.visit(value, own)
                if not isinstance(node, t.Distinct) and kind.kind != "number":
                    raise self._wrong_kind(value, kind, "number")
                result = NUMBER if isinstance(node, t.Distinct) else kind
                tree = replace(node, value=inner, condition=self._condition(condition, own))
                if isinstance(tree, t.WeightedMean):
                    tree = replace(tree, weight=self._of_kind(tree.weight, own, "number")[0])
                return tree, result
            case _:
                return node, NUMBER

    def _only_table(self, node: t.Reduction) -> str:
        found = next((part.table for part in node.value.walk() if isinstance(part, t.Field)), None)
        if found is None:
            problem = say("汇总里没有任何 表.字段")
            raise refuse("formula-no-table", problem, node.at, self.place, say("计条数请写 count(表)。"))
        return found

    def _condition(self, node: t.Node | None, table: str) -> t.Node | None:
        return None if node is None else self._truth(node, table)

    def _covered(self, node: t.Covered) -> tuple[t.Node, Type]:
        listed = self._field(node.listed, node.listed.table)
        by = self._field(node.by, node.by.table)
        if listed.type.kind != by.type.kind:
            problem = say("{a}与{b}不能放在一起", a=_KINDS[listed.type.kind], b=_KINDS[by.type.kind])
            raise refuse("formula-types", problem, node.by.at, self.place)
        return (
            replace(
                node,
                listed_condition=self._condition(node.listed_condition, node.listed.table),
                by_condition=self._condition(node.by_condition, node.by.table),
            ),
            NUMBER,
        )


def _type_of(value: t.Scalar) -> Type:
    if value is None:
        return NULL
    if isinstance(value, bool):
        return TRUTH
    return TEXT if isinstance(value, str) else NUMBER


def _weighted_persons(node: t.Node, kind: Type) -> bool:
    """Whether it adds up persons times something, not heads."""
    return (
        kind.unit.powers == (("人", 1),)
        and kind.unit.scale == 1
        and isinstance(node, t.Sum)
        and any(isinstance(part, t.Multiply) for part in node.value.walk())
    )


def _bare(node: t.Node) -> bool:
    """Whether it is made of numbers and parameters alone, and so takes the unit of its neighbour."""
    return all(
        isinstance(part, t.Literal | t.Parameter | t.Arithmetic | t.Negate | t.Convert)
        for part in node.walk()
    )


def _converted(node: t.Node, have: Unit, want: Unit) -> t.Node:
    """``node`` in the scale of ``want``; whole factors, so that no digit is lost on the way."""
    up, down = factors(have, want)
    return node if up == down else t.Convert(node, up=up, down=down, at=node.at)


def _words(unit: Unit) -> Message:
    if unit.share and not unit.text:
        return say("比值")
    return literal(unit.text) if unit.text else say("无单位")
