"""Series whose best value lies in the middle ("goldilocks"), made into series where less is better.

Statistics Canada transforms such indicators before it judges them: parity to the larger of y and 1/y, a
share that should be 50% to 50% plus its distance from it, one that should be 100% to 100% plus its distance.
"""

from __future__ import annotations

from math import isfinite

from kechuang.errors import KechuangError
from kechuang.messages import say

#: Parity within this band counts as reached.
PARITY = (0.97, 1.03)


def parity(value: float, band: tuple[float, float] = PARITY) -> float:
    """The distance of a ratio from parity: max(y, 1/y), 1 within ``band``. KechuangError unless y > 0.

    >>> parity(0.5), parity(2.0), parity(0.98)
    (2.0, 2.0, 1.0)
    """
    if not (isfinite(value) and value > 0):
        raise KechuangError("not-a-ratio", say("均等比应为正数，现为 {value}", value=value))
    return 1.0 if band[0] <= value <= band[1] else max(value, 1 / value)


def from_half(value: float) -> float:
    """A share (%) that should be 50: 50 + \\|y − 50\\|.

    >>> from_half(40.0), from_half(60.0)
    (60.0, 60.0)
    """
    return 50 + abs(value - 50)


def from_whole(value: float) -> float:
    """A share (%) that should be 100: 100 + \\|y − 100\\|.

    >>> from_whole(90.0), from_whole(110.0)
    (110.0, 110.0)
    """
    return 100 + abs(value - 100)
