"""The best pairing, against trying all."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from kechuang.plan.compare.assignment import best_pairs
from kechuang.plan.compare.order import as_one_list, out_of_order

likenesses = st.dictionaries(
    st.tuples(st.integers(0, 4), st.integers(0, 4)),
    st.sampled_from([0.2, 0.5, 0.6, 0.7, 0.9, 1.0]),
    max_size=14,
)


@given(likenesses)
def test_no_pairing_weighs_more(likeness: dict[tuple[int, int], float]) -> None:
    pairs = best_pairs(likeness)
    assert len(set(pairs.values())) == len(pairs)
    assert all(pair in likeness for pair in pairs.items())
    most = max(sum(likeness.get(pair, 0) for pair in enumerate(order)) for order in permutations(range(5)))
    assert round(sum(likeness[pair] for pair in pairs.items()), 6) == round(most, 6)


@given(st.permutations(range(6)), st.lists(st.integers(1, 9), min_size=6, max_size=6))
def test_the_heaviest_increasing_sequence_stays(order: list[int], weights: list[int]) -> None:
    moved = out_of_order(dict(enumerate(order)), weights)
    stays = [order[left] for left in range(6) if left not in moved]
    assert stays == sorted(stays)
    heaviest = max(
        sum(weights[left] for left in range(6) if chosen >> left & 1)
        for chosen in range(64)
        if (row := [order[left] for left in range(6) if chosen >> left & 1]) == sorted(row)
    )
    assert sum(weights[left] for left in range(6) if left not in moved) == heaviest


def test_what_is_gone_stands_after_what_was_before_it() -> None:
    things = [(0, 1), (1, None), (2, 0), (3, None), (None, 2)]
    assert as_one_list(things, lambda thing: thing) == [(2, 0), (3, None), (0, 1), (1, None), (None, 2)]
