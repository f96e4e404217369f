"""Which goes with which: the one-to-one pairing whose likenesses add up to the most."""

from __future__ import annotations

import heapq
from collections.abc import Mapping

#: Likenesses are held as whole millionths, so that sums are exact and the best pairing is the best.
SCALE = 1_000_000


def best_pairs(likeness: Mapping[tuple[int, int], float]) -> dict[int, int]:
    """The pairing (left → right) with the greatest sum of ``likeness``; pairs not named there are not made.

    Maximum weight matching of a sparse bipartite graph by successive shortest augmenting paths with
    potentials (Edmonds and Karp 1972; Jonker and Volgenant 1987). Not all need be paired: to stay alone
    weighs nothing. For n on the left and m pairs named it takes O(n m log m) at worst; where most have one
    clear partner it is near to linear.

    >>> best_pairs({(0, 0): 0.9, (0, 1): 0.8, (1, 0): 0.7})
    {0: 1, 1: 0}
    """
    weights = {pair: round(value * SCALE) for pair, value in likeness.items() if value > 0}
    if not weights:
        return {}
    most = max(weights.values())
    edges: dict[int, list[tuple[int, int]]] = {}
    for (left, right), weight in sorted(weights.items()):
        edges.setdefault(left, []).append((right, most - weight))
    for left, known in edges.items():
        known.append((-left - 1, most))  # a partner of its own: stays alone
    partner: dict[int, int] = {}
    chosen: dict[int, int] = {}
    of_left = dict.fromkeys(edges, 0)
    of_right: dict[int, int] = {}
    for left in edges:
        _augment(left, edges, partner, chosen, of_left, of_right)
    return dict(sorted((left, right) for right, left in partner.items() if right >= 0))


def _augment(
    start: int,
    edges: Mapping[int, list[tuple[int, int]]],
    partner: dict[int, int],
    chosen: dict[int, int],
    of_left: dict[int, int],
    of_right: dict[int, int],
) -> None:
    """Pair ``start`` by the cheapest chain of changes; reduced costs stay at least 0."""
    distance: dict[int, int] = {}
    before: dict[int, int] = {}
    done: dict[int, int] = {}
    waiting: list[tuple[int, int]] = []
    left, base = start, 0
    while True:
        for right, cost in edges[left]:
            if right in done:
                continue
            reached = base + cost - of_left[left] - of_right.get(right, 0)
            if right not in distance or reached < distance[right]:
                distance[right], before[right] = reached, left
                heapq.heappush(waiting, (reached, right))
        base, right = heapq.heappop(waiting)
        while right in done:
            base, right = heapq.heappop(waiting)
        done[right] = base
        if right not in partner:
            break
        left = partner[right]
    last, length = right, base
    of_left[start] += length
    for right, reached in done.items():
        if right != last:
            of_right[right] = of_right.get(right, 0) - (length - reached)
            of_left[partner[right]] += length - reached
    while True:
        left = before[last]
        previous = chosen.get(left)
        partner[last], chosen[left] = left, last
        if left == start or previous is None:
            return
        last = previous
