"""How alike two texts are: pairs of neighbouring signs, weighted by how rare they are.

A text is the set of its bigrams, each weighing ``idf = ln(1 + N / df)`` (N texts, df of them with it), so
that 建设 or 科技, which every entry has, say little. Likeness is the cosine of two such vectors, 0–1. This is
tf-idf (Salton and Buckley 1988) with every bigram counted once: entries are short.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from kechuang.language.fold import fold

Vector = Mapping[str, float]

_PIECE = re.compile(r"[a-z&]+|\d[\d,]*(?:\.\d+)?|[\u3400-\u9fff\u0370-\u03ff]")
#: A bigram in more than this share of many texts is left out when candidates are looked for.
_COMMON, _MANY = 0.08, 60


def plain(text: str) -> str:
    """``text`` in one form of writing, without white space: what counts as the same words.

    >>> plain("占ＧＤＰ 比重") == plain("占GDP比重")
    True
    """
    return "".join(fold(text).split())


def grams(text: str) -> set[str]:
    """Pairs of neighbouring signs; a number or a Latin word is one sign. A text of one sign is that sign.

    >>> sorted(grams("研发投入2.8%"))
    ['入2.8', '发投', '投入', '研发']
    """
    pieces = _PIECE.findall(fold(text).lower())
    if len(pieces) < 2:
        return set(pieces)
    return {first + second for first, second in pairwise(pieces)}


class Rarity:
    """What each bigram weighs, known from a collection of texts."""

    def __init__(self, texts: Iterable[str]) -> None:
        seen = [grams(text) for text in dict.fromkeys(plain(text) for text in texts)]
        self.size = len(seen)
        self.counts = Counter(gram for found in seen for gram in found)

    def weight(self, gram: str) -> float:
        return math.log(1 + (self.size + 1) / self.counts.get(gram, 1))

    def vector(self, text: str) -> Vector:
        """Bigram → weight, of length 1; empty for a text without any."""
        weights = {gram: self.weight(gram) for gram in sorted(grams(text))}
        length = math.sqrt(sum(value * value for value in weights.values()))
        return {gram: value / length for gram, value in weights.items()}


def cosine(one: Vector, other: Vector) -> float:
    """0–1; 0 where either is empty."""
    if len(other) < len(one):
        one, other = other, one
    return math.fsum(value * other[gram] for gram, value in one.items() if gram in other)


def near(left: Sequence[Vector], right: Sequence[Vector], floor: float) -> dict[tuple[int, int], float]:
    """Every pair with a cosine of ``floor`` or more, looked for along bigrams that are not everywhere."""
    most = max(_COMMON * len(right), _MANY)
    places: dict[str, list[int]] = {}
    for at, vector in enumerate(right):
        for gram in vector:
            places.setdefault(gram, []).append(at)
    found: dict[tuple[int, int], float] = {}
    for at, vector in enumerate(left):
        met = {
            other for gram in vector if len(places.get(gram, ())) <= most for other in places.get(gram, ())
        }
        for other in sorted(met):
            value = cosine(vector, right[other])
            if value >= floor:
                found[at, other] = value
    return found
