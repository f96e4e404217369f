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


class _Sums(dict[str, int]):
    """The weighted sums of the pieces of codes that begin at one place; what was summed is remembered."""

    def __init__(self, start: int, end: int, allowed: str) -> None:
        super().__init__()
        self._weights = _WEIGHT[start:end]
        self._allowed = frozenset(allowed)

    def __missing__(self, piece: str) -> int:
        if not self._allowed.issuperset(piece):
            raise KeyError(piece)
        value = sum(_VALUE[one] * weight for one, weight in zip(piece, self._weights, strict=True))
        self[piece] = value
        return value


_TYPE, _PLACE = _Sums(0, 2, ALPHABET), _Sums(2, 8, "0123456789")
_FIRST, _SECOND, _THIRD = (_Sums(start, start + 3, ALPHABET) for start in (8, 11, 14))


def sound(code: str) -> bool:
    """Whether ``code`` is a code as the standard writes it. Fast: pieces of codes are looked up.

    >>> sound("91350100M000100Y43"), sound("91350100M000100Y44"), sound("91350100m000100y43")
    (True, False, False)
    """
    if len(code) != 18:
        return False
    try:
        total = (
            _TYPE[code[:2]]
            + _PLACE[code[2:8]]
            + _FIRST[code[8:11]]
            + _SECOND[code[11:14]]
            + _THIRD[code[14:17]]
        )
    except KeyError:
        return False
    return code[17] == ALPHABET[-total % 31]
