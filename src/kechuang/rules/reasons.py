"""Why: a full sentence for each case and clause, with its figures, made for many rows at once.

A sentence is a template filled with columns of text. Rows that say the same kind of thing are filled
together, so that a million sentences cost a few string operations, not a million.
"""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kechuang.errors import listed
from kechuang.formula.columns import year_of
from kechuang.language.figures import figures, unit_text
from kechuang.messages import Message, in_language, say
from kechuang.records.fields import Named
from kechuang.rules.law import columns_in

if TYPE_CHECKING:
    import pyarrow as pa

    from kechuang.packs.model import Label
    from kechuang.rules.judgement import Judged, Judgement

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

REQUIREMENTS: dict[str, Message] = {
    "at_least": say("不低于{bound}"),
    "above": say("高于{bound}"),
    "at_most": say("不超过{bound}"),
    "below": say("低于{bound}"),
}
_POINT = {
    1: say("{label}为{value}{inputs}，符合“{requirement}”的规定。"),
    -1: say("{label}为{value}{inputs}，不符合“{requirement}”的规定。"),
}
_RANGE = {
    1: say("{label}在{low}至{high}之间{inputs}，都符合“{requirement}”的规定。"),
    0: say(
        "{label}在{low}至{high}之间{inputs}，规定为“{requirement}”，取决于专家打分和未填各项，现在不能判断。"
    ),
    -1: say("{label}在{low}至{high}之间{inputs}，都不符合“{requirement}”的规定。"),
}
_LOW = {
    1: say("{label}至少为{low}{inputs}，符合“{requirement}”的规定。"),
    -1: say("{label}至少为{low}{inputs}，不符合“{requirement}”的规定。"),
}
_HIGH = {
    1: say("{label}至多为{high}{inputs}，符合“{requirement}”的规定。"),
    -1: say("{label}至多为{high}{inputs}，不符合“{requirement}”的规定。"),
}
_MISSING = say("缺少：{names}；{label}不能确定，规定为“{requirement}”。")
_ZERO = say("{label}算不出来，因为分母为零{inputs}；规定为“{requirement}”。")
_UNTOLD = say("缺少：{names}；“{label}”不能判断。")
_APPLIES = say("缺少：{names}；不知道这一条（{label}）是否适用。")
_UNLESS = say("{label}为{value}，不符合“{requirement}”的规定，但{unless}，因此符合。")
_UNLESS_OPEN = say("{label}不能确定是否符合“{requirement}”的规定，但{unless}，因此符合。")
_UNLESS_UNKNOWN = say("{label}为{value}，不符合“{requirement}”的规定；缺少：{names}，不知道是否{unless}。")
_IN_BRACKETS = say("（{inputs}）")
_INPUT = say("{name}{figure}")
_BETWEEN = say("{low}至{high}")
_EMPTY, _NO_YEAR = say("未填"), say("无")


def reasons(judgement: Judgement, judged: Judged, rows: Rows, language: str) -> pa.Array:
    """The sentence of ``judged`` for each of ``rows`` (from 0), in ``language``."""
    with in_language(language), np.errstate(all="ignore"):
        return _Teller(judgement, judged, language).of(rows)


def cells_unknown(judgement: Judgement, name: str, rows: Rows) -> Mask:
    """Where a column is empty and not because the enterprise did not exist in that year."""
    spec = judgement.spec
    empty = judgement.cases.empty(name, rows)
    year, since = spec.columns[name].year, spec.since
    founded = judgement.cases.columns.get(since) if since else None
    if year is None or founded is None:
        return empty
    lived = judgement.law.day.year - year_of(np.asarray(founded[rows], np.float64))
    return empty & ~(lived < year)


class _Teller:
    """The sentences of one clause in one language."""

    def __init__(self, judgement: Judgement, judged: Judged, language: str) -> None:
        self.judgement, self.judged, self.language = judgement, judged, language
        self.clause = judged.clause
        self.label = self._pick(judged.clause.label)

    def of(self, rows: Rows) -> pa.Array:
        """Groups of rows that say the same kind of thing, told group by group and put back in order."""
        import pyarrow as pa

        if not len(rows):
            return pa.array([], pa.string())
        outcome = self.judged.outcome[rows]
        kinds: list[tuple[Mask, Any]] = []
        left = np.ones(len(rows), np.bool_)

        def add(mask: Mask, tell: Any) -> None:
            nonlocal left
            here = mask & left
            if here.any():
                kinds.append((here, tell))
                left = left & ~here

        if self.judged.applies.ndim:
            add((self.judged.applies[rows] == 0) & (outcome == 0), self._applies)
        if self.clause.value is None:
            add(outcome > 0, lambda at: self._fixed(self.clause.yes, at))
            add(outcome < 0, lambda at: self._fixed(self.clause.no, at))
            if self.clause.unknown is not None:
                known = ~self._lacking(rows)
                add(known, lambda at: self._fixed(self.clause.unknown, at))
            add(left, lambda at: self._fill(_UNTOLD, at, names=self._names(at)))
        else:
            self._numbers(rows, outcome, add)
        order = np.concatenate([np.flatnonzero(mask) for mask, _ in kinds])
        told = pa.concat_arrays([tell(rows[mask]) for mask, tell in kinds])
        back = np.empty(len(order), np.int64)
        back[order] = np.arange(len(order))
        return told.take(pa.array(back))

    def _numbers(self, rows: Rows, outcome: Any, add: Any) -> None:
        judged, clause = self.judged, self.clause
        low, high = judged.low[rows], judged.high[rows]
        compared = self._compared(rows)
        point = (low == high) & np.isfinite(low)
        missing = self._lacking(rows)
        if clause.unsound is not None:
            # What contradicts itself is unknown although every figure is there.
            add((outcome == 0) & point & ~missing, lambda at: self._fixed(clause.unsound, at))
        if clause.unless is not None:
            add((outcome > 0) & (compared < 0) & point, lambda at: self._point(_UNLESS, at))
            add((outcome > 0) & (compared <= 0), lambda at: self._point(_UNLESS_OPEN, at))
            add((outcome == 0) & (compared < 0) & point, lambda at: self._point(_UNLESS_UNKNOWN, at))
        bounded = np.isfinite(low) & np.isfinite(high)
        scored = judgement_scores(self.judgement, judged)
        for sign in (1, -1):
            here = outcome == sign
            add(here & point, lambda at, s=sign: self._point(_POINT[s], at))
            add(here & bounded, lambda at, s=sign: self._range(_RANGE[s], at))
            add(here & np.isfinite(low), lambda at, s=sign: self._range(_LOW[s], at))
            add(here, lambda at, s=sign: self._range(_HIGH[s], at))
        add(bounded & ~point & (scored | ~missing), lambda at: self._range(_RANGE[0], at))
        add(missing, lambda at: self._point(_MISSING, at))
        add(~point, lambda at: self._point(_ZERO, at))
        add(point, lambda at: self._point(_MISSING, at))

    def _compared(self, rows: Rows) -> Any:
        """The comparison alone, without what else may meet the clause."""
        import kechuang.formula.columns as c

        low, high = self.judged.bounds(rows)
        value = c.Span(self.judged.low[rows], self.judged.high[rows])
        return getattr(c, str(self.clause.comparison))(value, c.Span(low, high))

    # -- one kind of sentence, for the rows ``at`` -------------------------------------------------

    def _fixed(self, label: Label | None, at: Rows) -> pa.Array:
        import pyarrow as pa

        return pa.repeat(self._pick(label) if label else self.label, len(at))

    def _applies(self, at: Rows) -> pa.Array:
        return self._fill(_APPLIES, at, names=self._names(at))

    def _point(self, template: Message, at: Rows) -> pa.Array:
        low, _ = self.judged.bounds(at)
        value = self._with_unit(figures(self.judged.low[at], self.clause.unit, low))
        names = self._names(at) if "{names}" in template.template else None
        return self._fill(template, at, value=value, names=names, **self._common(template, at))

    def _range(self, template: Message, at: Rows) -> pa.Array:
        bound, _ = self.judged.bounds(at)
        low, high = (
            self._with_unit(figures(side[at], self.clause.unit, bound))
            for side in (self.judged.low, self.judged.high)
        )
        return self._fill(template, at, low=low, high=high, **self._common(template, at))

    def _common(self, template: Message, at: Rows) -> dict[str, Any]:
        found: dict[str, Any] = {"requirement": self._requirement(at)}
        if "{inputs}" in template.template:
            found["inputs"] = self._inputs(at)
        if self.clause.unless_label is not None:
            found["unless"] = self._pick(self.clause.unless_label)
        return found

    def _requirement(self, at: Rows) -> pa.Array:
        import pyarrow.compute as pc

        template = REQUIREMENTS[str(self.clause.comparison)]
        low, high = self.judged.bounds(at)
        bound = self._with_unit(figures(low, self.clause.unit))
        if (low != high).any():  # by size, and the size is not known
            over = self._with_unit(figures(high, self.clause.unit))
            between = self._fill(_BETWEEN, at, low=bound, high=over)
            bound = pc.if_else(low == high, bound, between)
        return self._fill(template, at, bound=bound)

    def _inputs(self, at: Rows) -> Any:
        """“（科技人员12人、职工总数100人）”: what the value was made of; nothing where it is the cell itself."""
        entries = self._parts(at) if judgement_scores(self.judgement, self.judged) else self._cells(at)
        if not entries:
            return ""
        parts: list[Any] = []
        for entry in entries:
            parts += ["、" if self.language == "zh" else ", ", entry]
        return self._fill(_IN_BRACKETS, at, inputs=_joined(parts[1:], len(at)))

    def _cells(self, at: Rows) -> list[pa.Array]:
        import pyarrow.compute as pc

        if self.clause.value in self.judgement.spec.columns:  # the value is the cell itself
            return []
        entries = []
        for name in self.judged.columns:
            spec = self.judgement.spec.columns[name]
            found = self.judgement.cases.columns.get(name)
            if spec.type == "date" or found is None or spec.type == "choice":
                continue
            none = pc.if_else(
                cells_unknown(self.judgement, name, at),
                _EMPTY.text(self.language),
                _NO_YEAR.text(self.language),
            )
            share = "%" if spec.unit is None and spec.type == "number" and spec.max is not None else spec.unit
            figure = pc.coalesce(self._with_unit(figures(found[at], share), share), none)
            entries.append(self._fill(_INPUT, at, name=self._pick(spec.label), figure=figure))
        return entries

    def _parts(self, at: Rows) -> list[pa.Array]:
        import pyarrow.compute as pc

        score = self.judgement.spec.score
        entries = []
        for part, (low, high) in zip(score.parts if score else (), self.judgement.parts, strict=True):
            below, over = figures(low[at]), figures(high[at])
            known = low[at] == high[at]
            figure = pc.if_else(known, below, _joined([below, "–", over], len(at)))
            entries.append(
                self._fill(
                    _INPUT,
                    at,
                    name=self._pick(part.label),
                    figure=self._with_unit(figure, score.unit if score else None),
                )
            )
        return entries

    def _missing(self, rows: Rows) -> Mask:
        """Columns of the clause (and of what it depends on) × rows: which cells are unknown."""
        names = self._asked()
        return np.array([cells_unknown(self.judgement, name, rows) for name in names]).reshape(
            len(names), len(rows)
        )

    def _lacking(self, rows: Rows) -> Mask:
        """Which rows lack any of them."""
        return np.asarray(self._missing(rows).any(axis=0), np.bool_)

    def _asked(self) -> list[str]:
        spec, clause = self.judgement.spec, self.clause
        more = columns_in(spec, [clause.when, clause.unless])
        return list(dict.fromkeys([*self.judged.columns, *more]))

    def _names(self, at: Rows) -> pa.Array:
        """The labels of what is missing, by row; rows that lack the same share one text."""
        import pyarrow as pa

        missing = self._missing(at)
        codes = np.zeros(len(at), np.int64)
        for cells in missing:
            codes = codes + codes + cells
        different, place = np.unique(codes, return_inverse=True)
        first = [int(np.flatnonzero(codes == code)[0]) for code in different]
        labels = [
            [
                Named.of(self.judgement.spec.columns[name].label)
                for name, lacks in zip(self._asked(), missing[:, row], strict=True)
                if lacks
            ]
            for row in first
        ]
        texts = [listed(names).text(self.language) for names in labels]
        return pa.DictionaryArray.from_arrays(
            pa.array(place.astype(np.int32)), pa.array(texts, pa.string())
        ).cast(pa.string())

    # -- words -------------------------------------------------------------------------------------

    def _pick(self, label: Label) -> str:
        return label.text(self.language)

    def _with_unit(self, texts: pa.Array, unit: str | None = None) -> pa.Array:
        import pyarrow.compute as pc

        words = unit_text(unit or self.clause.unit, self.language)
        return pc.binary_join_element_wise(texts, words, "") if words else texts

    def _fill(self, template: Message, at: Rows, **texts: Any) -> pa.Array:
        return filled(template, {"label": self.label, **texts}, len(at), self.language)


def judgement_scores(judgement: Judgement, judged: Judged) -> bool:
    """Whether a clause is the one on the score."""
    score = judgement.spec.score
    return score is not None and judged.clause.value == score.value


def filled(template: Message, texts: Mapping[str, Any], count: int, language: str) -> pa.Array:
    """``template`` in ``language`` filled row by row; ``texts`` are texts or arrays of them."""
    words = template.template if language == "zh" else template.english_template()
    parts: list[Any] = []
    for text, name, _, _ in string.Formatter().parse(words):
        if text:
            parts.append(text)
        if name is not None:
            parts.append(texts[name])
    return _joined(parts, count)


def _joined(parts: Sequence[Any], count: int) -> pa.Array:
    """Texts and arrays of texts joined row by row; an unknown piece is left out."""
    import pyarrow as pa
    import pyarrow.compute as pc

    merged: list[Any] = []
    for part in parts:  # fixed words next to each other are one
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    if all(isinstance(part, str) for part in merged):
        return pa.repeat("".join(merged), count)
    return pc.binary_join_element_wise(*merged, "", null_handling="replace", null_replacement="—")
