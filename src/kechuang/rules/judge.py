"""Judging: each clause over whole columns, then all clauses together.

Rows are taken in pieces that fit the processor's cache, several at a time; what stays are a few arrays
a clause (outcome, value, threshold), from which sentences are made only when somebody asks.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from kechuang.formula import columns as c
from kechuang.formula import parse
from kechuang.formula.columns import EPOCH, NO, PIECE, UNKNOWN, YES, Codes, Span, Texts, Truth, Value
from kechuang.packs.rules import Clause, Lookup, RuleSpec
from kechuang.rules.bands import look_up
from kechuang.rules.cases import Cases
from kechuang.rules.judgement import Judged, Judgement
from kechuang.rules.law import Law, in_force

if TYPE_CHECKING:
    from kechuang.formula.columns import Floats
    from kechuang.packs import Packs


def judge(rule: str, cases: Cases, as_of: date, packs: Packs) -> Judgement:
    """Every case of ``cases`` by ``rule`` as the regulation stood on ``as_of``.

    Raises KechuangError for an unknown rule, or a day before the regulation.
    """
    spec, law = in_force(packs, rule, as_of)
    clauses = [clause for clause in spec.clauses if _asked(spec, clause, cases)]
    result = Judgement.empty(spec, law, cases, clauses)
    starts = range(0, cases.rows, PIECE)
    with np.errstate(all="ignore"), ThreadPoolExecutor(os.cpu_count()) as pool:
        for _ in pool.map(lambda start: _piece(result, slice(start, min(start + PIECE, cases.rows))), starts):
            pass
    return result


def _asked(spec: RuleSpec, clause: Clause, cases: Cases) -> bool:
    """Whether a clause is judged: not one on a column that files may leave out, where it is left out."""
    from kechuang.rules.law import columns_in

    return all(spec.columns[name].asked or name in cases.columns for name in columns_in(spec, [clause.test]))


def _piece(result: Judgement, rows: slice) -> None:
    with np.errstate(all="ignore"):
        piece = Piece(result.spec, result.law, result.cases, rows)
        outcome: Truth = np.full(rows.stop - rows.start, YES)
        for judged in result.clauses:
            outcome = c.both(outcome, piece.judge(judged))
        result.outcome[rows] = outcome
        if result.score is not None and result.spec.score is not None:
            _keep(result.score, piece.span(result.spec.score.value), rows)
            for part, kept in zip(result.spec.score.parts, result.parts, strict=True):
                _keep(kept, piece.span(part.value), rows)


def _keep(into: tuple[Floats, Floats], span: Span, rows: slice) -> None:
    into[0][rows], into[1][rows] = span.low, span.high


class Piece:
    """Some rows of the cases, and everything computed of them so far."""

    def __init__(self, spec: RuleSpec, law: Law, cases: Cases, rows: slice) -> None:
        self.spec, self.law, self.cases, self.rows = spec, law, cases, rows
        self.known: dict[str, Value] = {"as_of": Span.point((law.day - EPOCH).days)}

    @property
    def size(self) -> int:
        return int(self.rows.stop) - int(self.rows.start)

    def judge(self, judged: Judged) -> Truth:
        """The outcome of a clause; keeps value, threshold and where the clause applies."""
        clause = judged.clause
        applies = self.truth(clause.when) if clause.when is not None else None
        if clause.value is not None:
            value, bound, found = self._sides(clause)
            if judged.by_choice:
                applies = found if applies is None else c.both(applies, found)
            held = getattr(c, str(clause.comparison))(value, bound)
            _keep((judged.low, judged.high), value, self.rows)
            self._keep_bound(judged, bound)
        elif clause.listed is not None:
            held = np.where(self.look_up(clause.listed)[1] == YES, YES, UNKNOWN)
        else:
            held = self.truth(str(clause.test))
        if clause.sound is not None:
            held = np.where(self.truth(clause.sound) == NO, UNKNOWN, held)
        if clause.unless is not None:
            held = c.either(held, self.truth(clause.unless))
        if applies is not None:
            judged.applies[self.rows] = applies
            held = c.either(held, -applies)
        judged.outcome[self.rows] = held
        return np.asarray(held)

    def _sides(self, clause: Clause) -> tuple[Span, Span, Truth]:
        """Value and threshold; and whether there is a threshold for the row."""
        threshold = clause.threshold
        value = self.item(clause.value)
        if isinstance(threshold, Lookup):
            bound, found = self.look_up(threshold)
            return value, bound, found
        return value, self.item(threshold), np.asarray(YES)

    def _keep_bound(self, judged: Judged, bound: Span) -> None:
        if judged.bound_low.ndim:
            _keep((judged.bound_low, judged.bound_high), bound, self.rows)
        else:
            judged.bound_low[...], judged.bound_high[...] = bound.low, bound.high

    def item(self, item: str | Lookup | None) -> Span:
        """The number a formula or lookup gives."""
        if isinstance(item, Lookup):
            return self.look_up(item)[0]
        return self._as_span(self.value(str(item)))

    def look_up(self, lookup: Lookup) -> tuple[Span, Truth]:
        of = self.value(lookup.of)
        if not isinstance(of, Span | Codes):
            raise c.mixed()
        return look_up(of, self.law.table(lookup.table))

    def span(self, name: str) -> Span:
        """The number called ``name`` in ``let``."""
        return self._as_span(self._name(name))

    def truth(self, formula: str) -> Truth:
        found = self.value(formula)
        if not isinstance(found, np.ndarray):
            raise c.mixed()
        return found

    def value(self, formula: str) -> Value:
        return c.evaluate(parse(formula), self._name, self._parameter)

    def _as_span(self, value: Value | None) -> Span:
        if not isinstance(value, Span):
            raise c.mixed()
        return value

    def _parameter(self, name: str) -> Value:
        held = self.law.parameter(name).value
        return Texts(held) if isinstance(held, str) else Span.point(held)

    def _name(self, name: str) -> Value | None:
        if name not in self.known:
            if name in self.spec.let:
                item = self.spec.let[name]
                self.known[name] = self.look_up(item)[0] if isinstance(item, Lookup) else self.value(item)
            elif name in self.spec.columns:
                self.known[name] = self._column(name)
            else:
                return None
        return self.known[name]

    def _column(self, name: str) -> Value:
        spec = self.spec.columns[name]
        found = self.cases.columns.get(name)
        if spec.type == "choice":
            codes = np.full(self.size, NO, np.int16) if found is None else found[self.rows]
            return Codes(np.asarray(codes, np.int16), tuple(spec.choices))
        cells = np.full(self.size, np.nan) if found is None else np.asarray(found[self.rows], np.float64)
        if spec.type == "flag":
            return np.where(np.isnan(cells), UNKNOWN, np.where(cells > 0, YES, NO))
        low = -np.inf if spec.min is None else self.law.number(spec.min)
        high = np.inf if spec.max is None else self.law.number(spec.max)
        if spec.year is None:
            return Span.cells(cells, low, high)
        empty = np.isnan(cells)
        if not empty.any():
            return Span.point(cells)
        # An empty cell of a year in which the enterprise was not yet founded is none, not unknown.
        lived = self._years_lived
        none_low = min(low, 0)
        below = np.where(lived.high < spec.year, 0, np.where(lived.low >= spec.year, low, none_low))
        over = np.where(lived.high < spec.year, 0, high)
        return Span(np.where(empty, below, cells), np.where(empty, over, cells))

    @cached_property
    def _years_lived(self) -> Span:
        """Calendar years between the day of founding and the day of judging."""
        return self._as_span(self.value(f"year_of(as_of) - year_of({self.spec.since})"))
