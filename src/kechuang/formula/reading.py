"""Reads a formula: a small subset of Python's expressions, and nothing beyond it.

``ast`` gives the shape; every node it yields is either one of ours or refused with the place and what
to write instead. Nothing is ever evaluated as Python.
"""

from __future__ import annotations

import ast
import threading
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from kechuang.errors import KechuangError, Place
from kechuang.formula import tree as t
from kechuang.messages import Message, literal, say

#: Python 3.11 counts the depth of a tree in one place for all threads: two that parse at once upset each other.
_ONE_AT_A_TIME = threading.Lock()
LONGEST = 4000
DEEPEST = 60
LARGEST = 1e15
#: The most years an operation may look back.
FARTHEST = 30

_BINARY: dict[type[ast.operator], type[t.Binary]] = {
    ast.Add: t.Add,
    ast.Sub: t.Subtract,
    ast.Mult: t.Multiply,
    ast.Div: t.Divide,
}
_COMPARE: dict[type[ast.cmpop], type[t.Compare]] = {
    ast.Eq: t.Equal,
    ast.NotEq: t.NotEqual,
    ast.Lt: t.Less,
    ast.LtE: t.LessEqual,
    ast.Gt: t.Greater,
    ast.GtE: t.GreaterEqual,
}
_CONSTANTS = {"true": True, "false": False, "null": None}
_TRUTH = (t.Compare, t.And, t.Or, t.Not, t.IsNull, t.ValidOn)
ALLOWED = say(
    "公式里只能有：数、'文字'、表.字段、param.组.名、indicator.编号、+ - * /、比较、and/or/not、if/else 和函数。"
)
_FULL_WIDTH = "，（）；：“”‘’＋－×÷＊／＝＜＞≤≥≠％。"


def parse(source: str, place: Place = Place()) -> t.Node:
    """The tree of ``source``. ``place`` (file, line) goes into errors.

    Raises KechuangError for anything that is not in the language, naming the character where it
    stands and near names.

    >>> parse("2 * sum(a.x)")
    Multiply(left=Literal(value=2), right=Sum(value=Field(table='a', field='x'), condition=None))
    """
    return _Reader(source, place).read()


class FormulaError(KechuangError):
    """A formula that cannot be used; the message names the character of the formula."""


def refuse(
    code: str, problem: Message, at: t.Spot | None, place: Place, remedy: Message | None = None
) -> FormulaError:
    """The error for a ``problem`` at a spot of a formula that stands at ``place``."""
    if at is None:
        message = say("公式：{problem}", problem=problem)
    else:
        message = say("公式第{column}个字符处：{problem}", column=at.column, problem=problem)
    return FormulaError(code, message, place=place, remedy=remedy)


def near(name: str, known: Sequence[str]) -> Message | None:
    """“Did you mean …?”, or the whole choice if nothing is close; None where there is no choice."""
    close = get_close_matches(name, known, 3, 0.5)
    if close:
        return say("是不是：{names}？", names="、".join(close))
    return say("可用的有：{names}。", names="、".join(sorted(known)[:20])) if known else None


@dataclass(frozen=True)
class _Function:
    """How a function is written: the least and most arguments, and what they make."""

    least: int
    most: int
    make: Callable[[_Reader, list[ast.expr], t.Spot, int], t.Node]
    usage: str


class _Reader:
    """Turns one source into a tree; keeps source and place for errors."""

    def __init__(self, source: str, place: Place) -> None:
        self.place = place
        # Line breaks (a folded YAML text) mean nothing; one line keeps positions simple.
        self.source = source.replace("\r", " ").replace("\n", " ") if isinstance(source, str) else ""
        self.indent = len(self.source) - len(self.source.lstrip())

    def read(self) -> t.Node:
        text = self.source.strip()
        if not text:
            raise refuse("formula-empty", say("公式是空的"), None, self.place)
        if len(text) > LONGEST:
            problem = say("公式有{n}个字符，最多{most}个", n=len(text), most=LONGEST)
            raise refuse("formula-too-long", problem, None, self.place, say("请用 let 把它分成几段。"))
        try:
            with _ONE_AT_A_TIME, warnings.catch_warnings():
                warnings.simplefilter("ignore")
                parsed = ast.parse(text, mode="eval")
        except SyntaxError as error:
            raise self._syntax(text, error) from None
        except (RecursionError, MemoryError):
            raise self._too_deep(None) from None
        except ValueError:
            raise refuse("formula-syntax", say("公式里有不能用的字符"), None, self.place) from None
        body = parsed.body
        ending = text.encode()[body.end_col_offset or 0 :].decode(errors="replace")
        if "#" in ending:
            at = t.Spot(1, self.indent + len(text) - len(ending) + ending.index("#") + 1)
            raise refuse("formula-syntax", say("公式里不能写注释"), at, self.place)
        self.text = text.encode()
        return self.node(body, 1)

    def node(self, item: ast.expr, depth: int) -> t.Node:
        at = self.spot(item)
        if depth > DEEPEST:
            raise self._too_deep(at)
        match item:
            case ast.Constant(value=value):
                return self._constant(value, at)
            case ast.Name(id=name):
                return t.Literal(_CONSTANTS[name], at=at) if name in _CONSTANTS else t.Name(name, at=at)
            case ast.Attribute():
                return self._attribute(item, at)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self._negative(self.node(operand, depth + 1), at)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.node(operand, depth + 1)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return t.Not(self.node(operand, depth + 1), at=at)
            case ast.BinOp(op=operator, left=left, right=right) if type(operator) in _BINARY:
                return _BINARY[type(operator)](self.node(left, depth + 1), self.node(right, depth + 1), at=at)
            case ast.BoolOp(op=operator, values=values):
                parts = tuple(self.node(value, depth + 1) for value in values)
                return t.And(parts, at=at) if isinstance(operator, ast.And) else t.Or(parts, at=at)
            case ast.Compare():
                return self._compare(item, at, depth)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                parts = tuple(self.node(part, depth + 1) for part in (test, body, orelse))
                return t.Choose(*parts, at=at)
            case ast.Call():
                return self._call(item, at, depth)
            case ast.BinOp(op=ast.Pow()):
                raise self.refused(item, say("不能用乘方 **"), say("请写成连乘。"))
            case _:
                problem = say("“{found}”不是公式的写法", found=literal(self.words(item)))
                raise self.refused(item, problem, ALLOWED)

    def _negative(self, value: t.Node, at: t.Spot) -> t.Node:
        if isinstance(value, t.Literal) and type(value.value) in (int, float):
            return t.Literal(-value.value, at=at)  # type: ignore[operator]
        return t.Negate(value, at=at)

    def _constant(self, value: object, at: t.Spot) -> t.Node:
        if isinstance(value, str | bool) or value is None:
            return t.Literal(value, at=at)
        if isinstance(value, int | float) and abs(value) <= LARGEST:
            return t.Literal(value, at=at)
        problem = say("这里只能写'文字'或不超过10的15次方的数")
        raise refuse("formula-literal", problem, at, self.place)

    def _attribute(self, item: ast.Attribute, at: t.Spot) -> t.Node:
        path: list[str] = []
        base: ast.expr = item
        while isinstance(base, ast.Attribute):
            path.insert(0, base.attr)
            base = base.value
        if isinstance(base, ast.Name) and base.id == "param" and len(path) >= 2:
            return t.Parameter(".".join(path), at=at)
        if isinstance(base, ast.Name) and base.id != "param" and len(path) == 1:
            return t.Indicator(path[0], at=at) if base.id == "indicator" else t.Field(base.id, path[0], at=at)
        remedy = say("字段写成 表.字段，参数写成 param.组.名，别的指标写成 indicator.编号。")
        raise self.refused(item, say("“{found}”不是字段也不是参数", found=literal(self.words(item))), remedy)

    def _compare(self, item: ast.Compare, at: t.Spot, depth: int) -> t.Node:
        sides = [item.left, *item.comparators]
        values = [self.node(side, depth + 1) for side in sides]
        parts: list[t.Node] = []
        for number, operator in enumerate(item.ops):
            left, right = values[number], values[number + 1]
            if type(operator) not in _COMPARE:
                remedy = say("比较用 == != < <= > >=；判断是否为空用 is_null(…)。")
                raise self.refused(item, say("公式里不能用 in 和 is"), remedy)
            if t.Literal(None) in (left, right):
                raise self.refused(item, say("空值不能比较"), say("请写 is_null(…) 或 not is_null(…)。"))
            parts.append(_COMPARE[type(operator)](left, right, at=at))
        return parts[0] if len(parts) == 1 else t.And(tuple(parts), at=at)

    def _call(self, item: ast.Call, at: t.Spot, depth: int) -> t.Node:
        if not isinstance(item.func, ast.Name):
            problem = say("“{found}”不是函数", found=literal(self.words(item.func)))
            raise self.refused(item, problem, near("", sorted(FUNCTIONS)))
        name = item.func.id
        function = FUNCTIONS.get(name)
        if function is None:
            raise self.refused(item, say("没有函数“{name}”", name=name), near(name, sorted(FUNCTIONS)))
        usage = say("写法：{usage}", usage=literal(function.usage))
        if item.keywords or any(isinstance(argument, ast.Starred) for argument in item.args):
            raise self.refused(item, say("函数“{name}”的参数只按次序写", name=name), usage)
        if not function.least <= len(item.args) <= function.most:
            raise self.refused(item, say("函数“{name}”不能有{n}个参数", name=name, n=len(item.args)), usage)
        return function.make(self, item.args, at, depth + 1)

    # -- places -----------------------------------------------------------------------------------

    def spot(self, item: ast.AST) -> t.Spot:
        offset = getattr(item, "col_offset", 0)
        return t.Spot(1, self.indent + len(self.text[:offset].decode(errors="replace")) + 1)

    def words(self, item: ast.expr) -> str:
        found = self.text[item.col_offset : item.end_col_offset].decode(errors="replace")
        return found if len(found) <= 40 else found[:37] + "…"

    def refused(self, item: ast.expr, problem: Message, remedy: Message | None) -> FormulaError:
        return refuse("formula-syntax", problem, self.spot(item), self.place, remedy)

    def _too_deep(self, at: t.Spot | None) -> FormulaError:
        problem = say("公式嵌套太深，最多{most}层", most=DEEPEST)
        return refuse("formula-too-deep", problem, at, self.place, say("请用 let 把它分成几段。"))

    def _syntax(self, text: str, error: SyntaxError) -> FormulaError:
        column = min(max(error.offset or 1, 1), len(text) + 1)
        at = t.Spot(1, self.indent + column)
        found = text[column - 1 : column + 14] or text[-15:]
        wide = next((mark for mark in text if mark in _FULL_WIDTH), None)
        remedy = None
        if wide is not None:
            remedy = say("“{mark}”是全角符号，公式里请用半角符号（文字放在引号里）。", mark=literal(wide))
        elif "=" in text:
            remedy = say("相等写成 ==。")
        problem = say("“{found}”附近写法有误", found=literal(found))
        return refuse("formula-syntax", problem, at, self.place, remedy)


# -- functions ------------------------------------------------------------------------------------


def _plain(make: Callable[..., t.Node]) -> Callable[[_Reader, list[ast.expr], t.Spot, int], t.Node]:
    """A function all of whose arguments are expressions."""
    return lambda reader, items, at, depth: make(*(reader.node(item, depth) for item in items), at=at)


def _parts(make: Callable[..., t.Node]) -> Callable[[_Reader, list[ast.expr], t.Spot, int], t.Node]:
    """A function of any number of expressions."""
    return lambda reader, items, at, depth: make(tuple(reader.node(item, depth) for item in items), at=at)


def _round(reader: _Reader, items: list[ast.expr], at: t.Spot, depth: int) -> t.Node:
    value = reader.node(items[0], depth)
    digits = reader.node(items[1], depth) if len(items) > 1 else t.Literal(0)
    if not (isinstance(digits, t.Literal) and type(digits.value) is int and 0 <= digits.value <= 12):
        usage = say("写法：{usage}", usage=FUNCTIONS["round"].usage)
        raise reader.refused(items[1], say("小数位数应是0到12的整数"), usage)
    return t.Round(value, digits.value, at=at)


def _count(reader: _Reader, items: list[ast.expr], at: t.Spot, depth: int) -> t.Node:
    table = items[0]
    if not isinstance(table, ast.Name):
        usage = say("写法：{usage}", usage=FUNCTIONS["count"].usage)
        raise reader.refused(table, say("count 的第一个参数是表名"), usage)
    condition = reader.node(items[1], depth) if len(items) > 1 else None
    return t.Count(table.id, condition, at=at)


def _extreme(
    of_two: type[t.Binary], of_many: type[t.Reduction]
) -> Callable[[_Reader, list[ast.expr], t.Spot, int], t.Node]:
    """``min``/``max``: of two values; of many records where one value stands alone or with a condition."""

    def make(reader: _Reader, items: list[ast.expr], at: t.Spot, depth: int) -> t.Node:
        parts = [reader.node(item, depth) for item in items]
        if len(parts) == 1:
            return of_many(parts[0], at=at)
        if isinstance(parts[1], _TRUTH):
            return of_many(parts[0], parts[1], at=at)
        return of_two(parts[0], parts[1], at=at)

    return make


def _covered(reader: _Reader, items: list[ast.expr], at: t.Spot, depth: int) -> t.Node:
    parts: list[t.Node] = [reader.node(item, depth) for item in items]
    for item, part in zip(items[:2], parts[:2], strict=True):
        if not isinstance(part, t.Field):
            usage = say("写法：{usage}", usage=FUNCTIONS["covered"].usage)
            raise reader.refused(item, say("covered 的前两个参数是 表.字段"), usage)
    conditions = [*parts[2:], None, None]
    listed, by = parts[0], parts[1]
    assert isinstance(listed, t.Field) and isinstance(by, t.Field)
    return t.Covered(listed, by, conditions[0], conditions[1], at=at)


def _share(reader: _Reader, items: list[ast.expr], at: t.Spot, depth: int) -> t.Node:
    """Part of a whole: of the records of a table, or of the sum of a value."""
    condition = reader.node(items[1], depth)
    if isinstance(items[0], ast.Name):
        table = items[0].id
        return t.Ratio(t.Count(table, condition, at=at), t.Count(table, at=at), at=at)
    value = reader.node(items[0], depth)
    return t.Ratio(t.Sum(value, condition, at=at), t.Sum(value, at=at), at=at)


def _quantile(reader: _Reader, items: list[ast.expr], at: t.Spot, depth: int) -> t.Node:
    value, share = reader.node(items[0], depth), reader.node(items[1], depth)
    number = share.value if isinstance(share, t.Literal) else None
    if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number <= 1:
        usage = say("写法：{usage}", usage=FUNCTIONS["quantile"].usage)
        raise reader.refused(items[1], say("分位应是0到1之间的数"), usage)
    condition = reader.node(items[2], depth) if len(items) > 2 else None
    return t.Quantile(value, condition, share=float(number), at=at)


def _weighted(reader: _Reader, items: list[ast.expr], at: t.Spot, depth: int) -> t.Node:
    parts = [reader.node(item, depth) for item in items]
    return t.WeightedMean(parts[0], parts[2] if len(parts) > 2 else None, weight=parts[1], at=at)


def _shifted(
    name: str, make: Callable[..., t.Node], least: int = 1
) -> Callable[[_Reader, list[ast.expr], t.Spot, int], t.Node]:
    """A function of a value and a whole number of years."""

    def read(reader: _Reader, items: list[ast.expr], at: t.Spot, depth: int) -> t.Node:
        value = reader.node(items[0], depth)
        years = reader.node(items[1], depth) if len(items) > 1 else t.Literal(1)
        if not (
            isinstance(years, t.Literal) and type(years.value) is int and least <= years.value <= FARTHEST
        ):
            usage = say("写法：{usage}", usage=FUNCTIONS[name].usage)
            problem = say("年数应是{least}到{most}的整数", least=least, most=FARTHEST)
            raise reader.refused(items[-1], problem, usage)
        return make(value, years.value, at=at)

    return read


FUNCTIONS: dict[str, _Function] = {
    "is_null": _Function(1, 1, _plain(t.IsNull), "is_null(x)"),
    "coalesce": _Function(2, 20, _parts(t.Coalesce), "coalesce(x, y, …)"),
    "abs": _Function(1, 1, _plain(t.Abs), "abs(x)"),
    "round": _Function(1, 2, _round, "round(x, 1)"),
    "min": _Function(1, 2, _extreme(t.Least, t.Min), "min(x, y) / min(table.field, condition)"),
    "max": _Function(1, 2, _extreme(t.Greatest, t.Max), "max(x, y) / max(table.field, condition)"),
    "year_of": _Function(1, 1, _plain(t.YearOf), "year_of(day)"),
    "add_years": _Function(2, 2, _plain(t.AddYears), "add_years(day, 3)"),
    "valid_on": _Function(3, 3, _plain(t.ValidOn), "valid_on(from, to, day)"),
    "count": _Function(1, 2, _count, "count(table, condition)"),
    "distinct": _Function(1, 2, _plain(t.Distinct), "distinct(table.field, condition)"),
    "sum": _Function(1, 2, _plain(t.Sum), "sum(table.field, condition)"),
    "mean": _Function(1, 2, _plain(t.Mean), "mean(table.field, condition)"),
    "median": _Function(1, 2, _plain(t.Median), "median(table.field, condition)"),
    "quantile": _Function(2, 3, _quantile, "quantile(table.field, 0.9, condition)"),
    "weighted_mean": _Function(2, 3, _weighted, "weighted_mean(table.field, table.weight, condition)"),
    "share": _Function(2, 2, _share, "share(table, condition) / share(table.field, condition)"),
    "ratio": _Function(2, 2, _plain(t.Ratio), "ratio(x, y)"),
    "per_capita": _Function(2, 2, _plain(t.PerCapita), "per_capita(x, people)"),
    "previous": _Function(1, 2, _shifted("previous", t.Previous), "previous(x, 1)"),
    "growth": _Function(1, 2, _shifted("growth", t.Growth), "growth(x, 1)"),
    "moving_mean": _Function(2, 2, _shifted("moving_mean", t.MovingMean, 2), "moving_mean(x, 3)"),
    "moving_sum": _Function(2, 2, _shifted("moving_sum", t.MovingSum, 2), "moving_sum(x, 3)"),
    "rank": _Function(1, 1, _plain(t.Rank), "rank(x)"),
    "covered": _Function(2, 4, _covered, "covered(list.field, by.field, list_condition, by_condition)"),
}
