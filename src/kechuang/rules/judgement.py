"""What judging found, kept as arrays: outcomes, values and thresholds by clause; sentences on demand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kechuang.packs.rules import Clause, Lookup, RuleSpec
from kechuang.rules.cases import Cases
from kechuang.rules.law import Law, columns_in

if TYPE_CHECKING:
    import pyarrow as pa

    from kechuang.formula.columns import Floats, Truth

OUTCOMES = {-1: "no", 0: "unknown", 1: "yes"}
"""Outcomes by the sign they are kept as."""


@dataclass
class Judged:
    """One clause over all rows: outcome, value and threshold (intervals), where it applies.

    ``by_choice``: the threshold is looked up by a choice, and where there is none the clause does not
    apply. A threshold that is the same for all rows is an array without dimension.
    """

    clause: Clause
    columns: list[str]
    by_choice: bool
    outcome: Truth
    applies: Truth
    low: Floats
    high: Floats
    bound_low: Floats
    bound_high: Floats

    @classmethod
    def empty(cls, spec: RuleSpec, clause: Clause, rows: int) -> Judged:
        threshold = clause.threshold
        several = isinstance(threshold, Lookup) or bool(threshold and columns_in(spec, [threshold]))
        by_choice = isinstance(threshold, Lookup) and any(
            spec.columns[name].type == "choice" for name in columns_in(spec, [threshold.of])
        )
        size = rows if clause.value is not None else 0
        formulas = [
            item.of if isinstance(item, Lookup) else item
            for item in (clause.value, threshold, clause.test, clause.listed)
            if item is not None
        ]
        return cls(
            clause,
            columns_in(spec, formulas),
            by_choice,
            np.zeros(rows, np.int8),
            np.ones(rows if clause.when is not None or by_choice else (), np.int8),
            np.empty(size),
            np.empty(size),
            np.empty(size if several else ()),
            np.empty(size if several else ()),
        )

    def bounds(self, rows: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
        """The threshold of ``rows``, low and high."""
        if self.bound_low.ndim:
            return self.bound_low[rows], self.bound_high[rows]
        return np.broadcast_to(self.bound_low, rows.shape), np.broadcast_to(self.bound_high, rows.shape)

    def applying(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Which of ``rows`` the clause may apply to."""
        applies = self.applies[rows] if self.applies.ndim else np.broadcast_to(self.applies, rows.shape)
        return applies >= 0


@dataclass
class Judgement:
    """The judgement of all cases by one rule as of a day.

    ``outcome`` is 1 yes, 0 unknown, -1 no, one a row; ``score`` is (low, high) or None for a rule without
    one; ``parts`` the same of each part of the score.
    """

    spec: RuleSpec
    law: Law
    cases: Cases
    outcome: Truth
    score: tuple[Floats, Floats] | None
    parts: list[tuple[Floats, Floats]]
    clauses: list[Judged]

    @classmethod
    def empty(cls, spec: RuleSpec, law: Law, cases: Cases, clauses: Sequence[Clause]) -> Judgement:
        """Room for the judgement of ``cases`` by ``clauses``."""
        rows = cases.rows
        scored = spec.score is not None
        return cls(
            spec,
            law,
            cases,
            np.zeros(rows, np.int8),
            (np.empty(rows), np.empty(rows)) if scored else None,
            [(np.empty(rows), np.empty(rows)) for _ in (spec.score.parts if spec.score else ())],
            [Judged.empty(spec, clause, rows) for clause in clauses],
        )

    def __len__(self) -> int:
        return self.cases.rows

    def counts(self) -> dict[str, int]:
        """How many cases are yes, no and unknown."""
        return {
            name: int((self.outcome == sign).sum()) for sign, name in sorted(OUTCOMES.items(), reverse=True)
        }

    def row(self, number: int, *, needs: bool = False) -> dict[str, Any]:
        """One case (from 0) as contract.md has it, with full sentences; ``needs``: what is missing for a yes."""
        return next(self.rows(number, number + 1, needs=needs))

    def rows(
        self, start: int = 0, stop: int | None = None, *, needs: bool = False
    ) -> Iterator[dict[str, Any]]:
        """Cases ``start`` to ``stop`` as :meth:`row` gives them, one after another."""
        from kechuang.rules.telling import told

        yield from told(self, start, len(self) if stop is None else stop, needs=needs)

    def to_arrow(self, start: int = 0, stop: int | None = None, language: str = "zh") -> pa.Table:
        """Cases ``start`` to ``stop`` as a table: key, outcome, score, each clause, and why not yes."""
        from kechuang.rules.telling import as_arrow

        return as_arrow(self, start, len(self) if stop is None else stop, language)
