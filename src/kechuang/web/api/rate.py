"""How often one may call: a bucket a caller, filled through the minute. Kept in memory, by process.

A bucket holds a minute's calls (``[web] api_per_minute``); what costs the server more takes more out of it.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass


@dataclass(frozen=True)
class Taken:
    """Whether a call may go on, what is left, and after how many seconds the next would."""

    allowed: bool
    left: int
    wait: int


class Buckets:
    """The buckets of all callers; the least recent are forgotten beyond ``most``, and so are full again."""

    def __init__(self, most: int = 10_000) -> None:
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()
        self._most = most

    def take(self, who: str, per_minute: int, cost: int = 1, now: float | None = None) -> Taken:
        """Take ``cost`` out of the bucket of ``who``; nothing is taken where it does not hold that much.

        >>> b = Buckets()
        >>> b.take("a", 2, now=0.0).allowed, b.take("a", 2, now=0.0).allowed, b.take("a", 2, now=0.0)
        (True, True, Taken(allowed=False, left=0, wait=30))
        >>> b.take("a", 2, now=30.0).allowed
        True
        """
        moment = time.monotonic() if now is None else now
        cost = min(cost, per_minute)
        with self._lock:
            level, before = self._held.pop(who, (float(per_minute), moment))
            level = min(per_minute, level + (moment - before) * per_minute / 60)
            allowed = level >= cost - 1e-9
            level -= cost if allowed else 0
            self._held[who] = (level, moment)
            while len(self._held) > self._most:
                self._held.popitem(last=False)
        wait = 0 if allowed else max(1, round((cost - level) * 60 / per_minute + 0.499))
        return Taken(allowed, max(int(level), 0), wait)


buckets = Buckets()
#: What anybody without an account may ask of pages in a minute that the server must compute first.
ANYBODY = 30


def taken(who: str, per_minute: int = ANYBODY) -> bool:
    """Whether one more such page may be asked for."""
    return buckets.take(who, per_minute).allowed
