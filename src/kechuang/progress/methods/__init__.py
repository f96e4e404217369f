"""The methods that say how a series stands towards its target, by name, each as its publishers define it.

``judge("open-sdg", case)`` answers with the method's own words, the number it judged by, its score, and the
parameters and inputs it used; ``METHODS`` are their names in order. One module a method.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from kechuang.errors import KechuangError, listed
from kechuang.messages import Message, say
from kechuang.packs.model import Label
from kechuang.progress.methods import eurostat, open_sdg, scheduled, sdsn, un, weather
from kechuang.progress.methods.case import FIELDS, Case, Outcome, Rule, Verdict
from kechuang.progress.methods.groups import GroupVerdict, combine
from kechuang.progress.methods.specs import MethodSpec, parameters_of, specs
from kechuang.progress.status import label

__all__ = [
    "FIELDS",
    "METHODS",
    "Case",
    "GroupVerdict",
    "MethodSpec",
    "Verdict",
    "combine",
    "judge",
    "known_method",
    "parameters_of",
    "specs",
    "verdict",
]

RULES: dict[str, Rule] = {
    "open-sdg": open_sdg.rule,
    "eurostat": eurostat.rule,
    "un": un.rule,
    "sdsn": sdsn.rule,
    "weather": weather.rule,
    "schedule": scheduled.rule,
}
METHODS = tuple(RULES)


def judge(method: str, case: Case, given: Mapping[str, float] | None = None) -> Verdict:
    """The verdict of ``method`` on ``case``; ``given`` sets some of its parameters otherwise.

    KechuangError for an unknown method or parameter.

    >>> found = judge("open-sdg", Case(2015, 14.5, 2023, 10.2, 2030, 7.25, direction=-1))
    >>> found.status, round(found.value, 6), round(found.score, 6)
    ('substantial_progress', 0.95259, 2.518556)
    """
    return verdict(known_method(method), case, parameters_of(method, given))


def verdict(method: str, case: Case, parameters: Mapping[str, float]) -> Verdict:
    """The same for a known method with all its parameters: nothing is checked again."""
    outcome = RULES[method](case, parameters)
    return dressed(method, outcome, case.inputs(**outcome.used), parameters)


def dressed(
    method: str, outcome: Outcome, inputs: Mapping[str, float | None], parameters: Mapping[str, float]
) -> Verdict:
    """An outcome with the words and mark of its method."""
    word = specs()[method].statuses[outcome.status]
    named = label("achieved", early=True) if outcome.early else _label(method, outcome.status)
    return Verdict(
        method,
        outcome.status,
        word.mark,
        named,
        outcome.value,
        outcome.score,
        parameters,
        inputs,
        outcome.why,
    )


def known_method(name: str) -> str:
    """``name`` if there is such a method; KechuangError otherwise."""
    if name not in RULES:
        raise KechuangError(
            "unknown-method",
            say("没有方法“{name}”", name=name),
            remedy=say("可用的方法：{known}", known=listed(METHODS)),
        )
    return name


@cache
def _label(method: str, status: str) -> Message:
    return Words(specs()[method].statuses[status].label)


class Words(Message):
    """A declared label as a message."""

    def __init__(self, words: Label) -> None:
        super().__init__("{text}", {"text": words.zh, "english": words.en})

    def text(self, language: str) -> str:
        return str(self.params["english" if language == "en" else "text"])
