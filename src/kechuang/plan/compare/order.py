"""Order of things in two lists: what moved, and how both are told as one list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from rapidfuzz.distance import Indel

T = TypeVar("T")


def out_of_order(pairs: Mapping[int, int], weights: Sequence[float]) -> set[int]:
    """The left ones of ``pairs`` outside the increasing sequence that weighs most: those that moved.

    Takes O(n log n): a tree over ranks holds the best sequence up to each (Fenwick 1994).

    >>> sorted(out_of_order({0: 2, 1: 0, 2: 1}, [1, 1, 1]))
    [0]
    """
    ranks = {right: rank for rank, right in enumerate(sorted(pairs.values()), start=1)}
    tree: list[tuple[float, int]] = [(0.0, -1)] * (len(ranks) + 1)
    before: dict[int, int] = {}
    last = (0.0, -1)
    for left in sorted(pairs):
        best, at = (0.0, -1), ranks[pairs[left]] - 1
        while at > 0:
            best = max(best, tree[at])
            at -= at & -at
        before[left] = best[1]
        reached = (best[0] + weights[left], left)
        last = max(last, reached)
        at = ranks[pairs[left]]
        while at < len(tree):
            tree[at] = max(tree[at], reached)
            at += at & -at
    kept: set[int] = set()
    left = last[1]
    while left >= 0:
        kept.add(left)
        left = before[left]
    return set(pairs) - kept


def equal_pairs(a: Sequence[str], b: Sequence[str], shortest: int = 0) -> dict[int, int]:
    """Places of equal things: a longest common sequence of them, then those that stand elsewhere.

    What is shorter than ``shortest`` is not looked for elsewhere.

    >>> equal_pairs(["甲", "乙", "丙"], ["丙", "甲", "乙"])
    {0: 1, 1: 2, 2: 0}
    """
    found: dict[int, int] = {}
    for step in Indel.opcodes(a, b):
        if step.tag == "equal":
            found.update(
                zip(range(step.src_start, step.src_end), range(step.dest_start, step.dest_end), strict=True)
            )
    taken = set(found.values())
    free: dict[str, list[int]] = {}
    for right in reversed(range(len(b))):
        if right not in taken and len(b[right]) >= shortest:
            free.setdefault(b[right], []).append(right)
    found.update(
        {left: free[form].pop() for left, form in enumerate(a) if left not in found and free.get(form)}
    )
    return found


def as_one_list(things: Iterable[T], places: Callable[[T], tuple[int | None, int | None]]) -> list[T]:
    """``things`` in the order of their new places; what is gone stands after what was before it.

    ``places`` gives the old and the new place, None where there is none.
    """
    by_old: dict[int, T] = {}
    by_new: dict[int, T] = {}
    for thing in things:
        old, new = places(thing)
        if old is not None:
            by_old[old] = thing
        if new is not None:
            by_new[new] = thing
    after: dict[int, list[T]] = {}
    last = -1
    for old in sorted(by_old):
        new = places(by_old[old])[1]
        if new is None:
            after.setdefault(last, []).append(by_old[old])
        else:
            last = new
    found = after.get(-1, [])
    for new in sorted(by_new):
        found += [by_new[new], *after.get(new, ())]
    return found
