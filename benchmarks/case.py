"""One benchmark: ours and a peer that does the same work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """``ours`` against ``peer``, both doing the same work; ``aim`` says what the ratio should be, ``runs``
    how many pairs are timed."""

    name: str
    ours: Callable[[], object]
    peer: Callable[[], object]
    aim: str
    runs: int = 5
