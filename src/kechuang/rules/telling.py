"""A judgement told: rows with full sentences in both languages, and a table for files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from kechuang.formula import parse
from kechuang.formula import tree as t
from kechuang.language.figures import TOLD
from kechuang.messages import LANGUAGES
from kechuang.rules.cases import plain
from kechuang.rules.judgement import OUTCOMES, Judged, Judgement
from kechuang.rules.needs import needs_of
from kechuang.rules.reasons import reasons

if TYPE_CHECKING:
    import pyarrow as pa

    from kechuang.formula.columns import Floats


def told(judgement: Judgement, start: int, stop: int, *, needs: bool = False) -> Iterator[dict[str, Any]]:
    """Rows ``start`` to ``stop`` with key, outcome, score and clauses, as contract.md has them."""
    for first in range(start, stop, TOLD):
        rows = np.arange(first, min(first + TOLD, stop))
        keys = judgement.cases.keys.slice(first, len(rows)).to_pylist()
        clauses = [_clause(judgement, judged, rows, needs=needs) for judged in judgement.clauses]
        scores = _spans(*(side[rows] for side in judgement.score)) if judgement.score else [None] * len(rows)
        parts = [_spans(low[rows], high[rows]) for low, high in judgement.parts]
        for place, row in enumerate(rows.tolist()):
            found: dict[str, Any] = {
                "key": keys[place],
                "outcome": OUTCOMES[int(judgement.outcome[row])],
                "score": scores[place],
            }
            if judgement.spec.score is not None:
                names = (part.value for part in judgement.spec.score.parts)
                found["parts"] = {name: part[place] for name, part in zip(names, parts, strict=True)}
            found["clauses"] = [clause[place] for clause in clauses if clause[place] is not None]
            yield found


def _clause(judgement: Judgement, judged: Judged, rows: Any, *, needs: bool) -> list[dict[str, Any] | None]:
    """A clause of each row; None where it does not apply."""
    outcomes = judged.outcome[rows].tolist()
    applies = judged.applying(rows).tolist()
    values, thresholds = _sides(judgement, judged, rows)
    texts = [reasons(judgement, judged, rows, language).to_pylist() for language in LANGUAGES]
    lacking = needs_of(judgement, judged, rows) if needs else None
    found: list[dict[str, Any] | None] = []
    for place, outcome in enumerate(outcomes):
        if not applies[place]:
            found.append(None)
            continue
        entry = {
            "id": judged.clause.id,
            "clause": judged.clause.clause,
            "verified": judged.clause.verified,
            "outcome": OUTCOMES[outcome],
            "value": values[place],
            "threshold": thresholds[place],
            "reason": {language: text[place] for language, text in zip(LANGUAGES, texts, strict=True)},
        }
        if lacking is not None:
            entry["need"] = lacking[place]
        found.append(entry)
    return found


def _sides(judgement: Judgement, judged: Judged, rows: Any) -> tuple[list[Any], list[Any]]:
    """Value and threshold of a clause by row."""
    clause = judged.clause
    if clause.value is not None:
        return _spans(judged.low[rows], judged.high[rows]), _spans(*judged.bounds(rows))
    tree = parse(clause.test) if clause.test else None
    name = tree.value if isinstance(tree, t.Not) else tree
    if isinstance(name, t.Name) and name.name in judgement.spec.columns:
        wanted = int(not isinstance(tree, t.Not))
        return judgement.cases.cells(judgement.spec, name.name, rows), [wanted] * len(rows)
    return [None] * len(rows), [None] * len(rows)


def _spans(low: Floats, high: Floats) -> list[Any]:
    """Numbers where known, ``[low, high]`` where bounded, None where nothing is known."""
    known = (low == high) & np.isfinite(low)
    bounded = np.isfinite(low) & np.isfinite(high)
    found: list[Any] = []
    for is_known, is_bounded, below, over in zip(
        known.tolist(), bounded.tolist(), low.tolist(), high.tolist(), strict=True
    ):
        found.append(plain(below) if is_known else [plain(below), plain(over)] if is_bounded else None)
    return found


def as_arrow(judgement: Judgement, start: int, stop: int, language: str) -> pa.Table:
    """Rows as a table: key, outcome, score_low and score_high, each clause's outcome and value, and
    ``reason``: the sentences of the clauses that are not yes, in ``language``."""
    import pyarrow as pa
    import pyarrow.compute as pc

    rows = np.arange(start, stop)
    names = pa.array([OUTCOMES[sign] for sign in sorted(OUTCOMES)])

    def outcome(signs: Any) -> pa.Array:
        return names.take(pa.array(signs + 1))

    columns: dict[str, Any] = {
        "key": judgement.cases.keys.slice(start, len(rows)).combine_chunks(),
        "outcome": outcome(judgement.outcome[rows]),
    }
    if judgement.score is not None:
        columns["score_low"], columns["score_high"] = (_numbers(side[rows]) for side in judgement.score)
    why = pa.repeat("", len(rows))
    for judged in judgement.clauses:
        name = judged.clause.id.replace("-", "_")
        applies = judged.applying(rows)
        columns[name] = pc.if_else(applies, outcome(judged.outcome[rows]), pa.scalar(None, pa.string()))
        if judged.clause.value is not None:
            low, high = judged.low[rows], judged.high[rows]
            columns[f"{name}_value"] = _numbers(np.where(low == high, low, np.nan))
            columns[f"{name}_threshold"] = _numbers(judged.bounds(rows)[0])
        short = np.flatnonzero((judged.outcome[rows] < 1) & applies)
        if len(short):
            told = reasons(judgement, judged, rows[short], language)
            place = np.full(len(rows), -1)
            place[short] = np.arange(len(short))
            taken = told.take(pa.array(place, mask=place < 0))
            why = pc.binary_join_element_wise(why, pc.coalesce(taken, ""), "")
    columns["reason"] = why
    return pa.table(columns)


def _numbers(values: Any) -> pa.Array:
    import pyarrow as pa

    return pa.array(values, mask=~np.isfinite(values))
