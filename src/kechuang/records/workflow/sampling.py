"""Draws records for verification on site: stratified, by a seed, the same on every machine.

Each record gets a number between 0 and 1 from the SHA-256 of seed and key, so that neither the order
of the records nor the version of a random generator matters. With weights, the numbers are raised to
the power 1/weight and the largest are taken (P. S. Efraimidis, P. G. Spirakis, Weighted random sampling with
a reservoir, Information Processing Letters 97, 2006). Places are given to strata in proportion to their
size, by largest remainders, at least one each while there are enough.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Unit:
    """A record that may be drawn: its key, stratum and weight (1 for all where risk plays no part)."""

    key: str
    stratum: str = ""
    weight: float = 1.0


@dataclass(frozen=True)
class Drawn:
    """What was drawn: keys by stratum, and the size of each stratum."""

    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)


def draw(units: Sequence[Unit], n: int, seed: str) -> Drawn:
    """Draw ``n`` of ``units`` (all of them where there are fewer)."""
    strata: dict[str, list[Unit]] = {}
    for unit in units:
        strata.setdefault(unit.stratum, []).append(unit)
    sizes = {name: len(strata[name]) for name in sorted(strata)}
    places = allot(sizes, n)
    keys = {}
    for name, count in places.items():
        ranked = sorted(strata[name], key=lambda unit: (-_rank(seed, unit), unit.key))
        keys[name] = tuple(sorted(unit.key for unit in ranked[:count]))
    return Drawn(keys, sizes)


def allot(sizes: Mapping[str, int], n: int) -> dict[str, int]:
    """How many to draw from each stratum.

    >>> allot({"a": 50, "b": 30, "c": 2}, 10)
    {'a': 6, 'b': 3, 'c': 1}
    >>> allot({"a": 5, "b": 3}, 100)
    {'a': 5, 'b': 3}
    """
    total = sum(sizes.values())
    n = min(n, total)
    if not total:
        return {}
    shares = {name: n * size / total for name, size in sizes.items()}
    floor = 1 if n >= len(sizes) else 0
    places = {name: min(sizes[name], max(floor, math.floor(share))) for name, share in shares.items()}
    while sum(places.values()) != n:
        missing = sum(places.values()) < n
        if missing:
            open_ = [name for name in places if places[name] < sizes[name]]
            chosen = max(open_, key=lambda name: (shares[name] - places[name], sizes[name], name))
            places[chosen] += 1
        else:
            open_ = [name for name in places if places[name] > floor]
            chosen = min(open_, key=lambda name: (shares[name] - places[name], name))
            places[chosen] -= 1
    return places


def _rank(seed: str, unit: Unit) -> float:
    """A number between 0 and 1, larger for larger weights; its logarithm, to keep small ones apart."""
    digest = hashlib.sha256(f"{seed}\n{unit.stratum}\n{unit.key}".encode()).digest()
    uniform = (int.from_bytes(digest[:7], "big") + 0.5) / 2**56
    return math.log(uniform) / unit.weight
