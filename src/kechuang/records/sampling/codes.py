"""Made-up unified social credit codes that no real body has, with correct check characters.

GB 32100-2015 (the whole code) and GB 11714-1997 (its organisation part). The organisation part begins
with ``EX`` (``EXAM`` for the first ten thousand), so that a reader sees it is an example.
"""

from __future__ import annotations

from kechuang.records.uscc import check_digit

_BODY = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def example_code(county: str, serial: int, kind: str = "91") -> str:
    """The code of example body ``serial`` (below a million) in ``county`` (six digits).

    >>> example_code("330523", 7)
    '91330523EXAM000787'
    """
    body = f"EXAM{serial:04d}" if serial < 10_000 else f"EX{serial:06d}"
    rest = 11 - sum(_BODY.index(c) * weight for c, weight in zip(body, _WEIGHTS, strict=True)) % 11
    first = kind + county + body + {10: "X", 11: "0"}.get(rest, str(rest))
    return first + check_digit(first)


def serial_of(code: str) -> int | None:
    """The serial number of an example code; None for any other code.

    >>> serial_of("91330523EXAM000787"), serial_of("91350100M000100Y43")
    (7, None)
    """
    body = code[8:16]
    digits = body.removeprefix("EXAM") if body.startswith("EXAM") else body.removeprefix("EX")
    return int(digits) if digits != body and digits.isdigit() else None
