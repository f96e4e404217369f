"""`python -m benchmarks [NAME…]`: runs the benchmarks (those of `cases.LONG` only by name), prints their ratios.

Every benchmark times ours and a peer by turns, several times, and reports the median of the ratios: a ratio holds
where the machine's speed drifts, an absolute time does not.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks import cases
from benchmarks.case import Case


@dataclass(frozen=True)
class Measured:
    """Median processor seconds of ours and of the peer, and the median ratio of a pair."""

    name: str
    ours: float
    peer: float
    ratio: float
    aim: str


def measure(case: Case, runs: int | None = None) -> Measured:
    """Ours and the peer by turns, after one run of each that is not counted."""
    case.ours()
    case.peer()
    pairs = [(_seconds(case.ours), _seconds(case.peer)) for _ in range(runs or case.runs)]
    return Measured(
        case.name,
        statistics.median(ours for ours, _ in pairs),
        statistics.median(peer for _, peer in pairs),
        statistics.median(ours / peer for ours, peer in pairs),
        case.aim,
    )


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    wanted = [name for name in sys.argv[1:] if not name.startswith("-")]
    for show in cases.TABLES:
        if show.__name__ in wanted:
            show()
    found = []
    for make in cases.ALL:
        if make.__name__ not in wanted if wanted else make in cases.LONG:
            continue
        with make() as case:
            measured = measure(case, 2 if make in cases.LONG else None)
        found.append(measured)
        if "--json" not in sys.argv:
            print(
                f"{measured.name:52} {measured.ours:8.3f} s  peer {measured.peer:8.3f} s"
                f"  ratio {measured.ratio:6.2f}  ({measured.aim})"
            )
    if "--json" in sys.argv:
        print(json.dumps([vars(item) for item in found], indent=2))


if __name__ == "__main__":
    main()
