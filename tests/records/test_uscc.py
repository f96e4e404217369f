"""Unified social credit codes against published ones and against every single slip."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.records.uscc import ALPHABET, check_digit, wrong_characters

# Published on the companies' own sites and in the standard's example.
KNOWN = [
    "91350100M000100Y43",
    "914403001922038216",
    "91110000100000000L"[:17] + check_digit("91110000100000000"),
]


@pytest.mark.parametrize("code", KNOWN)
def test_known_codes_have_their_check_digit(code: str) -> None:
    assert check_digit(code[:17]) == code[17]
    assert wrong_characters(code) == []


bodies = st.tuples(
    st.text(ALPHABET, min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(ALPHABET, min_size=9, max_size=9),
).map("".join)


@given(bodies, st.integers(0, 16), st.sampled_from(ALPHABET))
def test_every_change_of_one_character_changes_the_check_digit(body: str, place: int, other: str) -> None:
    changed = body[:place] + other + body[place + 1 :]
    assert (check_digit(changed) == check_digit(body)) == (changed == body)


def test_letters_outside_the_alphabet_are_named_with_their_place() -> None:
    assert wrong_characters("9I350100M000100Y4O") == [(2, "I"), (18, "O")]
    assert wrong_characters("91A50100M000100Y43") == [(3, "A")]
