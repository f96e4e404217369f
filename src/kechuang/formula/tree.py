"""The operations a formula is made of: each a small frozen class, and nothing else exists.

What an operation *means* stands elsewhere, one module a meaning: ``row`` (over one row in Python),
``checking`` (types and units), ``writing`` (back to text), ``words`` (a sentence), and ``engine`` (over
tables). A new operation is a class here, a line in ``reading``, and an entry in each of those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, replace
from typing import TypeVar

Scalar = str | int | float | bool | None


@dataclass(frozen=True)
class Spot:
    """Where in its source an operation stands: line and character, both from 1."""

    line: int = 1
    column: int = 1


@dataclass(frozen=True, kw_only=True)
class Node:
    """Any operation. Two nodes are equal if they say the same, wherever they were written."""

    at: Spot = field(default=Spot(), compare=False, repr=False)

    def children(self) -> tuple[Node, ...]:
        """The operands, in order of writing."""
        found: list[Node] = []
        for slot in fields(self):
            value = getattr(self, slot.name)
            if isinstance(value, Node):
                found.append(value)
            elif isinstance(value, tuple):
                found.extend(item for item in value if isinstance(item, Node))
        return tuple(found)

    def walk(self) -> Iterator[Node]:
        """This node and all below it, outermost first."""
        yield self
        for child in self.children():
            yield from child.walk()

    def rebuilt(self: Self, change: Callable[[Node], Node]) -> Self:
        """The same operation with ``change`` applied to each operand."""
        new: dict[str, object] = {}
        for slot in fields(self):
            value = getattr(self, slot.name)
            if isinstance(value, Node):
                new[slot.name] = change(value)
            elif isinstance(value, tuple):
                new[slot.name] = tuple(change(item) if isinstance(item, Node) else item for item in value)
        return replace(self, **new) if new else self  # type: ignore[arg-type]


Self = TypeVar("Self", bound=Node)


# -- leaves ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Literal(Node):
    """A number, a text, a yes/no, or null."""

    value: Scalar

    def __eq__(self, other: object) -> bool:
        # 1 == True in Python; as formulas they differ.
        return isinstance(other, Literal) and self._typed() == other._typed()

    def __hash__(self) -> int:
        return hash(self._typed())

    def _typed(self) -> tuple[type, Scalar]:
        return type(self.value), self.value


@dataclass(frozen=True)
class Name(Node):
    """A field of the row at hand, a name given by ``let``, or ``period_start``/``period_end``/``year``."""

    name: str


@dataclass(frozen=True)
class Field(Node):
    """A field of a table: ``table.field``."""

    table: str
    field: str


@dataclass(frozen=True)
class Parameter(Node):
    """A dated parameter: ``param.group.name``; its value is the one in force at the period's end."""

    id: str


@dataclass(frozen=True)
class Indicator(Node):
    """The value of another indicator in the same region and period: ``indicator.ID``."""

    id: str


# -- numbers --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Binary(Node):
    left: Node
    right: Node


@dataclass(frozen=True)
class Arithmetic(Binary):
    """Two numbers; null if either is null."""


class Add(Arithmetic):
    pass


class Subtract(Arithmetic):
    pass


class Multiply(Arithmetic):
    pass


class Divide(Arithmetic):
    """Division; null where the divisor is zero."""


class Ratio(Arithmetic):
    """Two quantities of one unit as a share, which is put into % or ‰ by itself; null over zero."""


class PerCapita(Arithmetic):
    """A quantity per head: divided by a number of people or households; null over zero."""


@dataclass(frozen=True)
class Negate(Node):
    value: Node


@dataclass(frozen=True)
class Abs(Node):
    value: Node


@dataclass(frozen=True)
class Round(Node):
    """Rounded half away from zero to ``digits`` decimals."""

    value: Node
    digits: int = 0


class Least(Binary):
    """The smaller of two; null if either is null."""


class Greatest(Binary):
    """The larger of two; null if either is null."""


@dataclass(frozen=True)
class Convert(Node):
    """A number put into another scale of the same unit: times ``up``, over ``down``. Made by ``checking``."""

    value: Node
    up: float = 1.0
    down: float = 1.0


# -- truth (three-valued: yes, no, unknown) -------------------------------------------------------


@dataclass(frozen=True)
class Compare(Binary):
    """A comparison; unknown if either side is null."""


class Equal(Compare):
    pass


class NotEqual(Compare):
    pass


class Less(Compare):
    pass


class LessEqual(Compare):
    pass


class Greater(Compare):
    pass


class GreaterEqual(Compare):
    pass


@dataclass(frozen=True)
class And(Node):
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Or(Node):
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Not(Node):
    value: Node


@dataclass(frozen=True)
class IsNull(Node):
    value: Node


# -- choice ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choose(Node):
    """``then if condition else otherwise``; an unknown condition takes ``otherwise``."""

    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True)
class Coalesce(Node):
    """The first that is not null."""

    parts: tuple[Node, ...]


# -- dates ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class YearOf(Node):
    value: Node


@dataclass(frozen=True)
class AddYears(Node):
    """The same day ``years`` later; 29 February becomes 28 February."""

    value: Node
    years: Node


@dataclass(frozen=True)
class ValidOn(Node):
    """Whether ``day`` lies in ``start`` ≤ day < ``end``; a null ``end`` means until further notice."""

    start: Node
    end: Node
    day: Node

    def spelled_out(self) -> Node:
        """The same in simpler operations."""
        open_or_later = Or((IsNull(self.end), Less(self.day, self.end)))
        return And((LessEqual(self.start, self.day), open_or_later))


# -- aggregates over the records of one region and period -----------------------------------------


@dataclass(frozen=True)
class Aggregate(Node):
    """A number from many records; ``condition`` says which of them (all if None)."""


@dataclass(frozen=True)
class Count(Aggregate):
    """How many records."""

    table: str
    condition: Node | None = None


@dataclass(frozen=True)
class Reduction(Aggregate):
    """A number from the values of an expression over one table; nulls are left out."""

    value: Node
    condition: Node | None = None


class Distinct(Reduction):
    """How many different values."""


class Sum(Reduction):
    pass


class Mean(Reduction):
    pass


class Min(Reduction):
    pass


class Max(Reduction):
    pass


class Median(Reduction):
    """The middle value; between the two middle ones where their number is even."""


@dataclass(frozen=True)
class Quantile(Reduction):
    """The value below which ``share`` (0–1) of the values lie, linear between neighbours."""

    share: float = 0.5


@dataclass(frozen=True)
class WeightedMean(Reduction):
    """Σ value × weight ÷ Σ weight over records that have both; null where the weights add up to zero."""

    weight: Node = field(default=Literal(1))


@dataclass(frozen=True)
class Covered(Aggregate):
    """The share (0–1) of the different values of ``listed`` that occur among those of ``by``."""

    listed: Field
    by: Field
    listed_condition: Node | None = None
    by_condition: Node | None = None


# -- beyond the region and period at hand ---------------------------------------------------------


@dataclass(frozen=True)
class Across(Node):
    """What is made of values of other years or other regions; ``value`` is an expression of aggregates."""

    value: Node


@dataclass(frozen=True)
class Shifted(Across):
    """What looks ``years`` years back."""

    years: int = 1


class Previous(Shifted):
    """The value ``years`` years before."""


class Growth(Shifted):
    """Growth against the year before, or the average yearly growth over ``years`` years, as a share.

    Null where the value it grew from is not above zero, or the present one is below zero.
    """


class MovingMean(Shifted):
    """The mean of this year and those before it, ``years`` in all; null where one is null."""


class MovingSum(Shifted):
    """The sum of this year and those before it, ``years`` in all; null where one is null."""


class Rank(Across):
    """The place among the regions below the same region, 1 for the largest; equal values share a place."""


# -- helpers --------------------------------------------------------------------------------------


def aggregates(tree: Node) -> list[Aggregate]:
    """The different aggregates of a formula, in order of writing."""
    return list(dict.fromkeys(node for node in tree.walk() if isinstance(node, Aggregate)))


def tables_of(aggregate: Aggregate) -> list[str]:
    """Every table whose records an aggregate reads, the one it runs over first."""
    if isinstance(aggregate, Covered):
        return [aggregate.listed.table, aggregate.by.table]
    if isinstance(aggregate, Count):
        return [aggregate.table]
    return [next(part.table for part in aggregate.walk() if isinstance(part, Field))]


def shifts(node: Node) -> tuple[int, ...]:
    """How many years back the operand of ``node`` is looked at: (0,) for what stays in its year.

    >>> shifts(MovingSum(Literal(1), 3)), shifts(Growth(Literal(1), 5)), shifts(Rank(Literal(1)))
    ((0, 1, 2), (0, 5), (0,))
    """
    match node:
        case MovingMean(years=years) | MovingSum(years=years):
            return tuple(range(years))
        case Growth(years=years):
            return (0, years)
        case Previous(years=years):
            return (years,)
        case _:
            return (0,)


def reach(node: Node) -> int:
    """How many years back a formula looks at most.

    >>> reach(Growth(MovingMean(Literal(1), 3), 5))
    7
    """
    below = max((reach(part) for part in node.children()), default=0)
    return max(shifts(node)) + below


def expanded(tree: Node, names: dict[str, Node]) -> Node:
    """``tree`` with each name of ``names`` replaced by what it stands for."""
    if isinstance(tree, Name) and tree.name in names:
        return names[tree.name]
    return tree.rebuilt(lambda child: expanded(child, names))
