"""What a pack declares of a rule: the columns it judges, its clauses, its score, and tables by date.

A rule is ``rules/NAME.yaml``; a table of bands or of provinces is ``tables/GROUP/NAME.yaml``, dated and
cited like a parameter. Every number a regulation sets stands in a parameter or a table, never in a
formula, so that a rule says only what is compared with what.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from kechuang.packs.model import Day, Declared, DefinitionSource, Label, Packs

Bound = float | str
"""A number, or the id of the parameter that holds it."""


class RuleColumn(Declared):
    """A column a rule reads. An empty cell is unknown: anything from ``min`` to ``max``.

    ``flag`` is 1 or 0. ``choices`` are given by code or label; any other name is ``otherwise`` where that
    is set. ``year`` n is the n-th fiscal year before the day of judging: an empty cell of a year before
    the enterprise was founded (``RuleSpec.since``) is none, not unknown. A column that is ``asked`` only
    of some files may be absent without the clauses on it being judged.
    """

    type: Literal["text", "number", "date", "flag", "choice"]
    label: Label
    unit: str | None = None
    min: Bound | None = None
    max: Bound | None = None
    choices: dict[str, Label] = Field(default_factory=dict)
    otherwise: str | None = None
    year: int | None = None
    asked: bool = True
    note: Label | None = None


class Lookup(Declared):
    """The row of ``table`` that the number or choice ``of`` falls into."""

    of: str
    table: str


class Gap(Declared):
    """What would turn a clause: ``value`` in ``unit``; ``threshold`` may be used in the formula.

    ``whole`` rounds up to whole units (a person, a day)."""

    label: Label
    value: str
    unit: str
    whole: bool = False


class Clause(Declared):
    """One condition: a ``value`` held against a threshold, or a ``test``.

    ``when`` says where it applies; ``unless`` by what it is met all the same; ``sound`` what must hold
    for its figures to make sense (otherwise unknown). ``yes`` and ``no`` are the sentences of a test.
    ``verified``: checked word by word against the issued text; results say where it was not.
    """

    id: str
    label: Label
    clause: str
    verified: bool = False
    when: str | None = None
    value: str | Lookup | None = None
    unit: str | None = None
    at_least: str | Lookup | None = None
    above: str | Lookup | None = None
    at_most: str | Lookup | None = None
    below: str | Lookup | None = None
    test: str | None = None
    listed: Lookup | None = None
    yes: Label | None = None
    no: Label | None = None
    unknown: Label | None = None
    unless: str | None = None
    unless_label: Label | None = None
    sound: str | None = None
    unsound: Label | None = None
    gap: Gap | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Clause:
        bounds = [self.at_least, self.above, self.at_most, self.below]
        given = [bound for bound in bounds if bound is not None]
        if self.value is not None and (len(given) != 1 or self.test is not None or self.listed is not None):
            raise ValueError("value: at_least, above, at_most, below")
        if self.value is None and (given or (self.test is None) == (self.listed is None)):
            raise ValueError("value, test, listed")
        return self

    @property
    def comparison(self) -> Literal["at_least", "above", "at_most", "below"] | None:
        """How ``value`` is compared; None for a test."""
        names: tuple[Literal["at_least", "above", "at_most", "below"], ...]
        names = ("at_least", "above", "at_most", "below")
        return next((name for name in names if getattr(self, name) is not None), None)

    @property
    def threshold(self) -> str | Lookup | None:
        return getattr(self, self.comparison) if self.comparison else None


class ScorePart(Declared):
    """A part of a score: ``value`` names it in ``let``; ``max`` is the most it can give."""

    value: str
    label: Label
    max: Bound


class Score(Declared):
    value: str
    label: Label
    unit: str
    parts: list[ScorePart] = Field(default_factory=list)


class Validity(Declared):
    """How long a recognition holds: ``years`` (a parameter) from the day of issue, or to the end of the
    calendar year of issue where that parameter is absent."""

    years: str | None = None
    clause: str
    note: Label


class Tally(Declared):
    """A rule that adds rows up by ``by`` instead of judging them: counts of conditions, sums of numbers."""

    by: str
    sums: dict[str, str]
    counts: dict[str, str]


class RuleSpec(Declared):
    """A rule. ``let`` names formulas and lookups used in clauses, in order; ``since`` the column that says
    when an enterprise began; ``not_judged`` what the regulation also asks and no column tells."""

    rule: str
    label: Label
    description: Label
    regulation: DefinitionSource
    key: str
    from_: Day = Field(alias="from")
    since: str | None = None
    columns: dict[str, RuleColumn]
    let: dict[str, str | Lookup] = Field(default_factory=dict)
    clauses: list[Clause] = Field(default_factory=list)
    score: Score | None = None
    validity: Validity | None = None
    tally: Tally | None = None
    not_judged: list[Label] = Field(default_factory=list)

    @property
    def id(self) -> str:
        return self.rule

    def formulas(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Every formula with the path of its key."""
        for name, item in self.let.items():
            yield ("let", name), item.of if isinstance(item, Lookup) else item
        for place, clause in enumerate(self.clauses):
            at: tuple[str | int, ...] = ("clauses", place)
            for key in ("when", "value", "at_least", "above", "at_most", "below", "test", "listed"):
                found = getattr(clause, key)
                if found is not None:
                    yield (*at, key), found.of if isinstance(found, Lookup) else found
            for key in ("unless", "sound"):
                if getattr(clause, key) is not None:
                    yield (*at, key), getattr(clause, key)
            if clause.gap is not None:
                yield (*at, "gap"), clause.gap.value
        if self.tally is not None:
            for name, formula in {**self.tally.sums, **self.tally.counts}.items():
                yield ("tally", name), formula

    def lookups(self) -> Iterator[tuple[tuple[str | int, ...], Lookup]]:
        """Every lookup with the path of its key."""
        for name, item in self.let.items():
            if isinstance(item, Lookup):
                yield ("let", name), item
        for place, clause in enumerate(self.clauses):
            for key in ("value", "at_least", "above", "at_most", "below", "listed"):
                found = getattr(clause, key)
                if isinstance(found, Lookup):
                    yield ("clauses", place, key), found


class TableRow(Declared):
    """One row: where it holds (exactly one way), and a number or ``[low, high]``; ``is`` names a choice.

    ``source`` and ``clause`` where they differ from the table's."""

    at_least: float | None = None
    above: float | None = None
    at_most: float | None = None
    is_: str | None = Field(default=None, alias="is")
    otherwise: bool | None = None
    value: float | tuple[float, float]
    source: str | None = None
    clause: str | None = None

    @model_validator(mode="after")
    def _one_way(self) -> TableRow:
        ways = (self.at_least, self.above, self.at_most, self.is_, self.otherwise)
        if sum(way is not None for way in ways) != 1:
            raise ValueError("at_least, above, at_most, is, otherwise")
        return self

    @property
    def low(self) -> float:
        return self.value[0] if isinstance(self.value, tuple) else self.value

    @property
    def high(self) -> float:
        return self.value[-1] if isinstance(self.value, tuple) else self.value


class TableValue(Declared):
    """The rows from a day on, read from the top: the first that holds counts."""

    from_: Day = Field(alias="from")
    source: str
    clause: str
    verified: bool = False
    rows: list[TableRow]


class RuleTable(Declared):
    """A dated table of bands (by size) or of choices (by name)."""

    table: str
    label: Label
    unit: str | None = None
    values: list[TableValue]

    @property
    def id(self) -> str:
        return self.table

    def at(self, day: date) -> TableValue | None:
        """The rows in force on ``day``; None before the first date."""
        known = [value for value in self.values if value.from_ <= day]
        return max(known, key=lambda value: value.from_) if known else None


Packs.model_rebuild(_types_namespace={"RuleSpec": RuleSpec, "RuleTable": RuleTable})
