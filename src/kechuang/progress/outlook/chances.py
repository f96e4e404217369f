"""Probabilities told honestly: whole percentages, natural frequencies, never 0% or 100%."""

from __future__ import annotations

from kechuang.messages import Message, literal, say

#: Below this, and above one less this, a number would claim more than draws and models can know.
EDGE = 0.01


def percentage(chance: float) -> str:
    """The chance as a whole percentage, with an edge instead of 0% and 100%.

    >>> percentage(0.684), percentage(0.002), percentage(0.9999), percentage(0.994)
    ('68%', '<1%', '>99%', '99%')
    """
    if chance < EDGE:
        return "<1%"
    if chance > 1 - EDGE / 2:
        return ">99%"
    return f"{min(max(round(chance * 100), 1), 99)}%"


def likelihood(chance: float) -> Message:
    """The chance within a sentence: a percentage, and words instead of signs at the edges.

    >>> likelihood(0.684).zh, likelihood(0.002).zh, likelihood(0.9999).zh
    ('68%', '不到1%', '99%以上')
    """
    if chance < EDGE:
        return say("不到1%")
    return say("99%以上") if chance > 1 - EDGE / 2 else literal(percentage(chance))


def dots(chance: float) -> int:
    """How many of ten dots are filled: 0 and 10 only at the edges.

    >>> dots(0.04), dots(0.003), dots(0.66), dots(0.97), dots(0.999)
    (1, 0, 7, 9, 10)
    """
    if chance < EDGE:
        return 0
    if chance > 1 - EDGE / 2:
        return 10
    return min(max(round(chance * 10), 1), 9)


def frequency(chance: float) -> Message:
    """The chance as a sentence for people who do not reckon in probabilities.

    >>> frequency(0.68).zh, frequency(0.5).zh
    ('大约每10次有7次能达到', '能不能达到大约各占一半')
    >>> frequency(0.03).zh, frequency(0.001).zh
    ('希望很小，大约每100次有3次能达到', '几乎不可能达到（可能性不到1%）')
    """
    if chance < EDGE:
        return say("几乎不可能达到（可能性不到1%）")
    if chance > 1 - EDGE / 2:
        return say("几乎肯定能达到（可能性超过99%）")
    if chance < 0.055:
        return say("希望很小，大约每100次有{n}次能达到", n=max(round(chance * 100), 1))
    if chance > 0.945:
        return say("很有把握，大约每100次有{n}次能达到", n=min(round(chance * 100), 99))
    if 0.45 <= chance <= 0.55:
        return say("能不能达到大约各占一半")
    return say("大约每10次有{n}次能达到", n=min(max(round(chance * 10), 1), 9))
