"""What to know beside a judgement: clauses not judged, and figures of years before an enterprise began."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kechuang.errors import Fault, Joined, listed
from kechuang.formula.columns import year_of
from kechuang.messages import say
from kechuang.records.fields import Named

if TYPE_CHECKING:
    from kechuang.rules.judgement import Judgement


def doubts(judgement: Judgement) -> list[Fault]:
    """Warnings, for all rows together."""
    spec, found = judgement.spec, []
    judged = {one.clause.id for one in judgement.clauses}
    left = [clause for clause in spec.clauses if clause.id not in judged]
    if left:
        names = listed(
            [Joined([Named.of(one.label), Named(one.clause, one.clause)], (" ", " ")) for one in left]
        )
        text = say("没有有关的列，未判断：{names}", names=names)
        found.append(Fault("not-judged", text, severity="warning"))
    early = _early(judgement)
    if early:
        text = say("有{n}行在成立之前的年度填有数，已照所填的计算，请核对成立日期", n=early)
        found.append(Fault("early-figure", text, severity="warning"))
    return found


def _early(judgement: Judgement) -> int:
    """Rows with a figure of a year in which the enterprise was not yet founded."""
    columns, since = judgement.cases.columns, judgement.spec.since
    if since is None or since not in columns:
        return 0
    lived = judgement.law.day.year - year_of(np.asarray(columns[since], np.float64))
    early = np.zeros(len(judgement), np.bool_)
    for name, column in judgement.spec.columns.items():
        if column.year is not None and name in columns:
            cells = np.nan_to_num(columns[name])
            early |= (cells != 0) & (lived < column.year)
    return int(early.sum())
