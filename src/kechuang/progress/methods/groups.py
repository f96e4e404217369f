"""Several series of one indicator: the mean of their scores, group by group, and the status it stands for.

Series are averaged within their group first, groups within theirs, to any depth. A series without a score is
left out; reached only if every series that counts is (Open SDG's rule for indicators with several series).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from kechuang.progress.methods.case import NOT_AVAILABLE, Verdict
from kechuang.progress.methods.specs import parameters_of

#: A verdict, or a group of verdicts and groups.
Tree: TypeAlias = "Verdict | Sequence[Tree]"


@dataclass(frozen=True)
class GroupVerdict:
    """The status of an indicator from its series, and the mean score it stands on (None: no score)."""

    status: str
    score: float | None
    series: int


def combine(tree: Tree, given: Mapping[str, float] | None = None) -> GroupVerdict:
    """The Open SDG status of an indicator from the verdicts of its series, nested as they are grouped.

    ``given`` sets parameters of ``open-sdg`` otherwise.
    """
    p = parameters_of("open-sdg", given)
    leaves = [verdict for verdict in _leaves(tree) if verdict.score is not None]
    score = mean_score(tree)
    if score is None:
        return GroupVerdict(NOT_AVAILABLE, None, 0)
    if all(verdict.status == "target_achieved" for verdict in leaves):
        return GroupVerdict("target_achieved", score, len(leaves))
    return GroupVerdict(status_of(score, p), score, len(leaves))


def status_of(score: float, p: Mapping[str, float]) -> str:
    """The Open SDG status a mean score stands for, by its cuts in the parameters ``p``."""
    if score >= p["group_high"]:
        return "substantial_progress"
    if score >= p["group_med"]:
        return "moderate_progress"
    return "limited_progress" if score >= p["group_low"] else "deterioration"


def mean_score(tree: Tree) -> float | None:
    """The mean of scores, each group averaged on its own first; None where there is none."""
    if isinstance(tree, Verdict):
        return tree.score
    scores = [score for score in map(mean_score, tree) if score is not None]
    return sum(scores) / len(scores) if scores else None


def _leaves(tree: Tree) -> list[Verdict]:
    if isinstance(tree, Verdict):
        return [tree]
    return [leaf for part in tree for leaf in _leaves(part)]
