"""Unified social credit codes: GB 32100-2015, eighteen characters, the last one a check digit."""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHT = [pow(3, place, 31) for place in range(17)]

#: Letters the standard leaves out, and the character usually meant.
MISTAKEN = {"I": "1", "O": "0", "Z": "2", "S": "5", "V": "U"}


def check_digit(body: str) -> str:
    """The check digit of the first seventeen characters (GB 32100-2015, 附录A).

    Raises KeyError on a character outside the alphabet.

    >>> check_digit("91350100M000100Y4")
    '3'
    """
    total = sum(_VALUE[character] * weight for character, weight in zip(body, _WEIGHT, strict=True))
    return ALPHABET[-total % 31]


def wrong_characters(code: str) -> list[tuple[int, str]]:
    """Places (1-based) and characters that the standard does not allow; digits only in places 3 to 8.

    >>> wrong_characters("9I350100M000100Y43")
    [(2, 'I')]
    """
    return [
        (place, character)
        for place, character in enumerate(code, start=1)
        if character not in _VALUE or (3 <= place <= 8 and not character.isdigit())
    ]
