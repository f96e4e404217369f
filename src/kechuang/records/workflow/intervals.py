"""How sure a share found in a sample is: Wilson's interval, and the exact one of Clopper and Pearson.

Wilson (E. B. Wilson, Journal of the American Statistical Association 22, 1927), for ``k`` of ``n``, p = k/n and the normal
quantile z: centre (p + z²/2n) / (1 + z²/n), half width z/(1 + z²/n) · √(p(1−p)/n + z²/4n²).
Clopper–Pearson (Biometrika 26, 1934): the shares at which k or more, and k or fewer, would each be found
with probability α/2. Both ignore that the population is finite, and so are on the wide side.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from statistics import NormalDist

LEVEL = 0.95
Interval = tuple[float, float]


def wilson(k: float, n: float, level: float = LEVEL) -> Interval:
    """Wilson's score interval.

    >>> [round(x, 4) for x in wilson(1, 10)]
    [0.0179, 0.4042]
    """
    z = NormalDist().inv_cdf(0.5 + level / 2)
    p, scale = k / n, 1 + z * z / n
    half = z / scale * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    centre = (p + z * z / (2 * n)) / scale
    return max(0.0, centre - half), min(1.0, centre + half)


def exact(k: int, n: int, level: float = LEVEL) -> Interval:
    """The interval of Clopper and Pearson.

    >>> [round(x, 4) for x in exact(1, 10)], [round(x, 4) for x in exact(0, 10)]
    ([0.0025, 0.445], [0.0, 0.3085])
    """
    tail = (1 - level) / 2
    low = 0.0 if k == 0 else _root(lambda p: 1 - _at_most(k - 1, n, p) - tail)
    high = 1.0 if k == n else _root(lambda p: tail - _at_most(k, n, p))
    return low, high


def stratified(strata: Sequence[tuple[int, int, int]], level: float = LEVEL) -> tuple[float, Interval]:
    """Share and interval of a population from (size, n, k) of its strata, each with n above 0.

    The share weighs each stratum by its size: Σ Nₕpₕ / N. The interval is Wilson's for the effective
    size of the sample (L. Kish, Survey Sampling, 1965): (Σ nₕwₕ)² / Σ nₕwₕ², wₕ = Nₕ/nₕ.

    >>> share, interval = stratified([(100, 10, 1), (100, 10, 1)])
    >>> round(share, 3), interval == wilson(2, 20)
    (0.1, True)
    """
    total = sum(size for size, _, _ in strata)
    share = sum(size * k / n for size, n, k in strata) / total
    effective = total**2 / sum(size**2 / n for size, n, _ in strata)
    return share, wilson(share * effective, effective, level)


def _at_most(k: int, n: int, p: float) -> float:
    """The probability of ``k`` or fewer of ``n``."""
    if p <= 0:
        return 1.0
    if p >= 1:
        return float(k >= n)
    log_p, log_q = math.log(p), math.log1p(-p)
    whole = math.lgamma(n + 1)
    terms = (
        math.exp(whole - math.lgamma(i + 1) - math.lgamma(n - i + 1) + i * log_p + (n - i) * log_q)
        for i in range(k + 1)
    )
    return min(1.0, math.fsum(terms))


def _root(rising: Callable[[float], float]) -> float:
    """Where a rising function of a share is 0, by halving."""

    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if rising(middle) < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2
