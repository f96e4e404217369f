"""What is missing for a yes: for each clause that is not met, what would turn it.

An enterprise checks itself with this: the cells still to be filled in, the least by which a figure falls
short, and for a score which parts still have points to give.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kechuang.errors import Joined, Sentences, listed
from kechuang.language.figures import figures, rounded_up, unit_text
from kechuang.messages import LANGUAGES, Message, say
from kechuang.records.fields import Named
from kechuang.rules.law import columns_in
from kechuang.rules.reasons import cells_unknown, judgement_scores

if TYPE_CHECKING:
    from kechuang.rules.judgement import Judged, Judgement


def needs_of(judgement: Judgement, judged: Judged, rows: Any) -> list[dict[str, str] | None]:
    """What each of ``rows`` needs for this clause, in both languages; None where it is met."""
    found: list[dict[str, str] | None] = []
    for row in rows.tolist():
        sentences = list(_sentences(judgement, judged, np.array([row]))) if judged.outcome[row] < 1 else []
        found.append(Sentences(sentences).both() if sentences else None)
    return found


def _sentences(judgement: Judgement, judged: Judged, row: Any) -> list[Message]:
    spec, clause = judgement.spec, judged.clause
    names = list(dict.fromkeys([*judged.columns, *columns_in(spec, [clause.when, clause.unless])]))
    empty = [name for name in names if cells_unknown(judgement, name, row)[0]]
    found: list[Message] = []
    if judged.outcome[row[0]] < 0:
        gap = _gap(judgement, judged, row)
        if gap is not None:
            found.append(gap)
        elif clause.value is None:
            found.append(say("须改变的是：{label}", label=Named.of(clause.label)))
        if clause.unless_label is not None:
            found.append(say("或者{unless}", unless=Named.of(clause.unless_label)))
    if empty:
        labels = [Named.of(spec.columns[name].label) for name in empty]
        found.append(say("请补填：{names}", names=listed(labels)))
    elif clause.listed is not None:
        found.append(say("请查本省文件的数值规定，并补入规则参数"))
    if judgement_scores(judgement, judged):
        found.extend(_points(judgement, row))
    return found


def _gap(judgement: Judgement, judged: Judged, row: Any) -> Message | None:
    """The least by which the figures fall short: by the clause's own formula, else threshold − value."""
    from kechuang.formula.columns import Span
    from kechuang.rules.judge import Piece

    clause = judged.clause
    low, high = judged.bounds(row) if clause.value is not None else (np.zeros(1), np.zeros(1))
    if clause.gap is not None:
        piece = Piece(judgement.spec, judgement.law, judgement.cases, slice(int(row[0]), int(row[0]) + 1))
        piece.known["threshold"] = Span(low, high)
        span = piece.item(clause.gap.value)
        if not np.isfinite(span.high).all() or bool((span.high != span.low).any()):
            return None
        amount = rounded_up(span.low) if clause.gap.whole else span.low
        label: Message = Named.of(clause.gap.label)
        return say("{label}{amount}", label=label, amount=_amount(amount, clause.gap.unit))
    if clause.value is None:
        return None
    rising = clause.comparison in {"at_least", "above"}
    amount = low - judged.high[row] if rising else judged.low[row] - high
    if not np.isfinite(amount).all():
        return None
    shown = _amount(amount, clause.unit)
    name = Named.of(clause.label)
    return (
        say("{label}还差{amount}", label=name, amount=shown)
        if rising
        else say("{label}超出{amount}", label=name, amount=shown)
    )


def _amount(amount: Any, unit: str | None) -> Message:
    text = figures(amount, unit)[0].as_py()
    return Named(*(f"{text}{unit_text(unit, language)}" for language in LANGUAGES))


def _points(judgement: Judgement, row: Any) -> list[Message]:
    """Which parts of the score have points left, and how many."""
    spec = judgement.spec
    assert spec.score is not None
    left: list[Message] = []
    for part, (low, high) in zip(spec.score.parts, judgement.parts, strict=True):
        most = np.array([judgement.law.number(part.max)])
        room = most - low[row]
        if room[0] > 0:
            now = Named(
                *(
                    figures(low[row])[0].as_py()
                    if (low[row] == high[row]).all()
                    else f"{figures(low[row])[0].as_py()}–{figures(high[row])[0].as_py()}"
                    for _ in LANGUAGES
                )
            )
            left.append(
                say(
                    "{part}现为{now}分，满分{most}分",
                    part=Named.of(part.label),
                    now=now,
                    most=figures(most)[0].as_py(),
                )
            )
    return [say("还可以得分的部分：{parts}", parts=Joined(left, ("；", "; ")))] if left else []
